"""A table's cells in rows and columns: its titles, its heads, and where another table begins below or beside it. Pure.

A cell stands in every place that it reaches over. Rows and columns that hold nothing are none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.formats import measures
from ingest.language.script import fold_script
from ingest.language.words import alternation, table

NOTHING = frozenset({"", "-", "—", "——", "－", "/", "／", "…", "无"})

_HEAD = 40  # characters that a head may have
_MOST_HEADS = 4  # rows of heads
_FIGURES = 0.8  # of a column's cells from which on it is one of figures
_NEAR = 12  # rows above and below that tell whether a row is one of heads

_FIGURE = re.compile(r"[-+−－¥￥$]?\d[\d,，.]*+\s*+(?:[%％‰]|[万亿千百十余]{0,3}[㐀-鿿]{0,2})")
_DATE = re.compile(r"\d{2,4}(?:[-/.年]\d{1,2}){1,2}[月日]?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?")
_NOTE = re.compile(r"[^:：]+[:：].")  # 注：含兼职
_YEAR = re.compile(r"(?:19|20)\d\d年?")


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell: its place, counted from 0, what it says, and how many rows and columns it reaches over."""

    row: int
    column: int
    text: str
    down: int = 1
    across: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table's cells, in any order; `heads` is how many of its rows are heads, None where the file doesn't say."""

    cells: tuple[Cell, ...]
    heads: int | None = None

    @classmethod
    def of(cls, rows: Iterable[Iterable[str]], heads: int | None = None) -> Table:
        """A table without merged cells."""
        cells = (Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
        return cls(tuple(cell for cell in cells if cell.text), heads)


Row = list[Cell | None]


def tables_of(given: Table) -> list[Table]:
    """The tables that stand directly below one another in what a file holds as one.

    Another one begins where a row of heads comes behind figures, with a title of its own or without; a title alone
    parts a table but ends none.
    """
    numbers = sorted({cell.row for cell in given.cells if cell.text})
    grid = rows_of(given)
    starts = [0]
    heads = title_rows(grid)
    at = heads + 1
    while at < len(grid):
        start = at
        while at < len(grid) and _is_title(grid[at]):
            at += 1
        if at < len(grid) and _begins(given, grid, numbers, at, _Top(heads, at - start)):
            starts.append(start)
            heads = at
        at += 1
    if len(starts) == 1:
        return [given]
    rows = [
        (numbers[start], numbers[end] if end < len(numbers) else None)
        for start, end in zip(starts, [*starts[1:], len(numbers)], strict=True)
    ]
    return [
        Table(
            tuple(cell for cell in given.cells if first <= cell.row and (end is None or cell.row < end)),
            given.heads if not number else None,
        )
        for number, (first, end) in enumerate(rows)
    ]


def beside(given: Table) -> tuple[list[Row], list[Table]]:
    """The titles that stand above them all, and the tables that stand beside one another in what a file holds as one;
    no titles where it is one.

    Another one begins behind a column that holds nothing, with heads of its own. A lone note there is one as well.
    """
    grid = rows_of(given)
    titles = title_rows(grid)
    numbers = sorted({cell.row for cell in given.cells if cell.text})
    body = [cell for cell in given.cells if cell.text and cell.row >= numbers[titles]] if grid else []
    found: list[list[Cell]] = []
    for part in _parted(body):
        if not found or _stands_alone(found[-1], part):
            found.append(part)
        else:
            found[-1] += part
    if len(found) < 2:
        return [], [given]
    heads = None if given.heads is None else max(0, given.heads - titles)
    return grid[:titles], [Table(tuple(part), heads) for part in found]


def _parted(cells: Iterable[Cell]) -> Iterator[list[Cell]]:
    """Cells parted where a column holds nothing."""
    part: list[Cell] = []
    end = 0
    for cell in sorted(cells, key=lambda cell: (cell.column, cell.row)):
        if part and cell.column > end:
            yield part
            part, end = [], 0
        part.append(cell)
        end = max(end, cell.column + cell.across)
    if part:
        yield part


def _stands_alone(left: Sequence[Cell], part: Sequence[Cell]) -> bool:
    """Whether cells behind an empty column are no columns of the table before it."""
    if len(part) == 1:
        return _NOTE.match(part[0].text) is not None
    before, own = _Part.of(left), _Part.of(part)
    if before is None or own is None:
        return False
    head, first = own.head, min(cell.row for cell in part)
    if head == before.head or head in measures.words("numbering"):
        return True
    apart = (own.titled and before.titled) or (own.of_figures and before.of_figures)
    return head in measures.words("about") and (apart or first != min(cell.row for cell in left))


@dataclass(frozen=True, slots=True)
class _Part:
    """What a table that stands beside others looks like: the head above its rows' names, whether it has a title of its
    own, and whether all its other columns are of figures."""

    head: str
    titled: bool
    of_figures: bool

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> _Part | None:
        """None where the cells are no table of their own: without heads, or with nothing that names the rows."""
        grid = rows_of(Table(tuple(cells)))
        titles = title_rows(grid)
        depth = depth_of(grid[titles:], None)
        first = grid[titles][0]
        columns = list(zip(*grid[titles + depth :], strict=True))
        numbered = first is not None and fold_script(first.text) in measures.words("numbering")
        if not depth or first is None or (is_of_figures(columns[0]) and not numbered):
            return None
        figured = all(is_of_figures(column) for column in columns[1:])
        return cls(fold_script(measures.bare(first.text)), titles > 0, figured)


@dataclass(frozen=True, slots=True)
class _Top:
    """The row of the heads of the table above, and how many rows of titles stand between."""

    heads: int
    titles: int


def _begins(given: Table, grid: Sequence[Row], numbers: Sequence[int], at: int, top: _Top) -> bool:
    """Whether another table begins with the row `at`, as one of heads."""
    cells = distinct(grid[at])
    if len(cells) < 2 or any(_is_figure(cell.text) and not _YEAR.fullmatch(cell.text) for cell in cells):
        return False
    if any(cell.row != numbers[at] for cell in cells) or not _is_other(grid, at, top):
        return False
    end = next((n for n in range(at + 1, min(at + _NEAR, len(grid))) if _is_title(grid[n])), min(at + _NEAR, len(grid)))
    last = numbers[end] if end < len(numbers) else numbers[-1] + 1
    below = rows_of(Table(tuple(cell for cell in given.cells if numbers[at] <= cell.row < last)))
    return depth_of(below, None) > 0


def _is_other(grid: Sequence[Row], at: int, top: _Top) -> bool:
    """Whether a row is no row of the table above: its cells are heads, and stand where that table has figures or below
    a title."""
    cells, heads = distinct(grid[at]), distinct(grid[top.heads])
    if [cell.text for cell in cells] == [cell.text for cell in heads]:
        return True
    above = grid[max(top.heads + 1, at - _NEAR) : at - top.titles]
    figures = [n for n in range(len(grid[at])) if is_of_figures(row[n] for row in above)]
    texts = [cell.text for n in figures if (cell := grid[at][n]) is not None and cell.text not in NOTHING]
    named = len(_named(grid[at])) > 1 and 2 * len(_named(grid[at])) > len(cells)
    measured = all(measures.is_head(cell.text) or _YEAR.fullmatch(cell.text) for cell in cells[1:])
    again = cells[0].text == heads[0].text
    titles = [cell.text for row in grid[at - top.titles : at] for cell in distinct(row)]
    new = any(map(measures.is_title, titles)) and len(set(texts)) == len(figures)
    return bool(texts or top.titles) and (named or measured or again or new)


def rows_of(given: Table) -> list[Row]:
    """The rows as long as the table is wide, without those and the columns that hold nothing.

    A cell stands in every place that it reaches over. Where a file's cells overlap, the first keeps its place.
    """
    filled = [cell for cell in given.cells if cell.text]
    rows = {n: i for i, n in enumerate(sorted({cell.row for cell in filled}))}
    columns = {n: i for i, n in enumerate(sorted({cell.column for cell in filled}))}
    grid: list[Row] = [[None] * len(columns) for _ in rows]
    for cell in sorted(filled, key=lambda cell: (cell.row, cell.column)):
        for r in _reach(rows, cell.row, cell.down):
            for c in _reach(columns, cell.column, cell.across):
                if grid[r][c] is None:
                    grid[r][c] = cell
    return grid


def _reach(places: dict[int, int], start: int, count: int) -> Iterator[int]:
    """Where the lines `start` to `start + count` stand among those that hold anything."""
    if count <= len(places):
        yield from (places[n] for n in range(start, start + count) if n in places)
    else:
        yield from (place for n, place in places.items() if start <= n < start + count)


def distinct(row: Row) -> list[Cell]:
    """The row's cells, each once."""
    return [cell for n, cell in enumerate(row) if cell is not None and (not n or cell is not row[n - 1])]


