"""A summary is the report's own sentences: one for each point, in order, few enough for a message."""

from __future__ import annotations

import itertools
import re

import pytest
from shelf import EVERYTHING_ANSWERS, NOTHING_ANSWERS, Shelf, reader_of

from ingest.language import marks
from rag.answers.compose import compose

POINTS = ["组织建设", "科普活动", "队伍培训", "数字转型", "对外交流", "资金管理", "志愿服务", "明年打算"]
FIRST = [f"在{point}方面，玉泉区采取了务实的办法并见到实效。" for point in POINTS]
NUMBERED = "玉泉区科协2023年工作总结\n\n玉泉区科协全年工作平稳。\n" + "".join(
    f"{number}、{point}\n{first}其余{point}事项按计划推进，共办结{n}件。\n"
    for n, (number, point, first) in enumerate(zip("一二三四五六七八", POINTS, FIRST, strict=True), 11)
)
NESTED = NUMBERED.replace("其余", "\n（一）细项\n其余")
PLAIN = "玉泉区科普大篷车巡展侧记\n\n" + "\n\n".join(
    f"第{day}站来到{place}，大篷车带去了{count}件展品。随后同学们排队体验，现场十分热闹。"
    for day, place, count in (
        ("一", "城西学校", 24),
        ("二", "河口学校", 31),
        ("三", "山前学校", 28),
        ("四", "新村", 19),
    )
)
SHORT = "玉泉区通知\n\n玉泉区定于周五停水检修，请居民提前储水。"
OTHER = "云台镇养老服务简报\n\n云台镇建成老年食堂9处。老年食堂由镇村两级补贴，老人每餐只付六元。送餐队有志愿者40人。"


@pytest.fixture(scope="module")
def shelf():
    return Shelf({"n.txt": NUMBERED, "p.txt": PLAIN, "o.txt": OTHER})


def ask(shelf, question, judge=NOTHING_ANSWERS, **read):
    return compose(shelf.query(question), shelf.passages(), shelf.library(judge, reader_of(**read)))


def assert_made_of_the_report(shelf, said):
    assert (said.status, said.form, said.short_answer) == ("answered", "summary", None)
    assert len({citation.source for citation in said.citations}) == 1
    assert {int(n) for n in re.findall(r"\[(\d+)\]", said.answer)} == {citation.n for citation in said.citations}
    assert sum(len(citation.quote) for citation in said.citations) <= 600
    for before, after in itertools.pairwise(said.citations):
        assert before.end <= after.start
    for citation in said.citations:
        report = shelf.report(citation.source)
        assert report.text[citation.start : citation.end] == citation.quote != ""


@pytest.mark.parametrize(
    "question",
    ["总结一下玉泉区科协2023年工作", "玉泉区科协2023年工作总结主要讲了什么?", "介绍一下玉泉区科协2023年的工作总结"],
)
@pytest.mark.parametrize("text", [NUMBERED, NESTED], ids=["numbered", "nested"])
def test_of_a_numbered_report_the_points_are_told_each_by_its_first_sentence(question, text):
    shelf = Shelf({"n.txt": text, "o.txt": OTHER})
    said = ask(shelf, question)
    assert_made_of_the_report(shelf, said)
    assert 3 <= len(said.citations) <= 6
    told = [citation.quote.rsplit("\n", 1)[-1] for citation in said.citations]
    assert told == [first for first in FIRST if first in told]
    assert any(marks.numbering(citation.quote) for citation in said.citations)


def test_the_points_told_are_spread_over_the_whole_report(shelf):
    said = ask(shelf, "总结一下玉泉区科协2023年工作")
    starts = [citation.start for citation in said.citations]
    text = shelf.report("n.txt").text
    assert starts[0] < len(text) / 3
    assert starts[-1] > len(text) / 2


def test_of_a_report_without_numbers_each_paragraph_is_told_by_its_first_sentence(shelf):
    said = ask(shelf, "概括一下玉泉区科普大篷车巡展侧记")
    assert_made_of_the_report(shelf, said)
    assert {citation.source for citation in said.citations} == {"p.txt"}
    assert all(re.match(r"第.站来到", citation.quote) for citation in said.citations)
    assert len(said.citations) >= 3


