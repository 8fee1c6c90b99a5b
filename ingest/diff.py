"""What cleaning did to a report, shown in the delivered text: `[-left out-]{+put in+}`, as word diffs do. Pure."""

from __future__ import annotations

from config import shown
from ingest.records import CleanReport, Dropped, Edit

_RED, _GREEN, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[0m"
_EVERYWHERE = "script"  # in a Traditional report every other word; not worth showing


def diff_text(report: CleanReport, *, colour: bool) -> str:
    """The raw text with every edit but the script fold marked, and every dropped span with its reason."""
    changes: list[Edit | Dropped] = [edit for edit in report.edits if edit.kind != _EVERYWHERE]
    changes += report.dropped
    pieces = []
    at = 0
    for change in sorted(changes, key=lambda change: (change.raw_start, -change.raw_end)):
        if change.raw_end <= at:  # inside what was dropped as a whole
            continue
        replacement = "" if isinstance(change, Dropped) else change.replacement
        start = max(at, change.raw_start)
        if len(replacement) == len(change.raw):
            replacement = replacement[start - change.raw_start :]
        pieces.append(shown.lines(report.raw[at:start]))
        pieces.append(_marked("[-", report.raw[start : change.raw_end], "-]", _RED, colour))
        if isinstance(change, Dropped):
            pieces.append(f"<{change.reason}>")
        elif replacement:
            pieces.append(_marked("{+", replacement, "+}", _GREEN, colour))
        at = change.raw_end
    pieces.append(shown.lines(report.raw[at:]))
    return "".join(pieces)


def _marked(opening: str, text: str, closing: str, paint: str, colour: bool) -> str:
    marked = f"{opening}{shown.lines(text)}{closing}"
    return f"{paint}{marked}{_PLAIN}" if colour else marked
