"""Authored questions to training examples: a passage that proves the answer, and one that looks as if it did.

Passages are cut as the product cuts them, of any size it may be set to. An example draws at random which passage it
reads and how the question is typed; the same generator gives the same examples. Pure.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.chunk import chunk
from rag.training.authored import Author, Document, Question, Run
from rag.training.bigrams import bigrams
from rag.training.examples import SIZES, Example, Group
from rag.training.typed import as_typed

_TITLED = 0.88  # share of the examples with the report's title in front
_DATED = 0.7  # and with its date
_HALF = 0.5  # of a sentence that must stand in a passage
_WIDE = 70  # characters within which several facts are still one span
_HARDEST = 4  # passages of each kind that mislead most
_OWN, _MINED = 0.5, 0.85  # up to these: the hardest of the same report, those of other reports; else any of its own
_SENTENCE = 60  # characters of about one sentence: the product reads the most promising ones alone
_CUTS = (*SIZES, _SENTENCE, _SENTENCE)
_NEAR = 3  # passages of other reports tried for a question that nothing answers


@dataclass(frozen=True, slots=True)
class Passage:
    """`document.report.text[start:end]`, under its heading."""

    document: Document
    start: int
    end: int
    section: str = ""

    @property
    def text(self) -> str:
        return self.document.report.text[self.start : self.end]

    def part_of(self, run: Run) -> Run | None:
        """A run of the report's text in this passage, if more than half of it stands here."""
        start, end = max(run[0], self.start), min(run[1], self.end)
        return (start - self.start, end - self.start) if end - start > _HALF * (run[1] - run[0]) else None


Mined = Mapping[str, Sequence[Passage]]
"""By question the passages of other reports that the product's search finds for it, best first."""


def passages(document: Document, size: int) -> list[Passage]:
    """The report cut as the product does with chunks of that size."""
    return [Passage(document, c.start, c.end, c.section or "") for c in chunk(document.report, size)]


def proving(question: Question, passage: Passage) -> Example | None:
    """The example of a passage that proves the answer, or a part of it; None where it doesn't hold what was asked."""
    evidence = tuple(part for run in question.evidence if (part := passage.part_of(run)))
    if passage.document is not question.document or not evidence:
        return None
    found = [place for forms in question.facts if (place := _place(forms, passage.text, evidence))]
    if question.facts and not found and question.yes is None:
        return None
    start, end = _span(question, found)
    return replace(unproved(question, passage), start=start, end=end, evidence=evidence, yes=question.yes)


def misleading(question: Question, passage: Passage) -> Example | None:
    """The example of a passage that doesn't answer; None where it holds evidence, or every fact, after all."""
    if passage.document is question.document:
        if any(run[0] < passage.end and run[1] > passage.start for run in question.evidence):
            return None
    elif question.facts and all(any(form in passage.text for form in forms) for forms in question.facts):
        return None
    return unproved(question, passage)


def pair(question: Question, cut: Sequence[Passage], mined: Sequence[Passage], rng: random.Random) -> Group:
    """Two examples of a question, the one that is answered first; fewer where there is nothing to draw from."""
    proven = [example for passage in cut if (example := proving(question, passage))]
    own = hardest(question, [example for passage in cut if (example := misleading(question, passage))])
    others = [example for passage in mined if (example := misleading(question, passage))]
    if question.answerable:
        return (rng.choice(proven), *_against(own, others, rng)) if proven else ()
    near = [unproved(question, p) for p in cut if question.near and p.start <= question.near[0] < p.end]
    beside = [example for example in own[:_HARDEST] + others[:_NEAR] if example not in near]
    first = near or own[:_HARDEST] or others[:_HARDEST]
    return tuple(rng.choice(some) for some in (first, beside) if some)


def hardest(question: Question, examples: Sequence[Example]) -> list[Example]:
    """Those first that share most pairs of characters with the question."""
    asked = set(bigrams(question.text))
    return sorted(examples, key=lambda example: -len(asked & set(bigrams(example.passage))))


def taught_groups(authors: Sequence[Author], mined: Mined, rng: random.Random) -> Iterator[Group]:
    """One epoch: a pair for every question."""
    cutter = _Cutter()
    for author in authors:
        for question in author.questions:
            cut = cutter(question.document, rng.choice(_CUTS))
            group = pair(question, cut, mined.get(question.id, ()), rng)
            if group:
                yield varied(group, rng)


def varied(group: Group, rng: random.Random) -> Group:
    """The group with its question as somebody may type it, and perhaps without the reports' titles or dates."""
    question = as_typed(group[0].question, rng)
    titled, dated = rng.random() < _TITLED, rng.random() < _DATED
    return tuple(
        replace(e, question=question, title=e.title if titled else "", date=e.date if dated else "") for e in group
    )


class _Cutter:
    """Cuts every report once for each size."""

    def __init__(self, cut: Callable[[Document, int], list[Passage]] = passages) -> None:
        self._cut, self._kept = cut, dict[tuple[str, int], list[Passage]]()

    def __call__(self, document: Document, size: int) -> list[Passage]:
        key = (document.source, size)
        if key not in self._kept:
            self._kept[key] = self._cut(document, size)
        return self._kept[key]


def _against(own: Sequence[Example], others: Sequence[Example], rng: random.Random) -> list[Example]:
    drawn = rng.random()
    first = own[:_HARDEST] if drawn < _OWN else others[:_HARDEST] if drawn < _MINED else own
    some = first or own or others
    return [rng.choice(some)] if some else []


def unproved(question: Question, passage: Passage) -> Example:
    """The question with a passage that isn't known to answer it."""
    document = passage.document
    title = document.report.title or ""
    return Example(question.text, title, passage.text, section=passage.section, date=document.date)


def _place(forms: Sequence[str], text: str, evidence: Sequence[Run]) -> Run | None:
    """Where the first of a fact's forms stands in the evidence."""
    for form in forms:
        for start, end in evidence:
            at = text.find(form, start, end) if form else -1
            if at >= 0:
                return at, at + len(form)
    return None


def _span(question: Question, found: Sequence[Run]) -> Run:
    """From the first fact to the last; nothing where they lie apart, where one is missing, and for yes or no."""
    if question.yes is not None or not found or len(found) < len(question.facts):
        return 0, 0
    start, end = min(place[0] for place in found), max(place[1] for place in found)
    return (start, end) if len(found) == 1 or end - start <= _WIDE else (0, 0)
