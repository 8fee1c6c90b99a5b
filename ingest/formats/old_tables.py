"""Tables of Word's old documents: rows of cells, laid out as each row's definition (TDefTable, [MS-DOC]) says. Pure."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.formats.grid import Cell, Table

_TWIPS = 20  # a point
_CELL = 20  # bytes that tell of a cell
# Of a cell's first 16 bits: how it is merged with those beside it, and with those above and below.
_BESIDE, _BELOW, _BELOW_AT = 0b11, 0b11, 5
_BOTH = 0b11  # first of a set, by every reading
_GOES_ON = 0b01  # the cell goes on from above


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a cell ends, in points, and whether it goes on from the cell before it or from the one above."""

    end: int
    across: bool = False
    down: bool = False


def table_of(rows: Sequence[tuple[bytes, Sequence[str]]]) -> Table:
    """The cells of rows, each its definition and its cells' texts, in columns that end where any row's cell does.

    What is merged is one cell; a text stands in the table wherever it is, also in a cell that goes on.
    """
    layouts = [layout(row, len(texts)) for row, texts in rows]
    ends = sorted({cell.end for cells in layouts for cell in cells})
    column = {end: n for n, end in enumerate(ends)}
    cells: list[Cell] = []
    above: dict[int, int] = {}
    for r, ((_, texts), laid) in enumerate(zip(rows, layouts, strict=True)):
        start = 0
        left: int | None = None  # the cell before, by its place in `cells`
        for text, cell in zip(texts, laid, strict=False):
            last = max(start, column[cell.end])
            wide = column[cell.end] >= start  # some writers give all the width to the first of a set
            if cell.across and left is not None and not (text and wide):
                first = cells[left]
                across = max(first.across, column[cell.end] - first.column + 1)
                cells[left] = replace(first, text=f"{first.text} {text}".strip(), across=across)
                start = last + 1 if wide else start
                continue
            if cell.down and not text and start in above:
                left = above[start]
                cells[left] = replace(cells[left], down=r - cells[left].row + 1)
            else:
                left = above[start] = len(cells)
                cells.append(Cell(r, start, text, 1, last - start + 1))
            start = last + 1
    return Table(tuple(cells))


def layout(row: bytes, count: int) -> list[Layout]:
    """How a row's cells lie; `count` of them side by side where its definition doesn't say."""
    if len(row) < 3 or len(row) < 3 + 2 * (row[2] + 1):
        return [Layout(n) for n in range(count)]
    times = row[2]
    edges = struct.unpack_from(f"<{times + 1}h", row, 3)
    places = (3 + 2 * (times + 1) + _CELL * n for n in range(times))
    flags = [struct.unpack_from("<H", row, at)[0] if at + 2 <= len(row) else 0 for at in places]
    across = _going_on([flag & _BESIDE for flag in flags])
    return [
        Layout(round(edge / _TWIPS), beside, flag >> _BELOW_AT & _BELOW == _GOES_ON)
        for edge, beside, flag in zip(edges[1:], across, flags, strict=True)
    ]


def _going_on(merges: Sequence[int]) -> list[bool]:
    """Which cells of a row go on from the one before.

    Programs since Word 97 write 1 for the first of a set and 2 for the others, as its format was told then; [MS-DOC]
    has 2 or 3 for the first and 1 for the others, and some write so. A set begins where no merged cell stands before;
    whatever its first cell bears, the others bear something else.
    """
    merged = []
    first = 0
    for merge in merges:
        goes_on = bool(first and merge) and merge not in (first, _BOTH)
        merged.append(goes_on)
        if not goes_on:
            first = merge
    return merged
