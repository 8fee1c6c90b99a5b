"""Fit the judge: which features earn their place, what each weighs, and from which probability on an answer is sure.

Everything that is measured here is measured on authors that weren't fitted on: each is left out in turn. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.judge.judge import Judge
from rag.training.judging import Judged, Row, by_author

_RIDGE = 1.0  # scikit-learn's C
_LEAST = 2e-4  # what a feature must take off the log loss of authors left out to be kept
_WRONG_IF_SURE = 0.03  # the share of what is called sure that may be wrong
_RIGHT_IF_LIKELY = 0.5  # the share of what is called likely that must be right
_NEVER = 1.01

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question's best sentence with its probability, as a judge says that wasn't fitted on its author."""

    row: Row
    best: Judged
    probability: float

    @property
    def right(self) -> bool:
        return self.best.right


def fit(rows: Sequence[Row], names: Sequence[str]) -> Judge:
    """The judge of these features, its probability that of the best sentence; thresholds still to be set."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    x, y, weight = _table(rows, names)
    first = LogisticRegression(C=_RIDGE, max_iter=1000).fit(x, y, sample_weight=weight)
    weights, bias = first.coef_[0], float(first.intercept_[0])
    # Of many sentences the best one is right less often than its own odds say: one more step fits those of the best.
    best = [max(_odds(row, names, weights, bias)) for row in rows if row.sentences]
    odds = np.array([[value] for value, _ in best])
    right = np.array([row.sentences[at].right for row, (_, at) in zip(_with(rows), best, strict=True)])
    second: Any = LogisticRegression(C=_RIDGE, max_iter=1000).fit(odds, right)
    slope, offset = float(second.coef_[0][0]), float(second.intercept_[0])
    return Judge(
        bias=round(bias * slope + offset, 4),
        weights={name: round(float(w) * slope, 4) for name, w in zip(names, weights, strict=True)},
        sure=_NEVER,
        likely=_NEVER,
    )


def left_out(rows: Sequence[Row], names: Sequence[str]) -> list[Outcome]:
    """Each question's outcome with the judge fitted on the other authors."""
    found = []
    for author, own in by_author(rows).items():
        judge = fit([row for row in rows if row.author != author], names)
        found += outcomes(own, judge)
    return found


def outcomes(rows: Sequence[Row], judge: Judge) -> list[Outcome]:
    """Each question's best sentence as a judge sees it; none for questions for which nothing was found."""
    names, weights = list(judge.weights), np.array(list(judge.weights.values()))
    found = []
    for row in _with(rows):
        odds, at = max(_odds(row, names, weights, judge.bias))
        found.append(Outcome(row, row.sentences[at], float(1 / (1 + np.exp(-odds)))))
    return found


def log_loss(some: Sequence[Outcome]) -> float:
    """The mean log loss of the probabilities that the best sentence is right."""
    p = np.clip([outcome.probability for outcome in some], 1e-6, 1 - 1e-6)
    y = np.array([outcome.right for outcome in some])
    return float(-np.mean(np.where(y, np.log(p), np.log(1 - p))))


def earning(rows: Sequence[Row], names: Sequence[str]) -> list[str]:
    """The features without which authors left out are judged worse: the one that earns least goes, again and again."""
    kept = list(names)
    loss = log_loss(left_out(rows, kept))
    while len(kept) > 1:
        tried = [(log_loss(left_out(rows, [n for n in kept if n != name])), name) for name in kept]
        least, name = min(tried)
        if least - loss > _LEAST:
            break
        kept.remove(name)
        loss = min(loss, least)
    return kept


def thresholds(some: Sequence[Outcome]) -> tuple[float, float]:
    """(sure, likely): the least probabilities at which so few are wrong, and so many right."""
    order = sorted(some, key=lambda outcome: -outcome.probability)
    sure, wrong = _NEVER, 0
    for count, outcome in enumerate(order, 1):
        wrong += not outcome.right
        if wrong <= _WRONG_IF_SURE * count:
            sure = outcome.probability
    gains = np.cumsum([(1.0 if outcome.right else 0.0) - _RIGHT_IF_LIKELY for outcome in order])
    likely = order[int(np.argmax(gains))].probability
    return round(sure, 3), round(min(likely, sure), 3)


def reliability(some: Sequence[Outcome], tenths: int = 10) -> list[tuple[float, float, int]]:
    """(mean probability said, share that was right, questions) for tenths of the probability."""
    bins: Mapping[int, list[Outcome]] = {i: [] for i in range(tenths)}
    for outcome in some:
        bins[min(tenths - 1, int(outcome.probability * tenths))].append(outcome)
    return [
        (sum(o.probability for o in b) / len(b), sum(o.right for o in b) / len(b), len(b)) for b in bins.values() if b
    ]


def spreads(rows: Sequence[Row], names: Sequence[str]) -> dict[str, float]:
    """Each feature's standard deviation over the best sentences: what its weight comes to."""
    x = np.array([[s.features[name] for name in names] for row in _with(rows) for s in row.sentences[:3]])
    return dict(zip(names, map(float, x.std(axis=0)), strict=True))


def share(each: Iterable[bool]) -> float:
    """How many of them are so; NaN of none."""
    held = list(each)
    return sum(held) / len(held) if held else float("nan")


def _table(rows: Sequence[Row], names: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    """Features, truths and weights of all sentences: a question's right ones weigh together what its others do."""
    x, y, weight = [], [], []
    for row in _with(rows):
        right = sum(sentence.right for sentence in row.sentences)
        for sentence in row.sentences:
            x.append([sentence.features[name] for name in names])
            y.append(float(sentence.right))
            weight.append(1 / right if sentence.right else 1 / (len(row.sentences) - right))
    return np.array(x), np.array(y), np.array(weight)


def _odds(row: Row, names: Sequence[str], weights: Floats, bias: float) -> list[tuple[float, int]]:
    """(log odds, place) of each sentence."""
    x = np.array([[sentence.features[name] for name in names] for sentence in row.sentences])
    return [(float(value), i) for i, value in enumerate(x @ weights + bias)]


def _with(rows: Sequence[Row]) -> list[Row]:
    """The rows for which anything was found."""
    return [row for row in rows if row.sentences]
