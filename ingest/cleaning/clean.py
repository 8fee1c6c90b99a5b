"""Leave out what a web page put around and into a report: its furniture, notices, other articles' teasers.

Pure: text in, removals out, each with its reason; nothing is deleted silently. The rules are about how
pages label things (a line that is nothing but `浏览次数:` or `上一篇`), never about a report's subject;
an ordinary short line of a report (heading, list item, signature, table row) stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ingest.cleaning.labels import is_furniture, may_be_furniture, names_source, opens_others, says_when_made
from ingest.language import hyphens
from ingest.language.forms import form
from ingest.language.marks import BULLETS, CLOSERS, ELLIPSES, HAN, finished, numbering
from ingest.offsets import Replacement


class Removal(NamedTuple):
    """`text[start:end]` is no part of the report, because of `reason`."""

    start: int
    end: int
    reason: str


_COUNTER = re.compile(r"\d{1,7}")
_BULLET = re.compile(rf"\s*[{BULLETS}]\s*\S")
_CLOSED = re.compile(rf"[{CLOSERS}]$")
_BROKEN_OFF = re.compile(rf"[{ELLIPSES}]$")
_NOTICE = re.compile(
    r"[(（【\[](?:(?P<words>[^()（）【】\[\]\n]{0,120})[)）】\]]|(?P<open>[^()（）【】\[\]\n。]{0,70})。)"
)
# What makes the words between brackets a notice, and what makes them the report's own.
_RIGHTS = re.compile(form("pages", "notice"), re.IGNORECASE)
_COUNTED = re.compile(r"\d\s*[\u4e00-\u9fff%]")
_STRAY = re.compile(rf"(?<=[{HAN}])`(?=[{HAN}])")
_DOUBLED = re.compile(rf",(?<=[{HAN}\d%)）”》],)(?=[,。、](?:[{HAN}\d(（“《\s]|$))")
_BLANK = re.compile(r"\n[ \t\n]*")
_WORD = 40  # characters of a part of a word
_PAGE_BREAK = re.compile(r"\n?\f+(?:\n?\f)*")
_OFTEN = 3  # doubled marks that show a text went through the converter, rather than one slip of a typist
_CLOSE = 3  # lines from one piece of furniture to the next, the blank ones counted
_COUNTERS = 3  # numbers that a page shows of itself
_LONGEST_LABEL = 120  # characters; a longer line is text
_ENTRIES = 3  # openings of other articles that make a list of them
_ENTRY = 20  # characters from which on a line that ends in mid-sentence is such an opening


def page_furniture(text: str) -> list[Removal]:
    """Lines of the page around the report, and everything under a list of other articles."""
    lines = [_Line(start, end, line.strip()) for start, end, line in _lines(text)]
    reasons = {n: "page" for n, line in enumerate(lines) if line.label and is_furniture(line.text)}
    reasons |= dict.fromkeys(_counters(lines), "page")
    frontier = list(reasons)
    while frontier:  # a weak one is the page's where it stands by a strong one, or by another weak one that does
        beside = {m for n in frontier for m in _neighbours(lines, n) if m not in reasons}
        frontier = [m for m in beside if lines[m].label and may_be_furniture(lines[m].text)]
        reasons |= dict.fromkeys(frontier, "page")
    if reasons:
        for n in _last(lines):  # worth reading at a report's end, furniture at a page's
            if names_source(lines[n].text):
                reasons[n] = "page"
    reasons |= dict.fromkeys(_teasers(lines), "teaser")
    return _merged(Removal(lines[n].start, lines[n].end, reasons[n]) for n in sorted(reasons))


class _Line(NamedTuple):
    """A line's span, its break included, and its text without surrounding white space."""

    start: int
    end: int
    text: str

    @property
    def label(self) -> bool:
        """Whether the line is short enough to be one, and not empty."""
        return 0 < len(self.text) <= _LONGEST_LABEL


def _neighbours(lines: list[_Line], n: int) -> Iterator[int]:
    """The next line with text before line n and after it, a few blank lines away at most."""
    for step in (-1, 1):
        for m in range(n + step, n + step * (_CLOSE + 1), step):
            if 0 <= m < len(lines) and lines[m].text:
                yield m
                break


def _counters(lines: list[_Line]) -> Iterator[int]:
    """The bare numbers under the line that says when the page was made, a blank line or the end below them."""
    for n, line in enumerate(lines):
        if not (line.label and says_when_made(line.text)):
            continue
        after = n + 1
        while after < len(lines) and after <= n + _CLOSE and not lines[after].text:
            after += 1
        end = after
        while end < len(lines) and _COUNTER.fullmatch(lines[end].text):
            end += 1
        if end <= after + _COUNTERS and (end == len(lines) or not 0 < len(lines[end].text) < _ENTRY):
            yield from range(after, end)


