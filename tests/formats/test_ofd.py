"""OFD: tables told by rows with their heads, between lines or without, and scans that are recognised."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from office_files import ofd

from config.errors import NeedsRecognition, ReportError
from ingest.cleaning.normalize import normalize
from ingest.formats import ruled, sources
from ingest.formats.originals import page_pictures
from ingest.formats.ruled import Rule

FILES = Path(__file__).parent / "files"
ROWS = [["单位", "讲座(场)", "受众(人)"], ["教育局", "29", "11000"], ["卫健局", "31", "14000"], ["农业局", "44", "900"]]
TOLD = [f"{name}\t讲座：{talks}场\t受众：{heard}人" for name, talks, heard in ROWS[1:]]


def cells(rows: Sequence[Sequence[str]], left: float = 27, top: float = 43) -> list[tuple[str, float, float] | str]:
    return [(text, left + 50 * c, top + 10 * r) for r, row in enumerate(rows) for c, text in enumerate(row) if text]


def stroke(x0: float, y0: float, x1: float, y1: float) -> str:
    """A line as programs draw it: in a box of its own, from its corner."""
    return (
        f'<ofd:PathObject ID="7" Boundary="{x0} {y0} {x1 - x0 + 0.2} {y1 - y0 + 0.2}" LineWidth="0.2">'
        f"<ofd:AbbreviatedData>M 0.1 0.1 L {x1 - x0 + 0.1} {y1 - y0 + 0.1}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def box(x0: float, y0: float, width: float, height: float) -> str:
    """A cell's border in one path, moved by a matrix."""
    return (
        f'<ofd:PathObject ID="8" Boundary="0 0 210 297" CTM="1 0 0 1 {x0} {y0}" Stroke="true"><ofd:AbbreviatedData>'
        f"M 0 0 L {width} 0 L {width} {height} L 0 {height} C</ofd:AbbreviatedData></ofd:PathObject>"
    )


GRID = [stroke(25, 40 + 10 * n, 175, 40 + 10 * n) for n in range(5)] + [
    stroke(25 + 50 * n, 40, 25 + 50 * n, 80) for n in range(4)
]
BOXES = [box(25 + 50 * c, 40 + 10 * r, 50, 10) for r in range(4) for c in range(3)]
OPEN_SIDES = [each for n, each in enumerate(GRID) if n not in (5, 8)]
THREE_RULES = [stroke(25, y, 175, y) for y in (40, 50, 80)]


@pytest.mark.parametrize(
    "rules", [GRID, BOXES, OPEN_SIDES, THREE_RULES, []], ids=["grid", "boxes", "open", "three", ""]
)
def test_rows_of_a_table_are_told_apart_with_their_heads(rules):
    lines: list = [("科普讲座情况", 60.0, 25.0), *rules, *cells(ROWS), ("以上情况请审阅。", 25.0, 100.0)]
    text = normalize(sources.parse("a.ofd", ofd(lines))).text
    assert text.split("\n") == ["科普讲座情况", *TOLD, "以上情况请审阅。"]


def test_a_head_over_two_columns_and_a_cell_of_two_lines():
    rules = [each for n, each in enumerate(GRID) if n not in (1, 7)]
    rules += [stroke(75, 50, 175, 50), stroke(125, 50, 125, 80)]
    rows = [["片区", "上半年"], ["", "期数(期)", "人数(人)"], ["东片", "3", "418"]]
    lines = [*cells(rows), ("西部及北部", 27.0, 71.5), ("片区", 27.0, 75.7), ("4", 77.0, 73.0), ("88", 127.0, 73.0)]
    text = normalize(sources.parse("a.ofd", ofd([*rules, *lines]))).text
    assert text.split("\n") == [
        "东片\t上半年期数：3期\t上半年人数：418人",
        "西部及北部片区\t上半年期数：4期\t上半年人数：88人",
    ]


