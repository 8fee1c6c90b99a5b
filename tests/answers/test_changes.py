"""By how much something changed since an earlier year: told first, computed only from two figures, else refused."""

from __future__ import annotations

import pytest
from shelf import Shelf

from ingest.language import telling
from rag.answers.changes import since

REPORTS = {
    "2022.txt": "南桥县交通局2022年工作总结\n发布时间: 2022-12-26\n\n南桥县开通公交线路31条,新建充电桩140个。"
    "公交分担率为28.4%。",
    "2023.txt": "南桥县交通局2023年工作总结\n发布时间: 2023-12-26\n\n南桥县开通公交线路34条,比上年增加3条。"
    "新建充电桩205个。公交分担率为30.1%,候车亭覆盖率为66%,较上年提高4.5个百分点。客运收入820万元,同比增长6.8%。"
    "货运收入310万元,比上年增幅为2.4%。客车事故12起,较去年减少5起。运送旅客46万人次,比2020年多9万人次。检修桥梁58座。",
}


@pytest.fixture(scope="module")
def engine(engine_of):
    return engine_of(REPORTS)


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("南桥县2023年公交线路比上年多多少条?", "增加3条"),
        ("南桥县公交线路较去年增加了几条?", "增加3条"),
        ("与上年相比,南桥县的公交线路增加了多少条?", "增加3条"),
        ("2023年南桥县候车亭覆盖率比2022年提高多少个百分点?", "提高4.5个百分点"),
        ("南桥县客运收入比上年增长多少?", "增长6.8%"),
        ("南桥县货运收入较去年增长了多少?", "增幅为2.4%"),
        ("南桥县客车事故同比减少多少起?", "减少5起"),
        ("南桥县客车事故比去年增加多少起?", "减少5起"),  # what is told, whichever way was asked
        ("南桥县运送旅客比2020年多多少人次?", "多9万人次"),
        ("南橋縣候車亭覆蓋率較上年提高了多少?", "提高4.5個百分點"),
        ("南桥县客车事故少了几起?", "减少5起"),
        ("南桥县候车亭覆盖率涨了几个点?", "提高4.5个百分点"),
        ("南桥县公交线路比前一年多了几条?", "增加3条"),
    ],
)
def test_the_change_that_a_report_tells_is_the_answer(engine, question, short):
    answer = engine.ask(question)
    assert (answer.form, answer.short_answer) == ("fact", short)
    assert [citation.source for citation in answer.citations] == ["2023.txt"]


@pytest.mark.parametrize(
    ("question", "short", "figures"),
    [
        ("南桥县2023年新建充电桩比上年多多少个?", "多65个", ("205个", "140个")),
        ("南桥县2023年比2022年多建了几个充电桩?", "多65个", ("205个", "140个")),
        ("南桥县公交分担率比上年提高多少个百分点?", "多1.7个百分点", ("30.1%", "28.4%")),
    ],
)
def test_a_difference_shows_the_figures_of_both_years(engine, question, short, figures):
    answer = engine.ask(question)
    assert (answer.form, answer.short_answer) == ("computed", short)
    assert [citation.source for citation in answer.citations] == ["2023.txt", "2022.txt"]
    assert all(figure in answer.answer for figure in figures)


@pytest.mark.parametrize(
    "question",
    [
        "南桥县2023年检修桥梁比上年多多少座?",  # of one year only
        "南桥县运送旅客比上年多多少人次?",  # since another year
        "南桥县2023年新建充电桩比2019年多多少个?",
    ],
)
def test_what_neither_is_told_nor_can_be_computed_is_refused(engine, question):
    answer = engine.ask(question)
    assert (answer.status, answer.short_answer) == ("not_found", None)
    assert "两个年份" in answer.reason


@pytest.mark.parametrize(
    ("question", "subject", "year"),
    [
        ("白水县2023年造林面积比上年多多少亩?", "白水县造林面积", 2023),
        ("白水县造林面积较2019年扩大了多少亩?", "白水县造林面积", None),
        ("与去年同期相比,白水县接待游客增加多少人次?", "白水县接待游客", None),
        ("白水县比上年多办几期夜校?", "白水县", None),
        ("白水县比云岭县多办几期夜校?", None, None),
        ("比上年增长8%的是什么?", None, None),
    ],
)
def test_which_questions_compare_with_an_earlier_year(question, subject, year):
    found = since(Shelf({"a.txt": "白水县总结\n白水县造林。"}).query(question))
    assert (found.subject, found.year) == (subject, year) if subject else found is None


@pytest.mark.parametrize(
    ("before", "how"),
    [
        ("游客比上年增加", "增加"),
        ("入学率较前年提高了约", "提高了约"),
        ("旅客比2020年多", "多"),
        ("开支比上年少了", "少了"),
        ("收入820万元,增幅", "增幅"),
        ("比上年涨幅达到", "涨幅达到"),
        ("降幅超过", "降幅超过"),
        ("增速最快的是", ""),
        ("线路共", ""),
        ("绿化率提高到", ""),
        ("最多", ""),
    ],
)
def test_the_words_of_a_change(before, how):
    assert telling.change(before) == how