def title_rows(grid: Sequence[Row]) -> int:
    """How many rows stand above the heads: the table's name, its unit, who filled it in."""
    if not grid or len(grid[0]) < 2:
        return 0
    count = 0
    for row in grid:
        if not _is_title(row):
            break
        count += 1
    return count if count < len(grid) else 0


def _is_title(row: Row) -> bool:
    """Whether a row is of one cell, or of nothing but notes."""
    cells = distinct(row)
    return len(cells) == 1 or all(_note().match(fold_script(cell.text)) for cell in cells)


def depth_of(grid: Sequence[Row], marked: int | None) -> int:
    """How many of the first rows are heads: as told, else as their cells and those below look."""
    if len(grid[0]) < 2:
        return 0
    depth = _reached(grid)
    if marked is not None and marked > 0:
        return max(min(marked, len(grid)), min(depth, len(grid)) if depth <= _MOST_HEADS else 0)
    if depth >= len(grid) or depth > _MOST_HEADS or not _heads_like(grid[:depth]):
        return 0
    body = grid[depth:]
    figures = [n for n in range(len(grid[0])) if is_of_figures(row[n] for row in body)]
    named = _named(grid[0])
    known = 2 * len(named) > len(distinct(grid[0]))
    with_units = any(measures.parted(cell.text)[1] for cell in distinct(grid[depth - 1]))
    if known or (figures and with_units):
        return depth
    return depth if figures and (len(body) > 1 or named or depth > 1) and not _is_form(grid) else 0


