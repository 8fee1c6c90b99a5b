"""Write the next generation of the index and publish it in one atomic step.

Guarantees: one process writes at a time; a draft that isn't published leaves no trace; whatever interrupts a writer,
what was published before goes on answering.
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
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import IndexBusy, IndexDamaged, IndexMissing, StorageError
from config.settings import Settings
from ingest.chunk import embedding_input
from ingest.durable import digest, storing, sync_tree, write_atomically
from ingest.index.catalog import Catalog
from ingest.index.generations import (
    CATALOG,
    LEXICAL,
    POINTER,
    SUMMARY,
    VECTORS,
    generations,
    home_of,
    read_failures,
    read_pointer,
    read_summary,
    root_of,
    under,
)
from ingest.index.lexical import LexicalDraft, copy_lexical
from ingest.index.lexical import seals as lexical_seals
from ingest.records import Chunk, CleanReport, Failure

if TYPE_CHECKING:
    from ingest.embedding.session import Vectors

_LOCK = "lock"


class Draft:
    """The next generation, being written. Nobody sees it before `publish`; `discard` leaves no trace."""

    def __init__(self, settings: Settings, generation: str, folder: Path) -> None:
        self._settings, self.generation, self._folder = settings, generation, folder
        self._published = False
        self.catalog = Catalog.draft(folder / CATALOG)
        self._home = home_of(settings)
        self._vectors = self._home.draft(generation)
        self._lexical = LexicalDraft(folder / LEXICAL)

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
        root = root_of(self._settings)
        try:
            previous: str | None = read_pointer(self._settings)["generation"]
        except (IndexMissing, IndexDamaged):
            previous = None
        self.catalog.set_meta(meta)
        self._vectors.close()
        self._lexical.commit()
        with storing(self._folder):
            vectors, words = self._home.seals(self.generation), lexical_seals(self._folder / LEXICAL)
        self.catalog.set_seals(under(VECTORS, vectors) | under(LEXICAL, words))
        self.catalog.close()
        with storing(self._folder):
            sync_tree(self._folder)
            pointer = {"generation": self.generation, "catalog_sha256": digest(self._folder / CATALOG)}
            self._published = True  # from here on it may be seen, whatever interrupts the rest
            write_atomically(root / POINTER, json.dumps(pointer))
        for folder in generations(root):
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
        root = root_of(self._settings)
        numbers = [_number(folder.name) for folder in generations(root)]
        generation = f"g{max(numbers, default=0) + 1:06d}-{secrets.token_hex(3)}"
        folder = root / generation
        try:
            with storing(folder):
                folder.mkdir()
                if not fresh:
                    current = root / read_pointer(self._settings)["generation"]
                    shutil.copy2(current / CATALOG, folder / CATALOG)
                    home_of(self._settings).copy(current.name, generation)
                    copy_lexical(current / LEXICAL, folder / LEXICAL)
            return Draft(self._settings, generation, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def earlier_failures(self) -> list[Failure]:
        """The files that the last ingest could not index."""
        return read_failures(read_summary(self._settings))

    def save_summary(self, summary: dict[str, Any]) -> None:
        """Keep what this ingest did, for `status`."""
        path = root_of(self._settings) / SUMMARY
        with storing(path):
            write_atomically(path, json.dumps(summary, ensure_ascii=False))


@contextlib.contextmanager
def writing(settings: Settings) -> Iterator[Writer]:
    """Hold the writer's lock. Raises IndexBusy when another ingest holds it, StorageError when it can't be taken."""
    from filelock import FileLock, Timeout

    root = root_of(settings)
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
            _tidy(settings)
        yield Writer(settings)
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def digest_of(text: str) -> str:
    """What stands for an embedded text in the catalog."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _tidy(settings: Settings) -> None:
    """Drop what interrupted ingests left: drafts never published, and all but the last one that was before."""
    try:
        current: str | None = read_pointer(settings)["generation"]
    except IndexMissing:
        current = None  # the first one never came to its end
    except IndexDamaged:
        return
    folders = generations(root_of(settings))
    earlier = [folder.name for folder in folders if current and _number(folder.name) < _number(current)]
    kept = {current, *earlier[-1:]}
    for folder in folders:
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _number(generation: str) -> int:
    return int(generation.split("-")[0][1:])
