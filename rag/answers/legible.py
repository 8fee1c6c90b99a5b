"""How far text that was recognised in a picture can be relied on. Pure.

Guarantees: an answer is sure only if its short answer and every figure and date in its quotes were delivered as text,
or recognised clearly.
"""

from __future__ import annotations

from collections.abc import Iterable

from ingest.language import dates, figures
from ingest.records import CleanReport
from rag.records import Certainty, Evidence

# A printed page was made worse in 110 ways. From this confidence on, the figures of 271 of 275 lines were read right;
# between it and 0.9 those of 31 of 39, between that and 0.8 those of 21 of 49. Clean scans have 0.99.
_CLEAR = 0.95


def doubtful(recognised: float | None) -> bool:
    """Whether what was recognised with this confidence (None: delivered as text) has to be checked on the original."""
    return recognised is not None and recognised < _CLEAR


def graded(certainty: Certainty, quotes: Iterable[tuple[Evidence, CleanReport]]) -> Certainty:
    """The certainty, but at most likely where what these tell was recognised with doubt."""
    return "likely" if any(_misreadable(evidence, report) for evidence, report in quotes) else certainty


def graded_by_date(certainty: Certainty, report: CleanReport) -> Certainty:
    """The certainty, but at most likely where the report's own date was recognised, and nowhere clearly."""
    own_dates = [date for date in dates.find(report.text) if _day(date) == report.date] if report.recognised else []
    doubts = [doubtful(report.confidence(date.start, date.end)) for date in own_dates]
    return "likely" if doubts and all(doubts) else certainty


def _day(date: dates.Date) -> str | None:
    """YYYY-MM-DD, None where it isn't told to the day."""
    return f"{date.year}-{date.month:02}-{date.day:02}" if date.year and date.month and date.day else None


def _misreadable(evidence: Evidence, report: CleanReport) -> bool:
    """Whether the line of the short answer, or of a figure or date, is a doubtful one."""
    if not doubtful(report.confidence(evidence.start, evidence.end)):
        return False
    inner = [(figure.start, figure.end) for figure in figures.find(evidence.text)]
    inner += [(date.start, date.end) for date in dates.find(evidence.text)]
    spans = [(evidence.start + start, evidence.start + end) for start, end in inner]
    spans += [evidence.short] if evidence.short else []
    return any(doubtful(report.confidence(*span)) for span in spans)
