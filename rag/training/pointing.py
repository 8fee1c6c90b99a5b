"""Which figure or date of a sentence answers, fitted on what readers say of authors that they weren't taught by.

A row is a sentence that proves an answer and holds several places of the asked kind; the reader reads its passage.
Weights are those of a logistic regression over the differences between right places and the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from config.errors import UsageError
from ingest.language.script import to_simplified
from rag.evidence.pointing import FEATURES, Spots
from rag.evidence.sentences import whole_sentences
from rag.evidence.shorts import spots
from rag.evidence.subject import fold_same_length
from rag.question.query import Query
from rag.reader.reader import Reading, ToRead
from rag.training.authored import Question
from rag.training.taught import passages

_CHUNK = 280  # characters, as the product cuts unless told otherwise
_RIDGE = 0.5  # scikit-learn's C

Read = Callable[[str, Sequence[ToRead]], list[Reading]]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """The places of a sentence: (places, features), and which of them hold a fact of the answer."""

    author: str
    features: Floats
    right: npt.NDArray[np.bool_]


def row_of(question: Question, build: Callable[[str], Query], read: Read) -> Row | None:
    """The row of a question; None where one place or none may answer, or none does."""
    if not question.facts or question.yes is not None:
        return None
    try:
        query = build(question.text)
    except UsageError:  # a follow-up
        return None
    found = _proof(question)
    if found is None or query.expected.kind not in ("figure", "date"):
        return None
    start, end = found
    text = fold_same_length(question.document.report.text[start:end])
    places = spots(query.expected, text)
    right = np.array([_holds(question, text, place) for place in places], dtype=bool)
    if right.all() or not right.any():
        return None
    spans = list(_pointed(question, query, start, end, read))
    said = Spots.of(query, text, places, spans).features()
    return Row(question.document.author, np.array([[each[name] for name in FEATURES] for each in said]), right)


def fit(rows: Sequence[Row]) -> dict[str, float]:
    """What each feature is worth."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    pairs = [
        (row.features[row.right][:, None] - row.features[~row.right][None]).reshape(-1, len(FEATURES)) for row in rows
    ]
    weight = np.concatenate([np.full(len(each), 1 / len(each)) for each in pairs])
    apart = np.concatenate(pairs)
    model = LogisticRegression(C=_RIDGE, fit_intercept=False, max_iter=2000)
    model.fit(np.concatenate([apart, -apart]), np.repeat([1, 0], len(apart)), sample_weight=np.tile(weight, 2))
    return {name: round(float(worth), 4) for name, worth in zip(FEATURES, model.coef_[0], strict=True)}


def left_out(rows: Sequence[Row]) -> list[tuple[float, bool]]:
    """(how likely the chosen place is right, whether it is) of each row, by weights fitted on the other authors."""
    told = []
    for author in dict.fromkeys(row.author for row in rows):
        weights = np.array(list(fit([row for row in rows if row.author != author]).values()))
        for row in rows:
            if row.author == author:
                odds = row.features @ weights
                best = int(np.argmax(odds))
                told.append((float(1 / np.exp(odds - odds[best]).sum()), bool(row.right[best])))
    return told


def _proof(question: Question) -> tuple[int, int] | None:
    """The first sentence of the evidence that holds a fact."""
    text = question.document.report.text
    for start, end in question.evidence:
        for sentence in whole_sentences(text, start, end):
            folded = fold_same_length(text[slice(*sentence)])
            if any(form in folded for form in _forms(question)):
                return sentence
    return None


def _forms(question: Question) -> list[str]:
    return [fold_same_length(to_simplified(form)) for forms in question.facts for form in forms]


def _holds(question: Question, text: str, place: tuple[int, int]) -> bool:
    """Whether a place and a form of a fact share characters."""
    at = ((text.find(form, max(0, place[0] - len(form) + 1)), len(form)) for form in _forms(question))
    return any(0 <= start < place[1] and place[0] < start + length for start, length in at)


def _pointed(question: Question, query: Query, start: int, end: int, read: Read) -> Iterator[tuple[int, int, float]]:
    """Where the reader points in the sentence, in the passage that holds most of it."""
    cut = passages(question.document, _CHUNK)
    passage = max(cut, key=lambda p: min(p.end, end) - max(p.start, start))
    report = question.document.report
    reading = ToRead(passage.text, report.title or "", passage.section, question.document.date)
    for span in read(query.question.interpreted, [reading])[0].spans:
        yield span.start + passage.start - start, span.end + passage.start - start, span.score
