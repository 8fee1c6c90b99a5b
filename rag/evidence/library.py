"""What answering looks things up in: reports, their views, the meaning of words, and the reader. Pure record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.records import CleanReport
from rag.evidence.subject import ReportView
from rag.reader.reader import Reading, ToRead

ReportOf = Callable[[str], CleanReport]
ViewOf = Callable[[str], ReportView]
Meaning = Callable[[str, Sequence[str]], list[float]]
"""(question, texts) → the cosine similarity of each text with the question."""
Read = Callable[[str, Sequence[ToRead]], list[Reading | None]]
"""(question, passages) → a reading of each; None for what wasn't read."""


@dataclass(frozen=True, slots=True)
class Library:
    """One generation of the index as answering sees it; `report` and `view` take a report's source.

    `read` is None where the settings switch the reader off. `min_evidence` in [0, 1] is how much of the
    question the evidence must carry.
    """

    report: ReportOf
    view: ViewOf
    meaning: Meaning
    read: Read | None
    min_evidence: float
