"""Every format becomes text with a way back to it, and a file that can't be read says why."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import docx
import pytest
from conftest import SMALL_REPORTS
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from office_files import packed
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from config.errors import ReportError
from ingest.cleaning.normalize import normalize
from ingest.formats import sources
from ingest.formats.encoding import LOST, decode
from ingest.formats.html import article, read_page, visible_text
from ingest.formats.layout import Line, PageLines, arrange

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


@settings(deadline=None)  # the word list may be read first
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\ufeff\0"), max_size=60))
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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_needs_neither_a_mark_nor_ascii(encoding):
    text = "东山县科协全年举办科普讲座三十六场次，受益群众二万人次。"
    assert decode(text.encode(encoding)) == text
    assert decode(b"English only".decode().encode(encoding)) == "English only"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_a_few_bad_bytes_are_shown_and_listed(encoding):
    data = bytearray(("東山縣科協工作總結，全縣有科普館二十一個，活動很多。\n" * 40).encode(encoding))
    data[300] = data[1000] = 0xFF
    report = read("r.txt", bytes(data))
    assert report.raw == bytes(data).decode(encoding, "replace")
    lost = [span for span in report.dropped if span.reason == "undecodable"]
    assert len(lost) >= 2
    assert all(set(span.raw) == {LOST} == set(report.raw[span.raw_start : span.raw_end]) for span in lost)
    assert report.text.count("科普馆") >= 38


MIXED = ["东山县科协工作总结", "全县举办科普讲座三十六场，受益群众二万人次。", "Total: 36", "经费28.5万元。"]


@pytest.mark.parametrize("other", [[1], [3], [0, 2, 3], [0]])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_of_two_encodings_are_each_read_as_what_they_are(other, newline):
    data = b"".join((line + newline).encode("gb18030" if n in other else "utf-8") for n, line in enumerate(MIXED))
    report = read("r.txt", data)
    assert report.raw == "\n".join(MIXED) + "\n"
    assert_checkable(report, report.raw)
    start = report.text.index("经费28.5万元")
    assert report.raw[slice(*report.mapped.raw_span(start, start + 4))] == "经费28"


def test_what_no_encoding_reads_is_lost_alone_and_listed():
    lines = [line.encode("utf-8") for line in MIXED * 8] + [MIXED[1].encode("gb18030"), b"\xff\xfe\x80 36"]
    report = read("r.txt", b"\n".join(lines))
    assert report.raw.count(MIXED[1]) == 9
    assert [span.reason for span in report.dropped] == ["undecodable"]


@pytest.mark.parametrize(
    "text",
    ["目录", "通知", "李雷", "5场", "会议室", "县科协", "表1", "是", "合计 35", "收入:35万元", "项目,金额\n讲座,35\n"],
)
def test_a_few_characters_in_gbk_are_read_by_what_makes_words(text):
    assert decode(text.encode("gbk")) == text


@pytest.mark.parametrize("text", ["café résumé", "привет, мир", "Ελλάδα", "Ã©", "½ ± ×", "Ünïcödé", "µg"])
def test_letters_of_two_bytes_in_utf8_stay_letters(text):
    assert decode(text.encode("utf-8")) == text


@pytest.mark.parametrize(
    "data",
    [
        "东山县科协\n".encode() + bytes(range(1, 256)) * 2,
        "东山县科协总结\n".encode() + "한국어 텍스트입니다. 과학 기술 진흥에 대하여\n".encode("euc_kr") * 9,
        "东山县科协总结\n".encode() + b"\x89PNG\r\n\x1a\n" + bytes(range(0, 256, 3)) * 9,
        b"\x93\xfa\x96\x7b\x8c\xea\x83\x65\x83\x4c" * 3,
    ],
)
def test_a_line_of_chinese_before_garbage_makes_it_no_text(data):
    with pytest.raises(ReportError):
        sources.parse("r.txt", data)


def test_the_refusal_names_the_byte_in_the_encoding_that_comes_closest():
    data = bytearray("东山县科协全年举办科普讲座三十六场次。".encode("gb18030") * 4)
    for at in range(20, 100, 8):
        data[at] = 0xFF
    with pytest.raises(ReportError, match="GB18030 it breaks at byte 20"):
        decode(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(128, 256)) * 20,
        "日本語のテキストです。科学技術の振興について、".encode("euc_jp") * 20,
        "한국어 텍스트입니다. 과학 기술 진흥에 대하여 ".encode("euc_kr") * 20,
        "Это русский текст о науке и технике, ".encode("koi8-r") * 20,
        b"\x7fELF\x02\x01\x01" + bytes(200) + bytes(range(256)) * 3,
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


@settings(deadline=None)  # the first one loads the parser
@given(st.text(alphabet=st.sampled_from("科普<>b/&;amp p=\"'\n\t#x12"), max_size=80))
def test_any_html_maps_back(source):
    page = visible_text(source)
    assert len(page.starts) == len(page.text)
    assert list(page.starts) == sorted(page.starts)
    assert article(page, page.text.split("\n")) == []


PAGES = {
    "a head that nothing closes": ("<head><title>题</title><h1>总结</h1><p>正文", "总结\n正文"),
    "an object that nothing closes": ("<object data=x><p>正文<p>完", "正文\n完"),
    "a picture that nothing closes": ("<svg><p>正文", "正文"),
    "a script that nothing closes": ("<p>前<script>var a<p>正文", "前\n正文"),
    "a script in a comment": ("<p>前<!-- <script> --><p>正文", "前\n正文"),
    "preformatted": ("<pre>\n甲  1\n乙  2</pre>", "甲  1\n乙  2"),
    "hidden": ('<p>甲<b style="display: none">乙</b><i hidden>丙</i><textarea>丁</textarea>', "甲"),
    "choices": ("<p>甲<select><option>乙</select>丙", "甲丙"),
    "readings": ("<p><ruby>科<rp>(</rp><rt>ke</rt><rp>)</rp></ruby>普", "科普"),
    "empty cells": ("<table><tr><td>甲<td><td>丙<tr><td><td>2<td>3</table>", "甲\t\t丙\n\t2\t3"),
    "merged cells": (
        "<table><tr><td rowspan=2>甲<td colspan=2>乙<td>丙<tr><td>1<td>2<td>3</table>",
        "甲\t乙\t\t丙\n\t1\t2\t3",
    ),
    "paragraphs in cells": ("<table><tr><td><p>甲</p><p>乙</p><td>1<br>2</table>", "甲 乙\t1 2"),
    "nested tables": ("<table><tr><td>外<table><tr><td>甲<td>乙</table>后</table>", "外\n甲\t乙\n后"),
    "text astray in a table": ("<table>前<tr><td>甲<td>乙</tr>后</table>", "前\n甲\t乙\n后"),
    "references": ("<p>A&amp;B&nbsp;&#31185;&#x666E;&hellip;&lt;p&gt;&notit;", "A&B 科普…<p>¬it;"),
    "line breaks": ("甲<br>乙<br/>丙", "甲\n乙\n丙"),
}


@pytest.mark.parametrize(("source", "text"), PAGES.values(), ids=PAGES)
def test_a_page_reads_as_a_browser_shows_it(source, text):
    assert visible_text(source).text == text


def test_what_a_page_hides_is_listed():
    source = f'<p>{BODY}</p><div style="display:none">看不见</div><p>{BODY}</p>'
    assert [(span.reason, span.raw) for span in read("r.html", source.encode()).dropped] == [("hidden", "看不见")]


@pytest.mark.parametrize("style", ["visibility: hidden; opacity: 0", "visibility:collapse"])
def test_an_article_that_a_script_would_have_shown_is_read_and_a_veiled_remark_is_not(style):
    article = f"<div id=js_content style='{style}'><p>{BODY}</p><p>{BODY}</p></div>"
    page = f"<body><h1>{TITLE}</h1>{article}<p>微信扫一扫</p></body>"
    assert BODY in read("r.html", page.encode()).text
    remark = f"<body><h1>{TITLE}</h1><p>{BODY}</p><p>{BODY}</p><p style='{style}'>看不见</p></body>"
    report = read("r.html", remark.encode())
    assert "看不见" not in report.text
    assert [(span.reason, span.raw) for span in report.dropped] == [("hidden", "看不见")]


def test_headings_of_a_short_page_stay():
    source = f"<body><h1>{TITLE}</h1><h2>一、讲座</h2><p>{BODY}</p><h2>二、场馆</h2><p>全县有科普馆21个。</p></body>"
    report = read("r.html", source.encode())
    assert report.text == f"{TITLE}\n一、讲座\n{BODY}\n二、场馆\n全县有科普馆21个。"
    assert report.title == TITLE


TAGS = ["<p>", "</p>", "<b>", "</b>", "<table>", "</table>", "<tr>", "<td>", "<pre>", "\n", "</pre>", "<br>", "<li>"]
TAGS += ["<!-- <p> -->", "&amp;", "&lt", "&#31185;", "&nbsp;", "<script>a<b</script>", "<svg>", "</body>", "<title>"]
TAGS += ["<select>", "<template>", "<math>", "\0", "<span", "<", ">", " ", "科", "普", "馆"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(TAGS), max_size=25).map("".join))
def test_whatever_the_tags_each_character_stands_at_its_place(source):
    page = read_page(source).text(source)
    assert list(page.starts) == sorted(page.starts)
    for i, char in enumerate(page.text):
        start, end = page.raw_span(i, i + 1)
        if char in "科普馆" and end - start == 1:
            assert source[start] == char


@pytest.mark.parametrize("text", [HTML, f"\n<p>{BODY}</p>\n<p>完。</p>"], ids=["page", "fragment"])
def test_a_page_saved_as_text_is_read_as_a_page(text):
    report = read("r.txt", text.encode())
    assert BODY in report.text
    assert "<" not in report.text


@pytest.mark.parametrize("text", ["<重要>通知</重要>全文", "< 5% 的地区", f"{BODY}<p>"])
def test_angle_brackets_do_not_make_a_page(text):
    assert read("r.txt", text.encode()).raw == text
    assert "<" in read("r.txt", text.encode()).text


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


LONG = (BODY * 5, "西河市有科普教育基地64家，培训农民三千人次，编印资料五万册，学会会员增加一成。" * 5)


def grid(canvas, x: float, y: float, rows: list[list[str]], widths: tuple[int, ...] = (100, 100, 100)) -> None:
    """A ruled table whose upper left corner is at (x, y)."""
    edges = [x + sum(widths[:n]) for n in range(len(widths) + 1)]
    canvas.grid(edges, [y - 24 * n for n in range(len(rows) + 1)])
    for n, row in enumerate(rows):
        for edge, text in zip(edges, row, strict=False):
            canvas.drawString(edge + 6, y - 24 * n - 17, text)


def laid_out() -> bytes:
    """A report as an office's program prints it: header, indented paragraphs across pages, a table, page numbers."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    width = 35  # characters in a full line
    broken = [[f"　　{text}"[at : at + width] for at in range(0, len(text) + 2, width)] for text in LONG]
    for number in (1, 2, 3):
        canvas.setFont("STSong-Light", 9)
        canvas.drawString(220, 810, f"东山县科协二〇二一年度工作总结 第{number}期")
        canvas.drawCentredString(297, 30, f"— {number} —")
        y = 760
        if number == 1:
            canvas.setFont("STSong-Light", 22)
            canvas.drawCentredString(297, y, TITLE)
            y -= 40
            canvas.setFont("STSong-Light", 12)
            grid(canvas, 80, y, [["名称", "数量", "备注"], ["科普馆", "", "在建"], ["讲座", "36", ""]])
            y -= 110
        canvas.setFont("STSong-Light", 12)
        before = broken[number - 2][3:] if number > 1 else []  # the paragraph that the page before began
        for line in before + (broken[number - 1][:3] if number < 3 else []):
            canvas.drawString(80, y, line)
            y -= 20
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_pdf_furniture_is_left_out_and_listed():
    report = read("r.pdf", laid_out())
    assert "期" not in report.text
    assert "—" not in report.text
    listed = "".join(span.raw for span in report.dropped)
    for number in (1, 2, 3):
        assert f"第{number}期" in listed
        assert f"— {number} —" in listed
    assert all(report.raw[span.raw_start : span.raw_end] == span.raw for span in report.dropped)


