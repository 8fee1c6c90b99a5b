"""The English terms of reports: each stands once as one would look it up, with Chinese that reports may write."""

from __future__ import annotations

import re

import pytest

from ingest.language import english
from ingest.language.script import to_simplified
from ingest.language.words import rows
from rag.question.glossary import normal
from rag.question.terms import is_function_word


def test_every_term_stands_once_in_order_as_it_is_looked_up():
    keys = [english for english, _ in rows("english")]
    assert keys == sorted(set(keys))
    assert [key for key in keys if key != normal(key) and "." not in key] == []
    assert [key for key in keys if " " not in key and is_function_word(key)] == []


def test_every_translation_is_simplified_chinese_and_none_stands_twice():
    for key, words in english.terms().items():
        assert 1 <= len(words) == len(set(words)) <= 6, key
        for word in words:
            assert re.search("[\u4e00-\u9fff]", word) or re.fullmatch("[A-Z0-9.&]+", word), (key, word)
            assert to_simplified(word) == word


@pytest.mark.parametrize(
    ("term", "word"),
    [
        ("popular science", "科普"),
        ("volunteer", "志愿者"),
        ("grain output", "粮食产量"),
        ("urban renewal", "城市更新"),
        ("deputy director", "副主任"),
        ("patent", "专利"),
        ("laboratory", "实验室"),
        ("turnout", "参加人数"),
    ],
)
def test_a_term_is_what_reports_write(term, word):
    assert word in english.terms()[term]
