"""Why a question isn't answered is true: that something is not mentioned is said only of what stands nowhere."""

from __future__ import annotations

import re

import pytest
from shelf import EVERYTHING_ANSWERS, NOTHING_ANSWERS, Shelf, reader_of

from rag.answers.compose import compose
from rag.answers.refusals import names_of, unknown_name

TEXTS = {
    "a.txt": "临泽县水务局2022年工作总结\n\n临泽县新打机井34眼。局长邱志远带队检查《供水条例》落实情况。",
    "b.txt": "高台县水务局2022年工作总结\n\n高台县衬砌渠道58公里。计划新打机井20眼。开展“节水先锋”评选。",
}


@pytest.fixture(scope="module")
def shelf():
    return Shelf(TEXTS)


def ask(shelf, question, judge=NOTHING_ANSWERS):
    return compose(shelf.query(question), shelf.passages(), shelf.library(judge, reader_of()))


UNKNOWN = [
    ("肃南县新打机井多少眼?", "肃南"),
    ("肅南縣新打機井多少眼?", "肃南"),
    ("《灌区管理办法》什么时候施行?", "灌区管理办法"),
    ("“清渠行动”开展了几次?", "清渠行动"),
    ("临泽县和肃南县谁打的机井多?", "肃南"),
    ("临泽县的谢东升是什么职务?", "谢东升"),
    ("临泽县水务局的“一户一表”改造了多少户?", "一户一表"),
]


@pytest.mark.parametrize(("question", "name"), UNKNOWN)
def test_what_stands_in_no_report_is_refused_as_not_mentioned_however_sure_the_judge(shelf, question, name):
    assert unknown_name(shelf.query(question), shelf.naming) == name
    said = ask(shelf, question, EVERYTHING_ANSWERS)
    assert said.status == "not_found"
    assert not any(name in text for text in TEXTS.values())
    assert "报告中没有提到" in said.reason or "報告中沒有提到" in said.reason
    assert said.nearest


@pytest.mark.parametrize(
    "question",
    [
        "临泽县新打机井多少眼?",
        "臨澤縣新打機井多少眼?",
        "高台县衬砌渠道多少公里?",
        "《供水条例》落实得怎么样?",
        "“节水先锋”评选了吗?",
        "邱志远是什么职务?",
        "新打机井多少眼?",
        "全县有多少个水库?",
        "“”是什么?",
    ],
)
def test_what_a_report_mentions_is_never_called_unmentioned(shelf, question):
    assert unknown_name(shelf.query(question), shelf.naming) is None
    assert "没有提到" not in (ask(shelf, question).reason or "")
    assert ask(shelf, question, EVERYTHING_ANSWERS).status == "answered"


def test_a_name_is_known_by_any_of_its_forms(shelf):
    for names in names_of(shelf.query("临泽县和高台县的《供水条例》“节水先锋”谁负责?")):
        assert any(shelf.naming(name) for name in names), names


def test_a_name_that_only_a_title_holds_is_mentioned():
    shelf = Shelf({"山丹县简报.txt": "山丹县水务简报\n\n新打机井7眼。"})
    assert unknown_name(shelf.query("山丹县新打机井多少眼?"), shelf.naming) is None


@pytest.mark.parametrize(
    ("question", "says", "english"),
    [
        ("临泽县衬砌渠道多少公里?", r"临泽.*别处", False),
        ("临泽县2019年新打机井多少眼?", r"不是2019年", False),
        ("“节水先锋”评选什么时候开展?", r"没有给出所问的日期|没有能确定", False),
        ("高台县新打机井多少眼?", r"只给出了目标|没有能确定", False),
        ("高台县有哪些特色?", r"没有能确定", False),
        ("How many wells were dug in 2019?", r"2019|no such figure|for certain", True),
    ],
)
def test_the_reason_says_what_is_missing(shelf, question, says, english):
    reason = ask(shelf, question).reason
    assert re.search(says, reason), reason
    assert reason.isascii() == english
    assert reason.endswith((".", "。"))


@pytest.mark.parametrize("question", ["高台縣有哪些特色?", "臨澤縣2019年新打機井多少眼?"])
def test_the_reason_is_in_the_script_of_the_question(shelf, question):
    from ingest.language.script import to_traditional

    reason = ask(shelf, question).reason
    assert reason == to_traditional(reason)
    assert "報告" in reason


def test_where_nothing_was_found_nothing_else_is_said(shelf):
    said = compose(shelf.query("临泽县新打机井多少眼?"), [], shelf.library(NOTHING_ANSWERS, reader_of()))
    assert said.status == "not_found"
    assert said.reason
    assert said.nearest == ()


@pytest.mark.parametrize("question", [question for question, _ in UNKNOWN] + ["高台县有哪些特色?"])
def test_what_came_closest_is_numbered_and_verbatim(shelf, question):
    said = ask(shelf, question)
    assert [citation.n for citation in said.nearest] == list(range(1, len(said.nearest) + 1))
    assert 1 <= len(said.nearest) <= 3
    for citation in said.nearest:
        report = shelf.report(citation.source)
        assert report.text[citation.start : citation.end] == citation.quote
        assert report.raw[citation.raw_start : citation.raw_end] == citation.raw_quote
