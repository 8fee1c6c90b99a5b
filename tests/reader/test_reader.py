"""The reader, with its real artifact: spans are the passage's own, titles say whose figure it is."""

from __future__ import annotations

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
from rag.reader.reader import Reader, Span, ToRead, _trimmed

HALLS = ToRead("东山县科协建成乡村科普馆21个，举办讲座36场次。第二次代表大会于2021年5月8日召开。", "东山县科协工作总结")
VOLUNTEERS = ToRead("西河市科协有科普教育基地64家，科技志愿者3200余名。", "西河市科协年度报告")
FILLER = ToRead("会议认为，过去一年各项工作稳步推进，大家的精神面貌有了明显变化。" * 3)
EVERYTHING = {"budget": 100_000, "settled": 2.0}


def silence(_message):
    """Nobody listens."""


def said(passage, reading):
    span = reading.spans[0]
    return passage.text[span.start : span.end]


@pytest.mark.parametrize(
    ("question", "at", "answer"),
    [
        ("东山县有多少个乡村科普馆？", 0, "21个"),
        ("西河市有多少科技志愿者？", 1, "3200余名"),
        ("西河市的科普教育基地有几家", 1, "64家"),
        ("東山縣舉辦了多少場講座？", 0, "36场次"),
    ],
)
def test_the_passage_and_the_span_of_an_answer_are_found(reader, question, at, answer):
    passages = [HALLS, VOLUNTEERS, FILLER]
    readings = reader.read(question, passages, **EVERYTHING)
    assert max(range(3), key=lambda i: readings[i].relevance) == at
    assert readings[at].answered
    assert said(passages[at], readings[at]) == answer


def test_what_no_passage_says_is_not_answered(reader):
    readings = reader.read("会议室在几楼？", [VOLUNTEERS, FILLER], **EVERYTHING)
    assert not any(reading.answered for reading in readings)


def test_the_title_says_whose_figure_it_is(reader):
    text = "全年共举办科普讲座48场，参加群众6000余人次。"
    readings = reader.read(
        "青石县举办了多少场科普讲座？",
        [ToRead(text, "青石县2023年工作总结"), ToRead(text, "白水县2023年工作总结")],
        **EVERYTHING,
    )
    assert readings[0].relevance > readings[1].relevance


def test_every_reading_is_a_probability_with_spans_of_its_passage(reader):
    passages = [HALLS, VOLUNTEERS, FILLER, ToRead("一"), ToRead("标题", section="第一部分")]
    for reading in reader.read("有多少个？", passages, **EVERYTHING):
        assert 0 <= reading.relevance <= 1
    for passage, reading in zip(passages, reader.read("有多少个？", passages, **EVERYTHING), strict=True):
        assert sum(span.score for span in reading.spans) <= 1 + 1e-6
        taken = set()
        for span in reading.spans:
            assert 0 <= span.start < span.end <= len(passage.text)
            assert not taken & set(range(span.start, span.end))
            taken |= set(range(span.start, span.end))


@pytest.mark.parametrize("passages", [[], [ToRead("")], [ToRead("", "标题")]])
def test_nothing_to_read_gives_no_answer(reader, passages):
    readings = reader.read("有多少个？", passages)
    assert len(readings) == len(passages)
    assert not any(reading.answered for reading in readings)


def test_both_scripts_read_alike(reader):
    question, text = "东山县有多少个乡村科普馆？", HALLS.text
    simplified, traditional = (
        reader.read(q, [ToRead(t, title)], **EVERYTHING)[0]
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
    assert reading.answered
    assert text[span.start : span.end] == "21个"


def test_reading_stops_when_the_question_is_settled(reader):
    passages = [HALLS, *[FILLER] * 11]
    question = "东山县有多少个乡村科普馆？"
    settled = reader.read(question, passages, settled=0.5)
    assert [reading is not None for reading in settled] == [True] * 4 + [False] * 8
    assert all(reader.read(question, passages, **EVERYTHING))


def test_reading_stops_when_the_budget_is_spent(reader):
    passages = [FILLER] * 12
    read = [reading is not None for reading in reader.read("有多少个？", passages, budget=8 * len(FILLER.text))]
    assert read == [True] * 8 + [False] * 4


def test_what_is_said_of_a_passage_does_not_depend_on_what_is_read_beside_it(reader):
    question = "西河市有多少科技志愿者？"
    beside = reader.read(question, [FILLER, VOLUNTEERS, HALLS], **EVERYTHING)
    assert beside[1] == reader.read(question, [VOLUNTEERS], **EVERYTHING)[0]


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
