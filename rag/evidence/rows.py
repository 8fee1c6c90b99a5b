"""The rows of a table in a report's text: lines of cells parted by tabs, each behind its head. Pure.

A row is about what its first cell without a head names (数学\t及格率：69.1%), the number of a row aside.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.language.marks import COLONS
from ingest.language.words import table
from rag.evidence.subject import ReportView

_TAB = "\t"
_COLONS = COLONS.replace("\\", "")


@dataclass(frozen=True, slots=True)
class Row:
    """The line at `text[start:end]` of a report, and what it is about; "" where no cell names it, as in that of the
    heads."""

    start: int
    end: int
    name: str

    @property
    def is_total(self) -> bool:
        """Whether it tells what the others come to."""
        return self.name.endswith(tuple(word for word in table("telling")["run"]["totals"] if len(word) > 1))


def is_row(text: str) -> bool:
    """Whether a sentence is the row of a table."""
    return _TAB in text.strip()


def rows_around(view: ReportView, at: int) -> list[Row]:
    """The rows of the table in which `at` stands, in order; none where it stands in no table."""
    begins = view.paragraph(at)
    while begins and is_row(view.text[view.paragraph(begins - 1) : begins - 1]):
        begins = view.paragraph(begins - 1)
    rows = []
    while begins < len(view.text):
        ends = view.text.find("\n", begins)
        ends = ends if ends >= 0 else len(view.text)
        if not is_row(view.text[begins:ends]):
            break
        rows.append(Row(begins, ends, _name(view.text[begins:ends])))
        begins = ends + 1
    return rows


def row_at(view: ReportView, at: int) -> Row | None:
    """The row in which `at` stands."""
    return next((row for row in rows_around(view, at) if row.start <= at < row.end), None)


def tells_total(row: str) -> bool:
    """Whether a sentence is the row of a table that tells what the others come to."""
    return is_row(row) and Row(0, len(row), _name(row)).is_total


def cells(row: str) -> list[tuple[int, str, str]]:
    """(where it begins in its row, head, value) of each cell that stands behind a head."""
    found, at = [], 0
    for cell in row.split(_TAB):
        head, colon, value = _parted(cell)
        if colon:
            found.append((at + len(head) + 1, head.strip(), value))
        at += len(cell) + 1
    return found


def _name(row: str) -> str:
    if not cells(row):
        return ""
    plain = (cell.strip() for cell in row.split(_TAB) if not _parted(cell)[1])
    return next((cell for cell in plain if cell and not cell.isdigit()), "")


def _parted(cell: str) -> tuple[str, str, str]:
    at = next((i for i, char in enumerate(cell) if char in _COLONS), -1)
    return (cell[:at], cell[at], cell[at + 1 :]) if at > 0 else (cell, "", "")
