"""Every format becomes text with a way back to it, and a file that can't be read says why."""

from __future__ import annotations

import io
import os

import docx
import pytest
from conftest import SMALL_REPORTS
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from config.errors import ReportError
from ingest import sources
from ingest.encoding import decode
from ingest.html import article, visible_text
from ingest.normalize import normalize

TITLE = "东山县科协工作总结"
BODY = "东山县科协全年举办科普讲座三十六场次，受益群众二万人次，建成乡村科普馆21个。"


def read(name: str, data: bytes):
    return normalize(sources.parse(name, data))


def pdf(*pages: list[str], **options) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, **options)
    for page in pages:
        canvas.setFont("STSong-Light", 12)
        for n, line in enumerate(page):
            canvas.drawString(60, 780 - 20 * n, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def word(build) -> bytes:
    document = docx.Document()
    build(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def assert_checkable(report, raw: str) -> None:
    """Each kept character stands in the raw text at its place."""
    assert report.raw == raw
    for i, char in enumerate(report.text):
        start, end = report.mapped.raw_span(i, i + 1)
        if char.isalnum() and end - start == 1:
            assert raw[start] == char


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_text_is_what_pythons_text_mode_reads(tmp_path, encoding, newline):
    text = f"{TITLE}\n{BODY}\nEnglish, 2025.\n"
    path = tmp_path / "r.txt"
    path.write_bytes(text.replace("\n", newline).encode(encoding))
    raw = sources.parse("r.txt", path.read_bytes()).text
    assert raw == path.read_text(encoding=encoding if encoding != "utf-8-sig" else "utf-8")
    assert read("r.txt", path.read_bytes()).text == text


@pytest.mark.parametrize("text", ["東山縣科協工作總結,全縣有科普館二十一個,活動很多。"])
def test_big5_is_told_from_gb18030(text):
    assert decode(text.encode("big5")) == text
    assert decode(text.encode("gb18030")) == text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\ufeff"), max_size=60))
def test_utf8_is_never_taken_for_anything_else(text):
    assert decode(text.encode("utf-8")) == text


@given(st.binary(max_size=200))
def test_bytes_become_text_or_a_report_error(data):
    try:
        text = decode(data)
    except ReportError:
        text = ""
    assert isinstance(text, str)
    assert "\r" not in text


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(128, 256)) * 20,
        b"\xff\xfe" + b"the quick brown fox jumps over" * 2,
        b"\xfe\xff" + bytes(range(100, 200)),
    ],
)
def test_garbage_is_no_text(data):
    with pytest.raises(ReportError):
        decode(data)


def test_markdown_keeps_its_text_and_gives_its_title():
    text = f"# {TITLE}\n\n## 一、组织\n\n- 科普馆21个\n\n```python\nprint('科普')\n```\n"
    report = read("r.md", text.encode())
    assert (report.text, report.title) == (text, TITLE)


HTML = f"""<!DOCTYPE html><html><head><title>{TITLE}_某网</title><script>var 乱 = "码";</script></head><body>
<div class="nav"><a href="/">首页</a> &gt; <a href="/n">新闻</a> | <a href="/x">更多</a></div>
<h1>{TITLE}</h1><p>发布时间：2021-03-04&nbsp;来源：某县日报</p>
<div id="content"><p>{BODY[:12]}<b>{BODY[12:20]}</b>{BODY[20:]}</p>
<p>二是组织培训班12期，培训农民3000人次&amp;科技人员，&#25928;果很好。</p>
<table><tr><td>名称</td><td>数量</td></tr><tr><td>科普馆</td><td>21</td></tr></table></div>
<div class="footer"><a href="/about">联系我们</a> 版权所有</div></body></html>"""


