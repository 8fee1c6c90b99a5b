"""Tables for spreadsheets: CSV and XLSX, a line for every figure with its quote and source.

Guarantees: what stands in a report is never run as a formula, and figures are numbers where they have a value.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from config.errors import Language, Message
from rag.answers.table import Cell, Table
from rag.show.blocks import source_of
from rag.show.tables import BY, REMARK, coverage, number, remarks, title

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

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
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_CONTROLS = ("\t", "\r")  # a spreadsheet may take away what stands before the formula
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
            [_harmless(value) if isinstance(value, str) else "" if value is None else number(value) for value in row]
        )
    return held.getvalue()


def table_xlsx(table: Table, language: Language) -> bytes:
    """The table as a workbook of one sheet: figures as numbers, everything else as text."""
    from xlsxwriter import Workbook

    held = io.BytesIO()
    with Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_SHEET.text(language))
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for column, characters in enumerate(_WIDTHS):
            sheet.set_column(column, column, characters, wrapped)
        for number, row in enumerate(_rows(table, language)):
            _write(sheet, number, row)
        sheet.set_row(0, None, bold)
        sheet.freeze_panes(1, 1)
        sheet.write_string(len(table.rows) + _conflicts(table) + 2, 0, title(table, language))
        sheet.write_string(len(table.rows) + _conflicts(table) + 3, 0, coverage(table, language))
    return held.getvalue()


def _write(sheet: Worksheet, number: int, row: Sequence[Value]) -> None:
    for column, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(number, column, value[:_MOST])
        elif value is not None:
            sheet.write_number(number, column, value)


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


def _conflicts(table: Table) -> int:
    return sum(len(row.conflicts) for row in table.rows)


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_CONTROLS) else text
