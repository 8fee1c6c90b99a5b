"""The records that travel from question to answer. They go one way and never change.

Question → Passage → Evidence → Answer. The fields of Citation and Answer are those of the JSON output.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ingest.records import Chunk

Script = Literal["zh-Hans", "zh-Hant"]
Certainty = Literal["sure", "likely"]
Form = Literal["fact", "list", "passage", "summary", "yesno", "computed"]
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
    """A retrieved chunk; `score` in [0, 1] is how near meaning and words are to the question (rag.search.fuse).

    `owner` is what the file's or folder's name says of whose report it is, where the title doesn't.
    """

    chunk: Chunk
    title: str
    date: str | None
    score: float
    owner: str = ""


UNPROVED = -9.0  # the log odds of proving the answer of what nobody has read


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer: `report.text[start:end] == text`.

    What the reader says of it are log odds: that its passage answers (`relevance`), that the passage's best span does
    rather than nothing (`margin`), that the sentence proves the answer (`proof`), that it answers when nothing else is
    read (`alone`), that the answer is yes (`polarity`). `told` in [0, 1] is the share of the likeliest spans that it
    holds, `span` the best of them, `spans` all with their shares and `short` the short answer, in the report's text;
    `pointed` in [0, 1] is how likely that is the right one of its kind in the sentence. `probability` in [0, 1] is the
    judge's that it answers.
    """

    passage: Passage
    start: int
    end: int
    text: str
    relevance: float = 0.0
    margin: float = 0.0
    proof: float = UNPROVED
    alone: float = 0.0
    polarity: float = 0.0
    told: float = 0.0
    span: tuple[int, int] | None = None
    spans: tuple[tuple[int, int, float], ...] = ()
    short: tuple[int, int] | None = None
    pointed: float = 1.0
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `cleaned[start:end] == quote` and `raw[raw_start:raw_end] == raw_quote`.

    `recognised` in [0, 1] is how sure the recogniser is of the least sure of its lines; None where the text was
    delivered as text.
    """

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
    recognised: float | None = None


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
    certainty: Certainty | None = None
    form: Form | None = None
    took_ms: dict[str, float] = field(default_factory=dict)
