"""What is told of a table, in which words and order, whatever shows it. Pure.

Guarantees: every figure stands with its citation's number, and whatever else is told for the same key right below it;
what is only likely, what can't be, and what nothing tells is said so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from config.errors import Language, Message
from ingest.language import units
from rag.answers.table import By, Cell, Row, Table
from rag.show import labels
from rag.show.blocks import Block, Grid, GridRow, Note, Refusal, Title, cited, joined

_EMPTY_ROWS = 10  # rows without a figure that are listed; where there are more, they are only counted
_GAP = 2  # columns between columns
BY: dict[By, Message] = {
    "place": Message("地区", "place"),
    "report": Message("报告", "report"),
    "year": Message("年份", "year"),
}
FIGURE = Message("数字", "figure")
REMARK = Message("说明", "remark")
LIKELY = Message("可能", "likely")
IMPOSSIBLE = Message("数字有误,请核对原文", "can't be, check the source")
OTHER_UNIT = Message("单位不同", "another unit")
_UNDATED = Message("日期不详", "undated")
_UNTOLD = Message("没有给出", "not told")
_UNIT = Message("{}(单位:{})", "{} (in {})")
_TELL = {
    "place": Message("{asked} 个地区中有 {told} 个给出", "told for {told} of {asked} places"),
    "report": Message("{asked} 份报告中有 {told} 份给出", "{told} of {asked} reports tell it"),
}
_NONE = {
    "place": Message("{asked} 个地区都没有给出“{what}”", "“{what}” is told for none of {asked} places"),
    "report": Message("{asked} 份报告都没有给出“{what}”", "none of {asked} reports tells “{what}”"),
}
_TOTAL = Message("合计 {}", "total {}")
_ABOUT = Message("约", "about ")
_FIRST_COUNTS = Message("说法不一的取最上面一个", "of differing figures the topmost")
_CONFLICTS = Message("{} 处说法不一,并列在下,最新的在前", "{} told differently, listed below each other, newest first")
_NOT_LISTED = Message("另有 {} 行没有给出,未列出", "{} more without a figure are not listed")


def table_blocks(table: Table, language: Language) -> tuple[Block, ...]:
    """The parts of a table in the language of the interface; a refusal where nothing is told."""
    if not table.told:
        return (Refusal(labels.NOT_FOUND.text(language), nothing_told(table, language)),)
    figures = {cell.citation.n: cell.said for row in reversed(table.rows) for cell in row.cells}
    notes = [coverage(table, language), *_notes(table, language)]
    return (
        Title(title(table, language)),
        Grid(heads(table, language), tuple(line for row in _listed(table) for line in _lines(row, table, language))),
        Note(" · ".join(notes)),
        *(cited(citation, figures[citation.n], language) for citation in table.citations),
    )


def title(table: Table, language: Language) -> str:
    """The indicator with its unit."""
    indicator = " ".join(table.indicator.split())
    return _UNIT.text(language).format(indicator, table.unit) if table.unit else indicator


def heads(table: Table, language: Language) -> tuple[str, str, str]:
    """What stands over the columns of key, figure and remark."""
    return BY[table.by].text(language), FIGURE.text(language), REMARK.text(language)


def coverage(table: Table, language: Language) -> str:
    """How many of those asked tell it."""
    return _TELL[table.counted].text(language).format(told=table.told, asked=table.looked_in)


def nothing_told(table: Table, language: Language) -> str:
    """That none of them does."""
    return _NONE[table.counted].text(language).format(asked=table.looked_in, what=" ".join(table.indicator.split()))


def remarks(cell: Cell, table: Table, language: Language, *, differs: bool) -> str:
    """What has to be known of a figure: its date where others differ, its value in the table's unit, its grade."""
    known = units.unit(table.unit)
    converted = known is not None and known.measured and cell.unit != table.unit
    comparable = units.convertible(cell.unit, table.unit)
    return joined(
        (cell.citation.date or _UNDATED.text(language)) if differs else None,
        f"= {number(cell.value)}{table.unit}" if cell.value is not None and converted else None,
        None if cell.possible else IMPOSSIBLE.text(language),
        None if comparable else OTHER_UNIT.text(language),
        LIKELY.text(language) if cell.certainty == "likely" else None,
    )


def number(value: float) -> str:
    """A number as it is written: no exponent, no zeros behind the point."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def width(text: str) -> int:
    """The columns that a text takes where all characters are of one width and Chinese ones of two."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(bool(unicodedata.combining(char)) for char in text)


def clipped(text: str, columns: int) -> str:
    """A text of at most so many columns on one line, its end given up for `…`."""
    text = " ".join(text.split())
    if width(text) <= columns:
        return text
    kept, taken = "", 1
    for char in text[:columns]:
        taken += width(char)
        if taken > columns:
            break
        kept += char
    return f"{kept}…"


def grid_lines(grid: Grid, widest: int = 60) -> Iterator[str]:
    """A table in columns of characters of one width, no key wider than `widest`."""
    rows = [grid.heads, *((row.key, row.told, row.remark) for row in grid.rows)]
    cells = [(clipped(key, widest), " ".join(figure.split()), remark) for key, figure, remark in rows]
    first, second = (max(width(row[n]) for row in cells) for n in (0, 1))
    for key, figure, remark in cells:
        yield f"{_padded(key, first)}{_padded(figure, second)}{remark}".rstrip()


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns + _GAP - width(text))


def _listed(table: Table) -> list[Row]:
    """The rows with a figure, and the others where they are few."""
    empty = sum(not row.cells for row in table.rows)
    return [row for row in table.rows if row.cells or empty <= _EMPTY_ROWS]


def _lines(row: Row, table: Table, language: Language) -> Iterator[GridRow]:
    key = " ".join(row.key.split())
    if not row.cells:
        yield GridRow(key, "—", None, _UNTOLD.text(language))
    for n, cell in enumerate(row.cells):
        figure = " ".join(cell.said.split())
        remark = remarks(cell, table, language, differs=bool(row.conflicts))
        yield GridRow("" if n else key, figure, cell.citation.n, remark)


def _notes(table: Table, language: Language) -> Iterator[str]:
    """The total, and what the table leaves open."""
    differing = sum(bool(row.conflicts) for row in table.rows)
    cells = [row.cell for row in table.rows if row.cell]
    if table.total is not None and len(cells) > 1:
        about = _ABOUT.text(language) if any(cell.rough for cell in cells) else ""
        total = _TOTAL.text(language).format(f"{about}{number(table.total)}{table.unit}")
        yield f"{total}({_FIRST_COUNTS.text(language)})" if differing else total
    if differing:
        yield _CONFLICTS.text(language).format(differing)
    if left_out := len(table.rows) - len(_listed(table)):
        yield _NOT_LISTED.text(language).format(left_out)
