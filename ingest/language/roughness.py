"""What the words beside an amount say of it: about, more than, at most. Pure."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from ingest.language import units
from ingest.language.amounts import About, Amount
from ingest.language.words import alternation, table

_SCALED = 100


def before(text: str, start: int, done: int, amount: Amount, unit: str) -> tuple[About | None, int]:
    """What the words before an amount say of it, and where they begin."""
    gap = start
    while gap > done and start - gap < 2 and text[gap - 1].isspace():
        gap -= 1
    words = _words_before()
    for length in range(min(_longest_before(), gap - done), 0, -1):
        row = words.get(text[gap - length : gap])
        if row and _says(row, text, gap - length, amount, unit):
            return row["about"], gap - length
    return None, start


def _says(row: Mapping[str, Any], text: str, at: int, amount: Amount, unit: str) -> bool:
    if row.get("before_bare") and not amount.numeral.bare:
        return False
    if row.get("before_scaled") and amount.numeral.scale < _SCALED:
        return False
    if (text[at - 1 : at] in row["not_after"] and at) or (row.get("not_before_one") and _is_one(amount)):
        return False
    known = units.unit(unit)
    dimension = known.dimension if known else ""
    return not any(text.startswith(no["word"], at) and no["dimension"] == dimension for no in row.get("not_with", ()))


def _is_one(amount: Amount) -> bool:
    return amount.numeral.characters and amount.low == amount.high == 1


def after(text: str, end: int, unit: str) -> tuple[About | None, int]:
    """What the words behind an amount say of it, and where they end."""
    match = _words_after().match(text, end)
    if not match:
        return None, end
    row: Mapping[str, Any] = table("numerals")["after"][int((match.lastgroup or "a0")[1:])]
    known = units.unit(unit)
    if row.get("measured") and not (known and known.measured and unit != "%"):
        return None, end
    about: About = row["about"]
    return about, match.end()


@functools.cache
def _words_before() -> Mapping[str, Mapping[str, Any]]:
    return {word: row for row in table("numerals")["before"] for word in row["words"]}


@functools.cache
def _longest_before() -> int:
    return max(map(len, _words_before()))


@functools.cache
def _words_after() -> re.Pattern[str]:
    rows = table("numerals")["after"]
    return re.compile("|".join(_after_pattern(at, row) for at, row in enumerate(rows)))


def _after_pattern(at: int, row: Mapping[str, Any]) -> str:
    no = row.get("not_before")
    return rf"(?P<a{at}>{alternation(row['words'])})" + (rf"(?!{alternation(no)})" if no else "")
