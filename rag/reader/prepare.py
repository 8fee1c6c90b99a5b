"""Join the bundled encoder with the reader's adapter, once, into a graph that needs no torch to serve.

A prepared reader is a folder with `onnx/` (graph, tokenizer) and a seal listing the SHA-256 of its
files. Like an embedding model it is written under a temporary name and renamed when whole, one process
at a time; a damaged one is prepared again. Whatever the embedding model, the reader uses the bundled encoder.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import Message, ModelError, WenbaoError
from config.logs import quiet_libraries
from config.settings import Settings
from ingest.durable import digest, storing
from ingest.embedding import bundled
from ingest.embedding.prepare import Notify
from ingest.embedding.session import GRAPH, SERVED, Session, quantize_layers, rewrite_for_opening
from ingest.embedding.tokens import save_tokenizer
from rag.reader.adapter import ADAPTER
from rag.reader.graph import Graph

if TYPE_CHECKING:
    from rag.reader.network import ReaderNetwork

_SEAL = "wenbao-reader.json"
_PREPARATION = 4  # raised when the steps below change, so that older folders are prepared again
_CHECKED = (
    ("会议有多少人参加？", ("《工作总结》会议于2021年5月8日召开，参加人数超过三百人。", "报告总结了一年的工作。" * 8)),
    ("How many halls are there?", ("全县建成科普馆21个。",)),
)
_SAME = 1e-3  # the full-precision graph's logits may differ from the network's by this
_CLOSE = 1.0  # the 8-bit graph's relevance logit, of a spread of 3.4, may differ from the full-precision one's by this


@dataclass(frozen=True, slots=True)
class PreparedReader:
    """A reader ready to serve; `fingerprint` identifies its weights."""

    folder: Path
    fingerprint: str
    max_tokens: int


def prepare(settings: Settings, notify: Notify, adapter: Path = ADAPTER) -> PreparedReader:
    """The reader of an adapter, prepared if it isn't yet. Raises ModelError or StorageError."""
    from filelock import FileLock

    quiet_libraries()
    with storing(settings.models_path, "WENBAO_MODELS_DIR"):
        folder = _folder(settings, adapter)
        found = find(folder)
        if found is not None:
            return found
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / ".lock"):
            return find(folder) or _prepare(folder, adapter, notify)


def is_prepared(settings: Settings) -> bool:
    """Whether there is a folder of a reader made from this adapter; `prepare` checks it."""
    return (_folder(settings, ADAPTER) / _SEAL).is_file()


def _folder(settings: Settings, adapter: Path) -> Path:
    return settings.models_path / f"reader-{digest(adapter)[:12]}-p{_PREPARATION}"


def _prepare(folder: Path, adapter: Path, notify: Notify) -> PreparedReader:
    notify(Message("准备阅读模型(只需一次)…", "preparing the reader (once)…"))
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / GRAPH).parent.mkdir(parents=True)
    try:
        with (
            tempfile.TemporaryDirectory(dir=draft, prefix=".encoder-") as encoder,
            # In a process of its own: what training libraries take up is gone with it.
            ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart,
        ):
            seal = asdict(apart.submit(_write, Path(encoder), draft, adapter).result())
        del seal["folder"]
        files = {f"{SERVED}{path.name}": digest(path) for path in (draft / SERVED).iterdir()}
        (draft / _SEAL).write_text(json.dumps({"reader": seal, "files": files}, indent=2), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        draft.replace(folder)
    except (WenbaoError, OSError):
        raise
    except Exception as exc:
        reason = str(exc).strip().split("\n")[0] or type(exc).__name__
        raise ModelError(
            f"阅读模型无法准备:{reason};可设置 WENBAO_READER=off 停用",
            f"the reader can't be prepared: {reason}; set WENBAO_READER=off to do without it",
        ) from exc
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    prepared = find(folder)
    if prepared is None:
        raise ModelError(
            f"阅读模型写入后校验失败:{folder}", f"the reader doesn't match its checksums after writing: {folder}"
        )
    return prepared


def find(folder: Path) -> PreparedReader | None:
    """The prepared reader in `folder`, or None when it isn't there or a file isn't what was written."""
    try:
        seal = json.loads((folder / _SEAL).read_text(encoding="utf-8"))
        files = seal["files"]
        if GRAPH not in files or any(digest(folder / name) != expected for name, expected in files.items()):
            return None
        return PreparedReader(folder=folder, **seal["reader"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(work: Path, draft: Path, adapter: Path) -> PreparedReader:
    """Write graph and tokenizer into `draft`, checked; `work` is a folder for what isn't kept."""
    from tokenizers import Tokenizer

    from ingest.embedding.graph import pack_tables
    from rag.reader import network

    quiet_libraries()
    bundled.write_sentence_transformer(work)
    (work / GRAPH).parent.mkdir()
    for folder in (work, draft):
        save_tokenizer(Tokenizer.from_file(str(work / "tokenizer.json")), folder)
    reader = network.load(work, adapter)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.export(reader, work / GRAPH)
    if not pack_tables(work / GRAPH):
        raise ValueError("the embedding table is not made of 4-bit blocks")
    quantize_layers(work / GRAPH, draft / GRAPH)
    rewrite_for_opening(draft / GRAPH)
    prepared = PreparedReader(
        folder=draft,
        fingerprint=digest(adapter)[:16],
        max_tokens=network.MAX_TOKENS,
    )
    _check(reader, open_graph(prepared, work), open_graph(prepared))
    return prepared


def open_graph(prepared: PreparedReader, folder: Path | None = None, like: Session | None = None) -> Graph:
    """The prepared reader's graph, or the one in `folder` served the same way; `like` may lend its tokenizer."""
    return Graph(folder or prepared.folder, max_tokens=prepared.max_tokens, like=like)


def _check(reader: ReaderNetwork, exact: Graph, served: Graph) -> None:
    """Raises ModelError when the exported graph or the 8-bit one says something else than the network."""
    import torch

    for question, passages in _CHECKED:
        for passage, full, small in zip(
            passages, exact.read(question, passages), served.read(question, passages), strict=True
        ):
            ids = torch.tensor([exact.encode(question, passage)])
            with torch.no_grad():
                network = float(reader(ids, torch.ones_like(ids))[2])
            if abs(network - full.relevance) > _SAME or abs(full.relevance - small.relevance) > _CLOSE:
                raise ModelError(
                    f"导出的阅读模型与原模型不一致({network:.3f}/{full.relevance:.3f}/{small.relevance:.3f});"
                    "可设置 WENBAO_READER=off 停用",
                    f"the exported reader disagrees with the network ({network:.3f}/{full.relevance:.3f}/"
                    f"{small.relevance:.3f}); set WENBAO_READER=off to do without it",
                )
