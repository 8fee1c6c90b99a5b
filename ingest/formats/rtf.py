"""Rich text (.rtf), as Word, WPS and LibreOffice write it: paragraphs, tables, notes at their place. Pure.

Characters stand as \\'xx in the code page of their font, or as \\u with a substitute behind that is skipped.
"""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.formats.blocks import Block, LeftOut, rendered
from ingest.formats.grid import Cell, Table
from ingest.formats.headers import around

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_CODE_PAGES = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_SIGNS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": "\u3000", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_ESCAPES = {b"~": " ", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\n", b"\r": "\n"}
# What holds no text of the report; any group that is marked as unknown to old readers holds none either.
_NO_TEXT = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "listtable", "listoverridetable", "revtbl",
    "rsidtbl", "themedata", "datastore", "colorschememapping", "latentstyles", "generator", "filetbl", "xmlnstbl",
    "fldinst", "bkmkstart", "bkmkend", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "nonesttables", "template",
    "shprslt", "sp", "atnid", "atnauthor", "atrfstart", "atrfend", "pgdsctbl", "mmathPr", "defchp", "defpap",
})  # fmt: skip
_SHOWN_THOUGH_NEW = frozenset({"shptxt", "shpinst", "shp", "listtext", "pntext", "fldrslt", "footnote", "annotation"})
_PAGE = frozenset({"header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"})
_PROPERTIES = {"title": "title", "author": "publisher"}


@dataclass(frozen=True, slots=True)
class _State:
    """What holds in a group: the font's code page, how long substitutes are, and whether its text is shown."""

    encoding: str = "cp1252"
    skip: int = 1
    shown: bool = True
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class _Edge:
    """Where a cell of a row ends, in twips from the left, and whether it goes on from the one above or before it."""

    end: int
    down: bool
    across: bool


@dataclass(slots=True)
class _Flow:
    """A text in the making: the report's, or that of a note or header."""

    blocks: list[Block] = field(default_factory=list)
    line: str = ""
    notes: list[Block] = field(default_factory=list)
    in_table: bool = False
    edges: list[_Edge] = field(default_factory=list)
    down: bool = False
    across: bool = False
    texts: list[str] = field(default_factory=list)
    rows: list[tuple[list[_Edge], list[str]]] = field(default_factory=list)

    def end_line(self) -> None:
        if self.in_table:
            self.line += " "
            return
        self.end_table()
        self.blocks += [*_whole(self.line).split("\n"), *self.notes]
        self.line, self.notes = "", []

    def end_cell(self) -> None:
        self.texts.append(" ".join(_whole(self.line).split()))
        self.line = ""

    def end_row(self) -> None:
        self.rows.append((self.edges, self.texts))
        self.texts = []

    def end_table(self) -> None:
        if self.rows:
            self.blocks += [_table(self.rows), *self.notes]
            self.rows, self.notes = [], []

    def end_page(self) -> None:
        if self.line.strip():
            self.end_line()

    def begin_paragraph(self) -> None:
        self.in_table = False

    def enter_table(self) -> None:
        self.in_table = True

    def begin_row(self) -> None:
        self.edges = []
        self.down = self.across = False

    def goes_on_down(self) -> None:
        self.down = True

    def goes_on_across(self) -> None:
        self.across = True

    def place_cell(self, end: int) -> None:
        self.edges = [*self.edges, _Edge(end, self.down, self.across)]
        self.down = self.across = False


_LAYOUT: dict[str, Callable[[_Flow], None]] = {
    "par": _Flow.end_line,
    "sect": _Flow.end_line,
    "page": _Flow.end_page,
    "cell": _Flow.end_cell,
    "row": _Flow.end_row,
    "pard": _Flow.begin_paragraph,
    "intbl": _Flow.enter_table,
    "trowd": _Flow.begin_row,
    "clvmrg": _Flow.goes_on_down,
    "clmrg": _Flow.goes_on_across,
}


def _whole(text: str) -> str:
    """The text with characters beyond the first plane put together of their halves."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _table(rows: Sequence[tuple[Sequence[_Edge], Sequence[str]]]) -> Table:
    """The cells in columns that end where any row's cell does."""
    column = {end: n for n, end in enumerate(sorted({edge.end for edges, _ in rows for edge in edges}))}
    cells: list[Cell] = []
    above: dict[int, int] = {}
    for row, (edges, texts) in enumerate(rows):
        start = 0
        for edge, text in itertools.zip_longest(edges, texts[: max(len(edges), 1)], fillvalue=None):
            last = max(start, column[edge.end]) if edge is not None else start
            if edge is not None and edge.down and start in above:
                upper = cells[above[start]]
                cells[above[start]] = replace(upper, down=row - upper.row + 1)
            elif edge is None or not edge.across:
                above[start] = len(cells)
                cells.append(Cell(row, start, text or "", 1, last - start + 1))
            start = last + 1
    return Table(tuple(cells))


