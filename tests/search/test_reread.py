"""Passages are read before ranking only where retrieval is unsure, and reading only reorders the first few."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shelf import Shelf, reading_of

from rag.search.reread import REREAD, is_unsure, reread, to_read

TEXTS = {f"{n}.txt": f"第{n}乡简报\n\n第{n}乡修渠{n}公里。" for n in range(1, 9)}


@pytest.fixture(scope="module")
def in_a_row():
    """Passages of as many reports, whose scores lie near together."""
    return [replace(passage, score=0.9 - 0.01 * n) for n, passage in enumerate(Shelf(TEXTS).passages())]


def saying(*relevances):
    """A reader that says these of the passages, one after the other; more must not be read."""
    left = list(relevances)
    return lambda _question, passages: [reading_of(each.text, relevance=left.pop(0)) for each in passages]


@pytest.mark.parametrize(
    ("relevances", "order"),
    [
        ((0.0, 0.0, 0.0), [0, 1, 2]),
        ((-8.0, -7.0, 8.0), [2, 1, 0]),
        ((-8.0, 8.0, -8.0), [1, 0, 2]),
        ((0.0, 0.1, 0.1), [0, 1, 2]),  # what reading hardly tells apart stays as it was found
    ],
)
def test_reading_reorders_the_first_few_and_scores_keep_falling(in_a_row, relevances, order):
    found = reread("修渠多少公里?", in_a_row, saying(*relevances))
    assert [p.chunk for p in found[:REREAD]] == [in_a_row[i].chunk for i in order]
    assert [p.score for p in found] == [p.score for p in in_a_row]
    assert found[REREAD:] == in_a_row[REREAD:]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_of_few_passages_all_are_read(in_a_row, count):
    found = reread("修渠多少公里?", in_a_row[:count], saying(*range(count)))
    assert sorted(p.chunk.id for p in found) == sorted(p.chunk.id for p in in_a_row[:count])


def test_a_clear_lead_or_a_single_report_needs_no_reading(in_a_row):
    first, second = in_a_row[:2]
    assert is_unsure([first, second])
    assert not is_unsure([first, replace(second, score=0.5)])
    assert not is_unsure([first, replace(first, score=first.score)])
    assert not is_unsure([first])
    assert is_unsure([first, first, second])


def test_a_passage_is_read_under_its_title_heading_and_date(in_a_row):
    passage = replace(in_a_row[0], date="2023-04-05")
    read = to_read(passage)
    assert (read.text, read.title, read.date) == (passage.chunk.text, passage.title, "2023-04-05")
    assert to_read(replace(passage, date=None)).date == ""
