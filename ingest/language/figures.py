"""Figures as reports write them: where they stand, their value, and what they measure or count.

Pure. Spans come in order, lie in the text and never overlap. Dates, ordinals, numberings, codes and words that only
look like numbers (一批, 十分, 统一) are no figures; a number in characters is one only with a unit. Time is linear in
the text: what was read as one number is never read again from its midst.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from ingest.language import dates, divisions, numerals, units
from ingest.language.marks import COLONS, ENDS
from ingest.language.numerals import Numeral
from ingest.language.words import alternation, table

About = Literal["exact", "about", "over", "under", "vague"]

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
_GAP = re.compile(r"\s{0,4}")
_LETTER = re.compile(r"[A-Za-z_]")
_HAN = re.compile("[\u3400-\u9fff]")
_SCALED = 100
_YEAR_LIKE = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at `text[start:end]`, the words before and behind it that say about or more than included.

    `value` counts in `unit` as written, the scale applied (1.2亿元 is 120000000.0 元); None where the text gives no
    single value: 5至10人 has `low` and `high` only, 数十 and 若干 are vague. `base_value` is `value` in the base unit
    of `dimension` (公里 in 米, 亩 in 平方米). `unit` is "" for a bare number or a fraction such as 三分之二.
    """

    start: int
    end: int
    value: float | None
    unit: str
    dimension: str
    base_value: float | None
    low: float | None
    high: float | None
    about: About

    @property
    def rough(self) -> bool:
        """Whether the report gives no exact value."""
        return self.about != "exact" or self.value is None


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with its unit, before the words around it are looked at."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    unit: str
    about: About
    numeral: Numeral
    share: bool = False
    """Whether it is a fraction."""


def find(text: str) -> tuple[Figure, ...]:
    """The figures of a text, in order."""
    seen, places = _visible(text.translate(_HALF_WIDTH))
    found = tuple(_figures(seen))
    if places is None:
        return found
    return tuple(replace(f, start=places[f.start], end=places[f.end - 1] + 1) for f in found)


def _visible(text: str) -> tuple[str, Sequence[int] | None]:
    """A text without the characters that nobody sees, and where each that is left stood; None where all are."""
    if not _UNSEEN.search(text):
        return text, None
    places: list[int] = []
    done = 0
    for match in _UNSEEN.finditer(text):
        places += range(done, match.start())
        done = match.end()
    places += range(done, len(text))
    return _UNSEEN.sub("", text), places


def _figures(text: str) -> Iterator[Figure]:
    told = _dates(text)
    date_end, done, at = 0, 0, 0
    upcoming = next(told, None)
    while match := _openings().search(text, at):
        start = match.start()
        while upcoming and upcoming[0] <= start:
            date_end, upcoming = max(date_end, upcoming[1]), next(told, None)
        if start < date_end:
            at = date_end
            continue
        figure, at = _at(text, start, done)
        if upcoming and upcoming[0] < at:
            figure, at = None, upcoming[0]
        if figure:
            done = figure.end
            yield figure


def _dates(text: str) -> Iterator[tuple[int, int]]:
    """Where dates and times of day stand, which are no figures."""
    told = [(date.start, date.end) for date in dates.find(text)]
    yield from sorted([*told, *(match.span() for match in _TIME.finditer(text))])


_DAY = "[0-9一二三四五六七八九十廿卅]{1,3}"
# A day without its month and a time of day: dates that `dates` doesn't tell by themselves.
_TIME = re.compile(
    rf"(?<![0-9.万千百]){_DAY}\s?(?:日\s?)?(?:[-—–~至到]{{1,2}}\s?{_DAY}\s?)?[日号](?![内游均产元])"
    r"|(?<![0-9])[0-9]{1,2}[:时点][0-9]{1,2}分?(?![0-9])"
)


def _at(text: str, start: int, done: int) -> tuple[Figure | None, int]:
    """The figure whose number begins at `start`, and where to go on looking."""
    amount, end = _amount(text, start)
    if amount is None:
        return None, end
    amount = _ranged(text, amount)
    figure = _worded(text, amount, done)
    return figure, max(amount.end, figure.end if figure else numerals.skip(text, start))


def _amount(text: str, start: int) -> tuple[_Amount | None, int]:
    """The number at `start` with its unit, or None; and where what was looked at ends."""
    word = _vague_words().match(text, start)
    if word:
        unit, end = unit_at(text, word.end())
        nothing = Numeral(start, word.end(), Decimal(0), Decimal(0), 1, "vague", True, False)
        return (_Amount(start, end, Decimal(0), Decimal(0), unit, "vague", nothing) if unit else None), word.end()
    numeral = numerals.read(text, start)
    if numeral is None:
        return None, numerals.skip(text, start)
    if share := _fraction(text, numeral):
        return share, share.end
    numeral = _without_unit(text, numeral)
    return _with_unit(text, numeral), numeral.end


