"""Whatever a text holds, it can't steer what shows it; and there is one way to the screen."""

from __future__ import annotations

import ast
import csv
import io
import json
import unicodedata

import pytest
from conftest import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.markdown import Markdown

from config import shown

HOSTILE = "甲\x1b[2J乙\x07\u202e丙\x9b31m\r\n丁\t\u200b戊\u2028己\x00\x85\ud800\ue000\U000e0041"
STEERING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# A screen is written to by these alone; the last two talk to a supervisor and to the process that started them.
PAINTERS = {
    "ingest/console.py",
    "rag/show/terminal.py",
    "rag/commands/manual.py",
    "rag/telegram/health.py",
    "rag/telegram/shelf/ingesting.py",
}


def steering(text: str) -> set[str]:
    return {char for char in text if unicodedata.category(char) in STEERING and char not in "\n\t"}


@example(HOSTILE)
@given(st.text(st.characters(codec=None)))
@settings(deadline=None)
def test_nothing_on_a_screen_steers_it(text):
    assert not steering(shown.lines(text))
    assert not steering(shown.line(text))
    assert not set("\n\t") & set(shown.line(text))
    assert not steering(shown.message(text)) - {"\u200d"}
    assert not steering(shown.sentence(text))


def test_every_character_that_steers_is_known():
    every = "".join(map(chr, range(0x110000)))
    assert not steering(shown.lines(every))


def test_ordinary_text_stays_as_it_is():
    text = "东山县科协建成乡村科普馆21个,占比3.5%。\n\t第二行 é ½ ①"
    assert (shown.lines(text), shown.message(text)) == (text, text)


@settings(deadline=None)
@given(st.recursive(st.none() | st.integers() | st.text(st.characters(codec=None)), st.lists))
def test_json_is_of_the_same_value_and_harmless(value):
    line = shown.as_json(value)
    assert json.loads(line) == value
    assert not steering(line) | set("\n") & set(line)
    assert line.encode("utf-8")


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_json_has_no_infinite_numbers(number):
    with pytest.raises(ValueError, match="JSON"):
        shown.as_json(number)


@pytest.mark.parametrize(
    "field",
    ["=cmd|'/c calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "\r=1", "=1", "|x", "%0a", "\u200b=1"],
)
def test_no_field_is_a_formula(field):
    written = io.StringIO()
    csv.writer(written).writerow([shown.cell(field)])
    (row,) = csv.reader(io.StringIO(written.getvalue()))
    assert row[0].startswith("'")


@pytest.mark.parametrize("field", ["-3.6", "+5", "117", "117个", "东山县", ""])
def test_figures_and_words_are_fields_as_they_are(field):
    assert shown.cell(field) == field


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;b&gt; &#x1b; &copy;",
        "~~划掉~~ a~b~c",
        "a | b\n--- | ---",
        "[1](http://x) ![](y)",
        "===\n---\n***",
        "1) x\n2. y\n- z\n+ w",
        "`a` ``b``",
        "\\*a\\*",
    ],
)
def test_markdown_shows_what_stands_there(text):
    console = Console(width=200, color_system=None)
    with console.capture() as capture:
        console.print(Markdown(shown.markdown(text)))
    assert "".join(text.split()) in "".join(capture.get().split())


@given(st.text("`a \\", max_size=12))
def test_a_name_in_code_keeps_its_backquotes(name):
    written = shown.code(name)
    fence = written[: len(written) - len(written.lstrip("`"))]
    assert written.endswith(fence)
    assert fence not in written[len(fence) : -len(fence)].strip("` ") or not fence


@pytest.mark.parametrize("layer", ["config", "ingest", "rag"])
def test_there_is_one_way_to_the_screen(layer):
    printing = {
        str(path.relative_to(ROOT))
        for path in (ROOT / layer).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _prints(node.func)
    }
    assert {path for path in printing if not path.startswith("rag/training")} <= PAINTERS


def _prints(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute) and called.attr == "write":
        return isinstance(called.value, ast.Attribute) and called.value.attr in ("stdout", "stderr")
    return isinstance(called, ast.Name) and called.id == "print"
