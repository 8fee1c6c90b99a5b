"""PowerPoint's old presentations (.ppt) and those of WPS (.dps): the binary format of 97 to 2003 ([MS-PPT]).

The file is one stream of records, most of them in one another. Which slides there are, in which order, and where the
newest version of each lies, is told in lists; all others are what was edited away.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.formats.blocks import Block, LeftOut, NewPage, rendered
from ingest.formats.drawings import Record, is_sign, kept, named, options, picture_of, records
from ingest.formats.grid import Cell, Table
from ingest.formats.kinds import OLD_SLIDES, damaged, encrypted
from ingest.formats.ole import opened, properties
from ingest.formats.slides import NOTES

_STREAM, _USER = "PowerPoint Document", "Current User"
_IS_ENCRYPTED = 0xF3D1C4DF
# Records, by their number.
_DOCUMENT, _SLIDE, _SLIDE_ATOM, _NOTES = 0x03E8, 0x03EE, 0x03EF, 0x03F0
_PERSISTS, _SHOWN, _LIST, _EDIT, _PLACES = 0x03F3, 0x03F9, 0x0FF0, 0x0FF5, 0x1772
_HEADER, _CHARS, _OUTLINE, _BYTES = 0x0F9F, 0x0FA0, 0x0F9E, 0x0FA8
_GROUP, _SHAPE, _TEXTBOX, _CHILD_AT, _AT = 0xF003, 0xF004, 0xF00D, 0xF00F, 0xF010
_IN_TABLE = 0x039F  # the property of a group that is a table
# What stands for the slide's number, its date, its header and its footer.
_FIELDS = frozenset({0x0FD8, 0x0FF7, 0x0FF8, 0x0FF9, 0x0FFA, 0x1015})
_TITLES, _OF_NOTES = (0, 6), 2  # kinds of text
_SLIDES_LISTED, _NOTES_LISTED = 0, 2  # kinds of lists
_HIDDEN = 0x0004
_SAME_HEIGHT = 126  # units of which 576 are an inch, within which shapes stand beside one another
_SIGN = 227  # such units, a centimetre, up to which a picture is but a sign
_DEPTH = 40  # records in one another


@dataclass(frozen=True, slots=True)
class _Text:
    """A text and what it is for."""

    use: int
    content: str

    @property
    def lines(self) -> list[str]:
        return [line for line in self.content.replace("\v", "\r").split("\r") if line.strip()]


@dataclass(slots=True)
class _Shape:
    """What stands somewhere on a slide: texts, a picture by its number or the cells of a table; (top, left, bottom,
    right)."""

    at: tuple[int, int, int, int]
    picture: int = 0
    texts: list[_Text] = field(default_factory=list)
    cells: list[_Shape] = field(default_factory=list)


def read(data: bytes) -> dict[str, Any]:
    """The text of the slides, with the speaker's notes behind each; hidden slides and pictures are left out."""
    with opened(OLD_SLIDES, data) as file:
        if not file.exists(_STREAM) or not file.exists(_USER):
            raise damaged(OLD_SLIDES)
        stream, user = file.openstream(_STREAM).read(), file.openstream(_USER).read()
        about = properties(file)
    if len(user) < 20:
        raise damaged(OLD_SLIDES)
    token, edit = struct.unpack_from("<2I", user, 12)
    if token == _IS_ENCRYPTED:
        raise encrypted()
    try:
        return rendered(_Show(stream, edit).blocks(), **about)
    except (struct.error, IndexError, RecursionError) as exc:
        raise damaged(OLD_SLIDES) from exc


