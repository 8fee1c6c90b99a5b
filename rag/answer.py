"""Answer or refuse: the best evidence becomes a verbatim quote with its citation, or a reason is given. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from config.errors import UsageError
from ingest.records import CleanReport
from ingest.script import to_traditional
from rag import extract
from rag.question import asks_date, asks_number, fold, place_asked
from rag.records import Answer, Citation, Evidence, Passage, Question

_NEAREST = 3
# A bracketed number of the report's own would read like one of our markers.
_NOT_OURS = re.compile(r"\[(\d+)\]")

ReportOf = Callable[[str], CleanReport]


def compose(question: Question, passages: Sequence[Passage], report_of: ReportOf, min_support: float) -> Answer:
    """The answer to a question from its passages.

    `min_support` in [0, 1] is how much of the question the evidence must carry.
    """
    terms = extract.weigh(question, passages)
    place = place_asked(question.folded)
    named = [p for p in passages if place is None or place in fold(f"{p.title}\n{report_of(p.chunk.source).text}")]
    if passages and not named:
        reason = _say(question, f"报告中没有提到{place}。", f"The reports do not mention {place}.")
        named = list(passages)
    else:
        reason = None
    found = {
        (p.chunk.source, e.start): e
        for p in reversed(named)
        for e in extract.find_evidence(question, terms, p, report_of(p.chunk.source))
    }
    evidence = extract.rank(found.values())
    reason = reason or _refusal(question, evidence, report_of, min_support)
    if reason is None:
        best = next(e for e in evidence if _carries_answer(question, e))
        citation = cite(best, report_of(best.passage.chunk.source), 1)
        short = (
            _in_script(report_of(best.passage.chunk.source).text[slice(*best.short)], question) if best.short else None
        )
        quote = _NOT_OURS.sub(r"［\1］", _in_script(citation.quote, question))
        return Answer(
            question=question.text,
            interpreted=question.interpreted,
            language=question.language,
            status="answered",
            answer=f"{quote} [1]",
            short_answer=short,
            citations=(citation,),
            reason=None,
            nearest=(),
        )
    nearest = [cite(e, report_of(e.passage.chunk.source), n) for n, e in enumerate(evidence[:_NEAREST], 1)]
    return Answer(
        question=question.text,
        interpreted=question.interpreted,
        language=question.language,
        status="not_found",
        answer="",
        short_answer=None,
        citations=(),
        reason=reason,
        nearest=tuple(nearest),
    )


def cite(evidence: Evidence, report: CleanReport, n: int) -> Citation:
    """The citation of a piece of evidence, checked against the cleaned text before anyone sees it."""
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
        score=round(evidence.support, 4),
    )


def title_of(title: str | None, source: str) -> str:
    """A report's title, or its file's name where the title is unknown."""
    return title or PurePosixPath(source).stem


def _carries_answer(question: Question, evidence: Evidence) -> bool:
    wants_span = asks_number(question.folded) or asks_date(question.folded)
    return evidence.short is not None or not wants_span


def _refusal(question: Question, evidence: Sequence[Evidence], report_of: ReportOf, min_support: float) -> str | None:
    """Why the question can't be answered, in its language, or None when it can."""
    if not evidence:
        return _say(question, "索引中没有任何报告内容。", "The index holds no reports.")
    best = next((e for e in evidence if _carries_answer(question, e)), None)
    if best is None or evidence[0].support < min_support:
        return _say(question, "报告中没有提到所问的内容。", "The reports do not mention what is asked.")
    if best.support < min_support:
        return _say(
            question,
            "报告提到了相关内容,但没有给出所问的数字或日期。",
            "The reports mention the subject but give no such figure or date.",
        )
    asked = extract.years(question.folded)
    if asked and not asked & _years_told(best, report_of(best.passage.chunk.source)):
        which = "、".join(sorted(asked))
        return _say(
            question, f"报告中的相关内容说的不是{which}年。", f"What the reports say on this is not about {which}."
        )
    return None


def _years_told(evidence: Evidence, report: CleanReport) -> set[str]:
    """The years a sentence speaks about: its own, else those of its paragraph so far, else its report's."""
    paragraph = report.text.rfind("\n", 0, evidence.start) + 1
    for text in (evidence.text, report.text[paragraph : evidence.start], evidence.passage.title):
        if found := extract.years(text):
            return found
    return {evidence.passage.date[:4]} if evidence.passage.date else set()


def _say(question: Question, chinese: str, english: str) -> str:
    return english if question.language == "en" else _in_script(chinese, question)


def _in_script(text: str, question: Question) -> str:
    return to_traditional(text) if question.language == "zh-Hant" else text


def unusable(text: str, error: UsageError) -> Answer:
    """The refusal of a question that can't be asked at all, for callers that owe every question an answer."""
    return Answer(
        question=text,
        interpreted=text,
        language="zh-Hans",
        status="not_found",
        answer="",
        short_answer=None,
        citations=(),
        reason=error.text("zh"),
        nearest=(),
    )
