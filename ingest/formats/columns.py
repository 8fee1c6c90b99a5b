"""What stands on a page in words at places: lines, tables without rules, columns read down, lines set downwards. Pure.

Places are points from the page's top left. What is read down is moved, so that `layout` finds it where it would stand
if the page had one column.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.formats.grid import Table
from ingest.formats.layout import Line

_GAP = 1.6  # type sizes between two pieces of a line from which on they stand apart
_RULED_GAP = 0.7  # and in a table between rules
_SAME_HEIGHT = 0.5  # type sizes that words of one line may differ in height
_LEADING = 3.2  # type sizes between two rows of one table
_ROWS = 3  # lines that make a table
_FULL = 0.6  # of a table's rows have a cell in every column
_WIDE = 0.22  # of the page's width, that a column of text takes at least
_COLUMN_LINES = 6  # lines with the same gap that make columns
_IN_COLUMNS = 0.7  # of the lines that are parted, at the same place
_DOWNWARDS = 0.6  # of the steps from character to character


@dataclass(frozen=True, slots=True)
class Word:
    """What stands together without a gap."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A table without rules, where its rows stand."""

    rows: tuple[tuple[str, ...], ...]
    lines: tuple[Line, ...]

    @property
    def table(self) -> Table:
        return Table.of(self.rows)


def set_downwards(places: Sequence[tuple[float, float, float]]) -> bool:
    """Whether characters, in the order in which they were set, each (left, top, size), stand below one another."""
    down = across = 0
    for (x, y, size), (next_x, next_y, _) in itertools.pairwise(places):
        down += abs(next_x - x) < size / 4 and size / 2 < next_y - y < 3 * size
        across += abs(next_y - y) < size / 4 and 0 < next_x - x < 3 * size
    return down > _DOWNWARDS * max(1, down + across)


def turned(word: Word, width: float) -> Word:
    """A word of a text that is set downwards, from right to left, as if its page were laid on its side."""
    return replace(word, x0=word.top, x1=word.bottom, top=width - word.x1, bottom=width - word.x0)


