"""Text recognised in pictures of pages (the optional extra `wenbao[ocr]`): scans, photographs, pages of PDFs.

Guarantees: every line is one that the recogniser saw, with its own confidence; nothing is guessed in between. A page
that lies on its side is turned, one that is a little askew is read straight.
"""

from __future__ import annotations

import importlib.util
import io
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from config.errors import NeedsRecognition, ReportError
from ingest.formats import columns
from ingest.formats.columns import Grid, Word
from ingest.formats.layout import Line, PageLines, arrange
from ingest.formats.tables import Writer

COMMAND = "pip install 'wenbao[ocr]'"

_DOTS = 200  # an inch, in which a PDF's page is drawn
_MOST_PIXELS = 40_000_000  # of a picture
_LONGEST_SIDE = 4000  # pixels that a picture is made smaller to
_MIN_SCORE = 0.5  # below which what was seen is no text
_UPRIGHT = 0.85  # mean confidence below which a page may stand on its head
_STRAIGHT = 0.003  # radians that a page may be askew without being turned
_MOST_ASKEW = 0.2


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("rapidocr") is not None


def needed(*, drawn: bool = True) -> NeedsRecognition:
    """What is said of a file that holds nothing but pictures of pages, or letters that don't say which they are."""
    if drawn:
        return NeedsRecognition(
            f"是扫描件或图像,需要文字识别:{COMMAND}", f"it is scanned or a picture; to recognise its text: {COMMAND}"
        )
    return NeedsRecognition(
        f"字体没有说明是什么字,需要文字识别:{COMMAND}",
        f"its fonts don't say what characters they show; to recognise them: {COMMAND}",
    )


def read(data: bytes, pages: str = "") -> dict[str, Any]:
    """The text of a picture, a line each of its lines and table rows, form feeds between the pages of a TIFF; in

    `recognised` the spans of its lines with their confidence, each (start, end, confidence in [0, 1]).

    Of a PDF only the `pages` are read, numbers from 0 with commas; in `pages` the same for each of them.
    """
    if pages:
        return {"pages": [_written([_seen(picture)]) for picture in _drawn(data, [int(n) for n in pages.split(",")])]}
    found = [_seen(picture) for picture in _pictures(data)]
    return _written(found) | {"paged": len(found) > 1, "title": None, "date": None, "publisher": None}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A word as it was recognised, and how sure the recogniser is."""

    word: Word
    score: float


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page's words, and its size in pixels."""

    words: tuple[_Seen, ...]
    width: float
    height: float


def _pictures(data: bytes) -> Iterator[Any]:
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    try:
        with Image.open(io.BytesIO(data)) as picture:
            for frame in ImageSequence.Iterator(picture):
                upright = ImageOps.exif_transpose(frame).convert("RGB")
                upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
                yield upright
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as exc:
        raise ReportError("图像已损坏或过大", "the picture is damaged or too large") from exc


def _drawn(data: bytes, pages: Sequence[int]) -> Iterator[Any]:
    """Pages of a PDF as pictures."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    for number in pages:
        yield document[number].render(scale=_DOTS / 72).to_pil().convert("RGB")


def _seen(picture: Any) -> _Sheet:
    """What stands on a page, turned until its lines run across and their letters stand upright."""
    words = _recognised(picture)
    tall = sum(len(seen.word.text) for seen in words if _is_tall(seen.word))
    length = sum(len(seen.word.text) for seen in words)
    angles = (90, 270) if 2 * tall > length else (180,) if _worth(words) < _UPRIGHT * length else ()
    tried = [(turn, _recognised(turn)) for turn in (picture.rotate(angle, expand=True) for angle in angles)]
    if 2 * tall <= length:
        tried.append((picture, words))
    picture, words = max(tried, key=lambda found: _worth(found[1]))
    return _Sheet(tuple(words), float(picture.width), float(picture.height))


def _is_tall(word: Word) -> bool:
    return word.bottom - word.top > 1.5 * (word.x1 - word.x0)


def _worth(words: Sequence[_Seen]) -> float:
    return sum(seen.score * len(seen.word.text) for seen in words)


def _recognised(picture: Any) -> list[_Seen]:
    import numpy as np
    from rapidocr import RapidOCR

    # It expects blue first. Lines that stand on their heads aren't turned, so that such a page is seen as one.
    found: Any = RapidOCR()(np.asarray(picture)[:, :, ::-1], use_cls=False)
    if found.boxes is None:
        return []
    boxes = [[(float(x), float(y)) for x, y in box] for box in found.boxes]
    angle = _askew(boxes)
    return [
        _Seen(_word(text.strip(), box, angle), float(score))
        for box, text, score in zip(boxes, found.txts, found.scores, strict=True)
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


def _written(sheets: Sequence[_Sheet]) -> dict[str, Any]:
    """The sheets' text in reading order, and where in it each line stands."""
    pages: list[PageLines] = []
    scores: list[tuple[str, float]] = []
    tables = Writer()
    for sheet in sheets:
        lines: list[Line] = []
        for item in columns.read([seen.word for seen in sheet.words], sheet.width):
            written = list(_lines(item, tables))
            lines += written
            texts = [line.text for line in written]
            scores += zip(texts, _confidences(item, texts, sheet.words), strict=True)
        pages.append(PageLines(sheet.height, tuple(lines)))
    text, furniture = arrange(pages)
    spans = []
    at = 0
    for said, score in scores:
        start = text.find(said, at)
        if start >= 0:
            at = start + len(said)
            spans.append((start, at, round(score, 4)))
    return {"text": text, "recognised": spans, "dropped": [("page", *span) for span in furniture]}


def _confidences(item: Line | Grid, texts: Sequence[str], words: Sequence[_Seen]) -> list[float]:
    """How sure the recogniser is of the least sure word of each line that a line or a table was written as.

    A word that stands in none of them as it was seen counts for all.
    """
    lines = (item,) if isinstance(item, Line) else item.lines
    seen = [
        seen
        for seen in words
        for line in lines
        if line.top <= (seen.word.top + seen.word.bottom) / 2 <= line.bottom
        and line.x0 <= (seen.word.x0 + seen.word.x1) / 2 <= line.x1
    ]
    everywhere = [each.score for each in seen if not any(each.word.text in text for text in texts)]
    own = [[each.score for each in seen if each.word.text in text] for text in texts]
    least = min((each.score for each in seen), default=_MIN_SCORE)
    return [min([*scores, *everywhere], default=least) for scores in own]


def _lines(item: Line | Grid, tables: Writer) -> Iterator[Line]:
    if isinstance(item, Line):
        tables.passed(item.text)
        yield item
        return
    first, last = item.lines[0], item.lines[-1]
    for n, text in enumerate(tables.lines(item.table)):
        top = min(first.top + n * (last.bottom - first.top) / len(item.lines), last.top)
        yield Line(text, first.x0, first.x1, top, top + first.size, 0.0, row=True)
