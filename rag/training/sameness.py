"""How far what was said is what should have been said. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ingest.language.script import to_simplified


def holds(said: str, answers: Sequence[Sequence[str]]) -> bool:
    """Whether every fact stands in what was said, in one of its forms."""
    return all(any(bare(form) in bare(said) for form in forms) for forms in answers)


def is_short_answer(said: str, answers: Sequence[Sequence[str]]) -> bool:
    """Whether what was said holds every fact and at most four characters a fact besides."""
    longest = (
        sum(max(len(bare(form)) for form in forms if bare(form) in bare(said)) for forms in answers)
        if holds(said, answers)
        else 0
    )
    return bool(longest) and len(bare(said)) <= longest + 4 * len(answers)


def bare(text: str) -> str:
    """Letters, figures and Han only, in one script, width and case."""
    return re.sub(r"[\W_]+", "", to_simplified(unicodedata.normalize("NFKC", text)).lower())


def overlap(said: str, answer: str) -> float:
    """F1 of the longest common run of characters."""
    a, b = bare(said), bare(answer)
    best = 0
    runs = [0] * (len(b) + 1)
    for char in a:
        runs = [0, *(runs[j] + 1 if char == other else 0 for j, other in enumerate(b))]
        best = max(best, *runs)
    return 2 * best / (len(a) + len(b)) if best else 0.0


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The area under the curve: how often a positive scores above a negative, ties counting half."""
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / max(1, len(positive) * len(negative))
