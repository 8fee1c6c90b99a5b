"""A row of points is told whole, where an answer quotes some of it and has room for the rest."""

from __future__ import annotations

import itertools

import pytest
from shelf import Shelf

from rag.answers.siblings import completed

POINTS = ["一是港池淤浅，大船进不来；", "二是冰库太小，只容40吨；", "三是渔网陈旧，破洞3000多处；", "四是船工老龄化。"]
ANNOUNCED = "会上说了四个难处："
REPORTED = "港里已经上报。\n一是等批复。\n二是先清淤。"
TEXT = f"白沙港渔业调研\n\n白沙港有船87条。\n{ANNOUNCED}\n{''.join(POINTS)}\n\n{REPORTED}"


@pytest.fixture
def shelf():
    return Shelf({"a.txt": TEXT})


def told(shelf, *sentences, room=560):
    kept = [shelf.evidence(each) for each in sentences]
    quoted = completed(kept, shelf.report("a.txt").text, room)
    assert all(a.end <= b.start for a, b in itertools.pairwise(quoted))
    assert all(shelf.report("a.txt").text[e.start : e.end] == e.text for e in quoted)
    return [each.text for each in quoted]


def test_two_points_bring_the_others_of_their_row(shelf):
    assert told(shelf, POINTS[0], POINTS[2]) == POINTS


def test_what_announces_a_row_and_one_of_its_points_bring_the_others(shelf):
    assert told(shelf, ANNOUNCED, POINTS[3]) == [ANNOUNCED, *POINTS]


def test_a_sentence_that_announces_a_row_and_begins_it_brings_the_others():
    text = "水产站简报\n\n站里定了三件事：一是修塘，月底完工；二是放苗，每亩800尾；三是巡塘，一天两次。\n大家都同意。"
    shelf = Shelf({"a.txt": text})
    first = "站里定了三件事：一是修塘，月底完工；"
    quoted = completed([shelf.evidence(first)], shelf.report("a.txt").text, 560)
    assert [each.text for each in quoted] == [first, "二是放苗，每亩800尾；", "三是巡塘，一天两次。"]
    alone = [shelf.evidence("二是放苗")]
    assert completed(alone, shelf.report("a.txt").text, 560) == alone


@pytest.mark.parametrize(
    "chapters",
    [
        "一、船队\n全港有船87条。\n二、冰库\n冰库可容40吨。\n三、渔网\n渔网已补。",
        "一、船队有所壮大。全港有船87条。\n二、冰库容量不够。可容40吨。\n三、渔网已补。用工30个。",
    ],
)
def test_chapters_are_no_points_of_a_row(chapters):
    shelf = Shelf({"a.txt": f"白沙港渔业小结\n\n{chapters}\n"})
    kept = [shelf.evidence("一、"), shelf.evidence("二、")]
    assert completed(kept, shelf.report("a.txt").text, 560) == kept


@pytest.mark.parametrize("kept", [[POINTS[1]], ["白沙港有船87条。", POINTS[1]], ["白沙港有船87条。", "港里已经上报。"]])
def test_one_point_alone_is_what_was_asked_about(shelf, kept):
    assert told(shelf, *kept) == kept


def test_there_is_no_more_than_room_allows(shelf):
    assert told(shelf, POINTS[0], POINTS[2], room=len(POINTS[1])) == POINTS[:3]
    assert told(shelf, POINTS[0], POINTS[2], room=3) == [POINTS[0], POINTS[2]]
