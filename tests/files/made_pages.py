"""Pages: .pdf by ReportLab and by hand, .ofd by hand, .pptx by python-pptx."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pptx
from making import ROW, Facts, made, packed
from pptx.util import Inches
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
pdfmetrics.registerFontFamily(FONT, FONT, FONT, FONT, FONT)
FILLER = "县科协围绕中心工作，扎实开展科学普及，团结引领广大科技工作者，各项工作取得新的成效。"


def canvas(**options: Any) -> tuple[Canvas, io.BytesIO]:
    buffer = io.BytesIO()
    new = Canvas(buffer, pagesize=options.pop("size", A4), **options)
    new.setFont(FONT, 12)
    return new, buffer


def finished(new: Canvas, buffer: io.BytesIO) -> bytes:
    new.save()
    return buffer.getvalue()


def wrapped(text: str, width: int) -> Iterator[str]:
    yield from (text[at : at + width] for at in range(0, len(text), width))


def draw(new: Canvas, lines: Sequence[str], x: float = 72, y: float = 770, step: float = 20) -> None:
    for n, line in enumerate(lines):
        new.drawString(x, y - n * step, line)


def flowing(*parts: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, **options).build(list(parts))
    return buffer.getvalue()


def paragraph(text: str, **style: Any) -> Paragraph:
    look = ParagraphStyle("a", fontName=FONT, fontSize=12, leading=20, wordWrap="CJK", firstLineIndent=24, **style)
    return Paragraph(text, look)


@made("wrapped.pdf", "{said}", "{other}", page=1)
def paragraphs(f: Facts) -> bytes:
    return flowing(paragraph(f.title), paragraph(FILLER + f.said + FILLER), paragraph(f.other + FILLER))


@made("two-pages.pdf", page=2)
def two_pages(f: Facts) -> bytes:
    return flowing(paragraph(f.title), paragraph(FILLER), PageBreak(), paragraph(f.said))


@made("across-pages.pdf")
def across_pages(f: Facts) -> bytes:
    """A sentence that goes on where the page turns."""
    new, buffer = canvas()
    lines = list(wrapped(f.title.ljust(38, "　") + FILLER * 15 + f.said + FILLER, 37))
    at = next(n for n, line in enumerate(lines) if "全年" in line)
    draw(new, lines[: at + 1])
    new.showPage()
    new.setFont(FONT, 12)
    draw(new, lines[at + 1 :])
    return finished(new, buffer)


@made("columns.pdf")
def columns(f: Facts) -> bytes:
    new, buffer = canvas()
    left, right = list(wrapped(FILLER * 8, 18)), list(wrapped(f.said + FILLER * 7, 18))
    draw(new, [f.title], x=200, y=800)
    draw(new, left[:18], x=60)
    draw(new, right[:18], x=320)
    return finished(new, buffer)


@made("ruled.pdf", *ROW)
def ruled(f: Facts) -> bytes:
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), FONT, 10)]
    return flowing(paragraph(f.title), paragraph(f"{f.place}科协各乡镇志愿者情况"), Table(f.rows, style=grid))


@made("unruled.pdf", *ROW)
def unruled(f: Facts) -> bytes:
    new, buffer = canvas()
    draw(new, [f.title])
    rows = [*f.rows, ["白沙镇", "30", "2.00"], ["清溪镇", "31", "3.00"]]
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            new.drawString(72 + 130 * c, 700 - 20 * r, text)
    return finished(new, buffer)


@made("table-on-pages.pdf", *ROW)
def table_on_pages(f: Facts) -> bytes:
    """The row that is asked for stands on the second page, without the heads."""
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), FONT, 10)]
    others = [[f"第{n}镇", str(n), "1.00"] for n in range(45)]
    return flowing(paragraph(f.title), Table([f.rows[0], *others, f.rows[1]], style=grid))


@made("merged.pdf", "北岭镇\t上半年期数：3期\t上半年人数：{n}人", ask="{place}北岭镇上半年人数?")
def merged(f: Facts) -> bytes:
    rows = [["乡镇", "上半年", ""], ["", "期数(期)", "人数(人)"], ["北岭镇", "3", str(f.n)], ["石桥镇", "4", "5"]]
    style = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), FONT, 10),
        ("SPAN", (1, 0), (2, 0)), ("SPAN", (0, 0), (0, 1)),
    ]  # fmt: skip
    return flowing(paragraph(f.title), Table(rows, style=style))


@made("heads.pdf", "{said}", "东科协〔2023〕18号", never=("第 2 页",))
def heads(f: Facts) -> bytes:
    new, buffer = canvas()
    for page in range(4):
        new.setFont(FONT, 12)
        new.drawString(72, 810, "东科协〔2023〕18号")
        new.drawString(280, 30, f"第 {page + 1} 页")
        draw(
            new, [f.title if not page else FILLER[:30] + str(page), f.said if page == 2 else FILLER[:35]], y=700 - page
        )
        new.showPage()
    return finished(new, buffer)


@made("turned.pdf")
def turned(f: Facts) -> bytes:
    """A page that its file says to turn."""
    new, buffer = canvas(size=landscape(A4))
    new.setPageRotation(90)
    new.translate(842, 0)
    new.rotate(90)
    new.setFont(FONT, 12)
    draw(new, [f.title, f.said], y=770)
    return finished(new, buffer)


@made("bold.pdf", "{said}")
def bold(f: Facts) -> bytes:
    """Bold type made by printing twice."""
    new, buffer = canvas()
    for shift in (0, 0.3):
        draw(new, [f.title, f.said], x=72 + shift)
    return finished(new, buffer)


@made("spaced.pdf", "{said}")
def spaced(f: Facts) -> bytes:
    """Every character put at a place of its own, in any order."""
    new, buffer = canvas()
    draw(new, [f.title])
    ends = [72 + 1.02 * new.stringWidth(f.said[:n], FONT, 12) for n, _ in enumerate(f.said)]
    for x, char in reversed(list(zip(ends, f.said, strict=True))):
        new.drawString(x, 700, char)
    return finished(new, buffer)


@made("form.pdf", "{n}", ask="{place}科协举办讲座多少场?")
def form(f: Facts) -> bytes:
    new, buffer = canvas()
    draw(new, [f.title, "全年举办科普讲座场次："])
    new.acroForm.textfield(name="n", x=210, y=745, width=80, height=20, value=str(f.n))
    return finished(new, buffer)


@made("downwards.pdf", "{place}科协全年举办科普讲座{n}场")
def downwards(f: Facts) -> bytes:
    new, buffer = canvas()
    for column, text in enumerate((f.title, f.said.partition("，")[0])):
        for n, char in enumerate(text):
            new.drawString(500 - 24 * column, 780 - 14 * n, char)
    return finished(new, buffer)


OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def ofd(*pages: Sequence[tuple[str, float, float]], template: str = "", steps: bool = True) -> bytes:
    def placed(text: str, x: float, y: float) -> str:
        delta = f'DeltaX="g {len(text) - 1} 4.2"' if steps and len(text) > 1 else ""
        return (
            f'<ofd:TextObject ID="1" Boundary="{x} {y} {4.2 * len(text)} 4.2" Font="1" Size="4.2">'
            f'<ofd:TextCode X="0" Y="3.6" {delta}>{text}</ofd:TextCode></ofd:TextObject>'
        )

    listed = "".join(f'<ofd:Page ID="{10 + n}" BaseLoc="Pages/P{n}/Content.xml"/>' for n in range(len(pages)))
    behind = '<ofd:TemplatePage ID="5" BaseLoc="Tpls/T.xml"/>' if template else ""
    members = {
        "OFD.xml": f'<ofd:OFD {OFD} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID>'
        "</ofd:DocInfo><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {OFD}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        f"</ofd:PhysicalBox></ofd:PageArea>{behind}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    if template:
        members["Doc_0/Tpls/T.xml"] = (
            f"<ofd:Page {OFD}><ofd:Content><ofd:Layer>{placed(template, 80, 10)}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    for n, texts in enumerate(pages):
        used = '<ofd:Template TemplateID="5"/>' if template else ""
        layer = "".join(placed(*text) for text in texts)
        members[f"Doc_0/Pages/P{n}/Content.xml"] = (
            f"<ofd:Page {OFD}>{used}<ofd:Content><ofd:Layer>{layer}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return packed(members)


@made("plain.ofd")
def plain_ofd(f: Facts) -> bytes:
    return ofd([(f.title, 60, 30), (f.said, 25, 50)])


@made("pages.ofd", page=3)
def pages_ofd(f: Facts) -> bytes:
    return ofd([(f.title, 60, 30)], [(FILLER[:36], 25, 30)], [(f.said, 25, 30)])


@made("template.ofd", never=("内部资料",))
def template_ofd(f: Facts) -> bytes:
    other = [[(FILLER[:20] + str(n), 25, 60 + n)] for n in range(3)]
    return ofd([(f.title, 60, 40), (f.said, 25, 60)], *other, template="内部资料")


@made("unordered.ofd")
def unordered_ofd(f: Facts) -> bytes:
    """The pieces of a line, in any order, without steps from character to character."""
    half = len(f.said) // 2
    return ofd([(f.said[half:], 25 + 4.2 * half, 50), (f.said[:half], 25, 50), (f.title, 60, 30)], steps=False)


@made("table.ofd", *ROW, ask="{place}北岭镇志愿者多少人?")
def table_ofd(f: Facts) -> bytes:
    cells = [(text, 25 + 50 * c, 60 + 8 * r) for r, row in enumerate(f.rows) for c, text in enumerate(row)]
    return ofd([(f.title, 60, 30), *cells])


def show(*slides: Any) -> bytes:
    new = pptx.Presentation()
    for fill in slides:
        fill(new.slides.add_slide(new.slide_layouts[5]))
    buffer = io.BytesIO()
    new.save(buffer)
    return buffer.getvalue()


def text_at(slide: Any, text: str, top: float, left: float = 1) -> None:
    slide.shapes.add_textbox(Inches(left), Inches(top), Inches(6), Inches(1)).text_frame.text = text


@made("plain.pptx", "{said}", page=2)
def plain_pptx(f: Facts) -> bytes:
    def first(slide: Any) -> None:
        slide.shapes.title.text = f.title

    def second(slide: Any) -> None:
        slide.shapes.title.text = "科普活动"
        text_at(slide, f.other, 4)
        text_at(slide, f.said, 2)

    return show(first, second)


@made("table.pptx", *ROW)
def table_pptx(f: Facts) -> bytes:
    def fill(slide: Any) -> None:
        slide.shapes.title.text = f"{f.place}科协志愿者"
        table = slide.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
        for r, row in enumerate(f.rows):
            for c, text in enumerate(row):
                table.cell(r, c).text = text

    return show(fill)


@made("notes.pptx", "备注：{said}")
def notes_pptx(f: Facts) -> bytes:
    def fill(slide: Any) -> None:
        slide.shapes.title.text = f.title
        slide.notes_slide.notes_text_frame.text = f.said

    return show(fill)


@made("groups.pptx")
def groups_pptx(f: Facts) -> bytes:
    def fill(slide: Any) -> None:
        slide.shapes.title.text = f.title
        group = slide.shapes.add_group_shape()
        inner = group.shapes.add_group_shape()
        inner.shapes.add_textbox(Inches(1), Inches(2), Inches(6), Inches(1)).text_frame.text = f.said

    return show(fill)


@made("chart.pptx", "北岭镇\t志愿者：{n}人", ask="{place}北岭镇志愿者多少人?")
def chart_pptx(f: Facts) -> bytes:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    def fill(slide: Any) -> None:
        slide.shapes.title.text = f"{f.place}科协"
        data = CategoryChartData()
        data.categories = ["北岭镇", "石桥镇"]
        data.add_series("志愿者(人)", (f.n, 268))
        place = Inches(1), Inches(2), Inches(6), Inches(4)
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)

    return show(fill)


@made("smart-art.pptx", "{said}")
def smart_art(f: Facts) -> bytes:
    """What a diagram says is kept in a part of its own."""
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI
    from pptx.oxml import parse_xml

    def fill(slide: Any) -> None:
        slide.shapes.title.text = f.title
        space = "http://schemas.openxmlformats.org/drawingml/2006"
        points = "".join(
            f'<dgm:pt modelId="{n}"><dgm:t><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>'
            for n, text in enumerate((f.said, f.other))
        )
        spaces = f'xmlns:dgm="{space}/diagram" xmlns:a="{space}/main"'
        xml = f"<dgm:dataModel {spaces}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>"
        kind = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"
        part = Part(PackURI("/ppt/diagrams/data1.xml"), kind, slide.part.package, xml.encode())
        id_ = slide.part.relate_to(
            part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/diagramData"
        )
        frame = (
            '<p:graphicFrame xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
            f'xmlns:a="{space}/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><p:nvGraphicFramePr>'
            '<p:cNvPr id="9" name="a"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="900000" '
            f'y="2000000"/><a:ext cx="3000000" cy="2000000"/></p:xfrm><a:graphic><a:graphicData uri="{space}/diagram">'
            f'<dgm:relIds xmlns:dgm="{space}/diagram" r:dm="{id_}"/></a:graphicData></a:graphic></p:graphicFrame>'
        )
        slide.shapes._spTree.append(parse_xml(frame))

    return show(fill)


@made("three-rules.pdf", *ROW, "{said}")
def three_rules(f: Facts) -> bytes:
    """A table with rules above, below the heads and below, and none at its sides."""
    rules = [("LINEABOVE", (0, 0), (-1, 0), 1, colors.black), ("LINEBELOW", (0, 0), (-1, 0), 0.5, colors.black)]
    style = [*rules, ("LINEBELOW", (0, -1), (-1, -1), 1, colors.black), ("FONT", (0, 0), (-1, -1), FONT, 10)]
    rows = [*f.rows, ["白沙镇", "44", "3.00"]]
    return flowing(paragraph(f.title), paragraph(f.other), Table(rows, style=style), paragraph(f.said))


@made("footnote.pdf", "{said}", "受益群众含线上1200人次。")
def footnote_pdf(f: Facts) -> bytes:
    new, buffer = canvas()
    draw(new, [f.title, f.said])
    new.line(72, 90, 200, 90)
    new.setFont(FONT, 8)
    new.drawString(72, 75, "① 受益群众含线上1200人次。")
    return finished(new, buffer)


@made("seen-by-search.pdf")
def invisible(f: Facts) -> bytes:
    """The layer of text that a scanner's program puts over its pictures."""
    new, buffer = canvas()
    draw(new, [f.title])
    layer = new.beginText(72, 700)
    layer.setFont(FONT, 12)
    layer.setTextRenderMode(3)
    layer.textLine(f.said)
    new.drawText(layer)
    return finished(new, buffer)
