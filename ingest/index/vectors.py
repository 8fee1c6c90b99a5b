"""The vectors of each generation, in an embedded Chroma or on a Chroma server. The only module that knows Chroma.

A *home* holds one collection for each generation: `EmbeddedHome` a folder inside the generation's own,
`ServerHome` a collection on a server, named after the generation and marked with the index it is of.

Guarantees: scores are cosine similarities; a published folder is never written to, since Chroma, which writes even when
it only reads, is given a private copy of its database; Chroma's own exceptions, those of the connection to a server and
the panics of its native part leave here as IndexDamaged or StorageError.
"""

from __future__ import annotations

import functools
import re
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from config.errors import IndexDamaged, Message, StorageError, why
from config.logs import quiet_libraries
from config.settings import Settings, without_password, without_secrets
from ingest.durable import digest, storing
from ingest.scratch import Scratch

if TYPE_CHECKING:
    import chromadb
    from chromadb.api import ClientAPI

    from ingest.embedding.session import Vectors

EMBEDDED = "embedded"
"""The name of the home in the data directory; another home is named by its server's address."""
_COLLECTION = "chunks"
_DATABASE = "chroma.sqlite3"
_FOLDER = "chroma"
_OWNER = "index"  # the key under which a server's collection names the index it belongs to
# SQLite's result codes for a read-only, unreadable or full disk; Chroma's messages carry the extended ones,
# whose low byte they are.
_CODE = re.compile(r"\(code: (\d+)\)")
_REFUSED = frozenset({8, 10, 13, 14})
# Chroma counts the clients of one folder in its own process, but two threads that open and close it can miscount.
_CLIENTS = threading.Lock()
_ANSWERS, _WORKS = 5.0, 60.0  # seconds in which a server must answer at all, and do what it is asked
_BATCH = 1000  # below Chroma's limit of rows in one call
# How carefully Chroma's graph is built and walked. With its defaults two processes that open the same vectors found
# the same hundred for a third of the questions; with these for all (docs/scaling.md).
_BUILD, _WALK = 200, 800
_COSINE: Any = {"hnsw": {"space": "cosine", "ef_construction": _BUILD, "ef_search": _WALK}}
RECIPE = f"hnsw-{_BUILD}-{_WALK}"
"""Names this way of storing vectors; an index made in another way answers until the next ingest rebuilds it."""

_Guard = Callable[[], AbstractContextManager[None]]
"""Translates the exceptions of what is done inside."""


class Home(Protocol):
    """Where the vectors of an index live. Every method raises IndexDamaged or StorageError."""

    name: str
    """What tells this home from another: `EMBEDDED`, or the server's address."""

    def open(self, generation: str, sealed: dict[str, str]) -> VectorStore:
        """A published generation's vectors, whose files still match their `seals`."""
        ...

    def draft(self, generation: str) -> VectorStore:
        """A generation's vectors to write: those there already, or none."""
        ...

    def copy(self, old: str, new: str) -> None:
        """Begin a new generation with the vectors of an old one that other processes may be reading."""
        ...

    def seals(self, generation: str) -> dict[str, str]:
        """The SHA-256 of every file that changes no more once the generation is written."""
        ...

    def drop(self, generation: str) -> None:
        """Drop the vectors of a generation, as far as they don't go with its folder."""
        ...

    def keep(self, generations: Collection[str]) -> None:
        """Drop the vectors of all other generations, as far as they don't go with the generation's folder."""
        ...


def vector_home(settings: Settings, root: Path, index_id: str) -> Home:
    """The home that the settings name, for the index in the folder `root`."""
    return ServerHome(settings, index_id) if settings.chroma_url else EmbeddedHome(root)


