"""One indicator over places, reports or years: every cell a figure with its citation. Pure.

What several sentences tell differently for the same key stands side by side: what is sure before what is likely, then
the newest report first. Nothing is added up unless all figures can be put into one unit and no place lies in another.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.language import dates, divisions, figures, places, telling, units
from ingest.language.figures import Figure
from ingest.language.places import find as find_places
from ingest.language.script import to_simplified
from rag.answers.citing import ReportOf, cite
from rag.answers.legible import graded
from rag.evidence.rows import is_row, row_at, tells_total
from rag.evidence.sentences import clause_before
from rag.evidence.subject import ReportView, fold_same_length, speaks_of, speaks_of_year, told_years
from rag.judge.judge import Judge
from rag.question.places import stands
from rag.question.understand import as_it_stands, figure_question, understand
from rag.records import Certainty, Citation, Evidence

By = Literal["place", "report", "year"]
BY: tuple[By, ...] = ("place", "report", "year")

KeyOf = Callable[[Evidence], str | None]


# How people type that a table is set out otherwise than by place, behind the indicator.
_SET_OUT: tuple[tuple[str, By], ...] = (
    *(
        ("按地区", "place"),
        ("按地方", "place"),
        ("按报告", "report"),
        ("按年份", "year"),
        ("按年度", "year"),
        ("按年", "year"),
    ),
    *((" by place", "place"), (" by report", "report"), (" by year", "year")),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as a report writes it (`said`) and where it stands.

    `value` is in the table's unit; None where the report gives no single value, measures something else, or tells a
    figure that can't be. `possible` is False for such a one: part of a person or of a thing that is counted.
    """

    said: str
    unit: str
    value: float | None
    certainty: Certainty
    citation: Citation
    possible: bool = True
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A key with its figure, None where nothing tells one, and what else is told for it."""

    key: str
    cell: Cell | None
    conflicts: tuple[Cell, ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Everything that is told for the key."""
        return (self.cell, *self.conflicts) if self.cell else ()


@dataclass(frozen=True, slots=True)
class Table:
    """An indicator's rows; `told` of `looked_in` places or reports (`counted`) give a figure.

    `total` is the sum of the rows' figures where it can be made. Citations are numbered from 1 in the order of the
    rows; a quote that tells several figures has one number.
    """

    indicator: str
    by: By
    unit: str
    rows: tuple[Row, ...]
    told: int
    looked_in: int
    counted: Literal["place", "report"]
    total: float | None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Each once, in the order of their numbers."""
        cells = [cell for row in self.rows for cell in row.cells]
        return tuple({cell.citation.n: cell.citation for cell in cells}.values())


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure that a sentence tells for some key, as `Cell` describes it."""

    evidence: Evidence
    figure: Figure
    certainty: Certainty

    @property
    def source(self) -> str:
        return self.evidence.passage.chunk.source

    def value(self, unit: str) -> float | None:
        return _value(self.figure, unit) if is_possible(self.figure) else None

    def rank(self) -> tuple[bool, bool, str, float]:
        """Of several figures for a key, the highest is the row's own."""
        date = self.evidence.passage.date or ""
        return is_possible(self.figure), self.certainty == "sure", date, self.evidence.probability


def set_out(words: str) -> tuple[str, By]:
    """(indicator, how it is set out) as people type them: 科普馆 按年, science halls by report; by place else."""
    text = " ".join(words.split())
    folded = to_simplified(text).lower()
    for ending, by in _SET_OUT:
        if folded.endswith(ending):
            return text[: -len(ending)].strip(), by
    return text, "place"


def check(indicator: str) -> None:
    """Raises UsageError for an indicator that can't be asked about."""
    as_it_stands(indicator)
    understand(figure_question(indicator))


def of_place(place: str, indicator: str) -> str:
    """The indicator of one place; without a place the indicator itself."""
    return f"{place} {indicator}".strip() if indicator[:1].isascii() else f"{place}{indicator}"


def labels(titles: Mapping[str, str]) -> dict[str, str]:
    """What each source is called in a table: its title, with the source behind it where several share one."""
    counts = Counter(titles.values())
    return {source: title if counts[title] == 1 else f"{title} ({source})" for source, title in titles.items()}


