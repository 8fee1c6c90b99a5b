"""OFD, China's format for finished documents (GB/T 33190): a ZIP of XML that puts characters at places.

Its pages are read like a PDF's (`columns`, `layout`): lines and tables from top to bottom, paragraphs joined, furniture
told apart; of a page that was scanned only where it stood is told. In the file lengths are millimetres.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from config.errors import ReportError
from ingest.formats import columns, ruled
from ingest.formats.columns import Word
from ingest.formats.grid import Cell, Table
from ingest.formats.kinds import OFD, damaged
from ingest.formats.layout import Line, PageLines, arrange, joint
from ingest.formats.ofd_pages import Page, numbers, pages
from ingest.formats.packages import Package
from ingest.formats.placed import Placed, faults, written
from ingest.formats.ruled import Rule, Ruled
from ingest.formats.tables import Writer

_POINTS = 72 / 25.4  # per millimetre
_SAME_LINE = 0.5  # type sizes that two pieces of a line may differ in height
_SPACE = 0.6  # type sizes between two pieces of a line from which on a space parts them
_PICTURE = 0.3  # of a page without text that its pictures cover where it was scanned
_STEP = re.compile(r"([A-Z])|(-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE]-?\d+)?)")  # of a drawn path: what is done, and numbers


def read(data: bytes) -> dict[str, Any]:
    """The text of the pages; what is only their furniture is in `dropped`.

    There is also, as an empty span, where a page stood that was scanned.
    """
    package = Package(OFD, data)
    root = package.tree("OFD.xml")
    sheets = pages(package)
    if root is None or not sheets:
        raise damaged(OFD)
    tables = Writer()
    lines = [PageLines(page.height * _POINTS, tuple(_lines_of(page, tables))) for page in sheets]
    empty = [not held.lines and page.covered > _PICTURE for page, held in zip(sheets, lines, strict=True)]
    reasons = ["scanned" if page else "" for page in empty]
    if not any(page.lines for page in lines) and not any(reasons):
        raise ReportError("OFD 里没有文字", "the OFD holds no text")
    text, furniture = arrange(lines)
    about = next(root.iter("{*}DocBody"))
    made = about.findtext("{*}DocInfo/{*}CreationDate") or ""
    return {
        "text": text,
        "dropped": [*(("page", *span) for span in furniture), *faults(text, reasons)],
        "paged": True,
        "title": about.findtext("{*}DocInfo/{*}Title") or None,
        "date": made[:10] or None,
        "publisher": about.findtext("{*}DocInfo/{*}Author") or None,
    }


def _lines_of(page: Page, tables: Writer) -> Iterator[Line]:
    """A page's lines and rows of tables, from top to bottom."""
    pieces = [piece for tree in page.trees for text in tree.iter("{*}TextObject") for piece in _text_object(text)]
    rules = [rule for tree in page.trees for path in tree.iter("{*}PathObject") for rule in _rules(path)]
    boxes = ruled.tables(rules)
    own = [[piece for piece in pieces if table.holds(*_middle(piece))] for table in boxes]
    held = {id(piece) for each in own for piece in each}
    words = [word for line in _same_height([p for p in pieces if id(p) not in held]) for word in _words(line)]
    width = page.width * _POINTS
    read = columns.read(words, width, ruled=ruled.between(rules, width))
    boxed = [
        Placed(_table(place, inside), place.x0, place.top, place.x1, place.bottom)
        for place, inside in zip(boxes, own, strict=True)
        if inside
    ]
    return written(read, boxed, tables, page.height * _POINTS)


def _table(place: Ruled, pieces: Sequence[Line]) -> Table:
    """The table with what stands in its cells."""
    cells = []
    for box in place.cells:
        content = ""
        for line in _same_height([piece for piece in pieces if box.holds(*_middle(piece))]):
            text = " ".join(word.text for word in _words(line))
            content += joint(content, text) + text
        if content:
            cells.append(Cell(box.row, box.column, content, box.down, box.across))
    return Table(tuple(cells))


def _middle(piece: Line) -> tuple[float, float]:
    return (piece.x0 + piece.x1) / 2, (piece.top + piece.bottom) / 2


