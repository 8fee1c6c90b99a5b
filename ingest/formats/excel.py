"""Excel's workbooks (.xlsx), as Excel, WPS and LibreOffice write them: the values that the file remembers."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Container, Iterator
from typing import Any

from ingest.formats.blocks import LeftOut, rendered
from ingest.formats.cell_formats import shown
from ingest.formats.kinds import EXCEL, damaged
from ingest.formats.packages import limited, usual
from ingest.formats.sheets import placed, seen, workbook

_MOST_COLUMNS = 16384  # of a sheet
_UNCOMPUTED = re.compile(rb"<f>([^<]{1,200})</f>(?:<v/>|<v></v>)?</c>")


def read(data: bytes) -> dict[str, Any]:
    """The text of the sheets; hidden ones, comments, pictures, and formulas whose values the file doesn't hold, are

    left out.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    limited(EXCEL, data)
    data = usual(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        unsure = _unsure(data) if book.calculation is not None and book.calculation.fullCalcOnLoad else {}
    except (InvalidFileException, KeyError, zipfile.BadZipFile) as exc:
        raise damaged(EXCEL) from exc
    sheets, left_out = [], [LeftOut("uncomputed", formula) for formula in _uncomputed(data)]
    for sheet in book.worksheets:
        zeros = {at: stated for at, stated in unsure.get(sheet.title, {}).items() if sheet.cell(*at).value == 0}
        left_out += [LeftOut("uncomputed", formula) for formula in zeros.values()]
        cells, hidden = seen(_cells(sheet, zeros), _hidden_rows(sheet), _hidden_columns(sheet))
        sheets.append((sheet.title, sheet.sheet_state != "visible", cells))
        left_out += [*hidden, *_beside(sheet)]
    properties = book.properties
    return rendered(
        [*workbook(sheets), *left_out],
        title=properties.title or None,
        date=properties.created.date().isoformat() if properties.created else None,
        publisher=None if properties.creator == "openpyxl" else properties.creator,
    )


def _beside(sheet: Any) -> Iterator[LeftOut]:
    """What a sheet shows beside its cells: their comments, and pictures."""
    for cell in sheet._cells.values():
        if cell.comment is not None and (comment := " ".join(cell.comment.text.split())):
            yield LeftOut("comment", comment)
    yield from (LeftOut("picture", picture.path.rpartition("/")[2]) for picture in sheet._images)


def _hidden_rows(sheet: Any) -> set[int]:
    """The rows that were hidden; not those that a filter hides, which is but a way to look at the sheet."""
    filtered = sheet.auto_filter.ref or any(table.autoFilter is not None for table in sheet.tables.values())
    return set() if filtered else {number for number, row in sheet.row_dimensions.items() if row.hidden}


def _hidden_columns(sheet: Any) -> set[int]:
    columns = (column for column in sheet.column_dimensions.values() if column.hidden and column.min and column.max)
    return {number for column in columns for number in range(column.min, min(column.max, _MOST_COLUMNS) + 1)}


def _unsure(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """The formulas of a book that wants to be computed when it is opened, for its program computed nothing.

    Such programs write a zero where the value would stand.
    """
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: {
            (cell.row, cell.column): str(cell.value)
            for cell in sheet._cells.values()
            if cell.data_type == "f" and isinstance(cell.value, str)
        }
        for sheet in book.worksheets
    }


def _cells(sheet: Any, zeros: Container[tuple[int, int]]) -> list[Any]:
    merged = [(range_.min_row, range_.max_row, range_.min_col, range_.max_col) for range_ in sheet.merged_cells.ranges]
    texts = (
        (cell.row, cell.column, shown(cell.value, cell.number_format))
        for cell in sheet._cells.values()  # its rows would make a cell for every place up to the last one
        if cell.value is not None and (cell.row, cell.column) not in zeros
    )
    return placed(texts, merged)


def _uncomputed(data: bytes) -> Iterator[str]:
    """Formulas without the value that a program would have computed."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                yield from (
                    f"={match[1].decode('utf-8', 'replace')}" for match in _UNCOMPUTED.finditer(package.read(name))
                )
