"""Run a prepared reader: question and passage in, logits of every token and of the pair out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.session import Session

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

OUTPUTS = ("start", "end", "relevance")


@dataclass(frozen=True, slots=True)
class Logits:
    """One pair's logits: of `start` and `end` for every token of the passage, (tokens,), and of `relevance`.

    `nowhere` is the (start, end) logit that stands for "no answer here"; `spans` are the tokens'
    characters in the passage.
    """

    start: Floats
    end: Floats
    nowhere: tuple[float, float]
    relevance: float
    spans: tuple[tuple[int, int], ...]


class Graph(Session):
    """A reader's graph and tokenizer. Raises ModelError when they can't be loaded. Several threads may read."""

    def __init__(self, folder: Path, *, max_tokens: int, pad_id: int, pad_token: str) -> None:
        super().__init__(folder, max_tokens, threads=0)
        self._tokenizer.enable_padding(pad_id=pad_id, pad_token=pad_token)

    def encode(self, question: str, passage: str) -> list[int]:
        """The token ids of one pair, without padding."""
        ids: list[int] = self._tokenizer.encode(question, passage).ids
        return ids

    def read(self, question: str, passages: Sequence[str]) -> list[Logits]:
        """The logits of each passage with the question, in order, in one batch."""
        import numpy as np

        encoded = self._tokenizer.encode_batch([(question, passage) for passage in passages])
        feed = {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
            "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
        }
        start, end, relevance = self._session.run(list(OUTPUTS), feed)
        found = []
        for i, encoding in enumerate(encoded):
            own = [j for j, sequence in enumerate(encoding.sequence_ids) if sequence == 1]
            found.append(
                Logits(
                    start=start[i, own],
                    end=end[i, own],
                    nowhere=(float(start[i, 0]), float(end[i, 0])),
                    relevance=float(relevance[i]),
                    spans=tuple(encoding.offsets[j] for j in own),
                )
            )
        return found
