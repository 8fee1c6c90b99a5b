"""Features: whether a sentence speaks of the places, times, bodies and numbers that a question names. Pure."""

from __future__ import annotations

from collections.abc import Collection

from ingest.language import bodies, dates, labels, places
from ingest.language.divisions import called
from ingest.language.ordinals import in_han
from rag.evidence.subject import ReportView, speaks_of, speaks_of_year, told_place, told_years
from rag.judge.case import Case
from rag.question.kind import ordinals
from rag.question.query import Query


def other_place(case: Case) -> float:
    """The sentence speaks of another place than the one asked about."""
    names = names_asked(case.query, case.view)
    start = case.evidence.start
    return float(bool(names) and not speaks_of(case.view, case.at, start, case.section, names))


def same_place(case: Case) -> float:
    """The sentence speaks of the place asked about."""
    return float(bool(names_asked(case.query, case.view)) and not other_place(case))


def other_year(case: Case) -> float:
    """The sentence speaks of another year than the one asked about; no report does that tells no year at all."""
    years = case.query.expected.years
    return float(bool(years) and case.view.dated and not _of_year(case, years))


def same_year(case: Case) -> float:
    """The sentence speaks of the year asked about."""
    years = case.query.expected.years
    return float(bool(years) and _of_year(case, years))


def year_told(case: Case) -> float:
    """A year is asked about, and the sentence itself names others only; 今年 is another one than 去年."""
    years = case.query.expected.years
    if not years:
        asked, here = (_relative_years(text) for text in (case.query.question.folded, case.sentence))
        return float(bool(asked) and bool(here) and None not in here and not here & asked)
    named = told_years(case.sentence, case.view.year)
    return float(bool(named) and not named & years)


def other_period(case: Case) -> float:
    """A half or a quarter of a year is asked about, and the sentence or what stands above it names others only."""
    periods = case.query.named.periods
    named = (dates.periods(case.sentence) or dates.periods(case.above)) if periods else frozenset[tuple[int, int]]()
    return float(bool(named) and not named & periods)


def other_rank(case: Case) -> float:
    """The question names a place, and what is told names one of another rank alike instead (伊宁市 for 伊宁县), or is
    about a part of it alone (和静县 for 巴州)."""
    if _tells_of_a_part(case):
        return 1.0
    asked_places = [place for place in case.query.named.places if place.name != place.stem]
    around = f"{case.sentence}\n{case.above}"
    others = places.find(around) if asked_places else ()
    return float(
        any(
            place.name not in around and any(other.stem == place.stem and other.name != place.name for other in others)
            for place in asked_places
        )
    )


def day_missing(case: Case) -> float:
    """The question gives a day, and neither the sentence nor its paragraph does."""
    days = set(case.query.expected.days)
    days_here = {(date.month, date.day) for date in dates.find(f"{case.sentence}\n{case.above}")}
    return float(bool(days) and not days & days_here)


def other_body(case: Case) -> float:
    """The question names an organisation, and the sentence another one of the kind instead."""
    organisations = case.query.named.bodies
    bodies_here = bodies.find(case.sentence) if organisations else []
    rivals = [body for body in bodies_here if any(body.is_like(name) for name in organisations)]
    return float(bool(rivals) and not any(body.is_same(name) for body in rivals for name in organisations))


def other_ordinal(case: Case) -> float:
    """The question gives an ordinal or a rank, and the sentence gives another one instead."""
    names = case.query.expected.names
    ordinals_here = ordinals(case.sentence)
    return float(bool(names & case.query.named.ordinals) and bool(ordinals_here) and not names & ordinals_here)


def other_label(case: Case) -> float:
    """The question gives a label (2号楼, 二期), and the sentence gives others of its mark instead."""
    return float(labels.others(case.query.question.folded, case.sentence))


def other_name(case: Case) -> float:
    """The share of the ordinals, ranks and names that the question gives and neither the sentence nor what stands above
    it does."""
    names = case.query.expected.names
    around = in_han(f"{case.sentence}\n{case.above}") if names else ""
    return sum(name not in around for name in names) / len(names) if names else 0.0


def names_asked(query: Query, view: ReportView) -> list[str]:
    """The asked places by all their names, and what the report calls a place that the question names too."""
    names = [_apart(name, query, view) for names in query.places for name in names]
    # A question in another language names it by its translation.
    translated = (
        {form for term in query.terms.terms for form, sure in term.forms if sure == 1.0} if query.core else set()
    )
    named = (place for place in view.places if place in query.question.folded or place in translated)
    whole = {places.stem(name) for name in names if name != places.stem(name)}
    return names + [place for place in named if place not in names and place not in whole]


def _apart(name: str, query: Query, view: ReportView) -> str:
    """A name with its rank where the report names a place of another rank alike."""
    rivals = [place for place in view.places if place != name and places.stem(place) == name]
    written = (query.question.folded[place.start : place.end] for place in query.named.places)
    return next((word for word in written if rivals and word != name and places.stem(word) == name), name)


def _tells_of_a_part(case: Case) -> bool:
    """Whether the sentence is about a place within the asked one: by the table, or narrower where it knows neither."""
    names = names_asked(case.query, case.view)
    subject = told_place(case.view, case.at, case.evidence.start, names) if names else None
    return bool(subject) and subject not in names and any(_is_part(str(subject), name) for name in names)


def _is_part(part: str, name: str) -> bool:
    if places.within(part, name):
        return True
    level, of = places.level(part), places.level(name)
    known = bool(called(part)) and bool(called(name))
    return not known and level is not None and of is not None and places.width(level) > places.width(of)


def _of_year(case: Case, years: Collection[str]) -> bool:
    return speaks_of_year(case.view, case.at, (case.evidence.start, case.evidence.end), years)


def _relative_years(text: str) -> set[int | None]:
    """The years that a text tells as seen from its report's own (去年 -1), None for those by their numbers; without
    those that it only compares with."""
    compared = dates.comparisons(text)
    named = (date for date in dates.find(text) if not any(start <= date.start < end for start, end in compared))
    return {date.relative for date in named if date.relative is not None or date.year}
