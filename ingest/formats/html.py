"""The visible text of an HTML page, each character knowing its place in the source. Pure.

The tree is built by the rules of the HTML standard, as browsers do (justhtml), so forgotten and
misplaced tags do no harm; what a browser would not show is hidden.
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.entities import html5
from typing import Any

from ingest.formats.alignment import held
from ingest.offsets import MappedText, Replacement

_BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search"),
        *("section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul", "xmp"),
    ]
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})
_PREFORMATTED = frozenset({"pre", "xmp", "listing", "plaintext"})
# What holds no text of the page, and what holds text that a browser doesn't show: fields to fill in, the
# fallback of what it can do, readings set above a word.
_NO_TEXT = frozenset({"head", "script", "style", "template", "svg", "iframe", "frameset"})
_NOT_SHOWN = frozenset(
    ["textarea", "select", "datalist", "noscript", "noframes", "noembed", "audio", "video", "canvas", "rt", "rp", "rtc"]
)
_HIDING_STYLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_VEILING_STYLE = re.compile(r"visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)

_MARKUP = re.compile(r"<!--.*?(?:-->|\Z)|<(?:[!?]|/?[A-Za-z])(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_TAG_OPENS = re.compile(r"<(?:[!?]|/?[A-Za-z])")
_REFERENCE = re.compile(r"&(?:#[xX][0-9a-fA-F]+;?|#[0-9]+;?|[A-Za-z][A-Za-z0-9]*;?)")
_LONGEST_REFERENCE = max(map(len, html5))
# Inside these the standard looks for nothing but their end; without one they swallow the rest of the page.
_RAW = re.compile(
    r"<!--.*?-->|<(script|style|title|textarea|noscript|noframes|noembed|iframe|xmp)\b[^>]*>", re.DOTALL | re.IGNORECASE
)
_FLOW = re.compile(r"<(?:body|p|div|h[1-6]|table|ul|ol|article|section|main)\b", re.IGNORECASE)
_LAYOUT_BLOCKS = 5  # paragraphs in one cell from which on a table is there for the layout
_NEAR = 3  # lines from a heading to the article it opens


@dataclass(frozen=True, slots=True)
class Page:
    """What turns a page's source into its visible text.

    `headings` are the lines of that text, from 0, that are headings: line and rank, 1 to 6. `hidden`
    are the spans of the source that a browser doesn't show though they hold words.
    """

    edits: list[Replacement]
    headings: dict[int, int]
    hidden: list[tuple[int, int]]

    def text(self, source: str) -> MappedText:
        return MappedText.of(source).edit(self.edits)


def read_page(source: str) -> Page:
    """What a browser would show: a block a line, table cells parted by tabs, `pre` as it stands."""
    from justhtml import JustHTML

    mark = source.startswith("\ufeff")  # the parser passes over it without counting
    source = closed(source)
    document = JustHTML(source[mark:], sanitize=False, track_node_locations=True)
    runs = _unveiled(list(_runs(document.root, offset=int(mark))))
    return _Writer(source).write(_placed(source, runs))


def visible_text(source: str) -> MappedText:
    """The page's visible text."""
    return read_page(source).text(source)


def closed(source: str) -> str:
    """The source, of the same length, in which a script or the like without an end hides no text.

    Up to the first tag of a text it is blanked out.
    """
    at = 0
    while match := _RAW.search(source, at):
        at = match.end()
        name = match[1]
        if name is None:
            continue
        end = re.compile(rf"</{name}\b", re.IGNORECASE).search(source, at)
        if end is not None:
            at = end.end()
            continue
        flow = _FLOW.search(source, at)
        stop = flow.start() if flow else at
        blank = re.sub(r"[^\n]", " ", source[match.start() : stop])
        source = source[: match.start()] + blank + source[stop:]
    return source


def article(page: MappedText, lines: Iterable[str], headings: dict[int, int] | None = None) -> list[tuple[int, int]]:
    """The spans of the page's lines that the article's `lines`, as an extractor found them, don't hold.

    The headings over what it holds belong to it.
    """
    lines = [line for line in lines if line.strip()]
    if not lines:
        return []
    shown = page.text.split("\n")
    kept = held(shown, lines)
    _keep_headings(shown, kept, headings or {})
    left_out = []
    start = 0
    for line, keep in zip(shown, kept, strict=True):
        end = min(start + len(line) + 1, len(page.text))
        if not keep:
            left_out.append((start, end))
        start = end
    return left_out


