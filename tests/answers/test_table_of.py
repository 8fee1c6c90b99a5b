"""Which figure stands for a key, what stands beside it, and what may be added up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.cleaning.normalize import normalize
from ingest.records import Chunk, RawReport
from rag.answers.table import figure_in, is_possible, labels, of_place, set_out, table_of
from rag.judge.judge import Judge
from rag.records import Evidence, Passage

JUDGE = Judge({}, {}, 0.0, sure=0.9, likely=0.5)


def told(key: str, said: str, probability: float = 0.95, date: str | None = None, source: str | None = None):
    """A sentence that tells a figure for a key, which is its beginning."""
    text = f"{key}建成{said}。"
    of = source or f"{key}{said}{date}.txt"
    passage = Passage(Chunk(f"{of}-0", of, 0, len(text), text, None), of, date, 0.9)
    at = text.index(said)
    return Evidence(passage, 0, len(text), text, short=(at, at + len(said)), probability=probability)


def made(*evidence: Evidence, by="place", keys=(), reports=5):
    texts: dict[str, str] = {}
    placed = []
    for each in evidence:
        source = each.passage.chunk.source
        at = len(texts.setdefault(source, ""))
        texts[source] += f"{each.text}\n"
        start, end = each.short or (0, 0)
        placed.append(replace(each, start=at, end=at + len(each.text), short=each.short and (at + start, at + end)))
    return table_of(
        *("科普馆", by, keys, placed, lambda each: each.text.split("建成")[0]),
        lambda source: normalize(RawReport(source, texts[source], "")),
        JUDGE,
        reports,
    )


def said(table):
    return {row.key: [cell.said for cell in row.cells] for row in table.rows}


def test_what_is_sure_comes_first_and_then_the_newest():
    table = made(
        told("甲", "21个", 0.99, "2020-01-01"),
        told("甲", "25个", 0.91, "2022-01-01"),
        told("甲", "30个", 0.6, "2023-01-01"),
        told("乙", "3个", 0.6),
    )
    assert said(table) == {"甲": ["25个", "21个", "30个"], "乙": ["3个"]}
    assert [cell.certainty for cell in table.rows[0].cells] == ["sure", "sure", "likely"]
    assert [row.cell.certainty for row in table.rows] == ["sure", "likely"]


def test_every_report_that_tells_another_figure_is_shown():
    table = made(*(told("甲", f"{n}1个", 0.95, f"2023-0{n}-01") for n in range(1, 7)))
    assert said(table) == {"甲": ["61个", "51个", "41个", "31个", "21个", "11个"]}
    assert (table.told, len(table.citations)) == (6, 6)


def test_the_same_figure_is_told_once_and_another_thing_is_no_contradiction():
    table = made(told("甲", "21个"), told("甲", "21家", source="b.txt"), told("甲", "36场次"), told("乙", "2个"))
    assert said(table) == {"甲": ["21个"], "乙": ["2个"]}


def test_a_figure_that_can_not_be_gives_way_and_is_never_added_up():
    table = made(told("甲", "13.2人次", 0.99), told("乙", "36人次"))
    assert [(row.cell.value, row.cell.possible) for row in table.rows] == [(36.0, True), (None, False)]
    assert table.total is None
    assert said(made(told("甲", "13.2人次", 0.99), told("甲", "36人次")))["甲"][0] == "36人次"


def test_what_measures_something_else_is_likely_at_most():
    table = made(told("甲", "21个", 0.99), told("乙", "8个", 0.99), told("丙", "200公里", 0.99))
    assert {row.key: row.cell.certainty for row in table.rows} == {"甲": "sure", "乙": "sure", "丙": "likely"}
    assert table.total is None


def test_measures_are_put_into_one_unit():
    table = made(told("甲", "3公里"), told("乙", "2公里"), told("丙", "500米"))
    assert {row.key: row.cell.value for row in table.rows} == {"甲": 3.0, "乙": 2.0, "丙": 0.5}
    assert (table.unit, table.total) == ("公里", 5.5)


@pytest.mark.parametrize(
    ("keys", "total"), [(("雨花区", "岳麓区"), 29.0), (("长沙市", "雨花区"), None), (("湖南", "雨花区"), None)]
)
def test_places_that_lie_in_one_another_are_not_added_up(keys, total):
    assert made(told(keys[0], "21个"), told(keys[1], "8个")).total == total


def test_years_and_shares_are_not_added_up():
    assert made(told("2021", "21个"), told("2020", "8个"), by="year").total is None
    assert made(told("甲", "21%"), told("乙", "8%")).total is None


def test_places_are_counted_where_they_were_asked_for_and_reports_elsewhere():
    evidence = (told("甲", "21个", source="a.txt"), told("乙", "8个", source="a.txt"))
    given = made(*evidence, keys=("甲", "丙", "乙"))
    assert (given.counted, given.told, given.looked_in) == ("place", 2, 3)
    assert [row.key for row in given.rows] == ["甲", "丙", "乙"]
    found = made(*evidence, reports=7)
    assert (found.counted, found.told, found.looked_in) == ("report", 1, 7)
    each = made(*evidence, by="report", keys=("甲", "乙", "丙"), reports=3)
    assert (each.counted, each.looked_in) == ("report", 3)


def test_places_stand_by_figure_and_years_in_order():
    assert list(said(made(told("甲", "3个"), told("乙", "8个"), told("丙", "数十个")))) == ["乙", "甲", "丙"]
    assert list(said(made(told("2022", "3个"), told("2020", "8个"), by="year"))) == ["2020", "2022"]


def test_citations_are_numbered_in_the_order_of_the_rows_and_a_quote_has_one_number():
    one = told("甲", "3个")
    table = made(told("乙", "2个"), one, told("丙", "1个"))
    assert [cited.n for cited in table.citations] == [1, 2, 3]
    assert [cited.quote[0] for cited in table.citations] == ["甲", "乙", "丙"]


def test_what_is_not_worth_showing_or_has_no_figure_is_left_out():
    assert made(told("甲", "21个", 0.4)).rows == ()
    assert figure_in(told("甲", "很多")) is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("科普馆", ("科普馆", "place")),
        ("科普馆 按年", ("科普馆", "year")),
        ("科普馆按报告", ("科普馆", "report")),
        ("科普馆 按報告", ("科普馆", "report")),
        ("科普馆 按地区", ("科普馆", "place")),
        ("science  halls by Year", ("science halls", "year")),
        ("halls by report", ("halls", "report")),
        ("按年", ("", "year")),
        ("by year", ("by year", "place")),
        (" ", ("", "place")),
        ("一" * 100_000 + "按年", ("一" * 100_000, "year")),
    ],
    ids=lambda value: str(value)[:20],
)
def test_how_a_table_is_set_out_is_typed_behind_its_indicator(words, found):
    assert set_out(words) == found


def test_reports_of_one_title_are_told_apart():
    assert labels({"a.txt": "总结", "b.txt": "总结", "c.txt": "简报"}) == {
        "a.txt": "总结 (a.txt)",
        "b.txt": "总结 (b.txt)",
        "c.txt": "简报",
    }


@pytest.mark.parametrize(
    ("place", "indicator", "asked"),
    [("巴州", "科普馆", "巴州科普馆"), ("Bazhou", "science halls", "Bazhou science halls"), ("", "halls", "halls")],
)
def test_the_indicator_of_a_place(place, indicator, asked):
    assert of_place(place, indicator) == asked


@pytest.mark.parametrize(
    ("said", "possible"), [("21个", True), ("13.2人次", False), ("2.6万册", True), ("1.5公里", True)]
)
def test_what_is_counted_comes_in_whole_numbers(said, possible):
    assert is_possible(figure_in(told("甲", said))) is possible
