"""Weigh evidence by what the reader says of its passage. Pure, apart from reading.

The rules know what kind of answer is asked; the reader knows what a sentence means. Where a figure, a date or a
person is asked the rules lead; where a question asks anything else, or in other words than the report's, the
reader does. How much each counts was measured: docs/quality.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from ingest.language import dates
from rag.evidence import sentences as extract
from rag.evidence.library import Read
from rag.question.kind import Asked, Kind
from rag.question.query import Query
from rag.reader.reader import Reading, ToRead
from rag.records import Evidence, Passage

READ = 4  # passages read for an answer
REREAD = 3  # and to put them in order
# How far a certain reading lifts a sentence above another.
_WORTH: dict[Kind, float] = {"figure": 0.3, "date": 1.0}
_WORTH_ELSE = 2.0
_UNSURE = 0.04  # how near the second report's score must be to the first's for passages to be read before ranking
_SETTLED = 0.9  # the relevance of a passage behind which none is read any more for that
_PRIOR = 32.0  # what retrieval's score weighs beside the log odds of relevance
_CERTAIN = 0.4  # from where on a reading outweighs that no name or word of the asked kind was recognised
_TOLD = 0.5  # the relevance from which on the reader's span is given as the short answer
_SHORT = 40  # characters of the longest short answer
# Kinds of answers that only a reader can pick out of a sentence.
_PICKED: frozenset[Kind] = frozenset({"text", "name", "person", "body", "place", "date"})
_TIME = re.compile(r"世纪|年代|[年月日号]|[春夏秋冬]|朝|时期")
_COUNTED = re.compile(r"\d|[一二三四五六七八九十百千万两几多][名位个家人]")
# Kinds whose answer is evidence itself: a figure, date or name of the asked kind beside the words of the question.
_EVIDENT: frozenset[Kind] = frozenset({"figure", "date", "person", "post"})
_EVIDENT_LEAST = 0.65  # the share of the evidence otherwise needed that is enough for them
_BORNE_OUT = 0.3  # the relevance that bears out a date or a person
_SOMEWHERE = 0.02  # below it nothing says where, though the words, which only name the thing, are all there
_BESIDE = 0.75  # the focus from which on they need no reader for that
_TRUST = 0.625  # scales support and relevance so that the threshold is the same with and without the reader


def read_evidence(
    query: Query, evidence: Sequence[Evidence], passages: Sequence[Passage], read: Read
) -> list[Evidence]:
    """The evidence with what the reader says of it.

    The passages that the rules and the retrieval think best are read, in turn; what neither thinks worth reading
    counts as irrelevant.
    """
    chosen = _chosen(extract.rank(evidence), passages)
    readings = read(query.question.interpreted, [_to_read(p) for p in chosen])
    said = {p.chunk.id: reading for p, reading in zip(chosen, readings, strict=True) if reading is not None}
    return [_weighed(query.asked, e, said.get(e.passage.chunk.id)) for e in evidence]


def is_enough(evidence: Evidence, query: Query, min_evidence: float) -> bool:
    """Whether evidence carries enough of the question to be its answer."""
    if evidence.mismatch is not None:
        return False
    # Words translated one by one are found anywhere: what they ask must stand beside the answer itself.
    if query.core and evidence.focus < min_evidence:
        return False
    relevance = evidence.relevance
    if query.asked.kind in _EVIDENT:
        unread = query.asked.kind == "figure" or relevance is None
        borne_out = unread or (relevance or 0.0) >= _BORNE_OUT or evidence.focus >= _BESIDE
        return borne_out and evidence.support >= _EVIDENT_LEAST * min_evidence
    if relevance is None:
        return evidence.support >= min_evidence
    if query.asked.kind == "place" and relevance < _SOMEWHERE:
        return False
    return _TRUST * (evidence.support + relevance) >= min_evidence


def is_unsure(passages: Sequence[Passage]) -> bool:
    """Whether retrieval alone hardly tells the first report from the next."""
    second = next((p for p in passages if p.chunk.source != passages[0].chunk.source), None)
    return second is not None and passages[0].score - second.score < _UNSURE


def reread(question: str, passages: Sequence[Passage], read: Read) -> list[Passage]:
    """The passages, the first few in the order in which retrieval and reading together put them.

    They are read one by one, until one settles the question. Scores stay in their places: the passage put first has
    the highest.
    """
    worth: list[float] = []
    for passage in passages[:REREAD]:
        (reading,) = read(question, [_to_read(passage)])
        relevance = reading.relevance if reading is not None else 0.0
        worth.append(_log_odds(relevance) + _PRIOR * passage.score)
        if relevance >= _SETTLED:
            break
    order = sorted(range(len(worth)), key=lambda i: -worth[i])
    first = [replace(passages[i], score=p.score) for i, p in zip(order, passages, strict=False)]
    return first + list(passages[len(first) :])


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(inside / (1 - inside))


def _to_read(passage: Passage) -> ToRead:
    return ToRead(passage.chunk.text, passage.title, passage.chunk.section or "")


def _chosen(ranked: Iterable[Evidence], passages: Sequence[Passage]) -> list[Passage]:
    """The passages to read: alternately the one with the best evidence and the one retrieved first."""
    by_evidence = {e.passage.chunk.id: e.passage for e in ranked}
    by_retrieval = {p.chunk.id: p for p in passages[:READ]}
    chosen: dict[str, Passage] = {}
    for pair in zip_longest(list(by_evidence.values())[:READ], by_retrieval.values()):
        for passage in filter(None, pair):
            if len(chosen) < READ:
                chosen.setdefault(passage.chunk.id, passage)
    return list(chosen.values())


def _weighed(asked: Asked, evidence: Evidence, reading: Reading | None) -> Evidence:
    if reading is None:
        return replace(evidence, relevance=0.0)
    at = evidence.passage.chunk.start
    spans = [(at + span.start, at + span.end, span.score) for span in reading.spans]
    told = _overlap(spans, evidence.start, evidence.end)
    if evidence.short is not None:
        told = (told + _overlap(spans, *evidence.short)) / 2
    certainty = reading.relevance * told
    picked = spans[0][:2] if spans and _is_picked(asked, evidence, *spans[0][:2]) else None
    mismatch, short = evidence.mismatch, evidence.short
    if certainty >= _CERTAIN and (
        (mismatch == "kind" and picked) or (mismatch in ("kind", "thing") and asked.kind not in _EVIDENT)
    ):
        mismatch = None
    if short is None and reading.relevance >= _TOLD:
        short = picked
    read = _WORTH.get(asked.kind, _WORTH_ELSE) * certainty
    return replace(evidence, mismatch=mismatch, short=short, relevance=reading.relevance, read=read)


def _is_picked(asked: Asked, evidence: Evidence, start: int, end: int) -> bool:
    """Whether the reader's span in a report may be the short answer that no rule recognised."""
    if asked.kind not in _PICKED or start < evidence.start or end > evidence.end or end - start > _SHORT:
        return False
    first, last = start - evidence.start, end - evidence.start
    said = evidence.text[first:last]
    if asked.kind == "date":
        return bool(dates.find(said) or _TIME.search(said))
    if asked.kind == "person":
        named = not _COUNTED.search(said)
        return named and (
            not asked.role or extract.near_role(evidence.text, asked.role, first, last, (0, len(evidence.text)))
        )
    return True


def _overlap(spans: Iterable[tuple[int, int, float]], start: int, end: int) -> float:
    """The share of the reader's spans that reach into [start, end)."""
    return sum(score for first, last, score in spans if first < end and last > start)