def test_html_gives_the_article_with_offsets_into_the_source():
    report = read("r.html", HTML.encode())
    assert_checkable(report, HTML)
    assert BODY in report.text
    assert "二是组织培训班12期，培训农民3000人次&科技人员，效果很好。" in report.text
    assert "科普馆\t21" in report.text
    for furniture in ("乱", "联系我们", "版权", "<", "更多"):
        assert furniture not in report.text
    assert (report.title, report.date) == (TITLE, "2021-03-04")
    assert any("联系我们" in span.raw for span in report.dropped)
    at = report.text.index(BODY)
    start, end = report.mapped.raw_span(at, at + len(BODY))
    assert HTML[start:end].replace("<b>", "").replace("</b>", "") == BODY


@given(st.text(alphabet=st.sampled_from("科普<>b/&;amp p=\"'\n\t#x12"), max_size=80))
def test_any_html_maps_back(source):
    page = visible_text(source)
    assert len(page.starts) == len(page.text)
    assert list(page.starts) == sorted(page.starts)
    assert article(page, page.text.split("\n")) == []


def test_pdf_joins_wrapped_lines_and_knows_its_pages():
    data = pdf([TITLE, BODY[:30], BODY[30:]], ["二、打算", "西河市科协有科普教育基地64家。"])
    report = read("r.pdf", data)
    assert BODY in report.text
    assert report.title == TITLE
    assert report.page(report.text.index(BODY)) == 1
    assert report.page(report.text.index("64家")) == 2
    at = report.text.index(BODY)
    start, end = report.mapped.raw_span(at, at + len(BODY))
    assert report.raw[start:end].replace("\n", "") == BODY


def test_word_gives_paragraphs_and_tables_in_order():
    def build(document):
        document.add_heading(TITLE, 1)
        document.add_paragraph(BODY)
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ("名称", "数量", "科普馆", "21个"), strict=True):
            cell.text = text
        document.add_paragraph("以上。")

    report = read("r.docx", word(build))
    assert report.text == f"{TITLE}\n{BODY}\n名称\t数量\n科普馆\t21个\n以上。"
    assert report.title == TITLE
    assert report.date is None  # the day the file was made is not the day the report was published
    assert report.page(0) is None


BAD = {
    "zip": ("a.zip", b"PK\x03\x04", "unpack"),
    "pdf named txt": ("a.txt", b"%PDF-1.4", "pdf"),
    "text named pdf": ("a.pdf", b"hello", "pdf"),
    "old doc named docx": ("a.docx", b"\xd0\xcf\x11\xe0 old", ".doc"),
    "broken pdf": ("a.pdf", b"%PDF-1.4 broken", "damaged"),
    "broken docx": ("a.docx", b"PK\x03\x04 broken", "damaged"),
    "encrypted pdf": ("a.pdf", pdf([TITLE], encrypt="secret"), "encrypted"),
    "scanned pdf": ("a.pdf", pdf([]), "no text"),
    "empty docx": ("a.docx", word(lambda _: None), "no words"),
    "empty html": ("a.html", b"<html><body><p></p></body></html>", "no words"),
    "unknown": ("a.xlsx", b"PK\x03\x04", "not supported"),
    "picture named txt": ("a.txt", b"\x89PNG\r\n", "png"),
}


@pytest.mark.parametrize(("name", "data", "reason"), BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, data, reason):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReportError, match=reason):
        sources.parse(name, sources.read_bytes(tmp_path / name, 1 << 20))


def test_a_parser_that_hangs_is_stopped():
    with pytest.raises(ReportError, match="WENBAO_PARSE_SECONDS"):
        sources.parse("a.pdf", pdf([TITLE]), 0.01)


def test_formats_are_ingested_side_by_side(sync, reports):
    (reports / "a.pdf").write_bytes(pdf([TITLE, BODY]))
    (reports / "b.docx").write_bytes(word(lambda document: document.add_paragraph(BODY)))
    (reports / "c.html").write_text(HTML, encoding="utf-8")
    (reports / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (reports / "random.txt").write_bytes(os.urandom(2000))
    summary = sync()
    assert set(summary.added) == {*SMALL_REPORTS, "a.pdf", "b.docx", "c.html"}
    assert [failure.source for failure in summary.failed] == ["broken.pdf", "random.txt"]