def test_pdf_sentences_run_across_pages_and_keep_their_page():
    report = read("r.pdf", laid_out())
    paragraphs = [line.strip() for line in report.text.split("\n")]
    assert paragraphs[0] == report.title == TITLE
    for page, text in enumerate(LONG, 1):
        assert text in paragraphs
        at = report.text.index(text)
        assert (report.page(at), report.page(at + len(text) - 1)) == (page, page + 1)
    assert_checkable(report, report.raw)


def test_pdf_tables_are_rows_in_their_place():
    report = read("r.pdf", laid_out())
    assert f"{TITLE}\n科普馆\t备注：在建\n讲座\t数量：36\n" in report.text
    assert report.text.count("科普馆\t") == 1
    assert report.text.index("讲座\t") < report.text.index(LONG[0])


@pytest.mark.parametrize("number", ["3", "- 3 -", "第 3 页 共 9 页", "3/9", "第3页"])
def test_a_page_number_alone_is_furniture_but_a_figure_in_the_text_is_not(number):
    lines = [Line(text, 80, 500, top, top + 12, 12) for text, top in (("全年", 60), ("36", 300), (number, 800))]
    text, spans = arrange([PageLines(842, tuple(lines))])
    assert [text[start:end] for start, end in spans] == [f"\n{number}"]


