"""Tables in plain text, put into rows that say what they are about: copied with a cell on each line, with a mark
between the cells of a line, or drawn as Markdown does. Pure.

A table is known by its columns: under a row of heads without figures each holds figures in every row, or in none; one
of Markdown by the rule below its heads. A row reads as those of other tables do (ingest/formats/tables.py): its name,
then each cell behind its head, with the unit that the head or the line above the table gives.
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
# What stands below the heads of a table of Markdown.
_RULE = re.compile(r"\s*(?:\|\s*)?:?-+:?\s*\|(?:\s*:?-+:?\s*\|)*(?:\s*:?-+:?)?\s*")


def parted_cells(text: str) -> list[Replacement]:
    """The line breaks between the cells of a row, each a tab and below the heads the cell's head, with its unit."""
    breaks: list[Replacement] = []
    lines = _lines(text)
    for block in _blocks(lines):
        figured = [_is_figure(line.strip()) for _, line in block]
        start = 0
        while start < len(block):
            columns, rows = _table(figured, start) or (1, 1)
            if columns > 1:
                breaks += _parted(block[start : start + columns * rows], columns, _above(text, block[start][0]))
            start += columns * rows
    return breaks


def _parted(cells: Sequence[tuple[int, str]], columns: int, above: str) -> Iterator[Replacement]:
    """What makes rows of so many columns of cells, each of which is a line with its start."""
    texts = [cell.strip() for _, cell in cells]
    rows = [texts[n : n + columns] for n in range(0, len(texts), columns)]
    written = [row.split("\t") for row in ["\t".join(rows[0]), *_written(rows, above)]]
    for n, (at, line) in enumerate(cells):
        row, column = divmod(n, columns)
        pieces = written[row] if row < len(written) else []
        head = _before(pieces[column], texts[n]) if len(pieces) == columns else None
        known = head is not None
        if column:
            yield Replacement(at - 1, at, "\t" + (head or "" if known else f"{rows[0][column]}："))
        if known and (unit := pieces[column][len(head or "") + len(texts[n]) :]):
            end = at + len(line.rstrip())
            yield Replacement(end, end, unit)


def rows_of_values(text: str) -> list[Replacement]:
    """The rows of tables whose cells are parted by a tab or a comma, each with its heads and units."""
    edits: list[Replacement] = []
    lines = _lines(text)
    for mark in _PARTING:
        for columns, run in itertools.groupby(lines, key=lambda line: _columns(line[1], mark)):
            block = list(run) if columns else []
            rows = [[cell.strip() for cell in line.split(mark)] for _, line in block]
            for first, end in _headed(rows):
                written = _written(rows[first:end], _above(text, block[first][0]))
                for (start, line), row in zip(block[first + 1 : end], written, strict=False):
                    edits += _around(line, _cut(line, mark), start, row)
    return sorted(edits)


def drawn_rows(text: str) -> list[Replacement]:
    """The rows of tables as Markdown draws them, each with its heads and units; the rule below the heads goes."""
    edits: list[Replacement] = []
    lines = _lines(text)
    for n, (at, rule) in enumerate(lines):
        if not n or "|" not in rule or not _RULE.fullmatch(rule):
            continue
        columns = len(_drawn(rule))
        below = itertools.takewhile(lambda line: "|" in line[1], itertools.islice(lines, n + 1, None))
        table = [(lines[n - 1], _drawn(lines[n - 1][1])), *((line, _drawn(line[1])) for line in below)]
        rows = [[cell.strip() for _, cell in cells] for _, cells in table]
        if columns < _NARROWEST or any(len(row) != columns for row in rows):
            continue
        written = _written(rows, _above(text, lines[n - 1][0]))
        if written:
            edits.append(Replacement(at - 1, at + len(rule), ""))
            for ((start, line), cells), row in zip(table, ["\t".join(rows[0]), *written], strict=True):
                edits += _around(line, cells, start, row)
    return sorted(edits)


def _written(rows: Sequence[Sequence[str]], above: str) -> list[str]:
    """The rows below the heads as they are told, by what stands above the table; none where each isn't one line."""
    tables = Writer()
    tables.passed(above)
    written = list(tables.lines(Table.of(rows, heads=1)))
    return written if len(written) == len(rows) - 1 else []


def _above(text: str, start: int) -> str:
    """What stands above the line that begins there, blank lines aside."""
    while start > 0:
        end = start - 1
        start = text.rfind("\n", 0, end) + 1
        if line := text[start:end].strip():
            return line
    return ""


def _cut(line: str, mark: str) -> list[tuple[int, str]]:
    """A line's cells, each with where it begins in it."""
    cells = line.split(mark)
    starts = itertools.accumulate((len(cell) + len(mark) for cell in cells[:-1]), initial=0)
    return list(zip(starts, cells, strict=True))


def _drawn(line: str) -> list[tuple[int, str]]:
    """The cells of a row of Markdown, whose marks at either end may be left out."""
    cells = [] if "\\|" in line else _cut(line, "|")
    if cells and not cells[0][1].strip():
        cells = cells[1:]
    return cells[:-1] if len(cells) > 1 and not cells[-1][1].strip() else cells


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


def _around(line: str, cells: Sequence[tuple[int, str]], start: int, row: str) -> Iterator[Replacement]:
    """What turns a line into the row as it is written, with the cells left where they stand.

    It is the whole line where the row doesn't hold its cells one by one.
    """
    pieces = row.split("\t")
    texts = [cell.strip() for _, cell in cells]
    heads = [_before(piece, cell) for piece, cell in zip(pieces, texts, strict=False)]
    if len(pieces) != len(cells) or None in heads:
        yield Replacement(start, start + len(line), row)
        return
    end, parting = start, ""
    for (at, cell), word, head, piece in zip(cells, texts, heads, pieces, strict=True):
        first = start + at + len(cell) - len(cell.lstrip())
        if line[end - start : first - start] != parting + (head or ""):
            yield Replacement(end, first, parting + (head or ""))
        end = first + len(word)
        unit = piece[len(head or "") + len(word) :]
        if unit:
            yield Replacement(end, end, unit)
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
    if mark not in line or finished(line.rstrip()):  # as most lines are
        return 0
    cells = [cell.strip() for cell in line.split(mark)]
    short = all(0 < len(cell) <= _LONGEST for cell in cells)
    return len(cells) if _NARROWEST <= len(cells) <= _WIDEST and short else 0


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
    held = figures.find(cell)
    return bool(_NUMBER.fullmatch(cell)) or [(figure.start, figure.end) for figure in held] == [(0, len(cell))]


def _table(figured: Sequence[bool], start: int) -> tuple[int, int] | None:
    """(columns, rows) of the largest table that begins at `start`; None where none. `figured`: which are figures."""
    best = None
    for columns in range(_NARROWEST, _WIDEST + 1):
        kinds = figured[start + columns : start + 2 * columns]
        if len(kinds) < columns or any(figured[start : start + columns]) or kinds[0] or not any(kinds):
            continue
        rows = 1
        while figured[start + rows * columns : start + (rows + 1) * columns] == kinds:
            rows += 1
        if rows >= _FEWEST and (best is None or rows * columns > best[0] * best[1]):
            best = columns, rows
    return best
