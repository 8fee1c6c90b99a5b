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
