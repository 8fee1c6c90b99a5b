"""The text of a PDF's pages: lines and table rows at their places, put in reading order by `columns` and `layout`."""

from __future__ import annotations

import io
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from config.errors import ReportError
from ingest.formats import columns
from ingest.formats.columns import Word
from ingest.formats.grid import Cell, Table
from ingest.formats.kinds import PDF, PDF_HEADER, damaged, encrypted
from ingest.formats.layout import EDGE, Line, PageLines, arrange, joint
from ingest.formats.placed import Placed, faults, written
from ingest.formats.tables import Writer

_UNMAPPED = re.compile(r"\(cid:\d+\)")
_MAX_UNMAPPED = 0.2  # share of a page's characters without a meaning from which on it can't be read
_HAN = re.compile(r"[㐀-鿿]")
_ONE_FOR_ALL = 0.5  # share of one character in a text of many from which on it stands for all of them
_MANY = 40
_PICTURE = 0.3  # of a page without text that its pictures cover where it was scanned
_MOST_OF_PAGE = 0.6  # and of one with a little text
_LITTLE = 30  # characters of its own that a scanned page may have: a heading set over it
_LEANS = 0.05  # of the length of a leaning line that it rises at least
_TILES = 3  # times that a word is set over a page from which on it is a watermark
_LONG = 0.25  # of the page's width, that a table's rule takes at least
_RULES = 3
_RULE = 2.0  # points between two places that are of one rule
_LOST = "\ufffd"


@dataclass(frozen=True, slots=True)
class _Page:
    """What was found on a page, and why it couldn't be read where it couldn't: `scanned` or `unreadable`.

    `own`: how many characters a scanned page says itself, as against those at its edges and over it.
    """

    lines: PageLines
    fault: str = ""
    own: int = 0


def read(data: bytes) -> dict[str, Any]:
    """The text of the pages, form feeds between them; what is only their furniture is in `dropped`.

    There is also, as an empty span, where a page stood that was scanned, or whose fonts don't say what they show;
    `unsaid` where all are so and have no text but furniture and watermarks.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    start = data.find(b"%PDF-", 0, PDF_HEADER)
    try:
        document = pdfplumber.open(io.BytesIO(data[max(start, 0) :]))
    except (PDFPasswordIncorrect, PdfminerException) as exc:
        if isinstance(exc, PDFPasswordIncorrect) or any(isinstance(arg, PDFPasswordIncorrect) for arg in exc.args):
            raise encrypted() from exc
        raise damaged(PDF) from exc
    pages = []
    tables = Writer()
    with document:
        for page in document.pages:
            pages.append(_read_page(page, tables))
            page.close()  # what it parsed isn't needed any more
        properties = document.metadata or {}
    if not any(page.lines.lines or page.fault for page in pages):
        raise ReportError("PDF 里没有文字", "the PDF holds no text")
    text, furniture = arrange([page.lines for page in pages])
    return {
        "text": text,
        "dropped": [*(("page", *span) for span in furniture), *faults(text, (page.fault for page in pages))],
        "paged": True,
        "unsaid": all(page.fault and not page.own for page in pages),
        "title": properties.get("Title"),
        "date": _date(properties.get("CreationDate")),
        "publisher": properties.get("Author"),
    }


def _read_page(page: Any, tables: Writer) -> _Page:
    """A page's lines and table rows from top to bottom; a row stands at its table's height."""
    page = page.dedupe_chars()  # some programs print bold type twice
    height, width = float(page.height), float(page.width)
    characters = "".join(char["text"] for char in page.chars)
    if _is_unreadable(characters):
        return _Page(PageLines(height, ()), "unreadable")
    ruled = [table for table in page.find_tables() if max(len(row.cells) for row in table.rows) > 1]
    boxes = [table.bbox for table in ruled]
    rest = page.filter(lambda item: not any(_inside(item, box) for box in boxes)) if boxes else page
    filled = list(_fields(page))
    words = [*_words(rest), *filled]
    downwards = columns.set_downwards([(char["x0"], char["top"], char["size"]) for char in rest.chars])
    if downwards:
        words = [columns.turned(word, width) for word in words]
        height, width = width, height
    read = columns.read(words, width, spaced=not downwards, ruled=() if downwards else _between_rules(rest))
    placed_tables = [Placed(Table(tuple(_cells(table))), *table.bbox) for table in ruled]
    lines = [_of_form(line, filled) for line in written(read, placed_tables, tables, height)]
    covered = _covered(page)
    if covered <= (_MOST_OF_PAGE if lines else _PICTURE) or (own := _own(page)) >= _LITTLE:
        return _Page(PageLines(height, tuple(lines)))
    return _Page(PageLines(height, tuple(lines)), "scanned", own)


def _own(page: Any) -> int:
    """How many characters a page says beside its head and foot, and what is set over it askew or again and again.

    A picture that another program recognised has its text behind it; one that nobody did has at most a heading.
    """
    words = page.filter(lambda item: item["object_type"] != "char" or not _is_askew(item["matrix"])).extract_words()
    times = Counter(word["text"] for word in words)
    height = float(page.height)
    inside = (word for word in words if EDGE * height < word["top"] < (1 - EDGE) * height)
    return sum(len(word["text"]) for word in inside if times[word["text"]] < _TILES)


def _is_askew(matrix: tuple[float, ...]) -> bool:
    """Whether a character leans: neither across the page nor up or down."""
    return min(abs(matrix[0]), abs(matrix[1])) > _LEANS * max(abs(matrix[0]), abs(matrix[1]))


def _is_unreadable(characters: str) -> bool:
    """Whether a page's characters mean nothing: most have no meaning, or all the same."""
    unmapped = len(_UNMAPPED.findall(characters))
    han = Counter(_HAN.findall(characters))
    count = len(_UNMAPPED.sub("x", characters))
    one_for_all = sum(han.values()) >= _MANY and max(han.values()) > _ONE_FOR_ALL * sum(han.values())
    return one_for_all or (unmapped > 0 and unmapped > _MAX_UNMAPPED * count)


