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
from dataclasses import replace

from config.errors import IndexMismatch
from config.settings import Settings
from ingest.embedding.embed import Embedder
from ingest.embedding.prepare import Notify
from ingest.index.catalog import ReportEntry
from ingest.index.generations import read_pointer
from ingest.index.published import Index
from ingest.records import CleanReport
from rag.answers.changes import changed, since
from rag.answers.compose import compose, grade, narrowed
from rag.answers.mentions import mentions
from rag.answers.planning import Part, plan
from rag.answers.ranked import extreme, ranked
from rag.answers.set_aside import set_aside_others
from rag.answers.several import several, told_each
from rag.answers.sums import PartAnswer, combine, figure_of, is_one, is_share
from rag.answers.table import By, Table, check, labels, of_place, place_told, table_of, year_told
from rag.generation import Generation, Within
from rag.judge.case import Case
from rag.judge.judge import judge
from rag.judge.ranking import Library, cases_of, remembering, weigh
from rag.question.query import Query, build, names_place
from rag.question.understand import as_it_stands, figure_question, in_context, understand
from rag.reader.models import Models
from rag.reader.reader import Reader
from rag.records import Answer, Evidence, Passage, Question, QuestionLanguage
from rag.search.filters import EVERYTHING, Filter
from rag.search.fuse import DEFAULT_HITS, DEFAULT_PASSAGES
from rag.search.reread import REREAD, is_unsure, reread

