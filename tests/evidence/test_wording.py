"""A question asks for a year in the words of the report that is read for it, and in no others."""

from __future__ import annotations

import pytest

from rag.evidence.wording import as_told

YEAR = "2023"  # the report's


@pytest.mark.parametrize(
    ("question", "text", "wording"),
    [
        ("2022年巡护多少公里?", "去年巡护5万公里。", "去年巡护多少公里?"),
        ("2021年巡护多少公里?", "前年巡护3万公里。", "前年巡护多少公里?"),
        ("2022年上半年巡护多少公里?", "去年上半年巡护2万公里。", "去年上半年巡护多少公里?"),
        ("2024年要植多少树?", "明年计划植树500亩。", "明年要植多少树?"),
        ("2021年和2022年各巡护多少?", "前年3万公里,去年5万公里。", "前年和去年各巡护多少?"),
        ("2022年巡护多少公里?", "上年度巡护5万公里。", "上年度巡护多少公里?"),
        # the report's own year stands above it; a year it writes, compares with or doesn't tell is asked for as it is
        ("2023年巡护多少公里?", "今年巡护5万公里。", None),
        ("2022年巡护多少公里?", "去年巡护5万公里。2022年植树30亩。", None),
        ("2022年巡护多少公里?", "今年巡护5万公里,比去年增加1万公里。", None),
        ("2020年巡护多少公里?", "去年巡护5万公里。", None),
        ("2020年至2022年巡护多少公里?", "去年巡护5万公里。", None),
        ("巡护多少公里?", "去年巡护5万公里。", None),
    ],
)
def test_a_year_is_put_as_the_report_puts_it(question: str, text: str, wording: str | None) -> None:
    assert as_told(question, text, YEAR) == (wording or question)


def test_without_a_year_of_the_report_nothing_is_known() -> None:
    assert as_told("2022年巡护多少公里?", "去年巡护5万公里。", None) == "2022年巡护多少公里?"
