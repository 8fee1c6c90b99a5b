"""Numbers of documents are found whole, with their authority's word and without what stands before it."""

from __future__ import annotations

import time

import pytest

from ingest.language import documents


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("青水农发〔2021〕7号", ["青水农发〔2021〕7号"]),
        ("根据青水农发[2021]7号和云府办（2020）第15号执行", ["青水农发[2021]7号", "云府办（2020）第15号"]),
        ("文号：云教函【2019】 ", []),
        ("〔2021〕7号", []),
        ("2021年第7号", []),
        ("云教函〔1821〕7号", []),
    ],
)
def test_numbers_are_found(text, said):
    assert [text[number.start : number.end] for number in documents.find(text)] == said


def test_a_document_s_own_number_ends_its_line():
    text = "根据云教函〔2019〕3号的要求，特此通知。\n云教发〔2020〕11号 \n正文"
    own = documents.own(text)
    assert own is not None
    assert (text[own.start : own.end], own.year) == ("云教发〔2020〕11号", 2020)
    assert documents.own("根据云教函〔2019〕3号的要求。") is None


def test_time_is_linear():
    began = time.monotonic()
    documents.find("水" * 100_000 + "〔2021〕" * 20_000 + "水农发〔2021〕7" * 10_000)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("name", "draft", "final"),
    [
        ("2023年工作总结(征求意见稿).docx", True, False),
        ("年报-初稿2.txt", True, False),
        ("总结未定稿.txt", True, False),
        ("总结(定稿).pdf", False, True),
        ("正式版/年度总结.txt", False, True),
        ("2023年工作总结.txt", False, False),
        ("投稿情况通报.txt", False, False),
    ],
)
def test_a_name_tells_drafts_from_final_versions(name, draft, final):
    assert (documents.is_draft(name), documents.is_final(name)) == (draft, final)
