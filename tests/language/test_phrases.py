"""Figures and dates in phrases of reports that were once read wrongly."""

from __future__ import annotations

import pytest

from ingest.language import dates, figures, units


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("发放9.7万余册", 97000, "册"),
        ("投入1.5亿元", 1.5e8, "元"),
        ("覆盖率70%以上", 70, "%"),
        ("约７０％", 70, "%"),
        ("百分之七十", 70, "%"),
        ("十三个街道", 13, "个"),
        ("不少于一次", 1, "次"),
        ("1,234人", 1234, "人"),
    ],
)
def test_figures_have_their_value_and_unit(text, value, unit):
    (figure,) = figures.find(text)
    assert (figure.value, figure.unit) == (value, unit)
    assert text[figure.start : figure.end]


@pytest.mark.parametrize(
    "text",
    [
        "1、科普画廊的建设",
        "(2)科普画廊的建设",
        "第四次代表大会",
        "2021年5月8日",
        "一批人才",
        "2021—2025年",
        "“四个更”的要求",
    ],
)
def test_ordinals_dates_and_set_phrases_are_no_figures(text):
    assert figures.find(text) == ()


def test_dates_are_as_exact_as_they_are_written():
    found = [(d.year, d.month, d.day) for d in dates.find("2021年5月8日召开,6月结束;2020年开始;见2023-04-05")]
    assert found == [(2021, 5, 8), (None, 6, None), (2020, None, None), (2023, 4, 5)]


def test_people_and_places_are_counted_apart():
    assert units.kinds("名").isdisjoint(units.kinds("册"))


@pytest.mark.parametrize(
    ("text", "found"),
    [("20XX年8月,3x人参加", []), ("有15家", ["15家"]), ("20××年", []), ("12万人次", ["12万人次"])],
)
def test_an_anonymised_number_is_no_figure(text, found):
    assert [text[f.start : f.end] for f in figures.find(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("1980年代后期", ["1980年代后期"]), ("2021年代表大会", ["2021年"]), ("1356年", ["1356年"])],
)
def test_a_decade_is_no_year(text, found):
    assert [text[d.start : d.end] for d in dates.find(text)] == found
