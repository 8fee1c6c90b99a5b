"""What speaks of another place, number, time or year than the one asked about is set aside. Pure.

Where something else answers, it does; where nothing does, what is of another place, number or part of the year is what
came closest, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from ingest.language import dates, ordinals, places, telling
from rag.evidence.rows import is_row, row_at, rows_around
from rag.evidence.subject import fold_same_length, is_of_another, told_years
from rag.judge.case import Case
from rag.judge.of_subject import other_year
from rag.judge.ranking import Library
from rag.question.query import Query
from rag.records import Evidence

_PROBABLE = 0.4  # of what is likely: less answers nothing
_NO_MORE = 0.9  # of what is likely: what speaks of another
_AS_MUCH = 0.6  # of what the best sentence, set aside, holds of the question that another must hold to answer instead
_AS_GOOD = 0.5  # of the best one's probability that what comes before it must have

_SHORTLY = 3  # characters of a name's end by which a thing is called

Other = Callable[[Case], bool]


def set_aside_others(query: Query, evidence: list[Evidence], library: Library) -> list[Evidence]:
    """The evidence without what speaks of another than asked; where nothing else answers, that too, as what came
    closest and no more."""
    for other in (_of_another, _of_another_row, _of_another_number, _of_another_titled_year, of_another_part):
        evidence = _set_aside(query, evidence, library, other, closest=True)
    for other in (_of_another_year, _for_each_instead):
        evidence = _set_aside(query, evidence, library, other, closest=False)
    return _whole_first(query, evidence, library)


def of_another_part(case: Case) -> bool:
    """Whether a figure is asked of a part of the year, or of all of it, and told of another part only."""
    query = case.query
    if query.expected.kind != "figure" or not (query.named.periods or telling.whole_year(query.question.folded)):
        return False
    if telling.whole_year(query.question.folded) and telling.whole_year(case.sentence):
        return False  # a table's row tells of each quarter and of all
    named = _parts_told(case)
    if query.named.periods and not named and telling.whole_year(case.sentence):
        return True
    return bool(named) and not named & query.named.periods


def _set_aside(
    query: Query, evidence: list[Evidence], library: Library, other: Other, *, closest: bool
) -> list[Evidence]:
    """Only what isn't of another, where some of that answers; else all, those of another as what came closest if
    `closest`."""
    least = library.judge.likely * _PROBABLE
    others = [each.probability >= least and other(_case(query, each, library)) for each in evidence]
    if not any(others):
        return evidence
    kept = [each for each, of_another in zip(evidence, others, strict=True) if not of_another]
    kept.sort(key=lambda each: each.probability < least)  # what answers nothing stands behind
    enough = kept and library.judge.certainty(kept[0].probability) is not None
    if closest and enough and others[0] and other is not _of_another:
        enough = _held(query, kept[0]) >= _AS_MUCH * _held(query, evidence[0])
    if enough and (closest or kept[0].probability >= _AS_GOOD * evidence[0].probability):
        return kept
    if not closest:
        return evidence
    most = library.judge.likely * _NO_MORE
    capped = [
        replace(each, probability=min(each.probability, most)) if of_another else each
        for each, of_another in zip(evidence, others, strict=True)
    ]
    # What tells of the thing, if of another one, came closer than what tells of something else.
    return capped if other is _of_another or not others[0] else [capped[0], *_no_surer(capped[1:], most)]


def _no_surer(evidence: Iterable[Evidence], most: float) -> list[Evidence]:
    return [replace(each, probability=min(each.probability, most)) for each in evidence]


def _held(query: Query, evidence: Evidence) -> float:
    """The share of what is asked that a sentence holds."""
    return query.terms.share(fold_same_length(evidence.text))


def _whole_first(query: Query, evidence: list[Evidence], library: Library) -> list[Evidence]:
    """Where a figure of a year is asked, what is told of all of it before what is told of a part."""
    named = query.named
    if query.expected.kind != "figure" or not query.expected.years or named.periods or not evidence:
        return evidence
    if not _parts_told(_case(query, evidence[0], library)):
        return evidence
    least = max(library.judge.likely, _AS_GOOD * evidence[0].probability)
    whole = [
        each
        for each in evidence
        if each.probability >= least and each.short and not _parts_told(_case(query, each, library))
    ]
    return whole + [each for each in evidence if each not in whole]


def _of_another(case: Case) -> bool:
    """What another place's or organisation's report says of itself."""
    named, each = case.query.named, case.evidence
    if not named.places and not named.bodies:
        return False
    return is_of_another(case.view, each.start, each.end, named.places, named.bodies)


def _of_another_row(case: Case) -> bool:
    """A row of a table about another thing than one that the question names: another row is about that, or it is a
    place, and so is what this row is about; and no row but the last is about all."""
    if not is_row(case.sentence):
        return False
    own, rows = row_at(case.view, case.evidence.start), rows_around(case.view, case.evidence.start)
    question = case.query.question.folded
    if own is None or not own.name or any(value in question for value in _values(case.sentence)):
        return False
    named = [row for row in rows if len(row.name) > 1 and row.name in question]
    if named or (case.query.expected.total and not own.is_total):
        return True
    asked, its = case.query.named.places, places.find(own.name)
    return bool(asked) and bool(its) and not any(_is_or_holds(place, each) for place in asked for each in its)


def _values(row: str) -> Iterator[str]:
    """What the cells of a row say, and the end of its name by which it may be called: 农业局 of 县农业局."""
    for cell in row.split("\t"):
        value = cell.rpartition(":")[2].strip()
        if len(value) > 1 and not any(map(str.isdigit, value)):
            yield from {value, value[-_SHORTLY:]} if len(value) > _SHORTLY else {value}


def _is_or_holds(asked: places.Place, told: places.Place) -> bool:
    return places.same(told.name, asked.name) or places.within(told.name, asked.name)


def _of_another_number(case: Case) -> bool:
    """What is told of other ones of a numbered kind (三车间, 第八届), or stands under one; of a figure's months too."""
    numbered = ordinals.kinds(case.query.question.folded)
    sentence = ordinals.kinds(case.sentence) if numbered else {}
    above = ordinals.kinds(case.above) if numbered else {}
    if any(_apart(numbers, sentence.get(kind, above.get(kind, set()))) for kind, numbers in numbered.items()):
        return True
    if case.query.expected.kind != "figure":
        return False
    return _apart(_months(case.query.named.dates), _months(dates.find(case.sentence)))


