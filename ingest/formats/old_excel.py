"""Excel's old workbooks (.xls) and those of WPS (.et): the same binary format."""

from __future__ import annotations

import contextlib
import datetime
import io
import struct
from typing import Any

from ingest.formats.blocks import LeftOut, rendered
from ingest.formats.cell_formats import is_elapsed, shown
from ingest.formats.kinds import OLD_EXCEL, damaged, encrypted
from ingest.formats.ole import opened, properties
from ingest.formats.sheets import placed, seen, workbook

_FILTER = "\x0d"  # the built-in name of the rows that a filter is set on
_EMPTY = frozenset({0, 6})  # kinds of cells that hold nothing, or only a format


def read(data: bytes) -> dict[str, Any]:
    """The text of the sheets; hidden ones and comments are left out."""
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as exc:
        raise (encrypted() if "encrypted" in str(exc) else damaged(OLD_EXCEL)) from exc
    except (xlrd.compdoc.CompDocError, xlrd.formula.FormulaError, struct.error, AssertionError) as exc:
        raise damaged(OLD_EXCEL) from exc
    sheets, left_out = [], []
    filtered = {name.scope for name in book.name_obj_list if name.builtin and name.name == _FILTER}
    for number, sheet in enumerate(book.sheets()):
        # What a filter hides is but a way to look at the sheet.
        rows = {n for n, row in sheet.rowinfo_map.items() if row.hidden and number not in filtered}
        columns = {n for n, column in sheet.colinfo_map.items() if column.hidden}
        cells, hidden = seen(_cells(book, sheet), rows, columns)
        sheets.append((sheet.name, bool(sheet.visibility), cells))
        left_out += hidden
        notes = (" ".join(note.text.split()) for _, note in sorted(sheet.cell_note_map.items()))
        left_out += [LeftOut("comment", comment) for comment in notes if comment]
    with opened(OLD_EXCEL, data) as file:
        about = properties(file)
    return rendered([*workbook(sheets), *left_out], **about)


def _cells(book: Any, sheet: Any) -> list[Any]:
    # Its ranges end behind their last row and column.
    merged = [(top, bottom - 1, left, right - 1) for top, bottom, left, right in sheet.merged_cells]
    texts = (
        (row, column, _shown(book, sheet.cell(row, column)))
        for row in range(sheet.nrows)
        for column, kind in enumerate(sheet.row_types(row))
        if kind not in _EMPTY
    )
    return placed(texts, merged)


def _shown(book: Any, cell: Any) -> str:
    import xlrd

    value: object = cell.value
    pattern = book.format_map[book.xf_list[cell.xf_index].format_key].format_str if cell.xf_index is not None else ""
    if cell.ctype == xlrd.XL_CELL_DATE:
        with contextlib.suppress(xlrd.xldate.XLDateError, OverflowError, ValueError):
            long = is_elapsed(pattern)
            value = datetime.timedelta(days=cell.value) if long else _moment(cell.value, book.datemode)
    elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
        value = bool(value)
    elif cell.ctype == xlrd.XL_CELL_ERROR:
        value = xlrd.error_text_from_code.get(cell.value, "")
    return shown(value, pattern)


def _moment(number: float, mode: int) -> datetime.datetime | datetime.time:
    import xlrd

    moment: datetime.datetime = xlrd.xldate.xldate_as_datetime(number, mode)
    return moment.time() if number < 1 else moment
