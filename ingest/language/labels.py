"""Labels by which one of several things alike is called: 2号楼, A区, 二期. Pure.

A number of days (5号), of issues (3期) and of people (12组) isn't told from a label by its form alone: a label stands
before the thing it is of, so that a mark at the end of a text or before a pause is none; and a date is none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from ingest.language import dates, numerals
from ingest.language.marks import ENDS, PAUSES
from ingest.language.words import alternation, table


def find(text: str) -> dict[str, frozenset[str]]:
    """By mark (号, 期, 区) the numbers or letters that a text gives it."""
    days = [(date.start, date.end) for date in dates.find(text)]
    numbers_of: dict[str, set[str]] = {}
    for match in _pattern().finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in days):
            numbers_of.setdefault(match["mark"], set()).add(_number(match["of"]))
    return {mark: frozenset(numbers) for mark, numbers in numbers_of.items()}


def others(question: str, text: str) -> bool:
    """Whether a text gives other labels of the marks that a question gives, and none of its own."""
    wanted = _of_question(question)
    labels: Mapping[str, frozenset[str]] = find(text) if wanted else {}
    return any(mark in labels and not numbers & labels[mark] for mark, numbers in wanted.items())


@functools.lru_cache(256)
def _of_question(text: str) -> dict[str, frozenset[str]]:
    """The same of a question, which is held against many sentences."""
    return find(text)


def _number(written: str) -> str:
    read = numerals.read(written, 0, len(written))
    return str(int(read.low)) if read is not None and read.low == read.high else written.upper()


@functools.cache
def _pattern() -> re.Pattern[str]:
    row = table("labels")
    digits = "".join(table("numerals")["digits"])
    numbered = rf"(?<![\d.])\d{{1,3}}(?=(?:{alternation(row['numbered'])})[^{PAUSES}{ENDS}\d\s])"
    han = rf"(?<![{digits}十百第])[{digits}十]{{1,3}}(?=(?:{alternation(row['in_han'])})[^{PAUSES}{ENDS}\s])"
    letter = rf"(?<![A-Za-z])[A-Za-z](?=(?:{alternation(row['lettered'])}))"
    marks = alternation([*row["numbered"], *row["in_han"], *row["lettered"]])
    return re.compile(rf"(?P<of>{numbered}|{han}|{letter})(?P<mark>{marks})")
