"""One generation of the index as questions see it: searched, with what is looked up in it remembered.

Guarantees: what two questions look up in one generation is the same; nothing here outlives it. Any thread may look up.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence

from ingest.embedding.embed import Embedder
from ingest.index.published import Index
from ingest.language import bodies
from ingest.language.places import find as places_in
from ingest.language.script import to_simplified
from rag.answers.citing import title_of
from rag.evidence.subject import ReportView, mainly_of, named_by_file, view
from rag.judge.ranking import Frequency, Naming
from rag.question.glossary import Glossary, load_glossary
from rag.question.places import known_places
from rag.question.query import Query, names_place
from rag.records import Passage
from rag.search.filters import Filter, choose
from rag.search.fuse import CANDIDATES, fuse

_NAMED = 0.1  # what it counts that a report's title names the place that is asked about
_NAMED_FOREIGN = 0.3  # and in another language, whose words and vectors tell reports apart less well

Within = Collection[str] | None
"""The sources of the reports to look in; None means all."""


class Generation:
    """One open generation and how many questions are using it."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.entries = {entry.source: entry for entry in index.reports()}
        self.titles = {entry.source: title_of(entry.title, entry.source) for entry in self.entries.values()}
        self.report = functools.lru_cache(maxsize=64)(index.report)
        self.view = functools.lru_cache(maxsize=64)(self._view)
        self.naming = functools.lru_cache(maxsize=4096)(self._naming)
        self.frequency = functools.lru_cache(maxsize=262144)(index.frequency)
        self.chunks = index.catalog.chunk_count()
        self.regions = known_places(index.catalog.regions())
        self.users = 0
        self.retired = False
        self._named_by = functools.cache(self._borne_name)
        self._untitled = functools.cache(self._names_no_place)

    @functools.cached_property
    def glossary(self) -> Glossary:
        """Read at the first question in English."""
        return load_glossary(self.index.held, self.regions)

    @functools.cached_property
    def paths(self) -> dict[str, str]:
        """Every source in Simplified script."""
        return {source: to_simplified(source) for source in self.entries}

    def within(self, only: Filter) -> Within:
        """The sources a filter lets through. Raises NothingSelected when there is none."""
        return choose(list(self.entries.values()), only, self.naming) if only else None

    def without(self, within: Within, left_out: Collection[str]) -> Within:
        """The sources to look in but for some."""
        return set(self.entries if within is None else within) - set(left_out) if left_out else within

    def frequency_within(self, within: Within) -> Frequency:
        """In how many chunks of these reports a part of a question stands."""
        if within is None:
            return self.frequency
        return functools.cache(lambda term: self.index.frequency(term, within) if self.frequency(term) else 0)

    def naming_within(self, within: Within) -> Naming:
        """The sources of those of these reports that a name occurs in."""
        if within is None:
            return self.naming
        among = frozenset(within)
        return lambda name: self.naming(name) & among

    def search(self, embedder: Embedder, queries: Sequence[Query], k: int, within: Within) -> list[list[Passage]]:
        """The k best passages for each query, best first."""
        if not queries:
            return []
        wanted = max(k, CANDIDATES)
        vectors = embedder.questions([query.meaning for query in queries])
        nearest = self.index.nearest(vectors, wanted, within)
        results = []
        for query, near in zip(queries, nearest, strict=True):
            hits = self._lifted(query, fuse(near, self.index.matching(query.words, wanted, within)))
            results.append(self._passages(hits[:k]))
        return results

    def _lifted(self, query: Query, hits: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """The hits, those first whose report's title names a place that the question asks about, or that are mostly
        about one."""
        if not query.places and not query.named.bodies:
            return hits
        source_of = self.index.catalog.sources([id_ for id_, _ in hits])
        named = {source for source in set(source_of.values()) if self._is_of_the_asked(query, source)}
        asked = [name for names in query.places for name in names]
        untitled = set(filter(self._untitled, set(source_of.values()) - named)) if asked else set()
        telling = {source for name in asked for source in self.naming(name)} if untitled else set()
        named |= {source for source in untitled & telling if mainly_of(self.view(source), asked)}
        lift = _NAMED_FOREIGN if query.core else _NAMED
        lifted = [(id_, min(1.0, score + lift * (source_of.get(id_) in named))) for id_, score in hits]
        return sorted(lifted, key=lambda hit: -hit[1])

    def _is_of_the_asked(self, query: Query, source: str) -> bool:
        """Whether a report's title names a place that is asked about, or its file or folder a place or organisation."""
        name = self._named_by(source)
        own_bodies = bodies.find(name) if name and query.named.bodies else ()
        return (bool(query.places) and (names_place(query, self.titles[source]) or names_place(query, name))) or any(
            body.is_same(organisation) for body in own_bodies for organisation in query.named.bodies
        )

    def _passages(self, hits: Sequence[tuple[str, float]]) -> list[Passage]:
        passages = []
        for chunk, (_, score) in zip(self.index.chunks([id_ for id_, _ in hits]), hits, strict=True):
            entry = self.entries[chunk.source]
            owner = self._owner(chunk.source)
            passages.append(Passage(chunk, self.titles[chunk.source], entry.date, round(score, 6), owner))
        return passages

    def _view(self, source: str) -> ReportView:
        return view(self.report(source), self.titles[source], self.regions)

    def _naming(self, name: str) -> set[str]:
        """The sources of the reports that a name occurs in: in the text, the title or where only the file bears one."""
        borne = {source for source, path in self.paths.items() if name in path and name in self._named_by(source)}
        return self.index.catalog.naming(name) | borne

    def _borne_name(self, source: str) -> str:
        """What the names of a report's file and folders say of whose it is, where its title doesn't."""
        return named_by_file(self.entries[source].title or "", source)

    def _names_no_place(self, source: str) -> bool:
        """Whether a report's title names no place."""
        return not places_in(to_simplified(self.titles[source]))

    def _owner(self, source: str) -> str:
        """Whose a report is by the names of its file and folders, as far as the report is one of theirs."""
        return self.view(source).owner if self._named_by(source) else ""
