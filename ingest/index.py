"""The index: published generations in the data directory, one of them current.

    index/current                  {"generation", "catalog_sha256"}; replaced by one atomic rename
    index/<generation>/catalog.db  reports and chunks
    index/<generation>/chroma/     their vectors, unless they are on a Chroma server
    index/<generation>/lexical/    their words
    index/last-ingest.json         what the last ingest did
    index/id                       the name by which a Chroma server knows this index
    index/lock                     held by the one ingest that may write

Guarantees: readers see a whole generation or an error that says what to do; a draft that isn't
published leaves no trace; a damaged catalog or word index is noticed by its checksum, damaged vectors
when opened; a search that could see only one of vectors and words never happens.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import secrets
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import IndexBusy, IndexDamaged, IndexMismatch, IndexMissing, StorageError, reason
from config.settings import Settings
from ingest.catalog import Catalog, ReportEntry
from ingest.chunk import embedding_input
from ingest.durable import digest, storing, sync_tree, write_atomically
from ingest.lexical import RECIPE as LEXICAL_RECIPE
from ingest.lexical import Lexical, LexicalDraft, copy_lexical
from ingest.lexical import seals as lexical_seals
from ingest.normalize import RECIPE
from ingest.records import Chunk, CleanReport, Failure
from ingest.vectors import Home, VectorStore, vector_home

if TYPE_CHECKING:
    from ingest.session import Vectors

FORMAT = "3"  # of a generation's files; one of another format is rebuilt

_POINTER = "current"
_SUMMARY = "last-ingest.json"
_LOCK = "lock"
_CATALOG = "catalog.db"
_VECTORS = "chroma"
_ID = "id"
_LEXICAL = "lexical"


class Index:
    """One published generation, open for reading."""

    def __init__(self, generation: str, catalog: Catalog, vectors: VectorStore, lexical: Lexical) -> None:
        self.generation = generation
        self.catalog = catalog
        self._vectors, self._lexical = vectors, lexical

    @classmethod
    def open(cls, settings: Settings) -> Index:
        """The current generation. Raises IndexMissing, IndexDamaged, IndexMismatch or StorageError."""
        while True:
            generation, catalog = open_catalog(settings)
            try:
                return cls._open(settings, generation, catalog)
            except IndexDamaged:
                catalog.close()
                if read_pointer(settings)["generation"] == generation:
                    raise
                # It was removed because a newer one was published meanwhile.
            except BaseException:
                catalog.close()
                raise

    @classmethod
    def _open(cls, settings: Settings, generation: str, catalog: Catalog) -> Index:
        meta = catalog.meta()
        if (meta.get("format"), meta.get("lexical")) != (FORMAT, LEXICAL_RECIPE):
            raise _another_version()
        home = _home(settings)
        if meta.get("vectors") != home.name:
            raise IndexMismatch(
                f"索引的向量在 {meta.get('vectors')},不在 {home.name};请运行 wenbao ingest,或改回 WENBAO_CHROMA_URL",
                f"the index has its vectors in {meta.get('vectors')}, not in {home.name}; run `wenbao ingest` or set "
                "WENBAO_CHROMA_URL back",
            )
        folder, sealed = _root(settings) / generation, catalog.seals()
        lexical = Lexical.open(folder / _LEXICAL, _inside(_LEXICAL, sealed))
        if lexical.count() != catalog.chunk_count():
            raise _damaged(settings, f"{lexical.count()} chunks with words of {catalog.chunk_count()}")
        vectors = home.open(generation, _inside(_VECTORS, sealed))
        if vectors.count() != catalog.chunk_count():
            raise _damaged(settings, f"{vectors.count()} vectors for {catalog.chunk_count()} chunks")
        if catalog.chunk_count() and not vectors.answers():
            raise _damaged(settings, "the vectors find nothing")
        return cls(generation, catalog, vectors, lexical)

    def close(self) -> None:
        self.catalog.close()
        self._vectors.close()

    def require_model(self, setting: str, fingerprint: str | None = None) -> None:
        """Raises IndexMismatch when the index holds the vectors of another model.

        The setting alone can be checked before a model is loaded, the fingerprint after.
        """
        meta = self.catalog.meta()
        if meta.get("recipe") != RECIPE:
            raise _another_version()
        if meta.get("setting") != setting:
            raise IndexMismatch(
                f"索引由模型 {meta.get('setting')} 建立,与当前的 {setting} 不同;"
                "请运行 wenbao ingest,或改回 WENBAO_EMBEDDING_MODEL",
                f"the index was built with the model {meta.get('setting')}, not with the current {setting}; "
                "run `wenbao ingest` or set WENBAO_EMBEDDING_MODEL back",
            )
        if fingerprint not in (None, meta.get("model_fingerprint")):
            raise IndexMismatch(
                f"模型 {setting} 的文件或前缀在建立索引之后改变了;"
                "请运行 wenbao ingest,或改回 WENBAO_QUERY_PREFIX 和 WENBAO_PASSAGE_PREFIX",
                f"the files or prefixes of the model {setting} have changed since the index was built; "
                "run `wenbao ingest` or set WENBAO_QUERY_PREFIX and WENBAO_PASSAGE_PREFIX back",
            )

    def reports(self) -> list[ReportEntry]:
        return self.catalog.entries()

    def report(self, source: str) -> CleanReport:
        return self.catalog.report(source)

    def nearest(self, vectors: Vectors, k: int, within: Collection[str] | None = None) -> list[list[tuple[str, float]]]:
        """For each of the vectors (n, dim), the k nearest chunks as (chunk id, cosine similarity), best first.

        `within` are the sources of the reports to look in; None means all.
        """
        return self._vectors.search(vectors, min(k, max(1, self.catalog.chunk_count())), within)

    def matching(self, text: str, k: int, within: Collection[str] | None = None) -> list[tuple[str, float]]:
        """The k chunks that carry most of a text's words, as (chunk id, share in [0, 1)), best first.

        `within` are the sources of the reports to look in; None means all.
        """
        return self._lexical.search(text, k, within)

    def frequency(self, term: str) -> int:
        """How many chunks hold a character, a pair of Han characters, or a Latin word or figure."""
        return self._lexical.frequency(term)

    def held(self, words: Collection[str]) -> set[str]:
        """Those of some Han words that may occur: chunks hold every pair of their characters."""
        return self._lexical.held(words)

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The chunks with these ids, in this order."""
        return self.catalog.chunks(ids)

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The vectors of these chunks, (len(ids), dim)."""
        return self._vectors.get(ids)

    def searchable(self) -> tuple[set[str], set[str]]:
        """The ids of the chunks that have a vector, and of those that are found by their words."""
        return self._vectors.ids(), self._lexical.ids()


class Draft:
    """The next generation, being written. Nobody sees it before `publish`; `discard` leaves no trace."""

    def __init__(self, settings: Settings, generation: str, folder: Path) -> None:
        self._settings, self.generation, self._folder = settings, generation, folder
        self._published = False
        self.catalog = Catalog.draft(folder / _CATALOG)
        self._home = _home(settings)
        self._vectors = self._home.draft(generation)
        self._lexical = LexicalDraft(folder / _LEXICAL)

    def put(self, report: CleanReport, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Add a report, or replace its earlier version. `vectors` is (len(chunks), dim), of their embedding inputs."""
        if len(chunks) != len(vectors):
            raise ValueError(f"{len(chunks)} chunks with {len(vectors)} vectors")
        self._unfind(report.source)
        texts = [embedding_input(report, c) for c in chunks]
        self.catalog.put(report, chunks, [digest_of(text) for text in texts])
        ids = [c.id for c in chunks]
        self._vectors.add(ids, vectors, [c.source for c in chunks])
        self._lexical.add(ids, texts, [c.source for c in chunks])

    def remove(self, source: str) -> None:
        self._unfind(source)
        self.catalog.remove(source)

    def _unfind(self, source: str) -> None:
        earlier = self.catalog.chunk_ids(source)
        self._vectors.remove(earlier)
        self._lexical.remove(earlier)

    def publish(self, meta: dict[str, str]) -> None:
        """Make this the current generation, in one atomic step, and drop all but its predecessor."""
        root = _root(self._settings)
        try:
            previous: str | None = read_pointer(self._settings)["generation"]
        except (IndexMissing, IndexDamaged):
            previous = None
        self.catalog.set_meta(meta)
        self._vectors.close()
        self._lexical.commit()
        with storing(self._folder):
            vectors, words = self._home.seals(self.generation), lexical_seals(self._folder / _LEXICAL)
        self.catalog.set_seals(_under(_VECTORS, vectors) | _under(_LEXICAL, words))
        self.catalog.close()
        with storing(self._folder):
            sync_tree(self._folder)
            pointer = {"generation": self.generation, "catalog_sha256": digest(self._folder / _CATALOG)}
            self._published = True  # from here on it may be seen, whatever interrupts the rest
            write_atomically(root / _POINTER, json.dumps(pointer))
        for folder in _generations(root):
            if folder.name not in {self.generation, previous}:
                shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(StorageError, IndexDamaged):  # published all the same; the next ingest drops them
            self._home.keep({self.generation, *filter(None, [previous])})

    def discard(self) -> None:
        """Leave no trace, unless it is published already."""
        self._close()
        if not self._published:
            shutil.rmtree(self._folder, ignore_errors=True)
            with contextlib.suppress(StorageError, IndexDamaged):
                self._home.drop(self.generation)

    def _close(self) -> None:
        self.catalog.close()
        self._vectors.close()
        self._lexical.close()