def _of_another_year(case: Case) -> bool:
    """What is told of another year in a sentence that doesn't name the asked one at all."""
    years = case.query.expected.years
    return bool(other_year(case)) and not years & told_years(case.sentence, case.view.year)


def _of_another_titled_year(case: Case) -> bool:
    """The same in a report whose title names the year that it is about: that of another year answers nothing."""
    year = case.view.year
    return year is not None and year in case.view.title and not case.view.looks_back and _of_another_year(case)


def _for_each_instead(case: Case) -> bool:
    """A figure for each person, household or acre where all is asked for."""
    want = case.query.expected
    return want.kind == "figure" and not want.each and telling.for_each(case.clause)


def _parts_told(case: Case) -> frozenset[tuple[int, int]]:
    """The parts of a year that a sentence, or else what stands above it, is about."""
    if periods := dates.periods(case.sentence):
        return periods
    return frozenset() if telling.whole_year(case.sentence) else dates.periods(case.above)


def _months(named: Iterable[dates.Date]) -> set[int]:
    return {date.month for date in named if date.month and date.until is None}


def _apart(asked_numbers: Collection[int], told_numbers: Collection[int]) -> bool:
    return bool(asked_numbers) and bool(told_numbers) and not set(asked_numbers) & set(told_numbers)


def _case(query: Query, evidence: Evidence, library: Library) -> Case:
    return Case(query, evidence, library.view(evidence.passage.chunk.source), 0.0, 0.0)
