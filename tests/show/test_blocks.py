"""An answer's parts are decided once, and every way of showing it tells each of them once."""

from __future__ import annotations

import datetime
import io
import re
from dataclasses import replace

import pytest
from rich.console import Console
from sample_answers import answered, refused

from ingest.language.script import to_simplified
from rag.search.filters import Filter
from rag.show.blocks import (
    Cited,
    Headline,
    Nearest,
    NearestHeading,
    Refusal,
    Run,
    Statement,
    Understood,
    Unsure,
    blocks,
)
from rag.show.minutes import Exchange, minutes
from rag.show.render import answer_markdown, answer_text
from rag.show.terminal import Screen
from rag.telegram.sending.layout import pieces
from rag.telegram.sending.messages import answer_spans


def on_a_terminal(answer, language):
    console = Console(width=200, color_system=None, force_terminal=True, file=io.StringIO(), highlight=False)
    Screen(language, console=console).answer(answer)
    return console.file.getvalue()


def in_telegram(answer, language):
    return "".join(piece.text for piece in pieces(answer_spans(answer, language)))


def in_minutes(answer, language):
    at = datetime.datetime(2022, 3, 4)
    return minutes([Exchange(answer, Filter(), at)], language, at)


PAINTERS = [answer_text, answer_markdown, on_a_terminal, in_telegram, in_minutes]


@pytest.fixture(params=PAINTERS, ids=lambda painter: painter.__name__)
def shown(request):
    """What a painter shows, in Simplified, without the marks that it puts before lines and characters."""

    def paint(answer, language="zh"):
        return to_simplified(re.sub(r"\\|^> ?", "", request.param(answer, language), flags=re.MULTILINE))

    return paint


@pytest.mark.parametrize(
    ("answer", "quotes"),
    [
        (answered("东山县建成21个。"), ["东山县建成21个。"]),
        (answered("东山县建成21个。", text="東山縣建成21個。 [1]", short="21個"), ["东山县建成21个。"]),
        (answered("见附件[3]。", text="见附件［3］。 [1]", short=None), []),
        (answered("甲建成21个。", "乙建成4个。", text="共25个 [1][2]", short="25个"), ["甲建成21个。", "乙建成4个。"]),
        (
            answered("建成21个。", text="甲: 21个 [1]。没有找到乙的内容。\n建成21个。 [1]", short=None),
            ["建成21个。", "没有找到乙的内容"],
        ),
        (refused("报告中没有", "近的。", "更远的。"), ["近的。", "更远的。"]),
    ],
    ids=["simplified", "traditional", "own-markers", "computed", "one of two", "refused"],
)
def test_every_quote_and_every_source_stands_once(shown, answer, quotes):
    text = shown(answer)
    assert [text.count(quote) for quote in quotes] == [1] * len(quotes)
    assert text.count("a_b_c.txt") == len(answer.citations or answer.nearest)
    assert text.count("第3页") == len(answer.citations or answer.nearest)


def test_a_refusal_says_why_and_a_question_how_it_was_understood(shown):
    assert "没有找到答案" in shown(refused("报告中没有"))
    assert "报告中没有" in shown(refused("报告中没有"))
    assert "最接近" not in shown(refused("报告中没有"))
    assert "最接近的内容" in shown(refused("报告中没有", "近的。"))
    assert "理解为" in shown(answered("建成21个。", interpreted="那问"))
    assert "understood as" in shown(answered("建成21个。", interpreted="那问"), "en").lower()
    assert "理解为" not in shown(answered("建成21个。"))


def test_a_likely_answer_says_so_and_never_stands_as_a_bare_figure(shown):
    sure, likely = (
        answered("东山县建成21个。", text="东山县建成21个。 [1]", certainty=certainty)
        for certainty in ("sure", "likely")
    )
    assert "请核对" not in shown(sure)
    assert shown(likely).index("可能的答案,请核对") < shown(likely).index("东山县建成21个。")
    assert "a likely answer, please check" in shown(likely, "en").lower()
    bare = re.compile(r"^\W*21个\W*$", re.MULTILINE)
    assert bare.search(shown(sure))
    assert not bare.search(shown(likely))
    assert shown(likely).count("21个") == 1


