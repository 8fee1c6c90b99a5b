"""Read passages for a question: how likely each holds the answer, and where.

A small cross-encoder reads question and passage together. Relevance is a calibrated probability: of
passages given 0.8, about eight in ten hold the answer (docs/quality.md). Passages are read in the order
given, most promising first, a few at a time; reading stops when one of them settles the question or the
budget is spent, so what comes last may stay unread.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from config.settings import Settings
from ingest.embedding.prepare import Notify
from ingest.embedding.session import Session
from ingest.language.script import to_simplified
from rag.reader.adapter import CALIBRATION
from rag.reader.graph import Logits
from rag.reader.prepare import PreparedReader, open_graph, prepare

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

_BATCH = 4  # passages read together; after each batch the question may be settled
_BUDGET = 1700  # characters of passages read for one question: six full chunks
_SETTLED = 0.95
_PIECE = 360  # characters read at once; a longer passage is read in pieces
_QUESTION = 160  # characters; what comes after is not read
_SPANS = 3
_LONGEST = 60  # tokens of an answer
_BEST = 12  # starts and ends tried
_MARKS = " \t\u3000\n，。；：、！？,;:!"
_CLOSING = {"”": "“", "’": "‘", "》": "《", "）": "（", ")": "(", "』": "『", "」": "「"}
_BORDER = re.compile(r"[。！？；!?;\n]")


@dataclass(frozen=True, slots=True)
class ToRead:
    """A passage with what stands above it: its report's title and its heading, "" where there are none."""

    text: str
    title: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """`passage.text[start:end]` may be the answer; `score` in [0, 1] is its share among the passage's spans."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one passage said.

    `relevance` in [0, 1] is the probability that the passage answers the question. `spans` are the likeliest
    places of the answer, best first, also where the passage probably has none: ask `answered` first.
    """

    relevance: float
    spans: tuple[Span, ...]

    @property
    def answered(self) -> bool:
        return self.relevance >= 0.5 and bool(self.spans)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The logistic regression that makes a probability of two logits, fitted on held-out questions.

    The logits are the relevance head's and the margin by which the best span beats "no answer here".
    """

    bias: float
    relevance: float
    span: float

    def probability(self, relevance: float, margin: float) -> float:
        odds = self.bias + self.relevance * relevance + self.span * margin
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


class Reader:
    """Reads passages for questions. Thread-safe. Raises ModelError when the reader can't be loaded."""

    def __init__(
        self, prepared: PreparedReader, calibration: Calibration | None = None, like: Session | None = None
    ) -> None:
        self.fingerprint = prepared.fingerprint
        self._graph = open_graph(prepared, like=like)
        self._calibration = calibration or Calibration(**json.loads(CALIBRATION.read_text(encoding="utf-8")))

    @classmethod
    def open(cls, settings: Settings, notify: Notify, like: Session | None = None) -> Reader | None:
        """The reader, prepared first if needed; None where the settings switch it off.

        A session `like` it lends its tokenizer. Raises ModelError or StorageError.
        """
        return cls(prepare(settings, notify), like=like) if settings.reader else None

    def read(
        self, question: str, passages: Sequence[ToRead], *, budget: int = _BUDGET, settled: float = _SETTLED
    ) -> list[Reading | None]:
        """A reading of each passage, in their order; None for those that weren't read.

        Reading stops when a passage's relevance reaches `settled` or the next passage would go beyond
        `budget` characters; the first four are always read.
        """
        readings: list[Reading | None] = [None] * len(passages)
        asked = to_simplified(question)[:_QUESTION]
        for batch in _batches(passages, budget):
            pieces = [(i, at, piece) for i in batch for at, piece in _pieces(passages[i].text)]
            pieces.sort(key=lambda each: len(each[2]))
            for first in range(0, len(pieces), _BATCH):
                self._read(asked, passages, pieces[first : first + _BATCH], readings)
            if max(reading.relevance for reading in readings if reading is not None) >= settled:
                break
        return readings

    def judge(self, question: str, passage: ToRead) -> tuple[float, float]:
        """A passage's two logits before calibration, for fitting it; the passage is read in one piece."""
        head = headed(passage.title, passage.section)
        logits = self._graph.read(to_simplified(question)[:_QUESTION], [to_simplified(head + passage.text)])[0]
        return logits.relevance, margin_of(logits, likeliest(logits, len(head), 0)[0])

    def _read(
        self,
        question: str,
        passages: Sequence[ToRead],
        pieces: Sequence[tuple[int, int, str]],
        readings: list[Reading | None],
    ) -> None:
        heads = [headed(passages[i].title, passages[i].section) for i, _, _ in pieces]
        texts = [to_simplified(head + piece) for head, (_, _, piece) in zip(heads, pieces, strict=True)]
        for (i, at, _), head, logits in zip(pieces, heads, self._graph.read(question, texts), strict=True):
            best, spans = likeliest(logits, len(head), at)
            spans = tuple(_trimmed(span, passages[i].text) for span in spans)
            relevance = self._calibration.probability(logits.relevance, margin_of(logits, best)) if spans else 0.0
            so_far = readings[i]
            if so_far is None or relevance > so_far.relevance:
                readings[i] = Reading(relevance, spans)