def _words(page: Any) -> Iterator[Word]:
    for word in page.extract_words(return_chars=True):
        size = statistics.median(char["size"] for char in word["chars"])
        text = _UNMAPPED.sub(_LOST, word["text"])
        yield Word(text, word["x0"], word["x1"], word["top"], word["bottom"], size)


def _between_rules(page: Any) -> list[tuple[float, float]]:
    """Between which heights rules of one length stand above one another, three at least: a table without sides."""
    rules: dict[tuple[int, int], list[float]] = {}
    for edge in page.horizontal_edges:
        if edge["x1"] - edge["x0"] > _LONG * float(page.width):
            rules.setdefault((round(edge["x0"] / 4), round(edge["x1"] / 4)), []).append(edge["top"])
    return [(min(tops), max(tops)) for tops in rules.values() if len({round(top / _RULE) for top in tops}) >= _RULES]


def _fields(page: Any) -> Iterator[Word]:
    """What was filled into the page's form."""
    from pdfminer.psparser import PSLiteral
    from pdfminer.utils import decode_text

    for field in page.annots:
        value = field["data"].get("V")
        if isinstance(value, bytes) and not isinstance(value, PSLiteral) and (text := decode_text(value).strip()):
            size = min(12.0, field["bottom"] - field["top"])
            x0, top = field["x0"], (field["top"] + field["bottom"] - size) / 2
            yield Word(" ".join(text.split()), x0, x0 + size * len(text), top, top + size, size)


def _of_form(line: Line, filled: Sequence[Word]) -> Line:
    """A line as a row where something was filled in beside its label: it goes on from none and into none."""
    middles = ((word.top + word.bottom) / 2 for word in filled if word.text in line.text)
    return replace(line, row=True) if any(line.top <= middle <= line.bottom for middle in middles) else line


def _covered(page: Any) -> float:
    """The share of a page that its pictures cover."""
    area = sum((picture["x1"] - picture["x0"]) * (picture["bottom"] - picture["top"]) for picture in page.images)
    return float(area) / max(1.0, float(page.width * page.height))


def _cells(table: Any) -> Iterator[Cell]:
    """The cells between a table's rules, each with the rows and columns that it reaches over."""
    tops = [row.bbox[1] for row in table.rows]
    lefts = [min(cell[0] for cell in column if cell) for column in zip(*(row.cells for row in table.rows), strict=True)]
    for r, (row, texts) in enumerate(zip(table.rows, table.extract(), strict=True)):
        for c, (box, text) in enumerate(zip(row.cells, texts, strict=True)):
            if box is not None and (content := _cell(text or "").strip()):
                down = 1 + sum(top < box[3] - _RULE for top in tops[r + 1 :])
                across = 1 + sum(left < box[2] - _RULE for left in lefts[c + 1 :])
                yield Cell(r, c, content, down, across)


def _inside(item: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    """Whether the middle of something on the page lies in the box."""
    if item.get("object_type") != "char":
        return False
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _cell(value: str) -> str:
    """A cell's lines as one."""
    lines = value.split("\n")
    joined = lines[0].strip()
    for line in lines[1:]:
        joined += joint(joined, line.strip()) + line.strip()
    return joined.replace("\t", " ")


def _date(value: object) -> str | None:
    """`D:20230405…` as 2023-04-05."""
    digits = str(value or "").removeprefix("D:")[:8]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdigit() else None
