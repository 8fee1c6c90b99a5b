"""OpenDocument texts, sheets and presentations (.odt .ods .odp), as LibreOffice and WPS write them.

A sheet's cell holds what it shows beside its value; only what it shows is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.formats.blocks import Block, LeftOut, NewPage, rendered
from ingest.formats.grid import Cell, Table
from ingest.formats.headers import around
from ingest.formats.kinds import OPEN, damaged, encrypted
from ingest.formats.numbering import Counters, Level, numbered
from ingest.formats.packages import Package
from ingest.formats.sheets import workbook

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TEXT, _TABLE = f"{{{_NS}office:1.0}}", f"{{{_NS}text:1.0}}", f"{{{_NS}table:1.0}}"
_DRAW, _STYLE, _META = f"{{{_NS}drawing:1.0}}", f"{{{_NS}style:1.0}}", f"{{{_NS}meta:1.0}}"
_PRESENTATION = f"{{{_NS}presentation:1.0}}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_FORMAT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}num-list-format"
_DC = "{http://purl.org/dc/elements/1.1/}"
_LINES = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_SIGNS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_NO_TEXT = frozenset({f"{_TEXT}tracked-changes", f"{_TEXT}sequence-decls", f"{_OFFICE}forms", f"{_TEXT}note-citation"})
_FURNITURE = frozenset({"page-number", "header", "footer", "date-time"})  # classes of a slide's frames
# What numbers look like, by the first character of their description.
_STYLES = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "一": "chineseCounting", "壹": "chineseLegalSimplified", "甲": "ideographTraditional", "子": "ideographZodiac",
    "①": "decimalEnclosedCircle",
}  # fmt: skip
_SVG, _HREF = f"{{{_NS}svg-compatible:1.0}}", "{http://www.w3.org/1999/xlink}href"
_SIZE = re.compile(r"(\d+(?:\.\d+)?)(cm|mm|in|pt|pc|px)$")
_ICON = 1.0  # centimetres up to which a picture is but a sign
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
_NUMBER = re.compile(r"%(\d)%")
_MOST = 1000  # times that a repeated row or cell with text is read


def read(data: bytes) -> dict[str, Any]:
    """The text of a document; comments, deletions, hidden sheets and pictures are left out."""
    package = Package(OPEN, data)
    if _is_encrypted(package):
        raise encrypted()
    content = package.tree("content.xml")
    body = None if content is None else content.find(f"{_OFFICE}body")
    if body is None or not len(body):
        raise damaged(OPEN)
    styles = package.tree("styles.xml")
    roots = [root for root in (content, styles) if root is not None]
    reader = _Reader(_hidden_styles(content), _list_styles(roots))
    report = list(reader.document(body[0]))
    reader.pictures = False  # those of a header are its sign
    pages = [] if styles is None else list(styles.iter(f"{_STYLE}master-page"))
    heads, feet = (
        [
            rendered(reader.blocks(part))["text"]
            for page in pages
            for part in page
            if part.tag.startswith(f"{_STYLE}{name}")
        ]
        for name in ("header", "footer")
    )
    deleted = [" ".join(map(_said, region.iter(*_LINES))) for region in body.iter(f"{_TEXT}deletion")]
    apart = [LeftOut("deleted", text) for text in deleted if text.strip()]
    return rendered([*around(report, heads, feet), *reader.left_out, *apart], **_properties(package))


def _is_encrypted(package: Package) -> bool:
    """Whether a password is needed: for the text alone, or for the package in this one that newer programs write."""
    if package.holds("encrypted-package"):
        return True
    manifest = package.tree("META-INF/manifest.xml")
    entries = [] if manifest is None else manifest.iterfind("{*}file-entry[{*}encryption-data]")
    return any(value == "content.xml" for part in entries for value in part.values())


def _properties(package: Package) -> dict[str, Any]:
    meta = package.tree("meta.xml")
    if meta is None:
        return {}
    fields = {
        tag: meta.findtext(f".//{tag}") or None for tag in (f"{_DC}title", f"{_META}creation-date", f"{_DC}creator")
    }
    made = fields[f"{_META}creation-date"]
    return {
        "title": fields[f"{_DC}title"],
        "date": made[:10] if made else None,
        "publisher": fields[f"{_DC}creator"],
    }


def _hidden_styles(content: Any) -> frozenset[str]:
    """The styles of sheets, slides and words that aren't shown."""
    return frozenset(
        style.get(f"{_STYLE}name", "")
        for style in content.iter(f"{_STYLE}style")
        for properties in style
        if (properties.get(f"{_TABLE}display"), properties.get(f"{_TEXT}display")) in (("false", None), (None, "none"))
        or properties.get(f"{_PRESENTATION}visibility") == "hidden"
    )


