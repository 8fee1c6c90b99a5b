"""Dates written in a Chinese text: years, months and days, parts of them, spans from one to another.

Pure; Simplified script. Dates come in order, lie in the text and never overlap. A duration (三年行动, 一年来, 5个月)
is none, nor is a bare day or part of a year, for they tell neither year nor month. Time is linear in the text.
"""

from __future__ import annotations

import functools
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ingest.language.date_forms import (
    beside,
    compared_from,
    compared_tail,
    compared_with,
    digits,
    listing,
    point,
    quarter_values,
    quarters,
    reach,
    relatives,
    shortened,
    told_years,
)
from ingest.language.words import alternation, table

__all__ = [
    "Date",
    "Moment",
    "comparisons",
    "find",
    "only",
    "periods",
    "relative_words",
    "up_to",
    "year_of",
    "years",
    "years_of",
]
_WIDE = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("．"): ".", ord("／"): "/"}
_LONGEST = 200  # years of a span; beyond, only its first and last are told
_DECEMBER = 12
_LEAP = 2000  # a year with every day that there is
_NEAR = 200  # characters from a date to the month of its year that is told as 同年
_PIVOT = 50  # two digits below it are a year of this century
_AROUND = " \t\n\u3000()（）[]【】"


@dataclass(frozen=True, slots=True)
class Moment:
    """A year, month and day as far as they are told; `relative`: years off the report's own (去年 -1), no `year`."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    relative: int | None = None


@dataclass(frozen=True, slots=True)
class Date:
    """A date that a text tells, as exact as it is written.

    `until` is the last moment of a span, None for a single date; `relative` as of `Moment`; `anonymised` where
    the year's digits are withheld (20XX年).
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    until: Moment | None = None
    relative: int | None = None
    anonymised: bool = False
    months: tuple[int, int] | None = None
    """The first and last month of the part of its year that it names: (1, 6) of 2023年上半年."""

    @property
    def moment(self) -> Moment:
        """Its beginning."""
        return Moment(self.year, self.month, self.day, self.relative)


def find(text: str) -> tuple[Date, ...]:
    """The dates that a text tells, in order; a span is one date, every date of a list one."""
    return tuple(_dates(text.translate(_WIDE)))


def only(text: str) -> Date | None:
    """The date that a text is and says nothing besides, blanks and brackets apart."""
    all_dates = find(text)
    if len(all_dates) != 1 or (text[: all_dates[0].start] + text[all_dates[0].end :]).strip(_AROUND):
        return None
    return all_dates[0]


def year_of(token: str) -> int | None:
    """The year that a token names: 2023, 2023年, 二〇二三年, 2023年度; None for spans and all else."""
    date = only(token) or only(token.strip(_AROUND) + "年")
    return date.year if date is not None and date.until is None else None


def years(text: str, of: int | None) -> frozenset[int]:
    """Every year that a text tells, those of spans included; 今年 and 去年 seen from `of`, untold where it is None."""
    return frozenset(year for date in find(text) for year in years_of(date, of))


def years_of(date: Date, of: int | None) -> Iterable[int]:
    """The years that a date tells, those within a span included."""
    first = _year(date.moment, of)
    last = _year(date.until, of) if date.until else first
    if first is None or last is None:
        return [year for year in (first, last) if year is not None]
    return range(first, last + 1) if 0 <= last - first <= _LONGEST else (first, last)


def periods(text: str) -> frozenset[tuple[int, int]]:
    """The halves and quarters of a year that a text names, with a year or without, by their first and last month."""
    named = {_months_named(match[0]) for match in _period().finditer(text)}
    spans = filter(None, map(_from_month_to_month, find(text)))
    return frozenset(named.union(span for span in spans if span in _periods().values()))


def up_to(text: str) -> frozenset[tuple[int, int]]:
    """The months from January on up to which a text tells something: 截至10月底; none where that is the year's end."""
    words = table("dates")["up_to"]["words"]
    months = (date for date in find(text) if date.month and _behind(text, date.start, words))
    return frozenset((1, date.month) for date in months if date.month and date.month < _DECEMBER)