@pytest.mark.parametrize(
    "edge",
    [
        "第{n}季度投入科普经费{n}7万元,培训{n}31人。",
        "合计人数341{n}",
        "202{n}",
        "共{n}13人参加",
    ],
)
def test_a_line_whose_figures_change_is_text_wherever_it_stands(edge):
    """At the top of every page, where running heads stand: only a number that counts the pages is furniture."""
    pages = [[edge.format(n=n), f"各乡镇第{n}次开展了科普活动，群众踊跃参加。"] for n in (1, 2, 3, 4)]
    report = sources.parse("r.pdf", pdf(*pages), 60)
    assert report.dropped == ()
    for n in (1, 2, 3, 4):
        assert edge.format(n=n) in report.text


def test_a_line_that_two_pages_share_in_their_midst_is_text():
    page = PageLines(
        842, tuple(Line(f"{text}事。", 80, 300, 60 + 40 * n, 72 + 40 * n, 12) for n, text in enumerate("甲乙丙丁戊己"))
    )
    other = PageLines(
        842, tuple(Line(f"{text}事。", 80, 300, 60 + 40 * n, 72 + 40 * n, 12) for n, text in enumerate("子丑丙丁寅卯"))
    )
    text, spans = arrange([page, other])
    assert spans == []
    assert text == "甲事。\n乙事。\n丙事。\n丁事。\n戊事。\n己事。\n\f子事。\n丑事。\n丙事。\n丁事。\n寅事。\n卯事。"


