"""A page's lines laid beside its article's: what the article holds stays, in whatever lines the extractor wrote it."""

from __future__ import annotations

import pytest

from ingest.formats.alignment import held

FIRST = "全县科协系统围绕中心工作开展科普讲座三十六场次。"
SECOND = "组织科技人员深入乡镇培训农民骨干三千余人次。"


def kept(shown, lines):
    return [line for line, keep in zip(shown, held(shown, lines), strict=True) if keep]


def test_entries_around_the_article_go_though_its_sentences_hold_their_words():
    shown = ["科普讲座", "培训", "|", FIRST, SECOND, "科普", "县科协", "2031年1月5日", "科普讲座", "-"]
    assert kept(shown, [FIRST, SECOND, "县科协", "2031年1月5日"]) == [FIRST, SECOND, "县科协", "2031年1月5日"]


def test_a_heading_before_the_first_sentence_must_be_a_line_there():
    shown = ["工作总结", "二、成效", "一、做法", FIRST, "二、成效", SECOND]
    assert kept(shown, ["工作总结", "一、做法", FIRST, "二、成效", SECOND]) == [
        *("工作总结", "一、做法", FIRST, "二、成效", SECOND)
    ]


def test_lines_that_the_extractor_joined_or_broke_stay():
    assert kept([FIRST, "其中:", "县城十场,", SECOND], [FIRST + "其中:县城十场," + SECOND]) == [
        *(FIRST, "其中:", "县城十场,", SECOND)
    ]
    assert kept([FIRST + SECOND], [FIRST[:9], FIRST[9:], SECOND]) == [FIRST + SECOND]


def test_a_paragraph_that_is_part_of_another_or_comes_twice_stays():
    part = FIRST[4:18]
    shown = [FIRST, part, SECOND, FIRST, SECOND]
    assert kept(shown, [FIRST, part, SECOND, FIRST, SECOND]) == shown
    assert kept(shown, [FIRST, SECOND]) == shown


def test_rows_of_a_table_and_items_of_a_list_stay():
    shown = ["项目\t数量", "科普馆\t21", FIRST, "讲座\t36", "培训", SECOND]
    assert kept(shown, ["| 项目 | 数量 |", "| 科普馆 | 21 |", FIRST, "| 讲座 | 36 |", "- 培训", SECOND]) == shown


def test_blank_lines_stay_and_a_page_without_the_article_keeps_nothing_else():
    assert kept(["", FIRST, "  "], [SECOND]) == ["", "  "]


@pytest.mark.parametrize("piece", ["科普讲座三十六场次开展", "一一一一一一", "科普", "0"])
def test_long_pages_of_one_thing_come_out_whole(piece):
    shown = [piece * 3] * 4000
    assert kept(shown, shown) == shown
