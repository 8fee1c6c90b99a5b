"""What a report, or what it says on something, comes to in three to six of its own sentences. Pure.

Which report is meant is found by its title, places and date. Where the question names nothing beside it, its outline is
quoted: for each heading or numbered point the sentence that carries most; else what the reader holds for proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.language import bodies, figures, marks, points
from ingest.records import CleanReport
from rag.answers import forms, refusals
from rag.answers.citing import answered, refused, say
from rag.answers.siblings import with_siblings
from rag.evidence.sentences import narrowed, without_headings
from rag.evidence.subject import ReportView, fold_same_length
from rag.judge.case import Case
from rag.judge.of_subject import names_asked, other_place, other_year
from rag.judge.ranking import Library
from rag.question.form import beside_summary
from rag.question.query import Query, names_place
from rag.question.terms import Term
from rag.records import Answer, Certainty, Evidence

_MOST, _FEWEST = 6, 3  # sentences
_ROOM = 560  # characters of all quotes together
_SHORTEST = 12  # characters of a sentence that says something
_OWN = 0.5  # share of the question's telling parts that a title must hold for its whole report to be meant
_MEANT = 0.35  # and that the title or the best sentence must hold for a report to be meant at all


def summary_of(query: Query, evidence: Sequence[Evidence], library: Library) -> Answer:
    """The summary, or the refusal where no report is meant."""
    question = query.question
    meant = max(evidence, key=lambda e: _fit(query, e, library), default=None)
    if meant is None:
        return refused(
            question, say(question, "索引中没有任何报告内容。", "The index holds no reports."), (), library.report
        )
    of_place, of_year, share, *_ = _fit(query, meant, library)
    if not (of_place and of_year and share >= _OWN):
        return _topic(query, evidence, library)
    outline = list(_outline(meant, library.report(meant.passage.chunk.source)))
    if len(outline) < _FEWEST:
        outline = _first(meant, library.report(meant.passage.chunk.source))
    else:
        outline = [*_lead(meant, library.report(meant.passage.chunk.source)), *outline]
    certainty: Certainty = "sure" if query.places or query.expected.years or _told(query) else "likely"
    return answered(question, _fitting(outline), library.report, form="summary", certainty=certainty)


def _topic(query: Query, evidence: Sequence[Evidence], library: Library) -> Answer:
    """What the report that fits best says on what the question names."""
    best = evidence[0]
    certainty = library.judge.certainty(best.probability)
    around = f"{best.passage.title}\n{best.passage.chunk.section or ''}\n{best.text}"
    view = library.view(best.passage.chunk.source)
    named = names_asked(query, view)
    of_another_year = bool(other_year(Case(query, best, view, 0.0, 0.0))) and not _of_year(query, view)
    if of_another_year:
        reason = refusals.reason(Case(query, best, view, 0.0, 0.0))
        return refused(query.question, reason, evidence, library.report)
    about = not named or any(name in view.text or name in view.title for name in named)
    held = about and _of_year(query, view) and _share(query, around) >= _MEANT
    if certainty is None and not held:
        return refused(query.question, refusals.nothing_sure(query.question), evidence, library.report)
    telling = without_headings(evidence, library.report)
    telling = [
        each for each in telling if len(each.text) >= _SHORTEST
    ] or telling  # not only a point's name: 一是进校园。
    telling = [
        each
        for each in telling
        if not other_place(Case(query, each, library.view(each.passage.chunk.source), 0.0, 0.0))
    ] or telling
    quoted = with_siblings(forms.chosen("summary", telling), library)
    return answered(query.question, quoted, library.report, form="summary", certainty=certainty or "likely")


def _fit(query: Query, evidence: Evidence, library: Library) -> tuple[bool, bool, float, float, float]:
    """(whether a report's title names the asked place, whether it is of the asked year, how much of the rest its title
    holds, what its sentence and its passage are worth); the greatest is meant."""
    title = evidence.passage.title
    return (
        not query.places or names_place(query, title),
        _of_year(query, library.view(evidence.passage.chunk.source)),
        _share(query, title),
        evidence.probability,
        evidence.passage.score,
    )


def _of_year(query: Query, view: ReportView) -> bool:
    return not query.expected.years or view.year in query.expected.years


def _share(query: Query, text: str) -> float:
    """How much a text holds of what the question tells; 1 where that is nothing."""
    folded = fold_same_length(text)
    terms = [term for term in _told(query) if not _in_another_ending(query, term, folded)]
    total = sum(term.weight for term in terms)
    return sum(term.weight * term.within(folded) for term in terms) / total if total else 1.0


def _in_another_ending(query: Query, term: Term, text: str) -> bool:
    """Whether a part of a question is of an organisation's ending, and the text names the same one by another: 科协 for
    科学技术协会."""
    return any(
        term.within(body.ending) and any(body.is_akin(one) and body.before == one.before for one in bodies.find(text))
        for body in query.named.bodies
    )


def _told(query: Query) -> list[Term]:
    """The telling parts of a question beside the words that ask for a summary; of one in another language all."""
    beside = beside_summary(query.question.folded)
    return [term for term in query.terms.terms if query.core or term.within(beside)]


def _outline(meant: Evidence, report: CleanReport) -> Iterator[Evidence]:
    """Each heading or numbered point, all of the same rank, with the first telling sentence under it."""
    starts = [point.start for point in points.outermost(report.text)]
    for start, end in pairwise([*starts, len(report.text)]):
        spans = [
            (first, last)
            for first, last in marks.sentences(report.text, start, end)
            if len(report.text[first:last].strip()) >= _SHORTEST and not marks.heads(report.text[first:last])
        ]
        if spans:
            headed = report.text[start : spans[0][0]].strip().count("\n") == 0
            yield _sentence(meant, report, start if headed else spans[0][0], spans[0][1])


def _lead(meant: Evidence, report: CleanReport) -> list[Evidence]:
    """The sentence before the first point that tells the year's main figures, if any does."""
    ends = points.outermost(report.text)[0].start
    for start, end in marks.sentences(report.text, 0, ends):
        sentence = _sentence(meant, report, start, end)
        if len(sentence.text) >= _SHORTEST and not marks.heads(sentence.text) and figures.find(sentence.text):
            return [sentence]
    return []


def _first(meant: Evidence, report: CleanReport) -> list[Evidence]:
    """The first telling sentence of each paragraph."""
    sentences, at = [], 0
    for line in report.text.split("\n"):
        spans = [span for span in marks.sentences(report.text, at, at + len(line)) if span[1] - span[0] >= _SHORTEST]
        if spans and not marks.heads(line) and meant.passage.title not in line:
            sentences.append(_sentence(meant, report, *spans[0]))
        at += len(line) + 1
    return sentences or [meant]


def _sentence(meant: Evidence, report: CleanReport, start: int, end: int) -> Evidence:
    stretch = report.text[start:end]
    begin = start + len(stretch) - len(stretch.lstrip())
    text = stretch.strip()
    return replace(meant, start=begin, end=begin + len(text), text=text, short=None, span=None)


def _fitting(outline: Sequence[Evidence]) -> list[Evidence]:
    """As many as a message holds, spread over the whole; those too long cut at a clause."""
    count = min(_MOST, len(outline))
    kept = [outline[i * len(outline) // count] for i in range(count)]
    return [narrowed(each, each.start, _ROOM // count) for each in kept]
