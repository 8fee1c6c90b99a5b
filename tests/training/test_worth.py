"""The figures of a reader, on rows small enough to work out by hand; what is kept of a measuring is read back whole."""

from __future__ import annotations

import math

import numpy as np
import pytest
from conftest import MODELS, Watcher

from config.settings import Settings
from rag.reader.graph import Logits
from rag.reader.prepare import open_graph, prepare
from rag.reader.reader import ToRead, likeliest, margin_of
from rag.training import worth
from rag.training.authored import document_of, question_of
from rag.training.crossvalidate import folds_of
from rag.training.everything import Hit
from rag.training.examples import Example, sentences
from rag.training.judged import Judged, Row, Sentence, judge, kept_rows, served, to_read, write_row
from rag.training.taught import passages

TEXT = "云溪县有科普馆21个。全年免费开放。\n\n石门镇有志愿者120名，都是老师。\n"
DOCUMENT = {"id": "d1", "title": "云溪县科协总结", "date": "2023-12-28", "text": TEXT}
ASKED = {
    "id": "q1", "doc": "d1", "type": "number", "question": "云溪有几个科普馆",
    "facts": [["21个"]], "evidence": ["云溪县有科普馆21个。"],
}  # fmt: skip
REFUSED = {
    "id": "q2", "doc": "d1", "type": "number", "question": "石门有几所学校",
    "facts": [], "evidence": [], "near": "石门镇有志愿者120名，都是老师。",
}  # fmt: skip


def sentences_of(text):
    return [text[a:b].strip() for a, b in sentences(text) if text[a:b].strip()]


def sentence(proves=(), *, facts=False, best=False, evidence=0.0):
    return Sentence(evidence, proves, facts, best)


def passage(relevance, *sentences, **rest):
    plain = {"score": 0.5, "margin": 0.0, "polarity": 0.0, "said": "", "span": ""}
    flags = {"proves": False, "near": False, "own": False}
    return Judged(relevance=relevance, sentences=sentences, **{**plain, **flags, **rest})


def row(*judged, wanted=1, facts=1, yes=None, id_="q"):
    return Row(id_, "x1", "number", wanted, facts, yes, judged)


RIGHT = row(
    passage(3.0, sentence((0,), facts=True, best=True), sentence(), proves=True, own=True, said="21个", span="21个"),
    passage(1.0, sentence(best=True)),
)
SECOND = row(
    passage(2.0, sentence((0,), facts=True, best=True), proves=True, own=True, said="有21个", span="21个"),
    passage(2.5, sentence(best=True), own=True),
)
NOTHING = row(passage(0.0, sentence(best=True), near=True, own=True), wanted=0, facts=0)


def test_the_figures_are_those_worked_out_by_hand():
    figures = worth.figures([RIGHT, SECOND, NOTHING])
    assert figures["questions"] == 3
    assert figures["AUC near"] == 1.0
    assert figures["AUC same report"] == 0.5
    assert figures["AUC other reports"] == 1.0
    assert figures["AUC answerable"] == 1.0
    assert figures["evidence in 1"] == 0.5
    assert figures["evidence in 3"] == 1.0
    assert figures["best holds the fact"] == 0.5
    assert figures["EM"] == 0.5
    assert figures["F1"] == pytest.approx((1 + 6 / 7) / 2)
    assert figures["right"] == pytest.approx(2 / 3)
    assert math.isnan(figures["polarity"])


def test_polarity_is_that_of_the_passage_that_answers():
    asked = [row(passage(1.0, proves=True, polarity=2.0), yes=said) for said in (True, False)]
    assert worth.figures(asked)["polarity"] == 0.5


def test_what_was_not_found_is_not_ranked():
    unfound = row(passage(9.0, sentence((0,), best=True), score=None), passage(0.0, sentence()))
    assert [held.proves for _, held in worth.ranked(unfound)] == [()]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (passage(1.0, sentence((0,), best=True)), passage(0.9, sentence(best=True))),
        (passage(1.0, sentence((0,), best=True)), passage(3.0, sentence())),
        (passage(1.0, sentence((0,), best=True), score=0.9), passage(1.5, sentence(best=True), score=0.5)),
        (passage(1.0, sentence((0,), best=True), margin=4.0), passage(2.0, sentence(best=True))),
        (passage(1.0, sentence((0,), best=True, evidence=2.0)), passage(1.5, sentence(best=True))),
    ],
)
def test_a_sentence_is_ranked_by_all_that_is_known(better, worse):
    assert worth.ranked(row(worse, better))[0][1].proves == (0,)


def test_one_threshold_is_the_best_for_all():
    wrong = row(passage(5.0, sentence(best=True)))
    assert worth.right([wrong, NOTHING]) == 0.5
    assert worth.right([RIGHT, NOTHING, NOTHING]) == 1.0
    assert math.isnan(worth.right([]))


