"""Question sets to training examples: passages cut from their documents, and passages that mislead.

A group is one question's examples: the first holds the answer, unless nothing does, and the others look as if they
might. Everything is drawn from one seeded generator, so the same sets give the same groups.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from config.errors import UsageError
from ingest.language.script import to_simplified
from rag.training.bigrams import Bigrams, bigrams

HELD_OUT = 8  # one document title of so many is never trained on
_SENTENCE_END = re.compile(r"[。！？!?；;\n]+")
SIZES = (110, 160, 220, 280, 340)  # characters; the product reads chunks of any of these lengths


@dataclass(frozen=True, slots=True)
class Example:
    """`passage[start:end]` answers `question`; start == end == 0 where no single run of characters does.

    `evidence` are the runs of the passage that prove the answer, in order, empty where it isn't answered or where
    only the answer's place is known. `yes` is the answer to a question that asks for yes or no. `date` is the
    report's, as YYYY-MM-DD.
    """

    question: str
    title: str
    passage: str
    start: int = 0
    end: int = 0
    section: str = ""
    date: str = ""
    evidence: tuple[tuple[int, int], ...] = ()
    yes: bool | None = None

    @property
    def answered(self) -> bool:
        return self.has_span or bool(self.evidence)

    @property
    def has_span(self) -> bool:
        return self.end > self.start

    @property
    def proof(self) -> tuple[tuple[int, int], ...]:
        """The evidence, or where only the answer's place is known the sentence it begins in."""
        if self.evidence or not self.has_span:
            return self.evidence
        return tuple(span for span in sentences(self.passage) if span[0] <= self.start < span[1])

    @property
    def answer(self) -> str:
        return self.passage[self.start : self.end]


Group = tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A text of a question set."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question of a set with its accepted answers and the document that holds them."""

    question: str
    answers: tuple[str, ...]
    doc_id: str


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Documents and the questions about them."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[SetQuestion, ...]

    def fold(self, *, held_out: bool) -> QuestionSet:
        """The part whose document titles are held out of training, or the rest."""
        documents = tuple(d for d in self.documents if is_held_out(d.title) == held_out)
        kept = {d.id for d in documents}
        return replace(self, documents=documents, questions=tuple(q for q in self.questions if q.doc_id in kept))


def is_held_out(title: str) -> bool:
    """Whether a document is kept out of training, told from its title alone: articles stay whole."""
    return hashlib.sha256(title.encode()).digest()[0] % HELD_OUT == 0


def read_set(folder: Path) -> QuestionSet:
    """A set in the shared layout (docs.jsonl, questions.jsonl), in Simplified script.

    Raises UsageError when it isn't there.
    """
    try:
        rows = [json.loads(line) for line in (folder / "docs.jsonl").open(encoding="utf-8")]
        asked = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    except OSError as exc:
        raise UsageError(
            f"缺少训练数据 {folder};请用 make reader DATA=… 指明数据目录",
            f"training data {folder} is missing; say where the data is: make reader DATA=…",
        ) from exc
    return QuestionSet(
        folder.name,
        tuple(Document(r["id"], to_simplified(r["title"]), to_simplified(r["text"])) for r in rows),
        tuple(
            SetQuestion(to_simplified(r["question"]), tuple(to_simplified(a) for a in r["answers"]), r["doc_id"])
            for r in asked
        ),
    )


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans that cover the text, each up to and with its closing mark."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    starts = [0, *ends[:-1]]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]


def windows(text: str, size: int) -> list[tuple[int, int]]:
    """Spans of whole sentences of about `size` characters, one after the other."""
    spans: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if spans and end - spans[-1][0] <= size:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def groups_of(questions: QuestionSet, rng: random.Random) -> Iterator[Group]:
    """A group for every question whose answer stands whole in one passage."""
    titles: list[str] = []
    passages: list[str] = []
    own: dict[str, list[int]] = {}
    for document in questions.documents:
        for start, end in windows(document.text, rng.choice(SIZES)):
            own.setdefault(document.id, []).append(len(passages))
            titles.append(document.title)
            passages.append(document.text[start:end])
    index = Bigrams(passages)
    for asked in questions.questions:
        holding = [i for i in own.get(asked.doc_id, ()) if any(a in passages[i] for a in asked.answers)]
        if not holding:
            continue
        best = max(holding, key=lambda i: _shared(asked.question, passages[i]))
        headed = rng.random() < 0.5
        positive = locate(asked, titles[best] if headed else "", passages[best])
        misleading = [
            Example(asked.question, titles[i] if headed else "", passages[i])
            for i in index.top(asked.question, 12)
            if not any(a in passages[i] for a in asked.answers)
        ]
        negatives = [*misleading[:2], *rng.sample(misleading[2:], min(1, len(misleading[2:])))]
        without = without_answer(positive)
        yield (positive, *negatives, *([without] if without else []))


def locate(asked: SetQuestion, title: str, passage: str) -> Example:
    """The answer at its place in the passage: the occurrence whose surroundings resemble the question most."""
    answer = max((a for a in asked.answers if a in passage), key=len)
    places = [match.start() for match in re.finditer(re.escape(answer), passage)]
    start = max(
        places,
        key=lambda at: (
            _shared(asked.question, passage[max(0, at - 40) : at])
            + _shared(asked.question, passage[at + len(answer) : at + len(answer) + 40])
        ),
    )
    return Example(asked.question, title, passage, start, start + len(answer))


def without_answer(example: Example) -> Example | None:
    """The same passage without the sentence of the answer: the subject is there, what is asked isn't."""
    for start, end in sentences(example.passage):
        if start <= example.start < end:
            left = example.passage[:start] + example.passage[end:]
            if len(left) >= 40 and example.answer not in left:
                return replace(example, passage=left, start=0, end=0)
    return None


def _shared(question: str, text: str) -> int:
    wanted = set(bigrams(question))
    return sum(gram in wanted for gram in bigrams(text))