class _Reader:
    """Reads the tokens of a file once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._states: list[tuple[_State, _Flow, str]] = []
        self._state = _State()
        self._flow = _Flow()
        self._main = self._flow
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._in = ""  # the destination whose text is being collected: fonttbl, title, header …
        self._default = "cp1252"
        self._default_font = 0
        self._bytes = bytearray()
        self._skipping = 0
        self._starred = False
        self._last_left_out = 0  # characters of the line before what was last left out
        self.properties: dict[str, str] = {}
        self.left_out: list[LeftOut] = []
        self.heads: list[str] = []
        self.feet: list[str] = []

    def blocks(self) -> list[Block]:
        at = 0
        while at < len(self._data):
            match = _TOKEN.match(self._data, at)
            if match is None:  # a lone backslash at the end
                break
            at = match.end()
            word, number, code, sign, brace, text = match.groups()
            if word == b"bin":
                at += max(0, int(number or 0))
            elif code:
                self._byte(int(code, 16))
            elif brace:
                self._flush()
                self._open() if brace == b"{" else self._close()
            elif word:
                self._flush()
                self._word(word.decode(), None if number is None else int(number))
            elif sign:
                self._flush()
                self._sign(sign)
            elif text:
                self._text(text)
        self._flush()
        self._main.end_table()
        self._main.end_page()
        return self._main.blocks

    def _byte(self, value: int) -> None:
        if self._skipping:
            self._skipping -= 1
        else:
            self._bytes.append(value)

    def _text(self, text: bytes) -> None:
        skipped = min(self._skipping, len(text))
        self._skipping -= skipped
        if self._state.shown or self._in in _PROPERTIES:
            self._bytes += text[skipped:]

    def _flush(self) -> None:
        """The bytes so far are characters in the code page that holds here."""
        if self._bytes:
            self._say(self._bytes.decode(self._state.encoding, "replace"))
            self._bytes = bytearray()

    def _say(self, text: str) -> None:
        if self._in in _PROPERTIES:
            self.properties[_PROPERTIES[self._in]] += text
        elif self._state.shown and self._state.hidden:
            self._leave_out(self._state.hidden, text)
        elif self._state.shown:
            self._flow.line += text.strip() if self._in == "listtext" else text

    def _leave_out(self, reason: str, text: str) -> None:
        before = self.left_out[-1] if self.left_out and self._last_left_out == len(self._flow.line) else None
        if before is not None and before.reason == reason:
            self.left_out[-1] = LeftOut(reason, before.text + text)
        else:
            self.left_out.append(LeftOut(reason, text))
        self._last_left_out = len(self._flow.line)

    def _open(self) -> None:
        self._states.append((self._state, self._flow, self._in))
        self._starred = False
        self._skipping = 0

    def _close(self) -> None:
        self._skipping = 0
        if not self._states:
            return
        state, flow, inside = self._states.pop()
        if flow is not self._flow:
            self._end_flow(flow)
        self._state, self._flow, self._in = state, flow, inside

    def _end_flow(self, outer: _Flow) -> None:
        """A note or a header is whole: a note follows its paragraph, the others stand apart."""
        inner = self._flow
        inner.end_line()
        inner.end_table()
        if self._in == "footnote":
            outer.notes += [block for block in inner.blocks if not isinstance(block, str) or block.strip()]
        elif content := rendered(inner.blocks)["text"].strip():
            if self._in == "annotation":
                self.left_out.append(LeftOut("comment", content))
            else:
                (self.heads if self._in.startswith("header") else self.feet).append(content)

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in _ESCAPES:
            self._skipping = 0
            if sign in b"\r\n":
                self._flow.end_line()
            else:
                self._say(_ESCAPES[sign])

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == "u":
            self._say(_character(number or 0))
            self._skipping = self._state.skip
            return
        self._skipping = 0
        if word in _NO_TEXT or (starred and word not in _SHOWN_THOUGH_NEW):
            self._in = word
            self._state = replace(self._state, shown=False)
        elif word in _PROPERTIES:
            self._in = word
            self.properties[_PROPERTIES[word]] = ""
        elif word in _PAGE or word in ("footnote", "annotation"):
            self._in, self._flow = word, _Flow()
        elif word in ("listtext", "pntext"):
            self._in = "listtext"
        elif word in _SIGNS:
            self._say("" if self._in == "listtext" and word == "tab" else _SIGNS[word])
        elif word in _LAYOUT or word == "cellx":
            self._lay_out(word, number)
        else:
            self._character_word(word, number)

    def _lay_out(self, word: str, number: int | None) -> None:
        if not self._state.shown or self._in == "listtext":
            return
        if word == "cellx":
            self._flow.place_cell(number or 0)
        else:
            _LAYOUT[word](self._flow)

    def _character_word(self, word: str, number: int | None) -> None:
        if word == "ansicpg":
            self._default = _known(f"cp{number}")
            self._state = replace(self._state, encoding=self._default)
        elif word == "deff":
            self._default_font = number or 0
        elif word == "uc":
            self._state = replace(self._state, skip=max(0, number or 0))
        elif word == "f":
            self._font = number or 0
            if self._in != "fonttbl":
                self._state = replace(self._state, encoding=self._fonts.get(self._font) or self._default)
        elif word == "fcharset" and self._in == "fonttbl":
            self._fonts[self._font] = _CODE_PAGES.get(number or 0, "")
        elif word == "plain":
            its_encoding = self._fonts.get(self._default_font) or self._default
            self._state = replace(self._state, encoding=its_encoding, hidden="")
        elif word in ("v", "deleted"):
            its_reason = {"v": "hidden", "deleted": "deleted"}[word]
            self._state = replace(self._state, hidden="" if number == 0 else its_reason)


def _character(number: int) -> str:
    code = number % 0x10000 if number < 0 else number
    return chr(code) if code < 0x110000 else ""


def _known(encoding: str) -> str:
    encoding = {"cp936": "gb18030"}.get(encoding, encoding)
    try:
        codecs.lookup(encoding)
    except LookupError:
        return "cp1252"
    return encoding


def read(data: bytes) -> dict[str, Any]:
    """The text of a document; headers, comments, deleted and hidden text are left out."""
    reader = _Reader(data)
    body = reader.blocks()
    return rendered([*around(body, reader.heads, reader.feet), *reader.left_out], **reader.properties)
