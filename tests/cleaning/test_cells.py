"""A table with a cell on each line gets its rows back, and nothing else is taken for a table."""

from __future__ import annotations

import pytest

from ingest.cleaning.cells import parted_cells, rows_of_values
from ingest.cleaning.normalize import normalize
from ingest.records import RawReport

HEADS, ROWS = (
    "乡镇 面积 树种 株数",
    ["柳河乡 320亩 油松 1.2万株", "青山镇 85亩 侧柏 4300株", "石门乡 150亩 刺槐 6000株"],
)
TABLE = "\n".join(["各乡镇造林情况", *" ".join([HEADS, *ROWS]).split(" "), "以上数据截至十月底。"])


def test_the_cells_of_a_row_stand_on_one_line_each_behind_its_head():
    lines = normalize(RawReport("a.txt", TABLE, "")).text.split("\n")
    assert lines[1] == HEADS.replace(" ", "\t")
    assert lines[2] == "柳河乡\t面积：320亩\t树种：油松\t株数：1.2万株"
    assert lines[0] == "各乡镇造林情况"
    assert lines[5] == "以上数据截至十月底。"


def test_every_cell_still_knows_its_place():
    report = normalize(RawReport("a.txt", TABLE, ""))
    at = report.text.index("青山镇")
    start, end = report.mapped.raw_span(at, at + len("青山镇\t面积：85亩"))
    assert report.raw[start:end] == "青山镇\n85亩"
    assert normalize(RawReport("a.txt", report.text, "")).text == report.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一、工作\n二、问题\n三、打算\n四、建议\n五、附件\n六、名单",
        "姓名\n单位\n张三\n县一中\n李四\n县医院\n王五\n粮站",
        "乡镇\n面积\n柳河乡\n320亩",
        "2021年\n2022年\n2023年\n2024年\n2025年\n2026年",
        "柳河乡造林面积达到320亩以上,株数过万。\n青山镇造林面积达到85亩以上,株数过千。\n" * 4,
    ],
)
def test_other_lines_stay(text):
    assert parted_cells(text) == []


@pytest.mark.parametrize("mark", [",", "，", "\t"])
def test_rows_with_a_mark_between_their_cells_say_what_they_are_about(mark):
    rows = ["渔村,渔船(艘),产量(吨)", "东屿村,37,1460", "西屿村,22,905", "合计,59,2365"]
    text = "\n".join(["各渔村情况", *(row.replace(",", mark) for row in rows), "以上为上半年数。"])
    report = normalize(RawReport("a.txt", text, ""))
    assert report.text.split("\n")[2:4] == ["东屿村\t渔船：37艘\t产量：1460吨", "西屿村\t渔船：22艘\t产量：905吨"]
    at = report.text.index("西屿村\t渔船")
    start, end = report.mapped.raw_span(at, at + len("西屿村\t渔船：22艘"))
    assert report.raw[start:end] == f"西屿村{mark}22"
    at = report.text.index("1460")
    start, end = report.mapped.raw_span(at, at + len("1460"))
    assert report.raw[start:end] == "1460"
    assert normalize(RawReport("a.txt", report.text, "")).text == report.text


def test_each_of_two_tables_below_one_another_has_its_own_heads():
    first, second = ["渔村,渔船(艘)", "东屿村,37", "西屿村,22"], ["学校,班级(个)", "东屿小学,6", "西屿小学,12"]
    report = normalize(RawReport("a.txt", "\n".join(["两表如下。", *first, *second, "以上。"]), ""))
    lines = report.text.split("\n")
    assert lines[2:4] == ["东屿村\t渔船：37艘", "西屿村\t渔船：22艘"]
    assert lines[5:7] == ["东屿小学\t班级：6个", "西屿小学\t班级：12个"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "春耕,备耕\n夏管,灌溉\n秋收,晾晒",
        "一是抓投入,投入12万元\n二是抓管护,管护37处\n三是抓培训,培训59人",
        "东屿村,37,1460\n西屿村,22,905\n合计,59,2365",
        "渔村,渔船,产量\n东屿村,37\n西屿村,22,905,3\n合计,59,2365",
    ],
)
def test_other_lines_with_marks_stay(text):
    assert rows_of_values(text) == []
