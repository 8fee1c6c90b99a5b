"""The reading order of a PDF's pages: paragraphs, table rows, and what is only the pages' furniture. Pure.

What a page shows is lines at places. A line that reaches the right margin goes on in the next one; a
line that comes back at the same height on most pages, and a page number alone in its line, belong to
the pages and not to the report.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.formats.measures import is_unit_note
from ingest.language import documents, hyphens, marks

_EDGE_LINES = 2  # lines at a page's top and bottom that may be its furniture
EDGE = 0.12  # of the page's height, at its top and its bottom, in which furniture stands
_SAME_HEIGHT = 4.0  # points between two places that count as one
_PAIR = 2  # pages of the shortest document whose pages may have something in common
_MOST = 0.4  # of the pages; a header may differ on left and right pages, and the first page has none
_TIMES = 3  # pages on which a line must come back; on both of two where it also stands apart from the text
_PAGES = 1000  # more is a year or a figure, not a page's number
_SAME_SIZE = 0.12  # relative difference of two lines' type sizes up to which they are of one paragraph
_SLACK = 2.0  # type sizes that a full line may stay short of the margin, for what didn't fit
_INDENT = 1.2  # type sizes from which on a line is the first of a paragraph
_LEADING = 2.6  # type sizes between two lines of one paragraph
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(
    r"(?:[-—–―－·•~～\s]*+(?:第\s*+)?|(?:[Pp]age|[Pp]\.)\s*+)(\d{1,4})"
    r"(?:\s*+页)?(?:\s*+(?:[,，/／]|of)?\s*+(?:共\s*+)?\d{1,4}\s*+页?)?[-—–―－·•~～\s]*+"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, or a row of a table in it; places and type size in points from the top left.

    `moved`: by how much, right and down, it stands elsewhere than on its page, to be read in order.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    row: bool = False
    moved: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class PageLines:
    """A page's lines, from top to bottom, and its height in points."""

    height: float
    lines: tuple[Line, ...]


