"""A report that says 我镇 or 本校 and names itself in its file's or folder's name only is found by that name."""

from __future__ import annotations

import pytest
from shelf import Shelf

from ingest.language.bodies import speaks_of_itself
from rag.evidence.subject import named_by_file, owner

REPORTS = {
    "石桥镇/2023总结.txt": "2023年工作总结\n\n一年来,我镇整修道路17公里,全镇发展茶园900亩。",
    "竹溪镇/2023总结.txt": "2023年工作总结\n\n一年来,我镇整修道路23公里。本镇有敬老院2所。",
    "梧桐社区小结.txt": "小结\n\n我社区登记商户260家,慰问老人45人。",
    "银杏社区小结.txt": "小结\n\n我社区登记商户180家。",
    "上坪村/总结.txt": "总结\n\n本村栽种果树5200株。",
    "启明小学/学年总结.txt": "学年总结\n\n我校开设兴趣班24个。",
    "滨江中学/学年总结.txt": "学年总结\n\n我校开设兴趣班31个,藏书6万册。",
}


@pytest.fixture(scope="module")
def engine(engine_of):
    return engine_of(REPORTS)


@pytest.mark.parametrize(
    ("question", "short", "source"),
    [
        ("石桥镇整修道路多少公里?", "17公里", "石桥镇/2023总结.txt"),
        ("竹溪镇整修道路多少公里?", "23公里", "竹溪镇/2023总结.txt"),
        ("梧桐社区登记商户多少家?", "260家", "梧桐社区小结.txt"),
        ("银杏社区登记商户多少家?", "180家", "银杏社区小结.txt"),
        ("上坪村栽种果树多少株?", "5200株", "上坪村/总结.txt"),
        ("滨江中学开设兴趣班多少个?", "31个", "滨江中学/学年总结.txt"),
        ("启明小学开设了几个兴趣班?", "24个", "启明小学/学年总结.txt"),
    ],
)
def test_the_name_of_file_or_folder_tells_whose_figure_it_is(engine, question, short, source):
    answer = engine.ask(question)
    assert (answer.short_answer, [citation.source for citation in answer.citations]) == (short, [source])


@pytest.mark.parametrize(
    "question",
    [
        "石桥镇有敬老院多少所?",
        "银杏社区慰问老人多少人?",
        "启明小学藏书多少册?",
        "红枫镇整修道路多少公里?",
        "第三中学开设兴趣班多少个?",
    ],
)
def test_another_ones_report_does_not_answer(engine, question):
    assert engine.ask(question).status == "not_found"


def test_a_place_that_only_a_folder_names_is_no_unknown_one(engine):
    assert "没有提到" not in (engine.ask("石桥镇有敬老院多少所?").reason or "")
    assert "没有提到红枫镇" in (engine.ask("红枫镇整修道路多少公里?").reason or "")


@pytest.mark.parametrize(
    ("title", "source", "name"),
    [
        ("年度总结", "石桥镇/材料/总结.txt", "石桥镇"),
        ("年度总结", "云岭县/石桥镇总结.txt", "石桥镇总结"),
        ("竹溪镇年度总结", "石桥镇/总结.txt", ""),
        ("年度总结", "reports/2023/a.txt", ""),
        ("年度总结", "滨江中学.txt", "滨江中学"),
    ],
)
def test_the_innermost_name_counts_where_the_title_names_none(title, source, name):
    assert named_by_file(title, source) == name


@pytest.mark.parametrize(
    ("source", "text", "own"),
    [
        ("石桥镇/a.txt", "总结\n\n我镇修路。", True),
        ("石桥镇/a.txt", "总结\n\n修路17公里。", True),  # nobody else is named
        ("石桥镇/a.txt", "总结\n\n云岭县修路17公里,云岭县植树。", False),  # a folder that only sorts
        ("滨江中学/a.txt", "总结\n\n本校招生。", True),
    ],
)
def test_a_folder_may_only_sort_reports(source, text, own):
    report = Shelf({source: text}).report(source)
    assert bool(owner(report, "总结")) is own


@pytest.mark.parametrize(
    ("text", "ending", "own"),
    [
        ("我校招生。", "中学", True),
        ("学校招生。", "中学", False),
        ("本会议程", "协会", False),
        ("本院接诊。", "医院", True),
    ],
)
def test_an_organisation_speaks_of_itself(text, ending, own):
    assert speaks_of_itself(text, ending) is own


LONG = "不断完善工作机制,整合各方资源,扩大服务覆盖面,推动优质资源向基层下沉、向农村延伸,群众满意度稳步提升。" * 5


def test_a_figure_far_behind_its_place_is_no_neighbours(engine_of):
    engine = engine_of(
        {
            "交流会.txt": (
                f"全省科协系统经验交流会\n\n澜溪市科协探索进园区的路子。{LONG}全年组织技能比武37场。\n\n"
                f"汾桥市科协打造流动课堂。{LONG}\n\n临泽市科协开展结对帮扶。{LONG}"
            )
        }
    )
    assert engine.ask("澜溪市组织技能比武多少场?").short_answer == "37场"
    assert engine.ask("汾桥市组织技能比武多少场?").status == "not_found"
    assert engine.ask("临泽市组织技能比武多少场?").status == "not_found"