class VectorStore:
    """The open collection of one generation, in cosine space."""

    def __init__(
        self,
        client: ClientAPI,
        collection: chromadb.Collection,
        reading: _Guard,
        writing: _Guard,
        scratch: Scratch | None = None,
    ) -> None:
        """`scratch` holds what the client has open, and goes with it."""
        self._client, self._collection = client, collection
        self._reading, self._writing = reading, writing
        self._scratch = scratch

    def close(self) -> None:
        with _CLIENTS:
            self._client.close()  # type: ignore[attr-defined]  # on the client, not yet on its interface
        if self._scratch is not None:
            self._scratch.remove()

    def count(self) -> int:
        with self._reading():
            return self._collection.count()

    def ids(self) -> set[str]:
        """The ids of all chunks that have a vector."""
        with self._reading():
            return set(self._collection.get(include=[])["ids"])

    def get(self, ids: Sequence[str]) -> Vectors:
        """The vectors of these chunks, (len(ids), dim). Raises IndexDamaged when one has none."""
        import numpy as np

        vector_of: dict[str, Vectors] = {}
        with self._reading():
            for at in range(0, len(ids), _BATCH):
                rows = self._collection.get(list(ids[at : at + _BATCH]), include=["embeddings"])
                vector_of |= zip(rows["ids"], np.asarray(rows["embeddings"], np.float32), strict=True)
        missing = [id_ for id_ in ids if id_ not in vector_of]
        if missing:
            raise _damaged("Chroma", f"no vector of {missing[0]}")
        return np.stack([vector_of[id_] for id_ in ids])

    def rows(self) -> Iterator[tuple[list[str], Vectors, list[str]]]:
        """All (ids, vectors, sources), in batches."""
        import numpy as np

        for at in range(0, self.count(), _BATCH):
            with self._reading():
                rows = self._collection.get(limit=_BATCH, offset=at, include=["embeddings", "metadatas"])
            sources = [str(values["source"]) for values in rows["metadatas"] or []]
            yield rows["ids"], np.asarray(rows["embeddings"], np.float32), sources

    def answers(self) -> bool:
        """Whether a query finds anything, as one on a sound store with vectors does."""
        import numpy as np

        with self._reading():
            peeked = self._collection.peek(1)
            embeddings = peeked["embeddings"]
        if embeddings is None or len(embeddings) == 0:
            return False
        return bool(self.search(np.asarray(embeddings[:1], np.float32), 1)[0])

    def search(self, vectors: Vectors, k: int, within: Collection[str] | None = None) -> list[list[tuple[str, float]]]:
        """For each of the vectors (n, dim), the k nearest chunks as (chunk id, cosine similarity).

        Best first; equal scores by id. `within` are the sources to look in; None means all.
        """
        where: Any = None if within is None else {"source": {"$in": sorted(within)}}
        with self._reading():
            result = self._collection.query(query_embeddings=vectors, n_results=k, where=where, include=["distances"])
        hits = [
            [(id_, 1.0 - float(distance)) for id_, distance in zip(*near, strict=True)]
            for near in zip(result["ids"], result["distances"] or [], strict=True)
        ]
        return [sorted(near, key=lambda hit: (-hit[1], hit[0])) for near in hits]

    def add(self, ids: Sequence[str], vectors: Vectors, sources: Sequence[str]) -> None:
        with self._writing():
            for at in range(0, len(ids), _BATCH):
                part = slice(at, at + _BATCH)
                self._collection.upsert(
                    ids=list(ids[part]), embeddings=vectors[part], metadatas=[{"source": s} for s in sources[part]]
                )

    def remove(self, ids: Sequence[str]) -> None:
        with self._writing():
            for at in range(0, len(ids), _BATCH):
                self._collection.delete(ids=list(ids[at : at + _BATCH]))


