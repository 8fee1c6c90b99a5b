"""Text set with a blank between every two characters is read as words, and its delivered form stays at its place."""

from __future__ import annotations

import io

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.cleaning.normalize import normalize
from ingest.cleaning.wide import set_wide
from ingest.formats import sources
from ingest.offsets import MappedText
from ingest.records import RawReport

CLOSED = {
    "石 桥 镇 新 建 科 普 画 廊 6 座 。": "石桥镇新建科普画廊6座。",
    "各 乡 镇 共 培 训 农 民 1 3 5 人 次": "各乡镇共培训农民135人次",
    "投 入 经 费 2 8 . 7 5 万 元": "投入经费28.75万元",
    "增 长 百 分 之 十 二，超 过 上 年": "增长百分之十二，超过上年",
    "参 加 人 数 1 , 2 0 5 人": "参加人数1,205人",
    "主　办　单　位：县科学技术协会": "主办单位：县科学技术协会",
    "（二）加 强 组 织 领 导": "（二）加强组织领导",
    "學 術 年 會 的 開 幕 式": "學術年會的開幕式",
    "科  技  工  作  者  之  家": "科技工作者之家",
    "科\xa0普\xa0示\xa0范\xa0基\xa0地": "科普示范基地",
    "全　县　培　训　班　47　期": "全县培训班47期",
    "二 〇 二 四 年 三 月 八 日": "二〇二四年三月八日",
    "2 0 2 4 年 3 月 8 日": "2024年3月8日",
    "关于 印 发 工 作 要 点 的通知": "关于 印发工作要点 的通知",
    "3 红 旗 小 学 校": "3 红旗小学校",
    "报 名 人 数 7 9": "报名人数 7 9",
    "完 成 情 况 1 2 35 项 任 务": "完成情况12 35项任务",
}
STAYS = [
    "王　强　张　伟　李　娜　刘　洋",
    "办　公　室：赵某",
    "是 否 否 是 是 否",
    "女 男 女 女 男",
    "3 5 8 9 2",
    "石 桥 7 4 9 5",
    "有 无 有 无 有 无",
    "A B C D E F",
    "x 1 y 2 z 3",
    "全县 科普 工作 总结 报告",
    "北岭镇 12 5 8 9",
    "甲\t乙\t丙\t丁\t戊",
    "科 普",
    "一、全 县",
    "王 强  主 任  张 伟  副 主 任",
    "共有 3 4 5 名",
]


@pytest.mark.parametrize(("wide", "closed"), CLOSED.items(), ids=CLOSED)
def test_what_is_set_wide_reads_as_words(wide, closed):
    text = f"县科协\n{wide}\n其他"
    assert MappedText.of(text).edit(set_wide(text)).text == f"县科协\n{closed}\n其他"
    assert set_wide(closed) == []


@pytest.mark.parametrize("text", STAYS)
def test_lists_of_single_characters_and_figures_stay(text):
    assert set_wide(text) == []


def test_the_delivered_form_stands_at_its_place():
    raw = "石桥县科协工作总结\n石 桥 县 全 年 举 办 讲 座 5 8 场 。\n主　办　单　位：县科协"
    report = normalize(RawReport("a.txt", raw, ""))
    for said, delivered in (("讲座58场", "讲 座 5 8 场"), ("主办单位：县科协", "主　办　单　位：县科协")):
        start = report.text.index(said)
        assert report.raw[slice(*report.mapped.raw_span(start, start + len(said)))] == delivered
    assert {edit.kind for edit in report.edits} == {"spacing"}
    assert normalize(RawReport("a.txt", report.text, "")).text == report.text


def test_a_pdf_whose_characters_are_parted_too():
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.setFont("STSong-Light", 12)
    for n, char in enumerate("石桥县全年举办科普讲座三十六场。"):
        canvas.drawString(60 + 17 * n, 760, char)
    canvas.save()
    assert normalize(sources.parse("a.pdf", buffer.getvalue())).text == "石桥县全年举办科普讲座三十六场。"
