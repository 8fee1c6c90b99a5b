"""A PDF is read as its pages are looked at: down columns, along rows, and what can't be read is said."""

from __future__ import annotations

import io
import sys

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from config.errors import ReportError
from ingest.cleaning.normalize import normalize
from ingest.formats import sources

LEFT = "东山县科协全年举办科普讲座三十六场次受益群众二万人次建成乡村科普馆二十一个编印资料五万册。" * 4
RIGHT = "西河市科协有科普教育基地六十四家培训农民三千人次学会会员增加一成投入经费一百五十万元整。" * 4
TABLE = [
    ["单位", "讲座", "受众(人)"],
    ["教育局", "29场", "11000"],
    ["卫健局", "31场", "14000"],
    ["农业局", "44场", "17000"],
]


class Page:
    """A PDF in the making."""

    def __init__(self) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=(595, 842))
        self.canvas.setFont("STSong-Light", 11)

    def say(self, text: str, x: float, y: float) -> None:
        self.canvas.drawString(x, 842 - y, text)

    def turn(self) -> None:
        self.canvas.showPage()
        self.canvas.setFont("STSong-Light", 11)

    def scan(self) -> None:
        self.canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)

    def text(self) -> str:
        return str(normalize(self.report()).text)

    def report(self):
        self.canvas.save()
        return sources.parse("a.pdf", self._buffer.getvalue())


def rows(page: Page, table: list[list[str]], y: float, *, ruled: bool = False) -> None:
    for n, row in enumerate(table):
        for m, text in enumerate(row):
            page.say(text, 86 + 150 * m, y + 24 * n)
    if ruled:
        lines = [842 - y + 16 - 24 * n for n in range(len(table) + 1)]
        page.canvas.grid([80 + 150 * m for m in range(len(table[0]) + 1)], lines)


def test_two_columns_are_read_down():
    page = Page()
    page.say("东山县与西河市科普工作", 200, 60)
    for n in range(0, len(LEFT), 20):
        page.say(LEFT[n : n + 20], 60, 100 + n)
        page.say(RIGHT[n : n + 20], 320, 100 + n)
    page.say("以上两地情况供参考。", 60, 700)
    lines = page.text().split("\n")
    assert lines == ["东山县与西河市科普工作", LEFT, RIGHT, "以上两地情况供参考。"]


@pytest.mark.parametrize("ruled", [False, True])
def test_rows_of_a_table_say_what_they_are_about_with_rules_or_without(ruled):
    page = Page()
    page.say("各单位科普活动统计表", 200, 100)
    rows(page, TABLE, 140, ruled=ruled)
    page.say("以上为全年数字。", 60, 300)
    assert page.text().split("\n") == [
        "各单位科普活动统计表",
        "教育局\t讲座：29场\t受众：11000人",
        "卫健局\t讲座：31场\t受众：14000人",
        "农业局\t讲座：44场\t受众：17000人",
        "以上为全年数字。",
    ]


@pytest.mark.parametrize("ruled", [False, True])
def test_a_table_goes_on_over_the_page(ruled):
    page = Page()
    rows(page, TABLE, 600, ruled=ruled)
    page.say("— 1 —", 280, 810)
    page.turn()
    rows(page, [["水利局", "12场", "900"], ["林业局", "9场", "800"], ["气象局", "7场", "60"]], 90, ruled=ruled)
    page.say("— 2 —", 280, 810)
    assert "林业局\t讲座：9场\t受众：800人" in page.text().split("\n")


@pytest.fixture
def no_recognition(monkeypatch):
    """As where the extra for scans isn't installed."""
    monkeypatch.setitem(sys.modules, "rapidocr", None)


@pytest.mark.usefixtures("no_recognition")
def test_a_scanned_page_among_others_is_told():
    page = Page()
    page.say("一、全年举办科普讲座三十六场次。", 60, 100)
    page.turn()
    page.scan()
    page.turn()
    page.say("三、下一步打算。", 60, 100)
    report = page.report()
    assert [(span.reason, report.text[: span.raw_start].count("\f") + 1) for span in report.dropped] == [("scanned", 2)]


@pytest.mark.usefixtures("no_recognition")
def test_a_scanned_pdf_is_refused_as_such():
    page = Page()
    page.scan()
    with pytest.raises(ReportError, match="scanned"):
        page.report()


