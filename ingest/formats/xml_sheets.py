"""Workbooks that are one XML file (XML Spreadsheet 2003), as Excel saves them and many systems export them as .xls."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from typing import Any

from config.errors import ReportError
from ingest.formats.blocks import LeftOut, rendered
from ingest.formats.cell_formats import is_elapsed, shown
from ingest.formats.grid import Cell
from ingest.formats.kinds import XML_SHEETS, damaged
from ingest.formats.sheets import placed, seen, workbook

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_O = "{urn:schemas-microsoft-com:office:office}"
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14  # of a sheet
_EPOCH = datetime.datetime(1899, 12, 31)  # where lengths of time are counted from
# What the format calls by a name of its own.
_NAMED = {
    "general date": "yyyy/m/d h:mm", "long date": 'yyyy"年"m"月"d"日"', "medium date": "yyyy/m/d",
    "short date": "yyyy/m/d", "long time": "h:mm:ss", "medium time": "h:mm", "short time": "h:mm",
    "currency": '"¥"#,##0.00', "euro currency": '"€"#,##0.00', "fixed": "0.00", "standard": "#,##0.00",
    "percent": "0.00%", "scientific": "0.00E+00",
}  # fmt: skip


def read(data: bytes) -> dict[str, Any]:
    """The text of the sheets; hidden ones, hidden rows and columns, and comments are left out."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise damaged(XML_SHEETS) from exc
    if root.tag != f"{_SS}Workbook":
        raise ReportError("XML 文件不是工作簿;请另存为 .xlsx", "the XML file is no workbook; save it as .xlsx")
    formats = _formats(root)
    sheets, left_out = [], []
    for sheet in root.iterfind(f"{_SS}Worksheet"):
        cells, hidden = _sheet(sheet, formats)
        visible = sheet.findtext(f"{_X}WorksheetOptions/{_X}Visible", "")
        sheets.append((sheet.get(f"{_SS}Name", ""), visible.startswith("SheetHidden"), cells))
        left_out += hidden
        left_out += [LeftOut("comment", comment) for note in sheet.iter(f"{_SS}Comment") if (comment := _said(note))]
    properties = root.find(f"{_O}DocumentProperties")
    of_file = {} if properties is None else {child.tag.removeprefix(_O): child.text for child in properties}
    return rendered(
        [*workbook(sheets), *left_out],
        title=of_file.get("Title") or None,
        date=(of_file.get("Created") or "")[:10] or None,
        publisher=of_file.get("Author") or None,
    )


def _formats(root: Any) -> dict[str, str]:
    """The number format of each style, its own or that of the style that it is made from."""
    styles = {style.get(f"{_SS}ID", ""): style for style in root.iterfind(f"{_SS}Styles/{_SS}Style")}
    formats = {}
    for name in styles:
        line = [name]  # from the style to what it is made from
        while (parent := styles[line[-1]].get(f"{_SS}Parent", "")) in styles and parent not in line:
            line.append(parent)
        own = (styles[one].find(f"{_SS}NumberFormat") for one in line)
        pattern = next((each.get(f"{_SS}Format", "") for each in own if each is not None), "")
        formats[name] = _NAMED.get(pattern.lower(), pattern)
    return formats


def _sheet(sheet: Any, formats: dict[str, str]) -> tuple[list[Cell], list[LeftOut]]:
    """A sheet's cells, counted from 1, and what of them is hidden."""
    table = sheet.find(f"{_SS}Table")
    if table is None:
        return [], []
    texts: list[tuple[int, int, str]] = []
    merged: list[tuple[int, int, int, int]] = []
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    of_columns: dict[int, str] = {}
    for first, last, column in _counted(table, "Column", _MOST_COLUMNS):
        of_columns |= dict.fromkeys(range(first, last + 1), column.get(f"{_SS}StyleID", ""))
        hidden_columns |= set(range(first, last + 1)) if column.get(f"{_SS}Hidden") == "1" else set()
    filtered = sheet.find(f"{_X}AutoFilter") is not None  # which is but a way to look at the sheet
    for row, last_row, node in _counted(table, "Row", _MOST_ROWS):
        if node.get(f"{_SS}Hidden") == "1" and not filtered:
            hidden_rows |= set(range(row, last_row + 1))
        for column, last_column, cell in _counted(node, "Cell", _MOST_COLUMNS):
            style = cell.get(f"{_SS}StyleID") or node.get(f"{_SS}StyleID") or of_columns.get(column, "")
            texts.append((row, column, _shown(cell.find(f"{_SS}Data"), formats.get(style, ""))))
            down = _number(cell, "MergeDown", 0)
            if down or last_column > column:
                merged.append((row, row + down, column, last_column))
    return seen(placed(texts, merged), hidden_rows, hidden_columns)


def _counted(holder: Any, name: str, most: int) -> Iterator[tuple[int, int, Any]]:
    """The first and the last place of each child of a name, from 1: those before it, or the place that it names."""
    at = 0
    for node in holder.iterfind(f"{_SS}{name}"):
        at = _number(node, "Index", at + 1)
        last = at + _number(node, "MergeAcross" if name == "Cell" else "Span", 0)
        if last > most:
            return
        yield at, last, node
        at = last


def _number(node: Any, name: str, default: int) -> int:
    value = node.get(f"{_SS}{name}", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else default


def _said(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


def _shown(data: Any, pattern: str) -> str:
    """What a cell shows of what it holds, by the type that it says."""
    if data is None:
        return ""
    content = _said(data)
    value: object = content
    with contextlib.suppress(ValueError, OverflowError):
        match data.get(f"{_SS}Type"):
            case "Number":
                value = float(content)
            case "Boolean":
                value = content == "1"
            case "DateTime":
                value = _moment(datetime.datetime.fromisoformat(content), pattern)
    return shown(value, pattern)


def _moment(at: datetime.datetime, pattern: str) -> datetime.datetime | datetime.time | datetime.timedelta:
    if is_elapsed(pattern):
        return at - _EPOCH
    return at.time() if at.date() <= _EPOCH.date() else at
