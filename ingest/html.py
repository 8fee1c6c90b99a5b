"""The visible text of an HTML page, each character knowing its place in the source. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable
from html.parser import HTMLParser

from ingest.offsets import MappedText, Replacement

_BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("html", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "select", "table", "tbody"),
        *("tfoot", "thead", "title", "tr", "ul"),
    ]
)
_INVISIBLE = frozenset(["head", "script", "style", "noscript", "template", "svg", "iframe", "object"])
_CELLS = frozenset({"td", "th"})


def visible_text(source: str) -> MappedText:
    """What a browser would show, a block a line and table cells parted by tabs."""
    reader = _Reader(source)
    reader.feed(source)
    reader.close()
    return reader.text()


def article(page: MappedText, lines: Iterable[str]) -> list[tuple[int, int]]:
    """The spans of the page's lines that the article's `lines`, as an extractor found them, don't hold.

    White space doesn't count: an extractor breaks its lines elsewhere.
    """
    whole = "".join("".join(line.split()) for line in lines)
    left_out = []
    start = 0
    for line in page.text.split("\n") if whole else []:
        end = min(start + len(line) + 1, len(page.text))
        if any("".join(cell.split()) not in whole for cell in line.split("\t")):
            left_out.append((start, end))
        start = end
    return left_out


class _Reader(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self._source = source
        self._line_starts = [0]
        for line in source.split("\n"):
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)
        self._edits: list[Replacement] = []
        self._at = 0  # how far the source is accounted for
        self._hidden: list[str] = []
        self._pending = ""  # white space that becomes text once more text follows
        self._started = False

    def text(self) -> MappedText:
        self._skip(len(self._source))
        return MappedText.of(self._source).edit(self._edits)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _INVISIBLE:
            self._hidden.append(tag)
        self._border(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._border(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        if tag in _BLOCKS:
            self._pending = "\n"

    def handle_data(self, data: str) -> None:
        at = self._here()
        for offset, char in enumerate(data):
            self._put(at + offset, 1, char)

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name}")

    def _reference(self, written: str) -> None:
        at = self._here()
        length = len(written) + (self._source[at + len(written) : at + len(written) + 1] == ";")
        self._put(at, length, html.unescape(self._source[at : at + length]))

    def _border(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._pending = "\n"
        elif tag in _CELLS and self._pending != "\n":
            self._pending = "\t"

    def _put(self, at: int, length: int, shown: str) -> None:
        if self._hidden:
            return
        if shown.isspace() and shown != "\u3000":
            self._pending = self._pending or " "
            return
        pending = self._pending if self._started else ""
        self._skip(at, pending)
        if shown != self._source[at : at + length]:
            self._edits.append(Replacement(at, at + length, shown))
        self._at = at + length
        self._pending, self._started = "", True

    def _skip(self, to: int, becomes: str = "") -> None:
        """Leave the source up to `to` out, but for white space that it stands for."""
        if to > self._at or becomes:
            self._edits.append(Replacement(self._at, to, becomes))
        self._at = to

    def _here(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column