def table_of(
    indicator: str,
    by: By,
    keys: Sequence[str],
    evidence: Iterable[Evidence],
    key_of: KeyOf,
    report_of: ReportOf,
    judge: Judge,
    reports: int,
) -> Table:
    """The table of what the evidence tells: a row for each key, empty where nothing tells it; others where found.

    `reports` is how many reports were looked in.
    """
    entries = _by_key((each for each in evidence if _tells_of(indicator, each)), key_of, judge)
    unit = _unit(some[0].figure for some in entries.values())
    rows = [_row(key, entries.get(key, ()), unit, report_of) for key in dict.fromkeys([*keys, *entries])]
    rows = _numbered(_ordered(rows, by) if not keys else rows)
    counted: Literal["place", "report"] = "place" if by == "place" and keys else "report"
    if counted == "place":
        giving, looked_in = sum(row.cell is not None for row in rows), len(rows)
    else:
        giving, looked_in = len({each.source for some in entries.values() for each in some}), reports
    return Table(indicator, by, unit, tuple(rows), giving, looked_in, counted, _total(rows, by, unit))


def _by_key(evidence: Iterable[Evidence], key_of: KeyOf, judge: Judge) -> dict[str, list[_Told]]:
    """What is told for each key, most probable first."""
    entries: dict[str, list[_Told]] = {}
    for each in evidence:
        figure, certainty = figure_in(each), judge.certainty(each.probability)
        key = key_of(each) if figure and certainty else None
        if figure and certainty and key is not None:
            entries.setdefault(key, []).append(_Told(each, figure, certainty))
    return entries


def _tells_of(indicator: str, evidence: Evidence) -> bool:
    """Whether a sentence's figure is what the indicator is: not one a head where all is meant, nor a goal where what
    was reached is."""
    at = (evidence.short or (evidence.start,))[0] - evidence.start
    clause = fold_same_length(clause_before(evidence.text, max(0, at)))
    section = evidence.passage.chunk.section or ""
    aimed = telling.aimed(clause) or telling.ahead(clause, section)
    return telling.for_each(clause) == telling.for_each(indicator) and (not aimed or telling.aimed(indicator))


def figure_in(evidence: Evidence) -> Figure | None:
    """The figure of the short answer."""
    if evidence.short is None:
        return None
    start, end = evidence.short[0] - evidence.start, evidence.short[1] - evidence.start
    return next(iter(figures.find(evidence.text[max(0, start) : end])), None)


def is_possible(figure: Figure) -> bool:
    """Whether a figure can be: what is counted comes in whole numbers, unless it is a large one in round figures."""
    known = units.unit(figure.unit)
    counted = known is not None and not known.measured
    return figure.value is None or not counted or figure.value == int(figure.value)


def place_told(evidence: Evidence, view: ReportView, places: Sequence[str]) -> str | None:
    """Which of the places a sentence speaks about, the narrowest that stands nearest; None for none of them."""
    row = row_at(view, evidence.start) if is_row(evidence.text) else None
    if row is not None and (own := [place for place in places if stands(place, row.name)]):
        return max(own, key=len)
    if row is not None and find_places(row.name):
        return None
    section = fold_same_length(evidence.passage.chunk.section or "")
    at = evidence.short[0] if evidence.short else evidence.end
    around = f"{view.title}\n{section}\n{view.text[view.paragraph(evidence.start) : at]}"
    near = sorted((place for place in places if place in around), key=lambda place: -around.rfind(place))
    return next((place for place in near if speaks_of(view, at, evidence.start, section, [place])), None)


def year_told(evidence: Evidence, view: ReportView) -> str | None:
    """The year that a sentence speaks about."""
    at = evidence.short[0] if evidence.short else evidence.end
    sentence = evidence.start, evidence.end
    near = told_years(evidence.text, view.year) | ({view.year, str(int(view.year) - 1)} if view.year else set())
    years = [year for year in sorted(near, reverse=True) if speaks_of_year(view, at, sentence, {year})]
    own = [str(date.year) for date in dates.find(evidence.text) if date.year]
    return next((year for year in years if year in own), years[0] if years else None)


