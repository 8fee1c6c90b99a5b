"""Sentences are whole, the report's own and there once, with what was read of just them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from conftest import SEEDS
from shelf import Shelf, reading_of

from rag.evidence.sentences import (
    evidence_of,
    is_heading,
    narrowed,
    promise,
    whole_sentences,
    without_headings,
    without_repeats,
)
from rag.reader.reader import Reading, Span, Token
from rag.records import UNPROVED

LONG = (
    "云岭市文化馆工作简报\n\n云岭市文化馆开办夜校"
    + "，面向上班族开设书法、国画、二胡、合唱等课程" * 9
    + "，全年招收学员1260人。随后举行了成果展。展期两周。\n\n夜校明年继续招生。"
)


@pytest.fixture
def seeds():
    return Shelf({path.name: path.read_text(encoding="utf-8") for path in sorted(SEEDS.iterdir())})


def of(shelf, readings=None):
    return evidence_of(shelf.passages(), readings, shelf.report)


@pytest.mark.parametrize(
    ("text", "line", "heads"),
    [
        ("夜校简报\n\n招生很快。\n二、师资\n教师有12人。", "二、师资", True),
        ("夜校简报\n\n开设课程:\n1. 书法\n2. 国画\n3. 二胡\n报名从速。", "2. 国画", False),  # an item of a list
        ("夜校简报\n\n开设课程:\n1. 书法\n2. 国画\n3. 二胡\n报名从速。", "3. 二胡", False),
        ("夜校2023年简报\n2023年12月3日\n\n招生很快。", "夜校2023年简报", True),
        ("夜校简报\n\n招生很快。\n二、师资有保证。\n教师有12人。", "二、师资有保证。", False),
        ("夜校简报\n\n招生很快。\n教师12人\n都是志愿者。", "教师12人", False),
    ],
)
def test_a_heading_only_names_what_follows(text, line, heads):
    at = text.index(line)
    assert is_heading(text, at, at + len(line)) == heads


def test_where_a_heading_came_first_what_stands_under_it_leads():
    shelf = Shelf({"a.txt": "夜校简报\n\n招生很快。\n二、师资\n教师有12人。教室有5间。"})
    told = [shelf.evidence(text) for text in ("二、师资", "教室有5间。", "教师有12人。")]
    assert [e.text for e in without_headings(told, shelf.report)] == ["教师有12人。", "教室有5间。"]


def test_every_sentence_is_the_reports_own_and_stands_once(seeds):
    found = of(seeds)
    assert all(seeds.report(e.passage.chunk.source).text[e.start : e.end] == e.text == e.text.strip() for e in found)
    assert all(e.text for e in found)
    places = sorted((e.passage.chunk.source, e.start, e.end) for e in found)
    for (source, _, end), (other, start, _) in itertools.pairwise(places):
        assert source != other or end <= start


def test_the_sentences_of_all_passages_are_all_of_the_report(seeds):
    for source, report in seeds.reports.items():
        held = {i for e in of(seeds) if e.passage.chunk.source == source for i in range(e.start, e.end)}
        assert all(char.isspace() or i in held for i, char in enumerate(report.text))


@pytest.mark.parametrize("size", [30, 60, 120])
def test_a_sentence_over_the_border_of_two_passages_is_whole_and_there_once(size):
    shelf = Shelf({"a.txt": LONG}, size)
    found = [e for e in of(shelf) if "1260人" in e.text]
    assert len(shelf.passages()) > 3
    assert [(e.text[:8], e.text[-8:]) for e in found] == [("云岭市文化馆开办", "学员1260人。")]


def test_of_a_sentence_in_two_passages_what_promises_more_is_kept():
    shelf = Shelf({"a.txt": LONG}, 120)
    passages = shelf.passages()
    for best in range(len(passages)):
        readings = [replace(reading_of(p.chunk.text), relevance=float(i == best)) for i, p in enumerate(passages)]
        for evidence in evidence_of(passages, readings, shelf.report):
            holding = [
                i for i, p in enumerate(passages) if p.chunk.start < evidence.end and evidence.start < p.chunk.end
            ]
            assert evidence.relevance == float(best in holding)


def test_the_most_promising_stand_first_and_the_order_does_not_hang_on_that_of_the_passages(seeds):
    found = of(seeds)
    assert [promise(e) for e in found] == sorted(map(promise, found), reverse=True)
    back = evidence_of(seeds.passages()[::-1], None, seeds.report)
    assert [(e.passage.chunk.source, e.start) for e in back] == [(e.passage.chunk.source, e.start) for e in found]


def test_unread_sentences_have_no_span_and_are_unproved(seeds):
    said = {(e.relevance, e.margin, e.proof, e.polarity, e.told, e.span) for e in of(seeds)}
    assert said == {(0, 0, UNPROVED, 0, 0, None)}


def test_what_was_read_belongs_to_the_sentence_in_which_it_stands():
    shelf = Shelf({"a.txt": "云岭市简报\n\n甲乡办班3期。乙乡办班5期。丙乡没有办班。"})
    (passage,) = shelf.passages()
    text = passage.chunk.text
    at = text.index("5期")
    proved = range(text.index("乙"), text.index("丙"))
    tokens = tuple(Token(i, i + 1, 2.0 if i in proved else -2.0) for i in range(len(text)))
    reading = Reading(
        1.5, 0.5, -1.0, (Span(at, at + 2, 0.75), Span(text.index("3期"), text.index("3期") + 2, 0.25)), tokens
    )
    said = {e.text: e for e in evidence_of([passage], [reading], shelf.report)}
    second = said["乙乡办班5期。"]
    assert shelf.report("a.txt").text[slice(*second.span)] == "5期"
    assert (second.proof, second.told, second.relevance, second.margin, second.polarity) == (2.0, 0.75, 1.5, 0.5, -1.0)
    first = said["甲乡办班3期。"]
    assert (first.span, first.proof, first.told) == (None, -2.0, 0.25)
    assert promise(second) > promise(first) > promise(said["丙乡没有办班。"]) - 1e-9


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (["甲乡办班3期。", "甲乡办班3期。"], [0]),
        (["甲乡办班3期。", "甲乡办班，3期", "甲乡 办班 3期！"], [0]),  # marks and spaces say nothing
        (["甲乡办班3期。", "甲乡办班4期。"], [0, 1]),
        (["甲乡办班3期。", "乙乡办班3期。", "甲乡办班3期。"], [0, 1]),
        ([], []),
    ],
)
def test_what_says_the_same_is_told_once_the_first_of_them(texts, kept):
    shelf = Shelf({f"{n}.txt": f"第{n}份简报\n\n{text}" for n, text in enumerate(texts)})
    evidence = [
        next(e for e in evidence_of([shelf.passage(piece)], None, shelf.report) if "班" in e.text)
        for piece in shelf.pieces
    ]
    assert [e.passage.chunk.source for e in without_repeats(evidence)] == [f"{n}.txt" for n in kept]


@pytest.mark.parametrize("room", [20, 40, 80, 200])
@pytest.mark.parametrize("around", ["开办夜校", "国画", "1260人"])
def test_the_clauses_of_a_long_sentence_hold_what_they_are_cut_around(room, around):
    shelf = Shelf({"a.txt": LONG})
    evidence = shelf.evidence("云岭市文化馆开办夜校")
    text = shelf.report("a.txt").text
    at = text.index(around)
    cut = narrowed(evidence, at, room)
    assert text[cut.start : cut.end] == cut.text == cut.text.strip()
    assert evidence.start <= cut.start <= at < at + len(around) <= cut.end <= evidence.end
    assert len(cut.text) <= max(room, 30)  # the clause itself may be longer
    assert cut.text[-1] not in "、，,；;：:"


def test_a_sentence_with_room_enough_stays_as_it_is():
    shelf = Shelf({"a.txt": LONG})
    evidence = shelf.evidence("随后举行了成果展")
    assert narrowed(evidence, evidence.start, len(evidence.text)) is evidence


def test_a_sentence_of_one_endless_clause_is_cut_to_itself():
    shelf = Shelf({"a.txt": "简报\n\n" + "云岭市" * 80 + "。"})
    evidence = shelf.evidence("云岭市云岭市")
    cut = narrowed(evidence, evidence.start, 50)
    assert shelf.report("a.txt").text[cut.start : cut.end] == cut.text
    assert cut.start == evidence.start


@pytest.mark.parametrize(
    ("text", "at", "sentences"),
    [
        ("第一句。第二句。第三句。", (4, 5), ["第二句。"]),
        ("第一句。第二句。第三句。", (2, 6), ["第一句。", "第二句。"]),
        ("第一句。第二句。第三句。", (0, 12), ["第一句。", "第二句。", "第三句。"]),
        ("标题\n第一句。第二句。\n下一段。", (3, 4), ["第一句。"]),
        ("标题\n第一句。  第二句。\n下一段。", (10, 11), ["第二句。"]),
        ("", (0, 0), []),
        ("\n\n  \n", (0, 5), []),
    ],
)
def test_the_sentences_that_reach_into_a_stretch(text, at, sentences):
    assert [text[start:end] for start, end in whole_sentences(text, *at)] == sentences


def test_an_endless_line_is_looked_at_only_so_far():
    text = "一" * 100_000
    ((start, end),) = whole_sentences(text, 50_000, 50_010)
    assert start <= 50_000 < 50_010 <= end
    assert end - start < 1000
