"""What an answer is made of, in the order in which it is told. Pure.

Every way of showing an answer (rag.show.render, rag.show.terminal, rag.telegram.sending.messages) dresses these
blocks and decides nothing else: what is told, what is left out and in which words is the same everywhere, and no
quote is told twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from config import shown
from config.errors import Language
from ingest.language.script import to_simplified
from rag.answers.legible import doubtful
from rag.records import Answer, Citation
from rag.show import labels
from rag.show.marks import markers, spans

_OURS = re.compile(r"［(\d+)］")  # what a quote's own [1] becomes in an answer


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a text: `short` where it is the short answer, `marker` where it is a citation's `[1]`."""

    text: str
    kind: Literal["plain", "short", "marker"] = "plain"


@dataclass(frozen=True, slots=True)
class Understood:
    """What the question was taken to mean, where that isn't what was typed."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """That what follows is only likely to be the answer."""

    label: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The short answer of which the product is sure; a likely one is only marked where it stands in its sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What is answered; `is_quote` where that is one citation's quote, with no more before it than `lead`."""

    runs: tuple[Run, ...]
    is_quote: bool
    lead: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a quote is from: `start` and `end` in characters of the `file` as delivered.

    In words: `page` is whether it was recognised in a picture and its page, `doubt` that it has to be checked there.
    """

    n: int
    title: str
    date: str | None
    page: str | None
    file: str
    start: int
    end: int
    doubt: str | None = None

    @property
    def spot(self) -> str:
        """The page, the file and the characters, on one line."""
        return joined(self.page, f"{self.file} {self.start}-{self.end}")

    @property
    def place(self) -> str:
        """The same with the doubt."""
        return joined(self.spot, self.doubt)

    @property
    def line(self) -> str:
        """All of it on one line."""
        return joined(self.title, self.date, self.place)


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation; `told` where the statement has told its quote already, in either script."""

    source: Source
    quote: tuple[Run, ...]
    told: bool

    @property
    def text(self) -> str:
        """The quote."""
        return "".join(run.text for run in self.quote)


@dataclass(frozen=True, slots=True)
class Refusal:
    """That nothing was found, and why."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class NearestHeading:
    """What follows came closest."""

    label: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """A quote that came closest and doesn't answer."""

    source: Source
    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """What a table is of."""

    text: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """A line of a table; `key` is empty where the line above tells it, `n` the citation's number."""

    key: str
    figure: str
    n: int | None
    remark: str

    @property
    def told(self) -> str:
        """The figure with its citation's marker."""
        return self.figure if self.n is None else f"{self.figure} [{self.n}]"


@dataclass(frozen=True, slots=True)
class Grid:
    """The lines of a table under the heads of their three columns."""

    heads: tuple[str, str, str]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What is said below a table."""

    text: str


Tabular: TypeAlias = Title | Grid | Note
Block: TypeAlias = Understood | Unsure | Headline | Statement | Cited | Refusal | NearestHeading | Nearest | Tabular


def blocks(answer: Answer, language: Language) -> tuple[Block, ...]:
    """The parts of an answer or a refusal; labels are in the language of the interface."""
    statements = _refused(answer, language) if answer.status == "not_found" else _answered(answer, language)
    return (*_understood(answer, language), *statements)


def source_of(citation: Citation, language: Language) -> Source:
    """Where a citation's quote is from, its names on one line each: a line break in a file's name makes no citation."""
    page, doubt = read_on(citation.page, citation.recognised, language)
    span = citation.raw_start, citation.raw_end
    title, file = shown.line(citation.title), shown.line(citation.source)
    return Source(citation.n, title, citation.date, page, file, *span, doubt)


def read_on(page: int | None, recognised: float | None, language: Language) -> tuple[str | None, str | None]:
    """(that a text was recognised, and its page; that it has to be checked), in words, None where there is nothing."""
    words = [labels.RECOGNISED.text(language)] if recognised is not None else []
    words += [labels.PAGE.text(language).format(page)] if page else []
    mark = "," if language == "zh" else ", "
    return mark.join(words) or None, labels.UNCLEAR.text(language) if doubtful(recognised) else None


def cited(citation: Citation, short: str | None, language: Language, *, told: bool = False) -> Cited:
    """A citation with the short answer marked in its quote; `told` where the quote stands above already."""
    return Cited(source_of(citation, language), _runs(citation.quote, short), told)


def joined(*texts: str | None) -> str:
    """What there is of these, on one line."""
    return " · ".join(part for part in texts if part)


def _understood(answer: Answer, language: Language) -> Iterator[Block]:
    if answer.interpreted != answer.question:
        yield Understood(labels.UNDERSTOOD.text(language), answer.interpreted)


def _refused(answer: Answer, language: Language) -> Iterator[Block]:
    yield Refusal(labels.NOT_FOUND.text(language), answer.reason or "")
    if answer.nearest:
        yield NearestHeading(labels.NEAREST.text(language))
    for citation in answer.nearest:
        yield Nearest(source_of(citation, language), citation.quote)


def _answered(answer: Answer, language: Language) -> Iterator[Block]:
    statement = to_simplified(_OURS.sub(r"[\1]", answer.answer))
    quoted = [to_simplified(citation.quote) in statement for citation in answer.citations]
    if answer.certainty == "likely":
        yield Unsure(labels.LIKELY.text(language))
    elif answer.short_answer:
        yield Headline(answer.short_answer)
    runs = _runs(answer.answer, answer.short_answer, markers(answer.answer))
    yield Statement(runs, quoted == [True], _lead(statement, answer) if quoted == [True] else "")
    for citation, is_told in zip(answer.citations, quoted, strict=True):
        yield cited(citation, answer.short_answer, language, told=is_told)


def _lead(statement: str, answer: Answer) -> str:
    """What is said before the quote of the only citation, but for the headline."""
    lead = answer.answer[: statement.find(to_simplified(answer.citations[0].quote))].strip()
    said = answer.certainty == "sure" and to_simplified(lead) == to_simplified(answer.short_answer or "")
    return "" if said else lead


def _runs(text: str, short: str | None, marked: list[tuple[int, int]] | None = None) -> tuple[Run, ...]:
    """The text cut at the short answer and at the markers, which may hold it."""
    kinds: dict[int, Literal["short", "marker"]] = {}
    for start, end in spans(text, short):
        kinds |= dict.fromkeys(range(start, end), "short")
    for start, end in marked or []:
        kinds |= dict.fromkeys(range(start, end), "marker")
    cuts = [0, *(at for at in range(1, len(text)) if kinds.get(at) != kinds.get(at - 1)), len(text)]
    return tuple(Run(text[start:end], kinds.get(start, "plain")) for start, end in pairwise(cuts) if start < end)
