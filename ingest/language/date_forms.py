"""How dates are written: patterns of the table `dates`, each reading as far as one date by itself goes. Pure."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from ingest.language.marks import HAN
from ingest.language.words import alternation, table

STAMP = re.escape(table("dates")["stamp"])
"""Characters, for use inside `[...]`, that stand between the figures of a time that a page writes."""
_YEAR = r"(?:1\d|2[01])\d\d"
_LONG_AGO = r"1[0-8]\d\d"
PLAIN_YEAR = r"(?:19|20)\d\d"
"""A year that needs no 年."""
_MONTH = "(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九元])"
_DAY = "(?:3[01]|[12]\\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九])"


@functools.cache
def year_word() -> str:
    """A pattern of a year by itself: 2023年, 2023年度, 去年."""
    return rf"(?:{PLAIN_YEAR}年|{alternation(relatives())})(?:度)?"


@functools.cache
def part_word() -> str:
    """A pattern of a part of a year by itself: 上半年, 一季度, 3月份, 本月."""
    named = alternation(word for row in table("dates")["period"] if not row.get("with_year") for word in row["words"])
    near = alternation(table("dates")["near_parts"])
    return rf"{named}|{_MONTH}月份?|{near}"


@functools.cache
def point() -> re.Pattern[str]:
    """A date by itself, as far as the mark of a span or a list."""
    forms = "|".join((_iso(), _decades(), _anonymous(), _calendar(), _bare()))
    return re.compile(rf"(?=[{_beginnings()}])(?:{forms})")


@functools.cache
def shortened() -> re.Pattern[str]:
    """What is a date only behind another one."""
    day = rf"(?P<day>{_DAY}){_s()}{_day_sign()}"
    short = rf"(?P<short>\d\d|{_han()}{{2}}){_s()}年度?"
    return re.compile(rf"{day}|{short}|(?P<bare>{PLAIN_YEAR}){_no_unit()}")


@functools.cache
def reach() -> re.Pattern[str]:
    """What reaches from a date to the last one of a span: 至, —."""
    return re.compile(_s() + _mark("range") + _s())


@functools.cache
def listing() -> re.Pattern[str]:
    """What leads from a date to the next of a list: 、, 和."""
    return re.compile(_s() + _mark("list") + _s())


@functools.cache
def beside() -> re.Pattern[str]:
    """What leads from a month to the next one that shares its sign: 、 of 8、9月."""
    return re.compile(rf"(?<=[0-9十]|{_han()}){_beside()}(?={_MONTH}{_s()}(?:月|{_list_sign()}))")


@functools.cache
def quarters() -> str:
    """A pattern of several quarters that are told together: 一至三季度, 第一、二季度; it captures nothing."""
    words = table("dates")["quarters"]
    sign, ordinal = words["sign"], f"(?:{words['ordinal']})?"
    one, two, three, four = (f"[{''.join(written)}]" for written in _quarter_digits())
    after = f"{_beside()}{ordinal}"
    pairs = f"{one}{after}{two}(?:{after}{three})?|{two}{after}{three}(?:{after}{four})?|{three}{after}{four}"
    led = f"{words['ordinal']}|(?<=[{HAN}])"  # 一、二季度 at the beginning of a line is the first point
    any_of = f"[{''.join(char for written in _quarter_digits() for char in written)}]"
    span = f"{ordinal}{any_of}(?:{sign})?{_s()}{_mark('range')}{_s()}{ordinal}{any_of}"
    return f"(?:{span}|(?:{led})(?:{pairs}))个?{sign}"


@functools.cache
def quarter_values() -> Mapping[str, int]:
    """The signs that number a quarter."""
    return {char: at for at, written in enumerate(_quarter_digits(), 1) for char in written}


def _quarter_digits() -> list[list[str]]:
    """How each quarter's number is written."""
    values = table("numerals")["digits"].items()
    return [[str(at), *(char for char, value in values if value == at and char != "两")] for at in range(1, 5)]


def told_years() -> Mapping[str, int]:
    """The words for the year of the date told before, by how many years they add to it: 次年 1."""
    return {word: row["offset"] for row in table("dates")["told_year"] for word in row["words"]}


@functools.cache
def compared_tail() -> re.Pattern[str]:
    """What may stand behind a year that is compared with: 同期."""
    words = table("dates")["compared"]
    return re.compile(rf"(?:{alternation(words['tails'])}){{1,2}}")


@functools.cache
def compared_with() -> re.Pattern[str]:
    """What follows where a year is compared with: 与2020年相比."""
    return re.compile(rf"(?:{alternation(table('dates')['compared']['with_after'])})")


@functools.cache
def compared_from() -> re.Pattern[str]:
    """What follows where a change begins at a year: the figure of then."""
    figure = alternation(table("dates")["compared"]["figure"])
    return re.compile(rf"的?(?=\d|{figure}|{_han()}|十)")


@functools.cache
def digits() -> Mapping[str, str]:
    """The characters that stand for a digit of a date."""
    values = {char: str(value) for char, value in table("numerals")["digits"].items()}
    return values | dict.fromkeys(table("dates")["noughts"], "0")


@functools.cache
def relatives() -> Mapping[str, int]:
    """The words for years seen from the report's, by how many years off they are: 去年 -1."""
    return {word: row["offset"] for row in table("dates")["relative"] for word in row["words"]}


