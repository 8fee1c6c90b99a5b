"""Tables written as lines, each row with the heads that its figures stand under. Pure.

A row that leaves its table says nothing: 北岭镇 412 33. So it reads 北岭镇, 志愿者：412人, 活动：33场, parted by tabs:
the row's name as it is, every other cell behind its head, a figure with the unit that its head or the table's note
gives. What stands over several rows is written in each of them, what stands over several columns once. A table
without heads keeps its cells as they are, parted by tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.formats import measures
from ingest.formats.grid import (
    Cell,
    Row,
    Table,
    beside,
    depth_of,
    distinct,
    is_of_figures,
    rows_of,
    tables_of,
    title_rows,
)
from ingest.language.script import fold_script

_LINE = 200  # characters of a row from which on it goes on in a line of its own, behind the row's name
_NAME = 30  # characters up to which the first cell names its row
_BARE = re.compile(r"[-+−－]?\d[\d,，]*+(?:\.\d++)?")


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above a column: its words, none over the names of the rows; the unit that they give the figures

    below, and that which the table gives them.
    """

    words: str = ""
    unit: str = ""
    noted: str = ""


@dataclass(frozen=True, slots=True)
class _Heads:
    """The heads of a table; the column that names its rows, and whether it names what is measured; that of the rows'

    units. -1 for none.
    """

    columns: tuple[_Head, ...] = ()
    names: int = -1
    of_things: bool = False
    units: int = -1


@dataclass(slots=True)
class Writer:
    """Writes the tables of one file, in order: units may stand in the line above, heads on the page before."""

    _units: tuple[str, ...] = ()
    _heads: _Heads = _Heads()

    def passed(self, line: str) -> None:
        """A line of text stands before the next table: its units, or nothing of it."""
        if line.strip():
            self._units = measures.noted(line)
            self._heads = _Heads()

    def lines(self, given: Table) -> Iterator[str]:
        """A line for each row."""
        titles, parts = beside(given)
        yield from map(self._title, titles)
        above = self._units
        for part in parts:
            self._units = above  # what is said above tables beside one another is said of each
            for number, one in enumerate(tables_of(part)):
                yield from self._table(one, below=number > 0)
        self._units = ()

    def _title(self, row: Row) -> str:
        line = "\t".join(cell.text for cell in distinct(row))
        self._units = measures.noted(line) or self._units
        return line

    def _table(self, given: Table, *, below: bool) -> Iterator[str]:
        """The lines of a table; of one directly `below` another: a title of its own ends what was said above both."""
        grid = rows_of(given)
        titles = title_rows(grid)
        if given.heads == titles == 1 and grid[0][0] is None and len(grid[0]) == 2:  # a lone head, above the figures
            titles = 0
        if below and titles:
            self._units = ()
        yield from map(self._title, grid[:titles])
        grid = grid[titles:]
        if not grid:
            return
        depth = depth_of(grid, None if given.heads is None else given.heads - titles)
        if depth:
            self._heads = _heads(grid[:depth], grid[depth:], self._units)
        elif len(self._heads.columns) != len(grid[0]):
            self._heads = _Heads()
        for row in grid[depth:] or grid:
            yield from _row(row, self._heads if grid[depth:] else _Heads())


def _heads(rows: Sequence[Row], body: Sequence[Row], noted: Sequence[str]) -> _Heads:
    """What stands above each column, from the top: a common head before its parts."""
    heads = []
    names = _names(rows, body)
    units = -1
    for n in range(len(rows[0])):
        cells = {id(cell): cell for row in rows if (cell := row[n]) is not None}.values()
        words, own = "", ""
        for cell in cells:
            text, its_unit = measures.parted(cell.text.rstrip(":：").strip())
            own = its_unit or own
            words += text if text not in words else ""
        below = [cell.text for row in body if (cell := row[n]) is not None]
        if n > names and units < 0 and measures.is_of_units(words, below):
            units = n
        own = own or measures.counted(words)
        given = "" if own or not any(map(_BARE.fullmatch, below)) else measures.of_column(words, noted)
        heads.append(_Head(words if n > names else "", own if n > names else "", given if n > names else ""))
    naming = rows[-1][names].text if names >= 0 and rows[-1][names] is not None else ""  # type: ignore[union-attr]
    return _Heads(tuple(heads), names, measures.names_things(naming), units)


def _names(rows: Sequence[Row], body: Sequence[Row]) -> int:
    """The column that names the rows: the first, or the second behind one that numbers them; -1 for none."""
    first = rows[0][0]
    numbered = first is not None and fold_script(first.text) in measures.words("numbering") and len(rows[0]) > 1
    column = 1 if numbered else 0
    return column if not is_of_figures(row[column] for row in body) else column - 1


def _row(row: Row, heads: _Heads) -> Iterator[str]:
    """A row's line; a long row's lines, each behind the row's name."""
    if not heads.columns:
        first = [n for n, cell in enumerate(row) if cell is not None]
        texts = [_once(row, n) for n in range(len(row))]
        yield "\t".join(texts) if len(first) > 1 or not first else row[first[0]].text  # type: ignore[union-attr]
        return
    units = _units(row, heads)
    cells = [
        _cell(cell, n, row, heads.columns[n].words, units[n])
        for n, cell in enumerate(row)
        if cell is not None and _begins(row, n)
    ]
    name = cells[0] if cells and len(cells[0]) <= _NAME else ""
    line = ""
    for text in cells:
        if line and len(line) + len(text) >= _LINE:
            yield line
            line = name
        line += ("\t" if line else "") + text
    yield line


def _units(row: Row, heads: _Heads) -> list[str]:
    """The unit of each figure of a row: its head's, else the row's own, else the table's."""
    name = "" if heads.names < 0 else _text(row[heads.names])
    own = _text(row[heads.units]) if heads.units >= 0 else ""
    own = own if measures.known(own) else ""
    if not own and heads.of_things:
        name, own = measures.of_things(name)
    if own:
        columns = measures.given_by_row([head.words for head in heads.columns], own)
        return [head.unit or (own if n in columns and head.words else "") for n, head in enumerate(heads.columns)]
    return [head.unit or (head.noted and measures.of_row(name, head.noted)) for head in heads.columns]


def _text(cell: Cell | None) -> str:
    return "" if cell is None else cell.text


def _begins(row: Row, n: int) -> bool:
    return not n or row[n] is not row[n - 1]


def _once(row: Row, n: int) -> str:
    cell = row[n]
    return cell.text if cell is not None and _begins(row, n) else ""


def _cell(cell: Cell, n: int, row: Row, head: str, unit: str) -> str:
    """A cell behind its head; the row's name, and what stands under several heads, as it is."""
    shared = n + 1 < len(row) and row[n + 1] is cell
    text = cell.text + (unit if _BARE.fullmatch(cell.text) and not shared else "")
    return text if shared or head in ("", cell.text) else f"{head}：{text}"
