"""Whether a number is a figure, and not an ordinal, a code, a numbering, a date or part of a word. Pure."""

from __future__ import annotations

import functools
import re

from ingest.language import divisions, numerals, units
from ingest.language.amounts import LETTER, About, Amount
from ingest.language.marks import COLONS, ENDS
from ingest.language.words import table

HAN_CHAR = re.compile("[\u3400-\u9fff]")
_YEAR_LIKE = re.compile(r"(?:19|20)\d\d")
_LED_TO = re.compile(f"[{ENDS}{COLONS}]")
_NUMBERED = re.compile(r"[、)）]|\.(?![0-9])")
_HEADS = re.compile("[ \u3000]{1,4}[\u3400-\u9fff]")
_LARGE = 100_000_000  # what a rough number in characters counts in at least that needs no unit: 十几亿
_PARTED = re.compile("[0-9]{1,12}[ \u00a0\u3000]$")
_LONGEST = 12  # characters of a number before another one
_CODE = re.compile("0[0-9]")


def counts(text: str, start: int, amount: Amount, before: About | None, after: About | None) -> bool:
    """Whether a number is a figure and not an ordinal, a code, a date or part of a word."""
    words = table("numerals")["no_figure"]
    opened = text[start - 1 : start] in words["opened"]["by"] and _is_large(amount)
    if start and (
        (text[start - 1] in words["after"] and not opened) or text.endswith(tuple(words["ordinal"]), 0, start)
    ):
        return False
    if text[start - 1 : start] in words["between"] and text[start - 2 : start - 1].isdigit():
        return False
    if amount.share:
        return True
    sure = bool(before or after) or amount.about != "exact"
    if amount.numeral.characters:
        return _characters_count(text, start, amount, sure)
    return _figures_count(text, start, amount, sure)


def _is_large(amount: Amount) -> bool:
    """Whether a number behind an opening quote is a figure for its size, not a name: “5000名学生, but “3个一”."""
    least = table("numerals")["no_figure"]["opened"]["least"]
    return bool(amount.unit) and not amount.numeral.characters and amount.low >= least


def _characters_count(text: str, start: int, amount: Amount, sure: bool) -> bool:
    words = table("numerals")["no_figure"]
    written = text[amount.numeral.start : amount.numeral.end]
    large = amount.scaled or (sure and amount.numeral.scale >= _LARGE and not amount.numeral.bare)
    if not (amount.unit or large) or text.endswith(tuple(words["after_words"]), 0, start):
        return False
    if text.startswith(_phrases(), amount.numeral.start) or _is_ordinal(text, start, amount.unit):
        return False
    if amount.numeral.bare and (amount.unit in words["sizes"] or (len(written) == 1 and not sure)):
        return False
    if amount.numeral.bare and units.unit(written + amount.unit):  # 每千瓦时以上
        return False
    if sure or not amount.numeral.low == amount.low == amount.high:
        return True
    if written == "一":
        return amount.unit not in words["idle_one"]
    return len(written) > 1 or amount.unit not in table("units")["not_in_characters"]["units"]


def _is_ordinal(text: str, start: int, unit: str) -> bool:
    """Whether a number before a unit that is mostly numbered says which one, not how many: 二十届, 三期."""
    row = table("units")["counts_after"]
    return unit in row["units"] and not text.endswith(tuple(row["words"]), 0, start)


def _figures_count(text: str, start: int, amount: Amount, sure: bool) -> bool:
    words = table("numerals")["no_figure"]
    before, behind = text[start - 1 : start] if start else "", text[amount.end : amount.end + 1]
    if LETTER.match(before) or (before in (".", "-", "+", "—") and before and _coded(text, start - 1)):
        return False
    if amount.unit or amount.scaled:
        return not _is_rest(text, start)
    if LETTER.match(behind) or text.startswith(tuple(words["before"]), amount.end):
        return False
    written = text[amount.numeral.start : amount.numeral.end]
    if _CODE.match(written) or text.endswith(labels(), 0, start):
        return False
    if _YEAR_LIKE.fullmatch(written) and (HAN_CHAR.match(behind) or behind in ("-", "—")) and not sure:
        return False
    return not _numbering(text, start, amount.end)


def _is_rest(text: str, start: int) -> bool:
    """Whether a number may be the rest of one that blanks have parted: 46期 of 1 46期, but not 46户 of 表1 46户."""
    before = _PARTED.search(text, max(0, start - _LONGEST), start)
    if before is None or _YEAR_LIKE.fullmatch(before[0].rstrip()):
        return False
    return not text[: before.start()].rstrip().endswith(labels())


def _coded(text: str, at: int) -> bool:
    """Whether what joins a number to the one before makes a code of them: 2.3.1, 010-123."""
    before = text[at - 1 : at] if at else ""
    return before.isalnum() and before.isascii()


def _numbering(text: str, start: int, end: int) -> bool:
    """Whether a number numbers a heading or a point of a list: 1、 or (2), or 2.1 before a heading's words."""
    marked = _NUMBERED.match(text, end) is not None
    if not marked and not _HEADS.match(text, end):
        return False
    at = start
    while at and text[at - 1] in " (（\t":
        at -= 1
    return at == 0 or text[at - 1] == "\n" or (marked and bool(_LED_TO.match(text, at - 1)))


@functools.cache
def _phrases() -> tuple[str, ...]:
    """Words and names that begin with a number in characters: 三门峡, 五台县."""
    names = (name for name in divisions.by_name() if name[0] in numerals.starts())
    return (*table("numerals")["no_figure"]["phrases"], *names)


@functools.cache
def labels() -> tuple[str, ...]:
    """What calls a number, with and without the colon behind it: 图2, 电话:12320."""
    return tuple(label + mark for label in table("numerals")["no_figure"]["labels"] for mark in ("", ":"))
