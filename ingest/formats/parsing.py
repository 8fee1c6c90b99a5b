"""Take the text out of PDF, Word and HTML files, each in a process of its own.

A parser may hang, crash or eat memory on a broken file; its process is given a time and memory limit,
and whatever happens to it becomes a ReportError for that one file. Run as `python -m ingest.formats.parsing
KIND`, this module is that process: the file's bytes on stdin, JSON on stdout.
"""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from config.errors import ReportError
from config.process import command
from ingest.formats.layout import Line, PageLines, arrange, joint
from ingest.formats.word import WordText

PDF, WORD, HTML = "pdf", "docx", "html"

PDF_HEADER = 1024  # bytes in which readers look for a PDF's beginning

_MEMORY = 4 << 30  # bytes of address space
_ID, _TYPE = (f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}" for name in ("id", "type"))
_LONGEST_REASON = 200  # characters
_MAX_UNPACKED = 300 << 20  # bytes a Word file may unpack to


def extract(kind: str, data: bytes, seconds: float) -> dict[str, Any]:
    """What the parser for `kind` found, and what it knows about the file: `title`, `date`, `publisher`.

    PDF and Word: `text`, and in `dropped` the spans of it that aren't the report's, each (reason, start,
    end). HTML: what `ingest.formats.html.Page` holds, and in `around` the spans of its visible text that the article
    doesn't hold.

    Raises ReportError when it refuses the file, fails, or takes longer than `seconds`.
    """
    try:
        done = subprocess.run(  # noqa: S603  # ourselves
            command("ingest.formats.parsing", kind),
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise ReportError(
            f"解析超过 {seconds:.0f} 秒;可调整 WENBAO_PARSE_SECONDS",
            f"parsing took longer than {seconds:.0f} s; see WENBAO_PARSE_SECONDS",
        ) from exc
    try:
        found = json.loads(done.stdout)
    except ValueError as exc:
        why = _last_words(done.stderr) or f"exit status {done.returncode}"
        raise ReportError(f"无法解析这个 {kind} 文件:{why}", f"this {kind} file can't be parsed: {why}") from exc
    if "error" in found:
        raise ReportError(*found["error"])
    return dict(found)


def _last_words(stderr: bytes) -> str:
    """The exception that ended the parser: the last line that it wrote."""
    lines = stderr.decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:_LONGEST_REASON]


def _pdf(data: bytes) -> dict[str, Any]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    start = data.find(b"%PDF-", 0, PDF_HEADER)
    try:
        document = pdfplumber.open(io.BytesIO(data[max(start, 0) :]))
    except (PDFPasswordIncorrect, PdfminerException) as exc:
        if isinstance(exc, PDFPasswordIncorrect) or any(isinstance(arg, PDFPasswordIncorrect) for arg in exc.args):
            raise ReportError("PDF 已加密,需要密码", "the PDF is encrypted and needs a password") from exc
        raise ReportError("PDF 已损坏,无法读取", "the PDF is damaged and can't be read") from exc
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
        "title": properties.get("Title"),
        "date": _pdf_date(properties.get("CreationDate")),
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


def _pdf_date(value: object) -> str | None:
    """`D:20230405…` as 2023-04-05."""
    digits = str(value or "").removeprefix("D:")[:8]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdigit() else None


def _word(data: bytes) -> dict[str, Any]:
    import zipfile

    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
                raise ReportError("Word 文件解压后过大", "the Word file unpacks to too much")
        document = docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as exc:
        raise ReportError("Word 文件已损坏或不是 .docx", "the Word file is damaged or is no .docx") from exc
    reader = WordText({kind: _word_notes(document.part, kind) for kind in ("footnotes", "endnotes")})
    text = "\n".join(reader.lines(document.element.body))
    dropped = []
    for reason, left_out in [*_word_furniture(document, reader), *reader.left_out]:
        dropped.append((reason, len(text), len(text) + 1 + len(left_out)))
        text += "\n" + left_out
    properties = document.core_properties
    return {
        "text": text,
        "dropped": dropped,
        "title": properties.title or None,
        "date": properties.created.date().isoformat() if properties.created else None,
        "publisher": properties.author or None,
    }


def _word_notes(part: Any, kind: str) -> dict[str, Any]:
    """The notes of one kind by their ids, without the lines that part them from the text."""
    from docx.oxml.parser import parse_xml

    found = [related for related in _related(part, kind) if related.blob]
    notes = [note for related in found for note in parse_xml(related.blob)]
    return {note.get(_ID): note for note in notes if note.get(_TYPE, "normal") == "normal"}


def _word_furniture(document: Any, reader: WordText) -> Iterator[tuple[str, str]]:
    """The pages' headers and footers, and the comments in the margin: (reason, text), each text once."""
    from docx.oxml.parser import parse_xml

    seen = set()
    for kind, reason in (("header", "page"), ("footer", "page"), ("comments", "comment")):
        for part in _related(document.part, kind):
            text = "\n".join(line for line in reader.lines(parse_xml(part.blob)) if line.strip())
            if text and text not in seen:
                seen.add(text)
                yield reason, text


def _related(part: Any, kind: str) -> list[Any]:
    relations = [relation for relation in part.rels.values() if not relation.is_external]
    return [relation.target_part for relation in relations if relation.reltype.endswith(f"/{kind}")]


def _html(data: bytes) -> dict[str, Any]:
    import trafilatura

    from ingest.formats.html import article, closed, read_page

    source = data.decode("utf-8", "surrogatepass")
    document: Any = trafilatura.bare_extraction(
        closed(source).encode("utf-8", "replace").decode("utf-8"),
        with_metadata=True,
        include_tables=True,
        include_comments=False,
        favor_recall=True,
        # Only a date that the page labels as its own: a date found in the text may be any.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    found = document.as_dict() if document is not None else {}
    page = read_page(source)
    return {
        "edits": page.edits,
        "hidden": page.hidden,
        "around": article(page.text(source), (found.get("text") or "").split("\n"), page.headings),
        "title": found.get("title"),
        "date": found.get("date"),
        "publisher": found.get("sitename"),
    }


_PARSERS: dict[str, Callable[[bytes], dict[str, Any]]] = {PDF: _pdf, WORD: _word, HTML: _html}


def _child(kind: str) -> None:
    import logging
    import resource
    import warnings

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    try:
        found = _PARSERS[kind](sys.stdin.buffer.read())
    except ReportError as exc:
        found = {"error": list(exc.message)}
    except MemoryError:
        found = {"error": ["解析需要的内存过多", "parsing it needs too much memory"]}
    sys.stdout.buffer.write(json.dumps(found).encode("ascii"))


if __name__ == "__main__":
    _child(sys.argv[1])
