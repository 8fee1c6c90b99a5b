"""What every office file comes down to: lines of text, tables, pages, and what isn't the report's. Pure.

A format's reader gives these in reading order; `rendered` writes them as the text that offsets count in. What isn't
the report's stands after it, so that no quotation of the report runs across it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ingest.formats.grid import Table
from ingest.formats.tables import Writer


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Text that the file holds but its reader doesn't see, or that isn't the report's, and why."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page ends here and another begins."""


Block = str | Table | LeftOut | NewPage


def rendered(blocks: Iterable[Block], **properties: Any) -> dict[str, Any]:
    """The report's `text`, a line each of its lines and table rows; the spans of it that aren't the report's in

    `dropped`, each (reason, start, end); whether form feeds part its pages (`paged`); and the file's `properties`.
    """
    lines: list[str] = []
    left_out: list[LeftOut] = []
    paged = False
    tables = Writer()
    for block in blocks:
        if isinstance(block, LeftOut):
            left_out.append(block)
        elif isinstance(block, NewPage):
            paged = True
            lines.append("\f")
        elif isinstance(block, Table):
            lines += tables.lines(block)
        else:
            tables.passed(block)
            lines.append(block)
    text = "\n".join(lines).replace("\n\f\n", "\n\f")
    dropped = []
    for one in left_out:
        dropped.append((one.reason, len(text), len(text) + 1 + len(one.text)))
        text += "\n" + one.text
    return {"text": text, "dropped": dropped, "paged": paged, **properties}
