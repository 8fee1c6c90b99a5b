"""A table with a cell on each line gets its rows back, and nothing else is taken for a table."""

from __future__ import annotations

import pytest

from ingest.cleaning.cells import drawn_rows, parted_cells, rows_of_values
from ingest.cleaning.normalize import normalize
from ingest.formats.sources import parse
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


@pytest.mark.parametrize(
    "table",
    [
        "项目,预算,决算\n讲座,65,207.50\n展览,3,4",
        "项目\n预算\n决算\n讲座\n65\n207.50\n展览\n3\n4",
        "| 项目 | 预算 | 决算 |\n|---|---:|---:|\n| 讲座 | 65 | 207.50 |\n| 展览 | 3 | 4 |",
        "项目 | 预算 | 决算\n--- | :---: | ---\n讲座 | 65 | 207.50\n展览 | 3 | 4",
    ],
    ids=["commas", "a cell a line", "Markdown", "Markdown without ends"],
)
@pytest.mark.parametrize("note", ["单位：万元", "（单位:万元）\n"])
def test_a_note_above_a_table_gives_its_figures_their_unit(table, note):
    report = normalize(RawReport("a.txt", f"长原县科协经费决算\n{note}\n{table}\n\n以上为全年数。", ""))
    assert "决算\n讲座\t预算：65万元\t决算：207.50万元\n展览\t预算：3万元\t决算：4万元\n" in report.text
    at = report.text.index("207.50")
    start, end = report.mapped.raw_span(at, at + len("207.50"))
    assert report.raw[start:end] == "207.50"
    assert normalize(RawReport("a.txt", report.text, "")).text == report.text


def test_a_note_above_the_table_of_a_page_gives_its_figures_their_unit():
    rows = (("项目", "预算", "决算"), ("讲座", "65", "207.50"), ("展览", "3", "4"))
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    page = f"<html><body><h1>长原县科协经费决算</h1><p>单位：万元</p><table>{table}</table></body></html>"
    assert "讲座\t预算：65万元\t决算：207.50万元" in normalize(parse("a.html", page.encode())).text


def test_the_cells_of_a_line_each_have_the_unit_of_their_head():
    text = "各渔村情况\n渔村\n渔船(艘)\n东屿村\n37\n西屿村\n22\n以上为上半年数。"
    assert "东屿村\t渔船：37艘\n西屿村\t渔船：22艘" in normalize(RawReport("a.txt", text, "")).text


def test_a_drawn_table_of_words_is_told_with_its_heads_and_its_rule_is_gone():
    report = normalize(RawReport("a.md", "# 名单\n\n| 村 | 书记 | 电话 |\n|:--|---|--:|\n| 上坝村 | 邵文斌 | |\n", ""))
    assert report.text == "# 名单\n\n村\t书记\t电话\n上坝村\t书记：邵文斌\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\n标题 | 其他\n---",
        "| 村 | 户 |\n| 上坝村 | 3 |",
        "| 村 | 户 |\n|---|---|---|\n| 上坝村 | 3 | 4 |",
        "| 村 | 户 |\n|---|---|\n| 上坝村 | 3 | 4 |",
        "|---|---|\n| 上坝村 | 3 |",
        "| 村 | 户 |\n|---|---|",
    ],
)
def test_other_lines_with_rules_stay(text):
    assert drawn_rows(text) == []
