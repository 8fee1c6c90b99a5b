"""One indicator over places, reports or years: every cell a figure with its citation. Pure.

What several sentences tell differently for the same key is shown side by side, the most probable first; nothing is
added up unless all figures can be put into one unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.language import dates, figures, units
from ingest.language.figures import Figure
from rag.answers.citing import ReportOf, cite
from rag.evidence.subject import ReportView, fold_same_length, speaks_of, speaks_of_year, told_years
from rag.judge.judge import Judge
from rag.records import Certainty, Citation, Evidence

By = Literal["place", "report", "year"]
BY: tuple[By, ...] = ("place", "report", "year")
_MOST_CONFLICTS = 3

KeyOf = Callable[[Evidence], str | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as a report writes it (`said`), its value in the table's unit where it has one, and where it stands.

    `possible` is False for a figure that can't be: part of a person or of a thing that is counted.
    """

    said: str
    value: float | None
    certainty: Certainty
    citation: Citation
    possible: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A key with its figure, None where nothing tells one, and what else is told for it."""

    key: str
    cell: Cell | None
    conflicts: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """An indicator's rows; `told` of `asked` keys have a figure. `total` is their sum where it can be made."""

    indicator: str
    by: By
    unit: str
    rows: tuple[Row, ...]
    told: int
    asked: int
    total: float | None


def table_of(
    indicator: str,
    by: By,
    keys: Sequence[str],
    evidence: Iterable[Evidence],
    key_of: KeyOf,
    report_of: ReportOf,
    judge: Judge,
) -> Table:
    """The table of what the evidence, most probable first, tells: a row for each key, empty where nothing tells it."""
    found: dict[str, list[tuple[Evidence, Figure]]] = {}
    for each in evidence:
        figure = figure_in(each)
        key = key_of(each) if figure and judge.certainty(each.probability) else None
        if figure and key is not None:
            found.setdefault(key, []).append((each, figure))
    unit = _unit(figure for some in found.values() for _, figure in some[:1])
    rows = tuple(_row(key, found.get(key, ()), unit, report_of, judge) for key in dict.fromkeys([*keys, *found]))
    values = [row.cell.value if row.cell else None for row in rows if row.cell]
    summed = values and all(value is not None for value in values) and by != "year" and unit != "%"
    total = sum(value for value in values if value is not None) if summed else None
    return Table(indicator, by, unit, rows, len(values), len(rows), total)


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
    told = [year for year in sorted(near, reverse=True) if speaks_of_year(view, at, sentence, {year})]
    own = [str(date.year) for date in dates.find(evidence.text) if date.year]
    return next((year for year in told if year in own), told[0] if told else None)


def _row(key: str, found: Sequence[tuple[Evidence, Figure]], unit: str, report_of: ReportOf, judge: Judge) -> Row:
    cells: list[Cell] = []
    for evidence, figure in found:
        certainty = judge.certainty(evidence.probability)
        if certainty is None or any(_same(cell, figure, unit) for cell in cells):
            continue
        said = (
            evidence.text[evidence.short[0] - evidence.start : evidence.short[1] - evidence.start]
            if evidence.short
            else ""
        )
        citation = cite(evidence, report_of(evidence.passage.chunk.source), 1)
        cells.append(Cell(said, _value(figure, unit), certainty, citation, is_possible(figure)))
    return Row(key, cells[0] if cells else None, tuple(cells[1 : 1 + _MOST_CONFLICTS]))


def _same(cell: Cell, figure: Figure, unit: str) -> bool:
    return cell.value is not None and cell.value == _value(figure, unit)


def _unit(found: Iterable[Figure]) -> str:
    """The unit most figures are told in."""
    counts: dict[str, int] = {}
    for figure in found:
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
