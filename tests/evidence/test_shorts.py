"""A short answer is of the kind that was asked for and stands in its sentence; where none surely is, there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from shelf import Shelf

from rag.evidence.shorts import counts, spots, with_short
from rag.question.kind import expected
from rag.question.understand import fold

ROWS = [json.loads(line) for line in Path(__file__).with_name("shorts.jsonl").read_text("utf-8").splitlines()]


class Expected:
    """A question held against a sentence, wherever the reader points."""

    def __init__(self, question: str, sentence: str) -> None:
        shelf = Shelf({"a.txt": f"工作简报\n\n{sentence}"})
        self._text, self._at = shelf.report("a.txt").text, shelf.report("a.txt").text.index(sentence)
        self._query, self._evidence = shelf.query(question), shelf.evidence(sentence)

    def short(self, start: int, end: int) -> str | None:
        """The short answer where the reader points at sentence[start:end]; at nothing where that is empty."""
        span = (self._at + start, self._at + end) if start < end else None
        run = with_short(self._query, replace(self._evidence, span=span)).short
        assert run is None or self._evidence.start <= run[0] < run[1] <= self._evidence.end
        return self._text[slice(*run)] if run else None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["asks"])
def test_the_short_answer(row):
    start = row["sentence"].index(row["span"])
    asked_of = Expected(row["question"], row["sentence"])
    assert asked_of.short(start, start + len(row["span"])) == row["short"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["asks"])
def test_whatever_is_pointed_at_a_short_answer_is_short_and_stands_in_the_sentence(row):
    text, asked_of = row["sentence"], Expected(row["question"], row["sentence"])
    for start in range(0, len(text), 5):
        for end in (start + 1, min(len(text), start + 9), len(text)):
            short = asked_of.short(start, end)
            assert short is None or (short in text and len(short) <= 120)


def test_a_span_that_leaves_its_sentence_is_cut_at_its_end():
    shelf = Shelf({"a.txt": "工作简报\n\n展览在北门外老粮仓。次日举行了讲座。"})
    evidence = shelf.evidence("展览在北门外老粮仓", "北门外老粮仓")
    past = replace(evidence, span=(evidence.span[0], evidence.end + 5))
    run = with_short(shelf.query("展览在哪里举行?"), past).short
    assert run == (evidence.span[0], evidence.end)


@pytest.mark.parametrize(
    ("question", "sentence", "found"),
    [
        ("造林多少亩?", "白水县造林3200亩,育苗80万株,青河县造林5100亩。", ["3200亩", "5100亩"]),
        ("大桥什么时候通车?", "2020年3月1日开工,历时两年,2022年6月18日通车。", ["2020年3月1日", "2022年6月18日"]),
        ("大桥哪天通车?", "2020年3月开工,2022年6月18日通车。", ["2022年6月18日"]),
        ("谁主持了大会?", "2020年3月1日,何立新主持有90人参加的大会。", []),
        ("大会讲了什么?", "2020年3月1日,何立新主持有90人参加的大会。", []),
    ],
)
def test_what_may_answer_in_a_sentence(question, sentence, found):
    assert [sentence[start:end] for start, end in spots(expected(fold(question)), sentence)] == found


@pytest.mark.parametrize(
    ("question", "unit", "may"),
    [
        ("投资多少钱?", "万元", False),  # scales are no part of a unit
        ("投资多少钱?", "元", True),
        ("投资多少钱?", "亩", False),
        ("粮食产量是多少?", "吨", True),
        ("粮食产量增长多少?", "%", True),
        ("粮食产量增长多少?", "吨", True),  # by how much may be told as an amount
        ("粮食产量增长多少?", "人", False),
        ("有多少个村?", "个", True),
        ("有多少个村?", "公里", False),
        ("面积多大?", "平方米", True),
        ("面积多大?", "米", False),
        ("有多少名教师?", "人", True),
        ("数字是多少?", "年", False),  # a duration answers only how long
    ],
)
def test_the_units_that_may_answer(question, unit, may):
    assert counts(expected(fold(question)), unit) == may


def test_the_figure_of_one_thing_of_a_list_is_never_surely_the_total():
    sentence = "评出金奖2件、银奖4件、铜奖6件。"
    shelf = Shelf({"a.txt": f"工作简报\n\n{sentence}"})
    told = [with_short(shelf.query(question), shelf.evidence(sentence)) for question in ("银奖几件?", "银奖一共几件?")]
    assert [each.text[slice(*(at - each.start for at in each.short))] for each in told] == ["4件", "4件"]
    assert told[0].pointed == 1.0
    assert told[1].pointed < 0.8
