"""Sheets: what is common to all that hold rows and columns, and lists of values parted by commas. Pure.

What a cell shows of its value is said in `cell_formats`.
"""

from __future__ import annotations

import bisect
import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from typing import Any

from ingest.formats.blocks import Block, LeftOut, rendered
from ingest.formats.grid import Cell, Table

_DEFAULT_NAME = re.compile(r"(?:Sheet|工作表|Table|表)\s*\d*", re.IGNORECASE)
_DELIMITERS = ",\t;|"
_SAMPLED = 50  # lines that tell the delimiter
_LONGEST_FIELD = 1 << 20  # characters


def read(data: bytes) -> dict[str, Any]:
    """The text of a list of values, given in UTF-8."""
    csv.field_size_limit(_LONGEST_FIELD)
    lines = data.decode("utf-8", "surrogatepass").removeprefix("\ufeff").split("\n")
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=_delimiter(lines[:_SAMPLED]))
    cells = [
        Cell(r, c, content)
        for r, row in enumerate(rows)
        for c, value in enumerate(row)
        if (content := " ".join(value.split()))
    ]
    return rendered(sheet(cells))


def _delimiter(lines: Sequence[str]) -> str:
    """What parts the values: what stands equally often in most lines."""

    def steadiness(delimiter: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(delimiter)))
        count, times = max(counts.items(), key=lambda counted: counted[1], default=(0, 0))
        return times, count

    return max(_DELIMITERS, key=steadiness)


def workbook(sheets: Sequence[tuple[str, bool, list[Cell]]]) -> Iterator[Block]:
    """The sheets in order, each given as its name, whether it is hidden, and its cells; hidden ones are left out."""
    shown = [name for name, hidden, cells in sheets if cells and not hidden]
    for name, hidden, cells in sheets:
        if hidden and cells:
            yield LeftOut("hidden", rendered([name, *sheet(cells)])["text"])
        elif cells:
            if len(shown) > 1 or not _DEFAULT_NAME.fullmatch(name.strip()):
                yield name
            yield from sheet(cells)


def sheet(cells: Sequence[Cell]) -> Iterator[Block]:
    """A sheet's tables: where a row is empty one ends; a lone column is lines of text."""
    for region in _regions(cells):
        if len({cell.column for cell in region}) == 1:
            yield from (cell.text for cell in region)
        else:
            yield Table(tuple(region))


def _regions(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    region: list[Cell] = []
    end = 0
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        if region and cell.row > end:
            yield region
            region = []
        region.append(cell)
        end = max(end, cell.row + cell.down)
    if region:
        yield region


def placed(texts: Iterable[tuple[int, int, str]], merged: Iterable[tuple[int, int, int, int]]) -> list[Cell]:
    """A sheet's cells, each (row, column, text), with its merged ranges (first row, last, first column, last)."""
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, bottom, left, right in merged}
    return [Cell(row, column, text, *spans.get((row, column), (1, 1))) for row, column, text in texts if text]


def seen(cells: Sequence[Cell], rows: Set[int], columns: Set[int]) -> tuple[list[Cell], list[LeftOut]]:
    """A sheet's cells without those that stand wholly in hidden rows or columns, and these, a line a row.

    Rows and columns close up over hidden ones: these part no table.
    """
    hidden = [
        cell
        for cell in cells
        if all(row in rows for row in range(cell.row, cell.row + cell.down))
        or all(column in columns for column in range(cell.column, cell.column + cell.across))
    ]
    if not hidden:
        return list(cells), []
    lines = ["\t".join(cell.text for cell in row) for _, row in itertools.groupby(hidden, key=lambda cell: cell.row)]
    unseen = set(hidden)
    gone = sorted(rows), sorted(columns)
    return [_closed_up(cell, *gone) for cell in cells if cell not in unseen], [LeftOut("hidden", "\n".join(lines))]


def _closed_up(cell: Cell, rows: Sequence[int], columns: Sequence[int]) -> Cell:
    """A cell where it stands once the hidden rows and columns, in order, are gone."""
    row, down = _moved(cell.row, cell.down, rows)
    column, across = _moved(cell.column, cell.across, columns)
    return replace(cell, row=row, column=column, down=down, across=across)


def _moved(start: int, count: int, hidden: Sequence[int]) -> tuple[int, int]:
    before, within = bisect.bisect_left(hidden, start), bisect.bisect_left(hidden, start + count)
    return start - before, max(1, count - (within - before))
