"""Answer or refuse: judged evidence becomes an answer of the asked form, with its citations, or a reason is given.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.language import documents, marks, telling
from rag.answers import forms, refusals
from rag.answers.citing import answered, in_script, refused, say
from rag.answers.conflicts import MOST, rivals, told_apart
from rag.answers.legible import graded_by_date
from rag.answers.set_aside import set_aside_others
from rag.answers.siblings import with_siblings
from rag.answers.summary import summary_of
from rag.evidence.sentences import without_headings
from rag.judge.case import Case
from rag.judge.of_subject import other_year
from rag.judge.ranking import Library, weigh
from rag.question.form import form_of
from rag.question.kind import Expected
from rag.question.query import Query
from rag.records import Answer, Certainty, Evidence, Form, Passage, Question

_FAR = 0.15  # the probability below which what came closest is about something else
_CLEAR = 0.5  # the probability from which on a word that no report holds may be another word for what one tells
_ANOTHER_YEAR = 0.5  # and from which on what is told of another year than the asked one is shown: docs/quality.md
_SURELY_POINTED = 0.8  # how likely a figure must be the right one of its sentence for the answer to be sure
_BEGINS = 8  # characters of the next clause
_SAME = 0.6  # the share of a question's telling parts that a report must hold to be the one meant for sure


def compose(query: Query, passages: Sequence[Passage], library: Library) -> Answer:
    """The answer to a question from its passages."""
    if (name := refusals.unknown_name(query, library.frequency, library.naming)) is not None:
        reason = refusals.unmentioned(query.question, name)
        return refused(query.question, reason, weigh(query, passages, library), library.report)
    if query.expected.published:
        return _published(query, passages, library)
    if query.expected.kind == "document":
        return _numbered(query, passages, library)
    evidence = set_aside_others(query, weigh(query, passages, library), library)
    unclear = not evidence or evidence[0].probability < _CLEAR
    if unclear and (name := refusals.unknown_proper(query, library.frequency, library.naming)) is not None:
        return refused(query.question, refusals.unmentioned(query.question, name), evidence, library.report)
    form = form_of(query)
    if form == "summary":
        return summary_of(query, evidence, library)
    certainty = grade(evidence, library)
    if certainty and evidence[0].probability < _ANOTHER_YEAR and _of_another_year(query, evidence[0], library):
        certainty = None
    if certainty is None:
        return refused(query.question, why_not(query, evidence, library), evidence, library.report)
    versions = rivals(query, evidence, library)
    if len(versions) > 1:
        shown = [forms.narrowed_to(each, forms.ROOM // len(versions[:MOST])) for each in versions[:MOST]]
        lead = told_apart(query.question, shown, len(versions))
        return answered(query.question, shown, library.report, form=form, certainty="likely", lead=lead)
    quoted = forms.chosen(form, without_headings(evidence, library.report))
    if form in ("list", "passage") or query.expected.kind == "text":
        quoted = with_siblings(quoted, library)
    certainty, short = _qualified(query, evidence[0], form, certainty, library)
    lead = say(query.question, short, {"是": "Yes", "否": "No"}[short]) if form == "yesno" and short else ""
    return answered(
        query.question,
        quoted,
        library.report,
        form=form,
        certainty=certainty,
        short=in_script(short, query.question) if short else None,
        lead=lead,
    )


def _qualified(
    query: Query, best: Evidence, form: Form, certainty: Certainty, library: Library
) -> tuple[Certainty, str | None]:
    """(the grade, the short answer), lower and none where it may be a part of what is asked for, or what never was."""
    short = forms.short_of(form, best)
    if form == "yesno":  # without a short answer it is left to who reads the sentence
        return (certainty if short else "likely"), short
    if form == "list" and not forms.enumerates(best):
        certainty = "likely"  # of several things it may tell one
    if short and (told := forms.things_told(best)) < query.expected.several:
        certainty, short = "likely", short if told > 1 else None
    if short and never_so(Case(query, best, library.view(best.passage.chunk.source), 0.0, 0.0)):
        certainty, short = "likely", None  # the sentence says it better than a date of what never was
    return certainty, short


def _of_another_year(query: Query, best: Evidence, library: Library) -> bool:
    return bool(other_year(Case(query, best, library.view(best.passage.chunk.source), 0.0, 0.0)))


def never_so(case: Case) -> bool:
    """Whether the answer's clause, or the beginning of the next, says that what is asked about didn't take place, and
    the question doesn't ask for that."""
    if case.evidence.short is None or case.query.named.denied:
        return False
    at = case.at - case.evidence.start
    clauses = marks.clauses(case.sentence)
    own = next((n for n, (start, end) in enumerate(clauses) if start <= at < end), 0)
    behind = case.sentence[clauses[own][1] :][:_BEGINS] if own + 1 < len(clauses) else ""
    return telling.never(case.sentence[slice(*clauses[own])]) or telling.never(behind)