def _keep_headings(shown: list[str], kept: list[bool], headings: dict[int, int]) -> None:
    """Keep each heading that a kept line follows at once, and the last main heading before the article."""
    body = [n for n, keep in enumerate(kept) if keep and n not in headings and shown[n].strip()]
    if not body:
        return
    for n in sorted(headings, reverse=True):
        following = next((m for m in range(n + 1, len(shown)) if shown[m].strip()), None)
        kept[n] = kept[n] or (following is not None and kept[following] and following <= body[-1])
    before = [n for n in headings if n < body[0]]
    top = [n for n in before if headings[n] == 1][-1:] or [n for n in before if body[0] - n <= _NEAR][-1:]
    for n in top:
        kept[n] = True


@dataclass(frozen=True, slots=True)
class _Place:
    """Where on the page a text stands: its line, counted on as the page goes, and its column in a table's row."""

    line: int = 0
    part: int = 0  # of a cell that has several
    column: int | None = None
    rank: int = 0  # of the heading it stands in
    preformatted: bool = False
    hidden: bool = False
    veiled: bool = False  # its room is kept


@dataclass(frozen=True, slots=True)
class _Run:
    """A piece of text of the tree, where it begins in the source, and where it stands."""

    at: int
    data: str
    place: _Place


def _runs(root: Any, offset: int) -> Iterator[_Run]:
    """The tree's text in the order of the page."""
    line = 0
    columns: dict[int, int] = {}  # of the cells of tables that hold data, by the node's identity
    stack: list[tuple[Any, _Place, bool]] = [(root, _Place(), False)]
    while stack:
        node, place, leaving = stack.pop()
        name = node.name
        if leaving:
            line += 1
            continue
        if name == "#text":
            if node.origin_offset is not None:
                where: dict[str, Any] = {"line": line} if place.column is None else {"part": line}
                yield _Run(node.origin_offset + offset, node.data, dataclasses.replace(place, **where))
            continue
        if name in _NO_TEXT:
            continue
        if name == "table" and place.column is None:
            columns |= _data_columns(node)
        line += name in _BLOCKS or name == "br"
        place = _inside(node, place, columns, line)
        if name in _BLOCKS:
            stack.append((node, place, True))
        stack += [(child, place, False) for child in reversed(node.children or [])]


def _inside(node: Any, place: _Place, columns: dict[int, int], line: int) -> _Place:
    """Where a node's own text stands."""
    name = node.name
    if name == "tr" and place.column is None:
        place = dataclasses.replace(place, line=line)
    if id(node) in columns:
        place = dataclasses.replace(place, column=columns[id(node)])
    if name in _BLOCKS:
        place = dataclasses.replace(place, rank=int(name[1]) if name in _HEADINGS else 0)
    if name in _PREFORMATTED:
        place = dataclasses.replace(place, preformatted=True)
    if not place.veiled and _VEILING_STYLE.search((node.attrs or {}).get("style") or ""):
        place = dataclasses.replace(place, veiled=True)
    return dataclasses.replace(place, hidden=True) if not place.hidden and _hides(node) else place


def _unveiled(runs: list[_Run]) -> list[_Run]:
    """The runs with what is veiled hidden, unless it is most of the page: that is the article of a page whose script
    would have shown it once it was loaded, as those of WeChat do."""
    veiled, open_ = (
        sum(len(run.data.strip()) for run in runs if run.place.veiled == kind and not run.place.hidden)
        for kind in (True, False)
    )
    if not veiled or veiled > open_:
        return runs
    return [
        dataclasses.replace(run, place=dataclasses.replace(run.place, hidden=True)) if run.place.veiled else run
        for run in runs
    ]


def _hides(node: Any) -> bool:
    attributes = node.attrs or {}
    return (
        node.name in _NOT_SHOWN
        or "hidden" in attributes
        or bool(_HIDING_STYLE.search(attributes.get("style") or ""))
        or (node.name == "dialog" and "open" not in attributes)
    )


def _data_columns(table: Any) -> dict[int, int]:
    """The column of each cell, from 0, by the identity of its node; nothing for a table that only lays out."""
    columns: dict[int, int] = {}
    spanned: dict[int, int] = {}  # column → rows still to come that a cell above reaches into
    widest = 0
    for row in _rows(table):
        column = 0
        below: dict[int, int] = {}
        for cell in (child for child in row.children or [] if child.name in _CELLS):
            if _lays_out(cell):
                return {}
            while spanned.get(column, 0) > 0:
                column += 1
            columns[id(cell)] = column
            width = _span(cell, "colspan")
            rows = _span(cell, "rowspan") - 1
            below |= {column + n: rows for n in range(width) if rows > 0}
            column += width
        widest = max(widest, column)
        spanned = {at: left - 1 for at, left in spanned.items() if left > 1} | below
    return columns if widest > 1 else {}


def _rows(table: Any) -> Iterator[Any]:
    for child in table.children or []:
        if child.name == "tr":
            yield child
        elif child.name in ("thead", "tbody", "tfoot"):
            yield from (row for row in child.children or [] if row.name == "tr")


