"""Examples as damaged text leaves them: what answers stays, and stays where it is said to be. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from rag.training.examples import Example

_REPLACEMENTS = {"，": ",", "。": ".", "；": ";", "：": ":", "（": "(", "）": ")"}


def damaged(example: Example, rng: random.Random) -> Example:
    """The example as damaged text leaves it: marks folded, doubled or lost, a character gone, outside the answer."""
    rate = rng.choice((0.02, 0.05))

    def spoil(text: str) -> str:
        return "".join(
            _spoiled(char, rng) if rng.random() < rate * (8 if char in _REPLACEMENTS else 1) else char for char in text
        )

    if example.evidence:
        return _damaged_around(example, spoil)
    before, answer, after = (
        spoil(example.passage[: example.start]),
        example.answer,
        spoil(example.passage[example.end :]),
    )
    return (
        replace(example, passage=before + answer + after, start=len(before), end=len(before) + len(answer))
        if example.answered
        else replace(example, passage=before + after)
    )


def _damaged_around(example: Example, spoil: Callable[[str], str]) -> Example:
    """Damage before the first and behind the last sentence of evidence, so that everything between keeps its place."""
    first, last = example.evidence[0][0], example.evidence[-1][1]
    before = spoil(example.passage[:first])
    moved = len(before) - first
    return replace(
        example,
        passage=before + example.passage[first:last] + spoil(example.passage[last:]),
        start=example.start + moved if example.has_span else 0,
        end=example.end + moved if example.has_span else 0,
        evidence=tuple((start + moved, end + moved) for start, end in example.evidence),
    )


def _spoiled(char: str, rng: random.Random) -> str:
    if char in _REPLACEMENTS:
        return rng.choice((_REPLACEMENTS[char], char + char, "", _REPLACEMENTS[char] + char))
    return rng.choice(("�", "?", "", char))
