"""Each feature says one thing of a sentence: so here, not so there, in a range of about one."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from shelf import CHUNK, NOTHING_ANSWERS, Shelf, reader_of

from rag.judge.case import Case
from rag.judge.features import FEATURES
from rag.judge.ranking import cases_of, weigh

ROWS = [json.loads(line) for line in Path(__file__).with_name("features.jsonl").read_text("utf-8").splitlines()]


def case_of(row) -> Case:
    case = Shelf({"a.txt": row["report"]}, row.get("size", CHUNK)).case(
        row["question"], row["sentence"], row.get("span", ""), **row.get("read", {})
    )
    passage = replace(case.evidence.passage, score=row.get("score", 0.5))
    evidence = replace(case.evidence, passage=passage, alone=row.get("alone", case.evidence.alone))
    lead, ahead, unknown = (row.get(name, 0.0) for name in ("lead", "ahead", "unknown"))
    return replace(case, evidence=evidence, lead=lead, ahead=ahead, unknown=unknown)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['feature']}: {row['question']} {row['sentence']}")
def test_a_feature_is_so_or_not(row):
    said = FEATURES[row["feature"]](case_of(row))
    if "value" in row:
        assert said == pytest.approx(row["value"])
    assert row.get("least", -math.inf) <= said <= row.get("most", math.inf)


def test_every_feature_has_cases_where_it_is_so_and_where_it_is_not():
    for name in FEATURES:
        told = {row.get("value", row.get("least", row.get("most"))) for row in ROWS if row["feature"] == name}
        assert len(told) > 1, name
    assert {row["feature"] for row in ROWS} == set(FEATURES)


@pytest.mark.parametrize("row", ROWS[:: max(1, len(ROWS) // 30)], ids=lambda row: row["question"])
def test_every_feature_is_a_number_of_about_one_for_every_sentence(row):
    case = case_of(row)
    for name, feature in FEATURES.items():
        said = feature(case)
        assert isinstance(said, float | int), name
        assert -2 <= said <= 2, name


NEIGHBOURS = {
    "a.txt": "白水县科协总结\n\n白水县科协举办讲座18场。",
    "b.txt": "青河县科协总结\n\n青河县科协举办讲座25场。听众踊跃。",
}


def test_a_lead_is_that_over_the_best_of_other_reports():
    shelf = Shelf(NEIGHBOURS)
    first, second = shelf.passages()
    passages = [replace(first, score=0.7), replace(second, score=0.6), replace(second, score=0.3)]
    cases, _ = cases_of(shelf.query("白水县举办讲座多少场?"), passages, shelf.library(NOTHING_ANSWERS))
    leads = {case.evidence.passage.chunk.source: case.lead for case in cases}
    assert leads == {"a.txt": pytest.approx(0.1), "b.txt": pytest.approx(-0.1)}


@pytest.mark.parametrize(
    ("weights", "twice"),
    [({"alone": 1.0}, True), ({"relevance": 1.0}, False), ({"relevance": 1.0, "alone": 0.0}, False)],
)
def test_sentences_are_read_alone_only_for_a_judge_that_makes_something_of_it(weights, twice):
    judge, read = replace(NOTHING_ANSWERS, weights=weights), []

    def reading(_question, passages):
        read.extend(passage.text for passage in passages)
        return reader_of(["讲座18场"])(_question, passages)

    shelf = Shelf(NEIGHBOURS)
    weigh(shelf.query("白水县举办讲座多少场?"), shelf.passages(), shelf.library(judge, reading))
    assert ("白水县科协举办讲座18场。" in read) == twice


@pytest.mark.parametrize(
    ("question", "least", "most"),
    [("白水县举办讲座多少场?", 0.0, 0.0), ("白水县的航天发射场有几座?", 0.2, 1.0), ("钻石矿有几吨?", 1.0, 1.0)],
)
def test_what_no_report_holds_is_counted_as_unknown(question, least, most):
    shelf = Shelf(NEIGHBOURS)
    cases, _ = cases_of(shelf.query(question), shelf.passages(), shelf.library(NOTHING_ANSWERS))
    assert cases
    assert all(least - 1e-9 <= case.unknown <= most + 1e-9 for case in cases)
