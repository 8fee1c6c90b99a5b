"""The published index with its model, ready to answer. Every front-end asks here, so all say the same.

Guarantees: each question is answered from one whole generation, the newest one published when it is
asked; a generation is closed when the last question that uses it is done. Any thread may ask.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from config.errors import IndexMismatch
from config.settings import Settings
from ingest.catalog import ReportEntry
from ingest.embed import Embedder
from ingest.index import Index, read_pointer
from ingest.model import Notify, is_prepared
from ingest.records import CleanReport
from ingest.script import to_simplified
from rag.answer import compose, title_of
from rag.question import understand
from rag.records import Answer, Passage
from rag.retrieve import CANDIDATES, fuse

DEFAULT_PASSAGES = 20
DEFAULT_HITS = 10


class _Generation:
    """One open generation and how many questions are using it."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.entries = {entry.source: entry for entry in index.reports()}
        self.report = functools.lru_cache(maxsize=64)(index.report)
        self.users = 0
        self.retired = False


class Engine:
    """Answers questions from the published index. Raises IndexUnavailable or ModelError when it can't."""

    def __init__(self, settings: Settings, notify: Notify, embedder: Embedder | None = None) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        with ThreadPoolExecutor(1) as beside:
            # Native code reads a prepared model while Chroma is imported; to prepare one waits for the index.
            soon = embedder is None and is_prepared(settings)
            reading = beside.submit(Embedder.open, settings, notify) if soon else None
            index = Index.open(settings)
            try:
                index.require_model(settings.embedding_model)
                self._embedder = embedder or (reading.result() if reading else Embedder.open(settings, notify))
                index.require_model(settings.embedding_model, self._embedder.fingerprint)
                self._now = _Generation(index)
            except BaseException:
                index.close()
                raise

    def close(self) -> None:
        with self._lock:
            self._retire(self._now)

    @property
    def generation(self) -> str:
        """The generation that answered last."""
        return self._now.index.generation

    def ask(self, text: str, history: Sequence[str] = (), passages: int = DEFAULT_PASSAGES) -> Answer:
        """The cited answer, or the refusal with its reason. Raises UsageError for an unusable question."""
        started = time.perf_counter()
        question = understand(text, history)
        with self._current() as current:
            found = self._search(current, question.interpreted, passages)
            retrieved = time.perf_counter()
            answer = compose(question, found, current.report, self._settings.min_evidence)
        done = time.perf_counter()
        took = {"total": done - started, "retrieve": retrieved - started, "answer": done - retrieved}
        return replace(answer, took_ms={name: round(seconds * 1000, 1) for name, seconds in took.items()})

    def search(self, text: str, k: int = DEFAULT_HITS) -> list[Passage]:
        """The k best passages, best first. Raises UsageError for an unusable question."""
        question = understand(text)
        with self._current() as current:
            return self._search(current, question.interpreted, k)

    def report(self, source: str) -> CleanReport:
        """The report as it was cleaned. Raises IndexDamaged when there is none of that name."""
        with self._current() as current:
            return current.report(source)

    def reports(self) -> list[ReportEntry]:
        """Every report, by source."""
        with self._current() as current:
            return list(current.entries.values())

    @contextlib.contextmanager
    def _current(self) -> Iterator[_Generation]:
        """The newest generation, kept open until the caller is done with it."""
        with self._lock:
            self._follow()
            current = self._now
            current.users += 1
        try:
            yield current
        finally:
            with self._lock:
                current.users -= 1
                self._close_unused(current)

    def _follow(self) -> None:
        """Open the published generation if it is another one than ours."""
        if read_pointer(self._settings)["generation"] == self._now.index.generation:
            return
        index = Index.open(self._settings)
        try:
            index.require_model(self._settings.embedding_model, self._embedder.fingerprint)
            newer = _Generation(index)
        except IndexMismatch as exc:
            index.close()
            raise IndexMismatch(
                "索引已用另一个模型、前缀或版本重建;请重新启动本程序",
                "the index was rebuilt with another model, prefix or version; restart this program",
            ) from exc
        except BaseException:
            index.close()
            raise
        self._retire(self._now)
        self._now = newer

    def _retire(self, generation: _Generation) -> None:
        generation.retired = True
        self._close_unused(generation)

    @staticmethod
    def _close_unused(generation: _Generation) -> None:
        if generation.retired and not generation.users:
            generation.users = -1  # closed once
            generation.index.close()

    def _search(self, current: _Generation, text: str, k: int) -> list[Passage]:
        # Reports are folded to Simplified script, and vectors of different scripts lie further apart.
        nearest = current.index.nearest(self._embedder.question(to_simplified(text)), max(k, CANDIDATES))
        hits = fuse(nearest, current.index.matching(text, max(k, CANDIDATES)))[:k]
        passages = []
        for chunk, (_, score) in zip(current.index.chunks([id_ for id_, _ in hits]), hits, strict=True):
            entry = current.entries[chunk.source]
            passages.append(Passage(chunk, title_of(entry.title, entry.source), entry.date, round(score, 6)))
        return passages
