"""The text of a Word document (.docx): what its reader sees, in order, and apart what was left out.

python-docx gives the tree; its own text leaves out content controls, insertions, nested tables, text
boxes, notes and automatic numbers.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from config.errors import ReportError
from ingest.formats.blocks import Block, LeftOut, rendered
from ingest.formats.encoding import decode
from ingest.formats.grid import Cell, Table
from ingest.formats.headers import around
from ingest.formats.html import visible_text
from ingest.formats.kinds import WORD, damaged
from ingest.formats.numbering import Counters, Level, numbered
from ingest.formats.packages import ICON, core_properties, limited, usual

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ID, _TYPE, _VAL = (f"{_W}{name}" for name in ("id", "type", "val"))
_NOTES = {f"{_W}footnoteReference": "footnotes", f"{_W}endnoteReference": "endnotes"}
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_VML = "{urn:schemas-microsoft-com:vml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PICTURES = (f"{_A}blip", f"{_VML}imagedata")
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_DEPTH = 3  # documents in one another
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_DELETED = frozenset({f"{_W}del", f"{_W}moveFrom"})
# What holds no text: properties, the code of a field, readings set above a word.
_NO_TEXT = frozenset(
    f"{_W}{name}" for name in ("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "trPr", "tcPr", "instrText", "rt", "rubyPr")
)
# Signs of picture fonts that say something, by font and code.
_SYMBOLS = {
    ("wingdings", 0xFE): "☑", ("wingdings", 0xFD): "☒", ("wingdings", 0xFC): "√", ("wingdings", 0xFB): "×",
    ("wingdings", 0xA8): "□", ("wingdings", 0x6F): "□", ("wingdings", 0x6E): "■", ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0x53): "☒", ("wingdings 2", 0x50): "√", ("wingdings 2", 0x4F): "×", ("wingdings 2", 0xA3): "□",
    ("wingdings 2", 0x2A): "□", ("wingdings 2", 0xA2): "■",
}  # fmt: skip


def read(data: bytes) -> dict[str, Any]:
    """The text of a document, with web pages, texts and documents that it takes in; headers that tell nothing, deleted
    and hidden text, comments, pictures and other files that it holds whole are left out."""
    document, blocks = _opened(data)
    return rendered(blocks, **core_properties(document))


def _opened(data: bytes, depth: int = 0) -> tuple[Any, list[Block]]:
    """The document, as deep in others, and what it says. Raises ReportError."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.opc.part import PartFactory
    from docx.oxml.parser import parse_xml

    limited(WORD, data)
    PartFactory.part_class_selector = _part_class
    try:
        document = docx.Document(io.BytesIO(usual(data)))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as exc:
        raise damaged(WORD) from exc
    roots = {
        kind: [parse_xml(part.blob) for part in _related(document.part, kind) if part.blob]
        for kind in ("footnotes", "endnotes", "numbering", "styles", "header", "footer", "comments")
    }
    notes = {kind: _notes(roots[kind]) for kind in ("footnotes", "endnotes")}
    files = {name: str(relation.target_ref) for name, relation in document.part.rels.items()}
    chunks = {name: relation.target_part for name, relation in document.part.rels.items() if not relation.is_external}
    reader = _Reader(notes, _Lists.of(roots["numbering"], roots["styles"]), files, chunks, depth)
    body = list(reader.blocks(document.element.body))
    reader.files = {}  # a header's pictures are its sign
    heads, feet, comments = ([_said(reader, part) for part in roots[kind]] for kind in ("header", "footer", "comments"))
    apart = [LeftOut("comment", text) for text in dict.fromkeys(filter(None, comments))]
    return document, [*around(body, heads, feet), *apart, *reader.left_out]


def _part_class(_: str, relation: str) -> Any:
    """What python-docx makes of a part by how it belongs to the document, None for what its type says.

    A document in another one is of the same type as that, but no tree of XML.
    """
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.part import Part
    from docx.parts.image import ImagePart

    if relation.endswith("/aFChunk"):
        return Part
    return ImagePart if relation == RELATIONSHIP_TYPE.IMAGE else None


