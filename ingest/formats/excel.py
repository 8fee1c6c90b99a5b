"""Excel's workbooks (.xlsx), as Excel, WPS and LibreOffice write them: the values that the file remembers."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from ingest.formats.blocks import LeftOut, rendered
from ingest.formats.kinds import EXCEL, damaged
from ingest.formats.packages import limited
from ingest.formats.sheets import placed, shown, workbook

_UNCOMPUTED = re.compile(rb"<f>([^<]{1,200})</f>(?:<v/>|<v></v>)?</c>")


def read(data: bytes) -> dict[str, Any]:
    """The text of the sheets; hidden ones, and formulas whose values the file doesn't hold, are left out."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    limited(EXCEL, data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (InvalidFileException, KeyError, zipfile.BadZipFile) as exc:
        raise damaged(EXCEL) from exc
    sheets = [(sheet.title, sheet.sheet_state != "visible", _cells(sheet)) for sheet in book.worksheets]
    properties = book.properties
    return rendered(
        [*workbook(sheets), *(LeftOut("uncomputed", formula) for formula in _uncomputed(data))],
        title=properties.title or None,
        date=properties.created.date().isoformat() if properties.created else None,
        publisher=None if properties.creator == "openpyxl" else properties.creator,
    )


def _cells(sheet: Any) -> list[Any]:
    merged = [(range_.min_row, range_.max_row, range_.min_col, range_.max_col) for range_ in sheet.merged_cells.ranges]
    texts = (
        (cell.row, cell.column, shown(cell.value, cell.number_format))
        for cell in sheet._cells.values()  # its rows would make a cell for every place up to the last one
        if cell.value is not None
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
