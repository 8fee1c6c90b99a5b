"""Texts of word processors: .docx by python-docx and by hand, .rtf, .odt by hand; .doc by LibreOffice (`written`)."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from making import ROW, Facts, made, packed

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NS = f'xmlns:w="{W}"'
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def document(*lines: str) -> Any:
    new = docx.Document()
    for line in lines:
        new.add_paragraph(line)
    return new


def add_xml(new: Any, xml: str) -> None:
    new.element.body.insert_element_before(parse_xml(xml), "w:sectPr")


def add_table(new: Any, rows: list[list[str]]) -> Any:
    table = new.add_table(len(rows), len(rows[0]))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    return table


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


@made("plain.docx", "{said}", "{other}")
def plain(f: Facts) -> bytes:
    return saved(document(f.title, f.said, f.other))


@made("runs.docx")
def runs(f: Facts) -> bytes:
    """A sentence in a run for each character, as spelling checkers leave it."""
    new = document(f.title)
    add_xml(new, f"<w:p {NS}>{''.join(run(char, '<w:b/>' if n % 2 else '') for n, char in enumerate(f.said))}</w:p>")
    return saved(new)


@made("table.docx", *ROW)
def table(f: Facts) -> bytes:
    new = document(f.title, f"{f.place}科协各乡镇志愿者情况")
    add_table(new, f.rows)
    return saved(new)


@made(
    "unit-above.docx",
    "科普讲座\t预算：65.00万元\t决算：{money}万元",
    ask="{place}科协科普讲座决算多少万元?",
    figure="{money}",
)
def unit_above(f: Facts) -> bytes:
    new = document(f.title, f"{f.place}科协经费决算表", "单位：万元")
    add_table(new, [["项目", "预算", "决算"], ["科普讲座", "65.00", f.money], ["展览", "3.00", "2.75"]])
    return saved(new)


@made(
    "two-heads.docx",
    "北岭镇\t上半年期数：3期\t上半年人数：{n}人\t下半年期数：6期\t下半年人数：402人",
    ask="{place}北岭镇上半年人数?",
)
def two_heads(f: Facts) -> bytes:
    new = document(f.title, f"{f.place}科协培训情况")
    rows = [["乡镇", "上半年", "", "下半年", ""], ["", "期数(期)", "人数(人)", "期数(期)", "人数(人)"]]
    made_table = add_table(new, [*rows, ["北岭镇", "3", str(f.n), "6", "402"], ["石桥镇", "4", "88", "5", "288"]])
    made_table.cell(0, 0).merge(made_table.cell(1, 0))
    made_table.cell(0, 1).merge(made_table.cell(0, 2))
    made_table.cell(0, 3).merge(made_table.cell(0, 4))
    return saved(new)


@made(
    "merged-down.docx",
    "东片\t乡镇：北岭镇\t志愿者：{n}人",
    "东片\t乡镇：石桥镇\t志愿者：268人",
    ask="{place}北岭镇志愿者多少人?",
)
def merged_down(f: Facts) -> bytes:
    new = document(f.title)
    rows = [
        ["片区", "乡镇", "志愿者(人)"],
        ["东片", "北岭镇", str(f.n)],
        ["", "石桥镇", "268"],
        ["西片", "白沙镇", "55"],
    ]
    made_table = add_table(new, rows)
    made_table.cell(1, 0).merge(made_table.cell(2, 0))
    return saved(new)


@made("nested.docx", "北岭镇\t志愿者：{n}人\t经费：{money}万元", ask="{place}北岭镇志愿者多少人?")
def nested(f: Facts) -> bytes:
    """A table in a cell of a table that only lays the page out."""
    new = document(f.title)
    outer = new.add_table(1, 2)
    outer.cell(0, 0).text = f"{f.place}科协志愿者情况"
    inner = outer.cell(0, 1).add_table(3, 3)
    for r, row in enumerate(f.rows):
        for c, text in enumerate(row):
            inner.cell(r, c).text = text
    return saved(new)


def box(text: str) -> str:
    content = f"<w:txbxContent><w:p>{run(text)}</w:p></w:txbxContent>"
    return (
        f'<w:p {NS} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml">'
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><a:graphic><a:graphicData '
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:txbx>'
        f"{content}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )


@made("text-box.docx")
def text_box(f: Facts) -> bytes:
    new = document(f.title)
    add_xml(new, box(f.said))
    return saved(new)


@made("changed.docx", never=("作废",))
def changed(f: Facts) -> bytes:
    """Tracked changes: what is in force."""
    new = document(f.title)
    before, after = f.said.split(str(f.n), 1)
    author = 'w:id="1" w:author="甲" w:date="2023-05-08T00:00:00Z"'
    old = f"<w:del {author}><w:r><w:delText>作废9</w:delText></w:r></w:del>"
    new_run = f"<w:ins {author}>{run(str(f.n))}</w:ins>"
    add_xml(new, f"<w:p {NS}>{run(before)}{old}{new_run}{run(after)}</w:p>")
    return saved(new)


@made("moved.docx", "{said}", "{other}")
def moved(f: Facts) -> bytes:
    """A paragraph that was moved stands where it is now, and only there."""
    author = 'w:id="1" w:author="甲" w:date="2023-05-08T00:00:00Z"'
    new = document(f.title)
    gone = f"<w:moveFrom {author}>{run(f.said)}</w:moveFrom>"
    add_xml(new, f"<w:p {NS}>{gone}</w:p>")
    add_xml(new, f"<w:p {NS}>{run(f.other)}</w:p>")
    add_xml(new, f"<w:p {NS}><w:moveTo {author}>{run(f.said)}</w:moveTo></w:p>")
    return saved(new)


@made("controls.docx")
def controls(f: Facts) -> bytes:
    """Content controls, fields with their results, links, a smart tag."""
    new = document(f.title)
    before, after = f.said.split(str(f.n), 1)
    control = f"<w:sdt><w:sdtContent>{run(before)}</w:sdtContent></w:sdt>"
    value = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>= 3 * 12</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(str(f.n))}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    rest = f'<w:hyperlink w:anchor="a">{run(after[:2])}</w:hyperlink><w:smartTag>{run(after[2:])}</w:smartTag>'
    add_xml(new, f"<w:sdt {NS}><w:sdtContent><w:p>{control}{value}{rest}</w:p></w:sdtContent></w:sdt>")
    return saved(new)


@made("heads-on-pages.docx", never=("内部资料",))
def heads_on_pages(f: Facts) -> bytes:
    new = document(f.title, f.said)
    new.sections[0].different_first_page_header_footer = True
    new.sections[0].first_page_header.paragraphs[0].text = "内部资料"
    new.sections[0].footer.paragraphs[0].text = "内部资料"
    return saved(new)


@made("header-tells.docx", "{said}", ask="{place}科协全年举办科普讲座多少场?")
def header_tells(f: Facts) -> bytes:
    """A header with a fact is kept, once."""
    new = document(f.title, f.other)
    for section in (new.sections[0], new.add_section()):
        section.header.is_linked_to_previous = False
        section.header.paragraphs[0].text = f.said
    return saved(new)


@made("footnote.docx", "{said}", "受益群众含线上1200人次。")
def footnote(f: Facts) -> bytes:
    new = document(f.title)
    note = f'<w:footnote w:id="2"><w:p>{run("受益群众含线上1200人次。")}</w:p></w:footnote>'
    part = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        f'<w:footnotes {NS}><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>{note}</w:footnotes>'.encode(),
        new.part.package,
    )
    new.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    add_xml(new, f"<w:p {NS}>{run(f.said)}{reference}</w:p>")
    return saved(new)


@made("pages.docx")
def pages(f: Facts) -> bytes:
    new = document(f.title)
    new.add_page_break()
    new.add_paragraph(f.said)
    return saved(new)


def minimal(body: str, space: str = W) -> bytes:
    """A package with nothing in it but what it needs, as programs of their own write it."""
    rel = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
        if space == STRICT
        else "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    )
    return packed(
        {
            "[Content_Types].xml": '<?xml version="1.0"?><Types '
            'xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{rel}"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>',
        }
    )


@made("minimal.docx")
def by_hand(f: Facts) -> bytes:
    return minimal(f"<w:p>{run(f.title)}</w:p><w:p>{run(f.said)}</w:p>")


@made("strict.docx")
def strict(f: Facts) -> bytes:
    """Strict Open XML, as Word can save it."""
    return minimal(f"<w:p>{run(f.title)}</w:p><w:p>{run(f.said)}</w:p>", STRICT)


@made("prefixed.docx")
def prefixed(f: Facts) -> bytes:
    """Another prefix than w, which XML allows."""
    body = f"<w:p>{run(f.title)}</w:p><w:p>{run(f.said)}</w:p>"
    data = minimal(body)
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    text = members["word/document.xml"].decode()
    members["word/document.xml"] = text.replace("w:", "ns0:").replace("xmlns:w=", "xmlns:ns0=").encode()
    return packed(members)


@made("symbols.docx")
def symbols(f: Facts) -> bytes:
    """Soft hyphens, hyphens that don't break, tabs and line breaks within a sentence."""
    new = document(f.title)
    before, after = f.said.split("，", 1)
    add_xml(new, f"<w:p {NS}>{run(before)}<w:r><w:softHyphen/></w:r>{run('，' + after)}</w:p>")
    return saved(new)


