"""Reports that give different figures for one question are shown side by side; others contradict nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shelf import EVERYTHING_ANSWERS, Shelf

from rag.answers.compose import compose
from rag.answers.conflicts import rivals
from rag.evidence.shorts import with_short

DRAFT = "松河县水利局2023年工作总结\n发布时间: 2023-12-10\n\n松河县加固堤防26公里。"
FINAL = "松河县水利局2023年工作总结(定稿)\n发布时间: 2023-12-28\n\n松河县加固堤防31公里。"
QUESTION = "松河县加固堤防多少公里?"


def told(texts, question, *sentences):
    shelf = Shelf(texts)
    query = shelf.query(question)
    evidence = [with_short(query, replace(shelf.evidence(s), probability=0.9)) for s in sentences]
    return rivals(query, evidence, shelf.library(EVERYTHING_ANSWERS))


def test_two_versions_are_told_with_dates_and_files_and_are_never_sure():
    shelf = Shelf({"草稿.txt": DRAFT, "定稿.txt": FINAL})
    judge = replace(EVERYTHING_ANSWERS, ranking={"pointed": 1.0})
    said = compose(shelf.query(QUESTION), shelf.passages(), shelf.library(judge))
    assert (said.status, said.certainty, said.short_answer) == ("answered", "likely", None)
    assert [citation.source for citation in said.citations] == ["定稿.txt", "草稿.txt"]
    for part in ("31公里", "26公里", "2023-12-28", "2023-12-10", "定稿.txt", "草稿.txt"):
        assert part in said.answer


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (QUESTION, "松河县加固堤防26公里。", "松河县加固堤防26千米。"),  # the same
        (QUESTION, "松河县加固堤防26公里。", "云岭县加固堤防31公里。"),
        ("松河县第七中队出动多少次?", "松河县第七中队出动12次。", "松河县第八中队出动19次。"),
        ("松河县上半年加固堤防多少公里?", "上半年松河县加固堤防26公里。", "下半年松河县加固堤防31公里。"),
        ("松河县农机协会有会员多少名?", "松河县农机协会有会员260名。", "松河县蜂业协会有会员90名。"),
    ],
)
def test_what_tells_the_same_or_of_something_else_contradicts_nobody(question, first, second):
    texts = {"a.txt": f"工作简报\n\n{first}", "b.txt": f"工作通报\n\n{second}"}
    assert [each.text for each in told(texts, question, first, second)] == [first]


VERSIONS = {
    "讨论稿.txt": "松河县水利局2023年总结(讨论稿)\n发布时间: 2023-12-29\n\n松河县今年累计完成堤防加固22公里。",
    "快报.txt": "松河县水利快报\n发布时间: 2023-11-02\n\n我县加固的堤防已有24公里。",
    "汇报.txt": "松河县2023年水利工作汇报\n\n2023年,松河县加固堤防25公里。",
    "总结.txt": "松河县水利局2023年总结\n发布时间: 2023-12-28\n\n一年来全县加固堤防共28公里,投资3000万元。",
    "总结定稿.txt": "松河县水利局2023年总结\n发布时间: 2023-12-28\n\n松河县加固堤防31公里。",
}


def sources(texts, question, **probabilities):
    shelf = Shelf(texts)
    query = shelf.query(question)
    evidence = [
        with_short(query, replace(shelf.evidence(text.split("\n")[-1]), probability=probabilities.get(name[:2], 0.9)))
        for name, text in texts.items()
    ]
    return [each.passage.chunk.source for each in rivals(query, evidence, shelf.library(EVERYTHING_ANSWERS))]


@pytest.mark.parametrize("question", ["2023年松河县加固堤防多少公里?", "松河县加固堤防的长度是多少?"])
def test_all_versions_however_worded_the_newest_first_final_before_plain_and_drafts_last(question):
    assert sources(VERSIONS, question) == ["总结定稿.txt", "总结.txt", "快报.txt", "汇报.txt", "讨论稿.txt"]


def test_a_version_may_be_less_probable_than_an_answer():
    few = {name: VERSIONS[name] for name in ("总结.txt", "快报.txt")}
    assert sources(few, QUESTION, 快报=0.2) == ["总结.txt", "快报.txt"]
    assert sources(few, QUESTION, 快报=0.02) == ["总结.txt"]


def test_where_the_best_sentence_has_no_short_answer_the_others_still_differ():
    shelf = Shelf({"序.txt": "松河县水利工作\n\n松河县加固堤防的情况如下。", **VERSIONS})
    query = shelf.query(QUESTION)
    said = ("松河县加固堤防的情况如下", "松河县加固堤防31公里", "我县加固的堤防已有24公里")
    evidence = [with_short(query, replace(shelf.evidence(sentence), probability=0.9)) for sentence in said]
    told = rivals(query, evidence, shelf.library(EVERYTHING_ANSWERS))
    assert [each.passage.chunk.source for each in told] == ["总结定稿.txt", "快报.txt"]


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("松河县加固堤防多少公里?", "2023年松河县加固堤防26公里。", "2022年松河县加固堤防31公里。"),
        ("松河县加固堤防多少公里?", "松河县加固堤防31公里。", "截至8月底,松河县加固堤防26公里。"),
        ("松河县加固堤防多少公里?", "松河县加固堤防31公里。", "松河县石坝镇加固堤防6公里。"),
        ("松河县加固堤防多少公里?", "松河县加固堤防31公里。", "松河县力争加固堤防40公里。"),
        ("松河县加固堤防多少公里?", "松河县加固堤防31公里。", "其中松河县干流堤防加固6公里。"),
        ("松河县加固堤防多少公里?", "松河县加固堤防31公里。", "松河县加固堤防约31公里。"),
        ("松河县加固堤防多少公里?", "松河县加固堤防31公里。", "松河县加固堤防比上年增加4公里。"),
        ("加固堤防多少公里?", "松河县加固堤防31公里。", "云岭县加固堤防40公里。"),
        ("有学生多少名?", "松河小学有学生310名。", "石坝小学有学生260名。"),
    ],
)
def test_another_time_place_part_aim_or_change_is_no_conflict(question, first, second):
    texts = {"a.txt": f"工作简报\n\n{first}", "b.txt": f"工作通报\n\n{second}"}
    assert [each.text for each in told(texts, question, first, second)] == [first]


def test_more_versions_than_a_message_holds_are_counted():
    texts = {f"{n}.txt": f"松河县简报{n}\n发布时间: 2023-0{n}-01\n\n松河县加固堤防{n}0公里。" for n in range(1, 9)}
    shelf = Shelf(texts)
    judge = replace(EVERYTHING_ANSWERS, ranking={"pointed": 1.0})
    said = compose(shelf.query(QUESTION), shelf.passages(), shelf.library(judge))
    assert [citation.source for citation in said.citations] == [f"{n}.txt" for n in range(8, 2, -1)]
    assert "共8种" in said.answer