class Writer:
    """The right to change the index: held by one process at a time, inside `writing`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def draft(self, *, fresh: bool) -> Draft:
        """A draft of the next generation: a copy of the current one, or an empty one."""
        root = _root(self._settings)
        numbers = [int(folder.name.split("-")[0][1:]) for folder in _generations(root)]
        generation = f"g{max(numbers, default=0) + 1:06d}-{secrets.token_hex(3)}"
        folder = root / generation
        try:
            with storing(folder):
                folder.mkdir()
                if not fresh:
                    current = root / read_pointer(self._settings)["generation"]
                    shutil.copy2(current / _CATALOG, folder / _CATALOG)
                    _home(self._settings).copy(current.name, generation)
                    copy_lexical(current / _LEXICAL, folder / _LEXICAL)
            return Draft(self._settings, generation, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def earlier_failures(self) -> list[Failure]:
        """The files that the last ingest could not index."""
        return read_failures(read_summary(self._settings))

    def save_summary(self, summary: dict[str, Any]) -> None:
        """Keep what this ingest did, for `status`."""
        path = _root(self._settings) / _SUMMARY
        with storing(path):
            write_atomically(path, json.dumps(summary, ensure_ascii=False))


@contextlib.contextmanager
def writing(settings: Settings) -> Iterator[Writer]:
    """Hold the writer's lock. Raises IndexBusy when another ingest holds it, StorageError when it can't be taken."""
    from filelock import FileLock, Timeout

    root = _root(settings)
    holder = root / f"{_LOCK}.holder"
    with storing(root):
        root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as exc:
            who = holder.read_text(encoding="utf-8") if holder.exists() else "?"
            raise IndexBusy(
                f"另一个 ingest 正在运行({who});请等它结束", f"another ingest is running ({who}); wait until it ends"
            ) from exc
    try:
        with storing(root):
            started = time.strftime("%Y-%m-%d %H:%M:%S")
            holder.write_text(f"pid {os.getpid()}, {platform.node()}, {started}", encoding="utf-8")
            _remove_unpublished(settings)
        yield Writer(settings)
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def open_catalog(settings: Settings) -> tuple[str, Catalog]:
    """The current generation's name and catalog, verified. Needs neither Chroma nor a model.

    Raises IndexMissing, IndexDamaged or StorageError.
    """
    for attempt in range(3):
        pointer = read_pointer(settings)
        path = _root(settings) / pointer["generation"] / _CATALOG
        try:
            found = digest(path)
        except FileNotFoundError as exc:
            if attempt < 2:  # a newer generation may just have replaced it
                continue
            raise _damaged(settings, f"no {path}") from exc
        except OSError as exc:
            raise StorageError(f"无法读取 {path}:{reason(exc).zh}", f"can't read {path}: {reason(exc).en}") from exc
        if found != pointer["catalog_sha256"]:
            raise _damaged(settings, f"{path}: checksum")
        return pointer["generation"], Catalog.open(path)
    raise AssertionError("unreachable")


def digest_of(text: str) -> str:
    """What stands for an embedded text in the catalog."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def read_pointer(settings: Settings) -> dict[str, str]:
    """What is published. Raises IndexMissing, IndexDamaged or StorageError."""
    path = _root(settings) / _POINTER
    try:
        pointer = json.loads(path.read_text(encoding="utf-8"))
        return {"generation": str(pointer["generation"]), "catalog_sha256": str(pointer["catalog_sha256"])}
    except (FileNotFoundError, NotADirectoryError) as exc:
        if any(map(_complete, _generations(_root(settings)))):
            raise _damaged(settings, f"no {path}") from exc
        raise IndexMissing(
            f"{settings.data_dir} 中还没有索引;请先运行 wenbao ingest,或设置 WENBAO_DATA_DIR",
            f"there is no index in {settings.data_dir} yet; run `wenbao ingest` first or set WENBAO_DATA_DIR",
        ) from exc
    except OSError as exc:
        raise StorageError(f"无法读取 {path}:{reason(exc).zh}", f"can't read {path}: {reason(exc).en}") from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise _damaged(settings, f"{path}: {exc}") from exc


