"""Four outputs: each is taught only where the example says what is right, and the graph gives them all."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import MODELS
from tokenizers import Tokenizer

from ingest.embedding.session import GRAPH
from ingest.embedding.tokens import save_tokenizer
from rag.reader import network
from rag.reader.adapter import ADAPTER, write_adapter
from rag.reader.graph import Graph
from rag.training.encode import Encoder, collate
from rag.training.examples import Example
from rag.training.losses import loss_of
from rag.training.train import changed

PASSAGE = "全县有科普馆21个。周一闭馆。志愿者有120名。"
SPANNED = Example("有几个科普馆", "总结", PASSAGE, 6, 9, date="2023-12-28", evidence=((0, 10),))
SPANLESS = Example("周一开门吗", "", PASSAGE, evidence=((10, 15),), yes=False)
UNANSWERED = Example("有几所学校", "", PASSAGE)
PLACED = Example("有几个科普馆", "", PASSAGE, 6, 9)


@pytest.fixture(scope="module")
def folder() -> Path:
    return next(MODELS.glob("bundled-*-p3"))


@pytest.fixture(scope="module")
def encoder(folder):
    return Encoder(Tokenizer.from_file(str(folder / "tokenizer.json")))


@pytest.fixture
def batch(encoder):
    groups = [[SPANNED, UNANSWERED], [SPANLESS, UNANSWERED], [UNANSWERED, UNANSWERED]]
    return collate([[encoder.encode(example) for example in group] for group in groups], torch.device("cpu"))


@pytest.mark.parametrize(
    ("example", "evidence"),
    [(SPANNED, PASSAGE[:10]), (SPANLESS, "周一闭馆。"), (PLACED, PASSAGE[:10]), (UNANSWERED, "")],
)
def test_the_tokens_of_the_evidence_are_those_of_its_characters(encoder, example, evidence):
    encoded = encoder.encode(example)
    marked = {i for (a, b), held in zip(encoded.spans, encoded.evidence, strict=True) if held for i in range(a, b)}
    assert "".join(PASSAGE[i] for i in sorted(marked)) == evidence


def test_what_is_not_known_is_marked_so(batch):
    assert batch.answered.tolist() == [True, False, True, False, False, False]
    assert batch.spanned.tolist() == [True, True, False, True, True, True]
    assert batch.polar.tolist() == [False, False, True, False, False, False]
    assert [pairs.tolist() for pairs in batch.pairs] == [[0, 2], [1, 3]]


def perfect(batch):
    rows, width = batch.ids.shape
    start, end = torch.full((rows, width), -9.0), torch.full((rows, width), -9.0)
    start[range(rows), batch.start], end[range(rows), batch.end] = 9.0, 9.0
    return {
        "start": start,
        "end": end,
        "relevance": 18.0 * batch.answered - 9.0,
        "evidence": 18.0 * batch.evidence - 9.0,
        "polarity": 18.0 * batch.yes - 9.0,
    }


def test_a_perfect_reader_loses_nothing(batch):
    assert loss_of(perfect(batch), batch) < 0.01


@pytest.mark.parametrize("name", ["start", "end", "relevance", "evidence", "polarity"])
def test_every_output_counts(batch, name):
    said = perfect(batch)
    assert loss_of({**said, name: -said[name]}, batch) > 0.5


def test_where_nothing_is_known_nothing_counts(batch):
    said = perfect(batch)
    said["start"][2] = torch.linspace(-5, 5, said["start"].shape[1])
    said["polarity"][[0, 1, 3, 4, 5]] = 50.0
    said["evidence"][batch.outside] = 50.0
    said["evidence"][:, 0] = 50.0
    assert loss_of(said, batch) < 0.01


def test_a_batch_without_answers_can_be_learned_from(encoder):
    encoded = encoder.encode(UNANSWERED)
    batch = collate([[encoded, encoded]], torch.device("cpu"))
    assert math.isfinite(float(loss_of(perfect(batch), batch)))


def test_the_shipped_adapter_has_the_heads_it_holds(folder):
    shipped = network.load(folder, ADAPTER)
    taught = network.load(folder, ADAPTER, later=network.TAUGHT_LATER)
    assert shipped.outputs[:3] == taught.outputs[:3] == network.ALWAYS
    assert taught.outputs == network.ALWAYS + network.TAUGHT_LATER
    ids = torch.ones(1, 8, dtype=torch.long)
    with torch.no_grad():
        before, after = shipped(ids, ids), taught.eval()(ids, ids)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(before, after[:3], strict=False))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the exporter, see network.export
def test_a_taught_reader_is_written_read_and_served_with_all_its_outputs(folder, tmp_path):
    torch.manual_seed(0)
    reader = network.load(folder, ADAPTER, later=network.TAUGHT_LATER)
    torch.nn.init.normal_(reader.evidence.weight)
    base = network.base_of(network.untrained(folder))
    write_adapter(tmp_path / "adapter.safetensors", base, changed(reader, base))
    again = network.load(folder, tmp_path / "adapter.safetensors")
    assert again.outputs == reader.outputs
    assert torch.allclose(again.evidence.weight, reader.evidence.weight, atol=1e-3)
    (tmp_path / GRAPH).parent.mkdir()
    save_tokenizer(Tokenizer.from_file(str(folder / "tokenizer.json")), tmp_path)
    network.export(again, tmp_path / GRAPH)
    graph = Graph(tmp_path, max_tokens=network.MAX_TOKENS)
    logits = graph.read("有几个科普馆", [PASSAGE])[0]
    ids = torch.tensor([graph.encode("有几个科普馆", PASSAGE)])
    with torch.no_grad():
        values = dict(zip(again.outputs, again(ids, torch.ones_like(ids)), strict=True))
    assert len(logits.evidence) == len(logits.spans) == len(logits.start)
    assert logits.polarity == pytest.approx(float(values["polarity"]), abs=1e-3)
    assert np.isin(np.round(logits.evidence, 2), np.round(values["evidence"][0].numpy(), 2)).all()
