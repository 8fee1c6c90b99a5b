"""Sheets: .xlsx by openpyxl, XlsxWriter and by hand, lists of values in several encodings, .ods by hand."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import xlsxwriter
from made_word import open_document
from making import ROW, Facts, made, packed

BARE = ("北岭镇\t志愿者：{n}人",)
OF_NORTH = "{place}北岭镇志愿者多少人?"


def book(*rows: list[Any], name: str = "Sheet1") -> Any:
    new = openpyxl.Workbook()
    new.active.title = name
    for row in rows:
        new.active.append(row)
    return new


def saved(new: Any) -> bytes:
    buffer = io.BytesIO()
    new.save(buffer)
    return buffer.getvalue()


@made("plain.xlsx", *ROW)
def plain(f: Facts) -> bytes:
    rows = [[f.place + "科协志愿者情况"], [], f.rows[0], ["北岭镇", f.n, float(f.money)], ["石桥镇", 268, 7.5]]
    new = book(*rows)
    for row in (4, 5):
        new.active.cell(row, 3).number_format = "0.00"
    return saved(new)


@made(
    "unit.xlsx",
    "讲座\t预算：65万元\t决算：{money}万元",
    ask="{place}科协讲座决算多少万元?",
    figure="{money}",
)
def unit(f: Facts) -> bytes:
    new = book(
        [f"{f.place}科协经费决算表"],
        ["单位：万元"],
        ["项目", "预算", "决算"],
        ["讲座", 65, float(f.money)],
        ["展览", 3, 4],
    )
    new.active.merge_cells("A1:C1")
    new.active["C4"].number_format = "#,##0.00"
    return saved(new)


@made("two-heads.xlsx", "北岭镇\t上半年期数：3期\t上半年人数：{n}人", ask="{place}北岭镇上半年人数?")
def two_heads(f: Facts) -> bytes:
    new = book(
        [f.place + "科协培训"],
        ["乡镇", "上半年", None],
        [None, "期数(期)", "人数(人)"],
        ["北岭镇", 3, f.n],
        ["石桥镇", 4, 5],
    )
    for merged in ("A2:A3", "B2:C2", "A1:C1"):
        new.active.merge_cells(merged)
    return saved(new)


@made("dates.xlsx", "科普日\t日期：2023年9月16日\t人数：{n}人", "27.5%", ask="{place}科普日有多少人?")
def dates(f: Facts) -> bytes:
    new = book(
        [f"{f.place}科协活动"],
        ["活动", "日期", "人数(人)", "完成率"],
        ["科普日", datetime.date(2023, 9, 16), f.n, 0.275],
    )
    new.active["B3"].number_format = 'yyyy"年"m"月"d"日"'
    new.active["D3"].number_format = "0.0%"
    new.active.append(["讲座", datetime.date(2023, 5, 8), 40, 1])
    return saved(new)


@made(
    "formats.xlsx",
    "北岭镇\t经费：{people}.0元\t产值：1.2万\t时长：26:30\t增减：—",
    ask="{place}北岭镇经费多少?",
    figure="{people}.0",
)
def formats(f: Facts) -> bytes:
    """Cells say what they show: scaled, counted on, with words around, a dash for nothing."""
    new = book(
        [f"{f.place}科协"],
        ["乡镇", "经费", "产值", "时长", "增减"],
        ["北岭", f.n + 1000, 12345, datetime.timedelta(hours=26, minutes=30), 0],
        ["石桥", 7, 45000, datetime.timedelta(hours=2), -3],
    )
    shown_as = {"A": '@"镇"', "B": '#,##0.0"元"', "C": '0!.0,"万"', "D": "[h]:mm", "E": '0;-0;"—"'}
    for column, pattern in shown_as.items():
        for row in (3, 4):
            new.active[f"{column}{row}"].number_format = pattern
    return saved(new)


@made("hidden.xlsx", *BARE, "石桥镇\t志愿者：268人", never=("999", "作废", "内部"), ask=OF_NORTH)
def hidden(f: Facts) -> bytes:
    """Hidden rows, columns and sheets aren't what the sheet shows."""
    new = book(
        [f.place + "科协", None, None],
        ["乡镇", "志愿者(人)", "内部"],
        ["北岭镇", f.n, 999],
        ["作废镇", 5, 999],
        ["石桥镇", 268, 999],
    )
    new.active.row_dimensions[4].hidden = True
    new.active.column_dimensions["C"].hidden = True
    other = new.create_sheet("作废表")
    other.append(["作废", 999])
    other.sheet_state = "hidden"
    return saved(new)


@made("filtered.xlsx", *BARE, ask=OF_NORTH)
def filtered(f: Facts) -> bytes:
    new = book(["乡镇", "志愿者(人)"], ["北岭镇", f.n], ["石桥镇", 268], name=f.place + "科协")
    new.active.auto_filter.ref = "A1:B3"
    new.active.row_dimensions[2].hidden = True
    return saved(new)


