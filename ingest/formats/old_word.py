"""Word's old documents (.doc) and those of WPS (.wps): the binary format of Word 97 to 2003 ([MS-DOC]).

The text lies in pieces, counted in characters (cp); how paragraphs and characters look lies apart, by their places in
the file (fc). Both are followed as far as they say what is a table, a number, deleted or hidden.
"""

from __future__ import annotations

import bisect
import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from config.errors import ReportError
from ingest.formats.blocks import Block, LeftOut, rendered
from ingest.formats.drawings import inline, is_sign, kept, named, records, shapes
from ingest.formats.headers import around
from ingest.formats.kinds import OLD_WORD, damaged, encrypted
from ingest.formats.numbering import Counters, Level, numbered
from ingest.formats.old_tables import table_of
from ingest.formats.ole import opened, properties

_WORD_97 = 0xC1  # the first version whose files look like this
_ENCRYPTED, _TABLE_1, _OBFUSCATED = 0x0100, 0x0200, 0x8000
# Where the tables of the file are told: pairs of place and length in the table stream, by their number.
_PAIRS, _STYLES, _NOTE_PLACES, _NOTE_TEXTS = 0x9A, 1, 2, 3
_HEADERS, _CHARACTERS, _PARAGRAPHS, _PIECES, _LISTS, _LIST_USES = 11, 12, 13, 33, 73, 74
_END_PLACES, _END_TEXTS = 46, 47
_ANCHORS, _DRAWINGS = 40, 50
_COUNTS = 0x4C  # lengths of the texts, in characters: the report, notes, headers, -, comments, end notes, boxes
_PAGE = 512  # bytes of a page of properties
# Properties, by their number: of paragraphs, of rows, of characters.
_IN_TABLE, _ROW_ENDS, _LEVEL, _LIST, _ROW = 0x2416, 0x2417, 0x260A, 0x460B, 0xD608
_VANISHES, _IS_DELETED, _PICTURE, _IS_DATA = 0x083C, 0x0800, 0x6A03, 0x0806
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}  # bytes of a property's value, by its kind
_FIELD, _RESULT, _FIELD_ENDS, _CELL_ENDS, _NOTE = "\x13", "\x14", "\x15", "\x07", "\x02"
_INLINE, _ANCHOR = "\x01", "\x08"  # characters that stand for a picture in the line, and for a drawing beside it
_PICTURE_HEAD = 68  # bytes that tell of a picture in the line ([MS-DOC] PICF)
_SHAPED, _SHAPED_AND_NAMED = 0x64, 0x66  # how such a picture is kept: as a shape, behind its file's name or not
_SIGN = 567  # twips, a centimetre, up to which a picture is but a sign
_SIGNS = str.maketrans(
    {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": None, "\xa0": " "} | dict.fromkeys("\x01\x02\x03\x05\x08", None)
)
_STYLE_NUMBERS = {
    1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 10: "ideographDigital", 11: "chineseCounting",
    16: "chineseLegalSimplified", 18: "decimalEnclosedCircle", 22: "decimalZero", 23: "bullet",
    26: "decimalEnclosedFullstop", 27: "decimalEnclosedParen", 28: "decimalEnclosedCircle",
    29: "ideographEnclosedCircle", 30: "ideographTraditional", 31: "ideographZodiac", 33: "chineseCounting",
    34: "ideographLegalTraditional", 35: "chineseCounting", 36: "chineseCounting", 37: "chineseCounting",
    38: "chineseLegalSimplified", 39: "chineseCountingThousand", 255: "none",
}  # fmt: skip
_NO_LIST = 0xFFFF


def read(data: bytes) -> dict[str, Any]:
    """The text of a document; headers that tell nothing, deleted and hidden text, comments, pictures are left out."""
    with opened(OLD_WORD, data) as file:
        if not file.exists("WordDocument"):
            raise damaged(OLD_WORD)
        main = file.openstream("WordDocument").read()
        if len(main) < _PAIRS:
            raise damaged(OLD_WORD)
        version, flags = struct.unpack_from("<H", main, 2)[0], struct.unpack_from("<H", main, 10)[0]
        if flags & (_ENCRYPTED | _OBFUSCATED):
            raise encrypted()
        if version < _WORD_97:
            raise ReportError("Word 95 或更早的文件;请另存为 .docx", "a file of Word 95 or before; save it as .docx")
        name = "1Table" if flags & _TABLE_1 else "0Table"
        if not file.exists(name):
            raise damaged(OLD_WORD)
        table = file.openstream(name).read()
        data = file.openstream("Data").read() if file.exists("Data") else b""
        about = properties(file)
    try:
        return rendered(_Document(main, table, data).blocks(), **about)
    except (struct.error, IndexError) as exc:
        raise damaged(OLD_WORD) from exc


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters that lie together: from which (cp), how many, where (fc), and how many bytes each takes."""

    cp: int
    count: int
    fc: int
    width: int


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """How a paragraph looks, as far as it matters."""

    style: int = 0
    in_table: bool = False
    ends_row: bool = False
    list: int | None = None
    level: int = 0
    row: bytes = b""


@dataclass(slots=True)
class _Row:
    """A row in the making: its cells' texts so far."""

    cells: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


class _Document:
    """A document's streams, read once."""

    def __init__(self, main: bytes, table: bytes, data: bytes) -> None:
        self._main, self._table, self._data = main, table, data
        self._pieces = list(self._read_pieces())
        if not self._pieces:
            raise damaged(OLD_WORD)
        self._text = "".join(self._piece_text(piece) for piece in self._pieces)
        self._paragraphs = self._runs(_PARAGRAPHS, entry=13)
        self._looks = self._runs(_CHARACTERS, entry=1)
        self._levels, self._lists = self._read_lists()
        self._styles = self._read_styles()
        self._counters = Counters()
        self._left_out: list[LeftOut] = []
        self._pictures = 0
        self._anchors, self._shapes, self._kinds = self._read_drawings()
        counts = struct.unpack_from("<7I", main, _COUNTS)
        self._ends = list(itertools.accumulate(counts))
        self._notes: dict[int, list[Block]] = {}  # none in a note
        self._notes = self._read_notes(_NOTE_PLACES, _NOTE_TEXTS, 0) | self._read_notes(_END_PLACES, _END_TEXTS, 4)

    def blocks(self) -> list[Block]:
        """The report, with its boxes behind it and what isn't the report's apart."""
        body = list(self._blocks(0, self._ends[0]))
        boxes = [block for block in self._blocks(self._ends[5], self._ends[6]) if block != ""]
        heads, feet = self._read_headers()
        comments = [block for block in self._blocks(self._ends[3], self._ends[4]) if isinstance(block, str) and block]
        apart = [LeftOut("comment", text.strip()) for text in comments if text.strip()]
        return [*around([*body, *boxes], heads, feet), *apart, *self._left_out]

    def _read_headers(self) -> tuple[list[str], list[str]]:
        """What stands above and below the pages: of each section six texts, behind six that part notes."""
        data = self._part(_HEADERS)
        places = struct.unpack_from(f"<{len(data) // 4}I", data)
        texts: tuple[list[str], list[str]] = ([], [])
        for n, (start, end) in enumerate(itertools.pairwise(places[6:])):
            if end > start:
                blocks = list(self._blocks(self._ends[1] + start, self._ends[1] + end))
                texts[n % 6 in (2, 3, 5)].append(rendered(blocks)["text"].strip())
        return texts

    def _part(self, number: int) -> bytes:
        """One of the tables that the file tells of; empty where it has none."""
        at = _PAIRS + 8 * number
        if at + 8 > len(self._main):
            return b""
        start, length = struct.unpack_from("<II", self._main, at)
        return self._table[start : start + length]

    def _read_pieces(self) -> Iterator[_Piece]:
        data = self._part(_PIECES)
        at = 0
        while at < len(data) and data[at] == 1:  # properties that pieces share
            at += 3 + struct.unpack_from("<H", data, at + 1)[0]
        if at >= len(data) or data[at] != 2:
            return
        length = struct.unpack_from("<I", data, at + 1)[0]
        count = (length - 4) // 12
        places = struct.unpack_from(f"<{count + 1}I", data, at + 5)
        for n, (start, end) in enumerate(itertools.pairwise(places)):
            fc = struct.unpack_from("<I", data, at + 5 + 4 * (count + 1) + 8 * n + 2)[0]
            compressed = bool(fc & 0x40000000)
            place = (fc & 0x3FFFFFFF) // 2 if compressed else fc & 0x3FFFFFFF
            if end > start:
                yield _Piece(start, end - start, place, 1 if compressed else 2)

    def _piece_text(self, piece: _Piece) -> str:
        raw = self._main[piece.fc : piece.fc + piece.count * piece.width]
        if piece.width == 1:
            return raw.decode("cp1252", "replace").ljust(piece.count)
        units = struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])
        return "".join(map(chr, units)).ljust(piece.count)  # a character beyond the first plane is two places

    def _place(self, cp: int) -> int:
        """Where a character lies in the file."""
        n = max(0, bisect.bisect_right(self._pieces, cp, key=lambda piece: piece.cp) - 1)
        piece = self._pieces[n]
        return piece.fc + (cp - piece.cp) * piece.width

    def _runs(self, part: int, entry: int) -> tuple[list[int], list[bytes]]:
        """Where in the file each run of equal looks begins, in order, and its properties."""
        data = self._part(part)
        count = max(0, (len(data) - 4) // 8)
        runs: dict[int, bytes] = {}
        for page in struct.unpack_from(f"<{count}I", data, 4 * (count + 1)) if count else ():
            at = (page & 0x3FFFFF) * _PAGE
            if at + _PAGE > len(self._main):
                continue
            times = self._main[at + _PAGE - 1]
            starts = struct.unpack_from(f"<{times + 1}I", self._main, at)
            for n in range(times):
                offset = self._main[at + 4 * (times + 1) + entry * n] * 2
                runs[starts[n]] = self._properties(at + offset, paragraphs=entry > 1) if offset else b""
            runs.setdefault(starts[times], b"")
        ordered = sorted(runs)
        return ordered, [runs[start] for start in ordered]

    def _properties(self, at: int, *, paragraphs: bool) -> bytes:
        size = self._main[at]
        if not paragraphs:
            return self._main[at + 1 : at + 1 + size]
        return self._main[at + 1 : at + 2 * size] if size else self._main[at + 2 : at + 2 + 2 * self._main[at + 1]]

    def _look(self, cp: int) -> _Paragraph:
        """How the paragraph looks whose mark is at `cp`."""
        starts, properties = self._paragraphs
        n = bisect.bisect_right(starts, self._place(cp)) - 1
        data = properties[n] if n >= 0 else b""
        if len(data) < 2:
            return _Paragraph()
        style = struct.unpack_from("<H", data)[0]
        own = dict(_sprms(data[2:]))
        inherited = self._styles.get(style, {})
        its_list = own.get(_LIST) or inherited.get(_LIST)
        level = own.get(_LEVEL) or inherited.get(_LEVEL) or b"\0"
        return _Paragraph(
            style,
            in_table=own.get(_IN_TABLE, b"\0")[0] != 0,
            ends_row=own.get(_ROW_ENDS, b"\0")[0] != 0,
            list=struct.unpack("<H", its_list)[0] if its_list else None,
            level=level[0],
            row=own.get(_ROW, b""),
        )

    def _blocks(self, start: int, end: int) -> Iterator[Block]:
        """The paragraphs and tables between two characters, a note behind the paragraph that it belongs to."""
        rows: list[tuple[bytes, list[str]]] = []
        row = _Row()
        notes: list[Block] = []
        at = start
        while at < end:
            stop = self._mark(at, end)
            mark = self._text[stop : stop + 1]
            look = self._look(stop)
            text = self._said(at, stop, notes)
            at = stop + 1
            if look.ends_row:
                rows.append((look.row, row.cells))
                row = _Row()
            elif look.in_table:
                row.lines.append(self._numbered(look, text))
                if mark == _CELL_ENDS:
                    row.cells.append(" ".join(" ".join(row.lines).split()))
                    row.lines = []
            else:
                if rows:
                    yield table_of(rows)
                    rows = []
                yield from self._numbered(look, text).split("\n")
                yield from notes
                notes = []
        if rows:
            yield table_of(rows)
        yield from notes

    def _mark(self, at: int, end: int) -> int:
        """The place of the mark that ends the paragraph at `at`: of a line, a cell or a section."""
        places = (self._text.find(mark, at, end) for mark in ("\r", _CELL_ENDS, "\x0c"))
        return min((place for place in places if place >= 0), default=end)

    def _numbered(self, look: _Paragraph, text: str) -> str:
        if look.list in (None, 0, _NO_LIST) or not text.strip():
            return text
        name = self._lists.get(look.list or 0, "")
        return numbered(self._counters.label(name, self._levels.get(name, {}), look.level, {}), text)

    def _said(self, start: int, end: int, notes: list[Block]) -> str:
        """What is seen between two characters: fields by their results, nothing deleted or hidden."""
        characters: list[str] = []
        depth: list[bool] = []  # of the fields that are open: whether their result has begun
        for from_, to, looks in self._seen(start, end):
            text = self._text[from_:to]
            if reason := _unseen(looks):
                self._leave_out(reason, text)
                continue
            for n, char in enumerate(text):
                if char == _FIELD:
                    depth.append(False)
                elif char == _RESULT and depth:
                    depth[-1] = True
                elif char == _FIELD_ENDS and depth:
                    depth.pop()
                elif char == _NOTE and from_ + n in self._notes:
                    notes += self._notes[from_ + n]
                elif all(depth):
                    characters.append(char)
                    self._leave_out_pictures(from_ + n, char, looks)
        return _whole("".join(characters)).translate(_SIGNS)

    def _seen(self, start: int, end: int) -> Iterator[tuple[int, int, dict[int, bytes]]]:
        """Stretches of characters, each with how they look."""
        starts, properties = self._looks
        at = start
        while at < end:
            n = max(0, bisect.bisect_right(self._pieces, at, key=lambda piece: piece.cp) - 1)
            piece = self._pieces[n]
            place = piece.fc + (at - piece.cp) * piece.width
            run = bisect.bisect_right(starts, place)
            stop = min(end, piece.cp + piece.count) if at < piece.cp + piece.count else end
            if run < len(starts):
                stop = min(stop, at + max(1, (starts[run] - place + piece.width - 1) // piece.width))
            yield at, stop, dict(_sprms(properties[run - 1])) if run else {}
            at = stop

    def _leave_out(self, reason: str, text: str) -> None:
        plain = " ".join("".join(char for char in _whole(text) if char >= " ").split())
        if plain:
            self._left_out.append(LeftOut(reason, plain))

    def _leave_out_pictures(self, cp: int, char: str, looks: dict[int, bytes]) -> None:
        """The pictures that a character stands for, unless they are but a sign or that of a header or comment."""
        found: list[str] = []
        if self._ends[1] <= cp < self._ends[4]:
            return
        if char == _INLINE and looks.get(_IS_DATA, b"\0")[0] == 0 and len(looks.get(_PICTURE, b"")) == 4:
            kind = _picture_at(self._data, struct.unpack("<I", looks[_PICTURE])[0])
            found = [] if kind is None else [kind]
        elif char == _ANCHOR:
            shown = self._shapes.get(self._anchors.get(cp, 0), [])
            found = [self._kinds[number - 1] if number <= len(self._kinds) else "" for number in shown]
        for kind in found:
            self._pictures += 1
            self._left_out.append(LeftOut("picture", named(self._pictures, kind)))

    def _read_drawings(self) -> tuple[dict[int, int], dict[int, list[int]], list[str]]:
        """The shapes by the characters that they are bound to, unless they are as small as signs; the pictures that
        each shows; and what the pictures are."""
        data = self._part(_ANCHORS)
        count = max(0, (len(data) - 4) // 30)  # a place and 26 bytes each, and the place behind the last
        places = struct.unpack_from(f"<{count}I", data)
        anchors = {}
        for n, cp in enumerate(places):
            number, left, top, right, bottom = struct.unpack_from("<I4i", data, 4 * (count + 1) + 26 * n)
            if not is_sign((right - left, bottom - top), _SIGN):
                anchors[cp] = number
        data = self._part(_DRAWINGS)
        store = next(records(data), None)
        if store is None:
            return anchors, {}, []
        at = 8 + len(store.data)
        found: dict[int, list[int]] = {}
        while at + 9 <= len(data):  # a byte that says whose they are, then the drawings of the text or of the headers
            drawing = next(records(data[at + 1 :]))
            found = dict(shapes(drawing.data)) | found
            at += 9 + len(drawing.data)
        return anchors, found, kept(store.data)

    def _read_notes(self, places: int, texts: int, before: int) -> dict[int, list[Block]]:
        """The notes by the characters that refer to them."""
        data, ranges = self._part(places), self._part(texts)
        count = max(0, (len(data) - 4) // 6)
        if not count or len(ranges) < 4 * (count + 1):
            return {}
        begin = self._ends[before]
        notes = {}
        for n, place in enumerate(struct.unpack_from(f"<{count}I", data)):
            start, end = struct.unpack_from("<2I", ranges, 4 * n)
            notes[place] = [block for block in self._blocks(begin + start, begin + end) if block != ""]
        return notes

    def _read_lists(self) -> tuple[dict[str, dict[int, Level]], dict[int, str]]:
        """The levels of each list, by its number, and the lists that paragraphs refer to, from 1."""
        data, uses = self._part(_LISTS), self._part(_LIST_USES)
        if len(data) < 2 or len(uses) < 4:
            return {}, {}
        count = struct.unpack_from("<H", data)[0]
        heads = [struct.unpack_from("<I", data, 2 + 28 * n)[0] for n in range(count)]
        simple = [bool(data[2 + 28 * n + 26] & 1) for n in range(count)]
        rest = self._table[struct.unpack_from("<I", self._main, _PAIRS + 8 * _LISTS)[0] + 2 + 28 * count :]
        levels: dict[str, dict[int, Level]] = {}
        at = 0
        for head, one in zip(heads, simple, strict=True):
            levels[str(head)] = {}
            for depth in range(1 if one else 9):
                levels[str(head)][depth], at = _level(rest, at)
        used = struct.unpack_from("<I", uses)[0]
        return levels, {n + 1: str(struct.unpack_from("<I", uses, 4 + 16 * n)[0]) for n in range(used)}

    def _read_styles(self) -> dict[int, dict[int, bytes]]:
        """What paragraphs of each style inherit of lists."""
        data = self._part(_STYLES)
        if len(data) < 6:
            return {}
        at = 2 + struct.unpack_from("<H", data)[0]
        count, base_size = struct.unpack_from("<HH", data, 2)
        own: dict[int, dict[int, bytes]] = {}
        based: dict[int, int] = {}
        for n in range(count):
            size = struct.unpack_from("<H", data, at)[0]
            if size > base_size:
                own[n], based[n] = _style(data[at + 2 : at + 2 + size], base_size)
            at += 2 + size + size % 2
        inherited = {}
        for n in own:
            chain, ancestor = [], n
            while ancestor in own and ancestor not in chain:
                chain.append(ancestor)
                ancestor = based[ancestor]
            merged: dict[int, bytes] = {}
            for ancestor in reversed(chain):
                merged |= own[ancestor]
            inherited[n] = merged
        return inherited


def _unseen(looks: dict[int, bytes]) -> str:
    """Why characters aren't seen that look like this; "" where they are."""
    deleted, hidden = (looks.get(each, b"\0")[0] == 1 for each in (_IS_DELETED, _VANISHES))
    return "deleted" if deleted else "hidden" if hidden else ""


def _picture_at(data: bytes, at: int) -> str | None:
    """What the picture is that is kept there; None where none is, or but a sign."""
    if at + _PICTURE_HEAD > len(data):
        return None
    length, head, how = struct.unpack_from("<IHH", data, at)
    wide, high, *shares = struct.unpack_from("<4H", data, at + 28)  # twips, and thousandths of them that are shown
    sides = [side * (share or 1000) // 1000 for side, share in zip((wide, high), shares, strict=True)]
    if is_sign(sides, _SIGN):
        return None
    if how not in (_SHAPED, _SHAPED_AND_NAMED):
        return ""  # a picture of Windows as it is
    held = data[at + head : at + length]
    return inline(held[1 + held[0] :] if how == _SHAPED_AND_NAMED and held else held)


def _style(data: bytes, base_size: int) -> tuple[dict[int, bytes], int]:
    """A paragraph style's own properties, and the style that it is based on."""
    kind, base = (value := struct.unpack_from("<H", data, 2)[0]) & 0xF, value >> 4
    at = base_size + 2 + 2 * (struct.unpack_from("<H", data, base_size)[0] + 1)
    at += at % 2
    if kind != 1 or at + 2 > len(data):
        return {}, base
    size = struct.unpack_from("<H", data, at)[0]
    return dict(_sprms(data[at + 4 : at + 2 + size])), base


def _level(data: bytes, at: int) -> tuple[Level, int]:
    """A list's level, and where the next one begins."""
    start, style = struct.unpack_from("<iB", data, at)
    characters, paragraphs = data[at + 24], data[at + 25]
    at += 28 + characters + paragraphs
    count = struct.unpack_from("<H", data, at)[0]
    text = data[at + 2 : at + 2 + 2 * count].decode("utf-16-le", "replace")
    shown = "".join(f"%{ord(char) + 1}" if char < "\x09" else char for char in text)
    return Level(_STYLE_NUMBERS.get(style, "decimal"), shown, start), at + 2 + 2 * count


def _sprms(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The properties in a list of them: number and value."""
    at = 0
    while at + 2 < len(data):
        number = struct.unpack_from("<H", data, at)[0]
        at += 2
        kind = number >> 13
        if kind != 6:
            size = _SIZES[kind]
        elif number == _ROW:
            size = struct.unpack_from("<H", data, at)[0] + 1 if at + 2 <= len(data) else len(data)
        else:
            size = data[at] + 1
        yield number, data[at : at + size]
        at += size


def _whole(text: str) -> str:
    """The text with characters beyond the first plane put together of their halves."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