class _Show:
    """A presentation."""

    def __init__(self, stream: bytes, edit: int) -> None:
        self._stream = stream
        self._places: dict[int, int] = {}
        document = 0
        seen: set[int] = set()
        while edit and edit not in seen:  # from the last edit to the first
            seen.add(edit)
            record = self._at(edit)
            if record.kind != _EDIT:
                raise damaged(OLD_SLIDES)
            edit, places, root = struct.unpack_from("<3I", record.data, 8)
            document = document or root
            self._read_places(self._at(places).data)
        found = self._kept(document)
        if found is None:
            raise damaged(OLD_SLIDES)
        self._document = found

    def blocks(self) -> Iterator[Block]:
        """The slides, a page each."""
        lists = {record.instance: record for record in _inside(self._document) if record.kind == _LIST}
        notes = {slide: place for place, slide, _ in self._listed(lists.get(_NOTES_LISTED))}
        pictures: dict[int, None] = {}
        for number, (place, _, outline) in enumerate(self._listed(lists.get(_SLIDES_LISTED))):
            if number:
                yield NewPage()
            slide = self._kept(place)
            if slide is None or slide.kind != _SLIDE:
                continue
            shapes = list(_shapes(slide, outline))
            blocks = [*_blocks(shapes), *self._notes(slide, notes)]
            if _is_hidden(slide):
                yield LeftOut("hidden", rendered(blocks)["text"])
            else:
                yield from blocks
                pictures |= {shape.picture: None for shape in shapes if shape.picture}
        # Each once: a sign may stand on every slide.
        kinds = dict(enumerate(kept(self._document.data), 1))
        yield from (LeftOut("picture", named(number, kinds.get(number, ""))) for number in pictures)

    def _at(self, place: int) -> Record:
        record = next(records(self._stream[place:]), None)
        if record is None:
            raise damaged(OLD_SLIDES)
        return record

    def _kept(self, number: int) -> Record | None:
        place = self._places.get(number)
        return None if place is None else self._at(place)

    def _read_places(self, data: bytes) -> None:
        """Where objects lie, by their numbers, a run of them at a time."""
        at = 0
        while at + 4 <= len(data):
            head = struct.unpack_from("<I", data, at)[0]
            first, count = head & 0xFFFFF, head >> 20
            for n, place in enumerate(struct.unpack_from(f"<{count}I", data, at + 4)):
                self._places.setdefault(first + n, place)
            at += 4 + 4 * count

    @staticmethod
    def _listed(listing: Record | None) -> Iterator[tuple[int, int, list[_Text]]]:
        """Of each slide in a list the number by which it is kept, its own, and its outline's texts."""
        outline: list[_Text] = []
        slide: tuple[int, int] | None = None
        use = 0
        for record in _inside(listing):
            if record.kind == _PERSISTS:
                if slide is not None:
                    yield *slide, outline
                slide, outline = (
                    (struct.unpack_from("<I", record.data)[0], struct.unpack_from("<I", record.data, 12)[0]),
                    [],
                )
            elif record.kind == _HEADER:
                use = struct.unpack_from("<I", record.data)[0]
                outline.append(_Text(use, ""))
            elif record.kind in (_CHARS, _BYTES) and outline:
                outline[-1] = _Text(use, _decoded(record))
        if slide is not None:
            yield *slide, outline

    def _notes(self, slide: Record, notes: dict[int, int]) -> Iterator[str]:
        atom = next((record for record in _inside(slide) if record.kind == _SLIDE_ATOM), None)
        number = struct.unpack_from("<I", atom.data, 16)[0] if atom is not None else 0
        page = self._kept(notes.get(number, 0)) if number else None
        if page is None or page.kind != _NOTES:
            return
        lines = [
            line for shape in _shapes(page, ()) for text in shape.texts if text.use == _OF_NOTES for line in text.lines
        ]
        yield from (NOTES + line if not n else line for n, line in enumerate(lines))


def _inside(record: Record | None) -> Iterator[Record]:
    return records(record.data) if record is not None else iter(())


def _decoded(record: Record) -> str:
    return record.data.decode("utf-16-le" if record.kind == _CHARS else "latin-1", "replace")


def _is_hidden(slide: Record) -> bool:
    shown = next((record for record in _inside(slide) if record.kind == _SHOWN and len(record.data) >= 12), None)
    return shown is not None and bool(struct.unpack_from("<H", shown.data, 10)[0] & _HIDDEN)