def over(page: Page, what: str) -> None:
    """What programs that scan set over their pictures, and what stands behind one that was recognised."""
    match what:
        case "number":
            page.say("- 7 -", 280, 820)
        case "maker":
            page.say("由手机扫描软件创建", 430, 828)
        case "head":
            page.say("白沙县农业局 2022 年第 3 期", 60, 30)
        case "heading":
            page.say("春耕备耕情况汇报", 200, 140)
        case "leaning":
            page.canvas.saveState()
            page.canvas.translate(120, 200)
            page.canvas.rotate(40)
            page.canvas.drawString(0, 0, "内部资料请勿外传未经许可不得复制翻印违者必究一切后果自负特此声明")
            page.canvas.restoreState()
        case "tiles":
            for n in range(12):
                page.say("仅供查阅", 80 + 160 * (n % 3), 140 + 150 * (n // 3))


OVER = ["number", "maker", "head", "heading", "leaning", "tiles"]


@pytest.mark.usefixtures("no_recognition")
@pytest.mark.parametrize("what", OVER)
def test_a_scan_with_a_little_text_over_it_is_told(what):
    page = Page()
    page.say("一、全年举办科普讲座三十六场次。", 60, 140)
    page.turn()
    page.scan()
    over(page, what)
    report = page.report()
    assert [(span.reason, report.text[: span.raw_start].count("\f")) for span in report.dropped if span.raw == ""] == [
        ("scanned", 1)
    ]
    assert "三十六场次" in report.text


@pytest.mark.usefixtures("no_recognition")
@pytest.mark.parametrize("what", ["number", "maker", "head", "leaning", "tiles"])
def test_a_pdf_of_scans_that_says_nothing_itself_is_refused_as_scanned(what):
    page = Page()
    page.scan()
    over(page, what)
    with pytest.raises(ReportError, match="scanned"):
        page.report()


@pytest.mark.usefixtures("no_recognition")
def test_a_scan_that_was_recognised_before_is_its_text():
    page = Page()
    page.scan()
    for n in range(0, 80, 20):
        text = page.canvas.beginText(60, 640 - n)
        text.setTextRenderMode(3)
        text.textOut(LEFT[n : n + 20])
        page.canvas.drawText(text)
    report = page.report()
    assert LEFT[:40] in report.text
    assert not report.dropped


@pytest.mark.usefixtures("no_recognition")
def test_a_picture_among_text_is_no_scan():
    page = Page()
    page.canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 60, 100, 475, 500)
    page.say("图为现场。", 60, 140)
    assert not page.report().dropped


@pytest.mark.usefixtures("no_recognition")
def test_one_character_that_stands_for_all_is_no_text():
    page = Page()
    for n in range(6):
        page.say("东东东东东东东东东东东东", 60, 100 + 20 * n)
    with pytest.raises(ReportError, match="don't say"):
        page.report()


def test_what_was_filled_into_a_form_stands_behind_its_label():
    page = Page()
    page.say("报名人数:", 60, 100)
    page.canvas.acroForm.textfield(name="n", x=150, y=842 - 106, width=100, height=16, value="17")
    assert "报名人数: 17" in page.text()


def test_a_text_set_downwards_is_read_downwards_from_right_to_left():
    page = Page()
    for n, line in enumerate(("石鼓镇举办科普庙会七场，", "参加群众九千六百人次。")):
        for m, char in enumerate(line):
            page.say(char, 400 - 30 * n, 100 + 16 * m)
    assert page.text().replace("\n", "") == "石鼓镇举办科普庙会七场，参加群众九千六百人次。"


LETTER = "各乡镇要把秋收秋种摆在突出位置，统筹农机农艺力量，做到应收尽收、颗粒归仓，确保冬小麦播种面积稳定在十二万亩"


def two_pages(head: str, y: float) -> str:
    """A sentence that goes on over the turn of two pages, each with a head at this height."""
    page = Page()
    for n, text in enumerate((LETTER[:40], LETTER[40:] + "以上。")):
        if n:
            page.turn()
        page.say(head, 60, y)
        page.say(text, 60, 110)
    return page.text()


def test_the_head_of_both_of_two_pages_parts_no_sentence():
    assert LETTER in two_pages("安丰县农业农村局秋收简报", 40)


def test_a_line_that_comes_back_beside_the_text_is_the_text_s_own():
    assert two_pages("全县秋收工作进度", 92).count("全县秋收工作进度") == 2


def test_a_word_parted_at_a_line_s_end_is_whole():
    page = Page()
    for n, line in enumerate(("The harvest of this county was gath-", "ered before the long-", "term rains set in.")):
        page.say(line, 60, 100 + 16 * n)
    assert "gathered before" in page.text()
    page = Page()
    for n, line in enumerate(
        ("The harvest was saved by a very well-", "known machine of a remarkably high-", "tech kind.")
    ):
        page.say(line, 60, 100 + 16 * n)
    assert "well-known" in page.text()


def test_a_document_s_number_in_the_head_of_its_pages_stays_once_and_is_no_title():
    page = Page()
    for n, text in enumerate((LETTER[:40], LETTER[40:] + "。", "特此通知，请各乡镇遵照执行。")):
        if n:
            page.turn()
        page.say("安农发〔2021〕9号", 380, 40)
        page.say("安丰县农业农村局秋收部署", 60, 40 + 18)
        page.say(text, 60, 120)
    report = normalize(page.report())
    assert report.text.count("安农发〔2021〕9号") == 1
    assert LETTER in report.text
    assert report.title == "安丰县农业农村局秋收部署"
