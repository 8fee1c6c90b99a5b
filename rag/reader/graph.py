"""Run a prepared reader: question and passage in, logits of every token and of the pair out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.embedding.session import Session

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Logits:
    """One pair's logits: of `start` and `end` for every token of the passage, (tokens,), and of `relevance`.

    `nowhere` is the (start, end) logit that stands for "no answer here"; `spans` are the tokens'
    characters in the passage. `evidence` (tokens,) says of each token whether it stands in a sentence that proves the
    answer, `polarity` whether the answer is yes; None from a reader that wasn't taught it.
    """

    start: Floats
    end: Floats
    nowhere: tuple[float, float]
    relevance: float
    spans: tuple[tuple[int, int], ...]
    evidence: Floats | None = None
    polarity: float | None = None


class Graph(Session):
    """A reader's graph and tokenizer. Raises ModelError when they can't be loaded. Several threads may read."""

    def encode(self, question: str, passage: str) -> list[int]:
        """The token ids of one pair."""
        return self.tokenize(question, passage).cut(self.max_tokens).ids

    def read(self, question: str, passages: Sequence[str]) -> list[Logits]:
        """The logits of each passage with the question, in order, on all processors.

        Each pair runs alone: what is said of a passage doesn't depend on what is read beside it.
        """
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            return list(workers.map(lambda passage: self._pair(question, passage), passages))

    def _pair(self, question: str, passage: str) -> Logits:
        import numpy as np

        tokens = self.tokenize(question, passage).cut(self.max_tokens)
        ids = np.array([tokens.ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        names = [output.name for output in self._session.get_outputs()]
        said = {name: value[0] for name, value in zip(names, self._session.run(names, feed), strict=True)}
        own = [j for j, text in enumerate(tokens.texts) if text == 1]
        return logits_of(said, own, [tokens.offsets[j] for j in own])


def logits_of(said: Mapping[str, Floats], own: Sequence[int], spans: Sequence[tuple[int, int]]) -> Logits:
    """One pair's outputs, by name, as its logits: `own` are the passage's tokens, `spans` their characters."""
    return Logits(
        start=said["start"][own],
        end=said["end"][own],
        nowhere=(float(said["start"][0]), float(said["end"][0])),
        relevance=float(said["relevance"]),
        spans=tuple(spans),
        evidence=said["evidence"][own] if "evidence" in said else None,
        polarity=float(said["polarity"]) if "polarity" in said else None,
    )
