"""What an answer, a passage and a list look like in a chat. Pure."""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from config.errors import Language, Message
from ingest.index.catalog import ReportEntry
from ingest.records import CleanReport
from rag.answers.table import Table
from rag.records import Answer, Citation, Passage
from rag.show.blocks import (
    Block,
    Cited,
    Grid,
    Headline,
    Nearest,
    NearestHeading,
    Note,
    Refusal,
    Source,
    Statement,
    Title,
    Understood,
    Unsure,
    blocks,
    joined,
    read_on,
)
from rag.show.labels import heading
from rag.show.tables import grid_lines, table_blocks
from rag.telegram.sending import texts
from rag.telegram.sending.layout import Span, one_line

PAGE = 900  # characters of a report shown at once
SOURCES_A_PAGE = 20
_BEFORE = 250  # characters shown before the quote on its page
_TITLE = 120
_RELATED = 5
_KEY = 14  # columns of a table's keys: what a telephone has room for beside the figures


@dataclass(frozen=True, slots=True)
class Quoted:
    """Where a citation points to; `digest` tells later whether the report still says it there."""

    source: str
    start: int
    end: int
    digest: str

    @classmethod
    def of(cls, citation: Citation) -> Quoted:
        return cls(citation.source, citation.start, citation.end, _digest(citation.quote))

    def stands_in(self, report: CleanReport) -> bool:
        return _digest(report.text[self.start : self.end]) == self.digest


def answer_spans(answer: Answer, language: Language) -> list[Span]:
    """The short answer, the quoted sentence, then the numbered citations; or the refusal and what came closest."""
    return [span for block in blocks(answer, language) for span in _dressed(block)]


def table_spans(table: Table, language: Language) -> list[Span]:
    """The table in characters of one width, what is said of it, then the numbered citations."""
    return [span for block in table_blocks(table, language) for span in _dressed(block)]


def _dressed(block: Block) -> tuple[Span, ...]:
    """The spans of a block."""
    match block:
        case Understood(label, text):
            return (Span(f"{heading(label)}: {text}\n\n"),)
        case Unsure(label):
            return (Span(f"{heading(label)}:\n\n"),)
        case Headline(text):
            return Span(text, bold=True), Span("\n\n")
        case Statement():
            return Span(block.text, quote=True), Span("\n")
        case Cited(source, _, told):
            line = Span(f"\n[{source.n}] {_source_line(source)}\n")
            return (line,) if told else (line, Span(block.text, quote=True))
        case Refusal(label, reason):
            return (Span(f"{heading(label)}: {reason}\n"),)
        case NearestHeading(label):
            return (Span(f"\n{heading(label)}:\n"),)
        case Nearest(source, text):
            return Span(text, quote=True), Span(f"\n[{source.n}] {_source_line(source)}\n")
        case Title(text):
            return Span(text, bold=True), Span("\n\n")
        case Grid():
            return Span("\n".join(grid_lines(block, _KEY)), mono=True), Span("\n")
        case Note(text):
            return (Span(f"{text}\n"),)


def _source_line(source: Source) -> str:
    return joined(one_line(source.title, _TITLE), source.date, source.place)


def page_of(quoted: Quoted) -> int:
    """The page of the report on which the quote begins, from 0."""
    return bisect.bisect_right(_page_starts(quoted, quoted.start + 1), quoted.start) - 1


def page_spans(report: CleanReport, quoted: Quoted, page: int, language: Language) -> tuple[list[Span], int]:
    """One page of a report with the quote in bold, and the number of pages.

    Pages are cut so that the quote stands in the upper half of its own.
    """
    starts = _page_starts(quoted, len(report.text))
    page = min(max(page, 0), len(starts) - 1)
    start, end = starts[page], [*starts, len(report.text)][page + 1]
    head = joined(one_line(report.title or report.source, _TITLE), report.date, *_recognised(report, quoted, language))
    count = texts.PAGE.text(language).format(page=page + 1, pages=len(starts))
    first, last = max(start, min(quoted.start, end)), min(end, max(quoted.end, start))
    spans = [
        Span(f"{head}\n{report.source} · {count}\n\n"),
        Span(report.text[start:first], quote=True),
        Span(report.text[first:last], bold=True, quote=True),
        Span(report.text[last:end], quote=True),
    ]
    return [span for span in spans if span.text], len(starts)


def _recognised(report: CleanReport, quoted: Quoted, language: Language) -> tuple[str | None, str | None]:
    """On which page the quote was recognised, and whether unclearly."""
    recognised = report.confidence(quoted.start, quoted.end)
    page = report.page(quoted.start) if recognised is not None else None
    return read_on(page, recognised, language)


def _page_starts(quoted: Quoted, length: int) -> list[int]:
    first = max(0, quoted.start - _BEFORE) % PAGE
    return ([0] if first else []) + list(range(first, max(length, first + 1), PAGE))


def related_spans(passages: Sequence[Passage], shown: Sequence[Quoted], language: Language) -> list[Span]:
    """The nearest passages that the answer didn't quote from."""
    others = [p for p in passages if not any(_covers(p, quoted) for quoted in shown)][:_RELATED]
    if not others:
        return [Span(texts.NO_RELATED.text(language))]
    spans = [Span(f"{texts.RELATED.text(language)}\n")]
    for n, passage in enumerate(others, 1):
        head = joined(one_line(passage.title, _TITLE), passage.date, passage.chunk.source)
        spans += [Span(f"\n{n}. {head}\n"), Span(passage.chunk.text, quote=True)]
    return spans


def sources_spans(entries: Sequence[ReportEntry], page: int, language: Language) -> tuple[list[Span], int]:
    """A page of the list of reports, newest first, and the number of pages."""
    if not entries:
        return [Span(texts.NO_SOURCES.text(language))], 1
    pages = -(-len(entries) // SOURCES_A_PAGE)
    page = min(max(page, 0), pages - 1)
    ordered = sorted(entries, key=lambda entry: (entry.date or "", entry.source), reverse=True)
    spans = [Span(texts.SOURCES.text(language).format(n=len(entries)) + "\n", bold=True)]
    for entry in ordered[page * SOURCES_A_PAGE : (page + 1) * SOURCES_A_PAGE]:
        title = one_line(entry.title, 60) if entry.title else None
        spans.append(Span("\n" + joined(title, entry.date, one_line(entry.source, 60))))
    if pages > 1:
        spans.append(Span("\n\n" + texts.PAGE.text(language).format(page=page + 1, pages=pages)))
    return spans, pages


def size(number: int) -> str:
    """A file's size as people write it."""
    return f"{number / 1048576:.1f} MB" if number >= 1048576 else f"{max(number / 1024, 0.1):.1f} KB"


def filled(message: Message, language: Language, **values: object) -> str:
    """A sentence of `rag.telegram.sending.texts` with its values filled in."""
    return message.text(language).format(**values)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _covers(passage: Passage, quoted: Quoted) -> bool:
    chunk = passage.chunk
    return chunk.source == quoted.source and chunk.start < quoted.end and quoted.start < chunk.end
