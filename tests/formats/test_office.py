"""Office files of every kind say the same, whichever program wrote them, and a table's rows say what they are about."""

from __future__ import annotations

import datetime
import importlib
import io
import json
import random
import shutil
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.shared import Cm
from hypothesis import given
from hypothesis import strategies as st
from office_files import mail, ofd, packed, saved_page
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as SheetPicture
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from config.errors import ReportError
from ingest.cleaning.anomalies import Reading
from ingest.cleaning.normalize import normalize
from ingest.formats import kinds, sources
from ingest.formats.blocks import rendered
from ingest.formats.cell_formats import shown
from ingest.formats.grid import Cell, Table
from ingest.formats.numbering import Counters, Level, numbered, written
from ingest.formats.tables import Writer
from rag.show.render import read_as

HERE = Path(__file__).parent
FILES = HERE / "files"
BODY = "东山县科协全年举办科普讲座三十六场次，受益群众二万人次，建成乡村科普馆21个，编印资料5万册。"


def corpus(name: str) -> list[dict[str, Any]]:
    lines = (HERE / "corpus" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


CASES = [(file, row) for row in corpus("files") for file in row["files"]]


@pytest.mark.parametrize(("file", "row"), CASES, ids=[file for file, _ in CASES])
def test_a_file_says_what_its_program_shows(file, row):
    report = sources.parse(file, (FILES / file).read_bytes())
    shown_text = report.mapped.text.replace("\f", "")
    assert [line for line in shown_text.split("\n") if line] == row["lines"]
    assert sorted([span.reason, span.raw.strip()] for span in report.dropped) == sorted(row["dropped"])
    assert report.properties.title == row["title"]
    clean = normalize(report)
    for text, page in row.get("pages", {}).items():
        assert clean.page(clean.text.index(text)) == page


@pytest.mark.parametrize("file", [file for file, _ in CASES])
def test_every_character_of_a_report_stands_in_the_extracted_text(file):
    report = normalize(sources.parse(file, (FILES / file).read_bytes()))
    for i, char in enumerate(report.text):
        start, end = report.mapped.raw_span(i, i + 1)
        assert end - start != 1 or not char.isalnum() or report.raw[start] == char


@pytest.mark.parametrize("row", corpus("tables"), ids=lambda row: row["why"])
def test_a_row_says_what_it_is_about(row):
    cells = tuple(Cell(*cell) for cell in row["cells"]) if "cells" in row else Table.of(row["rows"]).cells
    writer = Writer()
    writer.passed(row.get("before", ""))
    assert list(writer.lines(Table(cells, row.get("heads")))) == row["lines"]


TEXTS = st.sampled_from(
    ["", "乡镇", "北岭镇", "412", "27.5%", "2023年", "志愿者(人)", "单位:万元", "-", "合计", "x" * 90]
)
GIVEN = st.builds(Cell, st.integers(0, 4), st.integers(0, 4), TEXTS, st.integers(1, 3), st.integers(1, 3))


@given(st.lists(GIVEN, max_size=12), st.sampled_from([None, 0, 1, 2, 9]))
def test_no_table_loses_or_invents_a_figure(cells, heads):
    lines = list(Writer().lines(Table(tuple(cells), heads)))
    said = "\n".join(lines)
    grid_figures = {cell.text for cell in cells if cell.text in ("412", "27.5%")}
    assert {text for text in ("412", "27.5%") if text in said} <= grid_figures


@pytest.mark.parametrize("row", corpus("shown"), ids=lambda row: f"{row.get('value', row.get('date'))} {row['format']}")
def test_a_cell_says_what_it_shows(row):
    value = datetime.datetime.fromisoformat(row["date"]) if "date" in row else row["value"]
    assert shown(value, row["format"]) == row["shown"]


@pytest.mark.parametrize("row", corpus("numbers"), ids=lambda row: row["style"])
def test_automatic_numbers_are_written_as_their_style_says(row):
    assert {number: written(int(number), row["style"]) for number in row["written"]} == row["written"]


def test_lists_count_on_below_one_another():
    levels = {0: Level("chineseCounting", "%1、"), 1: Level("chineseCounting", "（%2）"), 2: Level("decimal", "%1.%3")}
    counters = Counters()
    labels = [counters.label("a", levels, depth, {}) for depth in (0, 1, 1, 2, 0, 1)]
    assert labels == ["一、", "（一）", "（二）", "一.1", "二、", "（一）"]
    assert counters.label("a", levels, 0, {0: 7}) == "七、"


def test_a_number_never_runs_into_a_figure():
    assert numbered("1.", "5亿元") == "1. 5亿元"
    assert numbered("1.", "经费") == "1.经费"
    assert numbered("1", "经费") == "1 经费"


def test_a_long_row_goes_on_behind_its_name():
    heads = ["乡镇", *(f"指标{n}" for n in range(40))]
    lines = list(Writer().lines(Table.of([heads, ["北岭镇", *map(str, range(100, 140))], ["石桥镇", *["7"] * 40]])))
    assert len(lines) > 2
    assert all(line.split("\t")[0] in ("北岭镇", "石桥镇") for line in lines)
    assert all(f"指标{n}：{n + 100}" in "\n".join(lines) for n in range(40))


def test_a_table_goes_on_under_the_heads_of_the_page_before():
    head, more = Table.of([["乡镇", "人数"], ["北岭镇", "3"], ["石桥镇", "4"]]), Table.of([["白沙镇", "5"]])
    assert rendered([head, more])["text"].split("\n")[-1] == "白沙镇\t人数：5人"
    assert rendered([head, "另一张表", more])["text"].split("\n")[-1] == "白沙镇\t5"


ILLUSTRATED = ("illustrated.doc", "illustrated.ppt")


def parse(name: str, data: bytes):
    return sources.parse(name, data)


def test_ofd_is_read_line_by_line_and_page_by_page():
    lines = [("东山县科协工作总结", 60.0, 30.0), (BODY[38:], 25.0, 58.0), (f"　　{BODY[:38]}", 25.0, 50.0)]
    report = normalize(parse("a.ofd", ofd(lines, [("二、打算", 25.0, 30.0)], title="总结")))
    assert BODY in report.text
    assert report.page(report.text.index("打算")) == 2
    assert report.date is None


PAGE = (
    f"<html><head><title>总结</title></head><body><h1>东山县科协工作总结</h1><p>{BODY}</p><p>{BODY}</p></body></html>"
)


def test_a_mail_is_its_subject_and_body_and_lists_what_is_attached():
    report = parse("a.eml", mail("东山县科协工作总结", plain=BODY, attached={"附件一.docx": b"x"}))
    assert report.mapped.text.startswith(f"东山县科协工作总结\n{BODY}")
    assert [(span.reason, span.raw.strip()) for span in report.dropped] == [("attachment", "附件一.docx")]
    assert (report.properties.title, report.properties.date) == ("东山县科协工作总结", "2023-05-08")
    assert BODY in parse("b.eml", mail("总结", page=PAGE)).mapped.text


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gb18030"])
def test_a_page_saved_as_one_file_is_read_as_a_browser_shows_it(charset):
    assert BODY in parse("a.mht", saved_page(PAGE, charset)).mapped.text


def pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(60, 700, "Farm houses: 412")
    canvas.save()
    return buffer.getvalue()


LIARS = {
    "a page named xls": ("a.xls", PAGE.encode("gb18030"), BODY),
    "a list named xls": ("a.xls", "乡镇\t志愿者(人)\n北岭镇\t412\n石桥镇\t268\n".encode("gb18030"), "志愿者：412人"),
    "a mail named doc": ("a.doc", saved_page(PAGE, "utf-8"), BODY),
    "rich text named doc": ("a.doc", (FILES / "report.rtf").read_bytes(), "三十六场"),
    "docx named doc": ("a.doc", (FILES / "report.docx").read_bytes(), "三十六场"),
    "doc named docx": ("a.docx", (FILES / "report.doc").read_bytes(), "三十六场"),
    "doc named wps": ("a.wps", (FILES / "report.doc").read_bytes(), "三十六场"),
    "docx named wps": ("a.wps", (FILES / "report.docx").read_bytes(), "三十六场"),
    "xls named et": ("a.et", (FILES / "sheets.xls").read_bytes(), "志愿者：412人"),
    "xlsx named et": ("a.et", (FILES / "sheets-writer.xlsx").read_bytes(), "志愿者：412人"),
    "xls named xlsx": ("a.xlsx", (FILES / "sheets.xls").read_bytes(), "志愿者：412人"),
    "docx named txt": ("a.txt", (FILES / "report.docx").read_bytes(), "三十六场"),
    "docx named jpg": ("a.jpg", (FILES / "report.docx").read_bytes(), "三十六场"),
    "xlsx named xls": ("a.xls", (FILES / "sheets-writer.xlsx").read_bytes(), "志愿者：412人"),
    "xlsx named docx": ("a.docx", (FILES / "sheets-writer.xlsx").read_bytes(), "志愿者：412人"),
    "xlsx named csv": ("a.csv", (FILES / "sheets-writer.xlsx").read_bytes(), "志愿者：412人"),
    "odt named doc": ("a.doc", (FILES / "report.odt").read_bytes(), "三十六场"),
    "pptx named ppt": ("a.ppt", (FILES / "slides.pptx").read_bytes(), "科普讲座36场"),
    "pdf named docx": ("a.docx", pdf(), "Farm houses: 412"),
    "pdf named txt": ("a.txt", pdf(), "Farm houses: 412"),
    "text named doc": ("a.doc", f"{BODY}\n{BODY}".encode("gb18030"), BODY),
    "text named xlsx": ("a.xlsx", f"{BODY}\n".encode(), BODY),
    "a mark of bytes and a page named docx": ("a.docx", f"\ufeff<!-- 甲 -->\n{PAGE}".encode(), BODY),
    "a page named csv": ("a.csv", PAGE.encode(), BODY),
    "a list in UTF-16 named xls": (
        "a.xls",
        "乡镇\t志愿者(人)\n北岭镇\t412\n石桥镇\t268\n".encode("utf-16"),
        "志愿者：412人",
    ),
}


@pytest.mark.parametrize(("name", "data", "said"), LIARS.values(), ids=LIARS)
def test_a_file_is_read_as_what_it_is_whatever_its_name_says(name, data, said):
    report = parse(name, data)
    assert said in (report.text if report.mapped is None else report.mapped.text)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF"])
@pytest.mark.parametrize("name", ["a.jpg", "a.pdf", "a.docx", "a.txt"])
def test_a_picture_is_one_whatever_its_name_says(name, format_):
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9)).save(buffer, format_)
    assert kinds.kind_of(name, buffer.getvalue()) is kinds.PICTURE


