"""A tokenizer made for one text cuts it as the one with the whole vocabulary does."""

from __future__ import annotations

import json

import pytest
from conftest import MODELS, SEEDS
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from ingest.embedding.tokens import PIECES, WHOLE, Tokens, open_tokenizer, save_tokenizer, tokenizer_digest

SPECIAL = ("<s>", "</s>", "<unk>", "<mask>", "<pad>")
# Scripts, widths and marks that normalization changes, and what no piece covers.
_ODD = [*"的科普馆縣１２ａ①ﬁ,,。;～\u200b\t\n  ▁", "（", "réseau", "Привет", "🎉", "𠀀", "\0", "2025年", *SPECIAL]
SAID = st.text(st.characters(codec="utf-8")) | st.lists(st.sampled_from(_ODD)).map("".join)


@pytest.fixture(scope="module")
def folder():
    return next(MODELS.glob("bundled-*-p3"))


@pytest.fixture(scope="module")
def whole(folder):
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


@pytest.fixture(scope="module")
def tokenize(folder):
    assert (folder / PIECES).is_file()  # or there is nothing to compare
    return open_tokenizer(folder)


def expected(whole, text, second=None):
    encoding = whole.encode(text, second)
    return Tokens(encoding.ids, encoding.offsets, encoding.sequence_ids)


@settings(max_examples=300, deadline=None)
@given(text=SAID, second=st.none() | SAID)
def test_any_text_is_cut_alike(whole, tokenize, text, second):
    assert tokenize(text, second) == expected(whole, text, second)


def test_reports_are_cut_alike(whole, tokenize):
    for path in SEEDS.iterdir():
        text = path.read_text(encoding="utf-8")
        assert tokenize("query: 有多少人?", text) == expected(whole, "query: 有多少人?", text)


def test_a_cut_pair_loses_the_end_of_its_second_text(tokenize):
    pair = tokenize("有多少人?", "参加人数超过三百。" * 20)
    cut = pair.cut(40)
    assert len(cut.ids) == len(cut.offsets) == len(cut.texts) == 40
    assert cut.ids[:39] == pair.ids[:39]
    assert (cut.ids[-1], cut.texts[-1]) == (pair.ids[-1], None)
    assert pair.cut(len(pair.ids)) == pair


def test_a_tokenizer_of_another_kind_is_served_whole(tmp_path):
    words = Tokenizer(models.WordPiece({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "hall": 3, "##s": 4}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    (tmp_path / "onnx").mkdir()
    save_tokenizer(words, tmp_path)
    assert (tmp_path / WHOLE).is_file()
    assert not (tmp_path / PIECES).exists()
    assert open_tokenizer(tmp_path)("halls of").ids == [1, 3, 4, 0, 2]
    assert tokenizer_digest(tmp_path)


def test_the_quick_way_is_given_up_where_it_is_wrong(folder, tmp_path, monkeypatch):
    (tmp_path / "onnx").mkdir()
    monkeypatch.setattr("ingest.embedding.tokens._Needed._occurring", lambda *_: set())
    save_tokenizer(Tokenizer.from_file(str(folder / "tokenizer.json")), tmp_path)
    assert {path.name for path in (tmp_path / "onnx").iterdir()} == {"tokenizer.json"}
    assert json.loads((tmp_path / WHOLE).read_text(encoding="utf-8"))["model"]["type"] == "Unigram"
