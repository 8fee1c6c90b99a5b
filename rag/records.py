"""The records that travel from question to answer. They go one way and never change.

Question → Passage → Evidence → Answer. The fields of Citation and Answer are those of the JSON output.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ingest.records import Chunk

Script = Literal["zh-Hans", "zh-Hant"]
Mismatch = Literal["place", "year", "plan", "name", "thing", "kind"]
QuestionLanguage = str
"""`zh-Hans`, `zh-Hant`, `en`, or `und` where none of them is written."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked, as understood (follow-ups completed), and folded for comparing with reports.

    `context` is what else of an earlier question a follow-up is asked about; it counts less.
    """

    text: str
    interpreted: str
    language: QuestionLanguage
    folded: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk; `score` in [0, 1] is how near meaning and words are to the question (rag.search.fuse)."""

    chunk: Chunk
    title: str
    date: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer: `report.text[start:end] == text`.

    `support` in [0, 1] is the share of the question's telling parts that it and its surroundings carry,
    `focus` in [0, 1] the share that stands right beside the short answer. `short` is the span of the short
    answer in the report's text. `mismatch` says why it can't answer: it is about another `place` or
    `year`, tells a result where a `plan` is asked or the other way round, lacks a `name` that the question
    gives or the `thing` that is counted, or holds no answer of the asked `kind`. `relevance` in [0, 1] is how
    likely the passage answers, as the reader says, None without one; `read` is how far that lifts the sentence.
    """

    passage: Passage
    start: int
    end: int
    text: str
    support: float
    short: tuple[int, int] | None
    focus: float
    mismatch: Mismatch | None = None
    relevance: float | None = None
    read: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `cleaned[start:end] == quote` and `raw[raw_start:raw_end] == raw_quote`."""

    n: int
    source: str
    title: str
    date: str | None
    section: str | None
    quote: str
    start: int
    end: int
    raw_quote: str
    raw_start: int
    raw_end: int
    page: int | None
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question. Every `[n]` in `answer` has a citation and every citation is used."""

    question: str
    interpreted: str
    language: QuestionLanguage
    status: Literal["answered", "not_found"]
    answer: str
    short_answer: str | None
    citations: tuple[Citation, ...]
    reason: str | None
    nearest: tuple[Citation, ...]
    took_ms: dict[str, float] = field(default_factory=dict)
