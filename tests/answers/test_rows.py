"""What the rows of a table tell: each of its own thing, the most and least of them, and what all come to."""

from __future__ import annotations

import pytest

HALLS = """# 云川市各县区农技推广统计(2023年)

云川市农业农村局

| 县区 | 推广站(个) | 农技员(人) | 培训(场) | 经费(万元) | 站长 |
|---|---|---|---|---|---|
| 石岭县 | 14 | 86 | 132 | 310 | 卢建民 |
| 白杨县 | 9 | 41 | 207 | 145 | 丁月娥 |
| 平湖区 | 17 | 120 | 98 | 402 | 郭长河 |
| 云川开发区 | 3 | 12 | 25 | 60 | - |

开发区站长暂缺。
"""
GRAIN = """# 云川市粮食收购情况

| 粮站 | 小麦(吨) | 玉米(吨) | 人均收购(吨) |
|---|---|---|---|
| 城东粮站 | 3100 | 2700 | 88 |
| 城西粮站 | 2800 | 4600 | 91 |
| 合计 | 5900 | 7300 | 90 |
"""


@pytest.fixture(scope="module")
def engine(engine_of):
    return engine_of({"农技.md": HALLS, "粮食.md": GRAIN})


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("石岭县有多少农技员?", "86人"),
        ("白杨县农技推广站站长是谁?", "丁月娥"),
        ("平湖区农技推广站站长是谁?", "郭长河"),
        ("哪个县培训最多?", "白杨县最多"),
        ("哪个县区农技员最多?", "平湖区最多"),
        ("哪个县区农技推广站最少?", "云川开发区最少"),
        ("哪个县农技推广站最少?", "白杨县最少"),
        ("各县区农技培训一共多少场?", "合计462场"),
        ("石岭县和白杨县农技员一共多少人?", "合计127人"),
        ("城西粮站收购玉米多少吨?", "4600吨"),
        ("各粮站收购小麦一共多少吨?", "合计5900吨"),
    ],
)
def test_a_row_answers_for_its_own_thing_and_all_rows_for_the_kind(engine, question, short):
    answer = engine.ask(question)
    assert answer.short_answer == short, answer.answer


@pytest.mark.parametrize("question", ["云溪县农技推广站站长是谁?", "云溪县有多少农技员?"])
def test_a_row_answers_for_no_place_but_its_own(engine, question):
    assert engine.ask(question).status == "not_found"


def test_what_is_told_for_each_is_not_set_against_totals(engine):
    answer = engine.ask("城东粮站小麦和城西粮站人均收购哪个多?")
    assert answer.short_answer is None or "最多" not in answer.short_answer


def test_a_table_sets_out_each_row_under_its_own_place(engine):
    told = engine.table("农技员", places=["石岭县", "白杨县"])
    assert [(row.key, row.cell.said if row.cell else None) for row in told.rows] == [
        ("石岭县", "86人"),
        ("白杨县", "41人"),
    ]


def test_what_a_row_of_totals_tells_is_not_added_to_what_it_comes_from(engine):
    told = engine.table("收购小麦", by="report")
    assert told.total is None or told.total == 5900