class EmbeddedHome:
    """A Chroma folder in each generation's own folder."""

    name = EMBEDDED

    def __init__(self, root: Path) -> None:
        self._root = root

    def open(self, generation: str, sealed: dict[str, str]) -> VectorStore:
        folder = self._root / generation / _FOLDER
        for name, expected in sealed.items():
            path = folder / name
            if not path.is_file() or digest(path) != expected:
                raise _damaged(folder, f"{name}: checksum")
        scratch = _private(folder)
        try:
            if _DATABASE not in sealed:  # as an earlier version left it
                _check(scratch.path, folder)
            with _reading(folder, verified=_DATABASE in sealed):
                client = _embedded(scratch.path)
                collection = client.get_collection(_COLLECTION, embedding_function=None)
        except BaseException:
            scratch.remove()
            raise
        reading = functools.partial(_reading, folder, verified=_DATABASE in sealed)
        return VectorStore(client, collection, reading, lambda: _writing(folder), scratch)

    def draft(self, generation: str) -> VectorStore:
        folder = self._root / generation / _FOLDER
        with _writing(folder):
            client = _embedded(folder)
            collection = client.get_or_create_collection(_COLLECTION, configuration=_COSINE, embedding_function=None)
            return VectorStore(client, collection, lambda: _reading(folder), lambda: _writing(folder))

    def copy(self, old: str, new: str) -> None:
        target = self._root / new / _FOLDER
        with _writing(target):
            shutil.copytree(self._root / old / _FOLDER, target, copy_function=shutil.copyfile)
        _check(target, target)

    def seals(self, generation: str) -> dict[str, str]:
        """Those of the database and of the flushed HNSW graphs: what else there is, Chroma makes again."""
        folder = self._root / generation / _FOLDER
        files = [folder / _DATABASE, *(path for graph in _flushed(folder) for path in sorted(graph.iterdir()))]
        return {path.relative_to(folder).as_posix(): digest(path) for path in files}

    def drop(self, generation: str) -> None:
        """Nothing to do: they are in the generation's folder."""

    def keep(self, generations: Collection[str]) -> None:
        """Nothing to do either."""


class ServerHome:
    """A collection for each generation on a Chroma server that several processes and machines may share."""

    def __init__(self, settings: Settings, index_id: str) -> None:
        self.name = without_password(settings.chroma_url)
        self._settings, self._index_id = settings, index_id

    def open(self, generation: str, sealed: dict[str, str]) -> VectorStore:  # noqa: ARG002  # the server guards its files
        from chromadb.errors import NotFoundError

        with self._guarded():
            client = self._connect()
            try:
                collection = client.get_collection(_named(generation), embedding_function=None)
            except NotFoundError as exc:
                raise _damaged(self.name, f"no collection {_named(generation)}") from exc
            return self._store(client, collection)

    def draft(self, generation: str) -> VectorStore:
        with self._guarded():
            client = self._connect()
            collection = client.get_or_create_collection(
                _named(generation), metadata={_OWNER: self._index_id}, configuration=_COSINE, embedding_function=None
            )
            return self._store(client, collection)

    def copy(self, old: str, new: str) -> None:
        """Row by row: only some servers can fork a collection."""
        with self._guarded(), closing(self.draft(new)) as target, closing(self.open(old, {})) as source:
            for rows in source.rows():
                target.add(*rows)

    def seals(self, generation: str) -> dict[str, str]:  # noqa: ARG002
        return {}

    def drop(self, generation: str) -> None:
        with self._guarded():
            self._connect().delete_collection(_named(generation))

    def keep(self, generations: Collection[str]) -> None:
        kept = {_named(generation) for generation in generations}
        with self._guarded():
            client = self._connect()
            for collection in client.list_collections():
                if (collection.metadata or {}).get(_OWNER) == self._index_id and collection.name not in kept:
                    client.delete_collection(collection.name)

    def _connect(self) -> ClientAPI:
        quiet_libraries()
        import chromadb
        import httpx
        from chromadb.config import Settings as ChromaSettings

        token = self._settings.chroma_token.get_secret_value()
        # Chroma's own service reads the second, what stands before a server of one's own usually the first.
        headers = {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}
        # Chroma's client waits for ever: whether anybody answers is asked first, and nothing after that may hang.
        httpx.get(f"{self._settings.chroma_url.rstrip('/')}/api/v2/heartbeat", headers=headers, timeout=_ANSWERS)
        client = chromadb.HttpClient(
            self._settings.chroma_url,
            ssl=self._settings.chroma_url.startswith("https:"),
            headers=headers,
            tenant=self._settings.chroma_tenant,
            database=self._settings.chroma_database,
            settings=ChromaSettings(anonymized_telemetry=False),
        )
        client._server._session.timeout = httpx.Timeout(_WORKS, connect=_ANSWERS)  # type: ignore[attr-defined]
        return client

    def _store(self, client: ClientAPI, collection: chromadb.Collection) -> VectorStore:
        return VectorStore(client, collection, self._guarded, self._guarded)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        import httpx
        from chromadb.errors import NotFoundError

        try:
            yield
        except NotFoundError as exc:  # the tenant, the database, or a collection deleted under our eyes
            raise _damaged(self.name, exc) from exc
        except BaseException as exc:
            # Where it can't connect at all, Chroma raises a bare ValueError.
            if _is_chromas(exc) or isinstance(exc, (httpx.HTTPError, ValueError)):
                why = without_secrets(str(exc), self._settings)  # some quote what they sent
                raise StorageError(
                    f"无法使用 Chroma 服务器 {self.name}:{why};"
                    "请检查它是否在运行,以及 WENBAO_CHROMA_URL 和 WENBAO_CHROMA_TOKEN",
                    f"can't use the Chroma server {self.name}: {why}; "
                    "check that it runs, WENBAO_CHROMA_URL and WENBAO_CHROMA_TOKEN",
                ) from exc
            raise


