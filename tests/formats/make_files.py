"""Makes `files/`: reports as office programs write them. Needs LibreOffice; run it where a format is added.

    python tests/formats/make_files.py

What each file says stands in `files.jsonl`; the tests read only the files.
"""

from __future__ import annotations

import datetime
import io
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import docx
import openpyxl
import pptx
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from docx.shared import Cm
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pptx.util import Inches

FILES = Path(__file__).parent / "files"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WP = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TITLE = "东山县科协二〇二三年工作总结"
LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
QUARTERS = [
    ["乡镇", "第一季度", "", "第二季度", ""],
    ["", "期数(期)", "人数(人)", "期数(期)", "人数(人)"],
    ["北岭镇", "3", "160", "6", "402"],
    ["石桥镇", "4", "", "5", "288"],
    ["合计", "7", "160", "11", "690"],
]
FORM = [["姓名", "张文远", "职务", "主席"], ["学历", "大学本科", "电话", "0731-8412345"]]


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def line(*runs: str, level: int | None = None) -> str:
    number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>' if level is not None else ""
    return f"<w:p {W}><w:pPr>{number}</w:pPr>{''.join(runs)}</w:p>"


def report() -> bytes:
    """A report with all that Word does to a text: numbers, a note, changes, hidden words, a header, tables."""
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = TITLE, "东山县科协办公室"
    _add_lists(document)
    _add_note(document)
    document.sections[0].header.paragraphs[0].text = "东科协〔2023〕18号"
    document.sections[0].footer.paragraphs[0].text = "内部资料"
    document.add_heading(TITLE, 1)
    changed = (
        '<w:del w:id="90" w:author="甲" w:date="2023-05-08T00:00:00Z"><w:r><w:delText>八十</w:delText></w:r></w:del>'
        f'<w:ins w:id="91" w:author="甲" w:date="2023-05-08T00:00:00Z">{run("三十六")}</w:ins>'
    )
    lines = (
        line(run("科普活动"), level=0),
        line(run("讲座"), level=1),
        line(
            run("全年举办科普讲座"),
            changed,
            run("场"),
            run("暗语", "<w:vanish/>"),
            run("，受益群众2.1万人次。"),
            level=2,
        ),
        line(run("编印资料5万册。"), level=2),
        line(run("展览"), level=1),
        line(run("建成乡村科普馆21个"), '<w:r><w:footnoteReference w:id="2"/></w:r>', run("。"), level=2),
        line(run("组织建设"), level=0),
    )
    for xml in lines:
        document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))
    document.add_paragraph("农民培训情况如下:")
    _quarters(document)
    document.add_paragraph("单位负责人登记表")
    _table(document, FORM)
    document.add_paragraph("单位:万元")
    _table(
        document, [["项目", "2022年", "2023年"], ["科普讲座", "65.00", "71.20"], ["场馆建设", "1,186.40", "1,192.75"]]
    )
    document.add_paragraph("特此报告。")
    return _saved(document)