def _taken_in(part: Any, depth: int) -> list[Block] | None:
    """What a part says that a document takes in whole; None where it is of another kind or can't be read."""
    kind = part.content_type.partition(";")[0].strip().lower()
    try:
        if kind in _PAGES:
            return list(visible_text(decode(part.blob)).text.split("\n"))
        if kind == "text/plain":
            return list(decode(part.blob).splitlines())
        if "wordprocessingml" in kind and depth < _DEPTH:
            return _opened(part.blob, depth + 1)[1]
    except ReportError:
        return None
    return None


def _related(part: Any, kind: str) -> list[Any]:
    relations = [relation for relation in part.rels.values() if not relation.is_external]
    return [relation.target_part for relation in relations if relation.reltype.endswith(f"/{kind}")]


def _notes(roots: Iterable[Any]) -> dict[str, Any]:
    """The notes of one kind by their ids, without the lines that part them from the text."""
    return {note.get(_ID): note for part in roots for note in part if note.get(_TYPE, "normal") == "normal"}


def _said(reader: _Reader, part: Any) -> str:
    """The lines of a header, a footer or the comments."""
    text: str = rendered(reader.blocks(part))["text"]
    return "\n".join(line for line in text.split("\n") if line.strip())


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists of a document: the levels of each, where levels begin anew, and the list that a style belongs to."""

    levels: dict[str, tuple[str, dict[int, Level]]]
    restarts: dict[str, dict[int, int]]
    styles: dict[str, tuple[str, int]]

    @classmethod
    def of(cls, numbering: Iterable[Any], styles: Iterable[Any]) -> _Lists:
        abstract: dict[str, dict[int, Level]] = {}
        of_style: dict[str, dict[str, int]] = {}
        levels, restarts = {}, {}
        for root in numbering:
            for one in root.iterfind(f"{_W}abstractNum"):
                name = one.get(f"{_W}abstractNumId", "")
                abstract[name] = {_depth(level): _level(level) for level in one.iterfind(f"{_W}lvl")}
                named = ((_value(level, "pStyle"), _depth(level)) for level in one.iterfind(f"{_W}lvl"))
                of_style[name] = {style: depth for style, depth in named if style}
            for one in root.iterfind(f"{_W}num"):
                name, number = _value(one, "abstractNumId"), one.get(f"{_W}numId", "")
                overrides = list(one.iterfind(f"{_W}lvlOverride"))
                own = {_depth(each): _level(level) for each in overrides for level in each.iterfind(f"{_W}lvl")}
                levels[number] = (name, abstract.get(name, {}) | own)
                starts = {_depth(each): _value(each, "startOverride") for each in overrides}
                restarts[number] = {depth: int(start) for depth, start in starts.items() if start.isdigit()}
        return cls(levels, restarts, _numbered_styles(styles, levels, of_style))


def _numbered_styles(
    styles: Iterable[Any], levels: dict[str, tuple[str, dict[int, Level]]], of_style: dict[str, dict[str, int]]
) -> dict[str, tuple[str, int]]:
    """Each style's list and depth, its own or that of the style that it is based on."""
    based: dict[str, str] = {}
    own: dict[str, tuple[str, int]] = {}
    for style in (style for root in styles for style in root.iterfind(f"{_W}style")):
        name = style.get(f"{_W}styleId", "")
        based[name] = _value(style, "basedOn")
        properties = style.find(f"{_W}pPr/{_W}numPr")
        if properties is not None and (number := _value(properties, "numId")):
            depth = _value(properties, "ilvl") or of_style.get(levels.get(number, ("", {}))[0], {}).get(name, 0)
            own[name] = (number, int(depth))
    lists = {}
    for name in based:
        ancestor, seen = name, set()
        while ancestor not in own and ancestor in based and ancestor not in seen:
            seen.add(ancestor)
            ancestor = based[ancestor]
        if ancestor in own:
            lists[name] = own[ancestor]
    return lists


