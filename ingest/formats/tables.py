"""Tables written as lines, each row with the heads that its figures stand under. Pure.

A row that leaves its table says nothing: 北岭镇 412 33. So it reads 北岭镇, 志愿者：412人, 活动：33场, parted by tabs:
the row's name as it is, every other cell behind its head, a figure with the unit that its head or the table's note
gives. What stands over several rows is written in each of them, what stands over several columns once. A table
without heads keeps its cells as they are, parted by tabs.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.language.units import kinds, unit
from ingest.language.words import alternation, table

_LINE = 200  # characters of a row from which on it goes on in a line of its own, behind the row's name
_NAME = 30  # characters up to which the first cell names its row
_HEAD = 40  # characters that a head may have
_MOST_HEADS = 4  # rows of heads
_FIGURES = 0.8  # of a column's cells from which on it is one of figures

_FIGURE = re.compile(r"[-+−－¥￥$]?\d[\d,，.]*+\s*+(?:[%％‰]|[万亿千百十余]{0,3}[㐀-鿿]{0,2})")
_BARE = re.compile(r"[-+−－]?\d[\d,，]*+(?:\.\d++)?")
_DATE = re.compile(r"\d{2,4}(?:[-/.年]\d{1,2}){1,2}[月日]?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?")
_NOTHING = frozenset({"", "-", "—", "——", "－", "/", "／", "…", "无"})
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_BRACKETED = re.compile(r"(?<!\s)\s*+[(（\[［]([^()（）\[\]［］]{1,10})[)）\]］]$")


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


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above a column: its words, and the unit of the figures below; none over the names of the rows."""

    words: str = ""
    unit: str = ""


@dataclass(slots=True)
class Writer:
    """Writes the tables of one file, in order: a unit may stand in the line above, heads on the page before."""

    _unit: str = ""
    _heads: list[_Head] = field(default_factory=list)

    def passed(self, line: str) -> None:
        """A line of text stands before the next table: its unit, or nothing of it."""
        if line.strip():
            self._unit = _noted_unit(line)
            self._heads = []

    def lines(self, given: Table) -> Iterator[str]:
        """A line for each row."""
        grid = _grid(given)
        titles = _title_rows(grid)
        if given.heads == titles == 1 and grid[0][0] is None and len(grid[0]) == 2:  # a lone head, above the figures
            titles = 0
        for row in grid[:titles]:
            line = "\t".join(cell.text for cell in _distinct(row))
            self._unit = _noted_unit(line) or self._unit
            yield line
        grid = grid[titles:]
        if not grid:
            return
        depth = _depth(grid, None if given.heads is None else given.heads - titles)
        if depth:
            self._heads = _heads(grid[:depth], grid[depth:], self._unit)
        elif len(self._heads) != len(grid[0]):
            self._heads = []
        body = grid[depth:] or grid
        heads = self._heads if grid[depth:] else []
        for row in body:
            yield from _row(row, heads)
        self._unit = ""


Row = list[Cell | None]


def _grid(given: Table) -> list[Row]:
    """The rows as long as the table is wide, without those and the columns that hold nothing.

    A cell stands in every place that it reaches over. Where a file's cells overlap, the first keeps its place.
    """
    said = [cell for cell in given.cells if cell.text]
    rows = {n: i for i, n in enumerate(sorted({cell.row for cell in said}))}
    columns = {n: i for i, n in enumerate(sorted({cell.column for cell in said}))}
    grid: list[Row] = [[None] * len(columns) for _ in rows]
    for cell in sorted(said, key=lambda cell: (cell.row, cell.column)):
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


def _distinct(row: Row) -> list[Cell]:
    """The row's cells, each once."""
    return [cell for n, cell in enumerate(row) if cell is not None and (not n or cell is not row[n - 1])]