_FURTHER = 2  # times as many passages are looked at before a question is refused
_TABULATED = 60  # passages read for a table
_OF_A_PLACE = 4  # sentences looked at for the figure of one place, beside one of each report
_CLEARLY = 0.1  # by how much more probable the answer must be with what was asked before
_MENTIONING = 30  # passages looked through for which reports speak of something


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
        index = Index.open(settings)
        try:
            index.require_model(settings.embedding_model)
            self._now = Generation(index)
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
        self,
        text: str,
        history: Sequence[str] = (),
        passages: int = DEFAULT_PASSAGES,
        only: Filter = EVERYTHING,
        left_out: Collection[str] = (),
    ) -> Answer:
        """The cited answer, or the refusal with its reason; `left_out` are sources that aren't looked in.

        Raises UsageError for an unusable question and NothingSelected for a filter that fits no report.
        """
        started = time.perf_counter()
        understand(text, history)  # what can't be asked is said before anything is looked up
        with self._current() as current:
            within = current.without(current.within(only), left_out)
            question = understand(text, history, current.regions)
            answer, retrieved = self._answered(current, question, passages, within)
            if answer.certainty != "sure" and (other := in_context(text, history, current.regions)) is not None:
                about, _ = self._answered(current, other, passages, within)
                answer = _surer(answer, about)
            if only:
                answer = narrowed(answer, question)
        done = time.perf_counter()
        took = {"total": done - started, "retrieve": retrieved, "answer": done - started - retrieved}
        return replace(answer, took_ms={name: round(seconds * 1000, 1) for name, seconds in took.items()})

    def _answered(self, current: Generation, question: Question, passages: int, within: Within) -> tuple[Answer, float]:
        """(the answer, the seconds that the search took)."""
        started = time.perf_counter()
        query = build(question, current)
        hits = current.search(self._embedder, [query], passages, within)[0]
        retrieved = time.perf_counter() - started
        return self._answer(current, query, hits, passages, within), retrieved

    def _answer(self, current: Generation, query: Query, hits: list[Passage], k: int, within: Within) -> Answer:
        """The answer of one sentence, or one computed or put together from several."""
        library = self._library(current, within)
        return self._of_several(current, query, hits, library, k, within) or self._of_one(
            current, query, hits, library, k, within
        )

    def _of_one(
        self, current: Generation, query: Query, hits: list[Passage], library: Library, k: int, within: Within
    ) -> Answer:
        """The answer of one sentence and what belongs to it."""
        answer = compose(query, hits, library)
        if answer.reason is not None and len(hits) == k:
            answer = compose(query, current.search(self._embedder, [query], _FURTHER * k, within)[0], library)
        return answer

    def _of_several(
        self, current: Generation, query: Query, hits: list[Passage], library: Library, k: int, within: Within
    ) -> Answer | None:
        """An answer computed or put together from several sentences; None for a question that asks for none."""
        weighed = functools.partial(
            self._weighed, current, language=query.question.language, k=k, within=within, library=library
        )
        if (compared := since(query)) is not None:
            answer = changed(query, compared, weigh(query, hits, library), weighed, library)
            if answer is not None:
                return answer
        if computation := plan(query):
            if computation.operation == "share" and is_share(single := compose(query, hits, library)):
                return single
            pieces = [_piece(part, *weighed(part.question), library) for part in computation.operands]
            if computation.operation == "sum" and is_one(pieces):
                return compose(query, hits, library)  # a sentence tells their sum
            closest = [] if any(piece.figure for piece in pieces) else weigh(query, hits, library.unread)
            return combine(query.question, computation, pieces, current.report, closest)
        if query.expected.kind == "reports":
            wider = current.search(self._embedder, [query], _MENTIONING, within)[0]
            evidence = weigh(query, wider, library.unread)
            return mentions(query, evidence, current.report, current.view)
        if (most := extreme(query)) is not None:
            if most.operation == "sum":  # every row tells a part of it
                _, evidence = weighed(most.question)
            else:
                evidence = set_aside_others(query, weigh(query, hits, library), library)
            if (answer := ranked(query, most, evidence, library)) is not None:
                return answer
        parts = several(query, current.regions)
        asked = [self._asked(current, part.question, query.question.language) for part in parts]
        found = current.search(self._embedder, asked, k, within) if asked else []
        told = [self._of_one(current, *each, library, k, within) for each in zip(asked, found, strict=True)]
        return told_each(query.question, parts, told)

    def _asked(self, current: Generation, text: str, language: QuestionLanguage) -> Query:
        """A question of our own, made of one that was asked."""
        return build(replace(understand(text, (), current.regions), language=language), current)

    def _weighed(
        self, current: Generation, text: str, language: QuestionLanguage, k: int, within: Within, library: Library
    ) -> tuple[Query, list[Evidence]]:
        """A question of our own, made of one that was asked, with its evidence."""
        query = self._asked(current, text, language)
        evidence = weigh(query, current.search(self._embedder, [query], k, within)[0], library)
        return query, set_aside_others(query, evidence, library)

    def table(self, indicator: str, by: By = "place", places: Sequence[str] = (), only: Filter = EVERYTHING) -> Table:
        """What the reports tell of an indicator, by place, report or year; by place of the given ones alone, if any.

        By report or year a given place is part of the indicator, and only reports that name it are looked in. Raises
        UsageError for an unusable indicator and NothingSelected for a filter that fits no report.
        """
        check(indicator)
        with self._current() as current:
            if places and by == "place":
                return self._of_places(current, indicator, places, current.within(only))
            indicator = of_place("、".join(places), indicator)
            within = current.within(replace(only, places=(*only.places, *places)))
            return self._by(current, indicator, by, within)

    def _of_places(self, current: Generation, indicator: str, places: Sequence[str], within: Within) -> Table:
        """Each place is asked about alone."""
        likely = {
            place: self._told(current, of_place(place, indicator), within, DEFAULT_PASSAGES, others=False)
            for place in places
        }
        kept = {place: _of_each_report(some) for place, some in likely.items()}
        keys = {id(evidence): place for place, some in kept.items() for evidence in some}
        evidence = [each for some in kept.values() for each in some]
        looked_in = len(current.entries if within is None else within)
        judge = self._library(current).judge
        return table_of(indicator, "place", places, evidence, lambda e: keys[id(e)], current.report, judge, looked_in)

    def _by(self, current: Generation, indicator: str, by: By, within: Within) -> Table:
        """What all reports tell, newest report first where each is a row."""
        evidence = self._told(current, indicator, within, _TABULATED)
        sources = current.entries if within is None else within
        newest = sorted(sources, key=lambda source: (current.entries[source].date or "", source), reverse=True)
        called = labels({source: current.titles[source] for source in newest})
        judge = self._library(current).judge

        def key_of(each: Evidence) -> str | None:
            return called[each.passage.chunk.source] if by == "report" else _key(current, by, each)

        keys = list(called.values()) if by == "report" else []
        return table_of(indicator, by, keys, evidence, key_of, current.report, judge, len(newest))

    def _told(self, current: Generation, indicator: str, within: Within, k: int, others: bool = True) -> list[Evidence]:
        """What the reports tell of an indicator, most probable first; without `others` nothing of another place or
        year than it names."""
        query = build(understand(figure_question(indicator), (), current.regions), current)
        library = self._library(current, within)
        evidence = weigh(query, current.search(self._embedder, [query], k, within)[0], library, k)
        return evidence if others else set_aside_others(query, evidence, library)

    def examine(self, text: str, left_out: Collection[str] = ()) -> list[Case]:
        """What the judge is shown for a question, to be fitted on; `left_out` are reports not to be looked in."""
        with self._current() as current:
            query = build(understand(text, (), current.regions), current)
            within = current.without(None, left_out)
            passages = current.search(self._embedder, [query], DEFAULT_PASSAGES, within)[0]
            return cases_of(query, passages, self._library(current, within))[0]

    def query(self, text: str) -> Query:
        """What a question says to the newest generation. Raises UsageError for an unusable question."""
        with self._current() as current:
            return build(understand(text, (), current.regions), current)

    def search(self, text: str, k: int = DEFAULT_HITS, only: Filter = EVERYTHING) -> list[Passage]:
        """The k best passages, best first, for a question as it stands. Raises UsageError and NothingSelected."""
        return self.search_each([as_it_stands(text)], k, only)[0]

    def search_each(
        self, questions: Sequence[Question], k: int = DEFAULT_HITS, only: Filter = EVERYTHING
    ) -> list[list[Passage]]:
        """What `search` finds for each question; several at once cost less. Raises NothingSelected."""
        with self._current() as current:
            queries = [build(question, current) for question in questions]
            hits = current.search(self._embedder, queries, max(k, REREAD), current.within(only))
        return [self._reread(query, passages)[:k] for query, passages in zip(queries, hits, strict=True)]

    def _reread(self, query: Query, hits: list[Passage]) -> list[Passage]:
        # A title that names the asked place tells its report from others better than reading does.
        if hits and is_unsure(hits) and not names_place(query, hits[0].title):
            reader = self._models.reader()
            if reader is not None:
                return reread(query.question.interpreted, hits, reader.read)
        return hits

    def report(self, source: str) -> CleanReport:
        """The report as it was cleaned. Raises IndexDamaged when there is none of that name."""
        with self._current() as current:
            return current.report(source)

    def reports(self) -> list[ReportEntry]:
        """Every report, by source."""
        with self._current() as current:
            return list(current.entries.values())

    @contextlib.contextmanager
    def _current(self) -> Iterator[Generation]:
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
            newer = Generation(index)
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

    def _retire(self, generation: Generation) -> None:
        generation.retired = True
        self._close_unused(generation)

    @staticmethod
    def _close_unused(generation: Generation) -> None:
        if generation.retired and not generation.users:
            generation.users = -1  # closed once
            generation.index.close()

    def _library(self, current: Generation, within: Within = None) -> Library:
        """What answering sees: what isn't looked in, no report knows."""
        reader = self._models.reader()
        read = remembering(reader.read) if reader is not None else None
        frequency, naming = current.frequency_within(within), current.naming_within(within)
        fitted, least = judge("read" if read else "unread"), self._settings.min_evidence
        if least is not None:
            fitted = replace(fitted, likely=least, sure=max(least, fitted.sure))
        return Library(current.report, current.view, frequency, naming, read, fitted)


