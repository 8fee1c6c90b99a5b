"""One open index with its model, ready to answer. Every front-end asks here, so all say the same."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from config.settings import Settings
from ingest.embed import Embedder
from ingest.index import Index
from ingest.model import Notify, is_prepared
from ingest.records import CleanReport
from ingest.script import to_simplified
from rag.answer import compose, title_of
from rag.question import understand
from rag.records import Answer, Passage
from rag.retrieve import CANDIDATES, fuse

DEFAULT_PASSAGES = 20
DEFAULT_HITS = 10


class Engine:
    """Answers questions from the published index. Raises IndexUnavailable or ModelError when it can't."""

    def __init__(self, settings: Settings, notify: Notify, embedder: Embedder | None = None) -> None:
        self._settings = settings
        with ThreadPoolExecutor(1) as beside:
            # Native code reads a prepared model while Chroma is imported; to prepare one waits for the index.
            soon = embedder is None and is_prepared(settings)
            reading = beside.submit(Embedder.open, settings, notify) if soon else None
            self._index = Index.open(settings)
            self._index.require_model(settings.embedding_model)
            self._embedder = embedder or (reading.result() if reading else Embedder.open(settings, notify))
        self._index.require_model(settings.embedding_model, self._embedder.fingerprint)
        self._entries = {entry.source: entry for entry in self._index.reports()}
        self._report = functools.lru_cache(maxsize=64)(self._index.report)

    def close(self) -> None:
        self._index.close()

    def ask(self, text: str, history: Sequence[str] = (), passages: int = DEFAULT_PASSAGES) -> Answer:
        """The cited answer, or the refusal with its reason. Raises UsageError for an unusable question."""
        started = time.perf_counter()
        question = understand(text, history)
        found = self._search(question.interpreted, passages)
        retrieved = time.perf_counter()
        answer = compose(question, found, self._report, self._settings.min_evidence)
        done = time.perf_counter()
        took = {"total": done - started, "retrieve": retrieved - started, "answer": done - retrieved}
        return replace(answer, took_ms={name: round(seconds * 1000, 1) for name, seconds in took.items()})

    def search(self, text: str, k: int = DEFAULT_HITS) -> list[Passage]:
        """The k best passages, best first. Raises UsageError for an unusable question."""
        return self._search(understand(text).interpreted, k)

    def report(self, source: str) -> CleanReport:
        return self._report(source)

    def _search(self, text: str, k: int) -> list[Passage]:
        # Reports are folded to Simplified script, and vectors of different scripts lie further apart.
        nearest = self._index.nearest(self._embedder.question(to_simplified(text)), max(k, CANDIDATES))
        hits = fuse(nearest, self._index.matching(text, max(k, CANDIDATES)))[:k]
        passages = []
        for chunk, (_, score) in zip(self._index.chunks([id_ for id_, _ in hits]), hits, strict=True):
            entry = self._entries[chunk.source]
            passages.append(Passage(chunk, title_of(entry.title, entry.source), entry.date, round(score, 6)))
        return passages