def _title_rows(grid: Sequence[Row]) -> int:
    """How many rows stand above the heads: the table's name, its unit, who filled it in."""
    if not grid or len(grid[0]) < 2:
        return 0
    count = 0
    for row in grid:
        cells = _distinct(row)
        alone = len(cells) == 1 and (cells[0].across >= len(row) - 1 or len(row) > 2 or cells[0].across > 1)
        if not alone and not all(_note().match(cell.text) for cell in cells):
            break
        count += 1
    return count if count < len(grid) else 0


def _depth(grid: Sequence[Row], told: int | None) -> int:
    """How many of the first rows are heads: as told, else as their cells and those below look."""
    if len(grid[0]) < 2:
        return 0
    depth = _reached(grid)
    if told is not None and told > 0:
        return max(min(told, len(grid)), min(depth, len(grid)) if depth <= _MOST_HEADS else 0)
    if depth >= len(grid) or depth > _MOST_HEADS or not _heads_like(grid[:depth]):
        return 0
    body = grid[depth:]
    figures = [n for n in range(len(grid[0])) if _is_of_figures(row[n] for row in body)]
    named = [cell for cell in _distinct(grid[0]) if _BRACKETED.sub("", cell.text) in _words("heads")]
    known = 2 * len(named) > len(_distinct(grid[0]))
    with_units = any(_parted(cell.text)[1] for cell in _distinct(grid[depth - 1]))
    if known or (figures and with_units):
        return depth
    return depth if figures and (len(body) > 1 or named or depth > 1) and not _is_form(grid) else 0


def _reached(grid: Sequence[Row]) -> int:
    """How deep the first row reaches: cells over several rows, and columns parted again below a common head."""
    depth = max(sum(row[n] is cell for row in grid) for n, cell in enumerate(grid[0]) if cell is not None)
    for n in range(_MOST_HEADS):
        if depth <= n or depth >= len(grid):
            break
        parted = any(cell.across > 1 and grid[n][-1] is not cell for cell in _distinct(grid[n]))
        if parted and depth == n + 1 and not any(_is_figure(cell.text) for cell in _distinct(grid[depth])):
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
    lonely = len(years) == 1 and width == 2 and (first is None or first.text not in _words("heads"))
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
    said = [cell.text for cell in labels if cell is not None]
    return width > 2 and len(set(said)) == len(said) and not any(map(_is_figure, said)) and 2 * figured < len(values)


def _is_figure(text: str) -> bool:
    bare = text.strip()
    return _FIGURE.fullmatch(bare) is not None or _DATE.fullmatch(bare) is not None


def _is_of_figures(cells: Iterable[Cell | None]) -> bool:
    said = [cell.text for cell in cells if cell is not None and cell.across == 1 and cell.text not in _NOTHING]
    return bool(said) and sum(map(_is_figure, said)) >= _FIGURES * len(said)


def _heads(rows: Sequence[Row], body: Sequence[Row], noted: str) -> list[_Head]:
    """What stands above each column, from the top: a common head before its parts."""
    found = []
    names = _names(rows, body)
    for n in range(len(rows[0])):
        cells = {id(cell): cell for row in rows if (cell := row[n]) is not None}.values()
        words, own = "", ""
        for cell in cells:
            text, its_unit = _parted(cell.text.rstrip(":：").strip())
            own = its_unit or own
            words += text if text not in words else ""
        bare = [cell.text for row in body if (cell := row[n]) is not None and _BARE.fullmatch(cell.text)]
        its_unit = own or _counted(words) or (noted if bare and _measured(words, noted) else "")
        found.append(_Head() if n <= names else _Head(words, its_unit))
    return found


def _names(rows: Sequence[Row], body: Sequence[Row]) -> int:
    """The column that names the rows: the first, or the second behind one that numbers them; -1 for none."""
    first = rows[0][0]
    numbered = first is not None and first.text in _words("numbering") and len(rows[0]) > 1
    column = 1 if numbered else 0
    return column if not _is_of_figures(row[column] for row in body) else column - 1