def _named(generation: str) -> str:
    return f"wenbao-{generation}"


def _embedded(folder: Path) -> ClientAPI:
    quiet_libraries()
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    with _CLIENTS:
        return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))


def _private(folder: Path) -> Scratch:
    """What Chroma may write to while it reads: a copy of its database and links to the graphs, which it only reads.

    A graph that was never flushed is left out: Chroma makes it again from the database.
    """
    databases = list(folder.glob(f"{_DATABASE}*"))  # an earlier version may have left a journal beside it
    if not databases:
        raise _damaged(folder, Message(f"缺少 {_DATABASE}", f"no {_DATABASE}"))
    size = 2 * sum(path.stat().st_size for path in databases)  # a journal may grow to the size of the database
    scratch = Scratch(size)
    try:
        with storing(scratch.path, "TMPDIR"):
            for path in databases:
                shutil.copyfile(path, scratch.path / path.name)
            for graph in _flushed(folder):
                (scratch.path / graph.name).mkdir()
                for path in graph.iterdir():
                    (scratch.path / graph.name / path.name).symlink_to(path.absolute())
    except BaseException:
        scratch.remove()
        raise
    return scratch


def _flushed(folder: Path) -> list[Path]:
    """The folders of the graphs that are whole on the disk."""
    return sorted(path.parent for path in folder.glob("*/index_metadata.pickle"))


def _check(copy: Path, folder: Path) -> None:
    """Look at the copy of a folder's database before Chroma does: on a torn one it panics, with a backtrace."""
    path = copy / _DATABASE
    if not path.is_file() or path.stat().st_size == 0:
        raise _damaged(folder, Message(f"缺少 {_DATABASE}", f"no {_DATABASE}"))
    try:
        with closing(sqlite3.connect(path)) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as exc:
        raise _damaged(folder, exc) from exc
    if verdict != "ok":
        raise _damaged(folder, Message("完整性检查没有通过", verdict))


@contextmanager
def _reading(folder: Path, *, verified: bool = False) -> Iterator[None]:
    """`verified`: the files are those that were published, so that whatever Chroma lacks, it isn't they."""
    try:
        yield
    except BaseException as exc:
        if _is_chromas(exc) and verified:
            raise StorageError(
                f"无法打开向量({exc});请检查内存、临时目录空间(TMPDIR)和打开文件数的上限",
                f"the vectors can't be opened ({exc}); check memory, room in the temporary folder (TMPDIR), and how "
                "many files may be open",
            ) from exc
        if _is_chromas(exc):
            code = _CODE.search(str(exc))
            if code and int(code[1]) & 0xFF in _REFUSED:  # Chroma writes to its copy even when it only reads
                raise _unwritable(Path(tempfile.gettempdir()), exc, "TMPDIR") from exc
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


def _unwritable(folder: Path, problem: object, setting: str = "WENBAO_DATA_DIR") -> StorageError:
    reason = why(problem)
    return StorageError(
        f"无法写入 {folder}:{reason.zh};请检查磁盘空间和权限,或设置 {setting}",
        f"can't write {folder}: {reason.en}; check disk space and permissions, or set {setting}",
    )


def _damaged(place: object, problem: object) -> IndexDamaged:
    reason = why(problem)
    return IndexDamaged(
        f"索引已损坏({place}:{reason.zh});请运行 wenbao ingest 重建",
        f"the index is damaged ({place}: {reason.en}); run `wenbao ingest` to rebuild it",
    )
