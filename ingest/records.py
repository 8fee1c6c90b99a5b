"""The records that travel from file to index. They go one way and never change.

Path → RawReport → CleanReport → Chunk; `source` is everywhere the path relative to the reports
directory, with `/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.offsets import MappedText


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says about itself apart from its text; `date` as YYYY-MM-DD."""

    title: str | None = None
    date: str | None = None
    publisher: str | None = None


class Edit(NamedTuple):
    """What cleaning changed: `raw[raw_start:raw_end]` reads `replacement` in the cleaned text.

    A tuple, because it is made fastest: a Traditional report has an edit for every fifth character.
    """

    kind: str
    raw_start: int
    raw_end: int
    raw: str
    replacement: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """What cleaning left out, and why."""

    reason: str
    raw_start: int
    raw_end: int
    raw: str


class Place(NamedTuple):
    """Where a line stands in a file's pictures: on which one, from 0, turned by how many degrees to be read, and its

    box there, each side as a share of the turned picture's width or height.
    """

    picture: int
    turned: int
    left: float
    top: float
    right: float
    bottom: float


class Recognised(NamedTuple):
    """A line that was recognised in a picture: `raw[raw_start:raw_end]`, how sure the recogniser is, in [0, 1], and

    where it stands; None where that isn't known.
    """

    raw_start: int
    raw_end: int
    confidence: float
    place: Place | None = None

    @classmethod
    def of(cls, start: int, end: int, confidence: float, place: Sequence[float] | None = None) -> Recognised:
        """As it was kept."""
        return cls(start, end, confidence, None if place is None else Place(int(place[0]), int(place[1]), *place[2:]))


@dataclass(frozen=True, slots=True)
class RawReport:
    """A delivered file: its text as decoded or extracted, and the SHA-256 of its bytes in hexadecimal.

    `mapped` is the part of the text to read (an HTML page's article, a PDF without its headers); None
    means all of it. What was left out is in `dropped`, and bytes that are no character (U+FFFD in the
    text). `paged`: form feeds part the pages, inside a line or after one.
    """

    source: str
    text: str
    sha256: str
    mapped: MappedText | None = None
    dropped: tuple[Dropped, ...] = ()
    paged: bool = False
    properties: Properties = Properties()
    recognised: tuple[Recognised, ...] = ()


@dataclass(frozen=True, slots=True)
class CleanReport:
    """A readable report: cleaned text in Simplified script, with the way back to the raw text."""

    source: str
    sha256: str
    raw: str
    mapped: MappedText
    title: str | None
    date: str | None
    publisher: str | None = None
    issuer: str | None = None
    regions: tuple[str, ...] = ()
    paged: bool = False
    edits: tuple[Edit, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    recognised: tuple[Recognised, ...] = ()

    @property
    def text(self) -> str:
        """The cleaned text."""
        return self.mapped.text

    def page(self, start: int) -> int | None:
        """The page, from 1, on which the cleaned text at `start` stands; None where there are no pages."""
        at, _ = self.mapped.raw_span(start, start)
        return self.raw.count("\f", 0, at) + 1 if self.paged else None

    def confidence(self, start: int, end: int) -> float | None:
        """How sure the recogniser is of the least sure line that the cleaned text from `start` to `end` stands in;

        None where none of it was recognised in a picture.
        """
        raw_start, raw_end = self.mapped.raw_span(start, end)
        return min((line.confidence for line in self._recognised(raw_start, raw_end)), default=None)

    def places(self, raw_start: int, raw_end: int) -> tuple[Place, ...]:
        """Where in the file's pictures the lines stand that `raw[raw_start:raw_end]` was recognised in."""
        return tuple(line.place for line in self._recognised(raw_start, raw_end) if line.place is not None)

    def _recognised(self, raw_start: int, raw_end: int) -> Iterator[Recognised]:
        return (line for line in self.recognised if line.raw_start < raw_end and raw_start < line.raw_end)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a report: `report.text[start:end] == text`; `section` is the heading it stands under."""

    id: str
    source: str
    start: int
    end: int
    text: str
    section: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be indexed, or not all of it, and the one line that says why; `needs`: the extra that

    could read it.
    """

    source: str
    error: str
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest did (or, in a dry run, would do). `chunks` counts the whole index afterwards.

    `incomplete` are reports that are indexed without the pages that gave no text; they also stand where they belong.
    """

    added: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    failed: tuple[Failure, ...]
    chunks: int
    embedded: int
    generation: str
    seconds: float
    incomplete: tuple[Failure, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.added or self.updated or self.removed)
