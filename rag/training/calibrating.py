"""The probability that is made of the reader's logits: fitted on passages it didn't learn from, and shown on others."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reader.reader import Calibration, Reader, ToRead
from rag.training.examples import Group

NEUTRAL = Calibration(0.0, 1.0, 0.0)  # of a reader whose calibration is still to be fitted
_BINS = 10


def judged(reader: Reader, groups: Sequence[Group]) -> list[tuple[float, float, bool]]:
    """(relevance logit, span margin, whether it is answered) of every example of the groups."""
    return [
        (*reader.judge(e.question, ToRead(e.passage, e.title, e.section)), e.answered)
        for group in groups
        for e in group
    ]


def calibrate(judgements: Sequence[tuple[float, float, bool]], rounds: int = 50) -> Calibration:
    """Logistic regression by Newton's method, with a little ridge."""
    import numpy as np

    x = np.array([(1.0, relevance, margin / 10) for relevance, margin, _ in judgements])
    y = np.array([answered for _, _, answered in judgements], dtype=np.float64)
    weights = np.zeros(3)
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - y) + 1e-2 * weights
        curvature = (x * (p * (1 - p))[:, None]).T @ x + 1e-2 * np.eye(3)
        weights -= np.linalg.solve(curvature, gradient)
    return Calibration(float(weights[0]), float(weights[1]), float(weights[2] / 10))


def reliability(
    calibration: Calibration, judgements: Sequence[tuple[float, float, bool]]
) -> list[tuple[float, float, int]]:
    """(mean probability said, share that was answered, passages) for tenths of the probability."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for relevance, margin, answered in judgements:
        said = calibration.probability(relevance, margin)
        bins[min(_BINS - 1, int(said * _BINS))].append((said, answered))
    return [(_mean([s for s, _ in b]), _mean([float(a) for _, a in b]), len(b)) for b in bins if b]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