def _last(lines: list[_Line]) -> list[int]:
    """The last line with text, if there is one."""
    return [n for n in range(len(lines) - 1, -1, -1) if lines[n].text][:1]


def notices(text: str) -> list[Removal]:
    """Copyright notices in brackets, wherever they were inserted."""
    return [
        Removal(*match.span(), "notice")
        for match in _NOTICE.finditer(text)
        if (words := match["words"] or match["open"]) and _RIGHTS.search(words) and not _COUNTED.search(words)
    ]


def stray_marks(text: str) -> list[Removal]:
    """A lone backtick between two Han characters; code has two."""
    return [Removal(*match.span(), "stray") for match in _STRAY.finditer(text)] if text.count("`") == 1 else []


def doubled_punctuation(text: str, *, annotated: bool = False) -> list[Replacement]:
    """The comma that the converter put before another mark, where it did so again and again.

    Two commas are also an empty field of a table; so it must have left its other traces too: a comma
    before a full stop, or annotations (`annotated`).
    """
    removals = [Replacement(*match.span(), "") for match in _DOUBLED.finditer(text)]
    sure = annotated or any(text[replacement.end] != "," for replacement in removals)
    return removals if len(removals) >= _OFTEN and sure else []


def blank_lines(text: str) -> list[Replacement]:
    """More than one blank line in a row, and those at either end, as left by what was removed."""
    body_start = len(text) - len(text.lstrip())
    body_end = len(text.rstrip())
    if body_start >= body_end:
        return [Replacement(0, len(text), "")] if text else []
    opening = text.rfind("\n", 0, body_start) + 1  # an indent of the first line stays
    removals = [Replacement(0, opening, "")] if opening else []
    blank = [match for match in _BLANK.finditer(text, body_start, body_end) if match[0].count("\n") > 2]
    removals += [Replacement(match.start(), match.start() + match[0].rfind("\n") + 1, "\n\n") for match in blank]
    if body_end < len(text):
        removals.append(Replacement(body_end, len(text), ""))
    return removals


def wrapped_lines(text: str) -> list[Replacement]:
    """The page breaks: a form feed inside a line stands inside a sentence, one after a line break doesn't count.

    The lines that a layout broke are joined where it is known (`ingest.formats.layout`).
    """
    edits = []
    for match in _PAGE_BREAK.finditer(text):
        before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
        latin = before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
        inside = not match[0].startswith("\n")
        line, following = text[max(0, match.start() - _WORD) : match.start()], text[match.end() : match.end() + _WORD]
        if inside and hyphens.parted(line, following, text):
            edits.append(Replacement(match.start() - 1, match.end(), ""))
        else:
            edits.append(Replacement(*match.span(), (" " if latin else "") if inside else "\n"))
    return edits


def _teasers(lines: list[_Line]) -> list[int]:
    """The lines from a heading such as `相关推荐` to the end, if they are nothing but other articles' openings.

    A numbered item or a finished sentence is the report's own. Before such, only bare titles are dropped.
    """
    entries = 0
    heading = None
    for n in range(len(lines) - 1, -1, -1):
        line = lines[n]
        if line.label and opens_others(line.text):
            heading = n if entries >= _ENTRIES else heading
        elif line.text and not (line.label and (is_furniture(line.text) or may_be_furniture(line.text))):
            if numbering(line.text) or not (_BULLET.match(line.text) or _breaks_off(line.text)):
                break
            entries += 1
    if heading is not None:
        return list(range(heading, len(lines)))
    numbers: list[int] = []
    for n, line in enumerate(lines):
        if line.label and opens_others(line.text):
            end = next((m for m in range(n + 1, len(lines)) if not _is_title(lines[m].text)), len(lines))
            numbers += range(n, end) if end - n > _ENTRIES else ()
    return numbers


def _is_title(text: str) -> bool:
    """Whether a line is an entry of a list, without a figure that it might report."""
    return bool(_BULLET.match(text)) and not re.search(r"\d", text)


def _breaks_off(text: str) -> bool:
    ends = (finished(text) or _CLOSED.search(text)) and not _BROKEN_OFF.search(text)
    return len(text) >= _ENTRY and not ends


def _merged(removals: Iterable[Removal]) -> list[Removal]:
    """Neighbouring removals for one reason as one."""
    merged: list[Removal] = []
    for removal in removals:
        if merged and merged[-1].end == removal.start and merged[-1].reason == removal.reason:
            merged[-1] = Removal(merged[-1].start, removal.end, removal.reason)
        else:
            merged.append(removal)
    return merged


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, line) with the line break inside the span but not in the line."""
    start = 0
    for line in text.split("\n"):
        end = min(start + len(line) + 1, len(text))
        yield start, end, line
        start = end
