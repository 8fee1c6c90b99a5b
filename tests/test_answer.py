"""Answers are verbatim and checkable, refusals give their reason."""

from __future__ import annotations

import re

import pytest
from conftest import SEEDS, Watcher

from config.errors import IndexMismatch, UsageError
from ingest.script import to_simplified
from rag.engine import Engine
from rag.question import MAX_LENGTH, language_of, understand

QUESTIONS = [
    "巴州有多少个乡村科普馆?",
    "塔城有多少家科普教育基地?",
    "阿勒泰开展了多少场次的政策宣讲?",
    "雨花區總共組建了多少個科普(科技)志願服務組織?",
    "雨花区创建“全国科普示范区”的工作动员会是哪天开的?",
    "石门县的火星探测器有多少个?",
    "How many 乡村科普馆 are there?",
]


@pytest.fixture(scope="module")
def engine(seeded, embedder):
    engine = Engine(seeded, Watcher().notify, embedder)
    yield engine
    engine.close()


def assert_checkable(engine: Engine, citation) -> None:
    report = engine.report(citation.source)
    delivered = (SEEDS / citation.source).read_text(encoding="utf-8")
    assert report.text[citation.start : citation.end] == citation.quote != ""
    assert delivered[citation.raw_start : citation.raw_end] == citation.raw_quote != ""


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_citation_is_verbatim_in_both_texts(engine, question):
    answer = engine.ask(question)
    for citation in (*answer.citations, *answer.nearest):
        assert_checkable(engine, citation)


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_cited_and_a_refusal_gives_its_reason(engine, question):
    answer = engine.ask(question)
    markers = {int(n) for n in re.findall(r"\[(\d+)\]", answer.answer)}
    assert markers == {citation.n for citation in answer.citations}
    if answer.status == "answered":
        assert answer.citations
        assert answer.reason is None
        assert not answer.nearest
    else:
        assert (answer.answer, answer.short_answer, answer.citations) == ("", None, ())
        assert answer.reason
        assert answer.nearest
    assert answer.took_ms["total"] > 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_figures_are_never_changed(engine, question):
    answer = engine.ask(question)
    quoted = to_simplified("".join(citation.quote for citation in answer.citations))
    assert set(re.findall(r"\d+", re.sub(r"\[\d+\]", "", answer.answer))) <= set(re.findall(r"\d+", quoted))
    assert answer.short_answer is None or to_simplified(answer.short_answer) in quoted


@pytest.mark.parametrize(
    ("question", "short", "source"),
    [
        ("巴州有多少个乡村科普馆?", "117个", "001_40ca7aff27390dd3.txt"),
        ("塔城有多少家科普教育基地?", "35家", "001_40ca7aff27390dd3.txt"),
        ("雨花区创建“全国科普示范区”的工作动员会是哪天开的?", "2022年6月16日", "000_33add0c897c04556.txt"),
    ],
)
def test_the_right_figure_of_the_right_place(engine, question, short, source):
    answer = engine.ask(question)
    assert answer.short_answer == short
    assert [citation.source for citation in answer.citations] == [source]


@pytest.mark.parametrize(
    "question",
    [
        "石门县的火星探测器有多少个?",
        "月球基地的氧气产量是多少吨?",
        "2021年长沙市科技创新大赛雨花区得了多少个一等奖?",
        "北京市总共组建了多少个科普志愿服务组织?",
    ],
)
def test_what_the_reports_do_not_say_is_refused(engine, question):
    assert engine.ask(question).status == "not_found"


def test_the_answers_script_follows_the_question_and_quotes_stay_as_cleaned(engine):
    answer = engine.ask("雨花區總共組建了多少個科普(科技)志願服務組織?")
    assert answer.language == "zh-Hant"
    assert answer.short_answer == "94個"
    assert "志願服務組織94個" in answer.answer
    assert "志愿服务组织94个" in answer.citations[0].quote
    assert "服務(wù)組織94個(gè)" in answer.citations[0].raw_quote


def test_a_reports_own_brackets_are_no_markers(sync, settings, embedder, reports):
    (reports / "f.txt").write_text("平原县科协有农技协88家[3],会员1200人[12]。", encoding="utf-8")
    sync()
    engine = Engine(settings, Watcher().notify, embedder)
    answer = engine.ask("平原县科协有多少家农技协?")
    assert answer.short_answer == "88家"
    assert re.findall(r"\[(\d+)\]", answer.answer) == ["1"]
    assert "[3]" in answer.citations[0].quote
    engine.close()


def test_a_sentence_longer_than_a_chunk_is_quoted_whole(sync, settings, embedder, reports):
    sentence = "平原县科协" + "坚持服务大局,团结科技工作者," * 12 + "共建成科普小院77家,得到好评。"
    (reports / "f.txt").write_text(f"{sentence}另有他事。", encoding="utf-8")
    sync()
    engine = Engine(settings, Watcher().notify, embedder)
    answer = engine.ask("平原县建成多少家科普小院?")
    assert answer.citations[0].quote == sentence
    engine.close()


def test_a_follow_up_is_completed_and_shown(engine):
    answer = engine.ask("那科普示范基地呢?", ["巴州有多少个乡村科普馆?"])
    assert "巴州" in answer.interpreted
    assert "146个" in answer.citations[0].quote


def test_asking_twice_says_the_same(engine):
    first, second = (engine.ask(QUESTIONS[0]) for _ in range(2))
    assert (first.answer, first.citations) == (second.answer, second.citations)


@pytest.mark.parametrize("text", ["", "   \n", "?!。", "\ud800问题", "问" * (MAX_LENGTH + 1)])
def test_an_unusable_question_is_refused_before_any_search(text):
    with pytest.raises(UsageError):
        understand(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("巴州有多少个乡村科普馆?", "zh-Hans"),
        ("雨花區組建了多少個組織?", "zh-Hant"),
        ("How many halls are there?", "en"),
        ("一共七人", "zh-Hans"),
    ],
)
def test_language(text, language):
    assert language_of(text) == language


def test_another_model_cannot_answer_from_this_index(seeded):
    for update in ({"embedding_model": "other/model"}, {"query_prefix": "other: "}):
        with pytest.raises(IndexMismatch, match="WENBAO_EMBEDDING_MODEL"):
            Engine(seeded.model_copy(update=update), Watcher().notify)
