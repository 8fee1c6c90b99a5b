"""What stands at places on a page, lines and tables, as the lines that tell it from top to bottom. Pure.

Places are points from the page's top left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.formats.columns import Grid
from ingest.formats.grid import Table
from ingest.formats.layout import EDGE, Line
from ingest.formats.measures import is_unit_note
from ingest.formats.tables import Writer


@dataclass(frozen=True, slots=True)
class Placed:
    """A table and the box that it stands in."""

    table: Table
    x0: float
    top: float
    x1: float
    bottom: float


def written(read: Iterable[Line | Grid], boxed: Sequence[Placed], tables: Writer, height: float) -> Iterator[Line]:
    """The lines of a page of that `height`: those `read`, and the rows of its tables, also of those `boxed` before.

    A row stands at its table's height. A table may go on behind what stands at the pages' edges.
    """
    items = [_placed(item) if isinstance(item, Grid) else item for item in read]
    for table in boxed:
        at = next((n for n, item in enumerate(items) if item.top > table.top), len(items))
        items.insert(at, table)
    for item in items:
        if isinstance(item, Placed):
            yield from _rows(item, tables)
            continue
        if EDGE * height < item.top < (1 - EDGE) * height or is_unit_note(item.text):
            tables.passed(item.text)
        yield item


def faults(text: str, reasons: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    """Where the pages of a text stood that couldn't be read, as empty spans; `reasons` has "" for a page that could."""
    at = 0
    for reason in reasons:
        if reason:
            yield reason, at, at
        end = text.find("\f", at)
        at = end + 1 if end >= 0 else len(text)


def _placed(grid: Grid) -> Placed:
    first, last = grid.lines[0], grid.lines[-1]
    return Placed(grid.table, first.x0, first.top, first.x1, last.bottom)


def _rows(item: Placed, tables: Writer) -> Iterator[Line]:
    texts = list(tables.lines(item.table))
    step = (item.bottom - item.top) / max(1, len(texts))
    for n, text in enumerate(texts):
        yield Line(text, item.x0, item.x1, item.top + n * step, item.top + (n + 1) * step, 0.0, row=True)
