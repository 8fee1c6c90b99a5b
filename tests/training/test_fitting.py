"""The judge is fitted on what earns its place, its grades keep their promise, and nobody is judged by what was fitted
on them. Rows are drawn so that what is true of them is known."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace

import numpy as np
import pytest

from rag.judge.features import FEATURES
from rag.judge.judge import Judge, _leaf
from rag.training import fitting
from rag.training.judging import Judged, Row

NAMES = ("telling", "useless")


def sentence(right: bool, **features: float) -> Judged:
    return Judged("a.txt", 0, "句", features, 0.0, 0.0, "", right, (0,) if right else ())


def row(author: str, n: int, sentences, answerable: bool = True) -> Row:
    return Row(f"{author}/{n}", author, "number", "asked", answerable, 1, None, "a.txt", tuple(sentences))


def drawn(author: str, count: int, sign: float = 1.0, answerable: float = 0.75) -> list[Row]:
    """Questions of which the right sentence is told by one feature, as far as they have one."""
    rng = random.Random(author)
    rows = []
    for n in range(count):
        able = rng.random() < answerable
        right = rng.randrange(4) if able else -1
        rows.append(
            row(
                author,
                n,
                [
                    sentence(
                        i == right,
                        telling=sign * (rng.gauss(1.0, 0.6) if i == right else rng.gauss(-1.0, 0.6)),
                        useless=rng.gauss(0, 1),
                    )
                    for i in range(4)
                ],
                able,
            )
        )
    return rows


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [each for author in ("a1", "a2", "a3") for each in drawn(author, 80)]


def test_what_tells_right_from_wrong_is_found(rows):
    judge = fitting.fit(rows, NAMES)
    assert judge.weights["telling"] > 1
    assert abs(judge.weights["useless"]) < judge.weights["telling"] / 5
    outcomes = fitting.outcomes(rows, judge)
    assert fitting.share(o.right for o in outcomes if o.row.answerable) > 0.9
    assert fitting.share(o.probability > 0.5 for o in outcomes if not o.row.answerable) < 0.2


def test_a_fitted_judge_is_sure_of_nothing_before_its_thresholds_are_set(rows):
    judge = fitting.fit(rows, NAMES)
    assert judge.certainty(1.0) is None


def test_fitting_twice_gives_the_same(rows):
    assert fitting.fit(rows, NAMES) == fitting.fit(rows, NAMES)


def test_trees_tell_what_no_line_can():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 2))
    y = x[:, 0] * x[:, 1] > 0
    trees = fitting._trees(x, y, NAMES)
    judge = Judge(ranking={}, weights={}, bias=0.0, sure=1.0, likely=0.5, trees=trees)
    odds = [math.log(p / (1 - p)) for p in (judge.weigh(dict(zip(NAMES, row, strict=True))).probability for row in x)]
    right = np.mean((np.array(odds) > 0) == y)
    assert right > 0.9
    line = fitting._regression(x, y, np.ones(len(y)), 1.0, NAMES)
    assert np.mean((x @ line[0] + line[1] > 0) == y) < 0.65


def test_what_speaks_for_an_answer_never_counts_against_it_in_a_tree():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(400, 2))
    y = x[:, 0] < 0
    for name, way in (("relevance", 1), ("opposite", -1)):
        trees = fitting._trees(x * -way, y, (name, "useless"))
        for other in (-1.0, 0.0, 1.0):
            said = [sum(_leaf(tree, {name: at, "useless": other}) for tree in trees) for at in np.linspace(-3, 3, 40)]
            assert all(way * (b - a) >= -1e-3 for a, b in itertools.pairwise(said))


def test_the_probability_is_that_of_the_best_sentence(rows):
    judge = fitting.fit(rows, NAMES)
    outcomes = fitting.outcomes(rows, judge)
    said = sum(o.probability for o in outcomes) / len(outcomes)
    assert said == pytest.approx(fitting.share(o.right for o in outcomes), abs=0.03)


def test_what_a_judge_prefers_is_what_the_product_would_prefer():
    best = row("a1", 1, [sentence(False, telling=-1.0), sentence(True, telling=2.0), sentence(False, telling=1.0)])
    (outcome,) = fitting.outcomes([best, row("a1", 2, [])], Judge({"telling": 1.0}, {"telling": 1.5}, 0.5, 0.9, 0.5))
    assert (outcome.best, outcome.right) == (best.sentences[1], True)
    assert outcome.probability == pytest.approx(1 / (1 + math.exp(-3.5)))


def test_nobody_is_judged_by_what_was_fitted_on_them(rows):
    """An author of whom the opposite is true is judged wrongly: only the others were fitted on."""
    odd = drawn("odd", 80, sign=-1.0)
    outcomes = fitting.left_out([*rows, *odd], NAMES)
    by_author = {
        author: fitting.share(o.right for o in outcomes if o.row.author == author and o.row.answerable)
        for author in ("a1", "odd")
    }
    assert by_author["a1"] > 0.9
    assert by_author["odd"] < 0.1
    assert len(outcomes) == len(rows) + len(odd)


def test_what_is_said_of_an_author_does_not_hang_on_what_is_true_of_its_sentences(rows):
    denied = [
        replace(r, sentences=tuple(replace(s, right=not s.right) for s in r.sentences)) if r.author == "a2" else r
        for r in rows
    ]
    said, again = (
        [o.probability for o in fitting.left_out(each, NAMES) if o.row.author == "a2"] for each in (rows, denied)
    )
    assert said == again


def test_a_feature_that_tells_nothing_is_dropped(rows):
    assert fitting.earning(rows, NAMES) == ["telling"]
    assert fitting.earning(rows, NAMES[::-1]) == ["telling"]


def outcome(probability: float, right: bool) -> fitting.Outcome:
    return fitting.Outcome(row("a1", 0, [], answerable=right), sentence(right), probability)


def test_of_what_is_sure_at_most_three_in_a_hundred_are_wrong(rows):
    outcomes = fitting.left_out(rows, NAMES)
    sure, likely = fitting.thresholds(outcomes)
    assert 0 < likely <= sure
    called = [o for o in outcomes if o.probability >= sure + 0.001]
    assert called
    assert fitting.share(not o.right for o in called) <= 0.03 + 1 / len(called)


@pytest.mark.parametrize(
    ("said", "sure", "likely"),
    [
        ([(0.9, True)] * 20 + [(0.8, True), (0.3, False), (0.2, False)], 0.8, 0.8),
        ([(0.9, True)] * 20 + [(0.8, False)] * 2 + [(0.6, True)] * 5 + [(0.1, False)], 0.9, 0.6),
        ([(0.9, True)] * 12 + [(0.8, False), (0.2, False)], 1.01, 0.9),
    ],
)
def test_the_thresholds_are_the_least_that_keep_the_promise(said, sure, likely):
    assert fitting.thresholds([outcome(*each) for each in said]) == (sure, likely)


def test_what_can_only_speak_against_an_answer_never_speaks_for_it():
    """Sentences that are right the more often they are of another place: the data are odd, the judge isn't."""
    rows = [
        row(
            author, n, [sentence(i == 0, telling=float(i == 0) + 0.01 * n, other_place=float(i == 0)) for i in range(3)]
        )
        for author in ("a1", "a2")
        for n in range(20)
    ] + [row("a1", 100 + n, [sentence(False, telling=-1.0, other_place=0.0)], False) for n in range(10)]
    judge = fitting.fit(rows, ("telling", "other_place"))
    assert judge.ranking["other_place"] == judge.weights["other_place"] == 0
    assert judge.ranking["telling"] > 0


