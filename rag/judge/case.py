"""A sentence of a report held against a question. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingest.language import marks
from rag.evidence.subject import ReportView, fold_same_length
from rag.question.query import Query
from rag.records import Evidence


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence held against a question. `lead` is how far its passage's score is above the best of other reports,
    `ahead` by how many log odds its passage is more relevant than the best of the other passages, `unknown` the share
    of the question's telling parts that no report of the index holds."""

    query: Query
    evidence: Evidence
    view: ReportView
    lead: float
    unknown: float
    ahead: float = 0.0

    @property
    def at(self) -> int:
        """Where the answer stands: its short answer, else the sentence's end."""
        return self.evidence.short[0] if self.evidence.short else self.evidence.end

    @property
    def sentence(self) -> str:
        return self.view.text[self.evidence.start : self.evidence.end]

    @property
    def before(self) -> str:
        """What stands before the answer in its sentence."""
        return self.view.text[self.evidence.start : self.at]

    @property
    def clause(self) -> str:
        """The clause in which the answer stands; the whole sentence where there is no short answer."""
        if self.evidence.short is None:
            return self.sentence
        at = self.at - self.evidence.start
        spans = (span for span in marks.clauses(self.sentence) if span[0] <= at < span[1])
        return next((self.sentence[start:end] for start, end in spans), self.sentence)

    @property
    def above(self) -> str:
        """The paragraph before the sentence, its heading and its report's title."""
        paragraph = self.view.text[self.view.paragraph(self.evidence.start) : self.evidence.start]
        return f"{self.view.title}\n{self.section}\n{paragraph}"

    @property
    def section(self) -> str:
        return fold_same_length(self.evidence.passage.chunk.section or "")


Feature = Callable[[Case], float]
"""One thing that is known of it, in a range of about one."""