def test_a_table_goes_on_over_the_page():
    second = [*GRID[:3], *(stroke(25 + 50 * n, 40, 25 + 50 * n, 60) for n in range(4))]
    pages = [[*GRID, *cells(ROWS)], [*second, *cells([["水利局", "12", "70"], ["林业局", "9", "50"]])]]
    assert "林业局\t讲座：9场\t受众：50人" in normalize(sources.parse("a.ofd", ofd(*pages))).text.split("\n")


def across(y: float, x0: float = 0, x1: float = 200) -> Rule:
    return Rule(x0, y, x1, y)


def down(x: float, top: float = 0, bottom: float = 100) -> Rule:
    return Rule(x, top, x, bottom)


FRAMES = {
    "a frame around a text": ([across(0), across(100), down(0), down(200)], 0),
    "rules without sides": ([across(0), across(50), across(100)], 0),
    "two columns": ([across(0), across(100), down(0), down(90), down(200)], 2),
    "sides open": ([across(0), across(50), across(100), down(90)], 4),
    "parted only on the left": ([across(0), across(50, 0, 90), across(100), down(90)], 3),
    "two tables apart": ([across(0), across(40), down(90, 0, 40), across(70), across(100), down(30, 70, 100)], 4),
}


@pytest.mark.parametrize(("rules", "count"), FRAMES.values(), ids=FRAMES)
def test_cells_are_what_rules_part(rules, count):
    found = ruled.tables(rules)
    assert sum(len(table.cells) for table in found) == count
    assert ruled.tables(rules[::-1]) == found


@pytest.mark.parametrize(
    ("ends", "kept"),
    [((0, 0, 90, 0.5), True), ((5, 90, 5, 0), True), ((0, 0, 90, 60), False), ((3, 3, 4, 4), False)],
)
def test_only_what_runs_straight_is_a_rule(ends, kept):
    assert (ruled.rule(*ends) is not None) is kept


SCAN = '<ofd:ImageObject ID="9" Boundary="5 40 200 105" CTM="200 0 0 105 0 0" ResourceID="31"/>'
LETTERHEAD = '<ofd:ImageObject ID="9" Boundary="5 5 40 10" ResourceID="31"/>'


def pictures() -> dict[str, bytes]:
    return {"31": (FILES / "scan.png").read_bytes()}


def test_a_scanned_ofd_is_told_as_one_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(NeedsRecognition, match="scanned"):
        sources.parse("a.ofd", ofd([SCAN], [SCAN], pictures=pictures()))
    report = sources.parse("a.ofd", ofd([("一、基本情况。", 25, 40)], [SCAN], pictures=pictures()))
    assert [(span.reason, report.text.count("\f", 0, span.raw_start)) for span in report.dropped] == [("scanned", 1)]


def test_an_ofd_without_text_or_scans_says_so():
    with pytest.raises(ReportError, match="holds no text"):
        sources.parse("a.ofd", ofd([LETTERHEAD], pictures=pictures()))


def test_scanned_pages_of_an_ofd_are_recognised_and_can_be_shown(tmp_path):
    data = ofd([("一、基本情况。", 25, 40)], [SCAN], [("三、下一步打算。", 25, 40), LETTERHEAD], pictures=pictures())
    (tmp_path / "a.ofd").write_bytes(data)
    report = normalize(sources.parse("a.ofd", data))
    first, scanned, last = (report.text.index(said) for said in ("基本情况", "36", "下一步打算"))
    assert [report.page(at) for at in (first, scanned, last)] == [1, 2, 3]
    assert report.confidence(first, first + 4) is None
    assert (report.confidence(scanned, scanned + 2) or 0) > 0.8
    assert "卫健局\t讲座：31场" in report.text
    ((page, picture),) = page_pictures(report, *report.mapped.raw_span(scanned, scanned + 2), tmp_path, 1 << 24, 60)
    assert page == 2
    assert picture.startswith(b"\x89PNG")


def test_a_scan_whose_picture_cannot_be_read_costs_only_its_page():
    report = sources.parse("a.ofd", ofd([("一、基本情况。", 25, 40)], [SCAN], pictures={"31": b"\x97JB2\r\n"}))
    assert "基本情况" in report.text
    assert [span.reason for span in report.dropped] == ["unrecognised"]