TABLE = "<tr><td>乡镇</td><td>志愿者(人)</td></tr><tr><td>北岭镇</td><td>412</td></tr><tr><td>白沙</td><td>7</td></tr>"


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.et"])
@pytest.mark.parametrize(
    "before",
    [
        "<table>",
        "\ufeff<table border=1>",
        "\n<TABLE>",
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/><table>',
        "<style>td{mso-number-format:0}</style><div><table>",
        '<?xml version="1.0"?><html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table>',
    ],
)
def test_a_piece_of_a_page_named_as_a_sheet_is_its_table(name, before):
    report = normalize(parse(name, f"{before}{TABLE}</table>".encode()))
    assert "北岭镇\t志愿者：412人" in report.text
    assert "<" not in report.text


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def picture(side: int = 40) -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side)).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def left_out(name: str, data: bytes) -> list[tuple[str, str]]:
    return sorted((span.reason, span.raw.strip()) for span in parse(name, data).dropped)


def test_pictures_in_a_text_and_files_in_it_are_told():
    document = docx.Document()
    document.add_paragraph(BODY)
    document.add_picture(picture(), width=Cm(12))
    document.add_picture(picture(2), width=Cm(0.5))  # a sign in its line
    document.sections[0].header.paragraphs[0].add_run().add_picture(picture(3), width=Cm(3))
    take_in(document, "chunk.rtf", "application/rtf", b"{\\rtf1 412}")
    assert left_out("a.docx", saved(document)) == [("embedded", "chunk.rtf"), ("picture", "image1.png")]
    told = read_as(Reading.of(normalize(parse("a.docx", saved(document)))), "en")
    assert told.endswith("not included: 1 embedded files, 1 pictures")


