"""What is computed from several figures: between things, of things that a list tells, shares, growth, as asked."""

from __future__ import annotations

import pytest
from shelf import Shelf

from rag.answers import things
from rag.answers.planning import plan
from rag.answers.ranked import extreme
from rag.answers.sums import figure_of

REPORTS = {
    "港务.txt": "临河港务公司2022年工作总结\n2022年12月30日\n\n"
    "全年吞吐货物640万吨,其中煤炭210万吨、粮食150万吨、砂石280万吨。"
    "东码头、西码头、南码头作业量分别为4100班、3600班、5200班。营业收入1.2亿元,维修支出300万元。"
    "甲班运行90次,乙班运行70次,丙班运行85次。水手和家属共310人参加迎春会。\n"
    "各航线运送旅客情况:青岛线18万人次,海口线25万人次,大沽线9万人次,合计52万人次。\n"
    "装卸队现有工人220名，经费530万元；调度队现有工人46名，经费180万元；机修队现有工人75名，经费260万元。",
    "港务21.txt": "临河港务公司2021年工作总结\n2021年12月30日\n\n全年吞吐货物590万吨。营业收入1亿元。",
}


@pytest.fixture(scope="module")
def engine(engine_of):
    return engine_of(REPORTS)


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("临河港务公司东码头和南码头哪个作业量大?", "南码头最多"),
        ("临河港务公司2022年哪个码头作业量最大?", "南码头最多"),
        ("临河港务公司2022年哪个码头作业量最少?", "西码头最少"),
        ("临河港务公司煤炭比粮食多运多少万吨?", "多60万吨"),
        ("临河港务公司哪个班运行最少?", "乙班最少"),
        ("临河港务公司哪条航线运送旅客最多?", "海口线最多"),
        ("临河港务公司哪个队的经费最少?", "调度队最少"),
        ("临河港务公司装卸队和机修队的经费一共多少万元?", "合计790万元"),
        ("临河港务公司装卸队和调度队经费相差多少万元?", "多350万元"),
        ("临河港务公司煤炭和粮食2022年一共吞吐多少万吨?", "合计360万吨"),
        ("临河港务公司砂石占2022年吞吐货物的比例是多少?", "约43.8%"),
        ("临河港务公司2022年营业收入比2021年增长百分之几?", "增长20%"),
        ("临河港务公司2022年营业收入比2021年多多少万元?", "多2000万元"),
    ],
)
def test_figures_of_things_are_set_against_one_another(engine, question, short):
    answer = engine.ask(question)
    assert (answer.form, answer.short_answer) == ("computed", short), answer.answer
    assert answer.citations


def test_a_sum_that_a_sentence_tells_is_not_added_up_again(engine):
    answer = engine.ask("临河港务公司水手和家属一共有多少人参加迎春会?")
    assert (answer.form, answer.short_answer) == ("fact", "310人")


@pytest.mark.parametrize(
    ("text", "before", "items", "after"),
    [
        ("东桥和西桥两个中学一共多少教师?", "", ("东桥中学", "西桥中学"), "一共多少教师?"),
        ("东桥、西桥两地一共收粮多少吨?", "", ("东桥", "西桥"), "一共收粮多少吨?"),
        ("小麦和玉米两种作物一共多少吨?", "", ("小麦", "玉米"), "一共多少吨?"),
        ("羊和牛跟马总共多少?", "", ("羊", "牛", "马"), "总共多少?"),
        ("东桥食品与和丰电子一共缴税多少?", "", ("东桥食品", "和丰电子"), "一共缴税多少?"),
        ("和丰食品跟东桥电子一共缴税多少?", "", ("和丰食品", "东桥电子"), "一共缴税多少?"),
        ("甲厂一分厂和三分厂产值哪个高?", "甲厂", ("一分厂", "三分厂"), "产值哪个高?"),
        ("2021年苹果、梨和枣一共收了多少吨?", "2021年", ("苹果", "梨", "枣"), "一共收了多少吨?"),
        ("某所甲研究组与乙研究组论文相差多少篇?", "某所", ("甲研究组", "乙研究组"), "论文相差多少篇?"),
        ("南昌市消防队和民兵队人数相差多少?", "南昌市", ("消防队", "民兵队"), "人数相差多少?"),
        ("某校4月和5月共开课多少节?", "某校", ("4月", "5月"), "共开课多少节?"),
    ],
)
def test_joined_things_share_what_stands_before_and_behind(text, before, items, after):
    assert things.joined(text) == things.Joined(before, items, after)


@pytest.mark.parametrize("text", ["和静县有多少人?", "甲厂产值多少?", "开了会,和谁谈了?"])
def test_where_nothing_is_joined(text):
    assert things.joined(text) is None


@pytest.mark.parametrize(
    ("first", "second", "spelled"),
    [
        ("甲厂一车间产值", "二车间", "甲厂二车间产值"),
        ("某馆成人读者", "少儿读者", "某馆少儿读者"),
        ("讲座", "展览", None),
    ],
)
def test_the_second_side_says_what_only_the_first_does(first, second, spelled):
    assert things.spelled_out(first, second) == spelled


@pytest.mark.parametrize(
    ("question", "operation"),
    [
        ("工会会员和志愿者相差多少人?", "difference"),
        ("男选手和女选手哪个多?", "most"),
        ("党员占职工的比例是多少?", "share"),
        ("讲座和展览最多的是哪个县?", None),
        ("男选手有多少人?", None),
    ],
)
def test_how_a_question_is_taken_apart(question, operation):
    made = plan(Shelf(REPORTS).query(question))
    assert (made.operation if made else None) == operation


@pytest.mark.parametrize(
    ("question", "tail"),
    [
        ("哪个码头货物最多?", "码头货物最多"),
        ("最多的是哪个码头?", "码头"),
        ("哪个码头有吊车?", None),
        ("码头货物有多少?", None),
    ],
)
def test_which_questions_look_for_the_most_of_a_kind(question, tail):
    asked = extreme(Shelf(REPORTS).query(question))
    assert (asked.tail if asked else None) == tail


@pytest.mark.parametrize(
    ("sentence", "question", "label", "said"),
    [
        ("评出县级文明村3个、市级文明家庭4户、市级文明村6个。", "市级文明村有几个?", "市级", "6个"),
        ("种了一号田玉米20亩、二号田玉米35亩、一号田豆子12亩。", "一号田豆子多少亩?", "一号田", "12亩"),
        ("金奖2件、银奖4件。", "银奖几件?", "银奖", "4件"),
        ("甲组种树20棵、甲组种树30棵。", "甲组种树多少棵?", "甲组", ""),
    ],
)
def test_of_items_that_name_a_label_the_one_asked_about_has_the_figure(sentence, question, label, said):
    shelf = Shelf({"a.txt": f"某县总结\n\n{sentence}"})
    assert figure_of(shelf.evidence(sentence), shelf.query(question), label)[0] == said