def _parted(head: str) -> tuple[str, str]:
    """A head without the unit that stands in it in brackets, and that unit."""
    match = _BRACKETED.search(head)
    if match is None:
        return head, ""
    said = _noted_unit(match[1]) or match[1].strip()
    return (head[: match.start()], said) if _is_unit(said) else (head, "")


def _is_unit(word: str) -> bool:
    """Whether a word is a unit; a lone character in a head's brackets is one, known or not."""
    return len(word) == 1 or unit(word) is not None or unit(word.lstrip("十百千万亿")) is not None


def _counted(words: str) -> str:
    """The unit that a head names by what it counts: 期 of 培训期数, 人次 of 接待人次; "" where it names none."""
    number, times = table("tables")["number"], table("tables")["times"]
    for count in (2, 1):
        word = words.removesuffix(number)[-count:]
        if unit(word) is not None and (words.endswith(word + number) or (count == 2 and word.endswith(times))):
            return word
    return ""


def _measured(words: str, noted: str) -> bool:
    """Whether figures below a head are amounts in the table's own unit."""
    money = "money" in kinds(noted.lstrip("十百千万亿"))
    return not any(word in words for word in _words("unmeasured")) and not (
        money and words.endswith(tuple(_words("counting")))
    )


def _row(row: Row, heads: Sequence[_Head]) -> Iterator[str]:
    """A row's line; a long row's lines, each behind the row's name."""
    if not heads:
        first = [n for n, cell in enumerate(row) if cell is not None]
        texts = [_once(row, n) for n in range(len(row))]
        yield "\t".join(texts) if len(first) > 1 or not first else row[first[0]].text  # type: ignore[union-attr]
        return
    cells = [_cell(cell, n, row, heads) for n, cell in enumerate(row) if cell is not None and _begins(row, n)]
    name = cells[0] if cells and len(cells[0]) <= _NAME else ""
    line = ""
    for text in cells:
        if line and len(line) + len(text) >= _LINE:
            yield line
            line = name
        line += ("\t" if line else "") + text
    yield line


def _begins(row: Row, n: int) -> bool:
    return not n or row[n] is not row[n - 1]


def _once(row: Row, n: int) -> str:
    cell = row[n]
    return cell.text if cell is not None and _begins(row, n) else ""


def _cell(cell: Cell, n: int, row: Row, heads: Sequence[_Head]) -> str:
    """A cell behind its head; the row's name, and what stands under several heads, as it is."""
    head = heads[n]
    shared = n + 1 < len(row) and row[n + 1] is cell
    text = cell.text + (head.unit if _BARE.fullmatch(cell.text) and not shared else "")
    return text if shared or head.words in ("", cell.text) else f"{head.words}：{text}"


@functools.cache
def _words(name: str) -> frozenset[str]:
    return frozenset(table("tables")[name])


@functools.cache
def _note() -> re.Pattern[str]:
    """What stands above a table's heads and isn't one of them: 填报单位：某县科协, (单位:万元)."""
    return re.compile(rf"[(（]?(?:{alternation(table('tables')['notes'])})[㐀-鿿]{{0,4}}\s*+[:：]")


@functools.cache
def _unit_note() -> re.Pattern[str]:
    labels = alternation(table("tables")["unit_labels"])
    return re.compile(rf"(?<![㐀-鿿])(?:{labels})\s*+[:：]\s*+([^\s,，、;；()（）]{{1,8}})")


def is_unit_note(line: str) -> bool:
    """Whether a line does nothing but give the unit of the table below it: (单位:万元)."""
    match = _unit_note().search(line)
    return match is not None and not line[: match.start()].strip("(（ \t") and not line[match.end() :].strip(")） \t")


def _noted_unit(line: str) -> str:
    """The unit that a line gives for the table below it; "" where it gives none, or no known one."""
    match = _unit_note().search(line)
    return match[1] if match and _is_unit(match[1]) else ""
