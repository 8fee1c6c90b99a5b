"""OFD, China's format for finished documents (GB/T 33190): a ZIP of XML that puts characters at places.

Its pages are read like a PDF's (`ingest.formats.layout`): lines from top to bottom, paragraphs joined, furniture
told apart. Lengths are millimetres.
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator
from typing import Any

from config.errors import ReportError
from ingest.formats.kinds import OFD, damaged
from ingest.formats.layout import Line, PageLines, arrange
from ingest.formats.packages import Package

_POINTS = 72 / 25.4  # per millimetre
_SAME_LINE = 0.5  # type sizes that two pieces of a line may differ in height
_SPACE = 0.6  # type sizes between two pieces of a line from which on a space parts them
_A4 = 297.0


def read(data: bytes) -> dict[str, Any]:
    """The text of the pages; what is only their furniture is in `dropped`."""
    package = Package(OFD, data)
    root = package.tree("OFD.xml")
    bodies = [] if root is None else list(root.iter("{*}DocBody"))
    paths = [body.findtext("{*}DocRoot") for body in bodies]
    pages = [page for path in paths if path for page in _pages(package, path.strip().lstrip("/"))]
    if not pages:
        raise damaged(OFD)
    if not any(page.lines for page in pages):
        raise ReportError("OFD 里没有文字(可能是扫描件)", "the OFD holds no text (perhaps it is scanned)")
    text, furniture = arrange(pages)
    made = bodies[0].findtext("{*}DocInfo/{*}CreationDate") or ""
    return {
        "text": text,
        "dropped": [("page", *span) for span in furniture],
        "paged": True,
        "title": bodies[0].findtext("{*}DocInfo/{*}Title") or None,
        "date": made[:10] or None,
        "publisher": bodies[0].findtext("{*}DocInfo/{*}Author") or None,
    }


def _pages(package: Package, path: str) -> Iterator[PageLines]:
    document = package.tree(path)
    if document is None:
        raise damaged(OFD)
    folder = posixpath.dirname(path)
    size = document.findtext(".//{*}PageArea/{*}PhysicalBox")
    templates = {
        template.get("ID"): _within(folder, template.get("BaseLoc")) for template in document.iter("{*}TemplatePage")
    }
    for page in document.iterfind("{*}Pages/{*}Page"):
        tree = package.tree(_within(folder, page.get("BaseLoc")))
        if tree is None:
            raise damaged(OFD)
        own = tree.findtext(".//{*}PhysicalBox") or size
        height = float(own.split()[3]) if own and len(own.split()) == 4 else _A4
        behind = [package.tree(templates[used.get("TemplateID")]) for used in tree.iterfind("{*}Template")
                  if used.get("TemplateID") in templates]  # fmt: skip
        trees = [tree, *(one for one in behind if one is not None)]
        pieces = [piece for one in trees for text in one.iter("{*}TextObject") for piece in _text_object(text)]
        yield PageLines(height * _POINTS, tuple(_lines(pieces)))


def _within(folder: str, location: str | None) -> str:
    """Where a part lies: its location is seen from the document's folder, or from the package's with a slash."""
    location = (location or "").strip()
    return location.lstrip("/") if location.startswith("/") else posixpath.join(folder, location)


def _text_object(text: Any) -> Iterator[Line]:
    """The pieces of a text, each where its code puts it; a piece goes on until the next line's place."""
    x, y, width, height = _numbers(text.get("Boundary"), 4)
    a, b, c, d, e, f = _numbers(text.get("CTM"), 6) if text.get("CTM") else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    size = float(text.get("Size", "3.5")) * (abs(d) or abs(c) or 1)
    at_x = at_y = 0.0
    for code in text.iter("{*}TextCode"):
        said = code.text or ""
        at_x, at_y = float(code.get("X", at_x)), float(code.get("Y", at_y))
        across = _deltas(code.get("DeltaX"), len(said))
        down = _deltas(code.get("DeltaY"), len(said))
        if any(down) and not any(across):  # set downwards
            across = []
        left, base = x + a * at_x + c * at_y + e, y + b * at_x + d * at_y + f
        right = left + a * sum(across) + size if across else min(x + width, left + size * len(said))
        if said.strip():
            top = base - size if base - size < y + height else y
            yield Line(
                said.strip(), left * _POINTS, max(left, right) * _POINTS, top * _POINTS, base * _POINTS, size * _POINTS
            )


def _numbers(value: str | None, count: int) -> tuple[float, ...]:
    try:
        found = tuple(map(float, (value or "").split()))
    except ValueError as exc:
        raise damaged(OFD) from exc
    return found if len(found) == count else (0.0,) * count


def _deltas(value: str | None, count: int) -> list[float]:
    """The steps from character to character; `g 3 5` stands for 5 5 5."""
    parts = iter((value or "").split())
    found: list[float] = []
    for part in parts:
        if part == "g":
            times, step = int(next(parts, "0")), float(next(parts, "0"))
            found += [step] * min(times, count)
        else:
            found.append(float(part))
    return found[:count]


def _lines(pieces: list[Line]) -> Iterator[Line]:
    """Pieces at one height are one line, from left to right."""
    ordered = sorted(pieces, key=lambda piece: piece.bottom)
    line: list[Line] = []
    for piece in ordered:
        if line and piece.bottom - line[0].bottom > _SAME_LINE * max(piece.size, line[0].size):
            yield _joined(line)
            line = []
        line.append(piece)
    if line:
        yield _joined(line)


def _joined(pieces: list[Line]) -> Line:
    ordered = sorted(pieces, key=lambda piece: piece.x0)
    text = ordered[0].text
    for before, piece in itertools.pairwise(ordered):
        text += (" " if piece.x0 - before.x1 > _SPACE * piece.size else "") + piece.text
    return Line(
        text,
        ordered[0].x0,
        max(piece.x1 for piece in ordered),
        min(piece.top for piece in ordered),
        max(piece.bottom for piece in ordered),
        max(piece.size for piece in ordered),
    )
