"""What the judge is fitted on: questions, and the sentences that a reader which wasn't taught by their authors read.

Each question is asked as it stands; some also of all reports but its own, and some about another place or year, which
nothing answers. A row of features is kept for every sentence with whether it is right, as JSON lines, so that what was
interrupted goes on.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from ingest.language import dates, divisions, places
from rag.judge.case import Case
from rag.judge.features import FEATURES
from rag.training.authored import Document, Question
from rag.training.sameness import bare

Variant = Literal["asked", "without", "moved"]
Examine = Callable[[str, Sequence[str]], list[Case]]
"""(question, reports left out) → its cases."""

_SEED = 1
_APART = 6  # years that a question's year is moved by at most
_YEARS, _KNOWN = 0.6, 0.5  # shares of what is moved: the year where one is told, to a place that reports are about


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence as the judge is shown it. `right`: it proves the answer or holds every fact; `facts` are the places of
    the question's facts that it holds."""

    source: str
    start: int
    text: str
    features: dict[str, float]
    proof: float
    polarity: float
    short: str
    right: bool
    facts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its sentences, the most promising first."""

    id: str
    author: str
    kind: str
    variant: Variant
    answerable: bool
    facts: int
    yes: bool | None
    source: str
    sentences: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A question in one of its variants; `text` is what is asked, `left_out` the reports that aren't looked in."""

    question: Question
    variant: Variant
    text: str
    left_out: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.question.document.author}/{self.question.id}/{self.variant}"


def variants(questions: Sequence[Question], documents: Sequence[Document], share: float) -> Iterator[Trial]:
    """Every question as it stands, and so large a share of those with an answer about another place or year where they
    name one; half as many without the report."""
    rng = random.Random(_SEED)
    known = sorted({place.name for document in documents for place in places.find(document.report.title or "")})
    for question in questions:
        if not question.answerable:  # by its own report; another one of the author's may answer it
            yield Trial(question, "asked", question.text, _others(question, documents))
            continue
        yield Trial(question, "asked", question.text)
        if rng.random() < share and (moved := _moved(question.text, known, rng)):
            yield Trial(question, "moved", moved, _others(question, documents))
        if rng.random() < share / 2:
            copies = [d.source for d in documents if d.ending == question.document.ending]
            yield Trial(question, "without", question.text, (question.document.source, *copies))


def _others(question: Question, documents: Sequence[Document]) -> tuple[str, ...]:
    """The author's other reports: they are about the same places, and years beside the one that is asked about."""
    own = question.document
    return tuple(d.source for d in documents if d.author == own.author and d.source != own.source)


def row_of(trial: Trial, examine: Examine) -> Row:
    """What the judge is shown, beside what is true of it."""
    question = trial.question
    text = question.document.report.text
    proofs = [bare(text[start:end]) for start, end in question.evidence]
    held = trial.variant == "asked"
    sentences = tuple(_judged(case, question, proofs, held) for case in examine(trial.text, trial.left_out))
    return Row(
        trial.id,
        question.document.author,
        question.kind,
        trial.variant,
        question.answerable and held,
        len(question.facts),
        question.yes,
        question.document.source,
        sentences,
    )


def collect(asked: Sequence[Trial], examine: Examine, path: Path) -> list[Row]:
    """A row for each, from the file where it is there already."""
    rows = {row.id: row for row in read_rows(path)} if path.exists() else {}
    with path.open("a", encoding="utf-8") as file:
        for done, each in enumerate(asked):
            if each.id not in rows:
                rows[each.id] = row_of(each, examine)
                file.write(json.dumps(asdict(rows[each.id]), ensure_ascii=False) + "\n")
                file.flush()
            if done % 100 == 0:
                print(f"{path.name}: {done} of {len(asked)}", file=sys.stderr, flush=True)
    return [rows[each.id] for each in asked]


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        sentences = tuple(Judged(**{**each, "facts": tuple(each["facts"])}) for each in row["sentences"])
        yield Row(**{**row, "sentences": sentences})


def _judged(case: Case, question: Question, proofs: Sequence[str], held: bool) -> Judged:
    evidence = case.evidence
    own, said = evidence.passage.chunk.source == question.document.source, bare(evidence.text)
    facts = tuple(i for i, forms in enumerate(question.facts) if held and any(bare(form) in said for form in forms))
    part = bool(facts) or not question.facts  # of the sentences of a long proof those that hold a fact
    proves = any(proof in said or (part and said in proof) for proof in proofs) and len(said) > 1
    whole = bool(question.facts) and len(facts) == len(question.facts)
    return Judged(
        source=evidence.passage.chunk.source,
        start=evidence.start,
        text=evidence.text,
        features={name: round(feature(case), 5) for name, feature in FEATURES.items()},
        proof=evidence.proof,
        polarity=evidence.polarity,
        short=case.view.text[slice(*evidence.short)] if evidence.short else "",
        right=held and proves and (own or whole or not question.facts),
        facts=facts,
    )


def _moved(text: str, known: Sequence[str], rng: random.Random) -> str | None:
    """The question about another year, or another place: one that a report is about, or one of which none may know."""
    named = [place for place in places.find(text) if place.name]
    told = [date for date in dates.find(text) if date.year and re.match(r"\d{4}", text[date.start :])]
    if told and (not named or rng.random() < _YEARS):
        at = told[0].start
        return text[:at] + str(int(text[at : at + 4]) - rng.randint(1, _APART)) + text[at + 4 :]
    if named:
        place = rng.choice(named)
        wide = known if rng.random() < _KNOWN else sorted(divisions.by_name())
        others = [name for name in wide if name != place.name and place.stem not in name]
        return text[: place.start] + rng.choice(others) + text[place.end :] if others else None
    return None


def by_author(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    """The rows of each author."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.author, []).append(row)
    return found
