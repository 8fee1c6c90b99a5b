"""A figure belongs to the place, the year and the thing its sentence speaks about, and to no neighbour."""

from __future__ import annotations

import pytest
from conftest import Watcher

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

RANKS = """西河市科普总结

全市创建省级示范社区5个、市级示范社区8个、区级示范社区20个。科技大赛获得一等奖3个,二等奖7个,三等奖11个。
20XX年8月成立领导小组,由18家单位组成。
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory, embedder, reader):
    from conftest import MODELS

    from config.settings import Settings
    from ingest.pipeline import ingest

    folder = tmp_path_factory.mktemp("reports")
    for name, text in {"n.txt": NEIGHBOURS, "y.txt": YEARS, "r.txt": RANKS}.items():
        (folder / name).write_text(text, encoding="utf-8")
    settings = Settings(reports_dir=folder, data_dir=tmp_path_factory.mktemp("data"), models_dir=MODELS)
    ingest(settings, [], Watcher(), embedder=embedder)
    engine = Engine(settings, Watcher().notify, embedder, reader)
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("塔里举办了多少场培训班?", "81场次"),
        ("南岭举办了多少场培训班?", "92场次"),
        ("塔里开展了多少场义诊?", "30场次"),
        ("塔里有多少家科普馆?", "12家"),
        ("南岭有多少名志愿者?", "70名"),
        ("南岭的服务团由多少名专家组成?", "6名"),
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