@made("formulas.xlsx", *BARE, never=("合计\t志愿者：0人",), ask=OF_NORTH)
def formulas(f: Facts) -> bytes:
    """A formula whose value nobody computed tells nothing."""
    return saved(
        book([f.place + "科协"], ["乡镇", "志愿者(人)"], ["北岭镇", f.n], ["石桥镇", 268], ["合计", "=SUM(B3:B4)"])
    )


def written(fill: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    new = xlsxwriter.Workbook(buffer, {"in_memory": True, **options})
    fill(new)
    new.close()
    return buffer.getvalue()


@made("computed.xlsx", *BARE, "合计\t志愿者：{people}人", never=("占比：0",), ask=OF_NORTH)
def computed(f: Facts) -> bytes:
    """XlsxWriter writes 0 for what it wasn't told."""

    def fill(new: Any) -> None:
        sheet, grouped = new.add_worksheet(), new.add_format({"num_format": "#,##0"})
        sheet.write_row(0, 0, [f.place + "科协"])
        sheet.write_row(1, 0, ["乡镇", "志愿者(人)", "占比"])
        sheet.write_row(2, 0, ["北岭镇", f.n])
        sheet.write_row(3, 0, ["石桥镇", 1000])
        sheet.write_row(4, 0, ["合计"])
        sheet.write_formula(4, 1, "=SUM(B3:B4)", grouped, f.n + 1000)
        sheet.write_formula(2, 2, "=B3/B5")

    return written(fill)


@made("many-sheets.xlsx", "{place}科协志愿者", *BARE, ask="{place}科协志愿者北岭镇多少人?")
def many_sheets(f: Facts) -> bytes:
    def fill(new: Any) -> None:
        new.add_worksheet("封面").write(0, 0, f.title)
        sheet = new.add_worksheet(f.place + "科协志愿者")
        for r, row in enumerate([["乡镇", "志愿者(人)"], ["北岭镇", f.n], ["石桥镇", 268]]):
            sheet.write_row(r, 0, row)

    return written(fill, constant_memory=True)


@made("rich.xlsx", "{said}")
def rich(f: Facts) -> bytes:
    """A text in a cell, half of it bold."""

    def fill(new: Any) -> None:
        bold = new.add_format({"bold": True})
        new.add_worksheet().write_rich_string(0, 0, f.said[:5], bold, f.said[5:])

    return written(fill)


@made("money.xlsx", "讲座\t金额：¥1,234.50", "退款\t金额：-{n}", ask="{place}退款金额是多少?")
def money(f: Facts) -> bytes:
    new = book([f.place + "科协"], ["项目", "金额"], ["讲座", 1234.5], ["退款", -f.n], ["场地", 300])
    new.active["B3"].number_format = '"¥"#,##0.00'
    new.active["B4"].number_format = "#,##0;(#,##0)"
    return saved(new)


@made("text-figures.xlsx", *BARE, ask=OF_NORTH)
def text_figures(f: Facts) -> bytes:
    """Figures kept as text, with spaces around."""
    return saved(book([f.place + "科协"], ["乡 镇", "志愿者（人）"], ["北岭镇", f" {f.n} "], ["石桥镇", "268"]))


@made("serial.xlsx", "1\t北岭镇\t志愿者：{n}人", ask=OF_NORTH)
def serial(f: Facts) -> bytes:
    return saved(book([f.place + "科协"], ["序号", "乡镇", "志愿者(人)"], [1, "北岭镇", f.n], [2, "石桥镇", 268]))


@made("by-hand.xlsx", *BARE, ask=OF_NORTH)
def by_hand(f: Facts) -> bytes:
    """Cells that hold their own text, without addresses, as small programs write them."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    of_packages = "http://schemas.openxmlformats.org/package/2006"
    of_sheets = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    def row(*values: object) -> str:
        cells = (
            f"<c><v>{value}</v></c>" if isinstance(value, int) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'
            for value in values
        )
        return f"<row>{''.join(cells)}</row>"

    rows = row(f.place + "科协") + row("乡镇", "志愿者(人)") + row("北岭镇", f.n) + row("石桥镇", 268)
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{of_packages}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{of_sheets}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{of_sheets}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{of_packages}/relationships"><Relationship Id="r1" '
            f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="Sheet1" sheetId="1" '
            'r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{of_packages}/relationships"><Relationship Id="r1" '
            f'Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def listed(f: Facts, delimiter: str, ends: str = "\n", *, quoted: bool = False) -> str:
    rows = [["乡镇", "志愿者(人)", "经费(万元)"], ["北岭镇", str(f.n), f.money], ["石桥镇", "268", "7.50"]]
    return "".join(delimiter.join(f'"{cell}"' if quoted else cell for cell in row) + ends for row in rows)


OF_LIST = "北岭镇有{n}名志愿者吗?"


@made("utf8.csv", *ROW, ask=OF_LIST)
def utf8(f: Facts) -> bytes:
    return listed(f, ",").encode()


@made("excel.csv", *ROW, ask=OF_LIST)
def excel_csv(f: Facts) -> bytes:
    """As Excel writes it in China."""
    return listed(f, ",", "\r\n").encode("gbk")


@made("semicolon.csv", *ROW, ask=OF_LIST)
def semicolon(f: Facts) -> bytes:
    return listed(f, ";", "\r\n", quoted=True).encode("gb18030")


@made("marked.csv", *ROW, ask=OF_LIST)
def marked(f: Facts) -> bytes:
    return listed(f, ",", "\r\n").encode("utf-8-sig")


@made("unicode.csv", *ROW, ask=OF_LIST)
def unicode_csv(f: Facts) -> bytes:
    """Excel's “Unicode text”."""
    return listed(f, "\t", "\r\n").encode("utf-16")


@made("tabs.tsv", *ROW, ask=OF_LIST)
def tabs(f: Facts) -> bytes:
    return listed(f, "\t").encode()


@made("lines-in-cells.csv", "北岭镇\t备注：{n}场讲座 另有展览", ask="北岭镇举办多少场讲座?")
def lines_in_cells(f: Facts) -> bytes:
    return f'乡镇,备注\n北岭镇,"{f.n}场讲座\n另有展览"\n石桥镇,"说""好"""\n'.encode()


@made("old-mac.csv", *ROW, ask=OF_LIST)
def old_mac(f: Facts) -> bytes:
    return listed(f, ",", "\r").encode("gbk")


@made("by-hand.ods", *BARE, "27.5%", never=("999",), ask=OF_NORTH)
def ods(f: Facts) -> bytes:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"

    rows = [
        cell("乡镇") + cell("志愿者(人)") + cell("占比"),
        cell("北岭镇") + cell(str(f.n), f'office:value-type="float" office:value="{f.n}"') + cell("27.5%"),
        cell("石桥镇") + cell("268") + cell("72.5%"),
    ]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    empty = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    return open_document("spreadsheet", f'<table:table table:name="{f.place}科协">{body}{empty}</table:table>')


@made(
    "xml.xls",
    "北岭镇\t志愿者：{people}人\t完成率：27.5%\t日期：2023-09-16\t时长：26:30\t核实：TRUE",
    "合计\t志愿者：9人",
    never=("内部", "底稿", "作废", "含兼职"),
    ask=OF_NORTH,
    figure="{people}",
)
def xml(f: Facts) -> bytes:
    """An XML Spreadsheet of 2003, as many systems export: types, styles, merged cells, places, what is hidden."""

    def cell(said: object, kind: str = "String", **more: object) -> str:
        attributes = "".join(f' ss:{name}="{value}"' for name, value in more.items())
        return f'<Cell{attributes}><Data ss:Type="{kind}">{said}</Data></Cell>'

    heads = "".join(map(cell, ("乡镇", "志愿者(人)", "完成率", "日期", "时长", "核实")))
    kinds = (f.n + 1000, "Number", "n"), (0.275, "Number", "p"), ("2023-09-16T00:00:00.000", "DateTime", "d")
    values = "".join(cell(said, kind, StyleID=style) for said, kind, style in kinds)
    values += cell("1900-01-01T02:30:00.000", "DateTime", StyleID="h") + cell(1, "Boolean") + cell("内部")
    note = '<Cell><Data ss:Type="String">石桥镇</Data><Comment><Data>含兼职</Data></Comment></Cell>'
    rows = [
        f"<Row>{cell(f.place + '科协', MergeAcross=5)}</Row>",
        f'<Row ss:Index="3">{heads}{cell("内部")}</Row>',
        f"<Row>{cell('北岭镇')}{values}</Row>",
        f'<Row ss:Hidden="1">{cell("作废镇")}{cell(3, "Number")}</Row>',
        f"<Row>{note}{cell(268, 'Number')}</Row>",
        f"<Row>{cell('合计')}{cell(9, 'Number', Index=2)}</Row>",
    ]
    formats = {"n": "#,##0", "i": "0.0%", "d": "Short Date", "h": "[h]:mm"}
    styles = "".join(
        f'<Style ss:ID="{name}"><NumberFormat ss:Format="{form}"/></Style>' for name, form in formats.items()
    )
    main, excel = "urn:schemas-microsoft-com:office:spreadsheet", "urn:schemas-microsoft-com:office:excel"
    hidden = f'<WorksheetOptions xmlns="{excel}"><Visible>SheetHidden</Visible></WorksheetOptions>'
    sheets = (
        f'<Worksheet ss:Name="Sheet1"><Table><Column ss:Index="7" ss:Hidden="1"/>{"".join(rows)}</Table></Worksheet>'
        f'<Worksheet ss:Name="底稿"><Table><Row>{cell("作废")}</Row></Table>{hidden}</Worksheet>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        f'<Workbook xmlns="{main}" xmlns:ss="{main}"><Styles>{styles}<Style ss:ID="p" ss:Parent="i"/></Styles>'
        f"{sheets}</Workbook>"
    ).encode()
