"""Numbered points of a text (一是…二是…, （一）…（二）…, 第一，…第二，…): where each begins, and its row. Pure.

A row is what one count tells: points of one form whose numbers follow each other, whatever stands between them.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.language import marks, numerals


@dataclass(frozen=True, slots=True)
class Point:
    """A point in text[start:end], up to its sentence's end; `form` is its numbering without the number, `number` from 1
    on."""

    start: int
    end: int
    form: str
    number: int


def find(text: str) -> list[Point]:
    """Every point that a sentence begins with, or begins behind a colon (三条要求：一是…), in order."""
    items = []
    for start, end in marks.sentences(text):
        match = _begin().match(text, start, end) or _behind_colon().search(text, start, end)
        if match is None:
            continue
        begin, stop = next(match.span(name) for name, digits in match.groupdict().items() if digits)
        if number := _value(text[begin:stop]):
            form = f"{text[match.start(1) : begin]}N{text[stop : match.end(1)]}"
            items.append(Point(match.start(1), start + len(text[start:end].rstrip()), form, number))
    return items


def outermost(text: str) -> list[Point]:
    """The points at a line's start that are of one form with the first of them."""
    at_line_start = [p for p in find(text) if not text[text.rfind("\n", 0, p.start) + 1 : p.start].strip()]
    return [point for point in at_line_start if point.form == at_line_start[0].form]


def row(points: Sequence[Point], one: Point) -> list[Point]:
    """The row to which a point belongs, in order."""
    same = [point for point in points if point.form == one.form]
    first = last = same.index(one)
    while first and same[first - 1].number == same[first].number - 1:
        first -= 1
    while last + 1 < len(same) and same[last + 1].number == same[last].number + 1:
        last += 1
    return same[first : last + 1]


def _value(number: str) -> int:
    if len(number) == 1 and not number.isdecimal() and unicodedata.numeric(number, 0) > 0:
        return int(unicodedata.numeric(number))
    read = numerals.read(number, 0)
    return int(read.low) if read and read.end == len(number) and read.low == read.high else 0


@functools.cache
def _begin() -> re.Pattern[str]:
    return re.compile(marks.pointed())


@functools.cache
def _behind_colon() -> re.Pattern[str]:
    return re.compile(rf"(?<=[{marks.COLONS}]){marks.pointed()}")
