"""Chunks are slices of their report, in order, and together hold every word of it."""

from __future__ import annotations

import itertools
import re

import pytest
from conftest import SEEDS
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import chunk
from ingest.cleaning.normalize import normalize
from ingest.formats import sources
from ingest.records import RawReport

TEXTS = st.text(alphabet=st.sampled_from("科普基地有三十五家。,;!?\n \t(一)、.,:12a"), max_size=400)


def assert_chunks_are_the_report(report, chunks, size):
    assert all(report.text[c.start : c.end] == c.text for c in chunks)
    assert all(0 < len(c.text) <= size for c in chunks)
    assert all(a.end <= b.start for a, b in itertools.pairwise(chunks))
    assert re.sub(r"\s", "", "".join(c.text for c in chunks)) == re.sub(r"\s", "", report.text)
    assert len({c.id for c in chunks}) == len(chunks)


@pytest.mark.parametrize("size", [50, 280, 2000])
@pytest.mark.parametrize("path", sorted(SEEDS.iterdir()), ids=lambda p: p.name[:3])
def test_a_seed(path, size):
    report = normalize(sources.parse(path.name, path.read_bytes()))
    assert_chunks_are_the_report(report, chunk(report, size), size)


@given(TEXTS, st.integers(50, 120))
@settings(deadline=None)
def test_any_text(text, size):
    report = normalize(RawReport("r.txt", text, ""))
    assert_chunks_are_the_report(report, chunk(report, size), size)


def test_a_chunk_knows_its_heading():
    text = "区科协工作总结\n一、组织建设\n" + "我们成立了协会。" * 20 + "\n二、科普活动\n" + "我们举办了讲座。" * 20
    sections = [c.section for c in chunk(normalize(RawReport("r.txt", text, "")), 100)]
    assert sections[0] == "区科协工作总结"
    assert sections[-1] == "二、科普活动"
    assert "一、组织建设" in sections


def test_page_furniture_is_no_heading():
    text = "发布时间: 2022-12-02 12:46\n" + "我们举办了讲座。" * 20
    assert all(c.section is None for c in chunk(normalize(RawReport("r.txt", text, "")), 60))