def headed(title: str, section: str, date: str = "") -> str:
    """What is read in front of a passage: whose figures these are, and of which year, often stands only there."""
    return (f"《{title}》" if title else "") + (f"（{date}）" if date else "") + (f"{section}：" if section else "")


def _batches(passages: Sequence[ToRead], budget: int) -> Iterator[list[int]]:
    """Places of the passages in fours, as many as the budget allows; the first four whatever it is."""
    spent, allowed = 0, 0
    for passage in passages:
        spent += len(passage.text)
        if allowed >= _BATCH and spent > budget:
            break
        allowed += 1
    for first in range(0, allowed, _BATCH):
        yield list(range(first, min(first + _BATCH, allowed)))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """(offset, piece) of at most _PIECE characters, cut behind a sentence where one ends in the second half."""
    at = 0
    while len(text) - at > _PIECE:
        borders = [match.end() for match in _BORDER.finditer(text, at + _PIECE // 2, at + _PIECE)]
        end = borders[-1] if borders else at + _PIECE
        yield at, text[at:end]
        at = end
    if at < len(text) or not at:
        yield at, text[at:]


def _trimmed(span: Span, text: str) -> Span:
    """The span without white space and marks at its ends that belong to the sentence around it."""
    start, end = span.start, span.end
    while start < end - 1 and (text[start] in _MARKS or text[start] in _CLOSING):
        start += 1
    while start < end - 1 and (text[end - 1] in _MARKS or _unopened(text[start:end])):
        end -= 1
    return replace(span, start=start, end=end)


def _unopened(text: str) -> bool:
    """Whether the text ends with a closing mark that it doesn't open."""
    opening = _CLOSING.get(text[-1])
    return opening is not None and text.count(text[-1]) > text.count(opening)


def margin_of(logits: Logits, best: float) -> float:
    """By how much the best span's logit beats that of "no answer here"."""
    return best - sum(logits.nowhere)


def likeliest(logits: Logits, head: int, at: int) -> tuple[float, tuple[Span, ...]]:
    """The best span's logit and the best spans that don't overlap, shifted from the piece to its passage."""
    import numpy as np

    inside = np.array([b > a >= head for a, b in logits.spans], dtype=bool)
    if not inside.any():
        return 0.0, ()
    start = np.where(inside, logits.start, -np.inf)
    end = np.where(inside, logits.end, -np.inf)
    tried = [
        (float(start[i] + end[j]), i, j)
        for i in np.argsort(-start)[:_BEST]
        for j in np.argsort(-end)[:_BEST]
        if i <= j < i + _LONGEST and inside[i] and inside[j]
    ]
    if not tried:
        best = int(np.argmax(start + end))
        tried = [(float(start[best] + end[best]), best, best)]
    tried.sort(reverse=True)
    total = sum(math.exp(score - tried[0][0]) for score, _, _ in tried)
    chosen: list[Span] = []
    for score, i, j in tried:
        first, last = logits.spans[i][0] - head + at, logits.spans[j][1] - head + at
        if all(last <= other.start or first >= other.end for other in chosen):
            chosen.append(Span(first, last, math.exp(score - tried[0][0]) / total))
        if len(chosen) == _SPANS:
            break
    return tried[0][0], tuple(chosen)
