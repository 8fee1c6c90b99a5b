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

from ingest.language import dates, numerals, roughness, senses, units
from ingest.language.amounts import About, Amount, amount_at, ranged, scaling, unit_at
from ingest.language.counting import HAN_CHAR, counts
from ingest.language.words import alternation, table

__all__ = ["About", "Figure", "find", "unit_at"]

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
_DAY = "[0-9一二三四五六七八九十廿卅]{1,3}"
# A day without its month and a time of day: dates that `dates` doesn't tell by themselves.
_TIME = re.compile(
    rf"(?<![0-9.万千百]){_DAY}\s?(?:日\s?)?(?:[-—–~至到]{{1,2}}\s?{_DAY}\s?)?[日号](?![内游均产元])"
    r"|(?<![0-9])[0-9]{1,2}[:时点][0-9]{1,2}分?(?![0-9])"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at `text[start:end]`, the words before and behind it that say about or more than included.

    `value` counts in `unit` as written, the scale applied (1.2亿元 is 120000000.0 元); None where the text gives no
    single value: 5至10人 has `low` and `high` only, 数十 and 若干 are vague; 十几人 has all three, 10 and 11 to 19.
    `base_value` is `value` in the base unit of `dimension` (公里 in 米, 亩 in 平方米). What a unit means only by what
    stands near it is said: 度 of electricity is 度电. `unit` is "" for a bare number or a fraction such as 三分之二.
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


def find(text: str) -> tuple[Figure, ...]:
    """The figures of a text, in order."""
    seen, places = _visible(text.translate(_HALF_WIDTH))
    visible_figures = tuple(_figures(seen))
    if places is None:
        return visible_figures
    return tuple(replace(f, start=places[f.start], end=places[f.end - 1] + 1) for f in visible_figures)


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
    date_spans = _dates(text)
    date_end, done, at = 0, 0, 0
    upcoming = next(date_spans, None)
    while match := _openings().search(text, at):
        start = match.start()
        while upcoming and upcoming[0] <= start:
            date_end, upcoming = max(date_end, upcoming[1]), next(date_spans, None)
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
    spans = [(date.start, date.end) for date in dates.find(text)]
    yield from sorted([*spans, *(match.span() for match in _TIME.finditer(text))])


def _at(text: str, start: int, done: int) -> tuple[Figure | None, int]:
    """The figure whose number begins at `start`, and where to go on looking."""
    amount, end = amount_at(text, start)
    if amount is None:
        return None, end
    amount = ranged(text, amount)
    figure = _worded(text, amount, done)
    return figure, max(amount.end, figure.end if figure else numerals.skip(text, start))


def _worded(text: str, amount: Amount, done: int) -> Figure | None:
    """The figure that an amount is with the words around it; None where it is none."""
    start, unit, negative = _signed(text, amount, done)
    before, begin = roughness.before(text, start, done, amount, unit)
    after, end = roughness.after(text, amount.end, unit)
    if not counts(text, start, replace(amount, unit=unit, end=end if after else amount.end), before, after):
        return None
    unit = senses.meant(text, amount, unit)
    about: About = before or after or amount.about
    if amount.about == "vague":
        about = "vague"
    return _measured(amount, unit, about, begin, end, -1 if negative else 1)


def _measured(amount: Amount, unit: str, about: About, start: int, end: int, sign: int) -> Figure:
    known = units.unit(unit)
    dimension, factor = (known.dimension, known.factor) if known else ("number", 1.0)
    if amount.share and not unit:
        dimension, factor = "share", 100.0
    low, high = sorted((float(amount.low * sign), float(amount.high * sign)))
    is_range = amount.low != amount.high
    nothing = is_range or (about == "vague" and not amount.low)
    value = None if nothing else low
    base = None if value is None else float(Decimal(repr(value)) * Decimal(repr(factor)))
    least, most = (low, high) if is_range else _digit_bounds(amount, sign)
    return Figure(start, end, value, unit, dimension, base, least, most, about)


def _digit_bounds(amount: Amount, sign: int) -> tuple[float, float] | tuple[None, None]:
    """The least and the most that 十几 and the like can be; none where 几 isn't the last of what is written."""
    step = amount.numeral.step
    if not step or amount.low != amount.numeral.low:
        return None, None
    low, high = sorted((float((amount.low + step) * sign), float((amount.low + 9 * step) * sign)))
    return low, high


def _signed(text: str, amount: Amount, done: int) -> tuple[int, str, bool]:
    """Where an amount begins with its sign and currency mark, its unit, and whether it is below zero."""
    start, unit = amount.start, amount.unit
    prefixes: Mapping[str, str] = table("units")["before"]
    for prefix in sorted(prefixes, key=len, reverse=True):
        says_more = not unit or (unit == units.CURRENCY != prefixes[prefix])
        if says_more and text.endswith(prefix, done, start):
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
    if HAN_CHAR.match(sign):
        return char in tuple(table("numerals")["signs"]["not_after"])
    return bool(char) and ((char.isalnum() and not HAN_CHAR.match(char)) or char in "-−—%)")


@functools.cache
def _openings() -> re.Pattern[str]:
    some = alternation(table("numerals")["some"]["words"])
    after = "".join(table("numerals")["some"]["not_after"])
    vague = alternation(table("numerals")["some"]["alone"])
    return re.compile(rf"[{numerals.starts()}]|(?<![{after}])(?:{some})(?=[{scaling()}])|{vague}")
