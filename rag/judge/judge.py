"""How likely a sentence answers: a logistic regression over named features, and the grade that follows. Pure.

Weights and thresholds are fitted by `make judge` on what a reader says of authors that it wasn't taught by, and kept in
`weights.json` beside this module: `read` for sentences that the reader has read, `unread` where it is switched off.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.judge.features import FEATURES, Case
from rag.records import Certainty

WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Judge:
    """`weights` are log odds for each unit of a feature; `sure` and `likely` the least probabilities of the grades."""

    bias: float
    weights: Mapping[str, float]
    sure: float
    likely: float

    def probability(self, case: Case) -> float:
        """The probability in [0, 1] that the sentence answers the question."""
        odds = self.bias + sum(weight * FEATURES[name](case) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))

    def certainty(self, probability: float) -> Certainty | None:
        """The grade of an answer; None where it isn't worth showing."""
        return "sure" if probability >= self.sure else "likely" if probability >= self.likely else None


@functools.cache
def judge(read: bool = True) -> Judge:
    """The judge as it was fitted: for sentences that were read, or where no reader is used."""
    held = json.loads(WEIGHTS.read_text(encoding="utf-8"))["read" if read else "unread"]
    return Judge(held["bias"], held["weights"], held["sure"], held["likely"])
