"""Lines broken within paragraphs, as text copied out of a PDF or a mail has them, joined. Pure.

Either they are broken at one width, or paragraphs are told by their indent, and what follows without one goes on, or
they are broken anywhere: figures parted in their midst or from their unit show it.

A row of a table, its cells parted by tabs or drawn as Markdown does, is a line of its own however wide it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from ingest.cleaning.labels import is_furniture
from ingest.language import dates, hyphens
from ingest.language.amounts import scaling, unit_at
from ingest.language.counting import labels
from ingest.language.date_forms import PLAIN_YEAR
from ingest.language.marks import BULLETS, COLONS, ENDS, LISTING, PAUSES, finished, numbering
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
_DRAWN, _CELLS = "|", 2  # what Markdown draws between cells, and how many of them a row has at least
_SURE = 2  # figures parted by a break, from which on a text is broken anywhere
_WORDS = 2  # characters of Chinese that a line of prose has at least beside its figure
_HEADING = 12  # characters of a line that may be a heading
_DATE = 16  # characters of a date
_LINES = 12  # of one sentence, at most
_NUMBER = re.compile(r"[0-9][0-9,. ]{0,15}$")
_WHOLE = re.compile(rf"{PLAIN_YEAR}$|[0-9]{{7}}")  # a year, a telephone's number
_LABEL = re.compile(f"^[^{ENDS}{LISTING}]{{1,8}}[{COLONS}]")  # 项目单位：县交通局
_BEGUN = re.compile(r"[0-9][,.]? ?$")
_DIGITS = re.compile(rf"[0-9][0-9 ]{{0,11}}(?:[.,][0-9]{{1,3}})?[{scaling()}]{{0,2}}")
_PAUSE = re.compile(f"[{PAUSES}{LISTING}]")
_MARK = re.compile(f"[{PAUSES}{LISTING}{ENDS}“”《》]")
_END = re.compile(f"[{ENDS}]")
_MOST = 0.6  # of the lines that have this width, and of these that break off in mid-sentence


def broken_lines(text: str) -> list[Replacement]:
    """The line breaks inside sentences, where most lines of the text end at one width or paragraphs begin by an indent;
    none in other texts."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    within = _within_figures(lines)
    sure = within if len(within) >= _SURE else []
    broken = _at_a_width(lines) or _under_an_indent(lines) or (_anywhere(lines) if sure else [])
    broken = sorted({*broken, *sure})
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


def _within_figures(lines: Sequence[str]) -> list[int]:
    """The lines of a sentence that break off within a figure, or between it and its unit: 上报 1 / 05 例,其中."""
    return [
        n
        for n, (line, after) in enumerate(pairwise(lines))
        if _BEGUN.search(line, max(0, len(line) - _FEWEST))  # most lines end otherwise
        and _is_prose(line)
        and _is_prose(after)
        and len(_HAN.findall(line)) >= _WORDS
        and _parted(line, after)
    ]


def _parted(line: str, after: str) -> bool:
    """Whether a figure is parted by the break between two lines, one of which goes on with more than it."""
    begun = _BEGUN.search(line)
    if begun is None or not (_PAUSE.search(line) or _MARK.search(after)):
        return False
    number = _NUMBER.search(line, max(0, len(line) - _DATE))
    if number is None or _WHOLE.match(number[0]) or line[: number.start()].rstrip().endswith(labels()):
        return False  # 2022 / 15所, 附件1 / 3个村, a telephone's
    digits = _DIGITS.match(after)
    unit, end = unit_at(after, digits.end() if digits else 0)
    if any(date.start == 0 for date in dates.find(after[:_DATE])):  # 共36 / 2022年
        return False
    return bool(unit) and (digits is not None or not _HAN.match(after, end))


def _anywhere(lines: Sequence[str]) -> list[int]:
    """The lines that break off in mid-sentence and are followed by its end, other than headings and dates."""
    broken = []
    before, named = "", False
    for n, (line, after) in enumerate(pairwise(lines)):
        goes_on = named and not numbering(before)  # one of several headings, or lines of a title
        opens = goes_on or not before.strip() or finished(before.rstrip())
        named = opens and len(line.strip()) <= _HEADING and not _MARK.search(line[len(numbering(line)) :])
        listed = all(len(each.split()) >= _CELLS + 1 or _LABEL.search(each) for each in (line, after))
        numbers = line.rstrip()[-1:].isdigit() and after[:1].isdigit()  # one, where they are parted
        prose = _is_prose(line) and _is_prose(after) and not listed and not numbers
        page = is_furniture(line) or is_furniture(after)
        if (
            prose
            and not named
            and not page
            and not finished(line.rstrip())
            and not _opens(after)
            and dates.only(line) is None
            and dates.only(after) is None
            and _ends(lines[n + 1 :])
        ):
            broken.append(n)
        before = line
    return broken


def _ends(lines: Sequence[str]) -> bool:
    """Whether the sentence that goes on in these lines comes to an end before a blank one or one that opens another."""
    for n, line in enumerate(lines[:_LINES]):
        if not _is_prose(line) or (n and _opens(line)):
            return False
        if _END.search(line):
            return True
    return False


def _is_prose(line: str) -> bool:
    return bool(line.strip()) and "\t" not in line.strip() and line.count(_DRAWN) < _CELLS


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
