"""A row of points is told whole: where an answer quotes some of 一是…二是…, it quotes the others too. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.language import points
from ingest.language.points import Point
from rag.answers.forms import ROOM
from rag.evidence.sentences import is_heading, narrowed
from rag.judge.ranking import Library
from rag.records import Evidence

_MOST = 8  # points of a row
_LONGEST = 200  # characters of a point that is added; a longer one is cut at a clause
_LEAST = 2  # points of a row that an answer must hold, or one with what announces it


def with_siblings(quoted: Sequence[Evidence], library: Library) -> list[Evidence]:
    """What is quoted of one report, with the other points of the rows in it as far as a message has room."""
    text = library.report(quoted[0].passage.chunk.source).text
    return completed(quoted, text, ROOM - sum(len(each.text) for each in quoted))


def completed(kept: Sequence[Evidence], text: str, room: int) -> list[Evidence]:
    """The quotes from a text with the other points of their rows, in at most `room` more characters.

    A row counts where the quotes hold two of its points, or one with the sentence that
    stands before the first.
    """
    items = points.find(text)
    added: list[Evidence] = []
    for row in _rows(kept, items):
        held = [point for point in row if _of(kept, point)]
        announced = any(each.start < row[0].start and not text[each.end : row[0].start].strip() for each in kept)
        if len(held) + announced < _LEAST or len(row) > _MOST or _of_chapters(row, text):
            continue
        for point in row:
            near = _of(kept, held[0])
            if near is None or _of([*kept, *added], point):
                continue
            quote = replace(
                near, start=point.start, end=point.end, text=text[point.start : point.end], short=None, span=None
            )
            quote = narrowed(quote, quote.start, _LONGEST)
            if len(quote.text) <= room:
                added.append(quote)
                room -= len(quote.text)
    return sorted([*kept, *added], key=lambda each: each.start)


def _rows(kept: Sequence[Evidence], items: Sequence[Point]) -> list[list[Point]]:
    """The rows of which any point is quoted."""
    rows: list[list[Point]] = []
    for point in items:
        if _of(kept, point) and not any(point in row for row in rows):
            rows.append(points.row(items, point))
    return rows


def _of_chapters(row: Sequence[Point], text: str) -> bool:
    """Whether the points of a row are headings, or begin paragraphs that go on with what they tell."""
    lines = [text.rfind("\n", 0, point.start) + 1 for point in row]
    if len(set(lines)) < len(row) or any(text[at : point.start].strip() for at, point in zip(lines, row, strict=True)):
        return False
    behind = [text[point.end :].partition("\n")[0].strip() for point in row]
    return any(behind) or any(is_heading(text, point.start, point.end) for point in row)


def _of(kept: Sequence[Evidence], point: Point) -> Evidence | None:
    """What quotes a point."""
    return next((each for each in kept if each.start < point.end and point.start < each.end), None)
