"""Which lines of a page an extractor's article holds: the page's long lines first, then the short ones between them.

Pure, and linear in the two texts: a long line is found by the rarest piece of it, a short one is looked for only
where the article goes on.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

_UNSAID = re.compile(r"[\s|-]+")  # white space, and the marks by which an extractor shows lists and tables
_LONG = 12  # characters of a line that no sentence holds by chance
_PIECE = 6  # characters; a long line holds a whole piece wherever it begins
_TRIES = 8  # places of a piece to look at on either side of where the article goes on
_REACH = 2000  # characters from there in which a short line is looked for


def held(shown: Sequence[str], lines: Iterable[str]) -> list[bool]:
    """Whether each of the page's `shown` lines is of the article that has these `lines`; a blank one is.

    The extractor may have joined lines or broken them elsewhere. A short line (科普, 讲座) stands in some sentence by
    chance: before the first long line of the article and behind its last it must be a line there, in its order.
    """
    article = _Article(lines)
    bare = [_bare(line) for line in shown]
    anchors: dict[int, int] = {}  # line of the page → its place in the article
    at = 0
    for n, line in enumerate(bare):
        if len(line) >= _LONG and (place := article.place(line, at)) is not None:
            anchors[n] = place
            at = max(at, place + len(line))
    first, last = min(anchors, default=-1), max(anchors, default=len(bare))
    kept = []
    at = 0
    for n, line in enumerate(bare):
        if n in anchors:
            at = max(at, anchors[n] + len(line))
            kept.append(True)
        elif first < n < last:
            place = article.near(line, at)
            at = at if place is None else place + len(line)
            kept.append(place is not None or all(article.says(cell, at) for cell in map(_bare, shown[n].split("\t"))))
        else:
            end = anchors[first] if n < first else len(article.text)
            cells = [cell for cell in map(_bare, shown[n].split("\t")) if cell]
            stands = article.has_line(line, at, end) or all(article.has_line(cell, at, end) for cell in cells)
            kept.append(stands if line else not shown[n].strip())
    return kept


class _Article:
    """The article's characters without what is unsaid, and where its lines and pieces stand."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = defaultdict[str, list[int]](list)
        texts = []
        at = 0
        for line in lines:
            self._lines[_bare(line)].append(at)
            for cell in map(_bare, line.split("|") if "|" in line else ()):
                self._lines[cell].append(at)
            texts.append(_bare(line))
            at += len(texts[-1])
        self.text = "".join(texts)
        self._pieces = defaultdict[str, list[int]](list)
        for start in range(0, len(self.text) - _PIECE + 1, _PIECE):
            self._pieces[self.text[start : start + _PIECE]].append(start)

    def place(self, line: str, at: int) -> int | None:
        """Where a long line stands, if it does: behind `at` rather than before it."""
        before = None
        for offset in range(_PIECE):
            starts = range(offset, len(line) - _PIECE + 1, _PIECE)
            places, start = min(
                ((self._pieces.get(line[start : start + _PIECE], []), start) for start in starts),
                key=lambda piece: len(piece[0]),
            )
            middle = bisect.bisect_left(places, at + start)
            for place in (*places[middle : middle + _TRIES], *places[max(0, middle - _TRIES) : middle]):
                if self.text.startswith(line, place - start):
                    if place - start >= at:
                        return place - start
                    before = place - start
        return before

    def near(self, line: str, at: int) -> int | None:
        """Where a short line stands a little behind `at`."""
        place = self.text.find(line, at, at + _REACH)
        return None if place < 0 else place

    def says(self, words: str, at: int) -> bool:
        """Whether the words are a line or a table's cell, or stand near."""
        return words in self._lines or self.near(words, at) is not None

    def has_line(self, line: str, start: int, end: int) -> bool:
        """Whether a line of the article between two places is this one."""
        places = self._lines.get(line, [])
        first = bisect.bisect_left(places, start)
        return bool(line) and first < len(places) and places[first] < end


def _bare(line: str) -> str:
    return _UNSAID.sub("", line)
