"""Pictures of pages: those that a file is or holds, and one of them with places boxed, for who checks a quote."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from config.errors import ReportError
from ingest.formats import ofd_pages
from ingest.formats.kinds import OFD, PDF_HEADER, is_heic
from ingest.formats.packages import Package
from ingest.records import Place

_DOTS = 200  # an inch, in which a PDF's page is drawn
_MOST_PIXELS = 40_000_000  # of a picture
_LONGEST_SIDE = 4000  # pixels that a picture is made smaller to
_LONG = 3  # times its shorter side that a picture is long from which on it isn't of one page and stays as it is
_SHOWN_SIDE = 1600  # pixels of a picture that is shown
_MOST_PAGES = 1000  # of a TIFF, whose list of them may run in a circle
_MARGIN = 0.005  # of the picture's longer side, between a line and its box
_COLOUR = (220, 30, 30)


def read(data: bytes, places: str) -> dict[str, Any]:
    """A page as a PNG in base 64, turned upright and with these places boxed: a JSON list of `Place`, all of one page.

    Raises ReportError where the file has no such page.
    """
    wanted = [Place(*place) for place in json.loads(places)]
    number, turned = wanted[0].picture, wanted[0].turned
    picture = next(paged(data, [number]), None)
    if picture is None:
        raise ReportError("文件里没有这一页", "the file has no such page")
    buffer = io.BytesIO()
    _boxed(picture.rotate(turned, expand=True), wanted).save(buffer, "PNG")
    return {"png": base64.b64encode(buffer.getvalue()).decode("ascii")}


def readable(data: bytes) -> bool:
    """Whether what the file's kind of picture needs is installed."""
    return not is_heic(data) or importlib.util.find_spec("pi_heif") is not None


def frames(data: bytes) -> Iterator[Any]:
    """The pages of a picture, upright as its camera says. Raises ReportError when it is damaged or too large."""
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    if is_heic(data):
        import pi_heif

        pi_heif.register_heif_opener()
    try:
        with Image.open(io.BytesIO(data)) as picture:
            for frame in ImageSequence.Iterator(picture):
                upright = _on_paper(ImageOps.exif_transpose(frame))
                if max(upright.size) <= _LONG * min(upright.size):
                    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
                yield upright
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as exc:
        raise ReportError("图像已损坏或过大", "the picture is damaged or too large") from exc


def _on_paper(picture: Any) -> Any:
    """A picture in three colours: what is transparent is white, as on the paper or the page that it was made for."""
    from PIL import Image

    if picture.mode.startswith("I;16"):  # grey in 65,536 steps
        picture = picture.point(lambda grey: grey / 256).convert("L")
    if "transparency" not in picture.info and "A" not in picture.getbands():
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("RGB")


def has_pages(data: bytes) -> bool:
    """Whether a file's pages have to be drawn, as those of a PDF or an OFD."""
    return b"%PDF-" in data[:PDF_HEADER] or data.startswith(b"PK")


def paged(data: bytes, pages: Sequence[int]) -> Iterator[Any]:
    """These pages, from 0 and in order, of whatever a file is, as pictures."""
    if has_pages(data):
        yield from drawn(data, pages)
    else:
        yield from (picture for number, picture in enumerate(frames(data)) if number in pages)


def count(data: bytes) -> int:
    """How many pages a TIFF has, which alone of pictures is a document of several; 1 of every other."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    at, pages = 4, 0
    while order and pages < _MOST_PAGES:
        try:
            (place,) = struct.unpack_from(f"{order}I", data, at)
            if not place:
                break
            (entries,) = struct.unpack_from(f"{order}H", data, place)
        except struct.error:
            break
        at, pages = place + 2 + 12 * entries, pages + 1
    return max(1, pages)


def drawn(data: bytes, pages: Sequence[int]) -> Iterator[Any]:
    """Pages of a PDF, from 0, as pictures; of an OFD the pictures on them, where they stand."""
    if data.startswith(b"PK"):
        yield from _laid_out(data, pages)
        return
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    for number in pages:
        if number < len(document):
            yield document[number].render(scale=_DOTS / 72).to_pil().convert("RGB")


def _laid_out(data: bytes, pages: Sequence[int]) -> Iterator[Any]:
    from PIL import Image

    package = Package(OFD, data)
    laid_out_pages = ofd_pages.pages(package)
    dots = _DOTS / 25.4
    for number in pages:
        if number < len(laid_out_pages):
            page = laid_out_pages[number]
            longest = max(page.width, page.height)
            scale = min(dots, _LONGEST_SIDE / longest) if longest > 0 else dots
            sheet = Image.new("RGB", (max(1, round(page.width * scale)), max(1, round(page.height * scale))), "white")
            for path, (left, top, width, height) in page.pictures:
                size = max(1, round(width * scale)), max(1, round(height * scale))
                if max(size) <= 2 * _LONGEST_SIDE:
                    picture = next(frames(package.data(path))).resize(size)
                    sheet.paste(picture, (round(left * scale), round(top * scale)))
            yield sheet


def _boxed(picture: Any, places: Sequence[Place]) -> Any:
    from PIL import ImageDraw

    picture.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    width, height = picture.size
    margin = _MARGIN * max(width, height)
    draw = ImageDraw.Draw(picture)
    for place in places:
        box = (
            *(place.left * width - margin, place.top * height - margin),
            *(place.right * width + margin, place.bottom * height + margin),
        )
        draw.rectangle(box, outline=_COLOUR, width=max(2, round(margin / 2)))
    return picture