def take_in(document: Any, name: str, kind: str, data: bytes) -> None:
    """A file that a document takes in whole, at its end."""
    part = Part(PackURI(f"/word/{name}"), kind, data, document.part.package)
    to = document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk")
    chunk = f'<w:altChunk {nsdecls("w", "r")} r:id="{to}"/>'
    document.element.body.insert_element_before(parse_xml(chunk), "w:sectPr")


TAKEN_IN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def test_what_a_document_takes_in_is_read_where_it_stands():
    inner, document = docx.Document(), docx.Document()
    inner.add_paragraph("三、建成科普馆21个。")
    inner.add_picture(picture(), width=Cm(12))
    document.add_paragraph(BODY)
    page = "<html><head><title>x</title></head><body><p>一、举办讲座412场。</p></body></html>"
    take_in(document, "a.html", "text/html", page.encode("gb18030"))
    take_in(document, "b.txt", "text/plain", "二、发放资料2.6万册。".encode())
    take_in(document, "c.docx", TAKEN_IN, saved(inner))
    document.add_paragraph("四、下一步打算。")
    report = parse("a.docx", saved(document))
    places = [report.text.index(said) for said in (BODY, "一、", "二、", "三、", "四、")]
    assert places == sorted(places)
    assert [(span.reason, span.raw.strip()) for span in report.dropped] == [("picture", "image1.png")]