def test_the_table_has_a_row_an_author_and_their_mean():
    lines = worth.table([("a1", worth.figures([RIGHT])), ("a2", worth.figures([SECOND]))]).splitlines()
    assert [line.split("|")[1].strip() for line in lines] == ["left out", "---", "a1", "a2", "mean"]
    assert lines[-1].split("|")[7].strip() == "0.500"


def said(example):
    """The logits of a reader that finds the first figure of every passage."""
    text = example.passage
    first = next((i for i, char in enumerate(text) if char.isdigit()), 0)
    start = np.array([float(i == first) for i in range(len(text))], np.float32)
    spans = tuple((i, i + 1) for i in range(len(text)))
    return Logits(start, start, (0.0, 0.0), 1.5, spans, evidence=start, polarity=-1.0)


@pytest.fixture
def document():
    return document_of(DOCUMENT, "x1")


def test_what_is_said_is_held_against_what_is_true(document, tmp_path):
    question, other = question_of(ASKED, document), question_of(REFUSED, document)
    cut = passages(document, 50)
    read = lambda examples: [said(example) for example in examples]  # noqa: E731
    rows = [judge(each, [(p, 0.5) for p in cut], read) for each in (question, other)]
    judged = rows[0].passages[0]
    assert judged.proves
    assert judged.own
    assert judged.span == "21个"
    proving = next(s for s in judged.sentences if s.proves)
    assert proving.facts
    assert proving.best
    assert proving.evidence > 0
    assert rows[1].wanted == 0
    assert any(p.near for p in rows[1].passages)
    for each in rows:
        write_row(each, tmp_path / "rows.jsonl")
    assert kept_rows(tmp_path / "rows.jsonl") == {each.id: each for each in rows}
    assert kept_rows(tmp_path / "none.jsonl") == {}


@pytest.mark.parametrize(
    ("facts", "proving"),
    [
        ([["21个"]], ["云溪县有科普馆21个。"]),
        ([["免费"]], ["全年免费开放。"]),
        ([], ["云溪县有科普馆21个。"]),  # the longer one
    ],
)
def test_of_a_proof_of_several_sentences_those_that_tell_prove_it(document, facts, proving):
    question = question_of(ASKED | {"evidence": ["云溪县有科普馆21个。全年免费开放。"], "facts": facts}, document)
    cut = passages(document, 50)
    judged = judge(question, [(cut[0], 0.5)], lambda examples: [said(example) for example in examples]).passages[0]
    found = [text for text, each in zip(sentences_of(cut[0].text), judged.sentences, strict=True) if each.proves]
    assert found == proving


def test_the_passage_that_answers_is_read_though_it_was_not_found(document):
    cut = passages(document, 20)
    question = question_of(ASKED, document)
    hits = [Hit(document.source, p.start, p.end, p.section, 0.4) for p in cut if "21个" not in p.text]
    read = to_read(question, hits, {document.source: document}, cut)
    assert [score for _, score in read] == [0.4] * len(hits) + [None]
    assert "21个" in read[-1][0].text
    refused = to_read(question_of(REFUSED, document), hits, {document.source: document}, cut)
    assert [score for _, score in refused] == [0.4] * len(hits)


def test_every_author_is_left_out_once():
    names = [f"a{i}" for i in range(1, 11)]
    for together in (1, 2, 3):
        folds = folds_of(names, together)
        assert sorted(name for fold in folds for name in fold) == sorted(names)
        assert max(map(len, folds)) <= together
    assert folds_of(names, 2, "a7+a10,a1") == [("a7", "a10"), ("a1",)]


def test_the_served_graph_says_the_same_as_the_product_of_a_passage_without_its_head(reader):
    graph = open_graph(prepare(Settings(models_dir=MODELS), Watcher().notify))
    example = Example(
        "东山县举办讲座多少场?",
        "东山县科协工作总结",
        "建成科普馆21个,举办讲座36场次。",
        section="二、科普活动",
        date="2023-04-05",
    )
    (logits,) = served(graph)([example])
    (said,) = reader.read(example.question, [ToRead(example.passage, example.title, example.section, example.date)])
    assert logits.relevance == pytest.approx(said.relevance, abs=1e-4)
    best, spans = likeliest(logits, 0, 0)
    assert margin_of(logits, best) == pytest.approx(said.margin, abs=1e-4)
    assert (spans[0].start, spans[0].end) == (said.spans[0].start, said.spans[0].end)
    assert example.passage[spans[0].start : spans[0].end].startswith("36场")
    assert [token.proof for token in said.tokens] == pytest.approx(list(logits.evidence), abs=1e-4)