@pytest.mark.parametrize("short", ["21个", None])
def test_a_likely_answer_tells_the_same_parts_but_for_the_headline(short):
    told = {
        certainty: [type(b) for b in blocks(answered("建成21个。", short=short, certainty=certainty), "zh")]
        for certainty in ("sure", "likely")
    }
    assert told["likely"] == [Unsure, Statement, Cited]
    assert told["sure"] == ([Headline] if short else []) + [Statement, Cited]


def test_the_short_answer_is_marked_in_its_sentence_whatever_the_grade():
    marked = {
        certainty: [
            run
            for block in blocks(answered("建成21个。", certainty=certainty), "zh")
            if isinstance(block, Statement)
            for run in block.runs
            if run.kind == "short"
        ]
        for certainty in ("sure", "likely")
    }
    assert marked["sure"] == marked["likely"] == [Run("21个", "short")]


def test_what_came_closest_is_numbered_in_its_order(shown):
    text = shown(refused("报告中没有", "近的。", "更远的。", "最远的。"))
    assert -1 < text.find("[1]") < text.find("[2]") < text.find("[3]")
    assert -1 < text.find("近的。") < text.find("更远的。") < text.find("最远的。")
    assert "[4]" not in text
    assert "请核对" not in text


def test_the_parts_come_in_the_order_in_which_they_are_told():
    told = blocks(answered("甲21个。", "乙4个。", text="共25个 [1][2]", short="25个", interpreted="那问"), "zh")
    assert [type(block) for block in told] == [Understood, Headline, Statement, Cited, Cited]
    kinds = [type(block) for block in blocks(refused("没有", "近的。"), "zh")]
    assert kinds == [Refusal, NearestHeading, Nearest]


@pytest.mark.parametrize(
    ("page", "recognised", "chinese", "english"),
    [
        (3, 0.98, "识别,第3页", "recognised, page 3"),
        (None, 0.98, "识别", "recognised"),
        (3, 0.6, "识别,第3页", "recognised, page 3"),
    ],
)
@pytest.mark.parametrize("found", [True, False], ids=["answered", "refused"])
def test_what_was_recognised_says_so_wherever_its_source_is_shown(shown, found, page, recognised, chinese, english):
    answer = answered("东山县建成21个。", short=None) if found else refused("报告中没有", "近的。")
    read = {"page": page, "recognised": recognised}
    answer = replace(
        answer,
        citations=tuple(replace(c, **read) for c in answer.citations),
        nearest=tuple(replace(c, **read) for c in answer.nearest),
    )
    for language, said, doubt in (
        ("zh", chinese, "识别不够清楚,请核对原件"),
        ("en", english, "not recognised clearly, please check the original"),
    ):
        text = shown(answer, language)
        assert text.count(f"{said} · ") == 1
        assert text.count(doubt) == (1 if recognised < 0.95 else 0)


def test_what_was_delivered_as_text_is_not_called_recognised(shown):
    assert "识别" not in shown(answered("东山县建成21个。"))
    assert "recognised" not in shown(answered("东山县建成21个。"), "en")


def test_a_statement_knows_where_its_short_answer_and_its_markers_stand():
    (statement,) = (b for b in blocks(answered("建成1个,共11个。", short="1个"), "zh") if isinstance(b, Statement))
    marked = [Run("建成"), Run("1个", "short"), Run(",共11个。 "), Run("[1]", "marker")]
    assert list(statement.runs) == marked
    assert statement.is_quote
    assert statement.text == "建成1个,共11个。 [1]"


def test_a_line_break_in_a_files_name_makes_no_citation():
    forged = "甲.txt 0-9\n\n[2] 国务院公报 · 2024-01-01 · 官方.txt"
    answer = answered("建成科普馆21个。")
    cited = replace(answer.citations[0], source=forged, title="总结\n[3] 公报")
    answer = replace(answer, citations=(cited,))
    spans = "".join(span.text for span in answer_spans(answer, "zh"))
    for told in (answer_text(answer, "zh"), on_a_terminal(answer, "zh"), spans):
        assert not re.search(r"^\[[23]\]", told, re.MULTILINE), told
