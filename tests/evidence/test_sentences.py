"""A figure belongs to the place, the year and the thing its sentence speaks about, and to no neighbour."""

from __future__ import annotations

import contextlib

import pytest
from conftest import MODELS, Watcher

from config.settings import Settings
from ingest.pipeline import ingest
from rag.engine import Engine

NEIGHBOURS = """北河省科协交流会

会上,塔里、南岭、宁西等3个地区科协作交流发言。塔里地区科协建成科普馆12家,举办培训班81场次。此外,开展义诊30场次。

南岭地区科协开展培训班92场次、义诊45场次,组建由6名专家组成的服务团和70名志愿者组成的队伍。

宁西地区科协结合农时发放《科普手册》。此外,塔里地区科协还确定了素质达到15%的目标。
"""

YEARS = """2023年东山县政府工作报告

一、2022年工作回顾

一年来,全县粮食产量5.2万吨,新建公路31公里。

二、2023年工作安排

主要预期目标是:粮食产量6万吨,新建公路50公里,财政收入增长7%左右。
"""

COUNTRY = """西原省科协召开总结交流会

东溪地区科协、北谷地区科协作交流发言。东溪地区科协有科普教育基地35家。

北谷地区科协建立联合体,接待学生2845人次。广泛动员各部门参与“科技之冬”“全国科普日”等活动,举办技术培训1689场次、宣传458场次。
"""

RANKS = """西河市科普总结

全市创建省级示范社区5个、市级示范社区8个、区级示范社区20个。科技大赛获得一等奖3个,二等奖7个,三等奖11个。
20XX年8月成立领导小组,由18家单位组成。
"""


FARMS = """2021年石川市科协工作总结

石川市推广水稻新品种面积1.8万亩,亩产620公斤。科技馆接待观众26万人次,举办讲座203场。
"""


def opened(reports: dict[str, str], folders, embedder, reader) -> Engine:
    """An engine over these reports, by file name."""
    folder = folders.mktemp("reports")
    for name, text in reports.items():
        (folder / name).write_text(text, encoding="utf-8")
    settings = Settings(reports_dir=folder, data_dir=folders.mktemp("data"), models_dir=MODELS)
    ingest(settings, [], Watcher(), embedder=embedder)
    return Engine(settings, Watcher().notify, embedder, reader)


@pytest.fixture(scope="module")
def engine(tmp_path_factory, embedder, reader):
    reports = {"n.txt": NEIGHBOURS, "y.txt": YEARS, "r.txt": RANKS, "f.txt": FARMS, "c.txt": COUNTRY}
    with contextlib.closing(opened(reports, tmp_path_factory, embedder, reader)) as engine:
        yield engine


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("塔里举办了多少场培训班?", "81场次"),
        ("南岭举办了多少场培训班?", "92场次"),
        ("塔里开展了多少场义诊?", "30场次"),
        ("塔里有多少家科普馆?", "12家"),
        ("南岭有多少名志愿者?", "70名"),
        ("南岭的服务团由多少名专家组成?", "6名"),
        ("南岭有多少名专家?", "6名"),
        ("东山县2022年粮食产量是多少?", "5.2万吨"),
        ("东山县2023年粮食产量的目标是多少?", "6万吨"),
        ("东山县2023年财政收入计划增长多少?", "7%左右"),
        ("西河市有多少个市级示范社区?", "8个"),
        ("西河市获得多少个二等奖?", "7个"),
    ],
)
def test_the_figure_is_that_of_the_asked_place_year_and_thing(engine, question, short):
    answer = engine.ask(question)
    assert answer.short_answer == short, answer


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("宁西有多少家科普馆?", "宁西"),  # only its neighbour's is given
        ("宁西举办了多少场培训班?", "宁西"),
        ("宁西发放了多少册科普手册?", "数字"),  # mentioned, not counted
        ("东山县2021年粮食产量是多少?", "2021"),
        ("北京市有多少家科普馆?", "北京"),
        ("西河市获得多少个特等奖?", ""),
        ("西河市2019年获得多少个一等奖?", "2019"),
        ("领导小组是2018年成立的吗?", "2018"),  # an anonymised year is no year
        ("塔里地区科协主席是谁?", ""),
        ("塔里的科普馆花了多少钱?", "数字"),
    ],
)
def test_what_is_not_said_of_the_asked_one_is_refused_with_its_reason(engine, question, reason):
    answer = engine.ask(question)
    assert answer.status == "not_found", answer
    assert reason in (answer.reason or "")
    assert answer.nearest


