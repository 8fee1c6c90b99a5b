"""Tables of Word's old documents: what is merged is one cell whichever way its writer says so, and no text is lost."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ingest.cleaning.normalize import normalize
from ingest.formats import sources
from ingest.formats.grid import Cell
from ingest.formats.old_tables import table_of

WRITTEN = Path(__file__).parents[1] / "files" / "written"
FIRST, AFTER = 1, 2  # as programs since Word 97 write it
SET, IN_SET = 2, 1  # as [MS-DOC] has it
DOWN_FIRST, DOWN = 0x60, 0x20


def row(*cells: tuple[str, int, int]) -> tuple[bytes, list[str]]:
    """A row of cells: text, where it ends in hundreds of twips, flags."""
    edges = struct.pack(f"<{len(cells) + 1}h", 0, *(100 * end for _, end, _ in cells))
    told = b"".join(struct.pack("<H", flags) + bytes(18) for _, _, flags in cells)
    return b"\0\0" + bytes([len(cells)]) + edges + told, [text for text, _, _ in cells]


PLAIN = row(("东片", 10, 0), ("3", 20, 0), ("77", 30, 0))
HEAD = [Cell(0, 0, "片区"), Cell(0, 1, "上半年", 1, 2)]
BODY = [Cell(1, 0, "东片"), Cell(1, 1, "3"), Cell(1, 2, "77")]
CASES = {
    "first and after": (row(("片区", 10, 0), ("上半年", 20, FIRST), ("", 30, AFTER)), HEAD),
    "set and in it": (row(("片区", 10, 0), ("上半年", 20, SET), ("", 30, IN_SET)), HEAD),
    "both bits for the first": (row(("片区", 10, 0), ("上半年", 20, 3), ("", 30, IN_SET)), HEAD),
    "all width to the first": (row(("片区", 10, 0), ("上半年", 30, FIRST), ("", 30, AFTER)), HEAD),
    "one wide cell": (row(("片区", 10, 0), ("上半年", 30, 0)), HEAD),
    "two sets": (
        row(("片区", 5, FIRST), ("", 10, AFTER), ("上半年", 20, FIRST), ("", 30, AFTER)),
        [Cell(0, 0, "片区", 1, 2), Cell(0, 2, "上半年", 1, 2)],
    ),
    "text in what goes on": (
        row(("片区", 10, 0), ("上半年", 20, FIRST), ("下半年", 30, AFTER)),
        [Cell(0, 0, "片区"), Cell(0, 1, "上半年"), Cell(0, 2, "下半年")],
    ),
    "text in what goes on and has no width": (
        row(("片区", 10, 0), ("上半年", 30, SET), ("(期)", 30, IN_SET)),
        [Cell(0, 0, "片区"), Cell(0, 1, "上半年 (期)", 1, 2)],
    ),
    "nothing to go on from": (
        row(("片区", 10, IN_SET), ("上半年", 30, 0)),
        HEAD,
    ),
}


@pytest.mark.parametrize(("head", "cells"), CASES.values(), ids=CASES)
def test_what_is_merged_across_is_one_cell(head, cells):
    first = [cell for cell in table_of([head, PLAIN]).cells if cell.row == 0]
    assert first == cells


def test_a_block_merged_both_ways_is_one_cell_and_touches_no_other():
    above = row(("甲", 10, DOWN_FIRST | FIRST), ("", 20, DOWN_FIRST | AFTER), ("乙", 30, 0))
    below = row(("", 10, DOWN | FIRST), ("", 20, DOWN | AFTER), ("丙", 30, 0))
    assert table_of([above, below, PLAIN]).cells[:3] == (Cell(0, 0, "甲", 2, 2), Cell(0, 2, "乙"), Cell(1, 2, "丙"))


def test_text_in_a_cell_that_goes_on_from_above_stays():
    above, below = row(("甲", 10, DOWN_FIRST), ("3", 20, 0)), row(("乙", 10, DOWN), ("4", 20, 0))
    assert [cell.text for cell in table_of([above, below]).cells] == ["甲", "3", "乙", "4"]


def test_a_row_without_its_definition_has_its_cells_side_by_side():
    assert table_of([(b"", ["甲", "乙"])]).cells == (Cell(0, 0, "甲"), Cell(0, 1, "乙"))


@pytest.mark.parametrize("flags", [(FIRST, AFTER), (SET, IN_SET)])
def test_a_file_s_head_over_two_columns_keeps_its_text(flags):
    """In a real file: its first row said to be merged, as its writer doesn't."""
    data = (WRITTEN / "table-of-docx.doc").read_bytes()
    defined = data.index(b"\x08\xd6")  # a row: its length, how many cells, where they end, of each 20 bytes
    assert data[defined + 4] == 3
    at = defined + 5 + 2 * 4
    for n, flag in zip((1, 2), flags, strict=True):
        data = data[: at + 20 * n] + struct.pack("<H", flag) + data[at + 20 * n + 2 :]
    text = normalize(sources.parse("a.doc", data)).text
    plain = normalize(sources.parse("a.doc", (WRITTEN / "table-of-docx.doc").read_bytes())).text
    assert all(head in text for head in ("志愿者", "经费"))
    assert sorted("".join(text.split())) == sorted("".join(plain.split()))
