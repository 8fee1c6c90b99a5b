"""Reports as answering sees them, cut and counted by the product's own parts, but found by nobody: a test says which
sentence is held against a question and what was read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

from ingest.chunk import chunk
from ingest.cleaning.normalize import normalize
from ingest.index.lexical import terms
from ingest.records import Chunk, CleanReport, RawReport
from rag.answers.citing import title_of
from rag.evidence.sentences import whole_sentences
from rag.evidence.shorts import with_short
from rag.evidence.subject import ReportView, view
from rag.judge.case import Case
from rag.judge.judge import Judge
from rag.judge.ranking import Library, Read
from rag.question.glossary import Glossary, load_glossary
from rag.question.places import known_places
from rag.question.query import Query, build
from rag.question.understand import understand
from rag.reader.reader import Reading, Span, Token, ToRead
from rag.records import Evidence, Passage

CHUNK = 280  # characters, as the default setting
EVERYTHING_ANSWERS = Judge(ranking={}, weights={}, bias=30.0, sure=0.5, likely=0.4)
NOTHING_ANSWERS = Judge(ranking={}, weights={}, bias=-30.0, sure=0.5, likely=0.4)


class Shelf:
    """Some reports by the names of their files."""

    def __init__(self, texts: Mapping[str, str], size: int = CHUNK) -> None:
        self.reports = {name: normalize(RawReport(name, text, "")) for name, text in texts.items()}
        self.pieces = [piece for report in self.reports.values() for piece in chunk(report, size)]
        self.regions = known_places(region for report in self.reports.values() for region in report.regions)
        self.view = cache(self._view)
        self.frequency = cache(self._frequency)

    @property
    def chunks(self) -> int:
        return len(self.pieces)

    @cached_property
    def glossary(self) -> Glossary:
        return load_glossary(lambda words: {word for word in words if any(word in c.text for c in self.pieces)})

    def report(self, source: str) -> CleanReport:
        return self.reports[source]

    def naming(self, name: str) -> set[str]:
        return {s for s, report in self.reports.items() if name in report.text or name in (report.title or "")}

    def query(self, question: str, history: Sequence[str] = ()) -> Query:
        return build(understand(question, history, self.regions), self)

    def passage(self, piece: Chunk, score: float = 0.5) -> Passage:
        report = self.reports[piece.source]
        owner = self.view(piece.source).owner
        return Passage(piece, title_of(report.title, piece.source), report.date, score, owner)

    def passages(self) -> list[Passage]:
        """All there is, in the order of the texts."""
        return [self.passage(piece) for piece in self.pieces]

    def evidence(self, sentence: str, span: str = "", **read: Any) -> Evidence:
        """The sentence of a report that holds some words, with what was read of it; `span` are words in it."""
        source, at = next((s, r.text.index(sentence)) for s, r in self.reports.items() if sentence in r.text)
        text = self.reports[source].text
        piece = next(c for c in self.pieces if c.source == source and c.start <= at < c.end)
        start, end = next((a, b) for a, b in whole_sentences(text, piece.start, piece.end) if a <= at < b)
        begun = text.index(span, start) if span else 0
        held = (begun, begun + len(span)) if span else None
        spans = ((*held, 1.0),) if held else ()
        return replace(Evidence(self.passage(piece), start, end, text[start:end], span=held, spans=spans), **read)

    def case(self, question: str, sentence: str, span: str = "", **read: Any) -> Case:
        """The sentence held against a question."""
        query, evidence = self.query(question), self.evidence(sentence, span, **read)
        short = with_short(query, evidence)
        return Case(query, short, self.view(evidence.passage.chunk.source), 0.0, 0.0)

    def library(self, judge: Judge, read: Read | None = None) -> Library:
        return Library(self.report, self.view, self.frequency, self.naming, read, judge)

    def _view(self, source: str) -> ReportView:
        report = self.reports[source]
        return view(report, title_of(report.title, source), self.regions)

    def _frequency(self, term: str) -> int:
        return sum(term in terms(piece.text) for piece in self.pieces)


def reading_of(text: str, proved: Sequence[str] = (), span: str = "", **said: float) -> Reading:
    """What is said of a passage whose answer stands in these of its sentences, at these words."""
    tokens = tuple(
        Token(i, i + 1, 4.0 if any(text.find(p) <= i < text.find(p) + len(p) for p in proved if p in text) else -4.0)
        for i in range(len(text))
    )
    at = text.find(span) if span else -1
    spans = (Span(at, at + len(span), 1.0),) if at >= 0 else ()
    told = {"relevance": 4.0 if at >= 0 or any(p in text for p in proved) else -4.0, "margin": 0.0, "polarity": 0.0}
    return Reading(**(told | said), spans=spans, tokens=tokens)


def reader_of(proved: Sequence[str] = (), span: str = "", **said: float) -> Read:
    """A reader that was told what is so."""

    def read(_question: str, passages: Sequence[ToRead]) -> list[Reading]:
        return [reading_of(passage.text, proved, span, **said) for passage in passages]

    return read
