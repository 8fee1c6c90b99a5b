"""How likely a sentence answers, and the grade that follows: from the same features. Pure.

A line (a logistic regression) tells which sentence of all answers best; another line and small trees, boosted one upon
the other, how likely the best one does: what tells sentences apart isn't what tells questions apart that the reports
answer. The first is fitted on sentences of one question, mostly of one report; of a plan and what became of it, told in
two reports, the second knows more: a sentence's rank is what both say. The line knows what each feature is worth, be it
never so seldom, the trees how they count together. Both are fitted by `make judge` on what a reader says of authors
that it wasn't taught by, and kept in `weights.json` beside this module: `read` for sentences that the reader has read,
`unread` where it is switched off.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rag.judge.case import Case
from rag.judge.features import FEATURES
from rag.records import Certainty

WEIGHTS = Path(__file__).with_name("weights.json")
_MOST = 30.0  # log odds beyond which nothing gets surer


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rank` puts the sentences of a question in order; `probability` in [0, 1] is that the sentence answers it."""

    rank: float
    probability: float


Of = Literal["read", "unread"]
Node = float | Sequence[Any]
"""Log odds; or (feature, value, node up to that value, node above it)."""


@dataclass(frozen=True, slots=True)
class Judge:
    """`ranking` and `weights` are log odds for each unit of a feature: that a sentence answers rather than another one
    of the same question, and that it answers at all. `trees` say the latter too, each a part of the log odds; what the
    line and they say is averaged. `sure` and `likely` are the least probabilities of the grades."""

    ranking: Mapping[str, float]
    weights: Mapping[str, float]
    bias: float
    sure: float
    likely: float
    trees: Sequence[Node] = ()

    def judge(self, case: Case) -> Verdict:
        """The verdict on one sentence; each feature is looked at once."""
        values = {name: FEATURES[name](case) for name in {*self.ranking, *self.weights}}
        return self.weigh(values)

    def uses(self, feature: str) -> bool:
        """Whether a feature weighs anything."""
        return any(each.get(feature) for each in (self.ranking, self.weights)) or any(
            _asks(tree, feature) for tree in self.trees
        )

    def weigh(self, values: Mapping[str, float]) -> Verdict:
        """The verdict on what the features say."""
        better = sum(weight * values[name] for name, weight in self.ranking.items())
        odds = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        if self.trees:
            odds = (odds + sum(_leaf(tree, values) for tree in self.trees)) / 2
        odds = max(-_MOST, min(_MOST, odds))
        return Verdict(better + odds, 1 / (1 + math.exp(-odds)))

    def certainty(self, probability: float) -> Certainty | None:
        """The grade of an answer; None where it isn't worth showing."""
        return "sure" if probability >= self.sure else "likely" if probability >= self.likely else None


def _leaf(node: Node, values: Mapping[str, float]) -> float:
    """What a tree says of the features."""
    while not isinstance(node, float | int):
        name, value, low, high = node
        node = low if values[name] <= value else high
    return node


def _asks(node: Node, feature: str) -> bool:
    """Whether a tree looks at a feature."""
    return not isinstance(node, float | int) and (node[0] == feature or any(_asks(each, feature) for each in node[2:]))


@functools.cache
def judge(of: Of = "read") -> Judge:
    """The judge as it was fitted: for sentences that were read, or where no reader is used."""
    return Judge(**json.loads(WEIGHTS.read_text(encoding="utf-8"))[of])