def _list_styles(roots: Iterable[Any]) -> dict[str, dict[int, Level]]:
    """The levels of each style of lists."""
    return {
        style.get(f"{_STYLE}name", ""): dict(map(_level, style.iterfind(f"{_TEXT}list-level-style-number")))
        for root in roots
        for style in root.iter(f"{_TEXT}list-style")
    }


def _level(style: Any) -> tuple[int, Level]:
    depth = _count(style.get(f"{_TEXT}level"))
    above = min(_count(style.get(f"{_TEXT}display-levels")), depth)
    joined = ".".join(f"%{n}" for n in range(depth - above + 1, depth + 1))
    written = style.get(_FORMAT)
    text = style.get(f"{_STYLE}num-prefix", "") + joined + style.get(f"{_STYLE}num-suffix", "")
    looks = _STYLES.get(style.get(f"{_STYLE}num-format", "")[:1], "none")
    return depth - 1, Level(
        looks, _NUMBER.sub(r"%\1", written) if written else text, _count(style.get(f"{_TEXT}start-value"))
    )


def _count(value: str | None) -> int:
    """A number from 1 that an attribute holds; 1 where it holds none."""
    return max(1, int(value)) if value and value.isascii() and value.isdigit() else 1


@dataclass(frozen=True, slots=True)
class _List:
    """The list that is being read: its name among all, its style, and how deep."""

    name: str
    style: str
    depth: int


