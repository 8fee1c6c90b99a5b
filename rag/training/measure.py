"""What a reader is worth: spans given the paragraph, recall in open retrieval, refusal, calibration.

Everything is measured on the reader as it is served (8-bit graph, calibrated), on questions it was not
trained on.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.chunk import chunk, embedding_input
from ingest.cleaning.normalize import normalize
from ingest.embedding.embed import Embedder
from ingest.formats import sources
from ingest.language.script import to_simplified
from rag.question.understand import understand
from rag.reader.reader import Reader, Reading, ToRead
from rag.training.bigrams import Bigrams
from rag.training.examples import Asked, QuestionSet, windows
from rag.training.replay import SETS
from rag.training.sameness import auc, bare, holds, is_short_answer, overlap

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

OPEN_SETS = ("cmrc2018-trial", "drcd-dev")
_CHUNK = 280
_CANDIDATES = 12
_ALL = 1_000_000  # characters: read everything
_NEVER = 2.0  # a relevance no passage reaches
_DENSE = 0.4  # the dense score's share in fusion, the lexical one's is the rest
_PRIOR = 4.0  # what retrieval's score, 0-1, weighs against the reader's log odds


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Exact match and F1 (longest common run of characters, as CMRC 2018 measures it), means over n questions."""

    exact: float
    f1: float
    n: int


@dataclass(frozen=True, slots=True)
class OpenScores:
    """Recall@1 of the right document over n questions, by way of ranking."""

    lexical: float
    dense: float
    fused: float
    read: float
    n: int


@dataclass(frozen=True, slots=True)
class SeedScores:
    """`auc` of refusing by relevance alone; of `n` answerable questions: right report, fact in the span, exactly it."""

    auc: float
    report: int
    inside: int
    exact: int
    n: int


def figures(
    reader: Reader,
    data: Path,
    sets: Mapping[str, QuestionSet],
    seeds: Path,
    embedder: Embedder,
    work: Path,
    limit: int | None,
) -> Iterator[str]:
    """A line for every set, as soon as it is measured; at most `limit` questions of each."""
    scores = seed_questions(reader, data / "data" / "seeds-dev.jsonl", seeds, embedder)
    yield (
        f"seeds-dev, reader alone: refusal AUC {scores.auc:.3f}; of {scores.n} right report {scores.report}, "
        f"fact in the span {scores.inside}, short answer {scores.exact}"
    )
    for name in SETS:
        spans = gold_spans(reader, sets[name].fold(held_out=True), limit)
        yield f"{name} held out, gold paragraph: EM {spans.exact:.3f} F1 {spans.f1:.3f} ({spans.n} questions)"
    for name in OPEN_SETS:
        asked = sets[name].fold(held_out=True).questions
        recall = open_retrieval(reader, sets[name], asked, embedder, work / f"{name}-passages.npy", limit)
        yield (
            f"{name} held out, whole set: recall@1 lexical {recall.lexical:.3f} dense {recall.dense:.3f} "
            f"fused {recall.fused:.3f} read {recall.read:.3f} ({recall.n} questions)"
        )


def gold_spans(reader: Reader, questions: QuestionSet, limit: int | None = None) -> SpanScores:
    """Span scores when the gold paragraph is given, whole."""
    text = {document.id: document.text for document in questions.documents}
    exact: list[float] = []
    f1: list[float] = []
    for asked in _sample(questions.questions, limit):
        paragraph = text[asked.doc_id]
        said = best_span(paragraph, reader.read(asked.question, [ToRead(paragraph)], budget=_ALL)[0])
        exact.append(max(float(bare(said) == bare(answer)) for answer in asked.answers))
        f1.append(max(overlap(said, answer) for answer in asked.answers))
    return SpanScores(_mean(exact), _mean(f1), len(exact))


