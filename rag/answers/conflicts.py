"""What several reports tell differently for one question: every version is shown, the newest first. Pure.

Two sentences contradict each other where both tell what the question asks, of one place, one time and one kind of
figure, and the figures aren't the same. How the reports word it doesn't matter.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence

from ingest.language import bodies, dates, documents, figures, places, runs, units
from ingest.language.figures import Figure
from ingest.language.questions import asking, counting
from ingest.language.words import alternation, table
from rag.answers.citing import in_script, say
from rag.answers.table import place_told, year_told
from rag.evidence.shorts import spots
from rag.judge.case import Case
from rag.judge.of_answer import for_each, growth, newly, no_plan, planned, thing_missing
from rag.judge.of_subject import (
    names_asked,
    other_body,
    other_ordinal,
    other_period,
    other_place,
    other_rank,
    other_year,
)
from rag.judge.ranking import Library
from rag.question.query import Query
from rag.question.terms import Term, Terms, terms_of
from rag.records import Evidence, Question

MOST = 6  # versions that one answer has room for
_PROBABLE = 0.4  # of the least probability that is likely: what a version must have besides telling the same thing
_AS_MUCH = 0.6  # of what the best sentence and what stands above it hold of the question
_OWN = 0.5  # of what a sentence of several figures holds of the question must stand in the figure's clause
_SURE_OF_IT = 0.6  # how likely a figure must be the right one of its sentence
_NEARLY = 0.05  # by how much a rough figure may differ from another and say the same
_OTHERS = (other_place, other_year, other_period, other_rank, other_body, other_ordinal)
_ANOTHER_WAY = (planned, no_plan, growth, for_each)

Run = tuple[int, int]


def rivals(query: Query, evidence: Sequence[Evidence], library: Library) -> list[Evidence]:
    """What each of several reports tells where they differ, one sentence for each figure or date: the newest report's
    first, drafts last; the best sentence alone where nothing contradicts it."""
    best = evidence[0]
    if query.expected.kind not in ("figure", "date"):
        return [best]
    likely = [each for each in evidence if each.short and each.probability >= _PROBABLE * library.judge.likely]
    model = best if best.short else next((each for each in likely if _is_told(_case(query, each, library))), None)
    if model is None:
        return [best]
    like = _case(query, model, library)
    others = [each for each in likely if each is not model and _of_the_same(like, _case(query, each, library))]
    kept: list[Evidence] = []
    for each in sorted([model, *others], key=_order, reverse=True):
        if all(_differs(each, other) for other in kept):
            kept.append(each)
    reports = {each.passage.chunk.source for each in kept}
    return kept if len(kept) > 1 and len(reports) > 1 else [best]


def told_apart(question: Question, versions: Collection[Evidence], of: int) -> str:
    """What each version says, with its report's date and file; `of` is how many there are."""
    each = "; ".join(
        f"{in_script(_short(e), question)}({', '.join(filter(None, (e.passage.date, e.passage.chunk.source)))}) [{n}]"
        for n, e in enumerate(versions, 1)
    )
    most = f"(共{of}种,这是其中{len(versions)}种)" if of > len(versions) else ""
    some = f" ({len(versions)} of {of} versions)" if of > len(versions) else ""
    return say(question, f"各份报告所说不同{most}:", f"The reports differ{some}: ") + each


def _order(evidence: Evidence) -> tuple[bool, bool, str, bool, float]:
    """The greatest comes first: no draft, dated, the newest, a final version."""
    named = f"{evidence.passage.title}\n{evidence.passage.chunk.source}"
    date = evidence.passage.date or ""
    return not documents.is_draft(named), bool(date), date, documents.is_final(named), evidence.probability


def _case(query: Query, evidence: Evidence, library: Library) -> Case:
    return Case(query, evidence, library.view(evidence.passage.chunk.source), 0.0, 0.0)


def _is_told(case: Case) -> bool:
    """Whether a sentence tells a figure or date of the asked thing, place, time, body and number, in the asked way."""
    return (
        case.evidence.pointed >= _SURE_OF_IT
        and not any(feature(case) for feature in (*_OTHERS, *_ANOTHER_WAY))
        and not _within_the_place(case)
        and (not _telling(case, case.query.head) or thing_missing(case) < 1.0)
        and _in_its_own_clause(case)
    )


def _of_the_same(best: Case, other: Case) -> bool:
    """Whether both tell of one thing, place, time and body, as far as they tell it."""
    return (
        other.evidence.passage.chunk.source != best.evidence.passage.chunk.source
        and _is_told(other)
        and _held(other) >= _AS_MUCH * _held(best)
        and newly(other) == newly(best)
        and _is_part(other) == _is_part(best)
        and _stretch(other) == _stretch(best)
        and not _apart(_place(best), _place(other))
        and not _apart(_year(best), _year(other))
        and not _of_other_bodies(best, other)
    )


