"""Quotes with their citations, checked against the cleaned text before anyone sees them. Pure.

Every answer and every refusal is made here, whatever its form: each quote under its own number, in the question's
script, with the place in the file as delivered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from config.errors import UsageError
from ingest.language.script import to_simplified, to_traditional
from ingest.records import CleanReport
from rag.answers.legible import graded
from rag.records import Answer, Certainty, Citation, Evidence, Form, Question

NEAREST = 3
# A bracketed number of the report's own would read like one of our markers.
_NOT_OURS = re.compile(r"\[(\d+)\]")

ReportOf = Callable[[str], CleanReport]


def answered(
    question: Question,
    evidence: Sequence[Evidence],
    report_of: ReportOf,
    *,
    form: Form,
    certainty: Certainty,
    short: str | None = None,
    lead: str = "",
) -> Answer:
    """An answer that quotes each piece of evidence, in this order, under its own number, behind what leads to it.

    It is at most likely where what it tells was recognised with doubt.
    """
    reports = [report_of(e.passage.chunk.source) for e in evidence]
    citations = tuple(cite(e, report, n) for n, (e, report) in enumerate(zip(evidence, reports, strict=True), 1))
    quotes = [f"{_as_said(c, question)} [{c.n}]" for c in citations]
    return Answer(
        question=question.text,
        interpreted=question.interpreted,
        language=question.language,
        status="answered",
        answer="\n".join([lead, *quotes] if lead else quotes),
        short_answer=short,
        citations=citations,
        reason=None,
        nearest=(),
        certainty=graded(certainty, zip(evidence, reports, strict=True)),
        form=form,
    )


def put_together(
    question: Question, lead: str, citations: Sequence[Citation], *, short: str | None, certainty: Certainty
) -> Answer:
    """An answer made of others' citations, each under a number of its own in this order, behind what leads to them."""
    numbered = tuple(replace(citation, n=n) for n, citation in enumerate(citations, 1))
    quotes = (f"{_as_said(citation, question)} [{citation.n}]" for citation in numbered)
    return Answer(
        question=question.text,
        interpreted=question.interpreted,
        language=question.language,
        status="answered",
        answer="\n".join([lead, *quotes]),
        short_answer=short,
        citations=numbered,
        reason=None,
        nearest=(),
        certainty=certainty,
        form="list",
    )


def refused(question: Question, reason: str, closest: Sequence[Evidence], report_of: ReportOf) -> Answer:
    """The refusal with its reason and what came closest."""
    return Answer(
        question=question.text,
        interpreted=question.interpreted,
        language=question.language,
        status="not_found",
        answer="",
        short_answer=None,
        citations=(),
        reason=reason,
        nearest=tuple(cite(e, report_of(e.passage.chunk.source), n) for n, e in enumerate(closest[:NEAREST], 1)),
    )


def cite(evidence: Evidence, report: CleanReport, n: int) -> Citation:
    """The citation of a piece of evidence."""
    raw_start, raw_end = report.mapped.raw_span(evidence.start, evidence.end)
    quote = report.text[evidence.start : evidence.end]
    if quote != evidence.text:
        raise AssertionError(f"{report.source}: quote at {evidence.start} is not the report's own text")
    return Citation(
        n=n,
        source=report.source,
        title=evidence.passage.title,
        date=evidence.passage.date,
        section=evidence.passage.chunk.section,
        quote=quote,
        start=evidence.start,
        end=evidence.end,
        raw_quote=report.raw[raw_start:raw_end],
        raw_start=raw_start,
        raw_end=raw_end,
        page=report.page(evidence.start),
        score=round(evidence.probability, 4),
        recognised=report.confidence(evidence.start, evidence.end),
    )


def say(question: Question, chinese: str, english: str) -> str:
    """A sentence of ours in the question's language and script."""
    return english if question.language in ("en", "und") else in_script(chinese, question)


def in_script(text: str, question: Question) -> str:
    """A text in the question's script."""
    return to_traditional(text) if question.language == "zh-Hant" else text


def title_of(title: str | None, source: str) -> str:
    """A report's title, or its file's name where the title is unknown."""
    return title or PurePosixPath(source).stem


def unusable(text: str, error: UsageError) -> Answer:
    """The refusal of a question that can't be asked at all, for callers that owe every question an answer."""
    question = Question(text, text, "zh-Hans", text)
    return refused(question, error.text("zh"), (), lambda source: _no_report(source))


def _no_report(source: str) -> CleanReport:
    raise AssertionError(source)


def _as_said(citation: Citation, question: Question) -> str:
    """The quote in the question's script: as it was delivered where that is Traditional, which has several characters
    for one of ours (占 and 佔)."""
    delivered = question.language == "zh-Hant" and to_simplified(citation.raw_quote) == citation.quote
    changed = delivered and citation.raw_quote != citation.quote
    quote = citation.raw_quote if changed else in_script(citation.quote, question)
    return _NOT_OURS.sub(r"［\1］", quote)