def _rtf(body: str, font: str = r"\f0\fnil\fcharset134 SimSun;") -> bytes:
    return ("{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{" + font + "}}\\f0 " + body + "}").encode("ascii")


def escaped(text: str) -> str:
    return "".join(f"\\'{byte:02x}" for byte in text.encode("gb18030"))


def unicoded(text: str) -> str:
    return "".join(
        char if char.isascii() else f"\\u{ord(char) - (65536 if ord(char) > 32767 else 0)}?" for char in text
    )


@made("gbk.rtf")
def gbk_rtf(f: Facts) -> bytes:
    return _rtf(f"{escaped(f.title)}\\par {escaped(f.said)}\\par")


@made("unicode.rtf", "{said}", "{other}")
def unicode_rtf(f: Facts) -> bytes:
    return _rtf(f"{unicoded(f.title)}\\par {unicoded(f.said)}\\par {unicoded(f.other)}\\par")


@made("both.rtf")
def both_rtf(f: Facts) -> bytes:
    r"""Each character in Unicode with its two bytes as the fall-back that \uc2 says to skip, as Word writes it."""
    said = "".join(
        char if char.isascii() else f"\\u{ord(char) - (65536 if ord(char) > 32767 else 0)}" + escaped(char)
        for char in f.said
    )
    return _rtf(f"\\uc2 {escaped(f.title)}\\par {said}\\par")


