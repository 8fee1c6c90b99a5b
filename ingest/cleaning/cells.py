"""Tables in plain text, put into rows that say what they are about: copied with a cell on each line, or with a mark
between the cells of a line. Pure.

A table is known by its columns: under a row of heads without figures each holds figures in every row, or in none. A row
reads as those of other tables do (ingest/formats/tables.py): its name, then each cell behind its head.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from ingest.formats.grid import Table
from ingest.formats.measures import is_head
from ingest.formats.tables import Writer
from ingest.language import figures
from ingest.language.marks import finished
from ingest.offsets import Replacement

_LONGEST = 14  # characters of a cell
_PARTING = ("\t", ",", "，")  # what stands between the cells of a line
_NARROWEST, _WIDEST = 2, 8  # columns
_FEWEST = 3  # rows, that of the heads counted
_NUMBER = re.compile(r"[\d,.]*\d")


def parted_cells(text: str) -> list[Replacement]:
    """The line breaks between the cells of a row, each a tab and below the heads the cell's head."""
    found = []
    for block in _blocks(_lines(text)):
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


def rows_of_values(text: str) -> list[Replacement]:
    """The rows of tables whose cells are parted by a tab or a comma, each with its heads and units."""
    found: list[Replacement] = []
    lines = _lines(text)
    for mark in _PARTING:
        for columns, run in itertools.groupby(lines, key=lambda line: _columns(line[1], mark)):
            block = list(run) if columns else []
            rows = [[cell.strip() for cell in line.split(mark)] for _, line in block]
            for first, end in _headed(rows):
                written = list(Writer().lines(Table.of(rows[first:end], heads=1)))
                if len(written) == end - first - 1:
                    for (start, line), row in zip(block[first + 1 : end], written, strict=True):
                        found += _around(line, mark, start, row)
    return sorted(found)


def _headed(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """From which row to which there is a table with its heads; several may stand directly below one another."""
    starts = [0] if rows else []
    for n in range(1, len(rows)):
        again = rows[n][0] == rows[starts[-1]][0]
        if not any(map(_is_figure, rows[n])) and (again or all(map(is_head, rows[n][1:]))):
            starts.append(n)
    for first, end in itertools.pairwise([*starts, len(rows)]):
        if end - first >= _FEWEST and _is_headed(rows[first:end]):
            yield first, end


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines, each with its start."""
    lines = text.split("\n")
    starts = itertools.accumulate((len(line) + 1 for line in lines[:-1]), initial=0)
    return list(zip(starts, lines, strict=True))


def _around(line: str, mark: str, start: int, row: str) -> Iterator[Replacement]:
    """What turns a line into the row as it is written, with the cells left where they stand.

    It is the whole line where the row doesn't hold its cells one by one.
    """
    cells = line.split(mark)
    pieces = row.split("\t")
    said = [cell.strip() for cell in cells]
    heads = [_before(piece, cell) for piece, cell in zip(pieces, said, strict=False)]
    if len(pieces) != len(cells) or None in heads:
        yield Replacement(start, start + len(line), row)
        return
    at, end, parting = start, start, ""
    for cell, word, head, piece in zip(cells, said, heads, pieces, strict=True):
        first = at + len(cell) - len(cell.lstrip())
        if line[end - start : first - start] != parting + (head or ""):
            yield Replacement(end, first, parting + (head or ""))
        end = first + len(word)
        unit = piece[len(head or "") + len(word) :]
        if unit:
            yield Replacement(end, end, unit)
        at += len(cell) + len(mark)
        parting = "\t"
    if end < start + len(line):
        yield Replacement(end, start + len(line), "")


def _before(piece: str, cell: str) -> str | None:
    """What stands before a cell in its piece of the row: nothing or its head; None where the cell isn't there."""
    if piece.startswith(cell):
        return ""
    at = piece.find(f"：{cell}")
    return piece[: at + 1] if at >= 0 else None


def _columns(line: str, mark: str) -> int:
    """How many cells a line may be of; 0 for none."""
    cells = [cell.strip() for cell in line.split(mark)]
    short = all(0 < len(cell) <= _LONGEST for cell in cells)
    return len(cells) if _NARROWEST <= len(cells) <= _WIDEST and short and not finished(line.rstrip()) else 0


def _is_headed(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is one of heads: no figure in it, a name first in each of the others, and in one column

    figures only."""
    heads, *body = rows
    if any(any(char.isdigit() for char in head) for head in heads):
        return False
    columns = [[_is_figure(cell) for cell in column] for column in zip(*body, strict=True)]
    return not any(columns[0]) and any(all(column) for column in columns[1:])


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
