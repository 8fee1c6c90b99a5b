"""Lines broken at a width are joined inside sentences, and no other line is."""

from __future__ import annotations

import pytest

from ingest.cleaning.normalize import normalize
from ingest.cleaning.wraps import broken_lines
from ingest.records import RawReport

WRAPPED = """禾丰县粮食局上半年工作情况

今年以来,全县粮食系统坚持稳中求进,扎实做好收
购、储备和供应各项工作。上半年收购小麦4.6万吨,
比去年同期多收3200吨,其中订单收购占七成以上,为
农户多增收入610万元。新建标准化粮仓5座,维修旧
仓12座,仓容达到11.8万吨。
  二、存在的问题
基层站点人手不足,平均每个站点只有2.5人,夏收时
要临时雇人。"""

LISTED = """机关干部名单
张国栋,办公室主任,负责机关日常工作的统筹协调。
李晓梅,宣传部部长,负责对外宣传和网站管理工作。
王建军,组织部部长,负责基层组织建设和会员发展。
赵文静,财务科科长,负责预算编制和专项资金管理。
陈志强,后勤科科长,负责车辆安排和办公用房维修。"""


def test_lines_of_one_width_are_joined_in_mid_sentence():
    text = normalize(RawReport("a.txt", WRAPPED, "")).text
    assert "扎实做好收购、储备和供应各项工作" in text
    assert "为农户多增收入610万元" in text
    assert "维修旧仓12座" in text
    assert "\n  二、存在的问题\n" in text
    assert text.startswith("禾丰县粮食局上半年工作情况\n\n")


def test_every_character_still_knows_its_place():
    report = normalize(RawReport("a.txt", WRAPPED, ""))
    at = report.text.index("为农户多增收入")
    start, end = report.mapped.raw_span(at, at + 7)
    assert report.raw[start:end] == "为\n农户多增收入"
    assert normalize(RawReport("a.txt", report.text, "")).text == report.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一行\n",
        LISTED,
        "短行\n" * 40,
        "| 农场 | 小麦面积 | 玉米面积 |\n|---|---|---|\n"
        + "".join(f"| 第{n}农场 | {n}20亩 | {n}30亩 |\n" for n in range(1, 9)),
        "农场 | 小麦面积 | 玉米面积\n---|---|---\n"
        + "".join(f"第{n}农场 | 全部收割 | 尚未收割\n" for n in range(1, 9)),
        "".join(f"第{n}农场\t小麦种植面积：{n}20亩\t玉米种植面积：{n}30亩\t机收\n" for n in range(1, 9)),
        "全县共有学校五十七所,其中小学四十所,在校学生两万人。\n另有\n教师一千二百人。\n幼儿园三十所,都在县城。",
    ],
)
def test_other_texts_stay(text):
    assert broken_lines(text) == []


def test_words_in_latin_letters_stay_apart():
    lines = [
        "The county library lent ninety thousand books,",
        "a record for a library of its size, and opened",
        "two new branches in the east of the county. It",
        "has planned three more for the coming year, of",
        "which one will stand beside the railway station",
        "and another in the school of the upper village.",
    ]
    assert {edit.text for edit in broken_lines("\n".join(lines))} <= {" ", ""}
    assert "opened two new branches" in normalize(RawReport("a.txt", "\n".join(lines), "")).text


def test_a_word_parted_by_a_hyphen_is_whole_again_and_knows_where_it_stood():
    lines = [
        "The county library lent ninety thousand books,",
        "a record for a library of its size, and has re-",
        "ported it to all its members in the spring. It",
        "is a long-standing habit of the people of this",
        "valley to read, and the plan for the next five-",
        "year term promises two more halls beside them.",
    ]
    report = normalize(RawReport("a.txt", "\n".join(lines), ""))
    assert "and has reported it" in report.text
    assert "next five-year term" in report.text
    at = report.text.index("reported")
    start, end = report.mapped.raw_span(at, at + len("reported"))
    assert report.raw[start:end] == "re-\nported"


