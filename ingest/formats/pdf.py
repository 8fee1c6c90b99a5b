"""The text of a PDF's pages: lines and table rows at their places, put in reading order by `layout`."""

from __future__ import annotations

import io
import statistics
from typing import Any

from config.errors import ReportError
from ingest.formats.kinds import PDF, PDF_HEADER, damaged, encrypted
from ingest.formats.layout import Line, PageLines, arrange, joint


def read(data: bytes) -> dict[str, Any]:
    """The text of the pages, form feeds between them; what is only their furniture is in `dropped`."""
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
    with document:
        for page in document.pages:
            pages.append(_page_lines(page))
            page.close()  # what it parsed isn't needed any more
        properties = document.metadata or {}
    if not any(page.lines for page in pages):
        raise ReportError("PDF 里没有文字(可能是扫描件)", "the PDF holds no text (perhaps it is scanned)")
    text, furniture = arrange(pages)
    return {
        "text": text,
        "dropped": [("page", *span) for span in furniture],
        "paged": True,
        "title": properties.get("Title"),
        "date": _date(properties.get("CreationDate")),
        "publisher": properties.get("Author"),
    }


def _page_lines(page: Any) -> PageLines:
    """A page's lines and table rows from top to bottom; a row stands at its table's height."""
    page = page.dedupe_chars()  # some programs print bold type twice
    tables = [table for table in page.find_tables() if max(len(row.cells) for row in table.rows) > 1]
    boxes = [table.bbox for table in tables]
    rest = page.filter(lambda item: not any(_inside(item, box) for box in boxes)) if boxes else page
    lines = []
    for line in rest.extract_text_lines(return_chars=True):
        if text := line["text"].strip():
            size = statistics.median(char["size"] for char in line["chars"])
            lines.append(Line(text, line["x0"], line["x1"], line["top"], line["bottom"], size))
    for table in tables:
        x0, top, x1, _ = table.bbox
        for n, cells in enumerate(table.extract()):
            values = [_cell(value or "") for value in cells]
            if any(values):
                _, row_top, _, bottom = table.rows[n].bbox
                lines.append(Line("\t".join(values), x0, x1, max(top, row_top), bottom, 0.0, row=True))
    return PageLines(float(page.height), tuple(sorted(lines, key=lambda line: line.top)))


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
