"""Numbered points: what begins one, and which ones belong together."""

from __future__ import annotations

import pytest

from ingest.language import points

ROWS = [
    ("一是补网围，二是清淤泥；二是修堤坝；三是种芦苇。", ["一是", "二是", "三是"]),
    ("（一）渔港破旧。多处坍塌。\n（二）船只老化。\n（三）人手不足。", ["（一）", "（二）", "（三）"]),
    ("（1）渔港。（2）船只。", ["（1）", "（2）"]),
    ("第一，渔港要修。去年没修。\n第二，船只要换。\n第三、人手要补。", ["第一，", "第二，"]),
    ("一、渔港\n甲。\n二、船只\n乙。\n三、人手\n丙。", ["一、", "二、", "三、"]),
    ("1.渔港。\n2．船只。\n", ["1."]),
    ("①渔港。②船只。③人手。", ["①", "②", "③"]),
    ("⑴渔港。\n⑵船只。", ["⑴", "⑵"]),
    ("一要修港，二要换船。\n二要换船。三要补人。", ["一要", "二要", "三要"]),
    ("局里提了三条要求：一是上报，二是核对；二是复查。三是通报。", ["一是", "二是", "三是"]),
    ("第九条 甲。\n第十条 乙。\n第十一条 丙。", ["第九条", "第十条", "第十一条"]),
]


@pytest.mark.parametrize(("text", "begun"), ROWS)
def test_points_of_one_count_are_a_row(text, begun):
    found = points.find(text)
    row = points.row(found, found[0])
    assert [text[p.start :].startswith(said) for p, said in zip(row, begun, strict=True)] == [True] * len(begun)
    assert [p.number for p in row] == list(range(row[0].number, row[0].number + len(begun)))
    for point in row:
        assert points.row(found, point) == row


@pytest.mark.parametrize(
    "text", ["", "渔港有3个。", "3.5万元。", "一致同意。", "第一名是甲。", "二〇二三年开工。", "十分重要。"]
)
def test_other_sentences_begin_no_point(text):
    assert points.find(text) == []


def test_a_count_that_begins_again_is_another_row():
    text = "一是甲。\n二是乙。\n说明。\n一是丙。\n二是丁。\n三是戊。"
    found = points.find(text)
    assert [len(points.row(found, point)) for point in found] == [2, 2, 3, 3, 3]


def test_points_within_a_point_do_not_part_its_row():
    text = "（一）港。1.修。2.清。\n（二）船。\n1.换。\n（三）人。"
    found = points.find(text)
    assert [text[p.start : p.start + 3] for p in points.row(found, found[0])] == ["（一）", "（二）", "（三）"]


def test_a_point_ends_with_its_sentence():
    text = "办法如下。\n一是修港，投入30万元；二是换船。  \n"
    assert [text[p.start : p.end] for p in points.find(text)] == ["一是修港，投入30万元；", "二是换船。"]


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("总结\n一、渔港\n1.修港。\n2.清淤。\n二、船只\n1.换船。", ["一、渔", "二、船"]),
        ("(1)修港:一是清淤。\n(2)换船。", ["(1)", "(2)"]),
        ("修港,要求:一是清淤;二是换船。", []),
        ("  第一章 渔港\n内容。\n  第二章 船只", ["第一章", "第二章"]),
        ("一是修港。\n二是换船。", ["一是修", "二是换"]),
    ],
)
def test_the_outermost_points_of_a_text(text, begun):
    found = points.outermost(text)
    assert len(found) == len(begun)
    assert all(text.startswith(said, point.start) for point, said in zip(found, begun, strict=True))