def read_summary(settings: Settings) -> dict[str, Any] | None:
    """What the last ingest did, or None when nobody knows."""
    try:
        summary = json.loads((_root(settings) / _SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return summary if isinstance(summary, dict) else None


def read_failures(summary: dict[str, Any] | None) -> list[Failure]:
    """The failures in a stored summary; what isn't one is left out."""
    entries = (summary or {}).get("failed")
    fields = {"source", "error"}
    return [
        Failure(str(entry["source"]), str(entry["error"]))
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and fields <= entry.keys()
    ]


def index_bytes(settings: Settings, generation: str) -> int:
    """The size of a generation on disk."""
    return sum(path.stat().st_size for path in (_root(settings) / generation).rglob("*") if path.is_file())


def _root(settings: Settings) -> Path:
    return settings.data_dir / "index"


def _home(settings: Settings) -> Home:
    """Where the vectors are. On a server, the index is known by a name of its own, made once."""
    path = _root(settings) / _ID
    index_id = ""
    if settings.chroma_url:
        with storing(path):
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, secrets.token_hex(8))
            index_id = path.read_text(encoding="utf-8")
    return vector_home(settings, _root(settings), index_id)


def _generations(root: Path) -> list[Path]:
    return sorted(path for path in root.glob("g[0-9]*-*") if path.is_dir())


def _complete(folder: Path) -> bool:
    """Whether a generation was written to its end; an interrupted first ingest leaves one that wasn't."""
    try:
        with contextlib.closing(Catalog.open(folder / _CATALOG)) as catalog:
            return "format" in catalog.meta()
    except IndexDamaged:
        return (folder / _CATALOG).exists()


def _remove_unpublished(settings: Settings) -> None:
    """Drop what an interrupted ingest left: every generation newer than the published one."""
    try:
        current = read_pointer(settings)["generation"].split("-")[0]
    except IndexMissing:
        current = ""  # the first one never came to its end
    except IndexDamaged:
        return
    for folder in _generations(_root(settings)):
        if folder.name.split("-")[0] > current:
            shutil.rmtree(folder, ignore_errors=True)


def _under(part: str, sealed: dict[str, str]) -> dict[str, str]:
    """The seals of one part, by path in the generation."""
    return {f"{part}/{name}": seal for name, seal in sealed.items()}


def _inside(part: str, sealed: dict[str, str]) -> dict[str, str]:
    """The seals of one part of a generation, by file name."""
    return {name.removeprefix(f"{part}/"): seal for name, seal in sealed.items() if name.startswith(f"{part}/")}


def _another_version() -> IndexMismatch:
    return IndexMismatch(
        "索引由另一个版本的 wenbao 建立;请运行 wenbao ingest",
        "the index was built by another version of wenbao; run `wenbao ingest`",
    )


def _damaged(settings: Settings, reason: object) -> IndexDamaged:
    return IndexDamaged(
        f"索引已损坏({_root(settings)}:{reason});请运行 wenbao ingest 重建",
        f"the index is damaged ({_root(settings)}: {reason}); run `wenbao ingest` to rebuild it",
    )
