"""Sheets: what is common to all that hold rows and columns, and lists of values parted by commas. Pure.

A cell says what its reader sees of it: 27.5% and not 0.275, a day and not the number of a day.
"""

from __future__ import annotations

import csv
import datetime
import itertools
import math
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from ingest.formats.blocks import Block, LeftOut, rendered
from ingest.formats.grid import Cell, Table

_DEFAULT_NAME = re.compile(r"(?:Sheet|工作表|Table|表)\s*\d*", re.IGNORECASE)
_DELIMITERS = ",\t;|"
_SAMPLED = 50  # lines that tell the delimiter
# A number format's parts: quoted and escaped characters, colours and conditions, and what only takes room.
_LITERAL = re.compile(r'"([^"]*)"|[\\!](.)|\[\$([^\]\[\-]*+)[^\]\[]*+\]|\[[^\]\[]*+\]|_.|\*.|([㐀-鿿]+)')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([#0?]+),*)?|\.([#0?]+),*")
_LONGEST_FIELD = 1 << 20  # characters


def read(data: bytes) -> dict[str, Any]:
    """The text of a list of values, given in UTF-8."""
    csv.field_size_limit(_LONGEST_FIELD)
    lines = data.decode("utf-8", "surrogatepass").removeprefix("\ufeff").split("\n")
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=_delimiter(lines[:_SAMPLED]))
    cells = [
        Cell(r, c, said)
        for r, row in enumerate(rows)
        for c, value in enumerate(row)
        if (said := " ".join(value.split()))
    ]
    return rendered(sheet(cells))


def _delimiter(lines: Sequence[str]) -> str:
    """What parts the values: what stands equally often in most lines."""

    def steadiness(delimiter: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(delimiter)))
        count, times = max(counts.items(), key=lambda found: found[1], default=(0, 0))
        return times, count

    return max(_DELIMITERS, key=steadiness)


def workbook(sheets: Sequence[tuple[str, bool, list[Cell]]]) -> Iterator[Block]:
    """The sheets in order, each given as its name, whether it is hidden, and its cells; hidden ones are left out."""
    shown = [name for name, hidden, cells in sheets if cells and not hidden]
    for name, hidden, cells in sheets:
        if hidden and cells:
            yield LeftOut("hidden", rendered([name, *sheet(cells)])["text"])
        elif cells:
            if len(shown) > 1 or not _DEFAULT_NAME.fullmatch(name.strip()):
                yield name
            yield from sheet(cells)


def sheet(cells: Sequence[Cell]) -> Iterator[Block]:
    """A sheet's tables: where a row is empty one ends; a lone column is lines of text."""
    for region in _regions(cells):
        if len({cell.column for cell in region}) == 1:
            yield from (cell.text for cell in region)
        else:
            yield Table(tuple(region))


def _regions(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    region: list[Cell] = []
    end = 0
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        if region and cell.row > end:
            yield region
            region = []
        region.append(cell)
        end = max(end, cell.row + cell.down)
    if region:
        yield region


def placed(texts: Iterable[tuple[int, int, str]], merged: Iterable[tuple[int, int, int, int]]) -> list[Cell]:
    """A sheet's cells, each (row, column, text), with its merged ranges (first row, last, first column, last)."""
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, bottom, left, right in merged}
    return [Cell(row, column, text, *spans.get((row, column), (1, 1))) for row, column, text in texts if text]


def seen(cells: Sequence[Cell], rows: Container[int], columns: Container[int]) -> tuple[list[Cell], list[LeftOut]]:
    """A sheet's cells without those that stand wholly in hidden rows or columns, and these, a line a row."""
    hidden = [
        cell
        for cell in cells
        if all(row in rows for row in range(cell.row, cell.row + cell.down))
        or all(column in columns for column in range(cell.column, cell.column + cell.across))
    ]
    if not hidden:
        return list(cells), []
    lines = ["\t".join(cell.text for cell in row) for _, row in itertools.groupby(hidden, key=lambda cell: cell.row)]
    unseen = set(hidden)
    return [cell for cell in cells if cell not in unseen], [LeftOut("hidden", "\n".join(lines))]


def shown(value: object, pattern: str | None) -> str:
    """What a cell shows of its value under a number format, without padding; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return _moment(value, pattern or "")
    if isinstance(value, int | float):
        return _number(value, pattern or "") if math.isfinite(value) else ""
    return " ".join(str(value).split())


def _moment(value: datetime.datetime | datetime.date | datetime.time, pattern: str) -> str:
    if isinstance(value, datetime.time):
        return value.isoformat("minutes" if not value.second else "seconds")
    plain = _LITERAL.sub("", pattern).lower()
    has_year, has_day = "y" in plain or "e" in plain, "d" in plain
    day = f"{value.year}-{value.month:02}-{value.day:02}"
    if "年" in pattern:
        day = f"{value.year}年{value.month}月{value.day}日"
    if "m" in plain and has_year != has_day:
        day = f"{value.year}年{value.month}月" if has_year else f"{value.month}月{value.day}日"
    timed = isinstance(value, datetime.datetime) and (value.hour or value.minute or value.second)
    return f"{day} {value:%H:%M}" if timed else day


def _number(value: float, pattern: str) -> str:
    sections = pattern.split(";")
    section = sections[1] if value < 0 and len(sections) > 1 and sections[1].strip() else sections[0]
    plain = _LITERAL.sub("\0", section)
    digits = _DIGITS.search(plain)
    if digits is None or any(mark in plain for mark in "/@Ee") or plain.lower() in ("", "general"):
        return _general(value)
    decimals = len(digits[1] or digits[2] or "")
    percent = "%" in plain
    scaled = abs(value) * (100 if percent else 1) / 1000 ** (len(digits[0]) - len(digits[0].rstrip(",")))
    places = (
        decimals if "0" in (digits[1] or digits[2] or "0") else min(decimals, len(_general(scaled).partition(".")[2]))
    )
    grouped = "," in digits[0].rstrip(",")
    written = f"{scaled:{',' if grouped else ''}.{places}f}"
    before, after = _literals(section)
    sign = "-" if value < 0 and float(written.replace(",", "")) else ""
    return f"{sign}{before}{written}{'%' if percent and '%' not in after else ''}{after}".strip()


def _literals(section: str) -> tuple[str, str]:
    """What a number format writes before and behind the digits: ¥, 人."""
    said = ["", ""]
    at = 0
    behind = 0
    for match in _LITERAL.finditer(section):
        behind |= bool(_DIGITS.search(section[at : match.start()]))
        said[behind] += match[1] or match[2] or match[3] or match[4] or ""
        at = match.end()
    return said[0].strip("-( "), said[1].strip(") ")


def _general(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10f}".rstrip("0").rstrip(".") if 1e-4 <= abs(value) < 1e11 else f"{value:.6g}"