def _with_unit(text: str, numeral: Numeral) -> _Amount:
    about: About = _ABOUT[numeral.about]
    unit, end = unit_at(text, numeral.end)
    amount = _Amount(numeral.start, end, numeral.low, numeral.high, unit, about, numeral)
    inner = _inner_half().match(text, numeral.end)
    if inner and not unit.startswith(inner[0][:1] + inner["unit"]):
        more = Decimal("0.5") if inner["half"] else Decimal(0)
        unit = inner["of"] + inner["unit"]
        return replace(
            amount,
            end=inner.end(),
            unit=unit,
            low=amount.low + more,
            high=amount.high + more,
            about=about if inner["half"] else "about",
        )
    return _with_tenth(text, _with_parts(text, _with_half(text, amount))) if unit else amount


_ABOUT: dict[str, About] = {"exact": "exact", "about": "about", "over": "over", "vague": "vague"}


def _with_half(text: str, amount: _Amount) -> _Amount:
    half = table("units")["half"]
    end = amount.end + len(half["word"])
    if amount.unit not in half["after"] or not text.startswith(half["word"], amount.end):
        return amount
    if text.startswith(tuple(half["not_before"]), end):
        return amount
    return replace(amount, end=end, low=amount.low + Decimal("0.5"), high=amount.high + Decimal("0.5"))


def _with_tenth(text: str, amount: _Amount) -> _Amount:
    """An amount with the digit behind it that is a tenth of its unit: 九成五; but 三成五年内."""
    digit = table("numerals")["digits"].get(text[amount.end : amount.end + 1])
    end = amount.end + 1
    if not digit or amount.unit not in table("units")["tenths"]["units"] or unit_at(text, end)[0]:
        return amount
    if numerals.skip(text, amount.end) != end:
        return amount
    tenth = Decimal(digit) / 10
    return replace(amount, end=end, low=amount.low + tenth, high=amount.high + tenth)


def _with_parts(text: str, amount: _Amount) -> _Amount:
    """An amount with the smaller units behind it: 12元3角5分."""
    unit = amount.unit
    factor = Decimal(1)
    while parts := units.parts(unit):
        numeral = numerals.read(text, _past_gap(text, amount.end))
        if numeral is None or numeral.low >= 1 / min(map(Decimal, map(str, parts.values()))) or numeral.bare:
            break
        match = _part_pattern(unit).match(text, numeral.end)
        if not match:
            break
        share = factor * Decimal(str(parts[match[0]])) * numeral.low
        amount = replace(amount, end=match.end(), low=amount.low + share, high=amount.high + share)
        unit, factor = match[0], factor * Decimal(str(parts[match[0]]))
    return amount


def _fraction(text: str, under: Numeral) -> _Amount | None:
    """百分之五, 三分之二: a share, of a hundred, a thousand or any other number."""
    match = _fraction_mark().match(text, under.end)
    numeral = numerals.read(text, match.end()) if match else None
    if numeral is None or not under.low:
        return None
    about: About = _ABOUT[numeral.about]
    unit = table("numerals")["fractions"]["units"].get(str(int(under.low)), "")
    by = Decimal(1) if unit else under.low
    return _Amount(under.start, numeral.end, numeral.low / by, numeral.high / by, unit, about, under, share=True)


def _without_unit(text: str, numeral: Numeral) -> Numeral:
    """A number without its last character where that begins the unit: 千 of 50万千瓦."""
    last = numeral.end - 1
    if text[last] not in _shared_heads() or unit_at(text, last)[0][:1] != text[last]:
        return numeral
    before = numerals.read(text, numeral.start, last)
    if before is None or before.end == before.start:
        return numeral
    written = text[before.start : before.end]
    simple = not any(char in _scaling() for char in written)
    return before if simple or before.scale > 1 or text[last] not in table("numerals")["tens"] else numeral


def _ranged(text: str, first: _Amount) -> _Amount:
    """An amount with the one that a range goes on to: 5至10人, 3万—5万元, 百分之五到十."""
    mark = _range_mark().match(text, first.end)
    if not mark or first.about in ("vague", "over"):
        return first
    if mark["word"] == table("numerals")["ranges"]["moves"]["word"] and first.unit and _moves(text, first.start):
        return first
    second = _amount(text, mark.end())[0]
    if second is None or second.about == "vague" or not _goes_on(first, second):
        return first
    low = first.low
    scale = second.numeral.scale
    if not first.unit and first.numeral.scale == 1 and low < second.low / scale:
        low *= scale
    if low >= second.high:
        return first
    return replace(first, end=second.end, low=low, high=second.high, unit=second.unit or first.unit)


