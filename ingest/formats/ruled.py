"""Tables between rules: which of the lines drawn on a page make one, and where its cells lie. Pure.

Places are points from the page's top left.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NEAR = 2.0  # points between two places that count as one
_END = 4.0  # points between two rules' ends
_LONG = 0.25  # of the page's width, that the rules of a table without sides take at least
_RULES = 3  # of such a table
_MOST = 2000  # rules of a page; more are a drawing


@dataclass(frozen=True, slots=True)
class Rule:
    """A line drawn across a page or down it."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def across(self) -> bool:
        return self.x1 - self.x0 > self.bottom - self.top

    def touches(self, other: Rule) -> bool:
        """Whether two rules meet, or go on in one another."""
        beside = self.x0 - _NEAR > other.x1 or other.x0 - _NEAR > self.x1
        return not beside and not (self.top - _NEAR > other.bottom or other.top - _NEAR > self.bottom)


@dataclass(frozen=True, slots=True)
class Box:
    """Where a cell lies, on the page and among the rows and columns of its table."""

    x0: float
    top: float
    x1: float
    bottom: float
    row: int
    column: int
    down: int
    across: int

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Ruled:
    """A table's place, and its cells by rows."""

    x0: float
    top: float
    x1: float
    bottom: float
    cells: tuple[Box, ...]

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


def rule(x0: float, y0: float, x1: float, y1: float) -> Rule | None:
    """The rule between two points; None where they are one, or it leans."""
    if max(abs(x1 - x0), abs(y1 - y0)) <= _NEAR or min(abs(x1 - x0), abs(y1 - y0)) > _NEAR:
        return None
    return Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def tables(rules: Sequence[Rule]) -> list[Ruled]:
    """The tables of a page, two columns at least, from top to bottom. Cells that no rule parts are one."""
    if len(rules) > _MOST:
        return []
    ruled_tables = (_table(group) for group in _groups(rules))
    return sorted((table for table in ruled_tables if table is not None), key=lambda table: (table.top, table.x0))


def between(rules: Iterable[Rule], width: float) -> list[tuple[float, float]]:
    """Between which heights long rules of one length stand above one another: a table without sides.

    `width` is the page's.
    """
    tops: dict[tuple[int, int], list[float]] = {}
    for each in rules:
        if each.across and each.x1 - each.x0 > _LONG * width:
            tops.setdefault((round(each.x0 / _END), round(each.x1 / _END)), []).append(each.top)
    return [(min(near), max(near)) for near in tops.values() if len({round(top / _NEAR) for top in near}) >= _RULES]


def _groups(rules: Iterable[Rule]) -> list[list[Rule]]:
    """The rules that hang together."""
    groups: list[list[Rule]] = []
    for each in rules:
        touching = [group for group in groups if any(each.touches(other) for other in group)]
        groups = [group for group in groups if not any(group is other for other in touching)]
        groups.append([each, *itertools.chain.from_iterable(touching)])
    return groups


def _table(rules: Sequence[Rule]) -> Ruled | None:
    across = [each for each in rules if each.across]
    down = [each for each in rules if not each.across]
    if not across or not down:
        return None
    # A table whose sides or whose top are open ends where its other rules do.
    lefts = _places([*(each.x0 for each in rules), *(each.x1 for each in rules)], [each.x0 for each in down])
    tops = _places([*(each.top for each in rules), *(each.bottom for each in rules)], [each.top for each in across])
    if len(lefts) < 3 or len(tops) < 2:
        return None
    cells = tuple(_cells(lefts, tops, across, down))
    return Ruled(lefts[0], tops[0], lefts[-1], tops[-1], cells) if len(cells) > 1 else None


def _places(extent: Sequence[float], places: Sequence[float]) -> list[float]:
    """The places, and the extent's ends, in order, those that are near one another as one."""
    groups: list[list[float]] = []
    for place in sorted([min(extent), *places, max(extent)]):
        if groups and place - groups[-1][-1] <= _NEAR:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [sum(near) / len(near) for near in groups]


def _cells(
    lefts: Sequence[float], tops: Sequence[float], across: Sequence[Rule], down: Sequence[Rule]
) -> Iterable[Box]:
    """The spaces between the places, those that no rule parts taken together."""
    slots = list(itertools.product(range(len(tops) - 1), range(len(lefts) - 1)))
    of = {slot: {slot} for slot in slots}
    for row, column in slots:
        x, y = (lefts[column] + lefts[column + 1]) / 2, (tops[row] + tops[row + 1]) / 2
        right, below = (row, column + 1), (row + 1, column)
        if right in of and not any(abs(r.x0 - lefts[column + 1]) <= _NEAR and r.top <= y <= r.bottom for r in down):
            _join(of, (row, column), right)
        if below in of and not any(abs(r.top - tops[row + 1]) <= _NEAR and r.x0 <= x <= r.x1 for r in across):
            _join(of, (row, column), below)
    for slot in slots:
        if slot == min(of[slot]):
            rows, columns = zip(*of[slot], strict=True)
            row, column, last_row, last_column = min(rows), min(columns), max(rows), max(columns)
            place = lefts[column], tops[row], lefts[last_column + 1], tops[last_row + 1]
            yield Box(*place, row, column, last_row - row + 1, last_column - column + 1)


_Slot = tuple[int, int]


def _join(of: dict[_Slot, set[_Slot]], one: _Slot, other: _Slot) -> None:
    if of[one] is not of[other]:
        of[one] |= of[other]
        for slot in of[other]:
            of[slot] = of[one]
