"""Dates: a corpus, what is compared with, and laws that hold for any text."""

from __future__ import annotations

import datetime
from calendar import monthrange
from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest
from corpus import rows
from hypothesis import given
from hypothesis import strategies as st

from ingest.language import dates
from ingest.language.dates import Date, Moment

BY_TEXT = [(text, list(group)) for text, group in groupby(rows("dates"), key=lambda row: row["text"])]
PIECES = st.sampled_from(
    [
        *"年月日号一二三十〇0129至—-/.、的初底x×第今去上前 \n人",
        "2023",
        "2023年",
        "6月",
        "10日",
        "去年",
        "二〇二三年",
        "90年代",
    ]
)


def dated(row: dict[str, Any]) -> Date:
    """The date that a row with a span tells of."""
    told = (row["year"], row["month"], row["day"])
    until = Moment(*row["until"]) if "until" in row else None
    return Date(row["start"], row["end"], *told, until, row.get("relative"), row.get("anonymised", False))


@pytest.mark.parametrize(("text", "group"), BY_TEXT, ids=[text[:30] for text, _ in BY_TEXT])
def test_reads_the_corpus(text: str, group: list[dict[str, Any]]) -> None:
    found = [replace(date, months=None) for date in dates.find(text)]
    assert found == [dated(row) for row in group if "start" in row]


@given(st.lists(PIECES, max_size=40).map("".join))
def test_spans_are_in_order_apart_and_inside(text: str) -> None:
    end = 0
    for date in dates.find(text):
        assert end <= date.start < date.end <= len(text)
        for moment in filter(None, (date.moment, date.until)):
            assert moment.month is None or 1 <= moment.month <= 12
            days = monthrange(moment.year or 2000, moment.month)[1] if moment.month else 31
            assert moment.day is None or 1 <= moment.day <= days
            assert moment.year is None or moment.relative is None
        end = date.end


@given(st.dates(datetime.date(1000, 1, 1), datetime.date(2199, 12, 31)))
def test_a_day_is_one_however_it_is_written(date: datetime.date) -> None:
    year, month, day = date.year, date.month, date.day
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    han = str.maketrans("0123456789", "〇一二三四五六七八九")
    written = [
        f"{year}年{month}月{day}日",
        f"{year} 年 {month} 月 {day} 日",
        f"{year}年{month}月{day}日".translate(wide),
        f"{str(year).translate(han)}年{month}月{day}日",
        f"{year}-{month:02}-{day:02}",
        f"{year}/{month}/{day}",
        f"{year}.{month}.{day}",
    ]
    assert [dates.find(text) for text in written] == [(Date(0, len(text), year, month, day),) for text in written]


@pytest.mark.parametrize("char", "日年一1月0十")
def test_a_run_of_one_sign_is_no_date(char: str) -> None:
    assert dates.find(char * 100_000) == ()