def _row(key: str, entries: Sequence[_Told], unit: str, report_of: ReportOf) -> Row:
    """The best figure of a key, and beside it all others that measure the same."""
    ranked = sorted((_graded(entry, unit, report_of) for entry in entries), key=_Told.rank, reverse=True)
    cells: list[Cell] = []
    for entry in ranked:
        cell = _cell(entry, unit, report_of)
        if not cells or (_differs(cells[0], cell, unit) and not any(_same(other, cell) for other in cells)):
            cells.append(cell)
    return Row(key, cells[0] if cells else None, tuple(cells[1:]))


def _graded(entry: _Told, unit: str, report_of: ReportOf) -> _Told:
    """What measures something else than the rest of the table, or was recognised with doubt, is likely at most."""
    if not units.convertible(entry.figure.unit, unit):
        return replace(entry, certainty="likely")
    return replace(entry, certainty=graded(entry.certainty, [(entry.evidence, report_of(entry.source))]))


def _cell(each: _Told, unit: str, report_of: ReportOf) -> Cell:
    evidence, figure = each.evidence, each.figure
    start, end = evidence.short or (evidence.start, evidence.start)
    written = evidence.text[start - evidence.start : end - evidence.start]
    citation = cite(evidence, report_of(each.source), 0)
    return Cell(
        written, figure.unit, each.value(unit), each.certainty, citation, is_possible(figure), rough=figure.rough
    )


def _differs(first: Cell, other: Cell, unit: str) -> bool:
    """Whether a figure can contradict that of its row: both measure what the table does."""
    return all(units.convertible(cell.unit, unit) for cell in (first, other))


def _same(one: Cell, other: Cell) -> bool:
    return one.said == other.said or (one.value is not None and one.value == other.value)


def _ordered(rows: Sequence[Row], by: By) -> list[Row]:
    """Years in their order, places from the largest figure down."""
    if by == "year":
        return sorted(rows, key=operator.attrgetter("key"))
    known = [row.cell.value if row.cell else None for row in rows]
    order = sorted(range(len(rows)), key=lambda n: (known[n] is None, -(known[n] or 0.0)))
    return [rows[n] for n in order]


def _numbered(rows: Iterable[Row]) -> list[Row]:
    """The rows with their citations' numbers."""
    numbers: dict[tuple[str, int, int], int] = {}

    def numbered(cell: Cell) -> Cell:
        cited = cell.citation
        n = numbers.setdefault((cited.source, cited.start, cited.end), len(numbers) + 1)
        return replace(cell, citation=replace(cited, n=n))

    cells = [tuple(numbered(cell) for cell in row.cells) for row in rows]
    return [Row(row.key, each[0] if each else None, each[1:]) for row, each in zip(rows, cells, strict=True)]


def _total(rows: Sequence[Row], by: By, unit: str) -> float | None:
    """The sum of the rows' figures; None where they can't be added up: years, shares, places that lie in others."""
    filled = [row for row in rows if row.cell]
    if any(tells_total(cell.citation.quote) for row in filled for cell in row.cells):
        return None  # it tells what others come to
    values = [row.cell.value for row in filled if row.cell and row.cell.value is not None]
    if by == "year" or unit == "%" or not values or len(values) < len(filled):
        return None
    return None if by == "place" and _nested([row.key for row in filled]) else sum(values)


def _nested(keys: Collection[str]) -> bool:
    """Whether one of the places lies in another of them."""
    named = {place.name for key in keys for place in places.find(key)[-1:]}
    known = [division for name in named for division in divisions.by_name().get(name, ())]
    return any(above in named for division in known for above in divisions.ancestors(division))


def _unit(all_figures: Iterable[Figure]) -> str:
    """The unit most figures are told in."""
    counts: dict[str, int] = {}
    for figure in all_figures:
        counts[figure.unit] = counts.get(figure.unit, 0) + 1
    return max(counts, key=lambda unit: counts[unit], default="")


def _value(figure: Figure, unit: str) -> float | None:
    """The figure's value in the table's unit; None where it measures something else or has no value."""
    if figure.unit == unit:
        return figure.value
    target = units.unit(unit)
    if not units.convertible(figure.unit, unit) or target is None:
        return None
    return figure.base_value / target.factor if target.measured and figure.base_value is not None else figure.value