def _from_month_to_month(date: Date) -> tuple[int, int] | None:
    """The months of a span within a year that names no day: 1月至6月."""
    last = date.until
    if last is None or not (date.month and last.month) or date.day or last.day or last.year != date.year:
        return None
    return date.month, last.month


@functools.cache
def _periods() -> dict[str, tuple[int, int]]:
    """What is compared: the parts of a year by their names."""
    return {word: months for word, months in _parts_of_year().items() if word not in _with_year()}


@functools.cache
def _parts_of_year() -> dict[str, tuple[int, int]]:
    return {word: (row["months"][0], row["months"][1]) for row in table("dates")["period"] for word in row["words"]}


@functools.cache
def _with_year() -> frozenset[str]:
    return frozenset(word for row in table("dates")["period"] if row.get("with_year") for word in row["words"])


def _part_of_year(written: str) -> tuple[int, int] | None:
    """The months of the part of a year with which a date ends; none where it is the whole year."""
    if several := _quarters_last().search(written):
        return _months_named(several[0])
    months_of = _parts_of_year()
    word = max((word for word in months_of if written.endswith(word)), key=len, default="")
    return months_of.get(word)


def _months_named(part: str) -> tuple[int, int]:
    """The first and last month of a part of a year by its name, or of several quarters told together."""
    if part in _periods():
        return _periods()[part]
    named = [quarter_values()[char] for char in part if char in quarter_values()]
    first, last = sorted((named[0], named[-1]))
    return 3 * first - 2, 3 * last


@functools.cache
def _period() -> re.Pattern[str]:
    return re.compile(rf"(?<!\d)(?:{quarters()}|{alternation(_periods())})")


@functools.cache
def _quarters_last() -> re.Pattern[str]:
    return re.compile(f"{quarters()}$")


def relative_words() -> frozenset[str]:
    """The words for years seen from a report's own: 去年, 上年."""
    return frozenset(relatives())


def comparisons(text: str) -> tuple[tuple[int, int], ...]:
    """Where an earlier year is only compared with: 比上年, 与去年同期相比, 由2020年的 before its figure."""
    compared = ((date, _compared(text, date)) for date in find(text) if date.relative is None or date.relative < 0)
    return tuple(span for date, span in compared if span is not None)


def _compared(text: str, date: Date) -> tuple[int, int] | None:
    words = table("dates")["compared"]
    tail = compared_tail().match(text, date.end)
    end = tail.end() if tail else date.end
    if before := _behind(text, date.start, words["before"]):
        return date.start - before, end
    for kind, following in (("with", compared_with()), ("from", compared_from())):
        before = _behind(text, date.start, words[kind])
        if before and (after := following.match(text, end)):
            return date.start - before, after.end()
    return None


def _behind(text: str, at: int, words: Iterable[str]) -> int:
    """How long the longest of the words is that ends at `at`; 0 where none does."""
    return max((len(word) for word in words if text.endswith(word, 0, at)), default=0)


def _year(moment: Moment, of: int | None) -> int | None:
    if moment.relative is None or of is None:
        return moment.year
    return of + moment.relative


def _dates(text: str) -> Iterator[Date]:
    at = 0
    dated: Date | None = None
    while match := point().search(text, at):
        at = match.end()
        date = _read(match, dated)
        while date is not None:
            date = _to_its_end(text, date)
            yield _of_the_calendar(date)
            dated = date if date.year is not None or date.relative is not None else dated
            at = date.end
            date = _listed(text, date)


def _of_the_calendar(date: Date) -> Date:
    """A date without a day that its month doesn't have: 4月31日, 2023年2月29日."""
    date = date if _has_day(date.moment) else replace(date, day=None)
    return date if date.until is None or _has_day(date.until) else replace(date, until=replace(date.until, day=None))


def _has_day(moment: Moment) -> bool:
    if moment.day is None or moment.month is None:
        return True
    return moment.day <= monthrange(moment.year or _LEAP, moment.month)[1]