def _depth(level: Any) -> int:
    value = level.get(f"{_W}ilvl", "0")
    return int(value) if value.isdigit() else 0


def _level(level: Any) -> Level:
    start = _value(level, "start")
    return Level(_value(level, "numFmt") or "decimal", _value(level, "lvlText"), int(start) if start.isdigit() else 1)


def _value(node: Any, name: str) -> str:
    child = node.find(f"{_W}{name}")
    return "" if child is None else str(child.get(_VAL, ""))


class _Reader:
    """Reads a document's tree. `left_out` grows on the way.

    `files`: the names of the parts that it holds, pictures among them, by what the tree calls them; `chunks`: those
    parts, of a document so deep in others.
    """

    def __init__(
        self,
        notes: dict[str, dict[str, Any]],
        lists: _Lists,
        files: dict[str, str],
        chunks: Mapping[str, Any],
        depth: int,
    ) -> None:
        self.files = files
        self._chunks = chunks
        self._depth = depth
        self._notes = notes
        self._lists = lists
        self._counters = Counters()
        self._restarted: set[str] = set()
        self.left_out: list[LeftOut] = []

    def blocks(self, container: Any) -> Iterator[Block]:
        """The paragraphs and tables of whatever holds them."""
        for child in container:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag in _DELETED:
                self._leave_out("deleted", child)
            elif child.tag == f"{_W}altChunk":
                yield from self._chunk(child.get(f"{_R}id"))
            elif child.tag not in _NO_TEXT and isinstance(child.tag, str):
                yield from self.blocks(_chosen(child))

    def _chunk(self, name: str | None) -> Iterator[Block]:
        """A file that the document takes in where this stands."""
        part = self._chunks.get(name or "")
        blocks = None if part is None else _taken_in(part, self._depth)
        if blocks is None:
            self._leave_out_file("embedded", name)
            return
        self.left_out += [block for block in blocks if isinstance(block, LeftOut)]
        yield from (block for block in blocks if not isinstance(block, LeftOut))

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        """Its text behind its number, then the boxes and notes anchored in it."""
        anchored: list[Any] = []
        text = "".join(self._inline(paragraph, anchored))
        if text.strip():
            text = numbered(self._number(paragraph), text)
        if not anchored or text.strip():
            yield from text.split("\n")
        for holder in anchored:
            yield from (block for block in self.blocks(holder) if not isinstance(block, str) or block.strip())

    def _number(self, paragraph: Any) -> str:
        """The number that a paragraph bears as an entry of a list or as a heading."""
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        list_, depth = self._lists.styles.get("" if style is None else style.get(_VAL, ""), ("", 0))
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        if own is not None:
            list_ = _value(own, "numId") or list_
            depth = int(_value(own, "ilvl") or depth)
        name, levels = self._lists.levels.get(list_, ("", {}))
        if not levels:
            return ""
        restart = {} if list_ in self._restarted else self._lists.restarts.get(list_, {})
        self._restarted.add(list_)
        return self._counters.label(name, levels, depth, restart)

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
                note = self._notes.get(_NOTES[tag], {}).get(child.get(_ID))
                anchored += [note] if note is not None else []
            elif tag.__class__ is str and tag.startswith(_W) and tag.removeprefix(_W) in _SIGNS:
                yield "" if child.get(_TYPE) == "page" else _SIGNS[tag.removeprefix(_W)]
            elif tag in (f"{_W}sym", f"{_W}fldChar"):
                yield _symbol(child) if tag == f"{_W}sym" else _box(child)
            elif tag == f"{_W}rt":
                self._leave_out("annotation", child)
            elif tag in _PICTURES:
                self._leave_out_picture(child)
            elif tag not in _NO_TEXT and isinstance(tag, str):
                yield from self._inline(child, anchored)

    def _leave_out_file(self, reason: str, name: str | None) -> None:
        if name in self.files:
            self.left_out.append(LeftOut(reason, self.files[name].rpartition("/")[2] or self.files[name]))

    def _leave_out_picture(self, node: Any) -> None:
        """A picture, unless it is but a sign in its line by the size of its drawing."""
        drawing = next(node.iterancestors(f"{_W}drawing"), None)
        extent = None if drawing is None else next((one for one in drawing.iter() if one.tag.endswith("}extent")), None)
        sizes = [] if extent is None else [extent.get("cx", ""), extent.get("cy", "")]
        if all(int(size) > ICON for size in sizes if size.isascii() and size.isdigit()):
            names = (node.get(f"{_R}{key}") for key in ("embed", "link", "id"))
            self._leave_out_file("picture", next(filter(None, names), None))

    def _leave_out(self, reason: str, node: Any) -> None:
        text = "".join(part.text or "" for part in node.iter(f"{_W}t", f"{_W}delText"))
        if text.strip():
            self.left_out.append(LeftOut(reason, " ".join(text.split())))

    def _table(self, table: Any) -> Iterator[Block]:
        rows = list(_within(table, f"{_W}tr"))
        kept = [row for row in rows if not _marked(row, "trPr", "del")]
        for row in rows:
            if _marked(row, "trPr", "del"):
                self._leave_out("deleted", row)
        if all(len(list(_within(row, f"{_W}tc"))) < 2 for row in kept):  # a frame around ordinary text
            for row in kept:
                for cell in _within(row, f"{_W}tc"):
                    yield from self.blocks(cell)
            return
        nested: list[Table] = []
        cells = tuple(self._cells(kept, nested))
        heads = sum(_marked(row, "trPr", "tblHeader") for row in kept)
        yield Table(cells, heads=heads or None)
        yield from nested

    def _cells(self, rows: Iterable[Any], nested: list[Table]) -> list[Cell]:
        """The cells with what they reach over; tables that stand in them go to `nested`."""
        cells: list[Cell] = []
        above: dict[int, int] = {}
        for r, row in enumerate(rows):
            column = _number(row, "trPr", "gridBefore", 0)
            for cell in _within(row, f"{_W}tc"):
                across = _number(cell, "tcPr", "gridSpan", 1)
                merged = cell.find(f"{_W}tcPr/{_W}vMerge")
                if merged is not None and merged.get(_VAL, "continue") == "continue" and column in above:
                    upper = cells[above[column]]
                    cells[above[column]] = Cell(upper.row, column, upper.text, r - upper.row + 1, upper.across)
                else:
                    above[column] = len(cells)
                    cells.append(Cell(r, column, self._cell(cell, nested), 1, across))
                column += across
        return cells

    def _cell(self, cell: Any, nested: list[Table]) -> str:
        blocks = list(self.blocks(cell))
        nested += [block for block in blocks if isinstance(block, Table)]
        return " ".join(" ".join(block for block in blocks if isinstance(block, str)).split())


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


def _vanishes(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(_VAL, "true") not in ("0", "false", "off")


def _marked(node: Any, properties: str, name: str) -> bool:
    mark = node.find(f"{_W}{properties}/{_W}{name}")
    return mark is not None and mark.get(_VAL, "true") not in ("0", "false", "off")


def _number(node: Any, properties: str, name: str, default: int) -> int:
    child = node.find(f"{_W}{properties}/{_W}{name}")
    value = "" if child is None else child.get(_VAL, "")
    return min(int(value), 100) if value.isascii() and value.isdigit() else default


def _symbol(sign: Any) -> str:
    """A character of a picture font, where it says something."""
    code = sign.get(f"{_W}char", "")
    try:
        return _SYMBOLS.get((sign.get(f"{_W}font", "").lower(), int(code, 16) & 0xFF), "")
    except ValueError:
        return ""


def _box(field: Any) -> str:
    """A form's box to tick, ticked or not."""
    box = field.find(f"{_W}ffData/{_W}checkBox")
    if box is None:
        return ""
    state = box.find(f"{_W}checked")
    state = box.find(f"{_W}default") if state is None else state
    return "☑" if state is not None and state.get(_VAL, "true") not in ("0", "false", "off") else "□"