def test_what_is_held_to_a_direction_is_a_feature():
    assert set(FEATURES) >= fitting._FOR | fitting._AGAINST
    assert not fitting._FOR & fitting._AGAINST


def test_what_weighs_nothing_is_left_out(rows):
    flat = [
        replace(r, sentences=tuple(replace(s, features={**s.features, "flat": 1.0}) for s in r.sentences)) for r in rows
    ]
    assert fitting.weighing(flat, ("telling", "flat")) == ["telling"]


def test_the_log_loss_is_less_the_surer_what_is_right_is_said():
    right, unsure, wrong = (fitting.log_loss([outcome(p, True)]) for p in (0.99, 0.5, 0.01))
    assert right < unsure < wrong
    assert unsure == pytest.approx(math.log(2))
    assert math.isfinite(fitting.log_loss([outcome(0.0, True), outcome(1.0, False)]))


def test_how_often_a_probability_is_right_is_told_for_each_tenth():
    told = fitting.reliability([outcome(0.95, True), outcome(1.0, True), outcome(0.15, False), outcome(0.12, True)])
    assert told == [(pytest.approx(0.135), 0.5, 2), (pytest.approx(0.975), 1.0, 2)]


def test_a_feature_that_never_changes_spreads_over_nothing(rows):
    flat = [
        replace(r, sentences=tuple(replace(s, features={**s.features, "flat": 1.0}) for s in r.sentences)) for r in rows
    ]
    spread = fitting.spreads(flat, ("telling", "flat"))
    assert spread["flat"] == 0
    assert spread["telling"] > 0.5


def test_the_share_of_nothing_is_no_number():
    assert fitting.share([True, False, True, True]) == 0.75
    assert math.isnan(fitting.share([]))
