"""Which figure of a run is whose."""

from __future__ import annotations

import time

import pytest

from ingest.language import runs

ROWS = [
    ("甲乡、乙乡、丙乡分别植树12亩、30亩、45亩。", [("甲乡", "12亩"), ("乙乡", "30亩"), ("丙乡", "45亩")]),
    ("工业和农业用水分别为3万吨和5万吨。", [("工业", "3万吨"), ("农业用水", "5万吨")]),
    ("和静县、焉耆县依次新增井6、9眼。", [("和静县", "6"), ("焉耆县", "9眼")]),
    ("男、女工分别有80名、95名。", [("男", "80名"), ("女工", "95名")]),
    ("修桥14座,其中公路桥9座,铁路桥5座。", [("公路桥", "9座"), ("铁路桥", "5座")]),
    ("修桥14座(公路桥9座、铁路桥5座)。", [("公路桥", "9座"), ("铁路桥", "5座")]),
    ("修桥14座(其中公路桥9座、铁路桥5座)。", [("公路桥", "9座"), ("铁路桥", "5座")]),
    ("投资5亿元,其中财政2亿元,建成道路30公里。", [("财政", "2亿元")]),  # what is measured otherwise is no part
    ("会员260人,其中女会员有140人。", [("女会员", "140人")]),
    ("甲、乙、丙分别为3项、4项。", []),  # as many they are not
    ("分别走访了3户。", []),
    ("建成泵站(3座)。", []),
    ("共有船12艘、码头3处。", []),
]


@pytest.mark.parametrize(("text", "paired"), ROWS)
def test_things_and_figures_are_paired_in_their_order(text, paired):
    items = [item for run in runs.find(text) for item in run.items]
    assert [(text[item.start : item.end], text[slice(*item.figure)]) for item in items] == paired


def test_a_figure_without_its_unit_has_that_of_the_last():
    assert [item.unit for item in runs.find("甲乡、乙乡分别打井6、9眼。")[0].items] == ["眼", "眼"]


@pytest.mark.parametrize(
    ("text", "paired"),
    [
        ("评出金奖2件、银奖4件、铜奖6件。", [("评出金奖", "2件"), ("银奖", "4件"), ("铜奖", "6件")]),
        ("支出90万元:人工30万元,材料60万元。", [("人工", "30万元"), ("材料", "60万元")]),
        ("东站12人次,西站20人次,合计32人次。", [("东站", "12人次"), ("西站", "20人次")]),
        ("养羊300只;养牛80头;修渠9公里。", [("养羊", "300只"), ("养牛", "80头")]),
        ("办班4期、投入5万元。", []),  # two measures are no list
        ("办班4期。", []),
    ],
)
def test_a_list_pairs_each_thing_with_the_figure_behind_it(text, paired):
    items = [item for run in runs.listed(text) for item in run.items]
    assert [(text[item.start : item.end], text[slice(*item.figure)]) for item in items] == paired


@pytest.mark.parametrize(
    ("text", "said", "names"),
    [
        ("全区小学、初中、高中学生分别为3人、4人、5人。", "初中学生有多少人", [1]),
        ("全区小学、初中、高中学生分别为3人、4人、5人。", "小学生有多少人", [0]),
        ("全区小学、初中、高中学生分别为3人、4人、5人。", "高中有学生多少人", [2]),
        ("全区小学、初中、高中学生分别为3人、4人、5人。", "学生有多少人", []),
        ("一月、二月、三月分别为3件、4件、5件。", "三月多少件", [2]),
        ("选手12名,其中男选手7名,女选手5名。", "选手有多少名", []),
        ("选手12名,其中男选手7名,女选手5名。", "男选手有多少名", [0]),
        ("床位90张,其中护理床位30张。", "床位有多少张", []),
    ],
)
def test_what_names_one_of_a_run(text, said, names):
    assert runs.named(text, runs.find(text)[0], said) == names


@pytest.mark.parametrize(
    ("text", "said", "names"),
    [
        ("评出金奖2件、银奖4件、铜奖6件。", "金奖有多少件", [0]),
        ("评出金奖2件、银奖4件、铜奖6件。", "金奖和铜奖有多少件", [0, 2]),
        ("评出金奖2件、银奖4件、铜奖6件。", "奖项有多少件", []),
        ("行政经费90万元:人员经费30万元,材料费60万元。", "行政经费多少", []),
        ("行政经费90万元:人员经费30万元,材料费60万元。", "人员经费多少", [0]),
        ("共培育大豆7亩、高粱9亩。", "大豆多少亩", [0]),
    ],
)
def test_what_names_one_of_a_list(text, said, names):
    assert runs.named_in_list(text, runs.listed(text)[0], said) == names


def test_time_is_linear():
    text = "甲乡、乙乡分别植树12亩、30亩,其中公路旁(东侧3亩、西侧4亩)。" * 2000
    begun = time.perf_counter()
    found = runs.find(text)
    assert len(found) >= 4000
    assert time.perf_counter() - begun < 20