@pytest.mark.parametrize(
    ("kind", "data"),
    [("text/html", bytes(range(256)) * 9), (TAKEN_IN, b"PK\x03\x04"), (TAKEN_IN, b""), ("application/x", b"412")],
)
def test_what_a_document_takes_in_and_cannot_be_read_is_told(kind, data):
    document = docx.Document()
    document.add_paragraph(BODY)
    take_in(document, "a.bin", kind, data)
    assert left_out("a.docx", saved(document)) == [("embedded", "a.bin")]


def test_a_document_that_takes_in_itself_ends():
    document = docx.Document()
    document.add_paragraph(BODY)
    for _ in range(6):
        outer = docx.Document()
        take_in(outer, "in.docx", TAKEN_IN, saved(document))
        document = outer
        document.add_paragraph(BODY)
    assert left_out("a.docx", saved(document)) == [("embedded", "in.docx")]


def test_pictures_on_slides_are_told_once():
    show = pptx.Presentation()
    for n in range(2):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = f"{BODY}{n}"
        slide.shapes.add_picture(picture(), Cm(3), Cm(6), Cm(12), Cm(9))
        slide.shapes.add_picture(picture(2), Cm(0), Cm(0), Cm(0.5), Cm(0.5))
    hidden = show.slides.add_slide(show.slide_layouts[5])
    hidden.shapes.add_picture(picture(3), Cm(3), Cm(6), Cm(12), Cm(9))
    hidden._element.set("show", "0")
    held = [one for one in left_out("a.pptx", saved(show)) if one[0] == "picture"]
    assert [name.rpartition(".")[2] for _, name in held] == ["png"]


