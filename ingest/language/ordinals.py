"""Ordinals, in figures and in Han: 第15条 is 第十五条. Pure."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.language import numerals
from ingest.language.marks import HAN, LISTING
from ingest.language.words import alternation, table

_MOST = 999  # the greatest that is written in the other way


@dataclass(frozen=True, slots=True)
class Ordinal:
    """`text[start:end]` is 第 with its number; `han` and `figures` are the two ways of writing it."""

    start: int
    end: int
    han: str
    figures: str


def find(text: str) -> Iterator[Ordinal]:
    """Every ordinal up to 第九百九十九, in order."""
    for match in _pattern().finditer(text):
        read = numerals.read(text, match.start(1), match.end(1))
        if read is None or read.end != match.end(1) or read.low != read.high or not 0 < read.low <= _MOST:
            continue
        han = _written(int(read.low))
        if match[1].isdecimal() or match[1] == han:
            yield Ordinal(match.start(), match.end(), f"{_MARK}{han}", f"{_MARK}{int(read.low)}")


def in_han(text: str) -> str:
    """The text with every ordinal in Han, for comparing."""
    for ordinal in reversed(list(find(text))):
        text = text[: ordinal.start] + ordinal.han + text[ordinal.end :]
    return text


def kinds(text: str) -> dict[str, set[int]]:
    """The numbers by which a text tells things of a kind apart, by the kind: 三车间, 第九届, 一、二等奖. What is called
    by a name with a number is of a kind with its like: 中麦3号."""
    numbers_of: dict[str, set[int]] = {}
    for match in _numbered().finditer(text):
        kind = f"{match['name'] or ''}{match['kind'] or match['called']}"
        for number in _split().split(match["numbers"] or match["number"]):
            read = numerals.read(number, 0)
            if read and read.end == len(number) and read.low == read.high:
                numbers_of.setdefault(kind, set()).add(int(read.low))
    return numbers_of


_MARK = "第"


@functools.cache
def _words() -> tuple[str, ...]:
    """The characters for 0 to 9, and for 10 and 100, as plain text writes them."""
    digits, tens = (
        {value: word for word, value in reversed(table("numerals")[name].items())} for name in ("digits", "tens")
    )
    return (*(digits[value] for value in range(10)), tens[10], tens[100])


@functools.cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"{_MARK}([1-9]\d{{0,2}}(?!\d)|[{''.join(_words())}]{{1,6}})")


def _written(value: int) -> str:
    """A number from 1 to 999 in Han: 十五, 一百零五, 一百一十."""
    *digits, ten, hundred = _words()
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    numeral = digits[hundreds] + hundred if hundreds else ""
    if tens:
        numeral += ("" if tens == 1 and not hundreds else digits[tens]) + ten
    elif hundreds and ones:
        numeral += digits[0]
    return numeral + (digits[ones] if ones else "")


@functools.cache
def _split() -> re.Pattern[str]:
    return re.compile(f"[{LISTING}和与及]")


@functools.cache
def _numbered() -> re.Pattern[str]:
    """Numbers before the name of a kind, or behind the last character of a name: 中麦3号."""
    words = table("telling")["numbered"]
    number = rf"(?:[1-9]\d{{0,2}}|[{''.join(_words())}]{{1,3}})"
    behind = f"(?![{words['not_before']}])"
    numbers = rf"(?<![\d.])(?P<numbers>{number}(?:[{LISTING}和与及]{_MARK}?{number}){{0,20}})"
    counted = rf"{numbers}(?P<kind>{alternation(words['kinds'])}){behind}"
    named = rf"(?P<name>[{HAN}])(?P<number>{number})(?P<called>{alternation(words['called'])}){behind}"
    return re.compile(f"{_MARK}?{counted}|{named}")
