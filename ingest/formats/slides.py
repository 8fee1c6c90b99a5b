"""Presentations (.pptx): a slide is a page, read from its title down, with the speaker's notes behind it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.formats.blocks import Block, LeftOut, NewPage, rendered
from ingest.formats.grid import Cell, Table
from ingest.formats.kinds import SLIDES, damaged
from ingest.formats.packages import ICON, core_properties, limited, usual

NOTES = "备注："
_DATA = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"
_SAME_HEIGHT = 200_000  # English metric units, 0.22 inch, within which shapes stand beside one another


def read(data: bytes) -> dict[str, Any]:
    """The text of the slides; hidden ones and pictures are left out."""
    import pptx
    from pptx.exc import PackageNotFoundError

    limited(SLIDES, data)
    try:
        show = pptx.Presentation(io.BytesIO(usual(data)))
    except (PackageNotFoundError, KeyError, ValueError) as exc:
        raise damaged(SLIDES) from exc
    return rendered(_blocks(show.slides), **core_properties(show))


def _blocks(slides: Iterable[Any]) -> Iterator[Block]:
    pictures: dict[LeftOut, None] = {}
    for number, slide in enumerate(slides):
        if number:
            yield NewPage()
        blocks = list(_slide(slide))
        content = [block for block in blocks if not isinstance(block, LeftOut)]
        if slide._element.get("show") == "0":
            yield LeftOut("hidden", rendered(content)["text"])
        else:
            yield from content
            pictures |= {block: None for block in blocks if isinstance(block, LeftOut)}
    yield from pictures  # each once: a sign may stand on every slide


def _slide(slide: Any) -> Iterator[Block]:
    title = slide.shapes.title
    for shape in _ordered(slide.shapes, title):
        yield from _shape(shape)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        lines = [line for line in slide.notes_slide.notes_text_frame.text.splitlines() if line.strip()]
        yield from (NOTES + line if not n else line for n, line in enumerate(lines))


def _ordered(shapes: Iterable[Any], title: Any = None) -> list[Any]:
    """The title, then the shapes from top to bottom, those at one height from left to right."""
    first = None if title is None else title.shape_id
    return sorted(
        shapes, key=lambda shape: (shape.shape_id != first, (shape.top or 0) // _SAME_HEIGHT, shape.left or 0)
    )


def _shape(shape: Any) -> Iterator[Block]:
    if shape.shape_type is not None and hasattr(shape, "shapes"):
        for inner in _ordered(shape.shapes):
            yield from _shape(inner)
    elif shape._element.tag.endswith("}pic"):
        yield from _picture(shape)
    elif getattr(shape, "has_table", False):
        yield _table(shape.table)
    elif getattr(shape, "has_chart", False):
        yield from _chart(shape.chart)
    elif (diagram := shape._element.find(".//{*}relIds")) is not None:
        yield from _diagram(shape.part, diagram)
    elif shape.has_text_frame and not _is_number(shape):
        for paragraph in shape.text_frame.paragraphs:
            yield from (line for line in paragraph.text.replace("\v", "\n").split("\n") if line.strip())


def _picture(shape: Any) -> Iterator[LeftOut]:
    """The name of a picture, unless it is but a sign."""
    relation = shape.part.rels.get(shape._element.blip_rId)
    if relation is not None and min(shape.width or ICON + 1, shape.height or ICON + 1) > ICON:
        yield LeftOut("picture", str(relation.target_ref).rpartition("/")[2])


def _diagram(part: Any, diagram: Any) -> Iterator[str]:
    """What the shapes of a diagram (SmartArt) say, which a part of its own keeps."""
    from pptx.oxml import parse_xml

    try:
        held = part.related_part(diagram.get(_DATA)).blob
    except KeyError:
        return
    for point in parse_xml(held).iter("{*}pt"):
        for paragraph in point.iterfind("{*}t/{*}p"):
            if content := "".join(text.text or "" for text in paragraph.iter("{*}t")).strip():
                yield content


def _is_number(shape: Any) -> bool:
    """Whether a shape holds the slide's number."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    return bool(shape.is_placeholder and shape.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER)


def _table(table: Any) -> Table:
    cells = [
        Cell(r, c, " ".join(cell.text.split()), cell.span_height, cell.span_width)
        for r, row in enumerate(table.rows)
        for c, cell in enumerate(row.cells)
        if not cell.is_spanned
    ]
    return Table(tuple(cells), heads=1 if table.first_row else None)


def _chart(chart: Any) -> Iterator[Block]:
    """A chart's figures, as the table that it was drawn from."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield chart.chart_title.text_frame.text
    series = list(chart._chartSpace.iter("{*}ser"))
    labels = [_points(one, "cat") or _points(one, "xVal") for one in series]
    values = [_points(one, "val") or _points(one, "yVal") for one in series]
    names = [one.findtext("{*}tx//{*}v") or "" for one in series]
    rows = [[label, *(own.get(n, "") for own in values)] for n, label in (labels[0] if labels else {}).items()]
    yield Table.of([["", *names], *rows], heads=1)


def _points(series: Any, name: str) -> dict[str, str]:
    """The points of a series that the file remembers, by their number."""
    points = series.iterfind(f"{{*}}{name}//{{*}}pt")
    return {point.get("idx", ""): " ".join((point.findtext("{*}v") or "").split()) for point in points}
