"""Text recognised in pictures of pages (the optional extra `wenbao[ocr]`): scans, photographs, pages of PDFs.

Guarantees: every line is one that the recogniser saw, with its own confidence; nothing is guessed in between. A page
that lies on its side is turned, one that is a little askew is read straight.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.formats import columns, pictures
from ingest.formats.columns import Grid, Word
from ingest.formats.layout import Line, PageLines, arrange
from ingest.formats.tables import Writer
from ingest.records import Place

_MIN_SCORE = 0.5  # below which what was seen is no text
_UPRIGHT = 0.85  # mean confidence below which a page may stand on its head
_STRAIGHT = 0.003  # radians that a page may be askew without being turned
_MOST_ASKEW = 0.2
_LONG = 2.0  # times its width that a picture is high from which on it is read piece by piece
_PIECE, _OVER = 1600, 240  # pixels of a piece's height, and of what it shares with the next
_SLACK = 6.0  # pixels by which the recogniser sets a word differently in two pieces
_NEAR = 40  # words at the end of a piece that may come again


def read(data: bytes, pages: str = "") -> dict[str, Any]:
    """The text of a picture, a line each of its lines and table rows, form feeds between the pages of a TIFF; in

    `recognised` the spans of its lines, each (start, end, confidence in [0, 1], its `Place`).

    Of some `pages` alone, numbers from 0 with commas, the same for each of them as it is read, in `each`.
    """
    if pages:
        numbers = [int(number) for number in pages.split(",")]
        drawn = zip(numbers, pictures.paged(data, numbers), strict=True)
        return {"each": (_written([_seen(picture, number)]) for number, picture in drawn)}
    sheets = [_seen(picture, number) for number, picture in enumerate(pictures.frames(data))]
    return _written(sheets) | {"paged": len(sheets) > 1, "title": None, "date": None, "publisher": None}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A word as it was recognised, set straight; how sure the recogniser is; and its box as it stands in the picture,

    (left, top, right, bottom) in pixels.
    """

    word: Word
    score: float
    box: tuple[float, float, float, float]

    @property
    def middle(self) -> float:
        """Its height on the page, in pixels from the top."""
        return (self.word.top + self.word.bottom) / 2

    def lower(self, pixels: int) -> _Seen:
        """The word as it stands in a picture of which this one's begins so far below the top."""
        word = replace(self.word, top=self.word.top + pixels, bottom=self.word.bottom + pixels)
        left, top, right, bottom = self.box
        return _Seen(word, self.score, (left, top + pixels, right, bottom + pixels))

    def is_again(self, other: _Seen) -> bool:
        """Whether another one stands at the same place."""
        beside = self.word.x1 < other.word.x0 or other.word.x1 < self.word.x0
        return not beside and abs(self.middle - other.middle) < _SLACK * 2


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page's words, its size in pixels, which of the file's pictures it is, and by how many degrees it was turned."""

    words: tuple[_Seen, ...]
    width: float
    height: float
    number: int = 0
    turned: int = 0

    def place(self, words: Sequence[_Seen]) -> Place:
        """Where these words stand."""
        lefts, tops, rights, bottoms = zip(*(seen.box for seen in words), strict=True)
        box = min(lefts) / self.width, min(tops) / self.height, max(rights) / self.width, max(bottoms) / self.height
        return Place(self.number, self.turned, *(round(min(max(side, 0.0), 1.0), 4) for side in box))


def _seen(picture: Any, number: int) -> _Sheet:
    """What stands on a page, turned until its lines run across and their letters stand upright."""
    words = _read_down(picture)
    tall = sum(len(seen.word.text) for seen in words if _is_tall(seen.word))
    length = sum(len(seen.word.text) for seen in words)
    angles = (90, 270) if 2 * tall > length else (180,) if _worth(words) < _UPRIGHT * length else ()
    tried = [(angle, turn, _read_down(turn)) for angle, turn in ((a, picture.rotate(a, expand=True)) for a in angles)]
    if 2 * tall <= length:
        tried.append((0, picture, words))
    angle, picture, words = max(tried, key=lambda attempt: _worth(attempt[2]))
    return _Sheet(tuple(words), float(picture.width), float(picture.height), number, angle)


def _is_tall(word: Word) -> bool:
    return word.bottom - word.top > 1.5 * (word.x1 - word.x0)


def _worth(words: Sequence[_Seen]) -> float:
    return sum(seen.score * len(seen.word.text) for seen in words)


def _read_down(picture: Any) -> list[_Seen]:
    """What stands on a picture; on a long one, as of a telephone's screen, piece by piece.

    The recogniser makes a picture smaller until it is as long as a page, which leaves nothing to read of one of many.
    Pieces reach over one another, and a line that stands in two is read in the one that holds more around it.
    """
    if picture.height <= max(_PIECE, _LONG * picture.width):
        return _recognised(picture)
    words: list[_Seen] = []
    for top in range(0, picture.height - _OVER, _PIECE - _OVER):
        bottom = min(top + _PIECE, picture.height)
        piece = [seen.lower(top) for seen in _recognised(picture.crop((0, top, picture.width, bottom)))]
        border = top + _OVER / 2 if top else 0.0
        kept = [seen for seen in words if seen.middle < border + _SLACK]
        words = kept + [
            seen for seen in piece if seen.middle >= border - _SLACK and not any(map(seen.is_again, kept[-_NEAR:]))
        ]
    return words


def _recognised(picture: Any) -> list[_Seen]:
    import numpy as np
    from rapidocr import RapidOCR

    # It expects blue first. Lines that stand on their heads aren't turned, so that such a page is seen as one.
    result: Any = RapidOCR()(np.asarray(picture)[:, :, ::-1], use_cls=False)
    if result.boxes is None:
        return []
    boxes = [[(float(x), float(y)) for x, y in box] for box in result.boxes]
    angle = _askew(boxes)
    return [
        _Seen(_word(text.strip(), box, angle), float(score), _around(box))
        for box, text, score in zip(boxes, result.txts, result.scores, strict=True)
        if score >= _MIN_SCORE and text.strip()
    ]


def _askew(boxes: Sequence[Sequence[tuple[float, float]]]) -> float:
    """By how much the page's longer lines lean, in radians."""
    longest = max((box[1][0] - box[0][0] for box in boxes), default=0.0)
    leans = [
        math.atan2(box[1][1] - box[0][1], box[1][0] - box[0][0])
        for box in boxes
        if 2 * (box[1][0] - box[0][0]) > longest
    ]
    angle = statistics.median(leans) if leans else 0.0
    return angle if _STRAIGHT < abs(angle) < _MOST_ASKEW else 0.0


