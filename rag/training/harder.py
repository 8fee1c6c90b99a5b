"""Kinds of questions that sets and clauses alone leave weak.

Follow-ups (two questions in a row, of which the last is to be answered), lists and full dates out of
encyclopedic text, figures asked for by what they measure (多大面积, 多长), and more questions in English.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.training.cloze import CLAUSE
from rag.training.examples import Example, Group, QuestionSet, without_answer
from rag.training.misleading import report_groups, translated
from rag.training.reports import Report, cut

_ASKED = re.compile(r"(?:百分之|第)?(?:多少|几)[\u4e00-\u9fff]{0,2}|什么时候|何时|哪一?[年天]|谁|哪里|哪些|什么")
_FULL_DATE = re.compile(r"\d{1,4}[年月]\d{1,2}[月日]")
_LIST = re.compile(
    r"(?:包括|分别为|分别是|主要有|共有|设有|拥有|来自|分为|有)"
    r"((?:[^，。、；：和及与\s]{2,10}、)+[^，。、；：\s]{2,10}?(?:和|及|与|以及)[^，。、；：\s的]{2,10})(?=[，。；！]|$)"
)
_MEASURED = {
    "多少平方米": ("多大面积", "面积有多大", "多大"),
    "多少平方公里": ("多大面积", "面积有多大"),
    "多少公里": ("多长", "多远", "有多长"),
    "多少亩": ("多大面积", "多少地"),
    "多少人次": ("多少人", "几个人次", "多少参加者"),
    "多少场次": ("多少场", "几场", "多少次"),
    "多少年": ("多久", "多长时间"),
    "多少亿元": ("多少资金", "多少经费"),
    "多少万元": ("多少资金", "多少经费", "多少钱"),
    "多少名": ("多少人", "几个人", "多少位"),
    "多少家": ("多少个", "几家", "哪个数目"),
    "多少个": ("几个", "多少处", "几家"),
    "多少次": ("几回", "几次", "多少回"),
    "百分之多少": ("多大比例", "多大占比", "几成"),
}
_PASSAGE = 220  # characters


def harder_groups(
    asked: Sequence[Group], reports: Sequence[Group], sets: Sequence[QuestionSet], rng: random.Random
) -> list[Group]:
    """Groups made from those of the sets and of the reports, and from the sets' documents."""
    documents = [d for questions in sets for d in rng.sample(questions.documents, min(160, len(questions.documents)))]
    articles = [Report(d.id, d.title, d.text, "") for d in documents]
    dates = [g for g in report_groups(articles, rng, 3) if _FULL_DATE.search(g[0].answer) or rng.random() < 0.25]
    lists = list(_list_groups(articles, rng)) + [g for g in reports if "、" in g[0].answer]
    follow_ups = list(_follow_ups(asked, rng)) + list(_follow_ups(reports, rng))
    english = [g for g in (translated(group, rng) for group in rng.sample(reports, min(300, len(reports)))) if g]
    measured = [g for g in (_measured(group, rng) for group in reports) if g]
    chosen: list[Group] = []
    for groups, share in (
        (follow_ups, 230),
        (dates, 130),
        (lists, 150),
        (english, 130),
        (measured, 130),
        (asked, 200),
        (reports, 200),
    ):
        chosen += rng.sample(groups, min(share, len(groups)))
    rng.shuffle(chosen)
    return chosen


def _follow_ups(groups: Sequence[Group], rng: random.Random) -> Iterator[Group]:
    """A question after another one about the same passage: what is meant is the last."""
    same: dict[str, list[Group]] = {}
    for group in groups:
        if not group[0].question.isascii():
            same.setdefault(group[0].passage, []).append(group)
    for others in same.values():
        for before, group in itertools.pairwise(others):
            if before[0].answer == group[0].answer:
                continue
            asked = _ASKED.search(group[0].question)
            last = group[0].question
            if asked and rng.random() < 0.4:  # 那…呢？, with what is asked left out
                last = last.replace(asked[0], "", 1).rstrip("？?呢") + rng.choice(("呢？", "呢?"))
            question = f"{before[0].question} {rng.choice(('那', '那么', '', '', '其中'))}{last}"
            without = without_answer(group[0])
            yield tuple(
                replace(example, question=question)
                for example in (*group, *([without] if without else []))
                if example.question == group[0].question
            )


def _list_groups(articles: Sequence[Report], rng: random.Random) -> Iterator[Group]:
    for article in articles:
        for window in cut(article, _PASSAGE):
            for clause in CLAUSE.finditer(window.text):
                match = _LIST.search(clause[0])
                if match is None or match.start(1) < 5:
                    continue
                question = clause[0][: match.start(1)] + rng.choice(("哪些？", "什么？", "哪几个？", "谁？", "哪些"))
                start = clause.start() + match.start(1)
                positive = Example(question, article.title, window.text, start, start + len(match[1]))
                without = without_answer(positive)
                if without:
                    yield positive, without


def _measured(group: Group, rng: random.Random) -> Group | None:
    """The group asked about by what is measured, or None where its question has no such words."""
    words = next((words for words in _MEASURED if words in group[0].question), None)
    if words is None:
        return None
    other = rng.choice(_MEASURED[words])
    return tuple(replace(example, question=example.question.replace(words, other, 1)) for example in group)