def read(
    words: Sequence[Word], width: float, *, spaced: bool = True, ruled: Sequence[tuple[float, float]] = ()
) -> list[Line | Grid]:
    """The lines and tables of a page, in the order in which they are read; `spaced`: blanks part the words.

    `ruled`: between which heights rules above and below make a table, whose cells may stand closer.
    """
    parted = []
    for line in _lines(words):
        middle = (line[0].top + line[0].bottom) / 2
        gap = _RULED_GAP if any(top < middle < bottom for top, bottom in ruled) else _GAP
        parted.append(_pieces(line, " " if spaced else "", gap))
    gutter = _gutter(parted, width)
    if gutter is not None:
        return list(_down(parted, gutter))
    return list(_with_tables(parted))


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    """Words at one height, from left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.top + word.bottom, word.x0)):
        middle = (word.top + word.bottom) / 2
        last = lines[-1][0] if lines else None
        if last and abs(middle - (last.top + last.bottom) / 2) <= _SAME_HEIGHT * max(word.size, last.size):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.x0) for line in lines]


def _pieces(words: Sequence[Word], between: str, gap: float) -> list[Line]:
    """A line parted where its words stand apart."""
    pieces: list[list[Word]] = [[words[0]]]
    for before, word in itertools.pairwise(words):
        if word.x0 - before.x1 > gap * min(word.size, before.size):
            pieces.append([])
        pieces[-1].append(word)
    return [_line(piece, between) for piece in pieces]


def _line(words: Sequence[Word], between: str) -> Line:
    return Line(
        between.join(word.text for word in words),
        words[0].x0,
        max(word.x1 for word in words),
        min(word.top for word in words),
        max(word.bottom for word in words),
        statistics.median(word.size for word in words),
    )


def _joined(pieces: Sequence[Line]) -> Line:
    return replace(
        pieces[0],
        text=" ".join(piece.text for piece in pieces),
        x1=max(piece.x1 for piece in pieces),
        top=min(piece.top for piece in pieces),
        bottom=max(piece.bottom for piece in pieces),
    )


def _gutter(parted: Sequence[Sequence[Line]], width: float) -> tuple[float, float] | None:
    """Where two columns of text part, and where the right one begins; None where the page has one."""
    pairs = [line for line in parted if len(line) == 2]
    wide = [pair for pair in pairs if all(piece.x1 - piece.x0 > _WIDE * width for piece in pair)]
    several = sum(len(line) > 1 for line in parted)
    if len(wide) < _COLUMN_LINES or len(wide) < _IN_COLUMNS * several:
        return None
    end, start = max(pair[0].x1 for pair in wide), min(pair[1].x0 for pair in wide)
    return ((end + start) / 2, start) if start > end else None


def _down(parted: Sequence[Sequence[Line]], gutter: tuple[float, float]) -> Iterator[Line]:
    """The left column, then the right one below it; what goes across both, a line or a gap, ends them."""
    middle, start = gutter
    left: list[Line] = []
    right: list[Line] = []
    edge = min((piece.x0 for line in parted for piece in line if piece.x1 < middle), default=0.0)
    last = parted[0][0].top
    for line in parted:
        across = any(piece.x0 < middle < piece.x1 for piece in line)
        if across or line[0].top - last > _LEADING * line[0].size:
            yield from _stacked(left, right, start - edge)
            left, right = [], []
        last = line[0].top
        if across:
            yield _joined(line)
            continue
        sides = [piece for piece in line if piece.x1 <= middle], [piece for piece in line if piece.x0 >= middle]
        for side, column in zip(sides, (left, right), strict=True):
            column += [_joined(side)] if side else []
    yield from _stacked(left, right, start - edge)


def _stacked(left: Sequence[Line], right: Sequence[Line], shift: float) -> Iterator[Line]:
    yield from left
    if not left or not right:
        yield from (_moved(line, -shift, 0.0) for line in right)
        return
    down = left[-1].bottom - right[0].top + 0.4 * left[-1].size
    yield from (_moved(line, -shift, down) for line in right)


def _moved(line: Line, right: float, down: float) -> Line:
    places = {"x0": line.x0 + right, "x1": line.x1 + right, "top": line.top + down, "bottom": line.bottom + down}
    return replace(line, **places, moved=(line.moved[0] + right, line.moved[1] + down))  # type: ignore[arg-type]


def _with_tables(parted: Sequence[Sequence[Line]]) -> Iterator[Line | Grid]:
    """The lines, those that stand in columns together as a table."""
    run: list[Sequence[Line]] = []
    for line in parted:
        apart = bool(run) and line[0].top - run[-1][0].top > _LEADING * line[0].size
        if run and (len(line) < 2 or apart):
            yield from _table_or_lines(run)
            run = []
        if len(line) > 1:
            run.append(line)
        else:
            yield line[0]
    if run:
        yield from _table_or_lines(run)


def _table_or_lines(run: Sequence[Sequence[Line]]) -> Iterator[Line | Grid]:
    columns = _columns(run)
    full = sum(len(line) == len(columns) for line in run)
    numbered = any(char.isdigit() for line in run[1:] for piece in line[1:] for char in piece.text)
    if len(run) < _ROWS or full < _FULL * len(run) or (len(columns) < 3 and not numbered):
        yield from map(_joined, run)
        return
    rows = []
    for line in run:
        row = [""] * len(columns)
        for piece in line:
            n = next(n for n, (start, end) in enumerate(columns) if piece.x0 < end and piece.x1 > start)
            row[n] += (" " if row[n] else "") + piece.text
        rows.append(tuple(row))
    yield Grid(tuple(rows), tuple(map(_joined, run)))


def _columns(run: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """Where the pieces of several lines stand, from left to right, those that stand below one another together.

    In lines of as many pieces each, those of one number do: figures may stand right of where their head ends.
    """
    if len({len(line) for line in run}) == 1:
        numbered = [(min(p.x0 for p in pieces), max(p.x1 for p in pieces)) for pieces in zip(*run, strict=True)]
        if all(before[1] < after[0] for before, after in itertools.pairwise(numbered)):
            return numbered
    columns: list[tuple[float, float]] = []
    for start, end in sorted((piece.x0, piece.x1) for line in run for piece in line):
        if columns and start < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], end)
        else:
            columns.append((start, end))
    return columns
