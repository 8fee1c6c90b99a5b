"""Cleaning lists what it changes, keeps the way back, and leaves sound text alone."""

from __future__ import annotations

import re

import pytest
from conftest import SEEDS
from damage import annotate, fold_punctuation, slip, traditional
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.cleaning.normalize import normalize
from ingest.diff import diff_text
from ingest.formats import sources
from ingest.language.script import to_simplified, to_traditional
from ingest.language.vocabulary import load_lexicon, lost_words
from ingest.language.words import rows
from ingest.offsets import MappedText
from ingest.records import RawReport
from rag.question.understand import fold

SEED_FILES = sorted(SEEDS.iterdir())
REPORT_CHARACTERS = "科普基地有三十五家協會報告(bào)bǎo?。，、；：,;`Ｋ\u3000\n0１ A瑠ㄒ┏"
TEXTS = st.one_of(st.text(max_size=80), st.text(alphabet=st.sampled_from(REPORT_CHARACTERS), max_size=80))


def clean(text: str):
    return normalize(RawReport("r.txt", text, ""))


def assert_whole(report):
    """The map is total and monotonic, and every listed span is the raw text's own."""
    assert len(report.mapped.starts) == len(report.mapped.ends) == len(report.text)
    assert list(report.mapped.starts) == sorted(report.mapped.starts)
    assert list(report.mapped.ends) == sorted(report.mapped.ends)
    for span in (*report.edits, *report.dropped):
        assert report.raw[span.raw_start : span.raw_end] == span.raw
    MappedText.unpack(report.text, report.mapped.packed())


@given(TEXTS)
@settings(deadline=None)
def test_cleaning_is_deterministic_idempotent_and_keeps_the_way_back(text):
    report = clean(text)
    assert_whole(report)
    again = clean(report.text)
    assert again.text == report.text
    assert [edit.kind for edit in again.edits] == []
    assert again.dropped == ()
    assert clean(text) == report or clean(text).text == report.text


@st.composite
def damaged(draw) -> str:
    """Sentences of our own, put through the converter."""
    parts = draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
    text = traditional("".join(parts))
    for _ in range(draw(st.integers(0, 3))):
        marks = [i for i, char in enumerate(text) if char in "。，"]
        text = slip(text, draw(st.sampled_from(marks)), gain=draw(st.booleans())) if marks else text
    return fold_punctuation(annotate(text) if draw(st.booleans()) else text)


SENTENCES = (
    "全县共有乡村科普馆二十一个，县科协联合学校举办比赛。",
    "各街道建立了科普组织，居民参加讲座和培训活动。",
    "发布时间：二〇二一年三月。会议总结了全年工作，讨论了协会的发展。",
)


@given(damaged())
@settings(deadline=None)
def test_damaged_text_too(text):
    report = clean(text)
    assert_whole(report)
    assert clean(report.text).text == report.text


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=80))
def test_plain_ascii_passes_unchanged(text):
    assert clean(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "全县共有科普馆21个（其中乡村17个），比上年增长3.5%。",
        "联系人：zhang@example.org，网址 https://example.org/a?b=c#d",
        "```python\nprint('科普')  # comment\n```\n`code` 与 `更多`",
        "emoji 🎉👍🏽 和 ① ② Ⅳ ㎡ ℃ № ½",
        "H₂O、CO₂ 与 3×10⁸ m/s；α、β、γ 射线",
        "“引号”‘单引号’《书名》〈篇名〉【标题】——破折号……省略号",
    ],
)
def test_sound_text_passes_unchanged(text):
    report = clean(text)
    assert (report.text, report.edits, report.dropped) == (text, (), ())


@given(st.text(alphabet=st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), max_size=60))
def test_folding_the_script_keeps_the_length_and_is_idempotent(text):
    folded = to_simplified(text)
    assert len(folded) == len(to_traditional(text)) == len(text)
    assert to_simplified(folded) == folded


def test_words_that_the_fold_alone_does_not_bring_back():
    assert clean("直角座標系").text == "直角坐标系" == fold("直角座標系")


def test_the_table_of_those_words_is_what_the_word_list_gives():
    assert dict(rows("lost_words")) == lost_words(load_lexicon())


@pytest.mark.parametrize("path", SEED_FILES, ids=lambda p: p.name[:3])
def test_a_seed_is_accounted_for(path):
    report = normalize(sources.parse(path.name, path.read_bytes()))
    assert report.raw == path.read_text(encoding="utf-8")
    assert_whole(report)
    # Every raw character is either kept, or inside a listed edit or dropped span.
    listed = bytearray(len(report.raw))
    for span in (*report.edits, *report.dropped):
        listed[span.raw_start : span.raw_end] = b"\1" * (span.raw_end - span.raw_start)
    for start, end in zip(report.mapped.starts, report.mapped.ends, strict=True):
        listed[start:end] = b"\1" * (end - start)
    assert all(listed)


@pytest.mark.parametrize(
    ("prefix", "gone", "kept"),
    [
        ("000", ["举报", ",,", "(bào)"], ["通讯员 吴祎玮", "科普场馆(基地)44家"]),
        ("001", ["点赞", "970", "所在的位置"], ["培训农牧民13.2人次"]),
        ("002", ["用户登录", "注册?", "??茀"], ["科协组织把认真学习"]),
        ("003", ["浏览次数", "相关推荐", "村“两委”结合本村实际"], ["四个全面", "营造氛围"]),
        ("004", ["转载", "`", "鎶涌"], ["20XX年", "基层科普组织是开展科普工作的基础网络", "（一）成立了区全民"]),
    ],
)
def test_what_the_seeds_say(prefix, gone, kept):
    path = next(SEEDS.glob(f"{prefix}*"))
    text = normalize(sources.parse(path.name, path.read_bytes())).text
    assert [phrase for phrase in gone if phrase in text] == []
    assert [phrase for phrase in kept if phrase not in text] == []


def test_a_slip_that_shares_a_mark_with_a_dropped_notice_is_shown_once():
    text = "健全;鶎(本文轉載請注明出處)涌破战M織"
    report = clean(text)
    slips = [edit for edit in report.edits if edit.kind == "slip"]
    assert any(edit.raw_start < span.raw_end < edit.raw_end for edit in slips for span in report.dropped)
    assert_whole(report)
    shown = re.sub(r"\{\+.*?\+\}|<notice>", "", diff_text(report, colour=False))
    assert re.sub(r"\[-(.*?)-\]", r"\1", shown) == text


def test_codes_of_fonts_of_pictures_are_the_signs_that_these_draw():
    report = clean("\uf06c 春耕行动：备耕1.2万亩\uf02d其中旱地0.4万亩。\n\uf0fc 已完成\ue5e5\ue5e5\uf123")
    assert report.text == "● 春耕行动：备耕1.2万亩-其中旱地0.4万亩。\n✓ 已完成\u3000\u3000\uf123"
    assert [edit.raw for edit in report.edits if edit.kind == "symbol"] == list("\uf06c\uf02d\uf0fc\ue5e5\ue5e5")
    assert_whole(report)
