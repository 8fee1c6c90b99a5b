"""Text in pictures is recognised line by line, and told apart from text that was delivered as such."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from config.errors import NeedsRecognition, ReportError
from ingest.cleaning.normalize import normalize
from ingest.formats import kinds, sources, unread
from ingest.formats.parsing import extract

FILES = Path(__file__).parent / "files"
SCANS = sorted(path.name for path in FILES.glob("scan*.*"))
# What stands on each, in the order of reading, as marks are recognised with either width.
SAID = [
    "东山县科协二〇二三年工作总结",
    "一、全年举办科普讲座36场次,受益群众2.1万人次,编印资料5万册",
    "二、投入科普经费1,234.5万元,比上年增长27.5%,新增志愿者412名",
    "电话:0731-8412345",
    "教育局\t讲座:29场\t受众:1.1万人次\t经费:19万元",
    "卫健局\t讲座:31场\t受众:1.4万人次\t经费:27万元",
]
WIDTHS = str.maketrans("，。：（）", ",.:()")


def mixed() -> bytes:
    """A PDF with a page of text, a scanned one, and another of text."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for text in ("一、基本情况。", None, "三、下一步打算。"):
        canvas.setFont("STSong-Light", 12)
        if text:
            canvas.drawString(60, 760, text)
        else:
            canvas.drawImage(ImageReader(io.BytesIO((FILES / "scan.png").read_bytes())), 20, 400, 555, 290)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def covered(*said: str) -> bytes:
    """A PDF whose page is a scan with these lines set over it, from its top, and a page's number."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(575, 310))
    canvas.drawImage(ImageReader(io.BytesIO((FILES / "scan.png").read_bytes())), 0, 0, 575, 310)
    canvas.setFont("STSong-Light", 6)
    for n, text in enumerate((*said, "- 5 -")):
        canvas.drawString(270, 300 - 8 * n, text)
    canvas.save()
    return buffer.getvalue()


def test_a_scanned_page_with_a_number_over_it_is_recognised():
    report = normalize(sources.parse("a.pdf", covered("第 5 页")))
    at = report.text.index("36")
    assert report.confidence(at, at + 2) is not None
    assert [report.page(at)] == [1]


def test_a_page_that_says_as_much_itself_keeps_its_own_characters(monkeypatch):
    said = {"text": "一、基本情况\n", "recognised": [(0, 6, 0.7, None)], "dropped": []}
    for module in (sources, unread):
        monkeypatch.setattr(module, "extract", lambda *given: taken(*given, instead=[said]))
    report = sources.parse("a.pdf", covered("一、基本情况"))
    assert not report.recognised
    assert "一、基本情况" in report.text


def taken(kind, data, seconds, *arguments, instead):
    return {"pages": instead} if kind is kinds.PICTURE else extract(kind, data, seconds, *arguments)


@pytest.mark.parametrize("name", SCANS)
def test_a_scan_is_read_whole_and_in_order(name):
    report = sources.parse(name, (FILES / name).read_bytes())
    text = report.text.translate(WIDTHS)
    places = [text.find(line) for line in SAID]
    assert -1 not in places, text
    assert places == sorted(places)


def test_every_recognised_line_keeps_its_place_and_confidence():
    report = normalize(sources.parse("scan.png", (FILES / "scan.png").read_bytes()))
    assert len(report.recognised) >= len(SAID)
    assert all(0.5 <= line.confidence <= 1 for line in report.recognised)
    at = report.text.index("36")
    assert report.confidence(at, at + 2) is not None


def saved(picture: Image.Image) -> bytes:
    held = io.BytesIO()
    picture.save(held, "PNG")
    return held.getvalue()


def scan() -> Image.Image:
    return Image.open(FILES / "scan.png").convert("L")


def test_what_is_transparent_is_white():
    """As drawing programs save black letters on nothing."""
    grey = scan()
    clear = Image.new("RGBA", grey.size, (0, 0, 0, 0))
    clear.putalpha(grey.point(lambda value: 255 - value))
    text = sources.parse("a.png", saved(clear)).text.translate(WIDTHS)
    assert [line for line in SAID if line not in text] == []


def test_grey_in_many_steps_is_grey():
    deep = scan().convert("I").point(lambda value: value * 257).convert("I;16")
    assert SAID[0] in sources.parse("a.png", saved(deep)).text


def test_a_long_picture_is_read_piece_by_piece():
    grey = scan()
    times = 5
    long = Image.new("L", (grey.width, grey.height * times), 255)
    for n in range(times):
        long.paste(grey, (0, grey.height * n))
    report = sources.parse("a.png", saved(long))
    text = report.text.translate(WIDTHS)
    assert [text.count(line) for line in SAID[:4]] == [times] * 4
    tops = [line.place.top for line in report.recognised if "36" in report.text[line.raw_start : line.raw_end]]
    assert len(tops) == times
    assert all(abs(top - tops[0] - n / times) < 0.01 for n, top in enumerate(tops))


def test_two_columns_keep_place_and_confidence():
    lines = scan().crop((83, 137, 1166, 282))  # two of them, which reach across most of the page
    page = Image.new("L", (2400, 760), 255)
    for n in range(8):
        page.paste(lines, (60 + 1180 * (n % 2), 60 + 160 * (n // 2)))
    report = sources.parse("a.png", saved(page))
    assert len(report.recognised) >= 16
    assert all(line.place is not None and line.confidence > 0.8 for line in report.recognised)
    halves = [line.place.left > 0.5 for line in report.recognised]
    assert halves == sorted(halves)
    assert halves.count(True) == halves.count(False)
    assert min(line.place.top for line in report.recognised if line.place.left > 0.5) < 0.2


def test_a_blurred_row_of_a_table_casts_no_doubt_on_the_others():
    picture = Image.open(FILES / "scan.png").convert("RGB")
    row = (400, 550, 1200, 610)  # behind the name of the last row
    picture.paste(picture.crop(row).resize((105, 9)).resize((800, 60)), row)
    held = io.BytesIO()
    picture.save(held, "PNG")
    report = normalize(sources.parse("scan.png", held.getvalue()))
    places = [report.text.index(name) for name in ("教育局", "卫健局")]
    clear, blurred = (report.confidence(at, at + 3) for at in places)
    assert blurred < 0.8 < 0.99 < clear


def test_of_a_mixed_pdf_only_the_scanned_pages_are_recognised():
    report = normalize(sources.parse("a.pdf", mixed()))
    first, scanned, last = (report.text.index(said) for said in ("基本情况", "36", "下一步打算"))
    assert [report.page(at) for at in (first, scanned, last)] == [1, 2, 3]
    assert report.confidence(first, first + 4) is None
    assert report.confidence(last, last + 4) is None
    assert report.confidence(scanned, scanned + 2) is not None


def test_without_the_extra_a_scan_says_what_it_needs(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(NeedsRecognition, match="rapidocr"):
        sources.parse("scan.png", (FILES / "scan.png").read_bytes())
    report = sources.parse("a.pdf", mixed())
    assert [(span.reason, report.text.count("\f", 0, span.raw_start) + 1) for span in report.dropped] == [
        ("scanned", 2)
    ]
    assert "下一步打算" in report.text


def test_only_files_that_need_the_extra_are_told_apart_from_failures(sync, reports, monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    (reports / "scan.png").write_bytes((FILES / "scan.png").read_bytes())
    (reports / "broken.docx").write_bytes(b"PK\x03\x04 broken")
    needs = {failure.source: failure.needs for failure in sync().failed}
    assert needs == {"scan.png": "ocr", "broken.docx": None}


def test_a_photograph_in_heic_needs_the_extra_and_where_it_is_broken_says_so(monkeypatch):
    broken = (FILES / "scan.heic").read_bytes()[:300]
    with pytest.raises(ReportError, match="damaged"):
        sources.parse("a.jpg", broken)
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(NeedsRecognition, match="rapidocr"):
        sources.parse("a.HEIF", broken)


def test_a_broken_picture_is_refused():
    with pytest.raises(ReportError, match="damaged"):
        sources.parse("a.png", (FILES / "scan.png").read_bytes()[:300])
