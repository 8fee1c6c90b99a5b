"""What an answer, a passage and a list look like in a chat. Pure; the words are those of `rag.show.render`."""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from config.errors import Language, Message
from ingest.index.catalog import ReportEntry
from ingest.records import CleanReport
from rag.records import Answer, Citation, Passage
from rag.telegram.sending import texts
from rag.telegram.sending.layout import Span, one_line

PAGE = 900  # characters of a report shown at once
SOURCES_A_PAGE = 20
_BEFORE = 250  # characters shown before the quote on its page
_TITLE = 120
_RELATED = 5


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
    spans = []
    if answer.interpreted != answer.question:
        spans.append(Span(f"{texts.UNDERSTOOD.text(language)}: {answer.interpreted}\n\n"))
    if answer.status == "not_found":
        spans.append(Span(f"{texts.NOT_FOUND.text(language)}: {answer.reason}\n"))
        if answer.nearest:
            spans.append(Span(f"\n{texts.NEAREST.text(language)}:\n"))
            for citation in answer.nearest:
                spans += [Span(citation.quote, quote=True), Span(f"\n{source_line(citation)}\n")]
        return spans
    if answer.short_answer:
        spans += [Span(answer.short_answer, bold=True), Span("\n\n")]
    spans += [Span(answer.answer, quote=True), Span("\n")]
    for citation in answer.citations:
        spans.append(Span(f"\n[{citation.n}] {source_line(citation)}\n"))
        if citation.quote not in answer.answer:
            spans.append(Span(citation.quote, quote=True))
    return spans


def source_line(citation: Citation) -> str:
    """Title, date, and the characters of the delivered file."""
    page = None if citation.page is None else f"p. {citation.page}"
    place = f"{citation.source} {citation.raw_start}-{citation.raw_end}"
    return " · ".join(part for part in (one_line(citation.title, _TITLE), citation.date, place, page) if part)


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
    head = " · ".join(part for part in (one_line(report.title or report.source, _TITLE), report.date) if part)
    count = texts.PAGE.text(language).format(page=page + 1, pages=len(starts))
    first, last = max(start, min(quoted.start, end)), min(end, max(quoted.end, start))
    spans = [
        Span(f"{head}\n{report.source} · {count}\n\n"),
        Span(report.text[start:first], quote=True),
        Span(report.text[first:last], bold=True, quote=True),
        Span(report.text[last:end], quote=True),
    ]
    return [span for span in spans if span.text], len(starts)


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
        head = " · ".join(
            part for part in (one_line(passage.title, _TITLE), passage.date, passage.chunk.source) if part
        )
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
        parts = (one_line(entry.title, 60) if entry.title else None, entry.date, one_line(entry.source, 60))
        spans.append(Span("\n" + " · ".join(part for part in parts if part)))
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