def _goes_on(first: _Amount, second: _Amount) -> bool:
    if first.share or first.unit:
        return second.unit == first.unit or (first.share and not second.unit and first.numeral.characters)
    return bool(second.unit) and not second.share


def _moves(text: str, start: int) -> bool:
    return any(word in text[max(0, start - 3) : start] for word in table("numerals")["ranges"]["moves"]["after"])


def _worded(text: str, amount: _Amount, done: int) -> Figure | None:
    """The figure that an amount is with the words around it; None where it is none."""
    start, unit, negative = _signed(text, amount, done)
    before, begin = _before(text, start, done, amount, unit)
    after, end = _after(text, amount.end, unit)
    if not _counts(text, start, replace(amount, unit=unit, end=end if after else amount.end), before, after):
        return None
    about: About = before or after or amount.about
    if amount.about == "vague":
        about = "vague"
    return _measured(amount, unit, about, begin, end, -1 if negative else 1)


def _measured(amount: _Amount, unit: str, about: About, start: int, end: int, sign: int) -> Figure:
    known = units.unit(unit)
    dimension, factor = (known.dimension, known.factor) if known else ("number", 1.0)
    if amount.share and not unit:
        dimension, factor = "share", 100.0
    low, high = sorted((float(amount.low * sign), float(amount.high * sign)))
    ranged = amount.low != amount.high
    nothing = ranged or (about == "vague" and not amount.low)
    value = None if nothing else low
    base = None if value is None else float(Decimal(repr(value)) * Decimal(repr(factor)))
    return Figure(start, end, value, unit, dimension, base, low if ranged else None, high if ranged else None, about)


def _signed(text: str, amount: _Amount, done: int) -> tuple[int, str, bool]:
    """Where an amount begins with its sign and currency mark, its unit, and whether it is below zero."""
    start, unit = amount.start, amount.unit
    prefixes: Mapping[str, str] = table("units")["before"]
    for prefix in sorted(prefixes, key=len, reverse=True) if not unit else ():
        if text.endswith(prefix, done, start):
            start, unit = start - len(prefix), prefixes[prefix]
            break
    for sign in table("numerals")["signs"]["words"]:
        if text.endswith(sign, done, start):
            at = start - len(sign)
            if not _joins(text, at, sign):
                return at, unit, True
    return start, unit, False


def _joins(text: str, at: int, sign: str) -> bool:
    """Whether a sign joins what stands before it: 1-3, A-1, 自负."""
    char = text[at - 1 : at]
    if _HAN.match(sign):
        return char in tuple(table("numerals")["signs"]["not_after"])
    return bool(char) and ((char.isalnum() and not _HAN.match(char)) or char in "-−—%)")


def _before(text: str, start: int, done: int, amount: _Amount, unit: str) -> tuple[About | None, int]:
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


def _says(row: Mapping[str, Any], text: str, at: int, amount: _Amount, unit: str) -> bool:
    if row.get("before_bare") and not amount.numeral.bare:
        return False
    if row.get("before_scaled") and amount.numeral.scale < _SCALED:
        return False
    if (text[at - 1 : at] in row["not_after"] and at) or (row.get("not_before_one") and _is_one(amount)):
        return False
    known = units.unit(unit)
    dimension = known.dimension if known else ""
    return not any(text.startswith(no["word"], at) and no["dimension"] == dimension for no in row.get("not_with", ()))


def _is_one(amount: _Amount) -> bool:
    return amount.numeral.characters and amount.low == amount.high == 1


def _after(text: str, end: int, unit: str) -> tuple[About | None, int]:
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


def _counts(text: str, start: int, amount: _Amount, before: About | None, after: About | None) -> bool:
    """Whether a number is a figure and not an ordinal, a code, a date or part of a word."""
    words = table("numerals")["no_figure"]
    if start and (text[start - 1] in words["after"] or text.endswith(tuple(words["ordinal"]), 0, start)):
        return False
    if text[start - 1 : start] in words["between"] and text[start - 2 : start - 1].isdigit():
        return False
    if amount.share:
        return True
    sure = bool(before or after) or amount.about != "exact"
    if amount.numeral.characters:
        return _characters_count(text, start, amount, sure)
    return _figures_count(text, start, amount, sure)


def _characters_count(text: str, start: int, amount: _Amount, sure: bool) -> bool:
    words = table("numerals")["no_figure"]
    written = text[amount.numeral.start : amount.numeral.end]
    if not amount.unit or text.endswith(tuple(words["after_words"]), 0, start):
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