def _rules(path: Any) -> Iterator[Rule]:
    """The straight lines across and down that a path draws, also round an area."""
    x, y, _, _ = numbers(path.get("Boundary"), 4)
    a, b, c, d, e, f = numbers(path.get("CTM"), 6) if path.get("CTM") else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    for (from_x, from_y), (to_x, to_y) in _strokes(path.findtext("{*}AbbreviatedData") or ""):
        ends = (
            ((x + a * at_x + c * at_y + e) * _POINTS, (y + b * at_x + d * at_y + f) * _POINTS)
            for at_x, at_y in ((from_x, from_y), (to_x, to_y))
        )
        if rule := ruled.rule(*itertools.chain.from_iterable(ends)):
            yield rule


_Point = tuple[float, float]


def _strokes(drawn: str) -> Iterator[tuple[_Point, _Point]]:
    """The straight strokes of a path: `M 0 0 L 9 0 C`. What is curved only moves on."""
    at = start = (0.0, 0.0)
    for sign, values in _steps(drawn):
        to = (values[-2], values[-1]) if len(values) >= 2 else start if sign == "C" else at
        if sign in ("L", "C"):
            yield at, to
        elif sign in ("M", "S"):
            start = to
        at = to


def _steps(drawn: str) -> Iterator[tuple[str, list[float]]]:
    """What a path does, each with its numbers."""
    sign = ""
    values: list[float] = []
    for step in _STEP.finditer(drawn):
        if step[1]:
            if sign:
                yield sign, values
            sign, values = step[1], []
        else:
            values.append(float(step[2]))
    if sign:
        yield sign, values


def _text_object(text: Any) -> Iterator[Line]:
    """The pieces of a text, each where its code puts it; a piece goes on until the next line's place."""
    x, y, width, height = numbers(text.get("Boundary"), 4)
    a, b, c, d, e, f = numbers(text.get("CTM"), 6) if text.get("CTM") else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    size = float(text.get("Size", "3.5")) * (abs(d) or abs(c) or 1)
    at_x = at_y = 0.0
    for code in text.iter("{*}TextCode"):
        chars = code.text or ""
        at_x, at_y = float(code.get("X", at_x)), float(code.get("Y", at_y))
        across = _deltas(code.get("DeltaX"), len(chars))
        down = _deltas(code.get("DeltaY"), len(chars))
        if any(down) and not any(across):  # set downwards
            across = []
        left, base = x + a * at_x + c * at_y + e, y + b * at_x + d * at_y + f
        right = left + a * sum(across) + size if across else min(x + width, left + size * len(chars))
        if chars.strip():
            top = base - size if base - size < y + height else y
            yield Line(
                chars.strip(),
                left * _POINTS,
                max(left, right) * _POINTS,
                top * _POINTS,
                base * _POINTS,
                size * _POINTS,
            )


def _deltas(value: str | None, count: int) -> list[float]:
    """The steps from character to character; `g 3 5` stands for 5 5 5."""
    words = iter((value or "").split())
    steps: list[float] = []
    for part in words:
        if part == "g":
            times, step = int(next(words, "0")), float(next(words, "0"))
            steps += [step] * min(times, count)
        else:
            steps.append(float(part))
    return steps[:count]


def _same_height(pieces: Sequence[Line]) -> Iterator[list[Line]]:
    """The pieces of each line, from left to right."""
    line: list[Line] = []
    for piece in sorted(pieces, key=lambda piece: piece.bottom):
        if line and piece.bottom - line[0].bottom > _SAME_LINE * max(piece.size, line[0].size):
            yield sorted(line, key=lambda piece: piece.x0)
            line = []
        line.append(piece)
    if line:
        yield sorted(line, key=lambda piece: piece.x0)


def _words(line: Sequence[Line]) -> Iterator[Word]:
    """A line's pieces, those together between which there is no space."""
    together = [line[0]]
    for before, piece in itertools.pairwise(line):
        if piece.x0 - before.x1 > _SPACE * piece.size:
            yield _word(together)
            together = []
        together.append(piece)
    yield _word(together)


def _word(pieces: Sequence[Line]) -> Word:
    return Word(
        "".join(piece.text for piece in pieces),
        pieces[0].x0,
        max(piece.x1 for piece in pieces),
        min(piece.top for piece in pieces),
        max(piece.bottom for piece in pieces),
        max(piece.size for piece in pieces),
    )
