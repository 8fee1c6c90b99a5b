"""Pinyin annotations go, and only they."""

from __future__ import annotations

import pytest
from damage import annotate, traditional
from hypothesis import given
from hypothesis import strategies as st

from ingest.language.pinyin import pinyin_annotations, spellings
from ingest.language.script import to_simplified
from ingest.offsets import MappedText

HAN = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=40)


def without_pinyin(text: str) -> str:
    return MappedText.of(text).edit(pinyin_annotations(text)).text


@pytest.mark.parametrize(
    ("annotated", "plain"),
    [
        ("報(bào)告", "報告"),
        ("報(bao)告", "報告"),
        ("綠(lǜ)色", "綠色"),
        ("綠(lv)色", "綠色"),
        ("綠(lu:)色", "綠色"),
        ("報(bɑo)告", "報告"),
        ("馬(Ma)雲、陳(Chen)教授、歐(OU)盟", "馬(Ma)雲、陳(Chen)教授、歐(OU)盟"),
        ("報（bào）告", "報告"),
        ("報( bào )告", "報告"),
        ("計(jì)劃(huà)", "計劃"),
        ("溫(wē(\x00nóng)n)度", "溫度"),
        ("a(bào)報", "a(bào)報"),
        ("科普e站(科普館)", "科普e站(科普館)"),
        ("視覺藝術(shù)(DSE)", "視覺藝術(DSE)"),
        ("葉柄(petiole)有四", "葉柄(petiole)有四"),
        ("中國(China)", "中國(China)"),
        ("報(hǎo)告", "報(hǎo)告"),
        ("速度(km)", "速度(km)"),
        ("一行(háng)字", "一行(háng)字"),
    ],
)
def test_an_annotation_goes_only_where_it_pronounces_a_converted_character(annotated, plain):
    assert without_pinyin(annotated) == plain


def test_in_a_converted_text_every_right_reading_goes():
    assert without_pinyin("報(bào)計(jì)劃(huà)一行(háng)") == "報計劃一行"


@given(HAN)
def test_annotating_and_removing_is_the_identity(text):
    there = traditional(to_simplified(text))
    assert without_pinyin(annotate(there)) == there


@given(st.text(alphabet=st.sampled_from("報告計劃(bàojì)huan \n"), max_size=60))
def test_removing_twice_removes_nothing_more(text):
    once = without_pinyin(text)
    assert without_pinyin(once) == once


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("临榆", {"linyu"}),
        ("绿洲", {"luzhou", "lvzhou"}),
        ("重山", {"chongshan", "zhongshan", "tongshan"}),
    ],
)
def test_a_name_is_spelt_by_every_reading_of_its_characters(name, written):
    assert spellings(name) == written
