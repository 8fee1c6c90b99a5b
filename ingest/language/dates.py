"""Dates written in a Chinese text: years, months and days, parts of them, spans from one to another.

Pure; Simplified script. Dates come in order, lie in the text and never overlap. A duration (三年行动, 一年来, 5个月)
is none, nor is a bare day or part of a year, for they tell neither year nor month. Time is linear in the text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ingest.language.words import alternation, table

__all__ = ["STAMP", "Date", "Moment", "comparisons", "find", "only", "year_of", "years", "years_of"]

_WIDE = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("．"): ".", ord("／"): "/"}
_LONGEST = 200  # years of a span; beyond, only its first and last are told
_PIVOT = 50  # two digits below it are a year of this century
_AROUND = " \t\n\u3000()（）[]【】"

STAMP = re.escape(table("dates")["stamp"])
"""Characters, for use inside `[...]`, that stand between the figures of a time that a page writes."""

_YEAR = r"(?:1\d|2[01])\d\d"
_PLAIN = r"(?:19|20)\d\d"  # a year that needs no 年
_MONTH = "(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九元])"
_DAY = "(?:3[01]|[12]\\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九])"


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

    @property
    def moment(self) -> Moment:
        """Its beginning."""
        return Moment(self.year, self.month, self.day, self.relative)


def find(text: str) -> tuple[Date, ...]:
    """The dates that a text tells, in order; a span is one date, every date of a list one."""
    return tuple(_dates(text.translate(_WIDE)))


def only(text: str) -> Date | None:
    """The date that a text is and says nothing besides, blanks and brackets apart."""
    found = find(text)
    if len(found) != 1 or (text[: found[0].start] + text[found[0].end :]).strip(_AROUND):
        return None
    return found[0]


def year_of(token: str) -> int | None:
    """The year that a token names: 2023, 2023年, 二〇二三年, 2023年度; None for spans and all else."""
    date = only(token) or only(token.strip(_AROUND) + "年")
    return date.year if date is not None and date.until is None else None


def years(text: str, of: int | None) -> frozenset[int]:
    """Every year that a text tells, those of spans included; 今年 and 去年 seen from `of`, untold where it is None."""
    return frozenset(year for date in find(text) for year in years_of(date, of))


def comparisons(text: str) -> tuple[tuple[int, int], ...]:
    """Where an earlier year is only compared with: 比上年, 与去年同期相比, 由2020年的 before its figure."""
    found = ((date, _compared(text, date)) for date in find(text) if date.relative is None or date.relative < 0)
    return tuple(span for date, span in found if span is not None)


def _compared(text: str, date: Date) -> tuple[int, int] | None:
    words = table("dates")["compared"]
    tail = _tail().match(text, date.end)
    end = tail.end() if tail else date.end
    if before := _behind(text, date.start, words["before"]):
        return date.start - before, end
    for kind, following in (("with", _with_after()), ("from", _from_after())):
        before = _behind(text, date.start, words[kind])
        if before and (after := following.match(text, end)):
            return date.start - before, after.end()
    return None


def _behind(text: str, at: int, words: Iterable[str]) -> int:
    """How long the longest of the words is that ends at `at`; 0 where none does."""
    return max((len(word) for word in words if text.endswith(word, 0, at)), default=0)


def years_of(date: Date, of: int | None) -> Iterable[int]:
    """The years that a date tells, those within a span included."""
    first = _year(date.moment, of)
    last = _year(date.until, of) if date.until else first
    if first is None or last is None:
        return [year for year in (first, last) if year is not None]
    return range(first, last + 1) if 0 <= last - first <= _LONGEST else (first, last)


def _year(moment: Moment, of: int | None) -> int | None:
    if moment.relative is None or of is None:
        return moment.year
    return of + moment.relative


def _dates(text: str) -> Iterator[Date]:
    at = 0
    while match := _point().search(text, at):
        at = match.end()
        date = _read(match)
        while date is not None:
            date = _to_its_end(text, date)
            yield date
            at = date.end
            date = _listed(text, date)


def _read(match: re.Match[str]) -> Date | None:
    """The date that a match of `_point` tells."""
    told = {name: value for name, value in match.groupdict().items() if value is not None}
    date = Date(match.start(), match.end())
    if "decade" in told:
        return _decade(date, told["decade"], told.get("century"))
    if "anonymous" in told:
        return replace(date, anonymised=True)
    return replace(
        date,
        year=_of_two_digits(_value(told["short"])) if "short" in told else _told(told, "year", "iso_year", "bare"),
        month=_told(told, "month", "iso_month", "iso_only"),
        day=_told(told, "day", "iso_day"),
        relative=_relatives()[told["relative"]] if "relative" in told else None,
    )


def _told(told: Mapping[str, str], *names: str) -> int | None:
    return next((_value(told[name]) for name in names if name in told), None)


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
    mark = _to().match(text, date.end)
    last = _next(text, mark.end(), date) if mark else None
    if last is None:
        return date
    until = last.until or last.moment
    if until.year == date.year and date.year and (until.month or 13) < (date.month or 0):
        until = replace(until, year=date.year + 1)  # 2023年11月至3月
    return replace(date, end=last.end, until=until)


def _listed(text: str, date: Date) -> Date | None:
    """The date that a list goes on with, to whose year or month the one before it counts: 8月9日、10日."""
    mark = _and().match(text, date.end)
    return _next(text, mark.end(), date) if mark else None


def _next(text: str, at: int, before: Date) -> Date | None:
    """The date at `at`, with the year and the month of the one before it where it tells none itself."""
    if match := _point().match(text, at):
        date = _read(match)
    elif match := _rest().match(text, at):
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
        return int("".join(_digits().get(char, char) for char in written))
    tens, ones = written.split("十")
    return int(_digits()[tens] if tens else "1") * 10 + int(_digits()[ones] if ones else "0")


@functools.cache
def _digits() -> Mapping[str, str]:
    """The characters that stand for a digit of a date."""
    digits = {char: str(value) for char, value in table("numerals")["digits"].items()}
    return digits | dict.fromkeys(table("dates")["noughts"], "0")


@functools.cache
def _relatives() -> Mapping[str, int]:
    return {word: row["offset"] for row in table("dates")["relative"] for word in row["words"]}


@functools.cache
def _point() -> re.Pattern[str]:
    """A date by itself, as far as the mark of a span or a list."""
    forms = "|".join((_iso(), _decades(), _anonymous(), _calendar(), _bare()))
    return re.compile(rf"(?=[{_beginnings()}])(?:{forms})")


def _beginnings() -> str:
    """The characters that a date can begin with: most places of a text are passed over at once."""
    words = table("dates")
    firsts = {word[0] for word in (*words["centuries"], *_relatives())}
    signs = firsts.union(_digits(), words["letters"], "123456789十元")
    return re.escape("".join(sorted(signs)))


@functools.cache
def _rest() -> re.Pattern[str]:
    """What is a date only behind another one."""
    day = rf"(?P<day>{_DAY}){_s()}{_day_sign()}"
    short = rf"(?P<short>\d\d|{_han()}{{2}}){_s()}年度?"
    return re.compile(rf"{day}|{short}|(?P<bare>{_PLAIN}){_no_unit()}")


@functools.cache
def _to() -> re.Pattern[str]:
    return re.compile(_s() + _mark("range") + _s())


@functools.cache
def _and() -> re.Pattern[str]:
    return re.compile(_s() + _mark("list") + _s())


def _iso() -> str:
    sign = rf"{_s()}(?P<sign>[-/.]){_s()}"
    day = rf"{sign}(?P<iso_month>0?[1-9]|1[0-2]){_s()}(?P=sign){_s()}(?P<iso_day>3[01]|[12]\d|0?[1-9])(?!\d|[./]\d)"
    month = r"(?<!\d-.{4})[-/](?P<iso_only>0[1-9]|1[0-2])(?![\d年号/-])"
    return rf"(?<![\dA-Za-z./])(?P<iso_year>{_YEAR})(?:{day}|{month})"


def _decades() -> str:
    words = table("dates")
    century = rf"(?P<century>{alternation(words['centuries'])}){_s()}"
    digits = rf"{_YEAR[:-2]}0|[1-9]0|{_han()}{{0,2}}十"
    late = alternation(words["parts"]["decade"])
    border = rf"(?<![\d.十第])(?<!{_han()})"
    return rf"(?:{century}|{border})(?P<decade>{digits}){_s()}年代(?!{words['no_date']['decade']})(?:{late})?"


def _anonymous() -> str:
    letter = f"[{re.escape(table('dates')['letters'])}]"
    year = rf"(?:19|20|二[0〇○零]){letter}{{1,2}}|20\d{letter}|{letter}{{2,4}}"
    rest = rf"(?:{_s()}{letter}{{1,2}}月(?:{letter}{{1,2}}日)?)?"
    return rf"(?<![\dA-Za-z])(?<!{letter})(?P<anonymous>{year}){_s()}年度?{rest}"


def _calendar() -> str:
    """A year, a month of one, a day of one, or a month or a day without a year."""
    names = rf"(?!(?:{alternation(table('dates')['no_date']['month_day'])})(?![十日号]))"
    month = rf"{names}(?P<month>{_MONTH}){_month_end()}"
    day = rf"{_s()}(?P<day>{_DAY}){_day_end()}"
    part = {name: _part(table("dates")["parts"][name]) for name in ("year", "month")}
    within = rf"{_s()}{month}(?:{day}|{part['month']})?"
    free = rf"{names}(?={_MONTH}{_month_end()}){_no_month_before()}"
    lead = rf"(?P<lead>{_years_written()}|{_relative_words()})"
    return rf"(?:{lead}|{free})(?:{within}|{part['year']})?(?(lead)|(?(month)|(?!)))"


def _years_written() -> str:
    four = rf"(?<![\dA-Za-z第]){_YEAR}|(?<!{_han()})(?<!第)[一二]{_han()}{{3}}"
    before_month = rf"(?:\d\d|{_han()}{{2}})(?={_s()}年{_s()}{_MONTH}{_s()}月)"
    short = rf"(?<![\d.A-Za-z第])(?<!{_han()})(?:{before_month}|0\d|[〇零]{_han()})"
    year = rf"(?P<year>{four}){_s()}(?:{_year_sign()}|{_year_ahead()})"
    return rf"{year}|(?P<short>{short}){_s()}{_year_sign()}"


def _year_sign() -> str:
    return rf"(?!{alternation(table('dates')['no_date']['year'])})(?:学年度?|年度|年份(?!额)|年)"


def _year_ahead() -> str:
    """Where a year stands without 年 because another one behind it, of a span or a list, has it."""
    four, two = rf"(?:{_YEAR}|{_han()}{{4}})", rf"(?:\d\d|{_han()}{{2}})"
    to = rf"{_s()}{_mark('range')}{_s()}"
    listed = rf"(?:{_s()}{_mark('list')}{_s()}{four}){{1,8}}{_s()}(?:[两二三四五六七八九]?年|{_mark('range')})"
    plain = rf"{to}{_PLAIN}{_no_unit()}"
    return rf"(?={listed}|{to}(?:{four}|{two}){_s()}学?年(?!代)|{plain})"


def _relative_words() -> str:
    rows = table("dates")["relative"]
    each = (f"{_not_behind(row['not_after'])}(?:{alternation(row['words'])}){_not(row['not_before'])}" for row in rows)
    return rf"(?P<relative>{'|'.join(each)})"


def _bare() -> str:
    """A year of four digits directly before a word that is no unit (2023世界机器人大会), or between brackets."""
    before = _not_behind(table("dates")["bare"]["not_after"])
    word = rf"(?={_s()}[“《\u3400-\u9fff]){_no_unit()}"
    return rf"(?=[12])(?<![\dA-Za-z.]){before}(?P<bare>{_PLAIN})(?:(?<!2000){word}|(?=[)）])(?<=[(（].{{4}}))"


def _no_unit() -> str:
    """That what follows a number is neither more of it nor its unit."""
    return rf"(?![\d%％‰+]|[.,]\d|{_s()}(?:{alternation(table('dates')['bare']['not_before'])}))"


def _no_month_before() -> str:
    return rf"(?<![\d.十A-Za-z])(?<!{_han()}){_not_behind(table('dates')['no_date']['month_after'])}"


def _month_end() -> str:
    """月, or the mark of a span that reaches to a month: 3至5月."""
    words = table("dates")["no_date"]
    ahead = rf"(?={_s()}{_mark('range')}{_s()}{_MONTH}{_s()}月)"
    lunar = rf"初{_DAY}(?!日)"
    return rf"{_s()}(?:月(?!{alternation(words['month_before'])}|{lunar})份?|{ahead})"


def _day_end() -> str:
    """日 or 号, or the mark of a span or a list that reaches to a day: 9-31日."""
    more = rf"(?:{_s()}{_mark('list')}{_s()}{_DAY}){{0,5}}{_s()}(?:{_mark('range')}|{_mark('list')}){_s()}{_DAY}"
    return rf"(?!\d){_s()}(?:{_day_sign()}|(?={more}{_s()}[日号]))"


def _day_sign() -> str:
    return rf"(?:日|号(?![{table('dates')['no_date']['day_number']}]))"


def _part(words: Iterable[str]) -> str:
    """A part of a year or a month, unless its last character begins another word (初步)."""
    others = table("dates")["parts"]["not_before"].items()
    whole = "".join(rf"(?!(?<={last})[{after}])" for last, after in others)
    return rf"{_s()}的?(?:{alternation(words)}){whole}"


def _mark(kind: str) -> str:
    return f"(?:{alternation(table('dates')['marks'][kind])})"


def _han() -> str:
    return f"[{''.join(_digits())}]"


def _s() -> str:
    return f"[{table('dates')['spaces']}]{{0,2}}"


def _not(words: Iterable[str]) -> str:
    return f"(?!{alternation(words)})" if words else ""


def _not_behind(words: Iterable[str]) -> str:
    return "".join(f"(?<!{re.escape(word)})" for word in words)


@functools.cache
def _tail() -> re.Pattern[str]:
    words = table("dates")["compared"]
    return re.compile(rf"(?:{alternation(words['tails'])}){{1,2}}")


@functools.cache
def _with_after() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(table('dates')['compared']['with_after'])})")


@functools.cache
def _from_after() -> re.Pattern[str]:
    figure = alternation(table("dates")["compared"]["figure"])
    return re.compile(rf"的?(?=\d|{figure}|{_han()}|十)")
