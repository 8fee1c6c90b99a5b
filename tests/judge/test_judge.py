"""What was fitted can be read, holds only what is known, and its grades are in order."""

from __future__ import annotations

import json
import math

import pytest
from shelf import Shelf

from rag.judge.features import FEATURES
from rag.judge.judge import WEIGHTS, Judge, judge

OF_THE_READER = {"relevance", "margin", "proof", "told", "elsewhere", "pointed"}
REPORT = {"a.txt": "青河县科协总结\n\n青河县科协举办讲座25场。"}


@pytest.fixture(scope="module")
def case():
    return Shelf(REPORT).case("青河县举办讲座多少场?", "举办讲座25场", "25场", relevance=3.0)


@pytest.mark.parametrize("name", ["read", "unread"])
def test_the_weights_are_those_of_known_features_and_the_grades_are_in_order(name):
    held = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert set(held) == {"read", "unread"}
    assert set(held[name]["weights"]) <= set(FEATURES)
    assert all(math.isfinite(number) for number in (held[name]["bias"], *held[name]["weights"].values()))
    assert 0 < held[name]["likely"] <= held[name]["sure"]
    assert held[name]["likely"] <= 1


@pytest.mark.parametrize("read", [True, False])
def test_the_judge_is_the_one_that_was_fitted(read):
    held = json.loads(WEIGHTS.read_text(encoding="utf-8"))["read" if read else "unread"]
    assert judge(read) == Judge(held["bias"], held["weights"], held["sure"], held["likely"])
    assert judge(read) is judge(read)


def test_a_probability_is_one_whatever_the_weights(case):
    for bias in (-1e9, -3.0, 0.0, 3.0, 1e9):
        assert 0 <= Judge(bias, {}, 0.9, 0.5).probability(case) <= 1
    assert Judge(0.0, {}, 0.9, 0.5).probability(case) == 0.5
    assert Judge(0.0, {"relevance": 2.0}, 0.9, 0.5).probability(case) == pytest.approx(1 / (1 + math.exp(-0.6)))


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_moves_the_probability_the_way_of_its_weight(case, name):
    said = FEATURES[name](case)
    for weight in (-1.5, 1.5):
        moved = Judge(0.0, {name: weight}, 0.9, 0.5).probability(case) - 0.5
        assert math.copysign(1, moved) == math.copysign(1, weight * said) if said else moved == 0


@pytest.mark.parametrize(
    ("probability", "grade"),
    [(1.0, "sure"), (0.9, "sure"), (0.8999, "likely"), (0.5, "likely"), (0.4999, None), (0.0, None)],
)
def test_a_grade_begins_at_its_threshold(probability, grade):
    assert Judge(0.0, {}, sure=0.9, likely=0.5).certainty(probability) == grade


def test_nothing_is_sure_of_a_judge_that_never_may_be():
    assert Judge(0.0, {}, sure=1.01, likely=0.5).certainty(1.0) == "likely"


def test_unread_sentences_are_judged_without_the_reader():
    held = json.loads(WEIGHTS.read_text(encoding="utf-8"))["unread"]["weights"]
    assert not OF_THE_READER & set(held)
