"""Where the short answer stands in a quote. Pure."""

from __future__ import annotations

import re

from ingest.language.script import to_simplified

_MARKER = re.compile(r"\[\d+\]")


def spans(text: str, short: str | None) -> list[tuple[int, int]]:
    """The spans of a short answer in a text, never inside a longer figure or word, in either script."""
    if not short:
        return []
    folded, wanted = to_simplified(text), to_simplified(short)  # of the same lengths
    matches = re.finditer(re.escape(wanted), folded)
    return [match.span() for match in matches if _stands_alone(folded, *match.span())]


def markers(text: str) -> list[tuple[int, int]]:
    """The spans of the citation markers `[1]`."""
    return [match.span() for match in _MARKER.finditer(text)]


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[:start][-2:], text[end : end + 2]
    cuts_figure = bool(re.search(r"\d[.,]?$", before)) and text[start].isdigit()
    runs_on = text[end - 1].isdigit() and bool(re.match(r"[.,]?\d", after))
    cuts_word = start > 0 and _latin(text[start - 1]) and _latin(text[start])
    cut_off = end < len(text) and _latin(text[end - 1]) and _latin(text[end])
    return not (cuts_figure or runs_on or cuts_word or cut_off)


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()
