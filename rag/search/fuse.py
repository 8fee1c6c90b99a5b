"""Fuse what the vectors and the words propose into one ranking. Pure.

Both sides are put on an absolute scale from 0 to 1 before they are mixed, so that a fused score compares
across questions: a convex combination, which keeps how much better a hit is than the next; reciprocal
ranks throw that away (Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval").
"""

from __future__ import annotations

from collections.abc import Sequence

CANDIDATES = 100  # proposed by each side
DEFAULT_PASSAGES = 12  # of those, what is read for an answer
DEFAULT_HITS = 10  # and what a search shows
_DENSE = 0.5  # weight of the vectors, measured: docs/decisions/0001-lexical-search.md
_UNRELATED = 0.75  # cosine similarity that E5 gives to texts that have nothing to do with each other


def fuse(nearest: Sequence[tuple[str, float]], matching: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """(chunk id, score in [0, 1]), best first, equal scores by id.

    `nearest` are (chunk id, cosine similarity), `matching` (chunk id, share of the question's words), both
    best first. A chunk that one side didn't propose counts there like that side's last: no better than it.
    """
    floor = _closeness(nearest[-1][1]) if nearest else 0.0
    close = {id_: _closeness(cosine) for id_, cosine in nearest}
    shares = dict(matching)
    scores = {
        id_: _DENSE * close.get(id_, floor) + (1 - _DENSE) * shares.get(id_, 0.0)
        for id_ in dict.fromkeys([*close, *shares])
    }
    return sorted(scores.items(), key=lambda hit: (-hit[1], hit[0]))


def _closeness(cosine: float) -> float:
    return min(1.0, max(0.0, (cosine - _UNRELATED) / (1 - _UNRELATED)))