@pytest.mark.parametrize("unit", ["2023年、", "2023年至", "1月-", "至今年", "一月", "去年至", "2023世"])
def test_a_long_run_of_dates_is_read_to_its_end(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert dates.find(text)[-1].end >= len(text) - 2 * len(unit)


@pytest.mark.parametrize(
    ("text", "of", "told"),
    [
        ("今年比去年多", 2024, {2023, 2024}),
        ("今年比2019年多", None, {2019}),
        ("2019—2021年", None, {2019, 2020, 2021}),
        ("1949—2025年", None, set(range(1949, 2026))),
        ("2021年至去年底", 2024, {2021, 2022, 2023}),
        ("2021年至去年底", None, {2021}),
        ("九十年代", None, set(range(1990, 2000))),
        ("1100年至1900年", None, {1100, 1900}),
        ("2021年至2019年", None, {2019, 2021}),
        ("第2012号,2050万元,一年来,十年来,6月10日", 2024, set()),
        ("20XX年", 2024, set()),
    ],
)
def test_years(text: str, of: int | None, told: set[int]) -> None:
    assert dates.years(text, of) == told


@pytest.mark.parametrize(
    ("token", "year"),
    [
        ("2023", 2023),
        ("2023年", 2023),
        ("2023年度", 2023),
        ("(2023)", 2023),
        ("二〇二三", 2023),
        ("二〇二三年", 2023),
        ("2023年6月", 2023),
        ("2021—2023年", None),
        ("今年", None),
        ("2050万", None),
        ("23", None),
        ("", None),
    ],
)
def test_year_of(token: str, year: int | None) -> None:
    assert dates.year_of(token) == year


@pytest.mark.parametrize("line", ["2023-06-10", "（2023年6月10日）", " 2023 年 6 月 10 日 ", "[2023/6/10]"])
def test_a_line_that_is_a_date_and_nothing_besides(line: str) -> None:
    date = dates.only(line)
    assert date is not None
    assert (date.year, date.month, date.day) == (2023, 6, 10)
    assert dates.find(line) == (date,)
    assert dates.only(line + "印发") is None


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("比上年增加9场", ["比上年"]),
        ("较去年同期增长", ["较去年同期"]),
        ("与去年同期相比,增长5%", ["与去年同期相比"]),
        ("一九八五年同一九八○年相比", ["同一九八○年相比"]),
        ("由2020年的10.2%提高到11.6%", ["由2020年的"]),
        ("由2020年底的10.2%提高到11.6%", ["由2020年底的"]),
        ("从2020年的约3万人增加到", ["从2020年的"]),
        ("由一九五二年的百分之三", ["由一九五二年的"]),
        ("比一九八○年末增长三倍", ["比一九八○年末"]),
        ("高于上年", ["高于上年"]),
        ("2023年比上年增长,比2019年增长", ["比上年", "比2019年"]),
        ("比今年多", []),
        ("从2020年3月起", []),
        ("与2023年全国科普日活动一起", []),
        ("2023年举办", []),
    ],
)
def test_comparisons(text: str, compared: list[str]) -> None:
    assert [text[start:end] for start, end in dates.comparisons(text)] == compared


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("2023年上半年", {(1, 6)}),
        ("前三季度和第四季度", {(1, 9), (10, 12)}),
        ("一季度", {(1, 3)}),
        ("1-6月", {(1, 6)}),
        ("11-6月", set()),
        ("2021年7月至12月", {(7, 12)}),
        ("1月1日至6月30日", set()),
        ("2022年初", set()),
        ("一至三季度", {(1, 9)}),
        ("2-4季度", {(4, 12)}),
        ("二季度到四季度", {(4, 12)}),
        ("今年第三、四季度", {(7, 12)}),
        ("全年一、二、三季度", {(1, 9)}),
        ("第一、三季度", {(7, 9)}),
        ("一、二季度工作安排", {(4, 6)}),  # the first point
        ("一季度、二季度", {(1, 3), (4, 6)}),
        ("头两个月", {(1, 2)}),
        ("前两个月", set()),
        ("全年", set()),
    ],
)
def test_halves_and_quarters_are_known_by_all_their_names(text, periods):
    assert dates.periods(text) == periods


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2019年下半年", (7, 12)),
        ("去年第二季度", (4, 6)),
        ("2024年前三季度", (1, 9)),
        ("二〇二二年底", (12, 12)),
        ("2021年前8个月", (1, 8)),
        ("今年头两个月", (1, 2)),
        ("2020年一至三季度", (1, 9)),
        ("2022年的第三、四季度", (7, 12)),
        ("2018年1—2季度", (1, 6)),
        ("明年初", (1, 1)),
        ("2021年度", None),
        ("2021年", None),
        ("2021年3月底", None),
    ],
)
def test_a_part_of_a_year_is_told_by_its_months(text, months):
    (date,) = dates.find(text)
    assert date.months == months
    assert date.end == len(text)