def _piece(part: Part, query: Query, evidence: Sequence[Evidence], library: Library) -> PartAnswer:
    """What answers one part of a question: a figure."""
    certainty = grade(evidence, library)
    if certainty is None:
        return PartAnswer(part, None)
    written, figure = figure_of(evidence[0], query, part.label)
    return PartAnswer(part, evidence[0], written, figure, certainty)


def _of_each_report(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The first sentences, and of every other report the first with a short answer."""
    first = list(evidence[:_OF_A_PLACE])
    known = {each.passage.chunk.source for each in first}
    others: dict[str, Evidence] = {}
    for each in evidence[_OF_A_PLACE:]:
        if each.short and each.passage.chunk.source not in known:
            others.setdefault(each.passage.chunk.source, each)
    return [*first, *others.values()]


def _key(current: Generation, by: By, evidence: Evidence) -> str | None:
    """The place or year that a sentence speaks about."""
    view = current.view(evidence.passage.chunk.source)
    return year_told(evidence, view) if by == "year" else place_told(evidence, view, sorted(view.places))


def _surer(alone: Answer, about: Answer) -> Answer:
    """A question's answer as it stands alone, unless as one about what was asked before it is clearly surer."""
    probabilities = [max((c.score for c in answer.citations), default=0.0) for answer in (alone, about)]
    return about if probabilities[1] > probabilities[0] + _CLEARLY else alone