@made("table.rtf", *ROW)
def table_rtf(f: Facts) -> bytes:
    cells = "\\cellx2000\\cellx4000\\cellx6000"
    rows = "".join(
        f"\\trowd{cells}" + "".join(f"\\intbl {escaped(text)}\\cell " for text in row) + "\\row " for row in f.rows
    )
    return _rtf(f"{escaped(f.title)}\\par {rows}\\pard {escaped(f.said)}\\par")


@made("hidden.rtf", never=("暗语", "作废"))
def hidden_rtf(f: Facts) -> bytes:
    picture = "{\\*\\shppict{\\pict\\pngblip 89504e470d0a1a0a}}"
    hidden = f"{{\\v {escaped('暗语')}}}{{\\deleted {escaped('作废')}}}"
    return _rtf(f"{escaped(f.title)}\\par {picture}{hidden}{escaped(f.said)}\\par")


@made("quotes.rtf", "{said}", "“百场讲座进乡村”")
def quotes_rtf(f: Facts) -> bytes:
    quoted = f"\\ldblquote {escaped('百场讲座进乡村')}\\rdblquote "
    return _rtf(f"{escaped(f.title)}\\line {escaped(f.said)}\\par {quoted}\\par")


OPEN = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)


def open_document(kind: str, body: str) -> bytes:
    return packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f'<?xml version="1.0"?><office:document-content {OPEN}><office:body><office:{kind}>{body}'
            f"</office:{kind}></office:body></office:document-content>",
            "META-INF/manifest.xml": '<?xml version="1.0"?><manifest:manifest '
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        },
        stored=["mimetype"],
    )


@made("minimal.odt", "{said}", "{other}")
def minimal_odt(f: Facts) -> bytes:
    return open_document(
        "text",
        f"<text:h>{f.title}</text:h><text:p>{f.said[:9]}<text:span>{f.said[9:]}</text:span></text:p>"
        f"<text:p>{f.other}</text:p>",
    )


@made("table.odt", *ROW)
def table_odt(f: Facts) -> bytes:
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in row)
        + "</table:table-row>"
        for row in f.rows
    )
    return open_document("text", f"<text:p>{f.title}</text:p><table:table>{rows}</table:table>")
