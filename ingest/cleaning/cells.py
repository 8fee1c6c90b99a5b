"""Tables copied with a cell on each line, put back into rows that say what they are about. Pure.

A table is known by its columns: under a row of heads without figures each holds figures in every row, or in none. A row
reads as those of other tables do (ingest/formats/tables.py): its name, then each cell behind its head.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from ingest.language import figures
from ingest.offsets import Replacement

_LONGEST = 14  # characters of a cell
_NARROWEST, _WIDEST = 2, 8  # columns
_FEWEST = 3  # rows, that of the heads counted
_NUMBER = re.compile(r"[\d,.]*\d")


def parted_cells(text: str) -> list[Replacement]:
    """The line breaks between the cells of a row, each a tab and below the heads the cell's head."""
    found = []
    at = 0
    lines = []
    for line in text.split("\n"):
        lines.append((at, line))
        at += len(line) + 1
    for block in _blocks(lines):
        told = [_is_figure(line.strip()) for _, line in block]
        start = 0
        while start < len(block):
            columns, rows = _table(told, start) or (1, 1)
            heads = [line.strip() for _, line in block[start : start + columns]]
            for n in range(columns * rows):
                row, column = divmod(n, columns)
                at = block[start + n][0]
                if column:
                    found.append(Replacement(at - 1, at, f"\t{heads[column]}：" if row else "\t"))
            start += columns * rows
    return found


def _blocks(lines: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Runs of lines that may be cells."""
    for cells, run in itertools.groupby(
        lines, key=lambda line: 0 < len(line[1].strip()) <= _LONGEST and "\t" not in line[1]
    ):
        if cells:
            yield list(run)


def _is_figure(cell: str) -> bool:
    """Whether a cell is a figure with at most its unit; a date or a name with a number in it isn't."""
    found = figures.find(cell)
    return bool(_NUMBER.fullmatch(cell)) or [(figure.start, figure.end) for figure in found] == [(0, len(cell))]


def _table(told: Sequence[bool], start: int) -> tuple[int, int] | None:
    """(columns, rows) of the largest table that begins at `start`; None where none does. `told`: which are figures."""
    best = None
    for columns in range(_NARROWEST, _WIDEST + 1):
        kinds = told[start + columns : start + 2 * columns]
        if len(kinds) < columns or any(told[start : start + columns]) or kinds[0] or not any(kinds):
            continue
        rows = 1
        while told[start + rows * columns : start + (rows + 1) * columns] == kinds:
            rows += 1
        if rows >= _FEWEST and (best is None or rows * columns > best[0] * best[1]):
            best = columns, rows
    return best
