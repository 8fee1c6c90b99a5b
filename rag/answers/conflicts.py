"""What several reports tell differently for one question: every version is shown, the newest first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest.language import dates, figures, units
from rag.answers.citing import in_script, say
from rag.judge.features import (
    Case,
    other_body,
    other_ordinal,
    other_period,
    other_place,
    other_rank,
    other_year,
)
from rag.judge.ranking import Library
from rag.question.query import Query
from rag.question.terms import terms_of
from rag.records import Evidence, Question

_ALIKE = 0.5  # the share of their words that two sentences must have in common to tell of the same thing
_MOST = 3
_OTHERS = (other_place, other_year, other_period, other_rank, other_body, other_ordinal)


def rivals(query: Query, evidence: Sequence[Evidence], library: Library) -> list[Evidence]:
    """The best sentence and those of other reports that give another figure or date for the same thing, the newest
    first; the best one alone where nothing contradicts it."""
    best, told = evidence[0], [evidence[0]]
    if query.expected.kind not in ("figure", "date") or best.short is None:
        return told
    for other in evidence[1:]:
        known = {each.passage.chunk.source for each in told}
        if (
            len(told) < _MOST
            and other.passage.chunk.source not in known
            and library.judge.certainty(other.probability) is not None
            and not _elsewhere(query, other, library)
            and _alike(best.text, other.text)
            and all(_differs(each, other) for each in told)
        ):
            told.append(other)
    return sorted(told, key=lambda each: each.passage.date or "", reverse=True) if len(told) > 1 else told


def told_apart(question: Question, versions: Iterable[Evidence]) -> str:
    """What each version says, with its report's date and file."""
    each = "; ".join(
        f"{in_script(_short(e), question)}({', '.join(filter(None, (e.passage.date, e.passage.chunk.source)))}) [{n}]"
        for n, e in enumerate(versions, 1)
    )
    return say(question, "各份报告所说不同:", "The reports differ: ") + each


def _elsewhere(query: Query, evidence: Evidence, library: Library) -> bool:
    """Whether a sentence speaks of another place, time, body or number than the one asked about."""
    case = Case(query, evidence, library.view(evidence.passage.chunk.source), 0.0, 0.0)
    return any(feature(case) for feature in _OTHERS)


def _short(evidence: Evidence) -> str:
    if evidence.short is None:
        return ""
    return evidence.text[evidence.short[0] - evidence.start : evidence.short[1] - evidence.start]


def _differs(one: Evidence, other: Evidence) -> bool:
    """Whether two short answers are figures of one dimension, or dates, that aren't the same."""
    a, b = _short(one), _short(other)
    if first := next(iter(figures.find(a)), None):
        second = next(iter(figures.find(b)), None)
        return (
            second is not None and units.convertible(first.unit, second.unit) and first.base_value != second.base_value
        )
    when, then = next(iter(dates.find(a)), None), next(iter(dates.find(b)), None)
    return bool(when and then) and _day(when) != _day(then)


def _day(date: dates.Date | None) -> tuple[int | None, int | None]:
    return (date.month, date.day) if date else (None, None)


def _alike(one: str, other: str) -> bool:
    first, second = set(_words(one)), set(_words(other))
    return len(first & second) >= _ALIKE * min(len(first), len(second))


def _words(text: str) -> Iterable[str]:
    return (part for part in terms_of(text) if not part[0].isdigit())