def _word(text: str, box: Sequence[tuple[float, float]], angle: float) -> Word:
    cos, sin = math.cos(-angle), math.sin(-angle)
    turned = [(x * cos - y * sin, x * sin + y * cos) for x, y in box]
    xs, ys = [x for x, _ in turned], [y for _, y in turned]
    return Word(text, min(xs), max(xs), min(ys), max(ys), (max(ys) - min(ys)) * 0.8)


def _around(box: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in box], [y for _, y in box]
    return min(xs), min(ys), max(xs), max(ys)


def _written(sheets: Sequence[_Sheet]) -> dict[str, Any]:
    """The sheets' text in reading order, and where in it each line stands."""
    pages: list[PageLines] = []
    scores: list[tuple[str, float, Place | None]] = []
    tables = Writer()
    for sheet in sheets:
        lines: list[Line] = []
        for item in columns.read([seen.word for seen in sheet.words], sheet.width):
            written = list(_lines(item, tables))
            lines += written
            texts = [line.text for line in written]
            scores += zip(texts, _confidences(item, texts, sheet.words), _places(item, texts, sheet), strict=True)
        pages.append(PageLines(sheet.height, tuple(lines)))
    text, furniture = arrange(pages)
    spans = []
    at = 0
    for line_text, score, place in scores:
        start = text.find(line_text, at)
        if start >= 0:
            at = start + len(line_text)
            spans.append((start, at, round(score, 4), place))
    return {"text": text, "recognised": spans, "dropped": [("page", *span) for span in furniture]}


def _confidences(item: Line | Grid, texts: Sequence[str], words: Sequence[_Seen]) -> list[float]:
    """How sure the recogniser is of the least sure word of each line that a line or a table was written as.

    A word that stands in none of them as it was seen counts for all.
    """
    seen = [seen for line in _lines_of(item) for seen in _within(line, words)]
    everywhere = [each.score for each in seen if not any(each.word.text in text for text in texts)]
    own = [[each.score for each in seen if each.word.text in text] for text in texts]
    least = min((each.score for each in seen), default=_MIN_SCORE)
    return [min([*scores, *everywhere], default=least) for scores in own]


def _places(item: Line | Grid, texts: Sequence[str], sheet: _Sheet) -> Iterator[Place | None]:
    """Where each line stands that a line or a table was written as: a row where most of its words are."""
    lines = [line_words for line in _lines_of(item) if (line_words := _within(line, sheet.words))]
    for text in texts:
        if not lines:
            yield None
            continue
        yield sheet.place(max(lines, key=lambda words: sum(len(s.word.text) for s in words if s.word.text in text)))


def _lines_of(item: Line | Grid) -> tuple[Line, ...]:
    return (item,) if isinstance(item, Line) else item.lines


def _within(line: Line, words: Sequence[_Seen]) -> list[_Seen]:
    """The words that a line was made of."""
    right, down = line.moved
    return [
        seen
        for seen in words
        if line.top <= (seen.word.top + seen.word.bottom) / 2 + down <= line.bottom
        and line.x0 <= (seen.word.x0 + seen.word.x1) / 2 + right <= line.x1
    ]


def _lines(item: Line | Grid, tables: Writer) -> Iterator[Line]:
    if isinstance(item, Line):
        tables.passed(item.text)
        yield item
        return
    first, last = item.lines[0], item.lines[-1]
    for n, text in enumerate(tables.lines(item.table)):
        top = min(first.top + n * (last.bottom - first.top) / len(item.lines), last.top)
        yield Line(text, first.x0, first.x1, top, top + first.size, 0.0, row=True)
