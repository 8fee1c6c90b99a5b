"""Read passages for a question: whether each holds the answer, where, and which of its sentences prove it.

A small cross-encoder reads question and passage together. What it says are log odds as the network gives them; what
they are worth beside everything else that is known, the judge says (rag.judge).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from config.settings import Settings
from ingest.embedding.prepare import Notify
from ingest.embedding.session import Session
from ingest.language import marks
from ingest.language.script import to_simplified
from rag.reader.graph import Logits
from rag.reader.prepare import PreparedReader, open_graph, prepare

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

_PIECE = 360  # characters read at once; a longer passage is read in pieces
_QUESTION = 160  # characters; what comes after is not read
_SPANS = 3
_UNREAD = -5.0  # the log odds of what stands outside of all that was read
_LONGEST = 60  # tokens of an answer
_BEST = 12  # starts and ends tried
_MARKS = " \t\u3000\n，。；：、！？,;:!"
_CLOSING = {"”": "“", "’": "‘", "》": "《", "）": "（", ")": "(", "』": "『", "」": "「"}
_BORDER = re.compile(rf"[{marks.ENDS}\n]")


@dataclass(frozen=True, slots=True)
class ToRead:
    """A passage with what stands above it: its report's title and date and its heading, "" where there are none."""

    text: str
    title: str = ""
    section: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """`passage.text[start:end]` may be the answer; `score` in [0, 1] is its share among the passage's spans."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Token:
    """`passage.text[start:end]`, and the log odds that it stands in a sentence that proves the answer."""

    start: int
    end: int
    proof: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one passage said.

    `relevance` is the log odds that the passage answers the question, `margin` by how much the logit of the best span
    beats that of "no answer here", `polarity` the log odds that a question of yes or no is answered with yes. `spans`
    are the likeliest places of the answer, best first, also where the passage probably has none.
    """

    relevance: float
    margin: float
    polarity: float
    spans: tuple[Span, ...]
    tokens: tuple[Token, ...] = field(repr=False)

    def told(self, start: int, end: int) -> float:
        """The share of the likeliest spans, in [0, 1], that reach into passage.text[start:end]."""
        return sum(span.score for span in self.spans if span.start < end and start < span.end)

    def proof(self, start: int, end: int) -> float:
        """The mean log odds that what stands in passage.text[start:end] proves the answer."""
        said = [token.proof for token in self.tokens if token.start < end and start < token.end]
        return sum(said) / len(said) if said else _UNREAD


def between(one: Reading, other: Reading) -> Reading:
    """What two readings of a passage say together: the mean of their log odds, with the spans of the more relevant."""
    said = {token.start: token.proof for token in other.tokens}
    tokens = (replace(token, proof=(token.proof + said.get(token.start, token.proof)) / 2) for token in one.tokens)
    return Reading(
        relevance=(one.relevance + other.relevance) / 2,
        margin=(one.margin + other.margin) / 2,
        polarity=(one.polarity + other.polarity) / 2,
        spans=max(one, other, key=lambda reading: reading.relevance).spans,
        tokens=tuple(tokens),
    )


class Reader:
    """Reads passages for questions. Thread-safe. Raises ModelError when the reader can't be loaded."""

    def __init__(self, prepared: PreparedReader, like: Session | None = None) -> None:
        self.fingerprint = prepared.fingerprint
        self._graph = open_graph(prepared, like=like)

    @classmethod
    def open(cls, settings: Settings, notify: Notify, like: Session | None = None) -> Reader | None:
        """The reader, prepared first if needed; None where the settings switch it off.

        A session `like` it lends its tokenizer. Raises ModelError or StorageError.
        """
        return cls(prepare(settings, notify), like=like) if settings.reader else None

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        """A reading of each passage, in their order."""
        asked = to_simplified(question)[:_QUESTION]
        pieces = [(i, at, piece) for i, passage in enumerate(passages) for at, piece in _pieces(passage.text)]
        heads = [headed(passages[i].title, passages[i].section, passages[i].date) for i, _, _ in pieces]
        texts = [to_simplified(head + piece) for head, (_, _, piece) in zip(heads, pieces, strict=True)]
        read: list[list[Reading]] = [[] for _ in passages]
        for (i, at, _), head, logits in zip(pieces, heads, self._graph.read(asked, texts), strict=True):
            read[i].append(_reading(logits, len(head), at, passages[i].text))
        return [_joined(each) for each in read]


def _reading(logits: Logits, head: int, at: int, text: str) -> Reading:
    """What was said of a piece that begins at `at` of the passage, behind so many characters of `head`."""
    best, spans = likeliest(logits, head, at)
    known = logits.evidence if logits.evidence is not None else [0.0] * len(logits.spans)
    tokens = tuple(
        Token(start - head + at, end - head + at, float(proof))
        for (start, end), proof in zip(logits.spans, known, strict=True)
        if end > start >= head
    )
    spans = tuple(_trimmed(span, text) for span in spans)
    return Reading(logits.relevance, margin_of(logits, best), logits.polarity or 0.0, spans, tokens)


def _joined(pieces: Sequence[Reading]) -> Reading:
    """What the pieces of a passage say together: that of the most relevant one, with the tokens of all."""
    best = max(pieces, key=lambda piece: piece.relevance)
    return replace(best, tokens=tuple(token for piece in pieces for token in piece.tokens))


def headed(title: str, section: str, date: str = "") -> str:
    """What is read in front of a passage: whose figures these are, and of which year, often stands only there."""
    return (f"《{title}》" if title else "") + (f"（{date}）" if date else "") + (f"{section}：" if section else "")


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