def test_a_pdf_may_begin_after_other_bytes(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"\r\n\r\n" + pdf([TITLE, BODY[:30], BODY[30:]]))
    assert BODY in read("a.pdf", sources.read_bytes(tmp_path / "a.pdf", 1 << 20)).text


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def body_of(xml: str, *, prepare=lambda _: None) -> bytes:
    """A Word file whose body holds the given XML."""

    def build(document):
        prepare(document)
        for element in parse_xml(f"<w:body {W}>{xml}</w:body>"):
            document.element.body.insert(len(document.element.body) - 1, element)

    return word(build)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text)}</w:p></w:tc>"


WIDE, TALL = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>'
WORD_TEXTS = {
    "content control": (f"<w:sdt><w:sdtContent><w:p>{run('甲')}</w:p></w:sdtContent></w:sdt>", "甲"),
    "control in a line": (f"<w:p>{run('甲')}<w:sdt><w:sdtContent>{run('乙')}</w:sdtContent></w:sdt></w:p>", "甲乙"),
    "insertion": (f"<w:p>{run('甲')}<w:ins>{run('乙')}</w:ins></w:p>", "甲乙"),
    "link and field": (
        f"<w:p><w:hyperlink>{run('甲')}</w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r>"
        f"<w:fldSimple>{run('乙')}</w:fldSimple></w:p>",
        "甲乙",
    ),
    "text box": (
        '<w:p><w:r><w:t>甲</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:Choice Requires="wps"><w:txbxContent><w:p>{run("框")}</w:p></w:txbxContent></mc:Choice>'
        f"<mc:Fallback><w:txbxContent><w:p>{run('框')}</w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>",
        "甲\n框",
    ),
    "merged across": (
        f"<w:tbl><w:tr>{cell('甲', WIDE)}{cell('乙')}</w:tr><w:tr>{cell('1')}{cell('')}{cell('3')}</w:tr></w:tbl>",
        "甲\t乙\n1\t3",
    ),
    "merged down": (
        f"<w:tbl><w:tr>{cell('甲', TALL)}{cell('1')}</w:tr><w:tr>{cell('', '<w:vMerge/>')}{cell('2')}</w:tr></w:tbl>",
        "甲\t1\n甲\t2",
    ),
    "nested table": (
        f"<w:tbl><w:tr>{cell('外')}<w:tc><w:p>{run('内有表')}</w:p><w:tbl><w:tr>{cell('内1')}{cell('内2')}</w:tr></w:tbl>"
        "<w:p/></w:tc></w:tr></w:tbl>",
        "外\t内有表\n内1\t内2",
    ),
    "frame": (f"<w:tbl><w:tr><w:tc><w:p>{run('甲')}</w:p><w:p>{run('乙')}</w:p></w:tc></w:tr></w:tbl>", "甲\n乙"),
}