def open_text(body: str) -> bytes:
    names = {"office": "office", "text": "text", "draw": "drawing", "svg": "svg-compatible"}.items()
    known = "".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" ' for short, name in names)
    content = (
        f'<office:document-content {known} xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>{body}'
        "</office:text></office:body></office:document-content>"
    )
    return packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def test_pictures_in_an_open_document_are_told_once():
    def frame(name: str, width: str = "12cm", more: str = "") -> str:
        return (
            f'<text:p><draw:frame svg:width="{width}" svg:height="9cm"><draw:image xlink:href="Pictures/{name}"/>{more}'
            "</draw:frame></text:p>"
        )

    other = '<draw:image xlink:href="Pictures/a.svg"/>'
    body = f"<text:p>{BODY}</text:p>" + frame("a.png", more=other) + frame("a.png") + frame("sign.png", "5mm")
    body += '<text:p><draw:frame><draw:object/><draw:image xlink:href="ObjectReplacements/b"/></draw:frame></text:p>'
    assert left_out("a.odt", open_text(body)) == [("picture", "a.png")]


def test_a_text_of_pictures_alone_says_so():
    document = docx.Document()
    document.add_picture(picture(), width=Cm(12))
    with pytest.raises(ReportError, match="only pictures"):
        parse("a.docx", saved(document))


def test_what_a_sheet_shows_beside_its_cells_is_told():
    book = openpyxl.Workbook()
    for row in (["乡镇", "志愿者(人)"], ["北岭镇", 412], ["石桥镇", 7]):
        book.active.append(row)
    book.active["B2"].comment = Comment("含兼职\n30人", "甲")
    book.active.add_image(SheetPicture(picture()), "D2")
    assert left_out("a.xlsx", saved(book)) == [("comment", "含兼职 30人"), ("picture", "image1.png")]


def test_tables_side_by_side_in_a_sheet_keep_to_their_own_heads():
    book = openpyxl.Workbook()
    rows = [
        ["乡镇", "志愿者(人)", "负责人", None, "项目", "经费(万元)"],
        ["北岭镇", 412, "赵一", None, "讲座", 12.5],
        ["石桥镇", 7, "钱二", None, "场馆", 150],
    ]
    for row in rows:
        book.active.append(row)
    book.active.column_dimensions["C"].hidden = True
    said = parse("a.xlsx", saved(book)).mapped.text.partition("\n负责人")[0]
    assert said == "北岭镇\t志愿者：412人\n石桥镇\t志愿者：7人\n讲座\t经费：12.5万元\n场馆\t经费：150万元"


def test_a_hidden_column_parts_no_table():
    book = openpyxl.Workbook()
    heads = ["乡镇", "志愿者(人)", "旧数", "项目", "经费(万元)"]
    for row in (heads, ["北岭镇", 412, 1, "讲座", 12.5], ["石桥镇", 7, 2, "场馆", 3]):
        book.active.append(row)
    book.active.column_dimensions["C"].hidden = True
    said = parse("a.xlsx", saved(book)).mapped.text
    assert "北岭镇\t志愿者：412人\t项目：讲座\t经费：12.5万元" in said


def test_a_document_in_xml_says_what_to_do():
    with pytest.raises(ReportError, match=r"save it as \.docx"):
        parse("a.doc", b'<?xml version="1.0"?><w:wordDocument xmlns:w="x"><w:t>412</w:t></w:wordDocument>')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_list_of_values_is_a_table_in_any_encoding(encoding, delimiter):
    rows = [["乡镇", "志愿者(人)"], ["北岭镇", "412"], ["石桥镇", '"1,268"']]
    data = "\n".join(delimiter.join(row) for row in rows).encode(encoding)
    assert parse("a.csv", data).mapped.text == "北岭镇\t志愿者：412人\n石桥镇\t志愿者：1,268人"


@pytest.mark.parametrize("file", sorted(path.name for path in FILES.iterdir() if path.suffix != ".csv"))
@pytest.mark.parametrize("kept", [0.3, 0.7, 0.95])
def test_half_a_file_is_refused_in_one_line_or_read(file, kept):
    data = (FILES / file).read_bytes()
    text, refusal = read_or_refused(file, data[: int(len(data) * kept)])
    assert text or 0 < len(refusal) < 300


def read_or_refused(name: str, data: bytes) -> tuple[str, str]:
    """The text of a file, or the line that says why there is none."""
    try:
        report = parse(name, data)
    except ReportError as exc:
        assert "\n" not in exc.text("zh") + exc.text("en")  # noqa: PT017
        return "", exc.text("zh")
    assert all(report.text[span.raw_start : span.raw_end] == span.raw for span in report.dropped)
    return report.text, ""