def arrange(pages: Sequence[PageLines]) -> tuple[str, list[tuple[int, int]]]:
    """The document's text, and the spans of it that are furniture.

    A paragraph is a line, a table row a line with tabs; form feeds part the pages. Where a page ends
    inside a paragraph the form feed stands alone, else after a line break.
    """
    furniture = zip(_repeated(pages), _page_numbers(pages), strict=True)
    sheets = [_Sheet.of(page, heads | counts) for page, (heads, counts) in zip(pages, furniture, strict=True)]
    margins = _Margins.of([line for sheet in sheets for line in sheet.body if not line.row])
    whole = "\n".join(line.text for sheet in sheets for line in sheet.body)
    text = ""
    spans: list[tuple[int, int]] = []
    for number, sheet in enumerate(sheets):
        if sheet.head:
            spans.append((len(text), len(text) + sum(len(line.text) + 1 for line in sheet.head)))
            text += "".join(line.text + "\n" for line in sheet.head)
        text += _paragraphs(sheet.body, margins, whole)
        following = next((later.body[0] for later in sheets[number + 1 :] if later.body), None)
        if following and sheet.body and not margins.goes_on(sheet.body[-1], following, turned=True):
            text += "\n"
        if sheet.foot:
            spans.append((len(text), len(text) + sum(len(line.text) + 1 for line in sheet.foot)))
            text += "".join("\n" + line.text for line in sheet.foot)
        text += "\f" if number < len(sheets) - 1 else ""
    return text, spans


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page's lines: the report's, and the furniture above and below."""

    head: tuple[Line, ...]
    body: tuple[Line, ...]
    foot: tuple[Line, ...]

    @classmethod
    def of(cls, page: PageLines, left_out: set[int]) -> _Sheet:
        body = [n for n in range(len(page.lines)) if n not in left_out]
        first = body[0] if body else 0
        return cls(
            tuple(page.lines[n] for n in sorted(left_out) if n < first),
            tuple(page.lines[n] for n in body),
            tuple(page.lines[n] for n in sorted(left_out) if n >= first),
        )


@dataclass(frozen=True, slots=True)
class _Margins:
    """Where the document's full lines begin and end, in points."""

    left: float
    right: float

    @classmethod
    def of(cls, lines: Sequence[Line]) -> _Margins:
        """The places that a tenth of the lines reach or pass: an odd longer line doesn't move the margin."""
        if not lines:
            return cls(0.0, 0.0)
        lefts, rights = sorted(line.x0 for line in lines), sorted(line.x1 for line in lines)
        return cls(lefts[len(lines) // 10], rights[len(lines) * 9 // 10])

    def goes_on(self, line: Line, following: Line, *, turned: bool = False) -> bool:
        """Whether the following line, after the page is `turned` or on the same one, is of one paragraph with it."""
        if line.row or following.row or is_unit_note(following.text):
            return False
        if abs(line.size - following.size) > _SAME_SIZE * max(line.size, following.size):
            return False
        if not turned and following.top - line.top > _LEADING * line.size:
            return False
        full = line.x1 >= self.right - _SLACK * line.size or hyphens.parted(line.text, following.text, "")
        indented = following.x0 >= min(self.left, line.x0) + _INDENT * line.size
        return full and not indented and not marks.item(following.text) and not marks.finished(line.text)


def _paragraphs(lines: Sequence[Line], margins: _Margins, whole: str) -> str:
    """The lines as paragraphs. `whole` is all that the document says, by which a hyphen at a line's end is judged."""
    pieces = [line.text for line in lines[:1]]
    for line, following in itertools.pairwise(lines):
        if not margins.goes_on(line, following):
            pieces.append("\n")
        elif hyphens.parted(line.text, following.text, whole):
            pieces[-1] = pieces[-1][:-1]
        else:
            pieces.append(joint(line.text, following.text))
        pieces.append(following.text)
    return "".join(pieces)


def joint(before: str, after: str) -> str:
    """What stands between two lines of one paragraph: a space where both are of Latin letters."""
    return " " if before[-1:].isascii() and before[-1:].isalnum() and after[:1].isascii() else ""


def _repeated(pages: Sequence[PageLines]) -> list[set[int]]:
    """Each page's lines that come back at the same height of most pages' edges, the same but for the page's number.

    A sentence that comes back, or a line that comes back with other figures, is the report's.
    """
    groups: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for number, page in enumerate(pages):
        for n in _edges(page):
            groups.setdefault(_edge_key(page, n), []).append((number, n))
    repeated: list[set[int]] = [set() for _ in pages]
    for places in groups.values():
        often = len({number for number, _ in places}) >= max(_TIMES, _MOST * len(pages)) or (
            len(pages) == len(places) == _PAIR and all(_is_apart(pages[number], n) for number, n in places)
        )
        texts = [(number, pages[number].lines[n].text.strip()) for number, n in places]
        if often and not any(marks.finished(text) for _, text in texts) and _only_numbered(texts):
            is_fact = bool(documents.find(texts[0][1]))  # a fact, once
            for number, n in places[1:] if is_fact else places:
                repeated[number].add(n)
    return repeated


def _only_numbered(texts: Sequence[tuple[int, str]]) -> bool:
    """Whether texts, each with its page's index, differ in nothing but a number that counts the pages."""
    columns = list(zip(*([int(figure) for figure in _DIGITS.findall(text)] for _, text in texts), strict=True))
    differing = [column for column in columns if len(set(column)) > 1]
    if not differing:
        return True
    offsets = {value - number for (number, _), value in zip(texts, differing[0], strict=True)}
    return len(differing) == len(offsets) == 1 and max(differing[0]) < _PAGES


def _edges(page: PageLines) -> list[int]:
    """The lines that may be furniture: the outermost ones, in the margins."""
    outermost = {*range(_EDGE_LINES), *range(len(page.lines) - _EDGE_LINES, len(page.lines))}
    above, below = EDGE * page.height, (1 - EDGE) * page.height
    return [n for n, line in enumerate(page.lines) if n in outermost and not above < line.top < below and not line.row]


def _is_apart(page: PageLines, n: int) -> bool:
    """Whether a line is the outermost of its page and has more room towards the text than lines of one paragraph."""
    last = len(page.lines) - 1
    if not last or n not in (0, last):
        return False
    line, beside = page.lines[n], page.lines[1 if n == 0 else last - 1]
    return abs(line.top - beside.top) > _LEADING * max(line.size, beside.size)


def _edge_key(page: PageLines, n: int) -> tuple[str, int]:
    line = page.lines[n]
    return _DIGITS.sub("#", "".join(line.text.split())), round(line.top / _SAME_HEIGHT)


def _page_numbers(pages: Sequence[PageLines]) -> list[set[int]]:
    """Each page's edge lines that are nothing but a number that counts the pages: one more from page to page."""
    numbers = [
        (number, n, int(match[1]) - number)
        for number, page in enumerate(pages)
        for n in _edges(page)
        if (match := _NUMBER.fullmatch(page.lines[n].text)) and int(match[1]) < _PAGES
    ]
    offsets = Counter(offset for _, offset in {(number, offset) for number, _, offset in numbers})
    counting = {offset for offset, times in offsets.items() if times >= _MOST * len(pages)}
    return [{n for at, n, offset in numbers if at == number and offset in counting} for number in range(len(pages))]
