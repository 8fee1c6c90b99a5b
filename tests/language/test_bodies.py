"""Organisations of one kind are told apart by what stands before their ending."""

from __future__ import annotations

import pytest

from ingest.language.bodies import find


@pytest.mark.parametrize(
    ("one", "other", "like", "same"),
    [
        ("东林图书馆藏书多少", "西林图书馆藏书9万册", True, False),
        ("去年东林图书馆接待多少人", "东林图书馆接待3万人", True, True),
        ("县农技协会", "县蜂业协会", True, False),
        ("云岭市人民医院", "云岭市第一小学", False, False),
    ],
)
def test_bodies_are_alike_or_the_same(one, other, like, same):
    (first,), (second,) = find(one), find(other)
    assert first.is_like(second) is like
    assert first.is_same(second) is same


@pytest.mark.parametrize("text", ["图书馆有多少书", "市医院", "没有名字的句子"])
def test_what_names_none_of_its_own_is_none(text):
    assert find(text) == []