def _figures_count(text: str, start: int, amount: _Amount, sure: bool) -> bool:
    words = table("numerals")["no_figure"]
    before, behind = text[start - 1 : start] if start else "", text[amount.end : amount.end + 1]
    if _LETTER.match(before) or (before in (".", "-", "+", "—") and before and _coded(text, start - 1)):
        return False
    if amount.unit:
        return True
    if _LETTER.match(behind) or text.startswith(tuple(words["before"]), amount.end):
        return False
    written = text[amount.numeral.start : amount.numeral.end]
    if _CODE.match(written) or text.endswith(_labels(), 0, start):
        return False
    if _YEAR_LIKE.fullmatch(written) and (_HAN.match(behind) or behind in ("-", "—")) and not sure:
        return False
    return not _numbering(text, start, amount.end)


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


_LED_TO = re.compile(f"[{ENDS}{COLONS}]")
_NUMBERED = re.compile(r"[、)）]|\.(?![0-9])")
_HEADS = re.compile("[ \u3000]{1,4}[\u3400-\u9fff]")
_CODE = re.compile("0[0-9]")


def unit_at(text: str, at: int) -> tuple[str, int]:
    """The unit that stands at `at` or behind a gap there, and where it ends; "" where none does."""
    match = _unit_pattern().match(text, at)
    return (match["unit"], match.end()) if match else ("", at)


def _past_gap(text: str, at: int) -> int:
    match = _GAP.match(text, at)
    return match.end() if match else at


@functools.cache
def _openings() -> re.Pattern[str]:
    some = alternation(table("numerals")["some"]["words"])
    after = "".join(table("numerals")["some"]["not_after"])
    vague = alternation(table("numerals")["some"]["alone"])
    return re.compile(rf"[{numerals.starts()}]|(?<![{after}])(?:{some})(?=[{_scaling()}])|{vague}")


@functools.cache
def _phrases() -> tuple[str, ...]:
    """Words and names that begin with a number in characters: 三门峡, 五台县."""
    names = (name for name in divisions.by_name() if name[0] in numerals.starts())
    return (*table("numerals")["no_figure"]["phrases"], *names)


@functools.cache
def _labels() -> tuple[str, ...]:
    """What calls a number, with and without the colon behind it: 图2, 电话:12320."""
    return tuple(label + mark for label in table("numerals")["no_figure"]["labels"] for mark in ("", ":"))


@functools.cache
def _vague_words() -> re.Pattern[str]:
    return re.compile(alternation(table("numerals")["some"]["alone"]))


@functools.cache
def _scaling() -> str:
    return "".join([*table("numerals")["tens"], *table("numerals")["scales"]])


@functools.cache
def _shared_heads() -> frozenset[str]:
    """The characters that scale a number and begin a unit: 千, 兆, 百."""
    return frozenset(unit[0] for unit in units.all_units()) & frozenset(_scaling())


@functools.cache
def _exceptions() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in table("units")["exception"]:
        found.setdefault(row["unit"], set()).update(row["not_before"])
    return {unit: frozenset(words) for unit, words in found.items()}


@functools.cache
def _unit_pattern() -> re.Pattern[str]:
    longest_first = sorted(units.all_units(), key=lambda unit: (-len(unit), unit))
    return re.compile(rf"\s{{0,4}}(?P<unit>{'|'.join(map(_guarded, longest_first))})")


def _guarded(unit: str) -> str:
    """A pattern of a unit that is no part of another word."""
    if _LETTER.match(unit[-1]):
        return rf"{re.escape(unit)}(?![A-Za-z0-9])"
    no = _exceptions().get(unit)
    return re.escape(unit) + (rf"(?!{alternation(no)})" if no else "")


@functools.cache
def _part_pattern(unit: str) -> re.Pattern[str]:
    return re.compile(alternation(units.parts(unit)))


@functools.cache
def _inner_half() -> re.Pattern[str]:
    """个半月, 个多小时: what stands within a unit."""
    inside: Mapping[str, Sequence[str]] = table("units")["half"]["inside"]
    (of, wholes), *_ = inside.items()
    half = re.escape(table("units")["half"]["word"])
    return re.compile(rf"\s{{0,4}}(?P<of>{of})(?:(?P<half>{half})|多)(?P<unit>{alternation(wholes)})")


@functools.cache
def _fraction_mark() -> re.Pattern[str]:
    return re.compile(rf"\s?{table('numerals')['fractions']['mark']}\s?")


@functools.cache
def _range_mark() -> re.Pattern[str]:
    return re.compile(rf"\s?(?P<word>{alternation(table('numerals')['ranges']['words'])})\s?")


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
