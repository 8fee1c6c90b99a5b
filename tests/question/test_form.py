"""In which form a question wants its answer, however it is typed, in which script and language."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from shelf import Shelf

from ingest.language.questions import asking
from ingest.language.script import to_traditional
from rag.question.form import beside_summary, form_of
from rag.question.kind import as_meant, expected
from rag.question.understand import fold

ROWS = [json.loads(line) for line in Path(__file__).with_name("forms.jsonl").read_text("utf-8").splitlines()]
CHINESE = [row for row in ROWS if not row["question"].isascii()]


@pytest.fixture(scope="module")
def shelf():
    return Shelf({"a.txt": "望江县林业局2023年工作总结\n\n望江县植树42万株，聘用护林员160名。"})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["question"])
def test_the_form_and_the_kind_of_a_question(shelf, row):
    query = shelf.query(row["question"])
    assert (form_of(query), query.expected.kind) == (row["form"], row["kind"])


_ASKS_YES = re.compile(rf"{asking('yes')}|吗|[么不没]\??$")  # without such a word only the question mark tells


@pytest.mark.parametrize("row", CHINESE, ids=lambda row: row["question"])
def test_both_scripts_ask_for_the_same(shelf, row):
    query = shelf.query(to_traditional(row["question"]))
    assert (form_of(query), query.expected.kind) == (row["form"], row["kind"])


@pytest.mark.parametrize("row", CHINESE, ids=lambda row: row["question"])
@pytest.mark.parametrize("ends", ["", "?", "？", "。", "??"])
def test_how_a_question_ends_changes_nothing(shelf, row, ends):
    query = shelf.query(row["question"].rstrip("?？。") + ends)
    stated = row["form"] == "yesno" and not _ASKS_YES.search(row["question"]) and not ends.strip("。")
    assert form_of(query) == ("fact" if stated else row["form"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("运动会是那天开的", "运动会是哪天开的"),
        ("望江县植树多小株", "望江县植树多少株"),
        ("护林员有好多名", "护林员有多少名"),
        ("林场由边个管", "林场由谁管"),
        ("苗圃喺边度", "苗圃喺哪里"),
        ("点解要封山", "为什么要封山"),
        ("什么时侯植树", "什么时侯植树"),  # 什么 asks already
        ("那年植树最多是哪一年", "那年植树最多是哪一年"),
        ("望江县那些村植了树", "望江县哪些村植了树"),
        ("植树用了好久", "植树用了多久"),
        ("植树42万株", "植树42万株"),
    ],
)
def test_a_mistyped_question_word_is_read_as_meant_where_nothing_else_asks(typed, meant):
    assert as_meant(typed) == meant
    assert as_meant(as_meant(typed)) == meant


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["question"])
def test_what_is_meant_is_asked_as_it_was(row):
    folded = fold(row["question"])
    assert expected(as_meant(folded)) == expected(folded)


@pytest.mark.parametrize(
    ("question", "beside"),
    [
        ("总结一下", ""),
        ("这份报告讲了什么?", "?"),
        ("概括一下望江县的植树", "望江县的植树"),
        ("summarize the planting", "theplanting"),
    ],
)
def test_what_a_summary_is_asked_of(question, beside):
    assert "".join(beside_summary(fold(question)).split()) == beside