def _read(match: re.Match[str], before: Date | None = None) -> Date | None:
    """The date that a match of `point` tells; `before`: the one whose year 同年 means."""
    named = {name: value for name, value in match.groupdict().items() if value is not None}
    date = Date(match.start(), match.end())
    if "decade" in named:
        return _decade(date, named["decade"], named.get("century"))
    if "anonymous" in named:
        return replace(date, anonymised=True)
    date = replace(
        date,
        year=_of_two_digits(_value(named["short"])) if "short" in named else _told(named, "year", "iso_year", "bare"),
        month=_told(named, "month", "iso_month", "iso_only"),
        day=_told(named, "day", "iso_day"),
        relative=relatives()[named["relative"]] if "relative" in named else None,
    )
    if "told" in named:
        return _of_year_before(date, told_years()[named["told"]], before)
    return date if date.month else replace(date, months=_part_of_year(match[0]))


def _of_year_before(date: Date, offset: int, before: Date | None) -> Date:
    """A month with the year of the date before, or one as many years after it: 同年12月, 次年3月."""
    if before is None or date.start - before.end > _NEAR:
        return date
    moment = before.until or before.moment
    if moment.relative is not None:
        return replace(date, relative=moment.relative + offset)
    return date if moment.year is None else replace(date, year=moment.year + offset)


def _told(groups: Mapping[str, str], *names: str) -> int | None:
    return next((_value(groups[name]) for name in names if name in groups), None)


def _decade(date: Date, written: str, century: str | None) -> Date | None:
    """The years of a decade (九十年代) or of several (七八十年代); None where its century is open."""
    tens = [_value(digit) * 10 for digit in written.removesuffix("十")] if "十" in written else [_value(written)]
    first, last = (tens[0], tens[-1]) if tens else (10, 10)
    if first < 100:
        if century is None and first < table("dates")["decades"]["first"]:
            return None
        begin = table("dates")["centuries"].get(century, 1900)
        first, last = begin + first, begin + last
    return replace(date, year=first, until=Moment(last + 9))


def _to_its_end(text: str, date: Date) -> Date:
    """The date with the one that it reaches to: 8月9日至31日."""
    mark = reach().match(text, date.end)
    last = _next(text, mark.end(), date) if mark else _month_beside(text, date)
    if last is None:
        return date
    until = last.until or last.moment
    if until.year == date.year and date.year and (until.month or 13) < (date.month or 0):
        until = replace(until, year=date.year + 1)  # 2023年11月至3月
    return replace(date, end=last.end, until=until)


def _month_beside(text: str, date: Date) -> Date | None:
    """The last of the months that follow each other with one sign: 9 of 8、9月, and of 7、8、9月."""
    last = None
    while mark := beside().match(text, (last or date).end):
        after = _next(text, mark.end(), last or date)
        if after is None or after.day is not None or after.month != ((last or date).month or 0) + 1:
            break
        last = after
    return last


def _listed(text: str, date: Date) -> Date | None:
    """The date that a list goes on with, to whose year or month the one before it counts: 8月9日、10日."""
    mark = listing().match(text, date.end)
    return _next(text, mark.end(), date) if mark else None


def _next(text: str, at: int, before: Date) -> Date | None:
    """The date at `at`, with the year and the month of the one before it where it tells none itself."""
    if match := point().match(text, at):
        date = _read(match, before)
    elif match := shortened().match(text, at):
        date = _short(match, before)
    else:
        return None
    if date is None or date.year is not None or date.relative is not None or date.anonymised:
        return date
    return replace(date, year=before.year, relative=before.relative)


def _short(match: re.Match[str], before: Date) -> Date | None:
    """What is only told behind another date: the day of its month, the last two digits of a year of its century."""
    date = Date(match.start(), match.end())
    if match["day"]:
        return replace(date, month=before.month, day=_value(match["day"])) if before.day else None
    if match["bare"]:
        return replace(date, year=_value(match["bare"])) if before.month is None else None
    if before.year is None or before.month is not None:
        return None
    return replace(date, year=before.year // 100 * 100 + _value(match["short"]))


def _of_two_digits(year: int) -> int:
    return year + (2000 if year < _PIVOT else 1900)


def _value(written: str) -> int:
    """The value of a numeral below a hundred, or of digits one by one: 二十三, 二〇二三, 2023."""
    written = written.replace("廿", "二十").replace("元", "一")
    if "十" not in written:
        return int("".join(digits().get(char, char) for char in written))
    tens, ones = written.split("十")
    return int(digits()[tens] if tens else "1") * 10 + int(digits()[ones] if ones else "0")
