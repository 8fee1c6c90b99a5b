"""Tables for spreadsheets: CSV and XLSX, a line for every figure with its quote and source.

Guarantees: what stands in a report is never run as a formula, and figures are numbers where they have a value.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from config import shown
from config.errors import Language, Message
from rag.answers.table import Cell, Table
from rag.show.blocks import source_of
from rag.show.tables import BY, REMARK, coverage, number, remarks, title

_HEADS = (
    Message("数值", "value"),
    Message("单位", "unit"),
    Message("原文写法", "as written"),
    Message("把握", "certainty"),
    REMARK,
    Message("报告", "report"),
    Message("日期", "date"),
    Message("出处", "place in the file"),
    Message("原句", "quote"),
)
_CERTAINTY = {"sure": Message("确定", "sure"), "likely": Message("可能", "likely")}
_WIDTHS = (20, 12, 8, 14, 8, 20, 40, 12, 32, 80)  # of the columns, in characters
_MOST = 32767  # characters that a cell of a spreadsheet holds
_SHEET = Message("表", "table")

Value = str | float | None


def table_csv(table: Table, language: Language) -> str:
    """The table as CSV (RFC 4180); texts that begin like formulas stand behind a `'`."""
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    for row in _rows(table, language):
        writer.writerow(
            [shown.cell(value) if isinstance(value, str) else "" if value is None else number(value) for value in row]
        )
    return held.getvalue()


def table_xlsx(table: Table, language: Language) -> bytes:
    """The table as a workbook of one sheet: figures as numbers, everything else as text."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = _SHEET.text(language)
    sheet.freeze_panes = "B2"
    rows = [*_rows(table, language), (), (title(table, language),), (coverage(table, language),)]
    for place, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                cell = sheet.cell(place, column)
                cell.value, cell.data_type = _typed(value)
                cell.font, cell.alignment = Font(bold=place == 1), Alignment(wrap_text=place > 1, vertical="top")
    for column, characters in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = characters
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _typed(value: str | float) -> tuple[str | float, str]:
    """A value with its type in a workbook; a text is never a formula, nor longer than a cell, and holds no controls."""
    return (shown.line(value)[:_MOST], "s") if isinstance(value, str) else (value, "n")


def _rows(table: Table, language: Language) -> Iterator[tuple[Value, ...]]:
    """The heads, then each figure of each key; a key without one has a line of its own."""
    yield (BY[table.by].text(language), *(head.text(language) for head in _HEADS))
    for row in table.rows:
        if not row.cells:
            yield (row.key, None, *("" for _ in _HEADS[1:]))
        for cell in row.cells:
            yield (row.key, *_fields(cell, table, language, differs=bool(row.conflicts)))


def _fields(cell: Cell, table: Table, language: Language, *, differs: bool) -> tuple[Value, ...]:
    citation = cell.citation
    return (
        cell.value,
        cell.unit if cell.value is None else table.unit,
        cell.said,
        _CERTAINTY[cell.certainty].text(language),
        remarks(cell, table, language, differs=differs),
        citation.title,
        citation.date or "",
        source_of(citation, language).place,
        citation.quote,
    )
