"""What a delivered report suffers from, counted: a reader of its quotes should know. Pure."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

from ingest.formats.encoding import LOST
from ingest.language.places import rank_pattern
from ingest.records import CleanReport

Kind = Literal["lost", "repaired", "pinyin", "dropped", "anonymised"]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """How often one kind of damage stands in a report.

    `lost`: characters that can't be recovered, `�` in the text; `repaired`: runs of slipped bytes that were
    read again; `pinyin`: annotations left out; `dropped`: spans left out that aren't the report's;
    `anonymised`: places where the delivered text hides a name or a figure.
    """

    kind: Kind
    count: int


def anomalies(report: CleanReport) -> tuple[Anomaly, ...]:
    """The kinds of damage that occur in a report, as cleaning found them."""
    kinds = [edit.kind for edit in report.edits]
    counts: dict[Kind, int] = {
        "lost": report.text.count(LOST),
        "anonymised": len(_anonymised().findall(report.text)),
        "repaired": kinds.count("slip"),
        "pinyin": kinds.count("pinyin"),
        "dropped": len(report.dropped),
    }
    return tuple(Anomaly(kind, count) for kind, count in counts.items() if count)


@functools.cache
def _anonymised() -> re.Pattern[str]:
    """What a copy that was made public puts where a name or a figure stood: XX, ××, ○○, **, 某某, 某县."""
    place = f"(?={rank_pattern()})"
    crossed = rf"(?<![A-Za-z])[XxＸｘ×](?:[XxＸｘ×]+(?![A-Za-z])|{place})"
    return re.compile(rf"{crossed}|[○〇]{{2,}}|[*＊]{{2,}}|某某|某{place}")