def _lays_out(cell: Any) -> bool:
    """Whether a cell holds a piece of the page rather than a value."""
    blocks = 0
    stack = list(cell.children or [])
    while stack:
        node = stack.pop()
        if node.name == "table" or node.name in _HEADINGS:
            return True
        blocks += node.name in _BLOCKS
        stack += getattr(node, "children", None) or []
    return blocks > _LAYOUT_BLOCKS


def _span(cell: Any, name: str) -> int:
    value = (cell.attrs or {}).get(name) or ""
    return min(max(int(value), 1), 100) if value.isascii() and value.isdigit() else 1


def _placed(source: str, runs: list[_Run]) -> list[tuple[int, int, str, _Place]]:
    """Each character of the runs with its span in the source, in the source's order.

    A table's misplaced text is shown before the table; here it stands where it was written.
    """
    ends: dict[int, int] = {}
    pieces = []
    for run in sorted(runs, key=lambda run: run.at, reverse=True):
        placed = list(_align(source, run, ends))
        ends[run.at] = placed[-1][1] if placed else run.at + 1
        pieces += [(*piece, run.place) for piece in placed]
    return sorted(pieces, key=lambda piece: piece[0])


def _align(source: str, run: _Run, ends: dict[int, int]) -> Iterator[tuple[int, int, str]]:
    """(start, end, characters) in the source for the run, one character or reference each.

    The parser joins text with only meaningless tags in between, and leaves a few characters out. `ends`:
    where the runs that begin behind this one end; inside a table they may stand in the midst of it.
    """
    at, data, done = run.at, run.data, 0
    while done < len(data) and at < len(source):
        if at in ends:
            at = ends[at]
            continue
        char = source[at]
        if char == "<" and _TAG_OPENS.match(source, at) and (tag := _MARKUP.match(source, at)):
            at = tag.end()
            continue
        end, shown = _character(source, at)
        if not data.startswith(shown, done):
            end, shown = at + 1, char
        if data.startswith(shown, done):
            yield at, end, shown
            done += len(shown)
        at = end


def _character(source: str, at: int) -> tuple[int, str]:
    """Where the character, or the reference to one, at `at` ends, and what it stands for."""
    match = _REFERENCE.match(source, at, at + _LONGEST_REFERENCE + 1) if source[at] == "&" else None
    if match is None:
        return at + 1, "\ufffd" if source[at] == "\0" else source[at]
    if match[0][1] == "#":
        return match.end(), html.unescape(match[0])
    name = match[0][1:]
    for length in range(len(name), 1, -1):
        if name[:length] in html5:
            return at + 1 + length, html5[name[:length]]
    return at + 1, "&"


class _Writer:
    """The edits that leave of the source what is shown."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._edits: list[Replacement] = []
        self._headings: dict[int, int] = {}
        self._hidden: list[tuple[int, int]] = []
        self._at = 0  # how far the source is accounted for
        self._line = 0  # of the visible text
        self._place: _Place | None = None  # of what was shown last
        self._space = False

    def write(self, pieces: list[tuple[int, int, str, _Place]]) -> Page:
        for start, end, shown, place in pieces:
            if place.hidden:
                self._hide(start, end, shown)
            elif place.preformatted:
                self._put(start, end, shown, place)
            elif shown.isspace() and shown != "\u3000":
                self._space = True
            else:
                self._put(start, end, shown, place)
        self._skip(len(self._source))
        return Page(self._edits, self._headings, self._hidden)

    def _put(self, start: int, end: int, shown: str, place: _Place) -> None:
        self._skip(start, self._between(place))
        if shown != self._source[start:end]:
            self._edits.append(Replacement(start, end, shown))
        self._at = end
        self._place, self._space = place, False
        if place.rank:
            self._headings[self._line] = place.rank
        self._line += shown.count("\n")

    def _between(self, place: _Place) -> str:
        """What parts a text from what was shown before it."""
        last = self._place
        if last is None:
            return "\t" * (place.column or 0)
        if last.line != place.line:
            self._line += 1
            return "\n" + "\t" * (place.column or 0)
        if last.column != place.column:
            return "\t" * max((place.column or 0) - (last.column or 0), 1)
        return " " if self._space or last.part != place.part else ""

    def _skip(self, to: int, becomes: str = "") -> None:
        """Leave the source up to `to` out, but for white space that it stands for."""
        if to > self._at or becomes:
            self._edits.append(Replacement(self._at, to, becomes))
        self._at = to

    def _hide(self, start: int, end: int, shown: str) -> None:
        if shown.isspace():
            return
        if self._hidden and self._hidden[-1][1] > self._at:
            self._hidden[-1] = (self._hidden[-1][0], end)
        else:
            self._hidden.append((start, end))
