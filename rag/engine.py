"""The published index with its model, ready to answer. Every front-end asks here, so all say the same.

Guarantees: each question is answered from one whole generation, the newest one published when it is
asked; a generation is closed when the last question that uses it is done. Any thread may ask.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from config.errors import IndexMismatch
from config.settings import Settings
from ingest.catalog import ReportEntry
from ingest.embed import Embedder
from ingest.index import Index, read_pointer
from ingest.model import Notify
from ingest.records import CleanReport
from ingest.script import to_simplified
from rag.answer import compose, narrowed, refusal, title_of, views_of, weigh
from rag.compute import Found, Part, combine, figure_of, mentions, plan
from rag.filters import EVERYTHING, Filter, choose
from rag.glossary import Glossary, load_glossary
from rag.library import Library
from rag.models import Models
from rag.query import Query, build, names_place
from rag.question import understand
from rag.read import Reader
from rag.reading import READ, is_unsure, reread
from rag.records import Answer, Passage, QuestionLanguage
from rag.retrieve import CANDIDATES, DEFAULT_HITS, DEFAULT_PASSAGES, fuse
from rag.scope import ReportView, known_places, view
from rag.terms import form_frequency

_FOREIGN_CANDIDATES = 400  # chunks near to a question in another language, of which its place picks some
_FOREIGN = 0.3  # what a cosine across languages counts beside a score of the words
_WIDER = 3  # times as many passages are weighed for a question in another language
_NAMED = 0.3  # what it counts that a report's title names the place

Within = Collection[str] | None
"""The sources of the reports to look in; None means all."""


class _Generation:
    """One open generation and how many questions are using it."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.entries = {entry.source: entry for entry in index.reports()}
        self.titles = {entry.source: title_of(entry.title, entry.source) for entry in self.entries.values()}
        self.report = functools.lru_cache(maxsize=64)(index.report)
        self.view = functools.lru_cache(maxsize=64)(self._view)
        self.frequency = functools.lru_cache(maxsize=262144)(index.frequency)
        self.chunks = index.catalog.chunk_count()
        self.regions = known_places(index.catalog.regions())
        self.users = 0
        self.retired = False

    def _view(self, source: str) -> ReportView:
        return view(self.report(source), self.titles[source], self.regions)

    def within(self, only: Filter) -> Within:
        """The sources a filter lets through. Raises NothingSelected when there is none."""
        return choose(list(self.entries.values()), only, self.index.catalog.naming) if only else None

    @functools.cached_property
    def source_of(self) -> dict[str, str]:
        """The report that each chunk is of; read at the first question in English."""
        return self.index.catalog.sources()

    @functools.cached_property
    def glossary(self) -> Glossary:
        """Read at the first question in English."""
        return load_glossary(lambda word: form_frequency(word, self.frequency) > 0)


