"""What was fitted can be read, holds only what is known, and its grades are in order."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from shelf import Shelf

from rag.judge.features import FEATURES
from rag.judge.judge import WEIGHTS, Judge, judge

KINDS = ("read", "unread")
OF_THE_READER = {"relevance", "margin", "proof", "told", "elsewhere", "pointed"}
REPORT = {"a.txt": "青河县科协总结\n\n青河县科协举办讲座25场。"}


def judge_of(weights, bias=0.0):
    return Judge(ranking=weights, weights=weights, bias=bias, sure=0.9, likely=0.5)


@pytest.fixture(scope="module")
def case():
    return Shelf(REPORT).case("青河县举办讲座多少场?", "举办讲座25场", "25场", relevance=3.0)


@pytest.mark.parametrize("name", KINDS)
def test_the_weights_are_those_of_known_features_and_the_grades_are_in_order(name):
    held = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert set(held) == set(KINDS)
    assert set(held[name]["weights"]) == set(held[name]["ranking"]) <= set(FEATURES)
    assert all(math.isfinite(number) for number in (held[name]["bias"], *held[name]["weights"].values()))
    assert 0 < held[name]["likely"] <= held[name]["sure"]
    assert held[name]["likely"] <= 1


@pytest.mark.parametrize("name", KINDS)
def test_the_judge_is_the_one_that_was_fitted(name):
    held = json.loads(WEIGHTS.read_text(encoding="utf-8"))[name]
    assert judge(name) == Judge(**held)
    assert judge(name) is judge(name)


def test_a_probability_is_one_whatever_the_weights(case):
    for bias in (-1e9, -3.0, 0.0, 3.0, 1e9):
        assert 0 <= judge_of({}, bias).judge(case).probability <= 1
    assert judge_of({}).judge(case).probability == 0.5
    assert judge_of({"relevance": 2.0}).judge(case).probability == pytest.approx(1 / (1 + math.exp(-0.6)))


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_moves_the_probability_the_way_of_its_weight(case, name):
    said = FEATURES[name](case)
    for weight in (-1.5, 1.5):
        moved = judge_of({name: weight}).judge(case).probability - 0.5
        assert math.copysign(1, moved) == math.copysign(1, weight * said) if said else moved == 0


@pytest.mark.parametrize(
    ("probability", "grade"),
    [(1.0, "sure"), (0.9, "sure"), (0.8999, "likely"), (0.5, "likely"), (0.4999, None), (0.0, None)],
)
def test_a_grade_begins_at_its_threshold(probability, grade):
    assert judge_of({}).certainty(probability) == grade


def test_nothing_is_sure_of_a_judge_that_never_may_be():
    assert replace(judge_of({}), sure=1.01).certainty(1.0) == "likely"


def test_the_rank_is_that_of_its_own_weights(case):
    held = Judge(ranking={"relevance": 3.0}, weights={}, bias=0.0, sure=0.9, likely=0.5)
    assert held.judge(case).rank == pytest.approx(0.9)
    assert held.judge(case).probability == 0.5


def test_unread_sentences_are_judged_without_the_reader():
    held = json.loads(WEIGHTS.read_text(encoding="utf-8"))["unread"]["weights"]
    assert not OF_THE_READER & set(held)


SMALL = ["relevance", 0.2, -1.0, ["margin", 0.5, 0.5, 2.0]]


@pytest.mark.parametrize(
    ("said", "odds"),
    [
        ({"relevance": 0.2, "margin": 9.0}, -1.0),
        ({"relevance": 0.3, "margin": 0.5}, 0.5),
        ({"relevance": 9, "margin": 1}, 2.0),
    ],
)
def test_a_tree_is_followed_to_its_leaf_and_averaged_with_the_line(said, odds):
    judge = Judge(ranking={}, weights={}, bias=3.0, sure=0.9, likely=0.5, trees=[SMALL])
    assert judge.weigh(said).probability == pytest.approx(1 / (1 + math.exp(-(3.0 + odds) / 2)))
    assert judge.uses("margin")
    assert not judge.uses("alone")