INDENTED = """青川县气象局年度工作

　　全年共发布预警
31次，其中暴雨预警12次，
覆盖全县23个乡镇。
　　防雷检查企业
64家，整改隐患9处。
　　依据《
气象灾害防御条例
》开展执法4次。
　　科普进校园18场，听众
5200人次。
"""
LINKED = "".join(f"  第{n}项依据《\n某某管理条例\n》实施，全年办结{n}0件。\n" for n in range(2, 6))


def test_what_stands_under_an_indented_paragraph_without_an_indent_goes_on_with_it():
    text = normalize(RawReport("a.txt", INDENTED, "")).text
    for whole in (
        "发布预警31次",
        "暴雨预警12次，覆盖全县23个乡镇。\n",
        "检查企业64家",
        "《气象灾害防御条例》开展",
        "听众5200人次",
    ):
        assert whole in text
    assert text.startswith("青川县气象局年度工作\n")
    assert "《某某管理条例》实施" in normalize(RawReport("a.txt", LINKED, "")).text


@pytest.mark.parametrize(
    "text",
    [
        "　　名单如下：\n王某某，馆长\n李某某，馆员\n赵某某，讲解员\n钱某某，司机\n" * 6,
        "".join(f"　　第{n}条 本馆开放。\n" for n in range(1, 9)) + "青川县科技馆\n2031年5月6日\n",
        "　　春眠\n  不觉\n　　处处\n  啼鸟\n" * 4,
        "".join(f"　　第{n}类：\n1、展品\n2、图书\n3、标本\n" for n in range(1, 7)),
        "　　全年办展\n4次。\n" * 3,  # too few to tell
    ],
)
def test_lines_under_an_indent_that_are_their_own_stay(text):
    assert broken_lines(text) == []


ANYWHERE = """东岸排灌站检修记录

全年检修水泵1
46台，更换闸门3.
5吨，检修率98
%。其中东片
区水泵占六成，
完成较好。

- 2 -

二、存在问题
部分泵房年久失
修，亟待翻新。
站长
2031年5月6日
"""


def test_figures_parted_by_a_break_show_that_a_text_is_broken_anywhere():
    text = normalize(RawReport("a.txt", ANYWHERE, "")).text
    for whole in (
        "水泵146台，更换闸门3.5吨，检修率98%。其中东片区水泵占六成，完成较好。\n",
        "部分泵房年久失修，亟待翻新。\n",
    ):
        assert whole in text
    assert text.startswith("东岸排灌站检修记录\n\n全年")
    assert "\n二、存在问题\n" in text
    assert "站长\n2031年5月6日" in text


@pytest.mark.parametrize(
    "text", ["西岸排灌站\n全年检修水泵1\n46台，更换闸门。\n人员\n站长一名", "小学12,中学5\n3人获奖,另有\n教师\n"]
)
def test_a_single_figure_that_may_be_parted_shows_nothing(text):
    assert broken_lines(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "见附件1\n3个村完成改造,群众满意。",
        "参评学校,2022\n15所。",
        "联系电话:13812345678\n3人参加,获奖。",
        "项目名称：道路\n项目单位：县交通局\n总投资：3000万元\n建设内容：新建道路。",
        "1 张三 90分\n2 李四 80分\n以上为成绩。",
        "工作要点\n加强领导\n完善制度\n狠抓落实，确保完成。",
    ],
)
def test_in_a_broken_text_numbers_of_other_kinds_labels_rows_and_headings_stay_apart(text):
    parted = "全县新建道路1\n05公里,同比增长3\n2个百分点。\n\n"
    assert text in normalize(RawReport("a.txt", f"{parted}{text}\n", "")).text


@pytest.mark.parametrize(
    "text",
    [
        "全年检修水泵 36\n2031年5月6日记录，\n全年检修闸门 12\n2031年5月8日记录，",
        "水泵 12\n闸门 13\n泵房 4\n",
        "编号 1\n水泵，甲\n编号 2\n闸门，乙\n",
        "1\n46台\n2\n35台\n",
    ],
)
def test_lines_that_end_in_figures_of_their_own_stay(text):
    assert broken_lines(text) == []