def test_a_report_of_one_sentence_is_told_by_it():
    shelf = Shelf({"s.txt": SHORT})
    said = ask(shelf, "总结一下")
    assert_made_of_the_report(shelf, said)
    assert "停水检修" in said.answer


def test_of_a_topic_is_told_what_proves_it(shelf):
    proved = ["云台镇建成老年食堂9处。", "老年食堂由镇村两级补贴，老人每餐只付六元。"]
    said = ask(shelf, "总结一下云台镇老年食堂的做法", EVERYTHING_ANSWERS, proved=proved)
    assert_made_of_the_report(shelf, said)
    assert [citation.quote for citation in said.citations] == proved


PLACES = {
    "a.txt": NUMBERED,
    "b.txt": "北塔区工作总结\n\n北塔区新建书屋14间。书屋由退休教师义务看管。",
    "c.txt": "全市工作总结\n\n东湖区新建公园3个。全市各项工作平稳推进。",
}


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("总结一下北塔区的工作总结", "b.txt"),  # 总结 in another title says nothing
        ("总结一下北塔区", "b.txt"),
        ("北塔区讲了什么?", "b.txt"),
        ("概括一下玉泉区科协的工作", "a.txt"),
        ("玉泉区2023年的总结讲了什么?", "a.txt"),
    ],
)
def test_the_report_that_is_meant_is_that_of_the_place_and_the_year(question, source):
    said = ask(Shelf(PLACES), question)
    assert (said.status, said.certainty) == ("answered", "sure")
    assert {citation.source for citation in said.citations} == {source}


@pytest.mark.parametrize("question", ["总结一下", "这份报告讲了什么?"])
def test_where_no_report_is_named_the_summary_is_only_likely_the_one_meant(question):
    assert ask(Shelf(PLACES), question).certainty == "likely"


@pytest.mark.parametrize("question", ["总结一下2015年的报告", "玉泉区2015年的总结讲了什么?"])
def test_of_a_year_of_which_there_is_no_report_there_is_no_summary(question):
    assert ask(Shelf(PLACES), question).status == "not_found"


@pytest.mark.parametrize("question", ["总结一下潜艇基地的经验", "介绍一下核聚变装置"])
def test_of_what_no_report_is_about_there_is_no_summary(shelf, question):
    said = ask(shelf, question)
    assert said.status == "not_found"
    assert said.reason


def test_of_a_place_that_no_report_mentions_there_is_no_summary(shelf):
    said = ask(shelf, "总结一下肃南县的工作", EVERYTHING_ANSWERS)
    assert said.status == "not_found"
    assert "肃南" in said.reason


def test_a_summary_in_traditional_is_told_so_and_quoted_as_it_stands(shelf):
    said = ask(shelf, "總結一下玉泉區科協2023年工作")
    assert_made_of_the_report(shelf, said)
    assert "方面，玉泉區採取了" in said.answer or "玉泉區采取了" in said.answer
    assert "玉泉区采取了" in said.citations[0].quote


def test_without_any_report_nothing_is_summed_up(shelf):
    said = compose(shelf.query("总结一下"), [], shelf.library(EVERYTHING_ANSWERS, reader_of()))
    assert said.status == "not_found"


def test_the_years_main_figures_before_the_first_point_are_told_first():
    text = NUMBERED.replace("全年工作平稳。", "全年收入310万元,支出290万元。")
    said = ask(Shelf({"n.txt": text}), "总结一下玉泉区科协2023年工作")
    assert said.citations[0].quote == "玉泉区科协全年收入310万元,支出290万元。"


def test_an_organisation_is_meant_by_either_of_its_names():
    shelf = Shelf({"n.txt": NUMBERED.replace("玉泉区科协2023", "玉泉区科学技术协会2023"), "o.txt": OTHER})
    said = ask(shelf, "概括玉泉区科协2023年工作")
    assert {citation.source for citation in said.citations} == {"n.txt"}
    assert len(said.citations) > 3


def test_no_other_years_report_is_summed_up():
    shelf = Shelf({"n.txt": NUMBERED})
    said = ask(shelf, "玉泉区科协2021年的工作总结主要讲了什么?", EVERYTHING_ANSWERS)
    assert said.status == "not_found"
