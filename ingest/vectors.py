"""The vectors of one generation, in an embedded Chroma. The only module that knows Chroma.

Guarantees: scores are cosine similarities; Chroma's own exceptions, and the panics of its native
part, leave here as IndexDamaged or StorageError.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import IndexDamaged, StorageError
from config.logs import quiet_libraries
from ingest.durable import digest

if TYPE_CHECKING:
    import chromadb
    from chromadb.api import ClientAPI

    from ingest.session import Vectors

_COLLECTION = "chunks"
_DATABASE = "chroma.sqlite3"
# SQLite's codes for a read-only, unreadable or full disk, as Chroma's messages carry them.
_REFUSED = re.compile(r"\(code: (?:8|10|13|14)\)")
_BATCH = 1000  # below Chroma's limit of rows in one call


class VectorStore:
    """One open Chroma folder with one collection in cosine space."""

    def __init__(self, folder: Path, client: ClientAPI, collection: chromadb.Collection) -> None:
        self._folder, self._client, self._collection = folder, client, collection

    @classmethod
    def open(cls, folder: Path, sealed: dict[str, str]) -> VectorStore:
        """An existing store whose files still match their `seals`. Raises IndexDamaged otherwise."""
        _check(folder)
        for name, expected in sealed.items():
            path = folder / name
            if not path.is_file() or digest(path) != expected:
                raise _damaged(folder, f"{name}: checksum")
        with _reading(folder):
            client = _client(folder)
            return cls(folder, client, client.get_collection(_COLLECTION, embedding_function=None))

    @classmethod
    def draft(cls, folder: Path) -> VectorStore:
        """A store to write: the existing one, or a new one."""
        with _writing(folder):
            client = _client(folder)
            collection = client.get_or_create_collection(
                _COLLECTION, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
            )
            return cls(folder, client, collection)

    def close(self) -> None:
        self._client.close()  # type: ignore[attr-defined]  # on the client, not yet on its interface

    def count(self) -> int:
        with _reading(self._folder):
            return self._collection.count()

    def ids(self) -> set[str]:
        """The ids of all chunks that have a vector."""
        with _reading(self._folder):
            return set(self._collection.get(include=[])["ids"])

    def get(self, ids: Sequence[str]) -> Vectors:
        """The vectors of these chunks, (len(ids), dim). Raises IndexDamaged when one has none."""
        import numpy as np

        found: dict[str, Vectors] = {}
        with _reading(self._folder):
            for at in range(0, len(ids), _BATCH):
                rows = self._collection.get(list(ids[at : at + _BATCH]), include=["embeddings"])
                found |= zip(rows["ids"], np.asarray(rows["embeddings"], np.float32), strict=True)
        missing = [id_ for id_ in ids if id_ not in found]
        if missing:
            raise _damaged(self._folder, f"no vector of {missing[0]}")
        return np.stack([found[id_] for id_ in ids])

    def answers(self) -> bool:
        """Whether a query finds anything, as one on a sound store with vectors does."""
        import numpy as np

        with _reading(self._folder):
            found = self._collection.peek(1)
            embeddings = found["embeddings"]
        if embeddings is None or len(embeddings) == 0:
            return False
        return bool(self.search(np.asarray(embeddings[0], np.float32), 1))

    def search(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """The k nearest chunks as (chunk id, cosine similarity), best first; equal scores by id."""
        with _reading(self._folder):
            found = self._collection.query(query_embeddings=vector[None, :], n_results=k, include=["distances"])
        ids, distances = found["ids"][0], (found["distances"] or [[]])[0]
        hits = [(id_, 1.0 - float(distance)) for id_, distance in zip(ids, distances, strict=True)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def add(self, ids: Sequence[str], vectors: Vectors, sources: Sequence[str]) -> None:
        with _writing(self._folder):
            for at in range(0, len(ids), _BATCH):
                part = slice(at, at + _BATCH)
                self._collection.upsert(
                    ids=list(ids[part]), embeddings=vectors[part], metadatas=[{"source": s} for s in sources[part]]
                )

    def remove(self, ids: Sequence[str]) -> None:
        with _writing(self._folder):
            for at in range(0, len(ids), _BATCH):
                self._collection.delete(ids=list(ids[at : at + _BATCH]))


def copy_store(old: Path, new: Path) -> None:
    """Copy a store that other processes may have open. Raises IndexDamaged or StorageError.

    Chroma writes to its database even when it only reads, so that file is copied by SQLite itself.
    """
    _check(old)
    with _writing(new):
        shutil.copytree(old, new, ignore=shutil.ignore_patterns(f"{_DATABASE}*"))
        with closing(sqlite3.connect(old / _DATABASE)) as source, closing(sqlite3.connect(new / _DATABASE)) as target:
            source.backup(target)


def seals(folder: Path) -> dict[str, str]:
    """The SHA-256 of the files that Chroma only reads once they are written: its flushed HNSW graphs.

    Its database changes at every opening, and so does the graph's folder before the first flush.
    """
    flushed = [path.parent for path in folder.rglob("index_metadata.pickle")]
    return {
        path.relative_to(folder).as_posix(): digest(path)
        for parent in flushed
        for path in sorted(parent.iterdir())
        if path.is_file()
    }


def _client(folder: Path) -> ClientAPI:
    quiet_libraries()
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def _check(folder: Path) -> None:
    """Look at the database before Chroma does: on a torn one it panics, with a backtrace on the screen."""
    path = folder / _DATABASE
    if not path.is_file() or path.stat().st_size == 0:
        raise _damaged(folder, f"no {_DATABASE}")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as exc:
        raise _damaged(folder, exc) from exc
    if verdict != "ok":
        raise _damaged(folder, verdict)


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException as exc:
        if _is_chromas(exc):
            if _REFUSED.search(str(exc)):  # Chroma writes even when it only reads
                raise _unwritable(folder, exc) from exc
            raise _damaged(folder, exc) from exc
        raise


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException as exc:
        if _is_chromas(exc) or isinstance(exc, (OSError, sqlite3.Error, shutil.Error)):
            raise _unwritable(folder, exc) from exc
        raise


def _is_chromas(exc: BaseException) -> bool:
    """Chroma's errors, and its native panics, which derive from BaseException and can't be imported."""
    from chromadb.errors import ChromaError

    return isinstance(exc, ChromaError) or type(exc).__name__ == "PanicException"


def _unwritable(folder: Path, reason: object) -> StorageError:
    return StorageError(
        f"无法写入 {folder}:{reason};请检查磁盘空间和权限,或设置 WENBAO_DATA_DIR",
        f"can't write {folder}: {reason}; check disk space and permissions, or set WENBAO_DATA_DIR",
    )


def _damaged(folder: Path, reason: object) -> IndexDamaged:
    return IndexDamaged(
        f"索引已损坏({folder}:{reason});请运行 wenbao ingest 重建",
        f"the index is damaged ({folder}: {reason}); run `wenbao ingest` to rebuild it",
    )
