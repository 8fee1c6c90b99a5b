"""Labels of one of several things alike, and words that exclude one another."""

from __future__ import annotations

import pytest

from ingest.language import labels, measured, opposites, telling
from ingest.language.units import of_kind
from ingest.language.words import table


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4号楼漏水", {"号楼": {"4"}}),
        ("三号桥、5号桥都修好了", {"号": {"3", "5"}}),
        ("二期厂房和三期厂房", {"期": {"2", "3"}}),
        ("展品放在B馆和c馆", {"馆": {"B", "C"}}),
        ("十二中拿了冠军", {"中": {"12"}}),
        ("12标段的施工单位", {"标段": {"12"}}),
        ("8月5号开会", {}),
        ("办了2期班", {}),
        ("第三期学员", {}),
        ("报名截止5号。", {}),
        ("2.5号色", {}),
    ],
)
def test_a_label_is_read_with_its_mark(text, found):
    assert labels.find(text) == {mark: frozenset(numbers) for mark, numbers in found.items()}


@pytest.mark.parametrize(
    ("asked", "told", "others"),
    [
        ("6号井打了多深", "7号井深120米", True),
        ("6号井打了多深", "6号井、7号井各深120米", False),
        ("六号井打了多深", "6号井深120米", False),
        ("6号井打了多深", "水井深120米", False),
        ("水井打了多深", "7号井深120米", False),
        ("A座几层", "B座12层", True),
        ("一期工程花了多少钱", "二期工程投资3亿元", True),
    ],
)
def test_another_label_of_the_same_mark_is_another_thing(asked, told, others):
    assert labels.others(asked, told) == others


@pytest.mark.parametrize(
    ("asked", "told", "around", "instead"),
    [
        ("闭幕式在哪办的", "开幕式在文化宫举行", "", True),
        ("闭幕式在哪办的", "仪式在文化宫举行", "", False),
        ("闭幕式在哪办的", "开幕式、闭幕式都在文化宫举行", "", False),
        ("闭幕式在哪办的", "开幕之后", "论坛闭幕", False),
        ("护士招几个", "招聘医生8人", "", True),
        ("招几个", "招聘医生8人", "", False),
        ("男女各多少", "男生8人", "", False),
        ("最低气温多少度", "最高气温38度", "", True),
        ("实用新型专利几件", "发明专利12件", "", True),
    ],
)
def test_what_excludes_the_asked_is_told_instead(asked, told, around, instead):
    assert opposites.instead(asked, told, around) == instead


def test_no_row_of_opposites_holds_a_word_twice_or_alone():
    for group in table("opposites").values():
        for row in group["rows"]:
            assert len(set(row)) == len(row) > 1, row


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("讲解员月薪多少", "money"),
        ("一个月给多少补贴?", "money"),
        ("展厅全长多少", "length"),
        ("占地有多少?", "area"),
        ("开放日来了多少观众", "person"),
        ("合格率达到多少", "share"),
        ("水温是多少", "temperature"),
        ("补贴发给谁", ""),
        ("补贴政策出台后,新办了多少家", ""),
        ("讲座多少场", ""),
    ],
)
def test_the_noun_says_what_its_figure_is_told_in(question, kind):
    assert measured.asked_in(question) == kind


def test_kinds_of_nouns_are_kinds_of_units():
    for kind in table("measured"):
        assert of_kind(kind), kind


@pytest.mark.parametrize(
    ("text", "earlier"), [("往届论坛来了90人", True), ("原计划办30场", True), ("本届论坛来了90人", False)]
)
def test_what_was_before_is_told_from_what_is(text, earlier):
    assert telling.earlier(text) == earlier
