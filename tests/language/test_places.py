"""Places: a corpus, every division of the table, and laws that hold for any text."""

from __future__ import annotations

import random
from typing import Any

import pytest
from corpus import rows
from hypothesis import given
from hypothesis import strategies as st

from ingest.language import places
from ingest.language.divisions import by_name, colloquial
from ingest.language.words import table

FORMS = ("{}建成科普馆3个", "{}有几个科普馆", "2023年{}建成科普馆多少个?", "请问{}的科普馆有多少座")
PIECES = st.sampled_from(
    [*"东山南和在的年日一二3县市区省州镇乡村。,、\n", "和静县", "巴州", "全省", "我市", "新疆", "社区"]
)


@pytest.mark.parametrize("row", rows("places"), ids=lambda row: row["text"][:30])
def test_reads_the_corpus(row: dict[str, Any]) -> None:
    found = [
        {"start": p.start, "end": p.end, "name": p.name, "level": p.level, "parent": p.parent}
        for p in places.find(row["text"])
    ]
    assert found == row["places"]


@pytest.mark.parametrize("form", FORMS)
def test_every_division_is_recognised_by_its_full_name(form: str) -> None:
    begin = form.index("{")
    missed = [name for name in by_name() if spans(form.format(name)) != [(begin, begin + len(name), name)]]
    assert missed == []


def test_two_divisions_joined_by_a_word_that_stands_in_names_are_two() -> None:
    draw = random.Random(15)
    pairs = [draw.sample(list(by_name()), 2) for _ in range(4000)]
    wrong = [(a, b) for a, b in pairs if [name for *_, name in spans(f"{a}和{b}一共有几个")] != [a, b]]
    assert wrong == []


def spans(text: str) -> list[tuple[int, int, str]]:
    return [(place.start, place.end, text[place.start : place.end]) for place in places.find(text)]


@given(st.lists(PIECES, max_size=40).map("".join))
def test_spans_are_in_order_apart_and_inside(text: str) -> None:
    end = 0
    for place in places.find(text):
        assert end <= place.start < place.end <= len(text)
        assert place.stem
        assert place.level in table("ranks")["levels"]
        end = place.end


@pytest.mark.parametrize("char", "日一县市区1和在")
def test_a_run_of_one_character_names_no_place(char: str) -> None:
    assert places.find(char * 100_000) == ()


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("塔城地区", "塔城"),
        ("巴州", "巴州"),
        ("巴音郭楞蒙古自治州", "巴音郭楞"),
        ("伊犁哈萨克自治州", "伊犁"),
        ("察布查尔锡伯自治县", "察布查尔"),
        ("沛县", "沛县"),
        ("东山县", "东山"),
        ("凤凰社区", "凤凰"),
        ("云岭彝族自治县", "云岭"),
        ("神农架林区", "神农架"),
        ("六枝特区", "六枝"),
        ("新林区", "新林"),
        ("塔城", "塔城"),
    ],
)
def test_stem(name: str, stem: str) -> None:
    assert places.stem(name) == stem


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("塔城", "塔城地区", True),
        ("塔城", "塔城市", True),
        ("塔城地区", "塔城市", False),
        ("东海镇", "东海县", False),
        ("南城镇", "灌南镇", False),
        ("吉林省", "吉林市", False),
        ("巴州", "巴音郭楞蒙古自治州", True),
        ("巴州", "巴音郭楞", True),
        ("察布查尔县", "察布查尔锡伯自治县", True),
        ("大湾社区", "凤凰社区", False),
        ("东山", "东山县", True),
        ("经开区", "经济技术开发区", True),
        ("高新区", "高新技术产业开发区", True),
        ("经开区", "高新区", False),
        ("云溪经开区", "云溪经济技术开发区", True),
        ("云溪高新区", "云溪高新技术产业开发区", True),
        ("云溪经开区", "凤岭经开区", False),
        ("云溪经开区", "云溪高新技术产业开发区", False),
    ],
)
def test_same(one: str, other: str, same: bool) -> None:
    assert places.same(one, other) is same
    assert places.same(other, one) is same


@pytest.mark.parametrize(
    ("child", "parent", "within"),
    [
        ("和静县", "巴州", True),
        ("和静县", "新疆", True),
        ("巴州", "新疆", True),
        ("轮台县", "塔城地区", False),
        ("巴州", "和静县", False),
        ("巴州", "巴州", False),
        ("朝阳区", "北京", True),
        ("东岭县", "新疆", False),
    ],
)
def test_within(child: str, parent: str, within: bool) -> None:
    assert places.within(child, parent) is within


def test_a_report_speaks_of_its_own_place_without_a_name() -> None:
    text = "全区科协,我市,该县,自治区科协;全疆。完全省力,应该区分,本市场,新疆维吾尔自治区"
    assert [place.name for place in places.own(text)] == ["全区", "我市", "该县", "自治区", "全疆"]


def test_colloquial_names_stand_for_divisions_of_the_table() -> None:
    assert set(colloquial().values()) <= set(by_name())