def grade(evidence: Sequence[Evidence], library: Library) -> Certainty | None:
    """How sure the best evidence is; None where it isn't worth showing.

    Nothing is sure whose figure may be another one of its sentence.
    """
    certainty = library.judge.certainty(evidence[0].probability) if evidence else None
    doubtful = certainty == "sure" and evidence[0].short is not None and evidence[0].pointed < _SURELY_POINTED
    return "likely" if doubtful else certainty


def why_not(query: Query, evidence: Sequence[Evidence], library: Library) -> str:
    """The reason of a refusal, in the question's language."""
    if not evidence:
        return say(query.question, "索引中没有任何报告内容。", "The index holds no reports.")
    closest = evidence[0]
    far = closest.probability < _FAR
    if far and (word := refusals.unknown_word(query, library.frequency, library.naming)) is not None:
        return refusals.unmentioned(query.question, word)
    return refusals.reason(Case(query, closest, library.view(closest.passage.chunk.source), 0.0, 0.0))


def narrowed(answer: Answer, question: Question) -> Answer:
    """A refusal that says that a filter left some reports out; an answer as it is."""
    if answer.reason is None:
        return answer
    only = say(question, "只查了所选的报告:", "Among the chosen reports only: ")
    return replace(answer, reason=only + answer.reason)


def _published(query: Query, passages: Sequence[Passage], library: Library) -> Answer:
    """When a report was published, as it is marked itself; its title is quoted."""
    question = query.question
    evidence, meant, certainty = _meant(query, passages, library)
    date = meant.passage.date if meant else None
    if (
        meant is None
        or not date
        or (query.expected.days and (int(date[5:7]), int(date[8:])) not in query.expected.days)
    ):
        missing = "报告没有标明所问的发布日期。", "The report does not give that date of publication."
        return refused(question, say(question, *missing), evidence, library.report)
    report = library.report(meant.passage.chunk.source)
    at = report.text.find(meant.passage.title)
    if at >= 0:
        meant = replace(meant, start=at, end=at + len(meant.passage.title), text=meant.passage.title)
    lead = say(question, f"{date}(报告标明的发布日期)", f"{date} (as the report is dated)")
    return answered(
        question,
        [forms.narrowed_to(meant)],
        library.report,
        form="fact",
        certainty=graded_by_date(certainty, report),
        short=date,
        lead=lead,
    )


def _numbered(query: Query, passages: Sequence[Passage], library: Library) -> Answer:
    """The number under which a document was issued, as it bears it itself, at the end of a line; that is quoted."""
    question = query.question
    evidence, meant, certainty = _meant(query, passages, library)
    report = library.report(meant.passage.chunk.source) if meant else None
    own = documents.own(report.text) if report else None
    if meant is None or report is None or own is None:
        missing = "报告没有标明所问的文号。", "The report does not bear that number."
        return refused(question, say(question, *missing), evidence, library.report)
    start = report.text.rfind("\n", 0, own.start) + 1
    start += len(report.text[start : own.end]) - len(report.text[start : own.end].lstrip())
    shown = replace(meant, start=start, end=own.end, text=report.text[start : own.end])
    short = in_script(report.text[own.start : own.end], question)
    return answered(question, [shown], library.report, form="fact", certainty=certainty, short=short)


def _meant(
    query: Query, passages: Sequence[Passage], library: Library
) -> tuple[list[Evidence], Evidence | None, Certainty]:
    """(the evidence by its words alone, that of the report that is meant, how surely it is).

    Which report is meant is a matter of its words; nothing in its passages answers what it bears itself.
    """
    evidence = weigh(replace(query, expected=Expected("text")), passages, library.unread)
    shares = [query.terms.share(f"{each.passage.title}\n{each.text}") for each in evidence]
    best = max(shares, default=0.0)
    return evidence, evidence[shares.index(best)] if evidence else None, "sure" if best >= _SAME else "likely"