@pytest.mark.parametrize("file", ["report.doc", "report.rtf", "sheets.xls", "report.odt", "slides.pptx", *ILLUSTRATED])
@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_file_is_refused_or_read_and_nothing_else(file, seed):
    draw = random.Random(seed)
    data = bytearray((FILES / file).read_bytes())
    for _ in range(40):
        data[draw.randrange(16, len(data))] = draw.randrange(256)
    text, refusal = read_or_refused(file, bytes(data))
    assert text or 0 < len(refusal) < 300


def test_every_kind_has_a_reader_that_exists():
    for reader in kinds.READERS.values():
        assert callable(importlib.import_module(reader).read)


def zipped(path: Path, members: dict[str, bytes]) -> None:
    path.write_bytes(packed(members))


def test_what_an_archive_holds_are_reports_of_their_own(sync, reports):
    (reports / "old.txt").write_text(BODY, encoding="utf-8")
    members = {"报告/甲.txt": BODY.encode(), "乙.doc": (FILES / "report.doc").read_bytes(), "__MACOSX/x": b"x"}
    zipped(reports / "b.zip", members | {"坏.docx": b"PK\x03\x04 broken", "内.zip": packed({"a.txt": b"x"})})
    summary = sync()
    assert {"b.zip/报告/甲.txt", "b.zip/乙.doc"} <= set(summary.added)
    assert {failure.source for failure in summary.failed} == {"b.zip/坏.docx", "b.zip/内.zip"}
    zipped(reports / "b.zip", {"乙.doc": members["乙.doc"]})
    assert list(sync().removed) == ["b.zip/报告/甲.txt"]
    (reports / "b.zip").unlink()
    assert list(sync().removed) == ["b.zip/乙.doc"]


BAD_ARCHIVES = {
    "outwards": ({"../a.txt": b"x"}, "指向包外"),
    "absolute": ({"/etc/a.txt": b"x"}, "指向包外"),
    "drive": ({"C:/a.txt": b"x"}, "指向包外"),
    "nothing": ({}, "没有文件"),
    "too many": ({f"{n}.txt": b"" for n in range(5001)}, "过多"),
}


@pytest.mark.parametrize(("members", "reason"), BAD_ARCHIVES.values(), ids=BAD_ARCHIVES)
def test_an_archive_that_leads_out_or_swells_is_refused_as_a_whole(sync, reports, members, reason):
    zipped(reports / "bad.zip", members)
    summary = sync()
    assert [failure.source for failure in summary.failed] == ["bad.zip"]
    assert reason in summary.failed[0].error


def test_a_member_that_swells_is_refused_alone(sync, reports):
    zipped(reports / "swelling.zip", {"大.txt": "科".encode() * (8 << 20), "小.txt": BODY.encode()})
    summary = sync()
    assert "swelling.zip/小.txt" in summary.added
    assert [failure.source for failure in summary.failed] == ["swelling.zip/大.txt"]
    assert "WENBAO_MAX_FILE_MB" in summary.failed[0].error


def test_names_in_an_old_chinese_archive_are_read(sync, reports):
    data = packed({"AAAA.txt": BODY.encode()}).replace(b"AAAA", "总结".encode("gb18030"))
    (reports / "旧.zip").write_bytes(data)
    assert "旧.zip/总结.txt" in sync().added


def test_cleaning_an_archive_shows_each_file(wenbao, tmp_path):
    zipped(tmp_path / "a.zip", {"甲.txt": BODY.encode(), "乙.txt": b"\xff\xfe\x00"})
    shutil.copy(FILES / "report.odt", tmp_path)
    done = wenbao("clean", "a.zip", "report.odt")
    assert BODY in done.stdout
    assert "三十六场" in done.stdout
    assert "a.zip/乙.txt" in done.stderr
    assert done.returncode == 1