def _held(case: Case) -> float:
    """The weight of what is asked that the sentence and what stands above it hold."""
    around = f"{case.sentence}\n{case.above}"
    return sum(term.weight * term.within(around) for term in _telling(case, case.query.terms))


def _telling(case: Case, terms: Terms) -> list[Term]:
    """The parts of what is asked that no unit says as well: 造林面积 is told by 造林2万亩."""
    question = case.query.question.folded
    measured = set(terms_of(question)) - set(terms_of(_measures().sub(" ", question)))
    return [term for term in terms.terms if not any(form in measured for form, _ in term.forms)]


@functools.cache
def _measures() -> re.Pattern[str]:
    unit = rf"(?:{asking('count')}){counting()}"
    return re.compile(rf"{alternation(table('questions')['indicator']['measures'])}|{unit}")


def _within_the_place(case: Case) -> bool:
    """Whether the last place named before the figure is a smaller one than those asked about: 梅山县石塘镇."""
    widths = [places.width(place.level) for place in case.query.named.places]
    last = places.find(case.before)[-1:]
    named = names_asked(case.query, case.view)
    smaller = (place for place in last if place.name not in named and place.stem not in named)
    return bool(widths) and any(places.width(place.level) > max(widths) for place in smaller)


def _in_its_own_clause(case: Case) -> bool:
    """Whether the figure is the only one that may answer, or its clause names what is asked about."""
    if len(spots(case.query.expected, case.evidence.text)) < 2:
        return True
    terms = case.query.terms
    return terms.share(case.clause) >= _OWN * terms.share(case.sentence)


def _is_part(case: Case) -> bool:
    """Whether a figure is one of a part of what was told before it, and the question doesn't name that part."""
    at, text, question = case.evidence.start, case.sentence, case.query.question.folded
    return any(
        at + figure[0] == case.at and n not in runs.named(text, run, question)
        for run in runs.find(text)
        if run.of_parts
        for n, figure in enumerate(run.figures)
    )


def _stretch(case: Case) -> frozenset[Run]:
    """The months that a figure is of, where that isn't the whole year: 上半年, 截至10月底."""
    if case.query.expected.kind == "date":
        return frozenset()
    return dates.periods(case.sentence) | dates.up_to(case.sentence)


def _place(case: Case) -> str | None:
    """The place that a sentence is about, where the question names none."""
    if names_asked(case.query, case.view):
        return None
    return place_told(case.evidence, case.view, sorted(case.view.places))


def _year(case: Case) -> str | None:
    """The year that a figure is of, where the question names none; that of its report for a date."""
    if case.query.expected.years:
        return None
    return case.view.year if case.query.expected.kind == "date" else year_told(case.evidence, case.view)


def _apart(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _of_other_bodies(one: Case, other: Case) -> bool:
    """Whether the reports or sentences name organisations of one kind, but none that both name: two schools."""
    mine, theirs = (bodies.find(f"{case.view.title}\n{case.before}") for case in (one, other))
    alike = [(a, b) for a in mine for b in theirs if a.is_like(b)]
    return bool(alike) and not any(a.is_same(b) for a, b in alike)


def _short(evidence: Evidence) -> str:
    if evidence.short is None:
        return ""
    return evidence.text[evidence.short[0] - evidence.start : evidence.short[1] - evidence.start]


def _differs(one: Evidence, other: Evidence) -> bool:
    """Whether two short answers are figures of one dimension, or dates, that aren't the same."""
    a, b = _short(one), _short(other)
    if first := next(iter(figures.find(a)), None):
        second = next(iter(figures.find(b)), None)
        return second is not None and units.convertible(first.unit, second.unit) and not _equal(first, second)
    when, then = next(iter(dates.find(a)), None), next(iter(dates.find(b)), None)
    return when is not None and then is not None and not _one_day(when, then)


def _equal(one: Figure, other: Figure) -> bool:
    """Whether two figures are the same; a rough one says the same as what it is nearly."""
    a, b = one.base_value, other.base_value
    if a is None or b is None:
        return (one.low, one.high) == (other.low, other.high)
    return abs(a - b) <= _NEARLY * max(abs(a), abs(b)) if one.rough or other.rough else a == b


def _one_day(one: dates.Date, other: dates.Date) -> bool:
    """Whether two dates tell nothing that differs."""
    pairs = ((one.year, other.year), (one.month, other.month), (one.day, other.day))
    return all(a is None or b is None or a == b for a, b in pairs)
