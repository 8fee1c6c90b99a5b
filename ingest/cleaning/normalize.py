"""The recipe that makes a delivered text readable.

Slipped bytes are read in step, pinyin annotations and page furniture left out, the script folded; and
all that again until nothing changes, so cleaning a cleaned text changes nothing. Every edit and every
dropped span is listed with its raw span, and the offset map leads from each character of the cleaned
text back to the raw text. `RECIPE` names this version: an index made by another one is rebuilt.
"""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ingest.cleaning import clean, metadata
from ingest.cleaning.cells import drawn_rows, parted_cells, rows_of_values
from ingest.cleaning.repair import byte_slips
from ingest.cleaning.wide import set_wide
from ingest.cleaning.wraps import broken_lines, stacked_characters
from ingest.language.marks import SYMBOLS
from ingest.language.pinyin import pinyin_annotations
from ingest.language.script import fold_script
from ingest.offsets import MappedText, Replacement
from ingest.records import CleanReport, Dropped, Edit, RawReport

RECIPE = "17"

_MAX_ROUNDS = 10
_CHANGED = re.compile(b"\1+")
# What no reader sees: controls, marks of writing direction, spaces and hyphens of no width. Joiners and their opposite
# mean something in other scripts and between pictographs, but nothing beside Han, letters and figures.
_PLAIN = r"\x20-\x7f\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_SYMBOL = re.compile(f"[{''.join(SYMBOLS)}]")
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
    rf"|(?<=[{_PLAIN}])[\u200c\u200d]|[\u200c\u200d](?=[{_PLAIN}])"
)


@dataclass(slots=True)
class _Work:
    """A report on its way through the recipe."""

    raw: str
    mapped: MappedText
    edits: list[Edit] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    settled: dict[object, MappedText] = field(default_factory=dict)
    """The text in which a step found nothing; it needn't look again until the text changes."""

    def edit(self, kind: str, find: Callable[[str], list[Replacement]]) -> None:
        if self.settled.get(find) is self.mapped:
            return
        if replacements := find(self.mapped.text):
            self.edits += _edits(kind, self.raw, self.mapped, replacements)
            self.mapped = self.mapped.edit(replacements)
        else:
            self.settled[find] = self.mapped

    def fold(self) -> None:
        """Fold the script. Each run of characters that the fold changes is an edit."""
        if self.settled.get(fold_script) is self.mapped:
            return
        text = self.mapped.text
        folded = fold_script(text)
        if folded != text:
            changed = bytes(map(operator.ne, text, folded))
            runs = map(re.Match.span, _CHANGED.finditer(changed))
            changes = ((start, end, folded[start:end], 1.0) for start, end in runs)
            self.edits += _edits("script", self.raw, self.mapped, changes)
            self.mapped = self.mapped.rewritten(folded)
        self.settled[fold_script] = self.mapped  # what is folded folds to itself

    def doubled_punctuation(self, text: str) -> list[Replacement]:
        return clean.doubled_punctuation(text, annotated=any(edit.kind == "pinyin" for edit in self.edits))

    def drop(self, find: Callable[[str], list[clean.Removal]]) -> None:
        if self.settled.get(find) is self.mapped:
            return
        removals = find(self.mapped.text)
        if not removals:
            self.settled[find] = self.mapped
        for start, end, reason in removals:
            raw_start, raw_end = self.mapped.raw_span(start, end)
            self.dropped.append(Dropped(reason, raw_start, raw_end, self.raw[raw_start:raw_end]))
        self.mapped = self.mapped.edit([Replacement(start, end, "") for start, end, _ in removals])


def normalize(raw: RawReport) -> CleanReport:
    """Clean one report."""
    work = _Work(raw.text, raw.mapped or MappedText.of(raw.text), dropped=list(raw.dropped))
    if raw.paged:
        work.edit("spacing", clean.wrapped_lines)
    whole = ""
    for _ in range(_MAX_ROUNDS):
        before = work.mapped.text
        work.edit("slip", byte_slips)
        work.edit("pinyin", pinyin_annotations)
        work.edit("control", _controls)
        work.edit("symbol", _symbols)
        work.edit("spacing", set_wide)
        if not raw.paged:
            work.edit("spacing", stacked_characters)
            work.edit("spacing", broken_lines)
            work.edit("spacing", parted_cells)
            work.edit("table", drawn_rows)
            work.edit("table", rows_of_values)
        work.fold()
        work.edit("punctuation", work.doubled_punctuation)
        whole = whole or work.mapped.text  # page furniture included: it holds the date
        work.drop(clean.notices)
        work.drop(clean.stray_marks)
        work.drop(clean.page_furniture)
        if work.dropped:
            work.edit("spacing", clean.blank_lines)
        if work.mapped.text == before:
            break
    title = metadata.title(work.mapped.text) or metadata.property_title(raw.properties.title)
    if raw.paged and title is None:
        heads = (span.raw for span in raw.dropped if span.reason == "page")
        title = metadata.running_title(line.strip() for head in heads for line in head.split("\n"))
    return CleanReport(
        source=raw.source,
        sha256=raw.sha256,
        raw=raw.text,
        mapped=work.mapped,
        title=title,
        date=metadata.publication_date(whole) or metadata.property_date(raw.properties.date, whole),
        publisher=metadata.publisher(whole) or metadata.property_title(raw.properties.publisher),
        issuer=metadata.issuer(title, work.mapped.text),
        regions=metadata.regions(work.mapped.text, title),
        paged=raw.paged,
        edits=tuple(sorted(work.edits, key=operator.attrgetter("raw_start", "raw_end"))),
        dropped=tuple(sorted(work.dropped, key=lambda span: (span.raw_start, span.raw_end))),
        recognised=raw.recognised,
    )


def _edits(kind: str, raw: str, mapped: MappedText, replacements: Iterable[tuple[int, int, str, float]]) -> list[Edit]:
    """The replacements in raw offsets. Where something was removed in between, an edit is listed in parts."""
    edits = []
    starts, ends = mapped.starts, mapped.ends
    unbroken = starts[1:] == ends[:-1]
    for start, end, new, confidence in replacements:
        if end - start == 1 or (unbroken and start < end):  # as most are
            raw_start, raw_end = starts[start], ends[end - 1]
            edits.append(Edit(kind, raw_start, raw_end, raw[raw_start:raw_end], new, confidence))
            continue
        raw_start, raw_end = mapped.raw_span(start, end)
        gaps = [at for at in range(start + 1, end) if ends[at - 1] < starts[at]]
        aligned = len(new) == end - start
        for n, (a, b) in enumerate(itertools.pairwise([start, *gaps, end]) if gaps else [(start, end)]):
            if gaps:
                raw_start, raw_end = mapped.raw_span(a, b)
            part = new if not gaps or not (n or aligned) else new[a - start : b - start] if aligned else ""
            edits.append(Edit(kind, raw_start, raw_end, raw[raw_start:raw_end], part, confidence))
    return edits


def _symbols(text: str) -> list[Replacement]:
    """Codes that only a font of pictures has, each the sign that it draws."""
    return [Replacement(*match.span(), SYMBOLS[match[0]]) for match in _SYMBOL.finditer(text)]


def _controls(text: str) -> list[Replacement]:
    """Control characters and byte-order marks, which nobody can see; a vertical tab breaks a line."""
    return [Replacement(*match.span(), "\n" if match[0] == "\v" else "") for match in _CONTROLS.finditer(text)]