def open_retrieval(
    reader: Reader, whole: QuestionSet, asked: Sequence[Asked], embedder: Embedder, cache: Path, limit: int | None
) -> OpenScores:
    """Recall@1 of questions put to the whole set, ranked by words, by vectors, by both, and after reading."""
    import numpy as np

    documents, passages = [], []
    for document in whole.documents:
        for start, end in windows(document.text, _CHUNK):
            documents.append(document.id)
            passages.append(document.text[start:end])
    vectors = _vectors(embedder, passages, cache)
    index = Bigrams(passages)
    hits: dict[str, list[float]] = {"lexical": [], "dense": [], "fused": [], "read": []}
    for each in _sample(asked, limit):
        lexical = _lexical(index, each.question, len(passages))
        dense = vectors @ embedder.question(each.question)
        fused = fuse(lexical, dense)
        order = np.argsort(-fused, kind="stable")[:_CANDIDATES]
        read = reader.read(each.question, [ToRead(passages[i]) for i in order], budget=_ALL, settled=_NEVER)
        after = [combined(reading, float(fused[i])) for i, reading in zip(order, read, strict=True)]
        for name, best in (
            ("lexical", int(np.argmax(lexical))),
            ("dense", int(np.argmax(dense))),
            ("fused", int(order[0])),
            ("read", int(order[int(np.argmax(after))])),
        ):
            hits[name].append(float(documents[best] == each.doc_id))
    return OpenScores(**{name: _mean(found) for name, found in hits.items()}, n=len(hits["read"]))


def combined(reading: Reading | None, fused: float) -> float:
    """Log odds of the reader with retrieval's score as a prior."""
    import math

    relevance = min(max(reading.relevance if reading else 0.0, 1e-6), 1 - 1e-6)
    return math.log(relevance / (1 - relevance)) + _PRIOR * fused


def seed_questions(reader: Reader, gold: Path, reports: Path, embedder: Embedder) -> SeedScores:
    """The reader alone on questions about reports as delivered: cleaned and chunked, read, no rule at all."""
    import numpy as np

    texts: list[ToRead] = []
    where: list[str] = []
    embedded: list[str] = []
    for path in sorted(reports.glob("*.txt")):
        report = normalize(sources.parse(path.name, path.read_bytes()))
        for piece in chunk(report, _CHUNK):
            texts.append(ToRead(piece.text, report.title or "", piece.section or ""))
            where.append(path.name)
            embedded.append(embedding_input(report, piece))
    vectors = embedder.passages(embedded)
    index = Bigrams([to_simplified(text) for text in embedded])
    answerable: list[float] = []
    refused: list[float] = []
    report_right = inside = exact = 0
    for row in map(json.loads, gold.open(encoding="utf-8")):
        question = to_simplified(understand(row["question"], row.get("history", ())).interpreted)
        fused = fuse(_lexical(index, question, len(texts)), vectors @ embedder.question(question))
        order = np.argsort(-fused, kind="stable")[:_CANDIDATES]
        read = reader.read(question, [texts[i] for i in order], budget=_ALL, settled=_NEVER)
        relevances = [reading.relevance if reading else 0.0 for reading in read]
        best, relevance = int(np.argmax(relevances)), max(relevances)
        if not row["answers"]:
            refused.append(relevance)
            continue
        answerable.append(relevance)
        said = best_span(texts[order[best]].text, read[best])
        report_right += where[order[best]] in row["docs"]
        inside += holds(said, row["answers"])
        exact += is_short_answer(said, row["answers"])
    return SeedScores(auc(answerable, refused), report_right, inside, exact, len(answerable))


def fuse(lexical: Floats, dense: Floats) -> Floats:
    """Both scores brought to 0-1 over the passages, weighted."""
    spread = float(dense.max() - dense.min()) or 1.0
    fused: Floats = (1 - _DENSE) * lexical / (float(lexical.max()) or 1.0) + _DENSE * (dense - dense.min()) / spread
    return fused


def best_span(text: str, reading: Reading | None) -> str:
    """The text of the likeliest answer."""
    return text[reading.spans[0].start : reading.spans[0].end] if reading and reading.spans else ""


def _lexical(index: Bigrams, question: str, size: int) -> Floats:
    import numpy as np

    scores = np.zeros(size, np.float32)
    for i, score in index.scores(question).items():
        scores[i] = score
    return scores


def _vectors(embedder: Embedder, passages: Sequence[str], cache: Path) -> Floats:
    import numpy as np

    if cache.exists():
        kept: Floats = np.load(cache)
        if len(kept) == len(passages):
            return kept
    vectors = embedder.passages(passages)
    np.save(cache, vectors)
    return vectors


def _sample(questions: Sequence[Asked], limit: int | None) -> Sequence[Asked]:
    if limit is None or limit >= len(questions):
        return questions
    return random.Random(0).sample(list(questions), limit)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")