class _Reader:
    """Reads a document's tree. `left_out` grows on the way."""

    def __init__(self, hidden: frozenset[str], styles: dict[str, dict[int, Level]]) -> None:
        self._hidden = hidden
        self._styles = styles
        self._counters = Counters()
        self._list: _List | None = None
        self._begun: dict[str, str] = {}  # a list's id, or its style, → the name under which it is counted
        self.left_out: list[LeftOut] = []
        self.pictures = True

    def document(self, body: Any) -> Iterator[Block]:
        if body.tag == f"{_OFFICE}spreadsheet":
            yield from workbook([self._sheet(table) for table in body.findall(f"{_TABLE}table")])
        elif body.tag == f"{_OFFICE}presentation":
            for number, page in enumerate(body.findall(f"{_DRAW}page")):
                if number:
                    yield NewPage()
                if page.get(f"{_DRAW}style-name") in self._hidden:
                    self.pictures = False  # those of a slide that isn't shown aren't either
                    self.left_out.append(LeftOut("hidden", rendered(self.blocks(page))["text"]))
                    self.pictures = True
                else:
                    yield from self.blocks(page)
        else:
            yield from self.blocks(body)

    def blocks(self, node: Any) -> Iterator[Block]:
        """What a node holds, a paragraph with the frames and notes that are anchored in it behind it."""
        for child in node:
            if child.tag in _LINES:
                yield from self._paragraph(child)
            elif child.tag == f"{_TABLE}table":
                yield from self._table(child)
            elif child.tag == f"{_TEXT}list":
                yield from self._entries(child)
            elif child.tag == f"{_PRESENTATION}notes":
                lines = [line for line in self.blocks(child) if isinstance(line, str) and line.strip()]
                yield from (f"备注：{line}" if not n else line for n, line in enumerate(lines))
            elif child.tag == f"{_DRAW}image":
                self._picture(child)
            elif isinstance(child.tag, str) and child.tag not in _NO_TEXT and not _is_furniture(child):
                yield from self.blocks(child)

    def _entries(self, entries: Any) -> Iterator[Block]:
        """A list's entries, each behind its number."""
        outer = self._list
        style = entries.get(f"{_TEXT}style-name") or (outer.style if outer else "")
        before = entries.get(f"{_TEXT}continue-list") or (entries.get(f"{_TEXT}continue-numbering") == "true" and style)
        own = entries.get(_ID) or f"{style} {len(self._begun)}"
        name = outer.name if outer else self._begun.get(before or "", own)
        self._begun |= {own: name, style: name}
        self._list = _List(name, style, outer.depth + 1 if outer else 0)
        for entry in entries:
            inner = self.blocks(entry)
            if entry.tag == f"{_TEXT}list-item" and (first := next(inner, None)) is not None:
                number = self._number(entry) if isinstance(first, str) and entry[0].tag in _LINES else ""
                yield numbered(number, first) if isinstance(first, str) else first
            yield from inner
        self._list = outer

    def _number(self, entry: Any) -> str:
        here = self._list
        if here is None:
            return ""
        start = entry.get(f"{_TEXT}start-value")
        restart = {here.depth: int(start)} if start and start.isdigit() else {}
        return self._counters.label(here.name, self._styles.get(here.style, {}), here.depth, restart)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        anchored: list[Any] = []
        text = "".join(self._inline(paragraph, anchored))
        if text.strip() or not anchored:
            yield from text.split("\n")
        for holder in anchored:
            yield from (block for block in self.blocks(holder) if not isinstance(block, str) or block.strip())

    def _inline(self, node: Any, anchored: list[Any]) -> Iterator[str]:
        yield node.text or ""
        for child in node:
            tag = child.tag
            if tag == f"{_TEXT}s":
                yield " " * min(int(child.get(f"{_TEXT}c", "1")), _MOST)
            elif tag == f"{_OFFICE}annotation":
                self._comment(child)
            elif tag == f"{_TEXT}span" and child.get(f"{_TEXT}style-name") in self._hidden:
                self.left_out.append(LeftOut("hidden", _said(child)))
            elif tag == f"{_TEXT}note":
                anchored += child.findall(f"{_TEXT}note-body")
            elif isinstance(tag, str) and tag.startswith(_DRAW) and tag != f"{_DRAW}a":
                anchored.append(child)
            elif tag in _SIGNS:
                yield _SIGNS[tag]
            elif isinstance(tag, str) and tag not in _NO_TEXT:
                yield from self._inline(child, anchored)
            yield child.tail or ""

    def _picture(self, image: Any) -> None:
        """A picture, once and in the first of its forms, unless it is but a sign or stands for an object."""
        frame = image.getparent()
        written = (_SIZE.match(frame.get(f"{_SVG}{side}", "")) for side in ("width", "height"))
        sides = [float(size[1]) * _CENTIMETRES[size[2]] for size in written if size]
        picture = LeftOut("picture", image.get(_HREF, "").rpartition("/")[2])
        first = self.pictures and frame[0] is image and picture not in self.left_out
        if first and picture.text and all(side > _ICON for side in sides):
            self.left_out.append(picture)

    def _comment(self, annotation: Any) -> None:
        comment = " ".join("".join(line.itertext()) for line in annotation.iter(*_LINES))
        if comment.strip():
            self.left_out.append(LeftOut("comment", comment))

    def _table(self, table: Any) -> Iterator[Block]:
        rows = list(_rows(table))
        if all(len(_row_cells(row)) < 2 for row, _ in rows):  # a frame around ordinary text
            for row, _ in rows:
                for cell in _row_cells(row):
                    yield from self.blocks(cell)
            return
        nested: list[Block] = []
        heads = len(list(_rows(next(table.iter(f"{_TABLE}table-header-rows"), ()))))
        yield Table(tuple(self._cells(rows, nested)), heads=heads or None)
        yield from nested

    def _sheet(self, table: Any) -> tuple[str, bool, list[Cell]]:
        hidden = table.get(f"{_TABLE}style-name") in self._hidden or table.get(f"{_TABLE}display") == "false"
        return table.get(f"{_TABLE}name", ""), hidden, list(self._cells(_rows(table), []))

    def _cells(self, rows: Iterable[tuple[Any, int]], nested: list[Block]) -> Iterator[Cell]:
        """The cells with text; tables that stand in them go to `nested`."""
        at = 0
        for row, times in rows:
            cells = [cell for cell in self._row(row, nested) if cell.text]
            for n in range(min(times, _MOST) if cells else 0):
                yield from (Cell(at + n, cell.column, cell.text, cell.down, cell.across) for cell in cells)
            at += times

    def _row(self, row: Any, nested: list[Block]) -> Iterator[Cell]:
        at = 0
        for cell in row:
            times = _number(cell, "number-columns-repeated")
            if cell.tag == f"{_TABLE}table-cell":
                inner = list(self.blocks(cell))
                nested += [block for block in inner if isinstance(block, Table)]
                text = " ".join(" ".join(block for block in inner if isinstance(block, str)).split())
                down, across = _number(cell, "number-rows-spanned"), _number(cell, "number-columns-spanned")
                for n in range(min(times, _MOST) if text else 0):
                    yield Cell(0, at + n, text, down, across)
            at += times if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell") else 0


def _rows(table: Any) -> Iterator[tuple[Any, int]]:
    """A table's own rows, each with how often it is repeated."""
    for child in table:
        if child.tag == f"{_TABLE}table-row":
            yield child, _number(child, "number-rows-repeated")
        elif child.tag in (f"{_TABLE}table-header-rows", f"{_TABLE}table-rows", f"{_TABLE}table-row-group"):
            yield from _rows(child)


def _row_cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag == f"{_TABLE}table-cell"]


def _number(node: Any, name: str) -> int:
    return _count(node.get(f"{_TABLE}{name}"))


def _is_furniture(node: Any) -> bool:
    return node.get(f"{_PRESENTATION}class") in _FURNITURE


def _said(node: Any) -> str:
    return " ".join(" ".join(node.itertext()).split())
