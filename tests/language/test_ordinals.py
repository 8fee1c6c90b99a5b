"""Ordinals are the same in figures and in Han, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from ingest.language.ordinals import find, in_han


@pytest.mark.parametrize(
    ("text", "han", "figures"),
    [
        ("第15条规定了什么", "第十五", "第15"),
        ("第十五条规定", "第十五", "第15"),
        ("第4届科普节", "第四", "第4"),
        ("第10次会议", "第十", "第10"),
        ("第一百零五号", "第一百零五", "第105"),
        ("第110号", "第一百一十", "第110"),
        ("第二十届", "第二十", "第20"),
        ("第321名", "第三百二十一", "第321"),
    ],
)
def test_an_ordinal_is_written_in_two_ways(text, han, figures):
    (found,) = find(text)
    assert (found.han, found.figures) == (han, figures)
    assert text[found.start : found.end] in (han, figures)


@pytest.mark.parametrize("text", ["第几条", "第2023号", "第0条", "15条", "第", "次第开放", "第十十条", "第一二批"])
def test_what_is_no_ordinal_stays(text):
    assert list(find(text)) == []
    assert in_han(text) == text


def test_every_number_comes_back():
    for value in range(1, 1000):
        (ordinal,) = find(f"第{value}条")
        (again,) = find(f"{ordinal.han}条")
        assert again.figures == f"第{value}"
    assert in_han("第3届和第21届") == "第三届和第二十一届"
