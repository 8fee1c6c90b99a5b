"""Take the text out of PDF, Word and HTML files, each in a process of its own.

A parser may hang, crash or eat memory on a broken file; its process is given a time and memory limit,
and whatever happens to it becomes a ReportError for that one file. Run as `python -m ingest.extract
KIND`, this module is that process: the file's bytes on stdin, JSON on stdout.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from config.errors import ReportError

PDF, WORD, HTML = "pdf", "docx", "html"

_MEMORY = 4 << 30  # bytes of address space
_MAX_UNPACKED = 300 << 20  # bytes a Word file may unpack to


def extract(kind: str, data: bytes, seconds: float) -> dict[str, Any]:
    """What the parser for `kind` found: `text` or `lines`, and what else it knows.

    Raises ReportError when it refuses the file, fails, or takes longer than `seconds`.
    """
    try:
        done = subprocess.run(  # noqa: S603  # ourselves
            [sys.executable, "-m", "ingest.extract", kind],
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
        raise ReportError(
            f"无法解析这个 {kind} 文件(解析程序退出码 {done.returncode})",
            f"this {kind} file can't be parsed (the parser exited with {done.returncode})",
        ) from exc
    if "error" in found:
        raise ReportError(*found["error"])
    return dict(found)


def _pdf(data: bytes) -> dict[str, Any]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        document = pdfplumber.open(io.BytesIO(data))
    except (PDFPasswordIncorrect, PdfminerException) as exc:
        if isinstance(exc, PDFPasswordIncorrect) or any(isinstance(arg, PDFPasswordIncorrect) for arg in exc.args):
            raise ReportError("PDF 已加密,需要密码", "the PDF is encrypted and needs a password") from exc
        raise ReportError("PDF 已损坏,无法读取", "the PDF is damaged and can't be read") from exc
    with document:
        pages = [(page.extract_text() or "") for page in document.pages]
        properties = document.metadata or {}
    if not any(page.strip() for page in pages):
        raise ReportError("PDF 里没有文字(可能是扫描件)", "the PDF holds no text (perhaps it is scanned)")
    return {
        "text": "\f".join(pages),
        "title": properties.get("Title"),
        "date": _pdf_date(properties.get("CreationDate")),
        "publisher": properties.get("Author"),
    }


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
    properties = document.core_properties
    return {
        "text": "\n".join(_word_blocks(document)),
        "title": properties.title or None,
        "date": properties.created.date().isoformat() if properties.created else None,
        "publisher": properties.author or None,
    }


def _word_blocks(document: Any) -> Iterator[str]:
    """Paragraphs and tables in the order of the text; a table row is a line, its cells parted by tabs."""
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = dict.fromkeys(cell._tc for cell in row.cells)  # a merged cell is listed once per column
                texts = {cell._tc: cell.text for cell in row.cells}
                yield "\t".join(" ".join(texts[cell].split()) for cell in cells)
        else:
            yield block.text


def _html(data: bytes) -> dict[str, Any]:
    import trafilatura

    document: Any = trafilatura.bare_extraction(
        data.decode("utf-8"),
        with_metadata=True,
        include_tables=True,
        include_comments=False,
        favor_recall=True,
        # Only a date that the page labels as its own: a date found in the text may be any.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    found = document.as_dict() if document is not None else {}
    return {
        "lines": (found.get("text") or "").split("\n"),
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
    sys.stdout.buffer.write(json.dumps(found).encode("ascii"))


if __name__ == "__main__":
    _child(sys.argv[1])