@pytest.mark.parametrize(("xml", "text"), WORD_TEXTS.values(), ids=WORD_TEXTS)
def test_word_reads_all_that_its_reader_sees(xml, text):
    report = sources.parse("r.docx", body_of(xml))
    assert report.text == text
    assert report.dropped == ()


def test_word_lists_what_it_leaves_out():
    def prepare(document):
        document.sections[0].header.paragraphs[0].text = "内部资料"

    xml = (
        f"<w:p>{run('全年三十六场')}<w:del><w:r><w:delText>八十场</w:delText></w:r></w:del>"
        f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>{run('。')}</w:p>"
    )
    report = read("r.docx", body_of(xml, prepare=prepare))
    assert report.text == "全年三十六场。"
    assert [(span.reason, span.raw.strip()) for span in report.dropped] == [
        ("page", "内部资料"),
        ("deleted", "八十场"),
        ("hidden", "隐"),
    ]
    assert "八十场" not in report.raw[: report.mapped.raw_span(0, len(report.text))[1]]


def test_a_words_footnote_follows_its_paragraph():
    def prepare(document):
        notes = (
            f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p>{run("线")}</w:p></w:footnote>'
            f'<w:footnote w:id="2"><w:p>{run("含流动馆。")}</w:p></w:footnote></w:footnotes>'
        )
        part = Part(PackURI("/word/footnotes.xml"), "application/xml", notes.encode(), document.part.package)
        document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes")

    xml = f'<w:p>{run("科普馆21个")}<w:r><w:footnoteReference w:id="2"/></w:r>{run("。")}</w:p><w:p>{run("完")}</w:p>'
    assert sources.parse("r.docx", body_of(xml, prepare=prepare)).text == "科普馆21个。\n含流动馆。\n完"


