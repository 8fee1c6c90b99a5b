"""The reader, with its real artifact: spans are the passage's own, titles say whose figure it is."""

from __future__ import annotations

import math
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import MODELS

from config.settings import Settings
from ingest.embedding.session import GRAPH
from ingest.language.script import to_traditional
from rag.reader import prepare
from rag.reader.adapter import read_adapter, write_adapter
from rag.reader.reader import Reader, Reading, Span, Token, ToRead, _trimmed, between

HALLS = ToRead("东山县科协建成乡村科普馆21个，举办讲座36场次。第二次代表大会于2021年5月8日召开。", "东山县科协工作总结")
VOLUNTEERS = ToRead("西河市科协有科普教育基地64家，科技志愿者3200余名。", "西河市科协年度报告")
FILLER = ToRead("会议认为，过去一年各项工作稳步推进，大家的精神面貌有了明显变化。" * 3)


def silence(_message):
    """Nobody listens."""


def said(passage, reading):
    span = reading.spans[0]
    return passage.text[span.start : span.end]


@pytest.mark.parametrize(
    ("question", "at", "answer"),
    [
        ("东山县有多少个乡村科普馆？", 0, "21"),
        ("西河市有多少科技志愿者？", 1, "3200"),
        ("西河市的科普教育基地有几家", 1, "64"),
        ("東山縣舉辦了多少場講座？", 0, "36"),
    ],
)
def test_the_passage_and_the_span_of_an_answer_are_found(reader, question, at, answer):
    passages = [HALLS, VOLUNTEERS, FILLER]
    readings = reader.read(question, passages)
    assert max(range(3), key=lambda i: readings[i].relevance) == at
    assert answer in said(passages[at], readings[at])


def test_what_no_passage_says_is_less_relevant_than_what_one_says(reader):
    passages = [VOLUNTEERS, FILLER]
    told, untold = (reader.read(question, passages) for question in ("西河市有多少科技志愿者？", "会议室在几楼？"))
    assert max(r.relevance for r in untold) < told[0].relevance
    assert max(r.relevance + r.margin for r in untold) < told[0].relevance + told[0].margin


def test_the_title_says_whose_figure_it_is(reader):
    text = "全年共举办科普讲座48场，参加群众6000余人次。"
    readings = reader.read(
        "青石县举办了多少场科普讲座？",
        [ToRead(text, "青石县2023年工作总结"), ToRead(text, "白水县2023年工作总结")],
    )
    assert readings[0].relevance > readings[1].relevance


def test_every_reading_is_of_its_own_passage(reader):
    passages = [HALLS, VOLUNTEERS, FILLER, ToRead("一"), ToRead("标题", section="第一部分", date="2024-01-02")]
    for passage, reading in zip(passages, reader.read("有多少个？", passages), strict=True):
        assert sum(span.score for span in reading.spans) <= 1 + 1e-6
        taken = set()
        for span in reading.spans:
            assert 0 <= span.start < span.end <= len(passage.text)
            assert not taken & set(range(span.start, span.end))
            taken |= set(range(span.start, span.end))
        assert all(math.isfinite(said) for said in (reading.relevance, reading.margin, reading.polarity))
        assert all(0 <= token.start < token.end <= len(passage.text) for token in reading.tokens)
        read = {i for token in reading.tokens for i in range(token.start, token.end)}
        assert all(char.isspace() or i in read for i, char in enumerate(passage.text))


@pytest.mark.parametrize("passages", [[], [ToRead("")], [ToRead("", "标题")]])
def test_nothing_to_read_holds_no_span(reader, passages):
    readings = reader.read("有多少个？", passages)
    assert [reading.spans for reading in readings] == [()] * len(passages)


def test_both_scripts_read_alike(reader):
    question, text = "东山县有多少个乡村科普馆？", HALLS.text
    simplified, traditional = (
        reader.read(q, [ToRead(t, title)])[0]
        for q, t, title in (
            (question, text, HALLS.title),
            (to_traditional(question), to_traditional(text), to_traditional(HALLS.title)),
        )
    )
    assert simplified == traditional


def test_a_long_passage_is_read_to_its_end(reader):
    text = FILLER.text * 8 + HALLS.text
    reading = reader.read("东山县有多少个乡村科普馆？", [ToRead(text, HALLS.title)])[0]
    span = reading.spans[0]
    assert "21" in text[span.start : span.end]
    assert span.start >= len(FILLER.text) * 8
    assert max(token.end for token in reading.tokens) == len(text)


def test_what_is_said_of_a_passage_does_not_depend_on_what_is_read_beside_it(reader):
    question = "西河市有多少科技志愿者？"
    beside = reader.read(question, [FILLER, VOLUNTEERS, HALLS])
    assert beside[1] == reader.read(question, [VOLUNTEERS])[0]


