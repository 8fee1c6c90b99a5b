"""Which passages share words with a question, by pairs of characters. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence


class Bigrams:
    """BM25 over character bigrams: which passages share words with a question."""

    def __init__(self, passages: Sequence[str], k1: float = 1.2, b: float = 0.75) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = {}
        counts = [Counter(bigrams(p)) for p in passages]
        mean = sum(sum(c.values()) for c in counts) / max(1, len(counts))
        for i, count in enumerate(counts):
            norm = k1 * (1 - b + b * sum(count.values()) / mean)
            for gram, n in count.items():
                self._postings.setdefault(gram, []).append((i, n * (k1 + 1) / (n + norm)))
        self._size = len(passages)

    def top(self, question: str, k: int) -> list[int]:
        """The k passages with the highest scores, best first."""
        scores = self.scores(question)
        return sorted(scores, key=lambda i: (-scores[i], i))[:k]

    def scores(self, question: str) -> dict[int, float]:
        """The score of every passage that shares a bigram with the question."""
        scores: dict[int, float] = {}
        for gram in sorted(set(bigrams(question))):
            found = self._postings.get(gram, ())
            idf = math.log(1 + (self._size - len(found) + 0.5) / (len(found) + 0.5))
            for i, weight in found:
                scores[i] = scores.get(i, 0.0) + idf * weight
        return scores


def bigrams(text: str) -> list[str]:
    """The pairs of neighbouring characters, case and white space left out."""
    bare = re.sub(r"\s+", "", text).lower()
    return [bare[i : i + 2] for i in range(len(bare) - 1)]