class Engine:
    """Answers questions from the published index. Raises IndexUnavailable or ModelError when it can't."""

    def __init__(
        self,
        settings: Settings,
        notify: Notify,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        *,
        models: Models | None = None,
    ) -> None:
        """`models` may be on their way already; else they are opened now, but for those that are given."""
        self._settings = settings
        self._lock = threading.Lock()
        self._models = models or Models(settings, notify, embedder, reader)
        self._beside = ThreadPoolExecutor(2, thread_name_prefix="search")
        index = Index.open(settings)
        try:
            index.require_model(settings.embedding_model)
            self._now = _Generation(index)
            self._embedder = self._models.embedder()
            index.require_model(settings.embedding_model, self._embedder.fingerprint)
            if self._models.reads:
                self._models.reader()
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

    def ask(
        self, text: str, history: Sequence[str] = (), passages: int = DEFAULT_PASSAGES, only: Filter = EVERYTHING
    ) -> Answer:
        """The cited answer, or the refusal with its reason.

        Raises UsageError for an unusable question and NothingSelected for a filter that fits no report.
        """
        started = time.perf_counter()
        understand(text, history)  # what can't be asked is said before anything is looked up
        with self._current() as current:
            query = build(understand(text, history, current.regions), current)
            within = current.within(only)
            found = self._search(current, query, passages, within)
            retrieved = time.perf_counter()
            answer = self._answer(current, query, found, passages, within)
            if within is not None:
                answer = narrowed(answer, query.question)
        done = time.perf_counter()
        took = {"total": done - started, "retrieve": retrieved - started, "answer": done - retrieved}
        return replace(answer, took_ms={name: round(seconds * 1000, 1) for name, seconds in took.items()})

    def _answer(self, current: _Generation, query: Query, found: list[Passage], k: int, within: Within) -> Answer:
        """The answer of one sentence, or one computed from several."""
        library = self._library(current)
        if parts := plan(query):
            pieces = [self._piece(current, part, query.question.language, k, within) for part in parts.parts]
            evidence = weigh(query, found, replace(library, read=None))
            return combine(query.question, parts, pieces, current.report, evidence)
        if query.asked.kind == "reports":
            evidence = weigh(query, found, replace(library, read=None))
            return mentions(query, evidence, current.report, current.view, library.min_evidence)
        return compose(query, found, library)

    def _piece(self, current: _Generation, part: Part, language: QuestionLanguage, k: int, within: Within) -> Found:
        """What answers one part of a question: a figure, which the rules pick without the reader."""
        query = build(replace(understand(part.question), language=language), current)
        passages = self._search(current, query, k, within)
        library = replace(self._library(current), read=None)
        evidence = weigh(query, passages, library)
        if refusal(query, evidence, views_of(passages, library.view), library.min_evidence) is not None:
            return Found(part, None)
        said, figure = figure_of(evidence[0], current.report(evidence[0].passage.chunk.source).text)
        return Found(part, evidence[0], said, figure)

    def search(self, text: str, k: int = DEFAULT_HITS, only: Filter = EVERYTHING) -> list[Passage]:
        """The k best passages, best first. Raises UsageError and NothingSelected as `ask` does."""
        question = understand(text)
        with self._current() as current:
            query = build(question, current)
            found = self._search(current, query, max(k, READ), current.within(only))
        # A title that names the asked place tells its report from others better than reading does.
        unsure = found and is_unsure(found) and not names_place(query, found[0].title)
        if unsure and (reader := self._models.reader()) is not None:
            found = reread(question.interpreted, found, reader.read)
        return found[:k]

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

    def _search(self, current: _Generation, query: Query, k: int, within: Within) -> list[Passage]:
        wanted = max(k, CANDIDATES)
        far = max(k, _FOREIGN_CANDIDATES)
        core = self._beside.submit(self._nearest, current, query.core, far, within) if query.core else None
        # Reports are folded to Simplified script, and vectors of different scripts lie further apart.
        nearest = self._nearest(current, to_simplified(query.words), wanted, within)
        hits = fuse(nearest, current.index.matching(query.words, wanted, within))
        if core is None:
            return self._passages(current, hits[:k])
        # Vectors of two languages lie too far apart to find the report; the place a question names does.
        scores = dict(hits)
        hits += [(id_, _FOREIGN * cosine) for id_, cosine in core.result() if id_ not in scores]
        named = {source: _NAMED * names_place(query, title) for source, title in current.titles.items()}
        lifted = [(id_, min(1.0, score + named[current.source_of[id_]])) for id_, score in hits]
        return self._passages(current, sorted(lifted, key=lambda hit: -hit[1])[: _WIDER * k])

    def _nearest(self, current: _Generation, text: str, k: int, within: Within) -> list[tuple[str, float]]:
        return current.index.nearest(self._embedder.question(text), k, within)

    def _library(self, current: _Generation) -> Library:
        reader = self._models.reader()
        read = reader.read if reader is not None else None
        return Library(current.report, current.view, self._meaning, read, self._settings.min_evidence)

    def _passages(self, current: _Generation, hits: Sequence[tuple[str, float]]) -> list[Passage]:
        passages = []
        for chunk, (_, score) in zip(current.index.chunks([id_ for id_, _ in hits]), hits, strict=True):
            entry = current.entries[chunk.source]
            passages.append(Passage(chunk, current.titles[chunk.source], entry.date, round(score, 6)))
        return passages

    def _meaning(self, core: str, texts: Sequence[str]) -> list[float]:
        """The cosine similarity of each text with a question's core."""
        asked = self._embedder.question(core).ravel()
        return [float(self._embedder.question(text).ravel() @ asked) for text in texts]
