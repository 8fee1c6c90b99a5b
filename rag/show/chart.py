"""A table as a picture: horizontal bars in SVG, readable on light and on dark ground. Pure.

Guarantees: well-formed XML whatever stands in a report; no bar, label or figure outside the picture; every figure with
the number of its source, which stands below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from config.errors import Language
from rag.answers.table import Cell, Table
from rag.show.blocks import joined, source_of
from rag.show.tables import clipped, coverage, remarks, title, width

_WIDE = 860  # units of the picture, one of them a pixel at its own size
_MARGIN = 24
_ROW, _BAR = 30, 18
_LINE = 18  # a line of a source
_HEAD = 74
_GLYPH = 7.2  # half the width of a Chinese character in the labels' size
_KEY = 26  # columns of the longest label
_FIGURE = 40  # columns of the longest figure with its remark
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STYLE = """
text { font: 14px system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; fill: #1f2328 }
.title { font-size: 18px; font-weight: 600 } .small { font-size: 12px; fill: #59636e }
.sure { fill: #2563a8 } .likely { fill: #2563a8; fill-opacity: .45 } .other { fill: #b26a00; fill-opacity: .7 }
.axis { stroke: #8c959f } .ground { fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .small { fill: #9198a1 } .ground { fill: #0d1117 }
.sure { fill: #6cb6ff } .likely { fill: #6cb6ff } .other { fill: #f0b35a }
}
"""


@dataclass(frozen=True, slots=True)
class _Bar:
    """A figure of a key; `key` is empty where the bar above has told it."""

    key: str
    cell: Cell
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places across: `low` to `high` stand between `left` and `left + room`."""

    low: float
    high: float
    left: float
    room: float

    def at(self, value: float) -> float:
        return self.left + self.room * (value - self.low) / (self.high - self.low)


def table_svg(table: Table, language: Language) -> str:
    """The figures of a table as bars; one without a value has a label and no bar."""
    bars = list(_bars(table, language))
    sources = [_source(table, n, language) for n in range(len(table.citations))]
    foot = _HEAD + _ROW * len(bars) + 22
    height = foot + _LINE * len(sources) + _MARGIN
    name = _text(title(table, language))
    elements = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {height}" width="{_WIDE}" height="{height}"'
        f' role="img" aria-label="{name}">',
        f"<title>{name}</title><style>{_STYLE}</style>",
        f'<rect class="ground" width="{_WIDE}" height="{height}"/>',
        f'<text class="title" x="{_MARGIN}" y="34">{_text(clipped(title(table, language), 80))}</text>',
        f'<text class="small" x="{_MARGIN}" y="56">{_text(coverage(table, language))}</text>',
        *_drawn(bars, _scale(bars)),
        *(
            f'<text class="small" x="{_MARGIN}" y="{foot + _LINE * n}">{_text(line)}</text>'
            for n, line in enumerate(sources)
        ),
        "</svg>",
    ]
    return "\n".join(elements) + "\n"


def _bars(table: Table, language: Language) -> Iterator[_Bar]:
    for row in table.rows:
        for n, cell in enumerate(row.cells):
            kind = "other" if n else cell.certainty
            label = joined(
                f"{cell.said} [{cell.citation.n}]", remarks(cell, table, language, differs=bool(row.conflicts))
            )
            yield _Bar("" if n else row.key, cell, kind, clipped(label, _FIGURE))


def _scale(bars: list[_Bar]) -> _Scale:
    """Room for the widest label on the left and for the widest figure on the right."""
    values = [bar.cell.value for bar in bars if bar.cell.value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    left = _MARGIN + _GLYPH * max((width(clipped(bar.key, _KEY)) for bar in bars), default=0) + 12
    right = _GLYPH * max((width(bar.label) for bar in bars), default=0) + 12 + _MARGIN
    return _Scale(low, high if high > low else low + 1, left, _WIDE - left - right)


def _drawn(bars: list[_Bar], scale: _Scale) -> Iterator[str]:
    zero = scale.at(0)
    for n, bar in enumerate(bars):
        top = _HEAD + _ROW * n
        value = bar.cell.value or 0.0
        begin, end = sorted((zero, scale.at(value)))
        middle = top + _BAR / 2 + 5
        yield f"<g><title>{_text(joined(bar.key, bar.cell.said))}</title>"
        yield (
            f'<text x="{scale.left - 12:.1f}" y="{middle:.1f}" text-anchor="end">{_text(clipped(bar.key, _KEY))}</text>'
        )
        if bar.cell.value is not None:
            yield f'<rect class="{bar.kind}" x="{begin:.1f}" y="{top}" width="{end - begin:.1f}" height="{_BAR}"/>'
        yield f'<text x="{end + 8:.1f}" y="{middle:.1f}">{_text(bar.label)}</text></g>'
    bottom = _HEAD + _ROW * len(bars) - (_ROW - _BAR)
    yield f'<line class="axis" x1="{zero:.1f}" y1="{_HEAD - 6}" x2="{zero:.1f}" y2="{bottom + 6}"/>'


def _source(table: Table, n: int, language: Language) -> str:
    source = source_of(table.citations[n], language)
    return clipped(f"[{source.n}] {source.line}", 130)


def _text(text: str) -> str:
    """A text that stands in XML as it is."""
    return escape(_UNWRITABLE.sub("", text))
