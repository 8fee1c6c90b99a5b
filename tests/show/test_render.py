"""What is pasted says what the report says, and Markdown reads nothing of it as its own."""

from __future__ import annotations

import datetime

import pytest
from rich.console import Console
from rich.markdown import Markdown
from sample_answers import answered, refused

from ingest.cleaning.anomalies import Reading, anomalies
from ingest.cleaning.normalize import normalize
from ingest.records import Dropped, RawReport, Recognised
from rag.search.filters import Filter
from rag.show.minutes import Exchange, minutes
from rag.show.render import answer_markdown, answer_text, read_as, warnings


@pytest.mark.parametrize(
    "quote",
    [
        "# 建成*科普馆*21个",
        "1. 建成_科普馆_21个",
        "- <b>建成</b>`21个`",
        "> 建成[科普馆](x)21个\n+ 第二行",
        "a\\*b 21个",
    ],
)
def test_markdown_shows_a_quote_as_it_stands(quote):
    console = Console(width=200, color_system=None)
    with console.capture() as capture:
        console.print(Markdown(answer_markdown(answered(quote), "zh")))
    shown = "".join(capture.get().split())
    assert "".join(quote.split()) in shown.replace("▌", "")
    assert "东山_县_总结" in shown
    assert "第3页" in shown


def test_a_quote_that_the_answer_does_not_tell_stands_below_its_source():
    answer = answered("东山县建成21个。", "西河市建成4个。", text="共25个 [1][2]", short="25个")
    lines = answer_text(answer, "zh").splitlines()
    assert lines[0] == "25个"
    assert lines[-1].strip() == "西河市建成4个。"
    assert answer_text(answered("东山县建成21个。"), "zh").count("东山县建成21个。") == 1


def test_minutes_keep_everything_in_order():
    at = datetime.datetime(2022, 3, 4, 15, 30)
    exchanges = [
        Exchange(answered("东山县建成21个。"), Filter(years=("2022",)), at),
        Exchange(refused("报告中没有", "近的"), Filter(), at),
    ]
    text = minutes(exchanges, "zh", at)
    parts = ["2022-03-04 15:30", "## 1. 问", "2022年", "**21个**", "> 东山县建成21个。", "2022-01-10", "a_b_c.txt"]
    parts += ["## 2. 火星?", "没有找到答案", "报告中没有", "> 近的"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "(" in minutes([], "en", at)


def test_what_a_report_suffers_from_is_counted():
    raw = "XX县科協(xié)总结\n东山县建成21个。某县投入×××元,**人参加,\ufffd完。"
    found = {anomaly.kind: anomaly.count for anomaly in anomalies(normalize(RawReport("a.txt", raw, "")))}
    assert found == {"lost": 1, "anonymised": 4, "pinyin": 1}
    sound = normalize(RawReport("a.txt", "东山县建成21个,长3×5米,使用APP和XXL号。", ""))
    assert anomalies(sound) == ()
    assert warnings(anomalies(normalize(RawReport("a.txt", raw, ""))), "en").startswith("1 lost")


def test_how_a_report_was_read_is_told_and_what_its_file_holds_beside_it():
    raw = "总结\n北岭镇\t志愿者：412人\n全年举办讲座36场。\n暗语"
    seen = (Recognised(19, 29, 0.9),)
    report = normalize(RawReport("a.pdf", raw, "", dropped=(Dropped("hidden", 30, 32, "暗语"),), recognised=seen))
    assert read_as(Reading.of(report), "zh") == "文字 2 行 · 表格 1 行 · 识别 1 行,平均把握 90% · 未收入:隐藏 1"
    assert read_as(Reading(3), "en") == "3 lines of text"
    assert read_as(Reading(), "en") == ""
