"""Forms of words, as the tables write them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ingest.language import forms
from ingest.language.words import table

HELD: dict[str, Any] = {
    "any": {"report": ["报告", "总结"]},
    "list": ["一日游", "游"],
    "words": {"forms": ["花[了]多少", "投资{is*}多少{!thing}"], "is": ["是", "达", "达到"], "thing": ["[了]个", "人"]},
    "gaps": {"forms": ["经费…4多少", "哪～2局", "^还有$", "增长…目标"]},
    "nested": {"forms": ["这份{said}{report}"], "said": ["[工作]", "{own}年度"], "own": ["本", "该"]},
    "recognised": {"forms": ["{post}是{person}"], "person": ["谁"]},
    "marks": ["(甲)", "3.5", "a|b"],
}
CASES = {
    ("list", "一日游"): "一日游",
    ("words", "一共花了多少"): "花了多少",
    ("words", "花多少"): "花多少",
    ("words", "投资达到是达多少"): "投资达到是达多少",
    ("words", "投资多少个"): None,
    ("words", "投资多少了个"): None,
    ("words", "投资多少钱"): "投资多少",
    ("gaps", "经费是1.5万多少"): None,  # five characters
    ("gaps", "经费共计多少"): "经费共计多少",
    ("gaps", "经费,多少"): None,  # another clause
    ("gaps", "哪个2局"): "哪个2局",
    ("gaps", "哪、个局"): None,
    ("gaps", "还有"): "还有",
    ("gaps", "还有谁"): None,
    ("gaps", "增长的年度预期目标"): "增长的年度预期目标",
    ("nested", "这份工作总结"): "这份工作总结",
    ("nested", "这份报告"): "这份报告",
    ("nested", "这份该年度报告"): "这份该年度报告",
    ("recognised", "主任是谁"): "主任是谁",
    ("recognised", "主任是哪位"): None,  # a list of its own goes before a recogniser of that name
    ("marks", "(甲)"): "(甲)",
    ("marks", "3.5"): "3.5",
    ("marks", "325"): None,
    ("marks", "a|b"): "a|b",
}


MAY_BE_NOTHING = {"more"}  # 呢 alone, once it is taken off, asks for more


@pytest.fixture(autouse=True)
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "table", lambda _: HELD)


@pytest.mark.parametrize(("row", "text"), CASES)
def test_a_form_stands_for_its_texts(row: str, text: str) -> None:
    match = re.search(forms.form("held", row, post="主任|馆长", person="哪位"), text)
    assert (match[0] if match else None) == CASES[row, text]


def test_a_name_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(KeyError):
        forms.form("held", "recognised")


@pytest.mark.parametrize("text", ["多少{", "花[了", "花了]"])
def test_what_is_no_form_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a form"):
        forms.any_of([text], str)


@pytest.mark.parametrize("name", ["wanted", "following"])
def test_every_row_of_the_tables_can_be_written(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "table", table)
    given = dict.fromkeys(
        [
            *table("questions")["asks"],
            "post",
            "body",
            "wide",
            "unit_of_things",
            "degree",
            "end",
            "quality",
            "rank",
            "pronoun",
        ],
        "x",
    )
    for row in table(name):
        if row != "any":
            assert not re.fullmatch(forms.form(name, row, **given), "") or row in MAY_BE_NOTHING
