"""What is told of another number, part of the year or year than the one asked about answers nothing, or comes later."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shelf import EVERYTHING_ANSWERS, Shelf

from ingest.language import ordinals
from rag.answers.set_aside import set_aside_others

MILL = (
    "长岭面粉厂2022年生产总结\n2022年12月30日\n\n一分厂和二分厂分别检修设备8台、11台。"
    "上半年加工小麦900吨。全年加工小麦2100吨。第四届职工运动会有130人参加。2月和7月招工两批。人均用电300度。"
)
HALF = "长岭面粉厂2023年上半年生产小结\n2023年7月2日\n\n加工小麦1000吨。"


def kept(question: str, *told: tuple[str, str]) -> list[tuple[str, bool]]:
    """The sentences in the order in which they may answer, with whether they do."""
    shelf = Shelf({"a.txt": MILL, "b.txt": HALF})
    library = shelf.library(EVERYTHING_ANSWERS)
    evidence = [replace(shelf.case(question, sentence, short).evidence, probability=0.45) for sentence, short in told]
    found = set_aside_others(shelf.query(question), evidence, library)
    return [(each.text, library.judge.certainty(each.probability) is not None) for each in found]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("一车间、二车间和六车间", {"车间": {1, 2, 6}}),
        ("第12届运动会", {"届": {12}}),
        ("一、三等奖各两名", {"等奖": {1, 3}}),
        ("“春油7号”和“丰麦2号”", {"油号": {7}, "麦号": {2}}),
        ("三届以上代表", {}),
        ("历届代表", {}),
    ],
)
def test_the_numbers_of_a_kind(text, told):
    assert ordinals.kinds(text) == told


@pytest.mark.parametrize(
    ("question", "sentence", "short", "answers"),
    [
        ("长岭面粉厂二分厂检修设备多少台?", "一分厂和二分厂分别检修设备8台、11台。", "11台", True),
        ("长岭面粉厂五分厂检修设备多少台?", "一分厂和二分厂分别检修设备8台、11台。", "8台", False),
        ("长岭面粉厂第四届运动会有多少人参加?", "第四届职工运动会有130人参加。", "130人", True),
        ("长岭面粉厂第二届运动会有多少人参加?", "第四届职工运动会有130人参加。", "130人", False),
        ("长岭面粉厂上半年加工小麦多少吨?", "上半年加工小麦900吨。", "900吨", True),
        ("长岭面粉厂下半年加工小麦多少吨?", "上半年加工小麦900吨。", "900吨", False),
        ("长岭面粉厂全年加工小麦多少吨?", "上半年加工小麦900吨。", "900吨", False),
        ("长岭面粉厂下半年加工小麦多少吨?", "全年加工小麦2100吨。", "2100吨", False),
        ("长岭面粉厂2023年全年加工小麦多少吨?", "加工小麦1000吨。", "1000吨", False),  # its report is of half a year
        ("长岭面粉厂2023年加工小麦多少吨?", "加工小麦1000吨。", "1000吨", True),
        ("长岭面粉厂7月招工几批?", "2月和7月招工两批。", "两批", True),
        ("长岭面粉厂9月招工几批?", "2月和7月招工两批。", "两批", False),
    ],
)
def test_what_is_told_of_another_one_is_only_what_came_closest(question, sentence, short, answers):
    assert kept(question, (sentence, short)) == [(sentence, answers)]


def test_what_tells_of_something_else_doesnt_answer_instead():
    other, else_ = ("一分厂和二分厂分别检修设备8台、11台。", "8台"), ("2月和7月招工两批。", "两批")
    assert kept("长岭面粉厂五分厂检修设备多少台?", other, else_) == [(other[0], False), (else_[0], False)]
    assert kept("长岭面粉厂一分厂检修设备多少台?", other, else_)[0] == (other[0], True)


def test_the_figure_of_the_year_comes_before_that_of_a_part():
    half, whole = ("上半年加工小麦900吨。", "900吨"), ("全年加工小麦2100吨。", "2100吨")
    assert [text for text, _ in kept("长岭面粉厂2022年加工小麦多少吨?", half, whole)] == [whole[0], half[0]]
    assert next(text for text, _ in kept("长岭面粉厂2022年上半年加工小麦多少吨?", half, whole)) == half[0]


def test_another_years_sentence_makes_room_unless_it_names_the_asked_year():
    both = "2021年9月动工,2023年5月投产。"
    shelf = Shelf({"a.txt": f"长岭面粉厂2022年总结\n\n新厂房{both}", "b.txt": "长岭面粉厂2021年总结\n\n新仓库建好。"})
    library = shelf.library(EVERYTHING_ANSWERS)
    told = [shelf.evidence(both, probability=0.9), shelf.evidence("新仓库建好。", probability=0.8)]
    assert len(set_aside_others(shelf.query("长岭面粉厂2021年新厂房动工了吗?"), told, library)) == 2
    assert len(set_aside_others(shelf.query("长岭面粉厂2020年新厂房动工了吗?"), told, library)) == 2
    told = [shelf.evidence("新仓库建好。", probability=0.9), shelf.evidence(both, probability=0.8)]
    assert [each.text for each in set_aside_others(shelf.query("长岭面粉厂2023年有什么进展?"), told, library)] == [
        f"新厂房{both}"
    ]


def test_a_figure_for_each_person_makes_room_for_the_whole():
    each, whole = ("人均用电300度。", "300度"), ("全年加工小麦2100吨。", "2100吨")
    shelf = Shelf({"a.txt": MILL})
    told = [
        replace(shelf.case("用电多少?", *each).evidence, probability=0.9),
        shelf.evidence(whole[0], probability=0.42),
    ]
    assert set_aside_others(shelf.query("长岭面粉厂用电多少?"), told, shelf.library(EVERYTHING_ANSWERS)) == told
    assert [text for text, _ in kept("长岭面粉厂用电多少?", each, whole)] == [whole[0]]
    assert [text for text, _ in kept("长岭面粉厂人均用电多少?", each, whole)] == [each[0], whole[0]]