def _beginnings() -> str:
    """The characters that a date can begin with: most places of a text are passed over at once."""
    words = table("dates")
    firsts = {word[0] for word in (*words["centuries"], *relatives(), *told_years())}
    signs = firsts.union(digits(), words["letters"], "123456789十元")
    return re.escape("".join(sorted(signs)))


def _iso() -> str:
    sign = rf"{_s()}(?P<sign>[-/.]){_s()}"
    day = rf"{sign}(?P<iso_month>0?[1-9]|1[0-2]){_s()}(?P=sign){_s()}(?P<iso_day>3[01]|[12]\d|0?[1-9])(?!\d|[./]\d)"
    month = r"(?<!\d-.{4})[-/](?P<iso_only>0[1-9]|1[0-2])(?![\d年号/-])"
    return rf"(?<![\dA-Za-z./])(?P<iso_year>{_YEAR})(?:{day}|{month})"


def _decades() -> str:
    words = table("dates")
    century = rf"(?P<century>{alternation(words['centuries'])}){_s()}"
    tens = rf"{_YEAR[:-2]}0|[1-9]0|{_han()}{{0,2}}十"
    late = alternation(words["parts"]["decade"])
    border = rf"(?<![\d.十第])(?<!{_han()})"
    return rf"(?:{century}|{border})(?P<decade>{tens}){_s()}年代(?!{words['no_date']['decade']})(?:{late})?"


def _anonymous() -> str:
    letter = f"[{re.escape(table('dates')['letters'])}]"
    year = rf"(?:19|20|二[0〇○零]){letter}{{1,2}}|20\d{letter}|{letter}{{2,4}}"
    rest = rf"(?:{_s()}{letter}{{1,2}}月(?:{letter}{{1,2}}日)?)?"
    return rf"(?<![\dA-Za-z])(?<!{letter})(?P<anonymous>{year}){_s()}年度?{rest}"


def _calendar() -> str:
    """A year, a month of one, a day of one, or a month or a day without a year."""
    names = rf"(?!(?:{alternation(table('dates')['no_date']['month_day'])})(?![十日号]))"
    month = rf"{names}(?P<month>{_MONTH})(?:{_month_end()}|{_months_ahead()})"
    day = rf"{_s()}(?P<day>{_DAY}){_day_end()}"
    words = table("dates")["parts"]
    named = (word for row in table("dates")["period"] for word in row["words"])
    year = rf"(?:{_part([*words['year'], *named])}|{_s()}的?{quarters()})"
    within = rf"{_s()}{month}(?:{day}|{_part(words['month'])})?"
    # 8、 at the beginning of a line numbers it.
    several = rf"(?:(?<=[{HAN}])|(?<=[0-9{HAN}]{_list_sign()})){_MONTH}{_months_ahead()}"
    free = rf"{names}(?={_MONTH}{_month_end()}|{several}){_no_month_before()}"
    lead = rf"(?P<lead>{_years_written()}|{_relative_words()})"
    year_words = rf"(?P<told>{alternation(told_years())})"
    return rf"(?:{lead}|{year_words}|{free})(?:{within}|{year})?(?(lead)|(?(month)|(?!)))"


def _years_written() -> str:
    ago = table("dates")["no_date"]["ago"]
    count = rf"(?!{_LONG_AGO}{_s()}{ago['word']}(?![{ago['not_before']}]))"
    four = rf"(?<![\dA-Za-z第]){count}{_YEAR}|(?<!{_han()})(?<!第)[一二]{_han()}{{3}}"
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
    plain = rf"{to}{PLAIN_YEAR}{_no_unit()}"
    return rf"(?={listed}|{to}(?:{four}|{two}){_s()}学?年(?!代)|{plain})"


def _relative_words() -> str:
    rows = table("dates")["relative"]
    each = (f"{_not_behind(row['not_after'])}(?:{alternation(row['words'])}){_not(row['not_before'])}" for row in rows)
    return rf"(?P<relative>{'|'.join(each)})"


def _bare() -> str:
    """A year of four digits directly before a word that is no unit (2023世界机器人大会), or between brackets."""
    before = _not_behind(table("dates")["bare"]["not_after"])
    word = rf"(?={_s()}[“《\u3400-\u9fff]){_no_unit()}"
    return rf"(?=[12])(?<![\dA-Za-z.]){before}(?P<bare>{PLAIN_YEAR})(?:(?<!2000){word}|(?=[)）])(?<=[(（].{{4}}))"


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


def _months_ahead() -> str:
    """That further months follow that share their sign: 8 of 8、9月."""
    return rf"(?=(?:{_beside()}{_MONTH}){{1,5}}{_s()}月(?!{alternation(table('dates')['no_date']['month_before'])}))"


def _beside() -> str:
    return f"{_s()}{_list_sign()}{_s()}"


def _list_sign() -> str:
    return re.escape(str(table("dates")["marks"]["beside"]))


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
    return f"[{''.join(digits())}]"


def _s() -> str:
    return f"[{table('dates')['spaces']}]{{0,2}}"


def _not(words: Iterable[str]) -> str:
    return f"(?!{alternation(words)})" if words else ""


def _not_behind(words: Iterable[str]) -> str:
    return "".join(f"(?<!{re.escape(word)})" for word in words)
