"""Marks: a table of cases, and laws that hold for any text."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.language import marks

PIECES = st.lists(
    st.sampled_from([*'一王a1。！？；!?;.．，,：:、”“‘’「」《》〈〉()（）"＂ \u3000\n…%']), max_size=60
).map("".join)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("建成三所。开放五所！", ["建成三所。", "开放五所！"]),
        ("他说：“办好。”散会", ["他说：“办好。”", "散会"]),
        ("他说:“办好。”第二句!第三句？(完。)", ["他说:“办好。”", "第二句!", "第三句？", "(完。)"]),
        ("增长3.5%.达到1.2亿元.好;坏!", ["增长3.5%.", "达到1.2亿元.", "好;", "坏!"]),
        ("增长３．５％，共２.５亿元。完", ["增长３．５％，共２.５亿元。", "完"]),
        ("见a.b?id=3;x的网页", ["见a.b?id=3;x的网页"]),
        ("第一行\n第二行\n\n末", ["第一行\n", "第二行\n", "\n", "末"]),
        ("The U.S. grew 3.5%.\nNext", ["The U.S. grew 3.5%.\n", "Next"]),
        ("真的吗？！当然……好。", ["真的吗？！", "当然……好。"]),
        ('他说"办好。"又说"不办。"', ['他说"办好。"', '又说"不办。"']),
        ('他说。"办好"', ["他说。", '"办好"']),
        ("一是办馆；二是下乡;三是培训", ["一是办馆；", "二是下乡;", "三是培训"]),
        ("（见附件。）全文完。", ["（见附件。）", "全文完。"]),
        ("。", ["。"]),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in marks.sentences(text)] == parts


@pytest.mark.parametrize(
    ("text", "listing", "parts"),
    [
        ("甲、乙和丙,共1,000人:8:30开始。", False, ["甲、乙和丙,", "共1,000人:", "8:30开始。"]),
        ("甲、乙和丙，共１，０００人", True, ["甲、", "乙和丙，", "共１，０００人"]),
        ("“好，”他说。", False, ["“好，”", "他说。"]),
        ("成立于2019,2020年扩建", False, ["成立于2019,2020年扩建"]),
        ("建馆：3所；下乡:5次\n完", False, ["建馆：", "3所；", "下乡:", "5次\n", "完"]),
    ],
)
def test_clauses(text: str, listing: bool, parts: list[str]) -> None:
    assert [text[start:end] for start, end in marks.clauses(text, listing=listing)] == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("以“科技‘活动’周”为题,“开放", ["“科技‘活动’周”"]),
        ("「科普」和『下乡』", ["「科普」", "『下乡』"]),
        ('"a"与"b"', ['"a"', '"b"']),
        ("＂甲＂", ["＂甲＂"]),
        ("“一\n二”", []),
        ("it's", []),
    ],
)
def test_quoted(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in marks.quoted(text)] == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("印发《科普法》和《纲要》", ["《科普法》", "《纲要》"]),
        ("《关于印发〈纲要〉的通知》", ["《关于印发〈纲要〉的通知》"]),
        ("《关于《纲要》的通知》", ["《关于《纲要》的通知》"]),
        ("《未完", []),
        ("〈纲要〉", ["〈纲要〉"]),
    ],
)
def test_titles(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in marks.titles(text)] == parts


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("一、工作", "一、"),
        ("十一、工作", "十一、"),
        ("（一）工作", "（一）"),
        ("(3)工作", "(3)"),
        ("　　1.工作", "1."),
        ("１．工作", "１．"),
        ("12、工作", "12、"),
        ("1）工作", "1）"),
        ("①工作", "①"),
        ("⑴工作", "⑴"),
        ("㈠工作", "㈠"),
        ("第一章 总则", "第一章"),
        ("第二部分", "第二部分"),
        ("3.5亿元", ""),
        ("2023.工作", ""),
        ("（2023）5号", ""),
        ("一是工作", ""),
        ("工作一、", ""),
        ("• 工作", ""),
        ("", ""),
    ],
)
def test_numbering(line: str, written: str) -> None:
    assert marks.numbering(line) == written


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("一、工作", "一、"),
        ("（二）工作", "（二）"),
        ("三）工作", "三）"),
        ("第四章 总则", "第四章"),
        ("1、工作", ""),
        ("(2)工作", ""),
        ("①工作", ""),
    ],
)
def test_chapters_are_numbered_in_characters(line: str, written: str) -> None:
    assert marks.numbering(line, figures=False) == written


@pytest.mark.parametrize("line", ["建成三所。", "建成三所!", "如下：", "如下:", "一是办馆；", "等等…", "好。"])
def test_a_finished_line(line: str) -> None:
    assert marks.finished(line)


@pytest.mark.parametrize("line", ["", "建成三", "建成,", "建成。三", "甲、", "（完）"])
def test_a_line_that_is_not_finished(line: str) -> None:
    assert not marks.finished(line)


def test_the_borders_of_a_text_get_finer_and_end_between_any_two_characters() -> None:
    assert marks.BORDERS[0] == "\n\n"
    assert marks.BORDERS[-1] == ""
    assert len(set(marks.BORDERS)) == len(marks.BORDERS)


def test_an_item_begins_with_a_numbering_or_a_bullet() -> None:
    assert [marks.item(line) for line in ("• 甲", "- 乙", "-5度", "一、丙", "丁")] == ["•", "-", "", "一、", ""]


@pytest.mark.parametrize(
    ("wide", "narrow"), [("１２％，（Ａ）　。“”", "12%,(A) 。“”"), ("ａ：ｂ！", "a:b!"), ("科普", "科普")]
)
def test_narrow(wide: str, narrow: str) -> None:
    assert marks.narrow(wide) == narrow


def test_han_are_han_in_every_block() -> None:
    han = re.compile(f"[{marks.HAN}]+")
    assert han.fullmatch("〇㐀龥鿿豈𠀀𰻝々")
    assert not re.search(han, "aA1ａ、。“《 ぁア한·")


def test_constants_stand_in_a_class() -> None:
    for chars in (marks.ENDS, marks.COMMAS, marks.COLONS, marks.LISTING, marks.OPENERS, marks.CLOSERS, marks.BULLETS):
        assert not re.search(f"[{chars}]", "科普aA19 \n.")
    for chars in (marks.MARKS, marks.QUOTE_ENDS, marks.ELLIPSES):
        assert not re.search(f"[{chars}]", "科普aA19 \n")
    assert re.fullmatch(f"[{marks.CLOSERS}]+", "”’」』》〉）)】]")
    assert re.fullmatch(f"[{marks.ENDS}]+", "。！？；!?;")


@given(PIECES, st.integers(0, 60), st.integers(0, 60))
def test_sentences_and_clauses_cover_the_text(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    for parts in (
        marks.sentences(text, start, end),
        marks.clauses(text, start, end),
        marks.clauses(text, listing=True),
    ):
        assert all(first[1] == second[0] for first, second in itertools.pairwise(parts))
        assert all(begin < stop for begin, stop in parts)
    assert "".join(text[a:b] for a, b in marks.sentences(text, start, end)) == text[start:end]
    assert "".join(text[a:b] for a, b in marks.clauses(text, start, end)) == text[start:end]


@example('"，。"一')
@example('他说"今天好，明天也好。"大家都笑了')
@given(PIECES)
def test_clauses_lie_within_sentences(text: str) -> None:
    assert {end for _, end in marks.sentences(text)} <= {end for _, end in marks.clauses(text)}


@given(PIECES)
def test_spans_are_in_order_apart_and_inside(text: str) -> None:
    for found in (marks.quoted(text), marks.titles(text)):
        end = 0
        for start, stop in found:
            assert end <= start < stop <= len(text)
            end = stop


@given(st.text())
def test_narrow_keeps_the_length(text: str) -> None:
    assert len(marks.narrow(text)) == len(text)


@pytest.mark.parametrize(
    "unit", ["一", "王", "、", "。", "副", "“", "《", '"', '。"', "《《a》", "\n", ". ", "(", "1,"]
)
def test_a_long_run_is_read_whole(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    for parts in (marks.sentences(text), marks.clauses(text, listing=True)):
        assert "".join(text[start:end] for start, end in parts) == text
    assert all(text[start:end] for start, end in [*marks.quoted(text), *marks.titles(text)])
    assert marks.numbering(text) in text


@pytest.mark.parametrize(
    ("before", "sentence", "so"),
    [
        ("主要做法有三条：", "一是定人员。", True),
        ("一是定人员；", "二是定时间。", True),
        ("种了树。", "二是修了路。", True),
        ("种了树。", "其次，修了路。", True),
        ("种了树。", "（二）修了路。", True),
        ("种了树。", "修了路。", False),
        ("种了树。", "二楼也修好了。", False),
        ("种了树，", "最好的路在村东。", False),
    ],
)
def test_a_sentence_goes_on_with_what_was_begun(before, sentence, so):
    assert marks.goes_on(before, sentence) is so
