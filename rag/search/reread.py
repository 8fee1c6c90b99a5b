"""Read the first passages before ranking them, where retrieval hardly tells their reports apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.reader.reader import Reading, ToRead
from rag.records import Passage

REREAD = 3  # passages read to put them in order
_UNSURE = 0.04  # how near the second report's score must be to the first's for passages to be read before ranking
_PRIOR = 32.0  # what retrieval's score weighs beside the log odds of relevance


def is_unsure(passages: Sequence[Passage]) -> bool:
    """Whether retrieval alone hardly tells the first report from the next."""
    second = next((p for p in passages if p.chunk.source != passages[0].chunk.source), None)
    return second is not None and passages[0].score - second.score < _UNSURE


def reread(
    question: str, passages: Sequence[Passage], read: Callable[[str, Sequence[ToRead]], list[Reading]]
) -> list[Passage]:
    """The passages, the first few in the order in which retrieval and reading together put them.

    Scores stay in their places: the passage put first has the highest.
    """
    first = passages[:REREAD]
    readings = read(question, [to_read(passage) for passage in first])
    worth = [reading.relevance + _PRIOR * passage.score for passage, reading in zip(first, readings, strict=True)]
    order = sorted(range(len(first)), key=lambda i: -worth[i])
    return [replace(passages[i], score=p.score) for i, p in zip(order, first, strict=True)] + list(passages[REREAD:])


def to_read(passage: Passage) -> ToRead:
    """A passage as the reader reads it."""
    titled = f"{passage.owner} {passage.title}".strip()
    return ToRead(passage.chunk.text, titled, passage.chunk.section or "", passage.date or "")
