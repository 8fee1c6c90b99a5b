"""Any bytes under any name are a report or one line that says why not; what is a report keeps its promises."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from bounds import bounded
from conftest import SEEDS
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen import canvas

from config.errors import IndexUnavailable, ReportError
from ingest.chunk import chunk
from ingest.cleaning.normalize import normalize
from ingest.formats import sources
from ingest.index.generations import POINTER, SUMMARY, read_failures, read_pointer, read_summary, root_of

SECONDS = 30.0
TEXT = (SEEDS / "003_d15802eab8b37e33.txt").read_bytes()[:1500]
PIECES = (
    b"\x00",
    b"\xff",
    b"\x80",
    b"\n",
    b"\x0b",
    b"\x0c",
    "、".encode(),
    "2、".encode(),
    "報(bào)".encode("gb18030"),
)
PAGE = "<html><head><title>总结</title></head><body><article><p>东山县建成乡村科普馆21个。</p></article></body></html>"


def word_file() -> bytes:
    document, written = docx.Document(), io.BytesIO()
    document.add_paragraph("东山县建成乡村科普馆21个。")
    document.save(written)
    return written.getvalue()


def pdf_file() -> bytes:
    written = io.BytesIO()
    page = canvas.Canvas(written)
    page.drawString(72, 720, "Dongshan: 21 halls")
    page.save()
    return written.getvalue()


def torn(data: bytes) -> st.SearchStrategy[bytes]:
    """The file with some of its bytes replaced, left out or doubled."""

    def tear(edits: list[tuple[int, int, bytes]]) -> bytes:
        found = data
        for at, length, piece in edits:
            start = at % (len(found) + 1)
            found = found[:start] + piece + found[start + length :]
        return found

    return st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 9), st.binary(max_size=9)), max_size=12).map(tear)


def as_report(name: str, data: bytes) -> None:
    """Read it as ingest does, and check what it promises."""
    try:
        raw = sources.parse(name, data, SECONDS)
    except ReportError:
        return
    report = normalize(raw)
    spans = list(zip(report.mapped.starts, report.mapped.ends, strict=True))
    assert len(spans) == len(report.text)
    assert all(0 <= start <= end <= len(raw.text) for start, end in spans)
    assert all(raw.text[edit.raw_start : edit.raw_end] == edit.raw for edit in report.edits)
    assert all(report.text[piece.start : piece.end] == piece.text for piece in chunk(report, 280))


@bounded(40)
@given(st.binary(max_size=400) | torn(TEXT) | st.lists(st.sampled_from(PIECES), max_size=80).map(b"".join))
def test_bytes_under_the_name_of_a_text(data):
    as_report("x.txt", data)


@bounded(20)
@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_in_any_encoding(text):
    for encoding in ("utf-8", "gb18030", "utf-16"):
        as_report("x.md", text.encode(encoding))


# A process is started for each of these.
@bounded(2)
@given(torn(PAGE.encode()))
def test_bytes_under_the_name_of_a_page(data):
    as_report("x.html", data)


@bounded(2)
@given(torn(pdf_file()))
def test_bytes_under_the_name_of_a_pdf(data):
    as_report("x.pdf", data)


@bounded(2)
@given(torn(word_file()))
def test_bytes_under_the_name_of_a_word_file(data):
    as_report("x.docx", data)


@bounded(2)
@given(st.text(max_size=200))
def test_a_word_file_of_any_xml(xml):
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file())) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "word/document.xml" else old.read(name))
    as_report("x.docx", written.getvalue())


@bounded(30)
@given(data=st.binary(max_size=80) | torn(b'{"generation": "g000001-abcdef", "catalog_sha256": "00"}'))
def test_a_pointer_of_any_bytes_is_told_as_damage(settings, data):
    root = root_of(settings)
    root.mkdir(parents=True, exist_ok=True)
    (root / POINTER).write_bytes(data)
    try:
        pointer = read_pointer(settings)
    except IndexUnavailable:
        return
    assert Path(pointer["generation"]).name == pointer["generation"]


@bounded(30)
@given(data=st.binary(max_size=80) | torn(b'{"failed": [{"source": "a", "error": "b"}], "finished": 1}'))
def test_a_summary_of_any_bytes_is_read_as_far_as_it_goes(settings, data):
    root_of(settings).mkdir(parents=True, exist_ok=True)
    (root_of(settings) / SUMMARY).write_bytes(data)
    assert isinstance(read_failures(read_summary(settings)), list)


@pytest.mark.parametrize("suffix", ["txt", "md", "html", "pdf", "docx", "doc", "zip", "", "exe"])
def test_an_empty_file_is_refused(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(b"")
    with pytest.raises(ReportError):
        sources.read_bytes(path, 1 << 20)
