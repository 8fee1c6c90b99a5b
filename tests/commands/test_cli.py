"""The real program in real processes: clean JSON, one-line errors, the contract's exit codes."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import MODELS, ROOT, SEEDS, assert_one_line, rows

from ingest.index.generations import read_pointer

QUESTION = "巴州有多少个乡村科普馆?"
ANSWER_FIELDS = {
    "question", "interpreted", "language", "status", "answer", "short_answer", "citations", "reason", "nearest",
    "certainty", "form", "took_ms",
}  # fmt: skip
CITATION_FIELDS = {
    "n", "source", "title", "date", "section", "quote", "start", "end", "raw_quote", "raw_start", "raw_end", "page",
    "score", "recognised",
}  # fmt: skip
SUMMARY_FIELDS = {"added", "updated", "removed", "unchanged", "failed", "chunks", "embedded", "generation", "seconds"}


def test_ask_answers_with_a_checkable_citation_and_needs_no_network(wenbao, seeded, tmp_path):
    # Python sockets refuse to leave the machine in this process.
    (tmp_path / "sitecustomize.py").write_text(
        "import socket\n"
        "def refuse(self, address, *rest):\n"
        "    raise AssertionError(f'network used: {address}')\n"
        "socket.socket.connect = refuse\n"
        "socket.getaddrinfo = refuse\n",
        encoding="utf-8",
    )
    env = {"PYTHONPATH": f"{ROOT}:{tmp_path}", "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = wenbao("ask", QUESTION, "--json", settings=seeded, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert set(answer) == ANSWER_FIELDS
    assert answer["short_answer"] == "117个"
    assert answer["certainty"] in ("sure", "likely")
    assert answer["form"] == "fact"
    (citation,) = answer["citations"]
    assert set(citation) == CITATION_FIELDS
    assert citation["source"] == "001_40ca7aff27390dd3.txt"
    delivered = (SEEDS / citation["source"]).read_text(encoding="utf-8")
    assert delivered[citation["raw_start"] : citation["raw_end"]] == citation["raw_quote"]


def test_ask_for_people_and_its_refusal(wenbao, seeded):
    done = wenbao("ask", "为落实群团工作改革部署,雨花区出台了一份什么文件?", settings=seeded)
    assert done.returncode == 0
    assert done.stdout.startswith("《雨花区科协系统深化改革实施办法》\n")
    assert "[1]" in done.stdout
    refused = wenbao("ask", "月球基地的氧气产量是多少吨?", "--json", settings=seeded)
    assert refused.returncode == 3
    answer = json.loads(refused.stdout)
    assert answer["status"] == "not_found"
    assert (answer["certainty"], answer["form"]) == (None, None)
    assert answer["reason"]
    assert answer["citations"] == []


def test_ask_batch_answers_every_row_in_order(wenbao, seeded):
    questions = [
        {"id": "a", "question": QUESTION},
        {"id": 2, "question": "那科普示范基地呢?", "history": [QUESTION]},
        {"id": "c", "question": ""},
    ]
    stdin = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in questions) + "not json\n"
    done = wenbao("ask", "--batch", "-", settings=seeded, stdin=stdin)
    answers = rows(done.stdout)
    assert [answer["id"] for answer in answers] == ["a", 2, "c"]
    assert all(set(answer) == ANSWER_FIELDS | {"id"} for answer in answers)
    assert [answer["status"] for answer in answers] == ["answered", "answered", "not_found"]
    assert done.returncode == 2
    assert_one_line(done.stderr, "4")


def test_search_lists_chunks_best_first(wenbao, seeded, tmp_path):
    (tmp_path / "questions.jsonl").write_text(json.dumps({"id": 7, "question": QUESTION}), encoding="utf-8")
    done = wenbao("search", "--batch", "questions.jsonl", "-k", "4", settings=seeded)
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = rows(done.stdout)
    assert row["id"] == 7
    assert len(row["hits"]) == 4
    assert all(set(hit) == {"source", "start", "end", "text", "score"} for hit in row["hits"])
    scores = [hit["score"] for hit in row["hits"]]
    assert scores == sorted(scores, reverse=True)
    single = wenbao("search", QUESTION, "--json", settings=seeded)
    hits = json.loads(single.stdout)["hits"]
    assert len(hits) == 10
    assert hits[:4] == row["hits"]


def test_asking_loads_neither_torch_nor_the_splitter(wenbao, seeded):
    done = wenbao("ask", QUESTION, settings=seeded, env={"PYTHONPROFILEIMPORTTIME": "1"})
    loaded = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert "chromadb" in loaded
    assert not loaded & {"torch", "sentence_transformers", "transformers", "langchain_text_splitters", "pypinyin"}


def test_ingest_and_status_report_as_the_contract_says(wenbao, settings, reports):
    (reports / "bad.txt").write_bytes(b"\xff\xff\xff")
    done = wenbao("ingest", "--json", settings=settings)
    assert done.returncode == 4
    summary = json.loads(done.stdout)
    assert set(summary) == SUMMARY_FIELDS
    assert [set(failure) for failure in summary["failed"]] == [{"source", "error"}]
    assert len(summary["added"]) == 5
    assert f"{summary['embedded']}/{summary['embedded']}" in done.stderr
    for noise in ("Warning", "LOAD REPORT", "it/s", "Loading weights"):
        assert noise not in done.stderr
    state = json.loads(wenbao("status", "--json", settings=settings).stdout)
    assert (state["reports"], state["chunks"]) == (5, summary["chunks"])
    assert state["generation"] == summary["generation"]
    assert [failure["source"] for failure in state["failed"]] == ["bad.txt"]


def test_python_m_ingest_is_wenbao_ingest(settings, tmp_path):
    env = os.environ | {
        "WENBAO_REPORTS_DIR": str(settings.reports_dir),
        "WENBAO_DATA_DIR": str(settings.data_dir),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "ingest", "--dry-run", "--json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=env, cwd=tmp_path, check=True)
    assert len(json.loads(done.stdout)["added"]) == 5


def test_clean_shows_the_text_and_lists_every_edit(wenbao):
    path = SEEDS / "002_e97aa272c0226102.txt"
    plain = wenbao("clean", str(path))
    assert plain.returncode == 0
    report = json.loads(wenbao("clean", str(path), "--json").stdout)
    assert set(report) >= {"source", "text", "title", "date", "edits", "dropped"}
    assert plain.stdout == report["text"] + "\n"
    raw = path.read_text(encoding="utf-8")
    assert report["edits"]
    for edit in report["edits"]:
        assert set(edit) == {"kind", "raw_start", "raw_end", "raw", "replacement", "confidence"}
        assert raw[edit["raw_start"] : edit["raw_end"]] == edit["raw"]


def test_clean_diff_shows_what_was_changed_and_dropped(wenbao):
    done = wenbao("clean", str(SEEDS / "004_5424facde4044a2c.txt"), "--diff")
    assert done.returncode == 0
    assert "[-;鶎涌破战M-]{+。基層科普組+}" in done.stdout
    assert "-]<notice>[-┗顒哟傩麄-]{+活動促宣傳+}," in done.stdout
    assert "\x1b" not in done.stdout  # no colours where nobody sees them


def test_clean_batch_keeps_ids_and_order(wenbao):
    stdin = json.dumps({"id": 1, "text": "報(bào)告"}) + "\n\n" + json.dumps({"id": "b", "text": ""}) + "\n"
    done = wenbao("clean", "--batch", "-", stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done.stdout) == [{"id": 1, "text": "报告"}, {"id": "b", "text": ""}]


@pytest.mark.parametrize(
    ("arguments", "code", "parts"),
    [
        (["ask", QUESTION], 1, ["wenbao ingest", "WENBAO_DATA_DIR"]),
        (["search", QUESTION], 1, ["wenbao ingest"]),
        (["status"], 1, ["wenbao ingest"]),
        (["ask", ""], 2, []),
        (["ask", "问" * 10_000], 2, ["10000"]),
        (["ask"], 2, ["--batch"]),
        (["ask", QUESTION, "--batch", "-"], 2, ["--batch"]),
        (["clean"], 2, ["--batch"]),
        (["clean", "missing.txt"], 1, []),
        (["clean", "--batch", "missing.jsonl"], 2, ["missing.jsonl"]),
        (["ingest"], 1, ["WENBAO_REPORTS_DIR"]),
        (["bot"], 1, ["WENBAO_TELEGRAM_TOKEN"]),
    ],
    ids=lambda value: "-".join(value)[:24] if isinstance(value, list) else None,
)
def test_bad_input_is_one_line_and_the_right_exit_code(wenbao, tmp_path, arguments, code, parts):
    done = wenbao(*arguments, env={"WENBAO_DATA_DIR": str(tmp_path / "none")})
    assert (done.returncode, done.stdout) == (code, "")
    assert_one_line(done.stderr, *parts)


def test_a_data_directory_that_cannot_be_written(wenbao, reports, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    env = {"WENBAO_DATA_DIR": str(tmp_path / "file" / "data"), "WENBAO_REPORTS_DIR": str(reports)}
    done = wenbao("ingest", env=env)
    assert (done.returncode, done.stdout) == (1, "")
    assert_one_line(done.stderr, "WENBAO_DATA_DIR")


def test_errors_speak_english_when_asked(wenbao):
    done = wenbao("ask", QUESTION, env={"WENBAO_LANGUAGE": "en"})
    assert_one_line(done.stderr, "there is no index")


def test_wrong_usage_exits_with_2(wenbao):
    for arguments in (["ask", "--nonsense"], ["nonsense"], ["ask", QUESTION, "-k", "0"], ["search", "-k", "x", "y"]):
        done = wenbao(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert_one_line(done.stderr)


@pytest.mark.parametrize(
    "row",
    [
        '{"id": NaN, "question": "x"}',
        '{"id": 1, "question": "x", "history": 5}',
        '{"id": 1, "question": "x", "history": "x"}',
        '{"id": 1, "question": "\\ud800"}',
        '{"id": [], "question": "x"}',
        '{"question": "x"}',
        "[" * 100_000,
        "\x00",
    ],
    ids=["nan", "history", "text history", "surrogate", "list id", "no id", "deep", "nul"],
)
def test_a_bad_batch_row_costs_no_other_row(wenbao, row):
    good = '{"id": 7, "text": "報(bào)告"}'
    done = wenbao("clean", "--batch", "-", stdin=f"\ufeff{good}\n{row.replace('question', 'text')}\n{good}\n")
    assert [answer["id"] for answer in rows(done.stdout)] == [7, 7]
    assert done.returncode == 2
    assert_one_line(done.stderr, "2")


def test_clean_goes_on_after_a_file_it_cannot_read(wenbao):
    done = wenbao("clean", "missing.txt", str(SEEDS / "003_d15802eab8b37e33.txt"))
    assert done.returncode == 1
    assert "阳泉市" in done.stdout
    assert_one_line(done.stderr, "missing.txt")


def test_output_that_cannot_be_written(tmp_path):
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "rag", "clean", str(SEEDS / "003_d15802eab8b37e33.txt")]
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=env, cwd=tmp_path, check=False
        )
    assert done.returncode == 1
    assert_one_line(done.stderr)


def test_help_names_every_command(wenbao):
    done = wenbao("--help")
    assert done.returncode == 0
    for command in ("ask", "search", "ingest", "clean", "status", "bot"):
        assert command in done.stdout


def test_an_interrupted_ingest_leaves_the_last_index_and_can_be_repeated(sync, settings, reports):
    sync()
    before = read_pointer(settings)
    for n in range(40):
        (reports / f"new{n}.txt").write_text("".join(f"第{n}份报告的第{m}句话。" for m in range(300)), encoding="utf-8")
    env = os.environ | {
        "WENBAO_REPORTS_DIR": str(settings.reports_dir),
        "WENBAO_DATA_DIR": str(settings.data_dir),
        "WENBAO_MODELS_DIR": str(MODELS),
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen([sys.executable, "-m", "ingest"], env=env, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "/" in process.stderr.readline()  # embedding has begun
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    assert process.wait(60) == 130
    assert "Traceback" not in rest
    assert read_pointer(settings) == before
    for n in range(1, 40):
        (reports / f"new{n}.txt").unlink()
    assert sync().added == ("new0.txt",)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("ask", "a", "b"), "多余的参数:b"),
        (("nonsense",), "没有命令 nonsense"),
        (("ask", "--bogus", "x"), "没有选项 --bogus"),
        (("ask", "--histor", "x"), "没有选项 --histor;相近的有 --history"),
        (("status", "--json=1"), "选项 --json 后面不带值"),
        (("show",), "缺少 SOURCE"),
        (("search", "-k", "0", "x"), "-k 至少是 1"),
        (("search", "-k", "2000", "x"), "-k 最多是 1000"),
        (("ask", "-k", "x", "y"), "-k 后面要是整数"),
        (("eval", "missing.jsonl"), "没有这个文件或目录"),
    ],
)
def test_wrong_usage_is_one_line_in_the_language_of_the_interface(wenbao, arguments, part):
    done = wenbao(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert_one_line(done.stderr, part, *(["--help"] if arguments[0] != "eval" else []))
    assert not re.search("[a-z]{3,} [a-z]{3,}", done.stderr.partition("wenbao")[2])  # not the library's English


def test_a_working_directory_that_may_not_be_entered_is_left(seeded, tmp_path):
    """As `sudo -u` leaves one in another's home: libraries that look for their settings there would fail."""
    rights = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    if rights and shutil.which(rights[0]) is None:
        pytest.skip("root may enter every directory, and setpriv isn't installed")
    shut = tmp_path / "shut"
    shut.mkdir()
    plain = {name: value for name, value in os.environ.items() if not name.startswith("WENBAO_")}
    ours = {
        "WENBAO_MODELS_DIR": str(MODELS),
        "WENBAO_DATA_DIR": str(seeded.data_dir),
        "WENBAO_REPORTS_DIR": str(seeded.reports_dir),
        "PYTHONPATH": str(ROOT),
    }
    asked = shlex.join([*rights, sys.executable, "-m", "rag", "ask", "塔城地区有多少个科普示范县?", "--json"])
    command = ["bash", "-c", f"cd {shlex.quote(str(shut))}; chmod 0 .; exec {asked}"]
    done = subprocess.run(command, env=plain | ours, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.stderr == ""
    assert json.loads(done.stdout)["status"] in ("answered", "not_found")
    cleaned = command[2].replace(asked, shlex.join([*rights, sys.executable, "-m", "rag", "clean", "etc/hostname"]))
    done = subprocess.run(["bash", "-c", cleaned], env=plain | ours, capture_output=True, encoding="utf-8", check=False)
    shut.chmod(0o700)
    assert_one_line(done.stderr, "etc/hostname")  # and isn't taken for /etc/hostname
