"""What a delivered report suffers from, counted: a reader of its quotes should know. Pure."""

from __future__ import annotations

import functools
import re
import statistics
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from ingest.formats.encoding import LOST
from ingest.formats.unread import UNREAD
from ingest.language.places import rank_pattern
from ingest.records import CleanReport

Kind = Literal["lost", "repaired", "pinyin", "dropped", "anonymised", "unread", "recognised"]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """How often one kind of damage stands in a report.

    `lost`: characters that can't be recovered, `�` in the text; `repaired`: runs of slipped bytes that were
    read again; `pinyin`: annotations left out; `dropped`: spans left out that aren't the report's;
    `anonymised`: places where the delivered text hides a name or a figure; `unread`: pages that gave no text;
    `recognised`: lines that were recognised in pictures.
    """

    kind: Kind
    count: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How a report was read: how many of its lines as text, as rows of tables, and by recognising them in pictures,

    these with the mean of the recogniser's confidence; and what of the file isn't in it, counted by reason.
    """

    lines: int = 0
    rows: int = 0
    recognised: int = 0
    confidence: float | None = None
    left_out: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, report: CleanReport) -> Reading:
        seen = [line.confidence for line in report.recognised]
        lines = [line for line in report.text.split("\n") if line.strip()]
        rows = sum("\t" in line for line in lines)
        reasons = Counter(span.reason for span in report.dropped)
        return cls(
            max(0, len(lines) - rows - len(seen)),
            rows,
            len(seen),
            round(statistics.mean(seen), 4) if seen else None,
            tuple(sorted(reasons.items())),
        )


def anomalies(report: CleanReport) -> tuple[Anomaly, ...]:
    """The kinds of damage that occur in a report, as cleaning found them."""
    kinds = [edit.kind for edit in report.edits]
    unread = sum(span.reason in UNREAD for span in report.dropped)
    counts: dict[Kind, int] = {
        "lost": report.text.count(LOST),
        "anonymised": len(_anonymised().findall(report.text)),
        "repaired": kinds.count("slip"),
        "pinyin": kinds.count("pinyin"),
        "dropped": len(report.dropped) - unread,
        "unread": unread,
        "recognised": len(report.recognised),
    }
    return tuple(Anomaly(kind, count) for kind, count in counts.items() if count)


@functools.cache
def _anonymised() -> re.Pattern[str]:
    """What a copy that was made public puts where a name or a figure stood: XX, ××, ○○, **, 某某, 某县."""
    place = f"(?={rank_pattern()})"
    crossed = rf"(?<![A-Za-z])[XxＸｘ×](?:[XxＸｘ×]+(?![A-Za-z])|{place})"
    return re.compile(rf"{crossed}|[○〇]{{2,}}|[*＊]{{2,}}|某某|某{place}")