def _blocks(shapes: Iterable[_Shape]) -> Iterator[Block]:
    """The title, then what stands on the slide from top to bottom, what is at one height from left to right."""

    def order(shape: _Shape) -> tuple[bool, int, int]:
        titled = any(text.use in _TITLES for text in shape.texts)
        return not titled, shape.at[0] // _SAME_HEIGHT, shape.at[1]

    for shape in sorted(shapes, key=order):
        if shape.cells:
            yield _table(shape.cells)
        for text in shape.texts:
            yield from text.lines


def _shapes(record: Record, outline: Sequence[_Text], depth: int = 0) -> Iterator[_Shape]:
    """What stands on a page and has a text or is a picture, groups taken apart."""
    for inner in _inside(record) if depth < _DEPTH else ():
        if inner.kind == _SHAPE:
            if (shape := _shape(inner, outline)).texts or shape.picture:
                yield shape
        elif inner.kind == _GROUP and (frame := next(_inside(inner), None)) is not None and _is_table(frame):
            cells = [shape for shape in _shapes(inner, outline, depth + 1) if shape.texts]
            yield _Shape(_shape(frame, outline).at, cells=cells)
        elif inner.holds and inner.kind not in (_LIST, _TEXTBOX):
            yield from _shapes(inner, outline, depth + 1)


def _is_table(shape: Record) -> bool:
    """Whether a group, told by its first shape, is a table."""
    return bool(options(shape).get(_IN_TABLE, 0) & 1)


def _shape(record: Record, outline: Sequence[_Text]) -> _Shape:
    shape = _Shape((0, 0, 0, 0))
    for inner in _inside(record):
        if inner.kind == _AT:  # top, left, right, bottom
            top, left, right, bottom = struct.unpack_from("<4h" if len(inner.data) < 16 else "<4i", inner.data)
            shape.at = top, left, bottom, right
        elif inner.kind == _CHILD_AT:
            left, top, right, bottom = struct.unpack_from("<4i", inner.data)
            shape.at = top, left, bottom, right
        elif inner.kind == _TEXTBOX:
            shape.texts += _texts(inner, outline)
    top, left, bottom, right = shape.at
    if not is_sign((bottom - top, right - left), _SIGN):
        shape.picture = picture_of(record)
    return shape


def _texts(box: Record, outline: Sequence[_Text]) -> Iterator[_Text]:
    """The texts of a box, unless it holds nothing but the slide's number or date; some stand in the outline."""
    inside = list(_inside(box))
    filled = any(record.kind in _FIELDS for record in inside)
    use = 4
    for record in inside:
        if record.kind == _HEADER:
            use = struct.unpack_from("<I", record.data)[0]
        elif record.kind == _OUTLINE:
            number = struct.unpack_from("<I", record.data)[0]
            if number < len(outline):
                yield outline[number]
        elif record.kind in (_CHARS, _BYTES):
            content = _decoded(record)
            if not (filled and len(content.strip("*\r\n \v")) < 2):
                yield _Text(use, content)


def _table(cells: Sequence[_Shape]) -> Table:
    """A table of the cells, by where each stands."""
    tops, lefts = _edges(cell.at[0] for cell in cells), _edges(cell.at[1] for cell in cells)
    table_cells = []
    for cell in cells:
        top, left, bottom, right = cell.at
        row, column = _nearest(tops, top), _nearest(lefts, left)
        down = sum(1 for edge in tops[row + 1 :] if edge < bottom - 1) + 1
        across = sum(1 for edge in lefts[column + 1 :] if edge < right - 1) + 1
        content = " ".join(" ".join(line for text in cell.texts for line in text.lines).split())
        table_cells.append(Cell(row, column, content, down, across))
    return Table(tuple(sorted(table_cells, key=lambda cell: (cell.row, cell.column))))


def _edges(places: Iterator[int]) -> list[int]:
    """Where rows or columns begin."""
    ordered = sorted(set(places))
    return ordered[:1] + [place for before, place in itertools.pairwise(ordered) if place - before > 1]


def _nearest(edges: Sequence[int], place: int) -> int:
    return min(range(len(edges)), key=lambda n: abs(edges[n] - place))
