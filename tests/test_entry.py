"""What is handed in is text, or one line says that it isn't; and no bad row costs another."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

import pytest
from conftest import MODELS, ROOT, assert_one_line
from hypothesis import given
from hypothesis import strategies as st

from config.errors import UsageError
from ingest import entry
from rag.commands.evaluate import read_gold

QUESTION = "巴州有多少个乡村科普馆?"
UTF_8_OFF = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.mark.parametrize(
    ("locale", "encoding"),
    [
        ({"LC_ALL": "POSIX"}, "utf-8"),
        ({"LC_ALL": "C.UTF-8"}, "gbk"),
        (UTF_8_OFF, "utf-8"),
        (UTF_8_OFF | {"PYTHONIOENCODING": "gbk"}, "gbk"),
    ],
)
def test_a_question_is_understood_in_every_locale(seeded, tmp_path, locale, encoding):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("WENBAO_", "LC_", "LANG"))} | locale
    env |= {"PYTHONPATH": str(ROOT), "WENBAO_MODELS_DIR": str(MODELS), "WENBAO_DATA_DIR": str(seeded.data_dir)}
    command = [sys.executable, "-m", "rag", "search", "-k", "1", "--json", QUESTION.encode(encoding)]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["hits"]


@pytest.mark.parametrize("word", [b"\xff\xfe", b"\x80", b"\xed\xa0\x80"])
def test_an_argument_that_is_no_text_is_refused(word):
    with pytest.raises(UsageError, match="GB18030"):
        entry.arguments(["ask", os.fsdecode(word)])


@pytest.mark.parametrize("command", [["show"], ["sources", "--place"], []])
def test_and_is_one_line(wenbao, seeded, command):
    done = wenbao(*command, os.fsdecode(b"\xff"), settings=seeded)
    assert (done.returncode, done.stdout) == (2, "")
    assert_one_line(done.stderr, "GB18030")


@pytest.mark.parametrize("given", ["\udcff", "a\0b", "\ud800\udcff"])
def test_no_text_with_surrogates_or_nul_comes_in(given):
    with pytest.raises(UsageError):
        entry.text(given)


def test_a_file_of_any_name_is_read(wenbao, tmp_path):
    name = os.fsdecode(b"\xb1\xa8\xb8\xe6\xff.txt")
    (tmp_path / name).write_text("东山县科协建成乡村科普馆21个。", encoding="utf-8")
    assert wenbao("clean", name).stdout == "东山县科协建成乡村科普馆21个。\n"


@given(st.lists(st.binary(max_size=60).map(lambda line: line.replace(b"\n", b"")) | st.just(b'{"id": 1, "text": "x"}')))
def test_every_good_row_is_read_whatever_stands_between(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    path.write_bytes(b"\n".join(lines))
    found = []
    with contextlib.suppress(UsageError):
        found.extend(entry.read_batch(str(path), "text"))
    assert sum(row == {"id": 1, "text": "x"} for row in found) >= lines.count(b'{"id": 1, "text": "x"}')


@pytest.mark.parametrize("endless", [b"\0" * 4000, b"x\n" * 2000, b"\n" * 4000, b'{"id": 1,\n' * 400])
def test_what_holds_no_rows_without_end_is_not_read_to_the_end(tmp_path, monkeypatch, endless):
    for limit, value in (("_LONGEST_ROW", 256), ("_MOST_UNUSABLE", 1000), ("_MOST_SKIPPED", 100)):
        monkeypatch.setattr(entry, limit, value)
    good, path = b'{"id": 7, "text": "x"}\n', tmp_path / "rows.jsonl"
    path.write_bytes(good + endless + good)
    found = entry.read_batch(str(path), "text")
    assert next(found)["id"] == 7
    with pytest.raises(UsageError, match="is no JSONL"):
        next(found)


@pytest.mark.parametrize("bad", ["1e999", "-1e999", "[1]", "{}", "NaN", "9" * 5000])
def test_an_id_that_json_has_none_of_is_a_bad_row(tmp_path, bad):
    good, path = '{"id": 7, "text": "x"}', tmp_path / "rows.jsonl"
    path.write_text(f'{good}\n{{"id": {bad}, "text": "x"}}\n{good}\n', encoding="utf-8")
    found = entry.read_batch(str(path), "text")
    assert [next(found)["id"], next(found)["id"]] == [7, 7]
    with pytest.raises(UsageError, match=r"lines 2"):
        next(found)


@pytest.mark.parametrize(
    "row", ["[" * 100_000, "{" * 100_000, '{"question":' * 2000, "1", "null", '"x"', '{"question": 1}', "{}", "\xff"]
)
def test_a_gold_row_that_is_none_is_named(tmp_path, row):
    path = tmp_path / "gold.jsonl"
    path.write_text(f"\n{row}", encoding="latin-1")
    with pytest.raises(UsageError, match="line 2"):
        read_gold(path)


def test_no_character_but_a_line_feed_ends_a_row(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"question": "a\u2028b\u2029c\x85d\x0be"}, ensure_ascii=False), encoding="utf-8")
    assert [number for number, _ in entry.objects(path)] == [1]


def test_chat_goes_on_after_lines_that_are_no_text(seeded, tmp_path):
    env = {k: v for k, v in os.environ.items() if not k.startswith("WENBAO_")}
    env |= {"PYTHONPATH": str(ROOT), "WENBAO_MODELS_DIR": str(MODELS), "WENBAO_DATA_DIR": str(seeded.data_dir)}
    lines = [b":only \xff\xfe", b":report a\0b", b":save \xff", b":save ~nobody-of-that-name/x", b"\xff" * 200_000]
    lines += [b":sources", QUESTION.encode("gbk")]
    done = subprocess.run(
        [sys.executable, "-m", "rag", "chat"],
        input=b"\n".join(lines),
        env=env,
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"wenbao: ") == 5
    assert "117个" in done.stdout.decode("utf-8")
    assert list(tmp_path.iterdir()) == []