def test_word_gives_paragraphs_and_tables_in_order():
    def build(document):
        document.add_heading(TITLE, 1)
        document.add_paragraph(BODY)
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ("名称", "数量", "科普馆", "21个"), strict=True):
            cell.text = text
        document.add_paragraph("以上。")

    report = read("r.docx", word(build))
    assert report.text == f"{TITLE}\n{BODY}\n科普馆\t数量：21个\n以上。"
    assert report.title == TITLE
    assert report.date is None  # the day the file was made is not the day the report was published
    assert report.page(0) is None


OLD = (Path(__file__).parent / "files" / "report.doc").read_bytes()
BAD = {
    "zip": ("a.zip", b"PK\x03\x04", "damaged"),
    "rar": ("a.rar", b"Rar!", "unpack"),
    "text named pdf": ("a.pdf", b"hello", "pdf"),
    "broken doc": ("a.doc", b"\xd0\xcf\x11\xe0 old", "damaged"),
    "half a doc": ("a.doc", OLD[:2000] + "WordDocument".encode("utf-16-le"), "damaged"),
    "old slides": ("a.pptx", b"\xd0\xcf\x11\xe0" + "PowerPoint Document".encode("utf-16-le"), "damaged"),
    "slides of WPS": ("a.dps", b"\xd0\xcf\x11\xe0", "damaged"),
    "encrypted docx": ("a.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "zip named pdf": ("a.pdf", packed({"a.txt": BODY.encode()}), "content is zip"),
    "too large": ("a.txt", b"a" * (1 << 20) + b"b", "WENBAO_MAX_FILE_MB"),
    "white space": ("a.txt", b" \n\t", "empty"),
    "binary": ("a.txt", bytes(range(256)) * 4, "UTF-8"),
    "broken pdf": ("a.pdf", b"%PDF-1.4 broken", "damaged"),
    "broken docx": ("a.docx", b"PK\x03\x04 broken", "damaged"),
    "encrypted pdf": ("a.pdf", pdf([TITLE], encrypt="secret"), "encrypted"),
    "scanned pdf": ("a.pdf", pdf([]), "no text"),
    "empty docx": ("a.docx", word(lambda _: None), "no words"),
    "empty html": ("a.html", b"<html><body><p></p></body></html>", "no words"),
    "unknown": ("a.dwg", b"AC1015", "not supported"),
    "picture named txt": ("a.txt", b"\x89PNG\r\n", "picture"),
}


@pytest.mark.parametrize(("name", "data", "reason"), BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, data, reason):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReportError, match=reason):
        sources.parse(name, sources.read_bytes(tmp_path / name, 1 << 20))


def test_a_parser_that_hangs_is_stopped():
    with pytest.raises(ReportError, match="WENBAO_PARSE_SECONDS"):
        sources.parse("a.pdf", pdf([TITLE]), 0.01)


def test_a_parser_that_fails_says_what_happened():
    deep = "<w:sdt><w:sdtContent>" * 400 + "</w:sdtContent></w:sdt>" * 400
    plain = word(lambda document: document.add_paragraph(BODY))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(buffer, "w") as changed:
        for name in source.namelist():
            changed.writestr(name, source.read(name).replace(b"</w:body>", deep.encode() + b"</w:body>"))
    with pytest.raises(ReportError, match=r"can't be parsed: .*XMLSyntaxError: .*depth"):
        sources.parse("a.docx", buffer.getvalue())


def test_a_word_file_that_unpacks_to_too_much_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bomb, bomb.open("word/document.xml", "w") as entry:
        for _ in range(301):
            entry.write(bytes(1 << 20))
    with pytest.raises(ReportError, match="unpacks to too much"):
        sources.parse("a.docx", buffer.getvalue())


