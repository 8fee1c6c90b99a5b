"""Byte slips are read in step again; sound text is never touched."""

from __future__ import annotations

import re
import sys

import pytest
from conftest import SEEDS
from damage import annotate, fold_punctuation, slip, traditional
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.cleaning.normalize import normalize
from ingest.cleaning.repair import LOST, byte_slips
from ingest.language.vocabulary import load_lexicon
from ingest.offsets import MappedText
from ingest.records import RawReport

# Sentences of our own; each full stop is a place where a byte can be lost or gained.
SENTENCES = (
    "全县共有乡村科普馆二十一个。县科协联合学校举办青少年科技创新大赛，参加人数超过三千。",
    "各街道建立了科普组织。社区居民参加各类讲座和培训活动，满意程度不断提高。",
    "会议总结了全年工作。与会代表讨论了农村专业技术协会的发展，提出许多建议。",
    "科技馆免费开放。观众可以预约参观，讲解员为学生介绍展品和科学实验。",
)
MARKS = [(n, i) for n, text in enumerate(SENTENCES) for i, char in enumerate(text[:-1]) if char in "。，"]


def repaired(text: str) -> str:
    return MappedText.of(text).edit(byte_slips(text)).text


def han(text: str) -> str:
    return re.sub(r"[^\u4e00-\u9fff]", "", text)


@pytest.mark.parametrize("gain", [False, True], ids=["lost", "gained"])
@pytest.mark.parametrize(("n", "at"), MARKS)
@pytest.mark.parametrize("script", [str, traditional], ids=["simplified", "traditional"])
def test_a_slip_beside_a_mark_is_read_in_step_again(n, at, gain, script):
    sound = script(SENTENCES[n])
    result = han(repaired(slip(sound, at, gain=gain)))
    # The run ends where the damaged text does: at most its last character, cut in half, is lost.
    assert han(sound).startswith(result)
    assert len(han(sound)) - len(result) <= 1


@given(st.sampled_from(MARKS), st.booleans())
@settings(deadline=None)
def test_an_annotated_and_folded_slip_comes_right(place, gain):
    n, at = place
    sound = traditional(SENTENCES[n])
    head, tail = sound[:at], sound[at:]
    # Annotations realign the bytes, so only the clause up to the next one is shifted.
    shifted = slip(tail[:6], 0, gain=gain)
    damaged = fold_punctuation(annotate(head)) + fold_punctuation(shifted) + fold_punctuation(annotate(tail[6:]))
    assert tail[1:4] in repaired(damaged)


def test_every_slip_of_the_seeds_comes_right():
    expected = {
        "000": ["科普場館(基地)44"],
        "002": ["進(jìn)。科協(xié)組"],
        "004": ["（一）成立了區(qū)", "。基層科普組織", "（四）、堅", "請注明）活動促宣傳,以"],
    }
    for prefix, phrases in expected.items():
        text = repaired(next(SEEDS.glob(f"{prefix}*")).read_text(encoding="utf-8"))
        for phrase in phrases:
            assert phrase in text


def test_what_is_lost_for_good_is_marked_and_not_invented():
    # 它 and 他 fit equally well behind this mark: the second byte of the character is gone.
    text = "公園(yuán)開(kāi)放。它有時(shí)也開(kāi)放"
    damaged = text.replace("。它", "Ｋ?")
    assert "它" not in repaired(damaged)
    assert LOST in repaired(damaged) or repaired(damaged) == damaged


SOUND = (
    *SENTENCES,
    "Ｘ光和Ｂ超检查；A股、K线、T恤。",
    "股票Ｋ线走势与Ｔ恤图案；Ｋ线",
    "瑠璃厂的琍声，瑢瑢作响。混沌与恳谈会。",
    "问题是什么?答案?不知道(bào)?",
    "function f(x) { return x ? a[`k`] : b; } // 科普😀",
    "１９８５年，全国ＧＤＰ增长９％。",
    "　　第一段缩进。\n　　第二段缩进。",
    "http://example.org/a?b=c&d=科普",
    "表格│名称│数量┃合计┏┓",
)


@pytest.mark.parametrize("text", SOUND)
@pytest.mark.parametrize("script", [str, traditional], ids=["simplified", "traditional"])
def test_sound_text_is_never_touched(text, script):
    assert byte_slips(script(text)) == []


@given(st.text(max_size=120))
@settings(deadline=None)
def test_repairs_are_ordered_do_not_overlap_and_are_convincing(text):
    end = 0
    for replacement in byte_slips(text):
        assert end <= replacement.start < replacement.end <= len(text)
        assert 0 < replacement.confidence <= 1
        end = replacement.end


@pytest.mark.parametrize(
    "unit",
    [
        "?",
        "(",
        "《",
        "。",
        "Ａ",
        "科?",
        "?饜",
        "《饜",
        "《的饜",
        "科?xiang)",
        "饜(bào)?",
        "　饜",
        "科普?qǐng)鲳^(",
        ",;",
        "\ufffd",
    ],
)
def test_the_work_grows_with_the_length_of_the_text(unit):
    sizes = [2000, 8000]
    work = [_calls(unit * (size // len(unit))) for size in sizes]
    assert work[1] <= 6 * work[0] + 1000


def _calls(text: str) -> int:
    """How many functions cleaning calls, of the language's own too."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    normalize(RawReport("", "", ""))  # the tables are made once
    sys.setprofile(count)
    try:
        normalize(RawReport("", text, ""))
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("before", ["", "科", "科技", "会议总结了", "a", "１", "？"])
@pytest.mark.parametrize("after", ["", "术", "协会的工作", "b", "２", "?"])
def test_fillings_are_judged_as_the_whole_text_is(before, after):
    lexicon = load_lexicon()
    chars = ["技", "学", "，", "Ａ", "饜"]
    assert lexicon.fillings(before, chars, after) == [lexicon.plausibility(before + char + after) for char in chars]


@pytest.mark.parametrize(
    "text",
    [
        "承　办　单　位：县科协",
        "调　度　会　议　室",
        "区　队　长：谷某",
        "办　公　室　印　发",
        "安　全　高　于　一　切",
    ],
)
def test_characters_set_wide_are_sound(text):
    assert byte_slips(text) == []
