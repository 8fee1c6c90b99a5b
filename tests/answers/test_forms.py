"""What an answer of each form quotes: the best sentence, what proves it as well beside it, in the order of the text."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import get_args

import pytest
from shelf import EVERYTHING_ANSWERS, NOTHING_ANSWERS, Shelf, reader_of

from rag.answers.compose import compose
from rag.answers.forms import chosen, short_of
from rag.records import Form

STEPS = [
    "一是摸清家底，逐村登记闲置农房426处。",
    "二是统一收储，由村合作社与农户签订协议。",
    "三是引入民宿企业，按年支付租金。",
    "四是收益分红，六成归农户所有。",
    "五是建立台账，按季公示收支。",
    "六是培训管家，持证上岗83人。",
    "七是评星定级，末位退出。",
]
REPORT = "石桥乡盘活闲置农房工作总结\n\n石桥乡位于县城以西。" + "".join(STEPS) + "\n\n县里已将做法推广。"
OTHER = "南塘乡简报\n\n南塘乡也登记闲置农房，共有112处。"
HOW = "石桥乡是怎么盘活闲置农房的?"
FORMS = [form for form in get_args(Form) if form != "computed"]


@pytest.fixture
def shelf():
    return Shelf({"a.txt": REPORT, "b.txt": OTHER})


def proving(shelf, **proofs):
    """The sentences that begin so, each with the log odds that it proves the answer, the best first."""
    found = [shelf.evidence(text, proof=proof, probability=0.5) for text, proof in proofs.items()]
    return sorted(found, key=lambda e: -e.proof)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("proof", [-9.0, 0.0, 9.0])
def test_whatever_is_proved_the_quotes_are_in_order_apart_and_few(shelf, form, proof):
    evidence = [shelf.evidence(step, proof=proof - n) for n, step in enumerate(STEPS)]
    quoted = chosen(form, evidence[3:] + evidence[:3])
    assert 1 <= len(quoted) <= 6
    assert evidence[3].start in [e.start for e in quoted]
    assert all(a.end <= b.start for a, b in itertools.pairwise(quoted))
    assert sum(len(e.text) for e in quoted) < 600


@pytest.mark.parametrize("form", FORMS)
def test_what_proves_nothing_and_what_stands_in_another_report_is_not_quoted(shelf, form):
    best = shelf.evidence(STEPS[1], proof=3.0)
    useless, elsewhere = shelf.evidence("石桥乡位于", proof=-8.0), shelf.evidence("南塘乡也登记", proof=3.0)
    assert chosen(form, [best, useless, elsewhere]) == [best]


def test_how_something_is_done_is_told_in_more_sentences_than_how_much():
    shelf = Shelf({"a.txt": REPORT})
    evidence = [shelf.evidence(step, proof=3.0, probability=0.5) for step in STEPS]
    counts = {form: len(chosen(form, evidence)) for form in FORMS}
    assert counts["passage"] > counts["fact"]
    assert counts["list"] > counts["yesno"]
    assert counts["summary"] >= counts["passage"]


def test_a_fact_that_nobody_has_read_is_one_sentence(shelf):
    evidence = [shelf.evidence(step) for step in STEPS]
    assert chosen("fact", evidence) == evidence[:1]


def test_a_sentence_too_long_to_be_shown_is_cut_around_its_answer():
    text = "石桥乡" + "，把闲置的老屋一间一间登记造册" * 50 + "，共计426处。"
    shelf = Shelf({"a.txt": f"总结\n\n{text}"}, 2000)
    evidence = shelf.evidence("石桥乡", "426处")
    (quoted,) = chosen("fact", [evidence])
    assert "426处" in quoted.text
    assert len(quoted.text) < 600
    assert shelf.report("a.txt").text[quoted.start : quoted.end] == quoted.text


@pytest.mark.parametrize(
    ("form", "polarity", "short"),
    [
        ("yesno", 4.0, "是"),
        ("yesno", -4.0, "否"),
        ("yesno", 0.2, None),  # unsure: the sentence alone
        ("yesno", -0.2, None),
        ("fact", 4.0, "426处"),
        ("list", -4.0, "426处"),
        ("passage", 4.0, None),
        ("summary", 4.0, None),
    ],
)
def test_the_short_answer_of_a_form(shelf, form, polarity, short):
    evidence = shelf.evidence(STEPS[0], "426处", polarity=polarity)
    assert short_of(form, replace(evidence, short=evidence.span)) == short


def test_no_form_makes_up_a_short_answer(shelf):
    evidence = shelf.evidence(STEPS[0])
    assert [short_of(form, evidence) for form in FORMS] == [None] * len(FORMS)


def answer(shelf, question, judge=EVERYTHING_ANSWERS, **read):
    return compose(shelf.query(question), shelf.passages(), shelf.library(judge, reader_of(**read)))


def test_how_is_answered_with_the_sentences_that_tell_it(shelf):
    said = answer(shelf, HOW, proved=STEPS[1:4], span="统一收储")
    assert (said.status, said.form, said.short_answer) == ("answered", "passage", None)
    assert [citation.quote for citation in said.citations] == STEPS  # a row is told whole
    assert said.answer.splitlines() == [f"{quote} [{n}]" for n, quote in enumerate(STEPS, 1)]


@pytest.mark.parametrize(("polarity", "short"), [(5.0, "是"), (-5.0, "否"), (0.0, None)])
@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("石桥乡给农户分红了吗?", {"是": "是", "否": "否"}),
        ("石橋鄉給農戶分紅了嗎?", {"是": "是", "否": "否"}),
    ],
)
def test_yes_or_no_stands_before_the_sentence(shelf, question, words, polarity, short):
    said = answer(shelf, question, proved=STEPS[3:4], span="分红", polarity=polarity)
    assert (said.form, said.short_answer, said.certainty) == ("yesno", short, "sure" if short else "likely")
    lines = said.answer.splitlines()
    assert lines[0] == words[short] if short else len(lines) == len(said.citations)
    assert said.citations[0].quote == STEPS[3]


@pytest.mark.parametrize(
    ("judge", "certainty"),
    [
        (EVERYTHING_ANSWERS, "sure"),
        (replace(EVERYTHING_ANSWERS, bias=0.0, sure=0.9), "likely"),
        (NOTHING_ANSWERS, None),
    ],
)
def test_the_grade_of_the_best_sentence_is_that_of_the_answer(shelf, judge, certainty):
    said = answer(shelf, "石桥乡登记了多少处闲置农房?", judge, proved=STEPS[:1], span="426处")
    assert said.certainty == certainty
    assert (said.status == "answered") == (certainty is not None) == bool(said.citations)
    assert said.form == ("fact" if certainty else None)


@pytest.mark.parametrize(
    ("told", "certainty"),
    [
        ("茶叶、中药材和食用菌三个基地", "sure"),
        ("茶叶与食用菌两个基地", "sure"),
        ("茶叶基地", "likely"),
        ("三个基地", "likely"),
    ],
)
def test_a_list_of_which_one_thing_is_told_is_never_sure(told, certainty):
    shelf = Shelf({"a.txt": f"云岭县特色产业总结\n\n云岭县建成{told},带动农户八百户。"})
    library = shelf.library(EVERYTHING_ANSWERS, reader_of((f"云岭县建成{told}",), told))
    answer = compose(shelf.query("云岭县建成了哪些基地?"), shelf.passages(), library)
    assert (answer.form, answer.certainty) == ("list", certainty)


@pytest.mark.parametrize(
    ("question", "told", "short", "certainty"),
    [
        (
            "云岭县建成的那三个基地叫什么名?",
            "茶叶基地、中药材基地和食用菌基地",
            "茶叶基地、中药材基地和食用菌基地",
            "sure",
        ),
        ("云岭县建成的那三个基地叫什么名?", "茶叶基地", None, "likely"),
        ("云岭县建成的那三个基地叫什么名?", "茶叶基地和中药材基地", "茶叶基地和中药材基地", "likely"),
        ("云岭县建成的那个基地叫什么名?", "茶叶基地", "茶叶基地", "sure"),
        ("云岭县建成了哪两个基地?", "茶叶基地", None, "likely"),
    ],
)
def test_of_several_things_asked_for_together_one_is_no_short_answer(question, told, short, certainty):
    shelf = Shelf({"a.txt": f"云岭县特色产业总结\n\n云岭县建成{told},带动农户八百户。"})
    library = shelf.library(EVERYTHING_ANSWERS, reader_of((f"云岭县建成{told}",), told))
    answer = compose(shelf.query(question), shelf.passages(), library)
    assert (answer.short_answer, answer.certainty) == (short, certainty)


@pytest.mark.parametrize(
    ("question", "bias", "certainty"),
    [
        ("2023年云岭县建成了什么基地?", 0.2, "likely"),
        ("2023年云岭县建成了什么基地?", -0.2, "likely"),
        ("2022年云岭县建成了什么基地?", 0.2, "likely"),
        ("2022年云岭县建成了什么基地?", -0.2, None),
    ],
)
def test_another_years_sentence_answers_only_where_that_is_likelier_than_not(question, bias, certainty):
    shelf = Shelf({"a.txt": "云岭县特色产业简介\n\n2023年云岭县各乡忙生产。云岭县建成茶叶基地,带动农户八百户。"})
    judge = replace(EVERYTHING_ANSWERS, bias=bias, sure=0.9, likely=0.2)
    library = shelf.library(judge, reader_of(("云岭县建成茶叶基地",), "茶叶基地"))
    said = compose(shelf.query(question), shelf.passages(), library)
    assert said.certainty == certainty
    assert certainty or said.reason == "报告中的相关内容说的不是2022年。"