def _add_lists(document) -> None:
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for n, (style, text) in enumerate(LEVELS)
    )
    root = document.part.numbering_part.element
    abstract = f'<w:abstractNum {W} w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    root.insert(0, parse_xml(abstract))
    root.append(parse_xml(f'<w:num {W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))


def _add_note(document) -> None:
    kinds = ("separator", "continuationSeparator")
    parting = "".join(
        f'<w:footnote w:type="{kind}" w:id="{n}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for n, kind in enumerate(kinds)
    )
    note = f'<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>{run("含流动科普馆2个。")}</w:p></w:footnote>'
    content = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    notes = f"<w:footnotes {W}>{parting}{note}</w:footnotes>".encode()
    part = Part(PackURI("/word/footnotes.xml"), content, notes, document.part.package)
    document.part.relate_to(part, f"{RELATIONS}/footnotes")


def _table(document, rows):
    table = document.add_table(len(rows), len(rows[0]))
    table.style = "Table Grid"
    for cells, row in zip(rows, table.rows, strict=True):
        for text, cell in zip(cells, row.cells, strict=True):
            cell.text = text
    return table


def _quarters(document) -> None:
    table = _table(document, QUARTERS)
    table.cell(0, 1).merge(table.cell(0, 2)).text = "第一季度"
    table.cell(0, 3).merge(table.cell(0, 4)).text = "第二季度"
    table.cell(0, 0).merge(table.cell(1, 0)).text = "乡镇"


def sheets() -> bytes:
    """A workbook with titles, units, merged cells, formats, formulas and a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "各乡镇情况"
    sheet.append(["全县各乡镇科普情况统计表"])
    sheet.merge_cells("A1:G1")
    sheet.append(["填报单位:东山县科协", None, None, None, None, None, "单位:万元"])
    sheet.append(["片区", "乡镇", "投入", "占比", "日期", "志愿者(人)", "备注"])
    rows = [
        ("东片", "北岭镇", 1234.5, 0.275, 412),
        (None, "石桥镇", 65, 0.5, 268),
        ("西片", "白沙镇", -3.6, 0.225, 190),
    ]
    for n, (area, town, spent, share, people) in enumerate(rows):
        sheet.append([area, town, spent, share, datetime.date(2023, 5, 8 + n), people, None])
    sheet.merge_cells("A4:A5")
    sheet.append(["合计", None, "=SUM(C4:C6)", "=SUM(D4:D6)", None, "=SUM(F4:F6)", "已核"])
    for n in range(4, 8):
        sheet.cell(n, 3).number_format = "#,##0.00"
        sheet.cell(n, 4).number_format = "0.0%"
        sheet.cell(n, 5).number_format = 'yyyy"年"m"月"d"日"'
    visits = book.create_sheet("接待")
    visits.append(["月份", "接待量", "票价"])
    for month, count, price in (("一月", 7800, 12.5), ("二月", 9100, 15)):
        visits.append([month, count, price])
        visits.cell(visits.max_row, 2).number_format = '#,##0"人次"'
        visits.cell(visits.max_row, 3).number_format = '"¥"0.00'
    old = book.create_sheet("旧数据")
    old.append(["乡镇", "投入"])
    old.append(["北岭镇", 999])
    old.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def picture(side: int, form: str = "PNG") -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), (side, 0, 0)).save(buffer, form)
    buffer.seek(0)
    return buffer


def illustrated() -> bytes:
    """A text with three pictures: in a line, beside it, and in a table; a sign in a line, and one in the header."""
    document = docx.Document()
    document.add_heading(TITLE, 1)
    document.add_paragraph("全年举办科普讲座36场。")
    document.add_picture(picture(40), width=Cm(12))
    document.add_picture(picture(2), width=Cm(0.5))
    beside = document.add_paragraph("建成乡村科普馆21个。").add_run().add_picture(picture(41, "JPEG"), width=Cm(6))
    _float(beside._inline)
    table = _table(document, [["项目", "照片"], ["讲座", ""]])
    table.cell(1, 1).paragraphs[0].add_run().add_picture(picture(42), width=Cm(3))
    document.sections[0].header.paragraphs[0].add_run().add_picture(picture(3), width=Cm(3))
    return _saved(document)


def _float(inline) -> None:
    """A picture in a line becomes one beside it, around which the text runs."""
    kept = ('distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0" '
            'layoutInCell="1" allowOverlap="1"')  # fmt: skip
    anchor = parse_xml(
        f'<wp:anchor {WP} {kept}><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>1000000'
        '</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>500000</wp:posOffset>'
        "</wp:positionV></wp:anchor>"
    )
    for child in list(inline):
        anchor.append(child)
        if child.tag.endswith("}extent"):
            anchor.append(parse_xml(f'<wp:wrapSquare {WP} wrapText="bothSides"/>'))
    inline.getparent().replace(inline, anchor)


def illustrated_slides() -> bytes:
    """Slides with three pictures, one of them twice and one in a group; a sign; and one on a slide that isn't shown."""
    show = pptx.Presentation()
    for n in range(2):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = f"{TITLE}之{n + 1}"
        slide.shapes.add_picture(picture(40), Inches(1), Inches(2), Inches(4), Inches(3))
        slide.shapes.add_picture(picture(2), Inches(0), Inches(0), Inches(0.2), Inches(0.2))
    slide.shapes.add_picture(picture(41, "JPEG"), Inches(1), Inches(5), Inches(2), Inches(1))
    group = slide.shapes.add_group_shape()
    group.shapes.add_picture(picture(42), Inches(6), Inches(2), Inches(2), Inches(1))
    hidden = show.slides.add_slide(show.slide_layouts[5])
    hidden.shapes.title.text = "备用页"
    hidden.shapes.add_picture(picture(3), Inches(1), Inches(2), Inches(4), Inches(3))
    hidden._element.set("show", "0")
    buffer = io.BytesIO()
    show.save(buffer)
    return buffer.getvalue()


def slides() -> bytes:
    """Slides with a list, notes, a table and a slide that isn't shown."""
    show = pptx.Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = TITLE
    first.placeholders[1].text = "全年举办科普讲座36场\n建成乡村科普馆21个"
    first.notes_slide.notes_text_frame.text = "说明流动馆的情况"
    second = show.slides.add_slide(show.slide_layouts[5])
    second.shapes.title.text = "经费使用"
    rows = [["项目", "金额(万元)"], ["讲座", "12.5"], ["场馆", "150"]]
    table = second.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(5), Inches(2)).table
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    third = show.slides.add_slide(show.slide_layouts[5])
    third.shapes.title.text = "备用页"
    third._element.set("show", "0")
    buffer = io.BytesIO()
    show.save(buffer)
    return buffer.getvalue()


def _saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


MADE = {
    "report.docx": (report, ("doc", "rtf", "odt", "docx")),
    "sheets.xlsx": (sheets, ("xls", "ods", "xlsx")),
    "slides.pptx": (slides, ("odp", "pptx")),
    "illustrated.docx": (illustrated, ("doc", "odt")),
    "illustrated.pptx": (illustrated_slides, ("ppt", "odp")),
}


FONT = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
SAID = [
    "东山县科协二〇二三年工作总结",
    "一、全年举办科普讲座36场次，受益群众2.1万人次，编印资料5万册。",
    "二、投入科普经费1,234.5万元，比上年增长27.5%，新增志愿者412名。",
    "联系人：张文远　电话：0731-8412345",
]
RESULTS = [
    ["单位", "讲座", "受众", "经费"],
    ["教育局", "29场", "1.1万人次", "19万元"],
    ["卫健局", "31场", "1.4万人次", "27万元"],
]


def scan(
    dots: int, *, noise: float = 0, blur: float = 0, lean: float = 0, pale: float = 1, stamp: bool = False
) -> bytes:
    """Part of a page as a scanner of so many dots an inch delivers it."""
    scale = dots / 72
    picture = Image.new("L", (int(500 * scale), int(260 * scale)), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, int(12 * scale))
    for n, text in enumerate(SAID):
        draw.text((40 * scale, (30 + 26 * n) * scale), text, fill=0, font=font)
    for r, row in enumerate(RESULTS):
        for c, text in enumerate(row):
            draw.text(((50 + 105 * c) * scale, (150 + 26 * r) * scale), text, fill=0, font=font)
    if stamp:
        draw.ellipse([300 * scale, 60 * scale, 400 * scale, 160 * scale], outline=150, width=int(3 * scale))
    picture = picture.filter(ImageFilter.GaussianBlur(blur)).point(lambda value: int(255 - (255 - value) * pale))
    draw_lots, pixels = random.Random(1), picture.load()
    for _ in range(int(picture.width * picture.height * noise)):
        pixels[draw_lots.randrange(picture.width), draw_lots.randrange(picture.height)] = draw_lots.choice((0, 255))
    picture = picture.rotate(lean, expand=True, fillcolor=255)
    buffer = io.BytesIO()
    picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=16).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


SCANS = {
    "scan.png": {"dots": 200},
    "scan-noisy.png": {"dots": 150, "noise": 0.002, "blur": 0.6, "pale": 0.6, "stamp": True},
    "scan-askew.png": {"dots": 200, "lean": 2.5},
    "scan-turned.png": {"dots": 150, "lean": 90},
}


def main() -> None:
    for name, worse in SCANS.items():
        (FILES / name).write_bytes(scan(**worse))
    FILES.mkdir(exist_ok=True)
    for name, (make, formats) in MADE.items():
        with tempfile.TemporaryDirectory() as folder:
            given = Path(folder, name)
            given.write_bytes(make())
            (FILES / name).write_bytes(given.read_bytes())
            for suffix in formats:
                out = Path(folder, "out")
                converting = ["soffice", "--headless", "--convert-to", suffix, "--outdir", str(out), str(given)]
                subprocess.run(converting, check=True, stdout=subprocess.DEVNULL)
                stem = given.stem + ("-writer" if given.suffix == f".{suffix}" else "")
                (FILES / f"{stem}.{suffix}").write_bytes((out / f"{given.stem}.{suffix}").read_bytes())


if __name__ == "__main__":
    sys.exit(main())