@pytest.mark.parametrize(
    ("tokens", "start", "end", "proof"),
    [
        ([], 0, 10, -5.0),  # what wasn't read proves nothing
        ([(0, 2, 3.0), (2, 10, 1.0), (10, 12, -4.0)], 0, 10, 2.0),
        ([(0, 2, 3.0), (2, 10, 1.0), (10, 12, -4.0)], 10, 18, -4.0),
        ([(8, 12, 6.0)], 0, 10, 6.0),  # a token over the border counts on both sides
        ([(8, 12, 6.0)], 10, 18, 6.0),
    ],
)
def test_a_sentence_proves_what_its_tokens_prove_on_average(tokens, start, end, proof):
    reading = Reading(0.0, 0.0, 0.0, (), tuple(Token(*token) for token in tokens))
    assert reading.proof(start, end) == proof


def test_a_sentence_is_told_by_the_spans_that_reach_into_it():
    reading = Reading(0.0, 0.0, 0.0, (Span(6, 9, 0.5), Span(9, 12, 0.25), Span(13, 15, 0.125)), ())
    assert (reading.told(0, 10), reading.told(10, 20), reading.told(20, 30)) == (0.75, 0.375, 0.0)


def test_threads_read_what_one_reads(reader):
    questions = ["东山县有多少个乡村科普馆？", "西河市有多少科技志愿者？", "会议室在几楼？"] * 3
    alone = [reader.read(question, [HALLS, VOLUNTEERS]) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda question: reader.read(question, [HALLS, VOLUNTEERS]), questions))
    for first, second in zip(alone, together, strict=True):
        assert [r.spans[0].start for r in first] == [r.spans[0].start for r in second]
        assert np.allclose([r.relevance for r in first], [r.relevance for r in second], atol=1e-3)


def test_the_reader_brings_its_own_encoder(reader):
    other = prepare.prepare(Settings(models_dir=MODELS, embedding_model="some/other-model"), silence)
    assert other.fingerprint == reader.fingerprint


def test_the_setting_switches_it_off(monkeypatch):
    monkeypatch.setenv("WENBAO_READER", "off")
    assert Reader.open(Settings(models_dir=MODELS), silence) is None


@pytest.mark.usefixtures("reader")
def test_a_damaged_reader_is_noticed(tmp_path):
    folder = prepare.prepare(Settings(models_dir=MODELS), silence).folder
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    assert prepare.find(copy) is not None
    with (copy / GRAPH).open("r+b") as file:
        file.seek(1000)
        file.write(b"damage")
    assert prepare.find(copy) is None


def test_a_span_leaves_the_marks_around_it_outside():
    text = "他写了（《新书》），大家都说：“好”。"
    for inside, expected in (
        ("《新书》），", "《新书》"),
        ("：“好”。", "“好”"),
        ("，", "，"),
        ("（《新书》）", "（《新书》）"),
    ):
        start = text.index(inside)
        span = _trimmed(Span(start, start + len(inside), 1.0), text)
        assert text[span.start : span.end] == expected


def test_an_adapter_gives_back_what_training_changed(tmp_path):
    rng = np.random.default_rng(0)
    base = {"w": rng.normal(size=(96, 80)).astype(np.float32), "b": np.zeros(96, np.float32)}
    change = (rng.normal(size=(96, 5)) @ rng.normal(size=(5, 80)) * 0.1).astype(np.float32)
    trained = {"w": base["w"] + change, "b": base["b"] + 0.25, "head": rng.normal(size=(2, 96)).astype(np.float32)}
    write_adapter(tmp_path / "adapter.safetensors", base, trained)
    restored = read_adapter(tmp_path / "adapter.safetensors", base)
    assert np.abs(restored["w"] - trained["w"]).max() < 0.02 * np.abs(change).max()
    assert np.allclose(restored["b"], trained["b"], atol=1e-3)
    assert np.allclose(restored["head"], trained["head"], atol=2e-3)


def test_two_readings_say_their_mean_together_and_point_where_the_more_relevant_one_does():
    one = Reading(4.0, 1.0, 2.0, (Span(0, 2, 1.0),), (Token(0, 1, 3.0), Token(1, 2, -1.0)))
    other = Reading(-2.0, 0.0, 1.0, (Span(4, 5, 1.0),), (Token(0, 1, 1.0),))
    said = between(one, other)
    assert (said.relevance, said.margin, said.polarity) == (1.0, 0.5, 1.5)
    assert said.spans == between(other, one).spans == one.spans
    assert said.tokens == (Token(0, 1, 2.0), Token(1, 2, -1.0))
