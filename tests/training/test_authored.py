"""Authored questions become examples whose evidence, spans and near-misses are the report's own; authors stay apart."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from config.errors import UsageError
from rag.training.authored import (
    OWN,
    QUESTIONS,
    Author,
    apart,
    document_of,
    question_of,
    read_author,
    read_authors,
    rows_of,
)
from rag.training.course import Course, Further
from rag.training.damage import damaged
from rag.training.everything import Hit, all_documents, mined
from rag.training.examples import Example
from rag.training.taught import Passage, misleading, pair, passages, proving, taught_groups, varied
from rag.training.typed import as_typed

TEXT = """云溪县科协2023年工作总结
一、科普阵地
全县现有科普馆21个，其中2023年新建3个。科普馆全年免费开放，周一闭馆。
二、队伍建设
全县有科技志愿者3200余名，分属农业、医疗、教育三支队伍。志愿服务由副主席梁启衡分管。
三、活动情况
全年举办讲座36场次，听众6000余人次；流动科技馆巡展73天。原定的科技节因暴雨改到9月举行。
"""
ROW = {"id": "d1", "title": "云溪县科协2023年工作总结", "date": "2023-12-28", "text": TEXT}
OTHER = {"id": "d2", "title": "石门镇科普简报", "date": None, "text": "石门镇科普馆有4个，志愿者120名。" * 3}
HALLS = "全县现有科普馆21个，其中2023年新建3个。"
TALKS = "全年举办讲座36场次，听众6000余人次；流动科技馆巡展73天。"
TEAMS = "全县有科技志愿者3200余名，分属农业、医疗、教育三支队伍。"
FREE = "科普馆全年免费开放，周一闭馆。"


def row(question, kind="number", facts=(), evidence=(), **rest):
    return {
        "id": question,
        "doc": "d1",
        "type": kind,
        "question": question,
        "facts": facts,
        "evidence": evidence,
        **rest,
    }


@pytest.fixture
def document():
    return document_of(ROW, "x1")


@pytest.fixture
def other():
    return document_of(OTHER, "x2")


def whole(document):
    return Passage(document, 0, len(document.report.text))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (row("有几个科普馆", evidence=[HALLS]), "有几个科普馆"),
        (row("科普館有幾個", evidence=["全縣現有科普館21個，其中2023年新建3個。"]), "科普馆有几个"),
        (row("那呢", evidence=[HALLS], standalone="云溪有几个科普馆"), "云溪有几个科普馆"),
        (row("有几个", evidence=["全县现有科普馆 21个，\n其中2023年新建3个。"]), "有几个"),
    ],
)
def test_evidence_is_found_in_the_cleaned_report(document, given, text):
    question = question_of(given, document)
    assert question.text == text
    assert [document.report.text[a:b] for a, b in question.evidence] == [HALLS]


def test_a_question_whose_evidence_stands_nowhere_is_left_out(document):
    assert question_of(row("有几个", evidence=["全县现有科普馆22个。"]), document) is None


def test_a_near_miss_is_located_and_its_question_has_no_answer(document):
    question = question_of(row("有几个体育馆", near=HALLS, trap="other thing"), document)
    assert not question.answerable
    assert document.report.text[slice(*question.near)] == HALLS


@pytest.mark.parametrize(
    ("title", "date", "expected"),
    [("总结", "2023-12-28", "2023-12-28"), ("2023-08-19 12:12", "", "2023-08-19"), ("总结", None, "")],
)
def test_a_document_has_the_date_that_is_told_of_it(title, date, expected):
    text = "全县有科普馆。"
    assert document_of({"id": "d", "title": title, "date": date, "text": text}, "x").date == expected


@pytest.mark.parametrize(
    ("kind", "facts", "evidence", "yes", "answer"),
    [
        ("number", [["21个"]], [HALLS], None, "21个"),
        ("number", [["二十一个", "21个"]], [HALLS], None, "21个"),
        ("list", [["农业"], ["医疗"], ["教育"]], [TEAMS], None, "农业、医疗、教育"),
        ("number", [["21个"], ["36场次"]], [HALLS, TALKS], None, ""),
        ("yesno", [["免费"]], [FREE], True, ""),
        ("how", [], [FREE], None, ""),
        ("number", [["21个"], ["99个"]], [HALLS], None, ""),
    ],
)  # fmt: skip
def test_the_span_is_the_fact_and_none_where_facts_lie_apart(document, kind, facts, evidence, yes, answer):
    question = question_of(row("问", kind, facts, evidence, yes=yes), document)
    example = proving(question, whole(document))
    assert example.answered
    assert example.answer == answer
    assert example.yes is yes
    assert [example.passage[a:b] for a, b in example.evidence] == evidence
    assert example.title == ROW["title"]
    assert example.date == ROW["date"]


def test_a_passage_proves_only_what_stands_in_it(document, other):
    question = question_of(row("有几个科普馆", facts=[["21个"]], evidence=[HALLS]), document)
    cut = passages(document, 60)
    proven = [passage for passage in cut if proving(question, passage)]
    assert len(proven) == 1
    assert HALLS in proven[0].text
    assert misleading(question, proven[0]) is None
    assert all(misleading(question, passage) for passage in cut if passage not in proven)
    assert proving(question, whole(other)) is None
    assert not misleading(question, whole(other)).answered


def test_another_report_that_tells_every_fact_misleads_nobody(document, other):
    question = question_of(row("有几个科普馆", facts=[["4个"]], evidence=[HALLS]), document)
    assert misleading(question, whole(other)) is None


def test_the_near_miss_is_read_first_for_what_nothing_answers(document, other):
    question = question_of(row("有几个体育馆", near=TALKS), document)
    for seed in range(10):
        group = pair(question, passages(document, 60), [whole(other)], random.Random(seed))
        assert len(group) == 2
        assert TALKS[:10] in group[0].passage
        assert not any(example.answered for example in group)


def test_an_answer_is_read_against_what_misleads(document, other):
    question = question_of(row("有几个科普馆", facts=[["21个"]], evidence=[HALLS]), document)
    groups = [pair(question, passages(document, 60), [whole(other)], random.Random(seed)) for seed in range(20)]
    assert all(first.answer == "21个" and not second.answered for first, second in groups)
    assert {second.title for _, second in groups} == {ROW["title"], OTHER["title"]}


def test_a_group_is_varied_alike(document):
    question = question_of(row("云溪县一共有多少个科普馆？", facts=[["21个"]], evidence=[HALLS]), document)
    group = pair(question, passages(document, 60), [], random.Random(0))
    drawn = [varied(group, random.Random(seed)) for seed in range(40)]
    assert all(a.question == b.question and bool(a.title) == bool(b.title) for a, b in drawn)
    assert len({a.question for a, _ in drawn}) > 4
    assert {bool(a.date) for a, _ in drawn} == {True, False}


@pytest.mark.parametrize("seed", range(6))
def test_damage_leaves_the_evidence(document, seed):
    question = question_of(row("有几个", facts=[["21个"]], evidence=[HALLS, TALKS]), document)
    example = proving(question, whole(document))
    spoiled = damaged(example, random.Random(seed))
    assert [spoiled.passage[a:b] for a, b in spoiled.evidence] == [HALLS, TALKS]


@pytest.mark.parametrize("question", ["2023年建了3个科普馆？", "How many halls are there in 2023?", "谁", "3"])
def test_typing_leaves_the_figures(question):
    typed = {as_typed(question, random.Random(seed)) for seed in range(60)}
    assert question in typed
    digits = [char for char in question if char.isdigit()]
    for text in typed:
        assert [str(int(char)) for char in text if char.isdigit()] == digits


def author(name, *rows, questions=()):
    documents = tuple(document_of(each, name) for each in rows)
    return Author(name, documents, tuple(question_of(each, documents[0]) for each in questions))


def test_no_copy_of_a_left_out_authors_report_is_trained_on():
    asked = [row("有几个科普馆", evidence=[HALLS])]
    first = author("x1", ROW, OTHER, questions=asked)
    same_text = author("x2", {**ROW, "title": "", "id": "copy"}, questions=asked)
    same_news = author("x3", {**OTHER, "text": "别的文字。", "from": "n1"}, OTHER | {"id": "o2", "text": "云溪县。"})
    of_news = author("x4", {"id": "n", "title": "", "text": "简报一则。", "from": "n1"})
    taught, unseen = apart([first, same_text, same_news, of_news], ["x2", "x4"])
    assert [a.name for a in unseen] == ["x2", "x4"]
    assert [[d.id for d in a.documents] for a in taught] == [["d2"], ["o2"]]
    assert not taught[0].questions


def test_a_text_that_is_in_the_news_too_is_one_document(tmp_path):
    news = tmp_path / "docs.jsonl"
    news.write_text("".join(json.dumps({"id": id_, "title": "", "text": "文。"}) + "\n" for id_ in ("n1", "n2")))
    documents = all_documents([author("x1", {**ROW, "from": "n1"})], news)
    assert [document.source for document in documents] == ["x1/d1.txt", "news/n2.txt"]


def test_only_other_reports_of_those_taught_are_mined():
    first = author("x1", ROW, OTHER, questions=[row("有几个科普馆", evidence=[HALLS])])
    hits = {"有几个科普馆": [Hit(source, 0, 5, "", 0.5) for source in ("x1/d1.txt", "x1/d2.txt", "x9/d1.txt")]}
    found = mined(hits, [first])["有几个科普馆"]
    assert [passage.document.source for passage in found] == ["x1/d2.txt"]


def test_an_epoch_is_the_same_each_time_and_holds_its_share_of_the_old():
    asked = [row(f"第{i}问有几个科普馆", facts=[["21个"]], evidence=[HALLS]) for i in range(6)]
    old = [(Example(f"旧{i}", "", "文", 0, 1),) for i in range(10)]
    course = Course([author("x1", ROW, questions=asked)], {}, old, share=0.4)
    assert course.epoch(1) == course.epoch(1)
    assert course.epoch(0) != course.epoch(1)
    assert sum(group[0].question.startswith("旧") for group in course.epoch(0)) == 4
    assert len(list(taught_groups(course.authors, {}, random.Random(0)))) == 6


def test_what_is_taught_further_holds_every_own_question_and_some_of_the_others():
    own, others = (
        author(name, ROW, questions=[row(f"{name}第{i}问", facts=[["21个"]], evidence=[HALLS]) for i in range(count)])
        for name, count in (("c1", 4), ("x1", 1600))
    )
    old = [(Example(f"旧{i}", "", "文", 0, 1),) for i in range(10)]
    further = Further([own], [others], {}, old)
    asked = [group[0].question for group in further.epoch(0)]
    assert sum(question.startswith("c1") for question in asked) == 4
    assert sum(question.startswith("旧") for question in asked) == 10
    drawn = {question for question in asked if question.startswith("x1")}
    assert 0 < len(drawn) < 1600
    assert drawn != {group[0].question for group in further.epoch(1)} & drawn
    assert further.epoch(1) == further.epoch(1)


def test_a_folder_without_authors_is_said(tmp_path):
    with pytest.raises(UsageError, match="DATA"):
        read_authors(tmp_path)


def test_an_author_is_a_folder(tmp_path):
    for name, documents, questions in (("a10", [ROW], [row("有几个", evidence=[HALLS])]), ("a2", [OTHER], [])):
        folder = tmp_path / "data" / "report-questions" / name
        folder.mkdir(parents=True)
        for file, rows in (("docs.jsonl", documents), ("questions.jsonl", questions), ("more.jsonl", questions)):
            (folder / file).write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    authors = read_authors(tmp_path)
    assert [each.name for each in authors][:3] == ["a2", "a10", "c1"]
    assert len(authors[1].questions) == 2
    assert replace(authors[1].documents[0]).source == "a10/d1.txt"


@pytest.mark.parametrize("folder", sorted(OWN.glob("c*/")), ids=lambda folder: folder.name)
def test_the_projects_own_questions_are_whole_and_many_of_them_have_no_answer(folder):
    author = read_author(folder)
    rows = [row for name in QUESTIONS if (folder / name).exists() for row in rows_of(folder / name)]
    assert len(author.questions) == len(rows) == len({question.text for question in author.questions})
    assert 0.4 < sum(question.answerable for question in author.questions) / len(rows) < 0.8
    for question in author.questions:
        text = question.document.report.text
        proof = " ".join(text[start:end] for start, end in question.evidence)
        assert all(any(form in proof for form in forms) for forms in question.facts)
        assert question.answerable or question.near