def _reached(grid: Sequence[Row]) -> int:
    """How deep the first row reaches: cells over several rows, and columns parted again below a common head."""
    depth = max(sum(row[n] is cell for row in grid) for n, cell in enumerate(grid[0]) if cell is not None)
    for n in range(_MOST_HEADS):
        if depth <= n or depth >= len(grid):
            break
        parted = any(cell.across > 1 and grid[n][-1] is not cell for cell in distinct(grid[n]))
        if parted and depth == n + 1 and not any(_is_figure(cell.text) for cell in distinct(grid[depth])):
            depth += 1
    return depth


def _heads_like(rows: Sequence[Row]) -> bool:
    """Whether rows could be heads: short words above most columns, figures only as years, and those in company."""
    width = len(rows[0])
    cells = {id(cell): cell for row in rows for cell in row if cell is not None}.values()
    covered = sum(any(row[n] is not None for row in rows) for n in range(width))
    years = [cell for cell in cells if _YEAR.fullmatch(cell.text)]
    figures = [cell for cell in cells if _is_figure(cell.text) and cell not in years]
    first = rows[0][0]
    lonely = len(years) == 1 and width == 2 and (first is None or not _named([first]))
    short = all(len(cell.text) <= _HEAD for cell in cells)
    return short and not figures and not lonely and covered >= max(2, width - 1)


def _is_form(grid: Sequence[Row]) -> bool:
    """Whether label and value stand in turn: 姓名 张三 出生年月 1970.1."""
    width = len(grid[0])
    if width % 2 or any(cell is not None and cell.text.endswith((":", "：")) for cell in grid[0]):
        return width % 2 == 0
    labels = [row[n] for row in grid for n in range(0, width, 2)]
    values = [row[n] for row in grid for n in range(1, width, 2)]
    figured = sum(cell is not None and _is_figure(cell.text) for cell in values)
    texts = [cell.text for cell in labels if cell is not None]
    return width > 2 and len(set(texts)) == len(texts) and not any(map(_is_figure, texts)) and 2 * figured < len(values)


def _is_figure(text: str) -> bool:
    bare = text.strip()
    return _FIGURE.fullmatch(bare) is not None or _DATE.fullmatch(bare) is not None


def is_of_figures(cells: Iterable[Cell | None]) -> bool:
    """Whether a column's cells are figures, but for a few."""
    texts = [cell.text for cell in cells if cell is not None and cell.across == 1 and cell.text not in NOTHING]
    return bool(texts) and sum(map(_is_figure, texts)) >= _FIGURES * len(texts)


def _named(row: Row) -> list[Cell]:
    """The cells of a row that say what only heads say."""
    return [cell for cell in distinct(row) if fold_script(measures.bare(cell.text)) in measures.words("heads")]


@functools.cache
def _note() -> re.Pattern[str]:
    """What stands above a table's heads and isn't one of them: 填报单位：某县科协, (单位:万元)."""
    return re.compile(rf"[(（]?(?:{alternation(table('tables')['notes'])})[㐀-鿿]{{0,4}}\s*+[:：]")
