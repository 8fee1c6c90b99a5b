"""The text of a Word document's XML: what its reader sees, in order, and apart what was left out. Pure.

python-docx gives the tree; its own text leaves out content controls, insertions, nested tables, text
boxes and notes. What isn't the report's (headers, deletions, hidden text, comments) stands after it,
so that no quotation of the report runs across it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_NOTES = {f"{_W}footnoteReference": "footnotes", f"{_W}endnoteReference": "endnotes"}
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_DELETED = frozenset({f"{_W}del", f"{_W}moveFrom"})
# What holds no text: properties, the code of a field, readings set above a word.
_NO_TEXT = frozenset(
    f"{_W}{name}" for name in ("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "trPr", "tcPr", "instrText", "rt", "rubyPr")
)


class WordText:
    """Reads a document's body. `left_out` grows on the way: (reason, text)."""

    def __init__(self, notes: dict[str, dict[str, Any]]) -> None:
        self._notes = notes
        self.left_out: list[tuple[str, str]] = []

    def lines(self, container: Any) -> Iterator[str]:
        """A paragraph or a table row each, of whatever holds them; a row's cells are parted by tabs."""
        for child in container:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag in _DELETED:
                self._leave_out("deleted", child)
            elif child.tag not in _NO_TEXT and isinstance(child.tag, str):
                yield from self.lines(_chosen(child))

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        """Its text, then the boxes and notes anchored in it."""
        anchored: list[Any] = []
        text = "".join(self._inline(paragraph, anchored))
        if not anchored or text.strip():
            yield text
        for holder in anchored:
            yield from (line for line in self.lines(holder) if line.strip())

    def _inline(self, node: Any, anchored: list[Any]) -> Iterator[str]:
        for child in _chosen(node):
            tag = child.tag
            if tag in (f"{_W}t", f"{_M}t"):
                yield child.text or ""
            elif tag in _DELETED:
                self._leave_out("deleted", child)
            elif tag == f"{_W}r" and _vanishes(child):
                self._leave_out("hidden", child)
            elif tag == f"{_W}txbxContent":
                anchored.append(child)
            elif tag in _NOTES:
                note = self._notes.get(_NOTES[tag], {}).get(child.get(f"{_W}id"))
                anchored += [note] if note is not None else []
            elif tag.__class__ is str and tag.startswith(_W) and tag.removeprefix(_W) in _SIGNS:
                yield "" if child.get(f"{_W}type") == "page" else _SIGNS[tag.removeprefix(_W)]
            elif tag == f"{_W}rt":
                self._leave_out("annotation", child)
            elif tag not in _NO_TEXT and isinstance(tag, str):
                yield from self._inline(child, anchored)

    def _leave_out(self, reason: str, node: Any) -> None:
        text = "".join(part.text or "" for part in node.iter(f"{_W}t", f"{_W}delText"))
        if text.strip():
            self.left_out.append((reason, " ".join(text.split())))

    def _table(self, table: Any) -> Iterator[str]:
        rows = list(_within(table, f"{_W}tr"))
        framed = all(len(list(_within(row, f"{_W}tc"))) < 2 for row in rows)
        for row in rows:
            if _marked(row, "trPr", "del"):
                self._leave_out("deleted", row)
            elif framed:  # a table of one column is a frame around ordinary text
                for cell in _within(row, f"{_W}tc"):
                    yield from self.lines(cell)
            else:
                yield from self._row(row)

    def _row(self, row: Any) -> Iterator[str]:
        """The cells' texts, a merged one once and empty where it reaches; then the tables that stand in them."""
        values = [""] * _number(row, "trPr", "gridBefore", 0)
        nested: list[str] = []
        for cell in _within(row, f"{_W}tc"):
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            follows = merged is not None and merged.get(f"{_W}val", "continue") == "continue"
            lines = [] if follows else list(self.lines(_without_tables(cell)))
            values.append(" ".join(" ".join(lines).split()))
            values += [""] * (_number(cell, "tcPr", "gridSpan", 1) - 1)
            for table in _within(cell, f"{_W}tbl"):
                nested += self._table(table)
        yield "\t".join(values)
        yield from nested


def _chosen(node: Any) -> Iterable[Any]:
    """A node's children; of alternatives for newer and older programs only the first that holds anything."""
    if node.tag != f"{_MC}AlternateContent":
        return list(node)
    return next(([branch] for branch in node if len(branch)), [])


def _within(node: Any, tag: str) -> Iterator[Any]:
    """The elements of a table that stand in it, directly or in a content control, but not in one another."""
    for child in node:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins", f"{_W}moveTo"):
            yield from _within(child, tag)


def _without_tables(cell: Any) -> list[Any]:
    return [child for child in cell if child.tag != f"{_W}tbl"]


def _vanishes(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "true") not in ("0", "false", "off")


def _marked(node: Any, properties: str, name: str) -> bool:
    return node.find(f"{_W}{properties}/{_W}{name}") is not None


def _number(node: Any, properties: str, name: str, default: int) -> int:
    found = node.find(f"{_W}{properties}/{_W}{name}")
    value = "" if found is None else found.get(f"{_W}val", "")
    return min(int(value), 100) if value.isascii() and value.isdigit() else default
