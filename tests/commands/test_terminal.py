"""The real program in a pseudo-terminal, as somebody in a meeting meets it; and what it writes where there is none."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
from conftest import MODELS, ROOT, SEEDS, assert_one_line
from rich.cells import cell_len
from rich.console import Console

from config import shown
from ingest.index.catalog import ReportEntry
from rag.show.marks import spans
from rag.show.terminal import Screen

QUESTION = "巴州以多少个乡村科普馆为重点?"
SHORT = "117个"
SPINNER = "[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]"
READY = "问>"  # the next prompt; the toolbar needs a terminal that tells where its cursor is
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[=>])")


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("WENBAO_", "LESS", "NO_COLOR", "COLUMNS", "LINES"))
    }
    return kept | {
        "PYTHONPATH": str(ROOT),
        "WENBAO_DATA_DIR": str(data_dir),
        "WENBAO_MODELS_DIR": str(MODELS),
        "WENBAO_REPORTS_DIR": str(SEEDS),
        "WENBAO_CHAT_HISTORY": str(data_dir / "history"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PROMPT_TOOLKIT_NO_CPR": "1",
        **more,
    }


def spawn(data_dir: Path, *arguments: str, width: int = 120, cwd: Path | None = None, **more: str) -> Any:
    return pexpect.spawn(
        sys.executable,
        ["-m", "rag", *arguments],
        env=environment(data_dir, **more),
        cwd=str(cwd) if cwd else None,
        encoding="utf-8",
        dimensions=(50, width),
        timeout=20,
    )


def finished(child: Any) -> str:
    """Everything a program wrote until it ended, without its escape sequences."""
    child.expect(pexpect.EOF)
    child.close()
    return _ESCAPES.sub("", child.before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("meeting")


@pytest.fixture(scope="module")
def chat(seeded, folder) -> Iterator[Any]:
    """One conversation that all tests below share, in their order; it begins with a cancelled question."""
    child = spawn(seeded.data_dir, "chat", cwd=folder)
    child.expect("问>")
    yield child
    child.close(force=True)


def say(child: Any, line: str) -> None:
    child.send(line + "\r")


def test_a_question_can_be_cancelled_while_it_is_worked_on_and_the_next_one_is_answered(chat):
    say(chat, QUESTION)  # the engine is still being loaded, which is said
    chat.expect(SPINNER)
    chat.sendintr()
    chat.expect("已取消")
    chat.expect(READY)
    say(chat, QUESTION)
    chat.expect(SHORT)
    chat.expect(r"001_40ca7aff27390dd3\.txt \d+-\d+")
    chat.expect(READY)


def test_a_follow_up_says_how_it_is_understood(chat):
    say(chat, "那科普示范基地呢?")
    chat.expect("理解为:.*巴州")
    chat.expect(READY)


def test_a_source_is_opened_as_cleaned_and_as_delivered(chat):
    say(chat, "：１")  # as an input method types it
    chat.expect("清理后的正文")
    chat.expect("巴州科协将科普融入")
    chat.expect(READY)
    say(chat, ":raw 1")
    chat.expect("送来的原文")
    chat.expect(READY)
    say(chat, ":9")
    chat.expect("没有出处 9")
    chat.expect(READY)


def test_a_pasted_text_of_several_lines_is_one_question(chat):
    chat.send("\x1b[200~巴州以多少个\n乡村科普馆为重点?\n\x1b[201~")
    say(chat, "")
    chat.expect(f" {SHORT} ")
    chat.expect(READY)


def test_the_window_may_change_its_size(chat):
    say(chat, ":sources")
    chat.expect("发布者.*片段")
    chat.expect(READY)
    chat.setwinsize(40, 60)
    say(chat, ":sources")
    chat.expect(r"\d+ 字 · \d+ 个片段")
    chat.expect(r"5 份报告,\d+ 个片段")
    chat.expect(READY)
    say(chat, QUESTION)
    chat.expect(SHORT)
    chat.expect(READY)
    chat.setwinsize(50, 120)


def test_other_reports_are_another_topic(wenbao, seeded):
    done = wenbao("chat", settings=seeded, stdin=f"{QUESTION}\n那农家科技小院呢?\n:only 常德市\n那科普馆呢?\n")
    carried, fresh = (done.stdout.split(f"> {said}\n")[1] for said in ("那农家科技小院呢?", "那科普馆呢?"))
    assert "理解为: 巴州以多少个农家科技小院?" in carried.split(">")[0]
    assert "巴州" not in fresh
    assert_one_line(done.stderr, "请把问题说完整")


def test_a_report_is_shown_by_a_place_that_it_alone_mentions(wenbao, seeded):
    done = wenbao("show", "巴州", settings=seeded)
    assert done.returncode == 0
    assert QUESTION[:2] in done.stdout
    assert "提到了它" in done.stderr
    several = wenbao("show", "志愿", settings=seeded)
    assert several.returncode == 2
    assert_one_line(several.stderr, "份报告符合“志愿”")


def test_narrowing_by_year_place_and_name(chat):
    for words, said in (("2022", "2 份报告"), ("常德市", "1 份报告"), ("全国科普示范区", "1 份报告")):
        say(chat, f":only {words}")
        chat.expect(f"在 {said}中查找")
        chat.expect(READY)
    say(chat, QUESTION)
    chat.expect("没有找到答案|000_33add0c897c04556")
    chat.expect(READY)
    say(chat, ":only 火星")
    chat.expect("没有报告符合“火星”.*长沙市")
    chat.expect(READY)
    say(chat, ":new")
    chat.expect("新话题")
    chat.expect(READY)


def test_commands_and_report_names_are_completed(chat):
    chat.send(":rep")
    chat.expect("阅读一份报告")  # the menu
    chat.send("\t 喜报")
    chat.expect("雨花区被评为")
    chat.send("\t")
    say(chat, "")
    chat.expect("长沙晚报")
    chat.expect(READY)


def test_what_cannot_be_asked_is_one_line_and_the_conversation_goes_on(chat):
    say(chat, "问" * 1001)
    chat.expect("问题过长")
    chat.expect(READY)
    say(chat, ":nonsense")
    chat.expect("没有命令 :nonsense")
    chat.expect(READY)


def test_the_minutes_hold_question_answer_quote_and_source(chat, folder):
    path = folder / "minutes.md"
    say(chat, ":save minutes.md")
    chat.expect(r"已保存 \d 个问答")
    chat.expect(READY)
    text = path.read_text(encoding="utf-8")
    assert f"## 1. {QUESTION}" in text
    assert "理解为" in text
    assert f"**{SHORT}**" in text
    quote = next(line for line in text.splitlines() if line.startswith("> 以117个"))
    assert quote.removeprefix("> ") in (SEEDS / "001_40ca7aff27390dd3.txt").read_text(encoding="utf-8")
    assert "2022-12-02" in text
    path.write_text("another", encoding="utf-8")
    say(chat, ":save minutes.md")
    chat.expect("已保存")  # the session's own file
    chat.expect(READY)
    (folder / "other.md").write_text("kept", encoding="utf-8")
    say(chat, ":save other.md")
    chat.expect("已存在")
    chat.expect(READY)
    assert (folder / "other.md").read_text(encoding="utf-8") == "kept"


def test_ctrl_c_at_the_prompt_says_how_to_leave_and_ctrl_d_leaves(chat, seeded):
    chat.sendintr()
    chat.expect("Ctrl-D")
    chat.expect(READY)
    chat.sendeof()
    finished(chat)
    assert chat.exitstatus == 0
    history = seeded.data_dir / "history"
    assert QUESTION in history.read_text(encoding="utf-8")
    assert history.stat().st_mode & 0o077 == 0


def test_leaving_waits_for_nothing_that_is_still_being_loaded(seeded):
    child = spawn(seeded.data_dir, "chat", WENBAO_LANGUAGE="en")
    child.expect("ask>")
    child.sendeof()
    finished(child)
    assert child.exitstatus == 0


def test_a_dumb_terminal_gets_plain_lines(seeded):
    child = spawn(seeded.data_dir, "chat", TERM="dumb")
    child.expect("问>")
    say(child, QUESTION)
    child.expect(f"\n{SHORT}")
    say(child, ":1")
    child.expect(">>> 以117个")
    say(child, ":quit")
    child.expect(pexpect.EOF)
    assert "\x1b" not in child.before


def test_a_conversation_can_be_piped(wenbao, seeded, tmp_path):
    lines = f"{QUESTION}\n\n:1\n:nonsense\n:save out.md\n"
    done = wenbao("chat", settings=seeded, stdin=lines)
    assert done.returncode == 0
    assert f"> {QUESTION}\n{SHORT}\n" in done.stdout
    assert "清理后的正文" in done.stdout
    assert "\x1b" not in done.stdout
    assert_one_line(done.stderr, ":nonsense")
    assert SHORT in (tmp_path / "out.md").read_text(encoding="utf-8")


def test_chat_without_an_index_ends_at_once(wenbao, tmp_path):
    done = wenbao("chat", env={"WENBAO_DATA_DIR": str(tmp_path / "none")})
    assert (done.returncode, done.stdout) == (1, "")
    assert_one_line(done.stderr, "wenbao ingest")


def test_ask_on_a_terminal_marks_the_answer_and_no_color_takes_only_the_colours(seeded):
    child = spawn(seeded.data_dir, "ask", QUESTION, width=60)
    child.expect(pexpect.EOF)
    coloured = child.before
    plain = spawn(seeded.data_dir, "ask", QUESTION, width=60, NO_COLOR="1")
    plain.expect(pexpect.EOF)
    assert re.search(r"\x1b\[[0-9;]*3[0-9]m117个", coloured)
    assert not re.search(r"\x1b\[(?:[0-9]+;)*(?:3|4|9)[0-9](?:;[0-9]+)*m", plain.before)
    assert "\x1b[1" in plain.before
    shown = [_ESCAPES.sub("", text).split(f"   {SHORT}   ")[1] for text in (coloured, plain.before)]  # after the wait
    assert shown[0] == shown[1]
    quote = next(line for line in _ESCAPES.sub("", coloured).splitlines() if line.startswith("以117个"))
    assert quote.endswith("[1]")  # one line, however narrow the terminal: it pastes as one


def test_markdown_and_plain_paste_cleanly(wenbao, seeded):
    done = wenbao("ask", QUESTION, "--markdown", settings=seeded)
    assert done.stdout.startswith(f"**{SHORT}**\n\n> 以117个")
    assert "> — [1] 《新疆科协" in done.stdout
    both = wenbao("ask", QUESTION, "--markdown", "--plain", settings=seeded)
    assert both.returncode == 2


def test_filters_of_ask_and_search(wenbao, seeded):
    done = wenbao("ask", QUESTION, "--place", "巴州", "--since", "2022", "--json", settings=seeded)
    assert json.loads(done.stdout)["short_answer"] == SHORT
    assert "在 1 份报告中查找" in done.stderr
    found = wenbao("search", QUESTION, "--report", "雨花区", "--json", settings=seeded)
    assert {hit["source"] for hit in json.loads(found.stdout)["hits"]} == {"000_33add0c897c04556.txt"}
    nothing = wenbao("ask", QUESTION, "--place", "火星", settings=seeded)
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert_one_line(nothing.stderr, "火星", "长沙市", "2022-12-02")
    assert wenbao("ask", QUESTION, "--since", "soon", settings=seeded).returncode == 2


def test_sources_and_show(wenbao, seeded):
    listed = json.loads(wenbao("sources", "--json", settings=seeded).stdout)["reports"]
    assert len(listed) == 5
    assert listed[4]["anomalies"]["anonymised"] >= 1
    assert all(entry["read"]["lines"] > 0 and entry["read"]["confidence"] is None for entry in listed)
    lines = wenbao("sources", settings=seeded).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == [entry["source"] for entry in listed]
    source = listed[1]["source"]
    raw = wenbao("show", source, "--raw", settings=seeded)
    assert raw.stdout == (SEEDS / source).read_text(encoding="utf-8") + "\n"
    assert wenbao("show", "火星", settings=seeded).returncode == 1
    several = wenbao("show", "科", settings=seeded)
    assert several.returncode == 2
    assert_one_line(several.stderr, source)


def test_show_is_paged_on_a_terminal(seeded):
    child = spawn(seeded.data_dir, "show", "雨花区", PAGER="cat; echo paged")
    text = finished(child)
    assert re.search(r"去注音 \d+", text)
    assert "paged" in text


ENTRIES = [
    ReportEntry("a.txt", "", "短", "2022-01-10", 10, 1, "某网"),
    ReportEntry("folder/b.txt", "", "Ａ wide 標題和很长很长的一个题目,超过一栏所能容纳的宽度" * 2, None, 123456, 17),
]


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_columns_of_wide_characters_are_aligned_and_fit(width):
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    Screen("zh", console=console).entries(ENTRIES)
    lines = console.file.getvalue().splitlines()
    if width < 100:
        assert "  10 字" in "\n".join(lines) or "10 字" in "\n".join(lines)
        return
    assert all(cell_len(line) <= width for line in lines)
    rows = [line for line in lines if re.search(r"\d 字|2022|123456", line)]
    ends = {cell_len(line[: match.end()]) for line in rows if (match := re.search(r" (10|123456)(?= )", line))}
    assert len(rows) == 2
    assert len(ends) == 1


@pytest.mark.parametrize(
    ("text", "short", "found"),
    [
        ("建成117个,其中17个在县里", "17个", ["17个"]),
        ("投入1,150万元,另有150万元", "150万元", ["150万元"]),
        ("雨花區總共94個,雨花区94个", "94个", ["94個", "94个"]),
        ("共3.5万人", "5万人", []),
        ("covid", "id", []),
        ("无", None, []),
    ],
)
def test_the_answer_is_marked_never_a_part_of_another_figure(text, short, found):
    assert [text[start:end] for start, end in spans(text, short)] == found


def test_nothing_in_a_report_steers_the_terminal():
    text = shown.lines("甲\x1b[2J乙\x07\u202e丙\x9b31m\r\n丁\t\u200b戊")
    assert text == "甲\\x1b[2J乙\\x07\\u202e丙\\x9b31m\n丁\t戊"