def test_links_in_circles_pipes_and_dangling_links_fail_alone(sync, reports):
    (reports / "circle.txt").symlink_to("circle.txt")
    (reports / "gone.txt").symlink_to("nowhere.txt")
    (reports / "up").symlink_to(".")
    os.mkfifo(reports / "pipe.txt")
    summary = sync()
    assert set(summary.added) == set(SMALL_REPORTS)
    assert [failure.source for failure in summary.failed] == ["circle.txt", "gone.txt", "pipe.txt"]


def test_formats_are_ingested_side_by_side(sync, reports):
    (reports / "a.pdf").write_bytes(pdf([TITLE, BODY]))
    (reports / "b.docx").write_bytes(word(lambda document: document.add_paragraph(BODY)))
    (reports / "c.html").write_text(HTML, encoding="utf-8")
    (reports / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (reports / "random.txt").write_bytes(os.urandom(2000))
    summary = sync()
    assert set(summary.added) == {*SMALL_REPORTS, "a.pdf", "b.docx", "c.html"}
    assert [failure.source for failure in summary.failed] == ["broken.pdf", "random.txt"]


def test_a_link_that_leads_out_of_the_reports_publishes_nothing(sync, reports, tmp_path):
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "secret.txt").write_text("内部资料,不得公开。", encoding="utf-8")
    (reports / "link.txt").symlink_to(outside / "secret.txt")
    (reports / "folder").symlink_to(outside)
    (reports / "device.txt").symlink_to("/dev/zero")
    (reports / "again.txt").symlink_to("a.txt")
    summary = sync()
    assert set(summary.added) == {*SMALL_REPORTS, "again.txt"}
    assert {failure.source for failure in summary.failed} == {"link.txt", "folder", "device.txt"}
    assert all("报告目录之外" in failure.error for failure in summary.failed)


def test_a_report_that_becomes_a_link_out_is_removed(sync, reports, tmp_path):
    sync()
    (tmp_path / "outside.txt").write_text((reports / "a.txt").read_text(encoding="utf-8"), encoding="utf-8")
    (reports / "a.txt").unlink()
    (reports / "a.txt").symlink_to(tmp_path / "outside.txt")
    assert list(sync().removed) == ["a.txt"]


def test_what_systems_leave_beside_reports_is_none(sync, reports):
    for name in ("~$总结.docx", "Thumbs.db", "desktop.ini", ".DS_Store"):
        (reports / name).write_bytes(b"\x00\x01")
    summary = sync()
    assert set(summary.added) == set(SMALL_REPORTS)
    assert not summary.failed


def test_parsers_import_nothing_from_the_working_directory(tmp_path, monkeypatch):
    for name in ("json", "io", "subprocess", "statistics"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert BODY in read("a.pdf", pdf([TITLE, BODY])).text
    assert (
        "正文" in read("b.html", "<html><body><p>这是一段足够长的正文,写着全年的工作。</p></body></html>".encode()).text
    )


def test_a_vertical_tab_breaks_a_line():
    text = "东山县科协工作总结\x0b\x0b全年建成科普馆21个。\x0b举办讲座36场。"
    report = read("a.txt", text.encode())
    assert report.raw == text
    assert report.text.split() == ["东山县科协工作总结", "全年建成科普馆21个。", "举办讲座36场。"]


def test_navigation_is_left_out_though_the_article_says_its_words():
    entries = "".join(f"<li><a href='/{n}'>{word}</a></li>" for n, word in enumerate(("科普", "讲座", "县科协")))
    body = "".join(
        f"<p>{n}月份,县科协组织科普讲座{n}场,走进乡镇和学校,参加群众{n}00余人次,受到广泛欢迎。</p>" for n in range(1, 9)
    )
    page = f"<html><body><nav><ul>{entries}</ul></nav><article><h1>县科协工作总结</h1>{body}</article></body></html>"
    found = read("a.html", page.encode())
    text = found.mapped.text if found.mapped else found.text
    lines = [line.strip() for line in text.split("\n")]
    assert not {"科普", "讲座"} & set(lines)
    assert all(any(line.startswith(f"{n}月份") for line in lines) for n in range(1, 9))
