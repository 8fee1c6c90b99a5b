"""Texts as Telegram messages: HTML that always parses, in pieces that always fit. Pure.

A message is written as spans of plain text with a style; it is split while it is still plain, and tags and
escapes are put on each piece afterwards, so no cut ever falls inside one. Lengths are UTF-16 code units, as
Telegram counts them.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from config.shown import message
from ingest.language.marks import sentences

LIMIT = 3500  # of Telegram's 4096: room for what a client or server counts differently

_JOINERS = "\u200d"


@dataclass(frozen=True, slots=True)
class Span:
    """Some text in one style; spans in `quote` next to each other share one expandable block.

    `mono` is a block in characters of one width.
    """

    text: str
    bold: bool = False
    quote: bool = False
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One message: its HTML, and the same without any markup."""

    html: str
    text: str


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)


def pieces(spans: Iterable[Span], limit: int = LIMIT) -> list[Piece]:
    """The messages that say this, in order; none is empty or longer than `limit`."""
    clean = [replace(span, text=message(span.text)) for span in spans]
    text = "".join(span.text for span in clean)
    messages = []
    for start, end in _cuts(text, limit):
        part = _slice(clean, start, end)
        if part:
            messages.append(Piece(_html(part), "".join(span.text for span in part)))
    return messages


def one_line(text: str, limit: int) -> str:
    """The text on one line, cut at `limit` characters, without marks that reorder what stands around it."""
    line = message(" ".join(text.split()))
    return line if len(line) <= limit else line[: _boundary(line, limit - 1)] + "…"


def _cuts(text: str, limit: int) -> list[tuple[int, int]]:
    """Ranges of the text that fit, without the blank lines between them."""
    cuts = []
    start = 0
    while start < len(text):
        end = _fitting(text, start, limit)
        if end < len(text):
            end = _good_end(text, start, end)
        if text[start:end].strip():
            cuts.append((start, end))
        start = end
    return cuts


def _fitting(text: str, start: int, limit: int) -> int:
    """The furthest end such that `text[start:end]` fits."""
    end = min(len(text), start + limit)
    while units(text[start:end]) > limit:
        end -= max(1, (units(text[start:end]) - limit) // 2)
    return end


def _good_end(text: str, start: int, end: int) -> int:
    """A line's end, else a sentence's end in the second half, else between two characters as people see them."""
    half = start + (end - start) // 2
    line = text.rfind("\n", half, end)
    if line > start:
        return line + 1
    *whole, (begun, _) = sentences(text, half, end)
    return begun if whole else max(_boundary(text, end), start + 1)


def _boundary(text: str, at: int) -> int:
    """The last place up to `at` that doesn't tear a character with its marks, an emoji or a flag apart."""
    for place in range(at, max(at - 64, 0), -1):
        before, after = text[place - 1], text[place : place + 1]
        if not after or not (_extends(after) or before == _JOINERS or (_flag(before) and _flag(after))):
            return place
    return at


def _extends(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me", "Mc"} or char == _JOINERS or "\U0001f3fb" <= char <= "\U0001f3ff"


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _slice(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    part, at = [], 0
    for span in spans:
        piece = span.text[max(0, start - at) : max(0, end - at)]
        if piece:
            part.append(replace(span, text=piece))
        at += len(span.text)
    return _trimmed(part)


def _trimmed(spans: list[Span]) -> list[Span]:
    """Without white space at either end, which Telegram takes away and then counts differently."""
    while spans and not spans[0].text.lstrip():
        spans = spans[1:]
    while spans and not spans[-1].text.rstrip():
        spans = spans[:-1]
    if spans:
        spans = [replace(spans[0], text=spans[0].text.lstrip()), *spans[1:]]
        spans = [*spans[:-1], replace(spans[-1], text=spans[-1].text.rstrip())]
    return spans


def _html(spans: Sequence[Span]) -> str:
    blocks = []
    for (quote, mono), group in groupby(spans, key=lambda span: (span.quote, span.mono)):
        inner = "".join(
            f"<b>{html.escape(span.text, quote=False)}</b>" if span.bold else html.escape(span.text, quote=False)
            for span in group
        )
        block = f"<pre>{inner}</pre>" if mono else inner
        blocks.append(f"<blockquote expandable>{block}</blockquote>" if quote else block)
    return "".join(blocks)