def test_a_plan_is_no_result(engine):
    answer = engine.ask("东山县2022年新建公路多少公里?")
    assert answer.short_answer == "31公里"
    assert engine.ask("东山县2022年财政收入增长了多少?").status == "not_found"


@pytest.mark.parametrize(
    "question",
    [
        "石川市水稻总产多少吨?",  # what an acre yields isn't the whole
        "石川市2020年接待观众多少人次?",  # a year's summary doesn't tell of the year before
        "“石川市2019年举办讲座多少场?”",
        "黑河乡举办讲座多少场?",
        "西河市20XX年有多少个二等奖的示范社区?",
    ],
)
def test_neither_the_yield_of_an_acre_nor_another_year_or_town_answers(engine, question):
    answer = engine.ask(question)
    assert answer.short_answer not in ("620公斤", "26万人次", "203场"), answer


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("白河镇农技协有多少会员?", ("白河镇",)),
        ("黑河乡有多少农技协?", ("黑河乡",)),
        ("白塔街道有多少志愿者?", ("白塔街道",)),
        ("城镇新增就业多少人?", ()),
        ("三下乡活动举办了多少次?", ()),
        ("有多少个乡镇建了科普馆?", ()),
        ("累计办了多少项区级活动?", ()),
    ],
)
def test_towns_are_places_and_words_for_kinds_of_places_are_not(question, places):
    from rag.question.places import places_asked

    assert places_asked(question, ()) == tuple((name,) for name in places)


def test_a_word_for_the_whole_country_does_not_hide_whose_paragraph_it_is(engine):
    """The paragraph of 北谷 names 全国科普日 at a clause's beginning; its figure stays its own."""
    assert engine.ask("东溪举办技术培训多少场次?").short_answer != "1689场次"
    assert engine.ask("北谷举办技术培训多少场次?").short_answer == "1689场次"


def test_another_school_s_figure_is_no_answer(engine):
    assert engine.ask("清泉小学有多少名学生?").status == "not_found"


# Compares with the year before, tells a rise and ends with what is planned.
YEARLY = """临江县科学技术协会2023年工作总结

一、科普活动
全年举办科普讲座47场,比上年增加9场,参加群众6500人次。流动科技馆巡展参观学生11200人次。
临江县公民具备科学素质的比例由2020年的10.2%提高到11.6%。

二、2024年工作打算
计划新建社区科普馆4个,举办科普讲座60场,力争公民具备科学素质的比例达到13.5%。
"""


@pytest.fixture(scope="module")
def yearly(tmp_path_factory, embedder, reader):
    with contextlib.closing(opened({"a.txt": YEARLY}, tmp_path_factory, embedder, reader)) as engine:
        yield engine


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("临江县2023年举办了多少场科普讲座?", "47场"),
        ("临江县举办了多少场科普讲座?", "47场"),
        ("临江县2022年举办了多少场科普讲座?", None),
        ("临江县2022年参观学生多少人次?", None),
        ("临江县2023年流动科技馆参观学生多少人次?", "11200人次"),
        ("临江县公民具备科学素质的比例是多少?", "11.6%"),
        ("临江县2023年公民具备科学素质的比例是多少?", "11.6%"),
        ("2020年临江县公民具备科学素质的比例是多少?", "10.2%"),
        ("临江县2024年计划举办多少场科普讲座?", "60场"),
        ("临江县建了几个社区科普馆?", None),
        ("西藏举办了多少场科普讲座?", None),
    ],
)
def test_neither_a_comparison_nor_a_plan_nor_what_was_before_is_the_years_result(yearly, question, short):
    assert yearly.ask(question).short_answer == short
