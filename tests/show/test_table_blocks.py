"""A table's parts are decided once; every way of showing it tells each figure with its source, and no report's text
is run, cut off or breaks what it is shown in."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len
from rich.console import Console
from sample_tables import PLAIN, cell, table

from rag.answers.table import Row
from rag.show.blocks import Cited, Grid, Note, Refusal, Title
from rag.show.chart import table_svg
from rag.show.render import table_markdown, table_text
from rag.show.sheets import table_csv, table_xlsx
from rag.show.tables import clipped, grid_lines, number, table_blocks, width
from rag.show.terminal import Screen
from rag.telegram.sending.layout import pieces
from rag.telegram.sending.messages import table_spans

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<b>&"\x07\x1b[31m|\n=1+1,东'


def on_a_terminal(shown, language, columns=200):
    console = Console(width=columns, color_system=None, force_terminal=True, file=io.StringIO(), highlight=False)
    Screen(language, console=console).table(shown)
    return console.file.getvalue()


def in_telegram(shown, language):
    return "".join(piece.text for piece in pieces(table_spans(shown, language)))


def in_svg(shown, language):
    return "".join(ElementTree.fromstring(table_svg(shown, language)).itertext())


PAINTERS = [table_text, table_markdown, on_a_terminal, in_telegram, in_svg]


@pytest.fixture(params=PAINTERS, ids=lambda painter: painter.__name__)
def shown(request):
    return lambda each, language="zh": re.sub(r"\\", "", request.param(each, language))


def sheet_rows(shown, language="zh"):
    return list(csv.DictReader(io.StringIO(table_csv(shown, language), newline="")))


def test_every_figure_stands_with_its_number_and_every_source_once(shown):
    text = shown(PLAIN)
    for said in ("21个 [1]", "8个 [2]", "6个 [3]"):
        assert said in text
    assert [text.count(f"r{n}.txt") for n in (1, 2, 3)] == [1, 1, 1]
    assert text.index("8个 [2]") < text.index("6个 [3]")


def test_coverage_and_what_is_only_likely_are_said_in_both_languages(shown):
    assert "5 份报告中有 2 份给出" in shown(PLAIN)
    assert "可能" in shown(PLAIN)
    assert "2 of 5 reports tell it" in shown(PLAIN, "en")
    assert "likely" in shown(PLAIN, "en")


def test_figures_that_differ_stand_with_their_dates(shown):
    text = shown(PLAIN)
    assert text.index("2022-01-10") < text.index("2020-05-01")
    alone = table(Row("东山县", cell(1, "21个", 21.0, date=None)))
    assert "日期不详" not in shown(alone)


def test_a_figure_that_can_not_be_is_marked_and_has_no_bar(shown):
    impossible = table(Row("东山县", cell(1, "13.2人次", None, "人次", possible=False)), unit="人次")
    assert "数字有误" in shown(impossible)
    assert not ElementTree.fromstring(table_svg(impossible, "zh")).findall(f".//{SVG}g/{SVG}rect")


def test_a_figure_that_was_recognised_says_so_beside_its_source(shown):
    read = cell(1, "21个", 21.0)
    unclear = replace(read, citation=replace(read.citation, recognised=0.6), certainty="likely")
    text = shown(table(Row("东山县", unclear)))
    assert text.count("识别,第3页 · ") == text.count("识别不够清楚,请核对原件") == 1
    (row,) = sheet_rows(table(Row("东山县", unclear)))
    assert row["出处"] == "识别,第3页 · r1.txt 5-14 · 识别不够清楚,请核对原件"


def test_the_parts_come_in_the_order_in_which_they_are_told():
    assert [type(block) for block in table_blocks(PLAIN, "zh")] == [Title, Grid, Note, Cited, Cited, Cited]
    nothing = table(Row("东山县", None), looked_in=5)
    (refusal,) = table_blocks(nothing, "zh")
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "5 份报告都没有给出“科普馆”"


def test_a_key_is_told_once_and_where_nothing_is_told_that_is_said():
    (grid,) = (block for block in table_blocks(PLAIN, "zh") if isinstance(block, Grid))
    assert [row.key for row in grid.rows] == ["东山县", "西河市", "", "南岭区"]
    assert grid.rows[-1].remark == "没有给出"
    many = table(Row("东山县", cell(1, "21个", 21.0)), *(Row(f"第{n}县", None) for n in range(20)))
    lines = table_text(many, "zh")
    assert "第3县" not in lines
    assert "另有 20 行没有给出" in lines


@pytest.mark.parametrize(
    ("each", "total", "said"),
    [
        ((cell(1, "21个", 21.0), cell(2, "8个", 8.0)), 29.0, "合计 29个"),
        ((cell(1, "20余个", 20.0, rough=True), cell(2, "8个", 8.0)), 28.0, "合计 约28个"),
        ((cell(1, "21个", 21.0),), 21.0, None),
        ((cell(1, "21个", 21.0), cell(2, "几个", None)), None, None),
    ],
    ids=["exact", "rough", "one", "none"],
)
def test_a_total_is_said_where_there_is_one(each, total, said):
    text = table_text(table(*(Row(f"{n}县", one) for n, one in enumerate(each)), total=total), "zh")
    assert (said or "合计") in text if said else "合计" not in text


def test_a_measure_in_another_unit_is_told_in_that_of_the_table_and_another_thing_marked():
    measured = table(Row("甲县", cell(1, "5000米", 5.0, "米")), Row("乙县", cell(2, "3公里", 3.0, "公里")), unit="公里")
    assert "= 5公里" in table_text(measured, "zh")
    other = table(Row("甲县", cell(1, "15家", None, "家")), Row("乙县", cell(2, "3名", 3.0, "名")), unit="名")
    assert "单位不同" in table_text(other, "zh")


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_columns_are_aligned_and_nothing_is_wider_than_a_narrow_terminal(columns):
    grid_part = on_a_terminal(PLAIN, "zh", columns).split("5 份报告")[0]
    assert all(cell_len(line) <= columns for line in grid_part.splitlines())
    (grid,) = (block for block in table_blocks(PLAIN, "zh") if isinstance(block, Grid))
    lines = list(grid_lines(grid, 6))
    starts = {width(line[: line.index(said)]) for line, said in zip(lines[1:4], ("21个", "8个", "6个"), strict=True)}
    assert len(starts) == 1


@pytest.mark.parametrize(
    ("text", "columns", "cut"),
    [
        ("东山县", 6, "东山县"),
        ("东山县科协", 6, "东山…"),
        ("ab\ncd", 9, "ab cd"),
        ("", 3, ""),
        ("东" * 50_000, 5, "东东…"),
    ],
)
def test_a_key_is_cut_between_characters(text, columns, cut):
    assert clipped(text, columns) == cut
    assert width(cut) <= columns


@pytest.mark.parametrize(
    ("value", "written"), [(21.0, "21"), (1e12, "1000000000000"), (0.1 + 0.2, "0.3"), (-5.5, "-5.5")]
)
def test_a_number_is_written_out(value, written):
    assert number(value) == written


def test_in_telegram_the_table_is_one_block_of_characters_of_one_width():
    (piece,) = pieces(table_spans(PLAIN, "zh"))
    assert re.findall(r"<pre>地区 .*?南岭区 .*?</pre>", piece.html, re.DOTALL)
    assert piece.html.count("<pre>") == 1


def test_a_long_table_is_split_between_lines_and_each_piece_is_a_block():
    long = table(*(Row(f"第{n}号县", cell(n, f"{n}个", float(n))) for n in range(1, 200)))
    split = pieces(table_spans(long, "zh"))
    assert len(split) > 2
    assert all(piece.html.count("<pre>") == piece.html.count("</pre>") <= 1 for piece in split)
    lines = [line for piece in split for line in piece.text.splitlines()]
    assert all(any(re.match(rf"第{n}号县 +{n}个 \[{n}\]$", line) for line in lines) for n in range(1, 200))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", " =", "\t=", "\r="])
def test_no_cell_of_a_csv_is_a_formula(start):
    hostile = cell(1, f"{start}1+1", 21.0, title=f"{start}cmd|' /C calc'!A0")
    (row,) = sheet_rows(table(Row(f"{start}key", hostile)))
    texts = [text for head, text in row.items() if head != "数值"]
    assert not any(text.lstrip().startswith(("=", "+", "-", "@", "＝")) for text in texts)
    assert row["原文写法"] == f"'{start.strip()}1+1"


def test_a_csv_holds_figures_as_numbers_with_quote_and_source():
    assert not table_csv(PLAIN, "zh").startswith("\ufeff")
    rows = sheet_rows(PLAIN)
    assert [(row["地区"], row["数值"], row["单位"]) for row in rows] == [
        ("东山县", "21", "个"),
        ("西河市", "8", "个"),
        ("西河市", "6", "个"),
        ("南岭区", "", ""),
    ]
    assert rows[0]["原句"] == "全年建成21个。"
    assert rows[0]["出处"] == "第3页 · r1.txt 5-14"
    assert [row["把握"] for row in rows] == ["确定", "可能", "可能", ""]


def test_a_csv_of_negative_figures_keeps_them_as_numbers():
    (row,) = sheet_rows(table(Row("甲县", cell(1, "-5%", -5.0, "%")), unit="%"))
    assert row["数值"] == "-5"


def test_a_workbook_holds_numbers_as_numbers_and_everything_else_as_text():
    hostile = table(
        Row("=1+1", cell(1, "=2个", 2.0, title="http://example.org/")), Row("乙", cell(2, "东" * 99999, 3.0))
    )
    with zipfile.ZipFile(io.BytesIO(table_xlsx(hostile, "zh"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in book.namelist() if "external" in name.lower()]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert re.findall(r'<c r="B2"[^>]*><v>2</v>', sheet)
    texts = ["".join(each.itertext()) for each in ElementTree.fromstring(sheet).iter() if each.tag.endswith("}is")]
    assert {"=1+1", "=2个", "全年建成=2个。"} <= set(texts)
    assert max(map(len, texts)) <= 32767


def test_a_picture_is_sound_whatever_stands_in_a_report_and_nothing_leaves_it():
    hostile = table(
        Row(HOSTILE * 20, cell(1, HOSTILE * 20, 5.0)),
        Row("减", cell(2, "-3个", -3.0)),
        Row("零", cell(3, "0个", 0.0)),
        indicator=HOSTILE * 20,
    )
    drawn = ElementTree.fromstring(table_svg(hostile, "zh"))
    wide, high = float(drawn.get("width")), float(drawn.get("height"))
    assert {each.tag.removeprefix(SVG) for each in drawn.iter()} <= {
        "svg",
        "title",
        "style",
        "rect",
        "text",
        "g",
        "line",
    }
    for bar in drawn.iter(f"{SVG}rect"):
        left, across = float(bar.get("x", 0)), float(bar.get("width"))
        assert 0 <= left <= left + across <= wide
        assert across >= 0
    assert all(0 <= float(text.get("y")) <= high for text in drawn.iter(f"{SVG}text"))


@pytest.mark.parametrize("values", [(0.0, 0.0), (1e12, 1.0), (-2.0, -4.0), (3.0, None)])
def test_bars_are_as_long_as_their_figures(values):
    rows = [Row(f"{n}县", cell(n + 1, f"{value}个", value)) for n, value in enumerate(values)]
    bars = ElementTree.fromstring(table_svg(table(*rows), "zh")).findall(f".//{SVG}g/{SVG}rect")
    known = [abs(value) for value in values if value is not None]
    lengths = [float(bar.get("width")) for bar in bars]
    assert len(lengths) == len(known)
    most = max(known)
    assert all(
        abs(length - (max(lengths) * value / most if most else 0)) < 0.2
        for length, value in zip(lengths, known, strict=True)
    )


def test_nothing_in_a_report_steers_the_terminal(capsys):
    hostile = table(Row(HOSTILE, cell(1, HOSTILE, 5.0, title=HOSTILE)), indicator=HOSTILE)
    assert "\x1b[31m" not in on_a_terminal(hostile, "zh")
    assert "\x07" not in on_a_terminal(hostile, "zh")
    Screen("zh", plain=True).table(hostile)
    assert capsys.readouterr().out
