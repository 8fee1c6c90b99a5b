"""Lines broken within paragraphs, as text copied out of a PDF or a mail has them, joined. Pure.

Either they are broken at one width, or paragraphs are told by their indent, and what follows without one goes on.

A row of a table, its cells parted by tabs, is a line of its own however wide it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from ingest.language import hyphens
from ingest.language.marks import BULLETS, COLONS, finished, numbering
from ingest.offsets import Replacement

_BULLET = re.compile(rf"[{BULLETS}]")
_STACKED = re.compile(r"^(?:\S\n){9,}+(?:\S$)?+", re.MULTILINE)
_LEADS = re.compile(rf"[{COLONS}；;]\s*$")  # to a list of its own
_INDENT = re.compile(r"(?: {2,4}|\u3000{1,2})(?![ \u3000])")
_HAN = re.compile(r"[㐀-鿿]")
_MOSTLY_HAN = 0.6
_NARROWEST = 14  # characters of Han on a line that was broken for its width
_FEWEST = 4  # lines of full width, from which on a width is one
_FULL = 0.86  # of the width, that a broken line has at least: the next word didn't fit
_WORD = 40  # characters of a word's longest part
_MOST = 0.6  # of the lines that have this width, and of these that break off in mid-sentence


def broken_lines(text: str) -> list[Replacement]:
    """The line breaks inside sentences, where most lines of the text end at one width or paragraphs begin by an indent;
    none in other texts."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    broken = _at_a_width(lines) or _under_an_indent(lines)
    return [_joined(text, starts[n + 1] - 1) for n in broken if not _opens(lines[n + 1])]


def _at_a_width(lines: Sequence[str]) -> list[int]:
    """The lines that break off where their width ends; none where there is no width at which most lines end."""
    inner = [n for n in range(len(lines) - 1) if _is_prose(lines[n]) and _is_prose(lines[n + 1])]
    width = _width([_size(lines[n]) for n in inner])
    if width is None:
        return []
    full = [n for n in inner if _size(lines[n]) >= _FULL * width]
    open_ = [n for n in full if not finished(lines[n].rstrip())]
    if len(open_) < _MOST * len(full):
        return []
    return open_


def _under_an_indent(lines: Sequence[str]) -> list[int]:
    """The lines of indented paragraphs that break off in mid-sentence, whatever their width; none unless most lines
    without an indent that stand right under such a paragraph go on with it."""
    broken, under, paragraphs = [], 0, 0
    inside = False
    for n, (line, after) in enumerate(pairwise(lines)):
        paragraphs += bool(_INDENT.match(line))
        inside = _is_prose(line) and (inside or bool(_INDENT.match(line))) and not _LEADS.search(line)
        if inside and _is_prose(after) and not after[:1].isspace():
            under += 1
            broken += [n] * (not finished(line.rstrip()) and not _opens(after))
    enough = min(paragraphs, len(broken)) >= _FEWEST and len(broken) >= _MOST * under
    return broken if enough else []


def _is_prose(line: str) -> bool:
    return bool(line.strip()) and "\t" not in line.strip()


def stacked_characters(text: str) -> list[Replacement]:
    """The line breaks of a text that was set downwards, a character on each line."""
    breaks = []
    for match in _STACKED.finditer(text):
        stacked = match[0].rstrip("\n")
        characters = stacked.split("\n")
        if len(_HAN.findall(match[0])) >= _MOSTLY_HAN * len(characters) and len(set(characters)) > len(characters) / 2:
            breaks += [Replacement(at, at + 1, "") for at in range(match.start() + 1, match.start() + len(stacked), 2)]
    return breaks


def _width(sizes: Sequence[float]) -> float | None:
    """The width at which most of the lines end; None where there is none."""
    order = sorted(sizes)
    ends = [(bisect_right(order, width) - bisect_left(order, _FULL * width), width) for width in order]
    most, width = max(ends, default=(0, 0.0))
    return width if most >= max(_FEWEST, _MOST * len(sizes)) and width >= _NARROWEST else None


def _size(line: str) -> float:
    """How wide a line is, in characters of Han."""
    return sum(0.5 if char.isascii() else 1.0 for char in line.rstrip())


def _opens(line: str) -> bool:
    """Whether a line begins something of its own: indented, numbered, an item."""
    return line[:1].isspace() or bool(_BULLET.match(line)) or bool(numbering(line))


def _joined(text: str, at: int) -> Replacement:
    """The line break at `at`, and blanks before it, left out; between Latin words a blank stays, and the hyphen of one
    that was parted goes."""
    start = at
    while text[start - 1] in " \t":
        start -= 1
    if hyphens.parted(text[max(0, start - _WORD) : start], text[at + 1 : at + 1 + _WORD], text):
        return Replacement(start - 1, at + 1, "")
    latin = (
        text[start - 1].isascii() and text[start - 1].isalpha() and text[at + 1].isascii() and text[at + 1].isalpha()
    )
    return Replacement(start, at + 1, " " if latin else "")
