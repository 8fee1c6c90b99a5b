"""Any question is answered with quotes that stand in their reports, or refused with a reason."""

from __future__ import annotations

import contextlib
import re

import pytest
from bounds import bounded
from hypothesis import given
from hypothesis import strategies as st

from config.errors import UsageError
from rag.engine import Engine
from rag.question.understand import MAX_LENGTH, as_it_stands, understand

WORDS = (
    *(
        "巴州",
        "雨花区",
        "阳泉市",
        "2021年",
        "去年",
        "一季度",
        "第九条",
        "多少",
        "几",
        "谁",
        "哪些",
        "和",
        "比",
        "共",
        "分别",
    ),
    *(
        "个",
        "%",
        "万元",
        "乡村科普馆",
        "科技志愿者",
        "的",
        "呢",
        "那",
        "它",
        "?",
        "？",
        "、",
        "(",
        ")",
        "《",
        "》",
        "日",
        "嗯",
    ),
    *(
        "一",
        "10",
        ",",
        ".",
        "-",
        "not",
        "how many",
        "halls",
        "\u200b",
        "\x00",
        "\x1b[31m",
        "\u202e",
        "'",
        '"',
        "AND",
        "*",
        "NEAR(",
    ),
)
asked = st.lists(st.sampled_from(WORDS), max_size=20).map("".join) | st.text(st.characters(codec="utf-8"), max_size=60)
repeated = st.tuples(st.sampled_from(WORDS), st.integers(1, MAX_LENGTH)).map(lambda pair: pair[0] * pair[1])


@pytest.fixture(scope="module")
def engine(seeded, embedder, reader):
    found = Engine(seeded, print, embedder, reader)
    yield found
    found.close()


@bounded(60)
@given(asked | repeated, st.lists(asked | repeated, max_size=3))
def test_a_question_is_understood_or_refused(text, history):
    for read in (lambda: understand(text, history), lambda: as_it_stands(text)):
        with contextlib.suppress(UsageError):
            assert read().text.strip()


@bounded(8)
@given(text=asked | repeated, history=st.lists(asked, max_size=2))
def test_an_answer_cites_what_stands_there(engine, text, history):
    try:
        answer = engine.ask(text, history)
    except UsageError:
        return
    for citation in (*answer.citations, *answer.nearest):
        report = engine.report(citation.source)
        assert report.text[citation.start : citation.end] == citation.quote
        assert report.raw[citation.raw_start : citation.raw_end] == citation.raw_quote
    marks = {int(n) for n in re.findall(r"\[(\d+)\]", answer.answer)}
    assert marks == {citation.n for citation in answer.citations}
    assert bool(answer.reason) == (answer.status == "not_found")


@bounded(10)
@given(text=asked | repeated, k=st.integers(1, 1000))
def test_a_search_finds_pieces_of_reports(engine, text, k):
    try:
        found = engine.search(text, k)
    except UsageError:
        return
    assert len(found) <= k
    for passage in found:
        chunk = passage.chunk
        assert engine.report(chunk.source).text[chunk.start : chunk.end] == chunk.text
