"""Marks of Chinese writing: where sentences, clauses, quotations, titles and list numbering begin and end.

Pure. The constants are characters for use inside `[...]` of a pattern. Spans of sentences and of clauses lie side by
side and cover the text, so nothing is lost; all others come in order and never overlap. Time is linear in the text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from ingest.language.words import alternation, table

__all__ = [
    "BORDERS",
    "BULLETS",
    "CLOSERS",
    "COLONS",
    "COMMAS",
    "ELLIPSES",
    "ENDS",
    "HAN",
    "LISTING",
    "MARKS",
    "OPENERS",
    "PAUSES",
    "QUOTE_ENDS",
    "SLIPS",
    "SYMBOLS",
    "clauses",
    "finished",
    "heads",
    "item",
    "narrow",
    "numbering",
    "pointed",
    "quoted",
    "sentences",
    "titles",
    "without_end",
]

_HEADING = 30  # characters of the longest line that only names what follows

_MARKS = table("marks")
_PAIRS = tuple(_MARKS["quotes"] + _MARKS["titles"] + _MARKS["brackets"])


def _class(chars: str) -> str:
    """Characters as they are written inside `[...]`."""
    return "".join(map(re.escape, chars))


ENDS = _class(_MARKS["ends"] + _MARKS["half_ends"])
"""What ends a sentence; the full stop of Latin script isn't among them."""
ELLIPSES = _class(_MARKS["ellipses"])
COMMAS = _class(_MARKS["commas"])
COLONS = _class(_MARKS["colons"])
PAUSES = COMMAS + COLONS
LISTING = _class(_MARKS["listing"])
"""What parts the items of an enumeration: 、."""
MARKS = ENDS + PAUSES + LISTING + ELLIPSES + _class(_MARKS["stops"])
"""What parts or ends sentences, clauses and items."""
OPENERS = _class("".join(pair[0] for pair in _PAIRS))
CLOSERS = _class("".join(pair[1] for pair in _PAIRS))
"""Closing quotes and brackets; straight quotes are not among them, for they open too."""
QUOTE_ENDS = _class("".join(pair[1] for pair in _MARKS["quotes"]) + _MARKS["straight"])
SLIPS = frozenset(_MARKS["slips"])
"""The marks beside which a byte of GBK is lost or gained."""
BORDERS: tuple[str, ...] = tuple(_MARKS["borders"])
"""Where a text may be cut, the coarsest border first; the last is between any two characters."""
BULLETS = _class(_MARKS["bullets"])
SYMBOLS: dict[str, str] = _MARKS["symbols"]
"""Codes of private use, and what the fonts that have them draw."""
HAN = "".join(first if first == last else f"{first}-{last}" for first, last in _MARKS["han"])
"""Every Han character."""

_NARROW = {ord("\u3000"): " "} | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}


def narrow(text: str) -> str:
    """Full-width figures, letters, marks and blanks in half width; as long as the text."""
    return text.translate(_NARROW)


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of text[start:end], side by side; marks that close, blanks and the line's end stay with the one
    they follow. A line's end ends a sentence."""
    return _parted(text, start, end, _sentence_end())


def clauses(text: str, start: int = 0, end: int | None = None, listing: bool = False) -> list[tuple[int, int]]:
    """The clauses of text[start:end], side by side, each with the mark that ends it; items of an enumeration by
    themselves where `listing`."""
    border = _clause_end(listing)
    return [part for span in sentences(text, start, end) for part in _parted(text, *span, border, across=True)]


def quoted(text: str) -> list[tuple[int, int]]:
    """What is quoted in a line, with its quotes; of nested quotations of two kinds the outer."""
    return [match.span() for match in _quotation().finditer(text)]


def titles(text: str) -> list[tuple[int, int]]:
    """Titles in a line, with their marks: 《科普法》, 《关于印发〈纲要〉的通知》."""
    return [match.span() for match in _title().finditer(text)]


def heads(line: str) -> bool:
    """Whether a line only names what follows: short, and no sentence that is at its end."""
    stripped = line.strip()
    return len(stripped) <= _HEADING and not finished(stripped)


def without_end(text: str, also: str = "") -> str:
    """The text without the marks, the white space and the characters `also` at its end."""
    ends = {*_MARKS["ends"], *_MARKS["half_ends"], *_MARKS["commas"], *also}
    end = len(text)
    while end and (text[end - 1] in ends or text[end - 1].isspace()):
        end -= 1
    return text[:end]


def finished(line: str) -> bool:
    """Whether nothing of a line's last sentence can stand in the next one: it ends with a mark that ends a sentence,
    an ellipsis, or a colon that leads to what follows."""
    return bool(_last_mark().search(line, max(0, len(line) - 1)))


def numbering(line: str, figures: bool = True) -> str:
    """The numbering that a line of a list or a heading begins with (一、 （一） 1. ① 第一章), else nothing; without
    `figures` only one in characters, as chapters have."""
    match = _numbering().match(line) if figures else _chapter().match(line)
    return match[1] if match else ""


def goes_on(before: str, sentence: str) -> bool:
    """Whether a sentence tells a further point of what was told before it: that ends with ； or ：, or the sentence
    begins as a point does (二是, 第二，, 其次)."""
    begins = _point().match(sentence) or _going_on().match(sentence) or item(sentence)
    return before.rstrip()[-1:] in _LEADS_ON or bool(begins)


def item(line: str) -> str:
    """The numbering or the bullet that a line begins with, else nothing."""
    match = _bullet().match(line)
    return match[1] if match else numbering(line)


def _parted(
    text: str, start: int, end: int | None, border: re.Pattern[str], across: bool = False
) -> list[tuple[int, int]]:
    stop = len(text) if end is None else min(end, len(text))
    borders = list(_borders(text, start, stop, border, across))
    return [span for span in zip([start, *borders], [*borders, stop], strict=True) if span[0] < span[1]]


def _borders(text: str, start: int, stop: int, border: re.Pattern[str], across: bool) -> Iterator[int]:
    """Where each part ends but the last. A straight quote that closes stays with what it closes; quotations go on
    `across` borders or end with them."""
    at = counted = start
    quotes = dict.fromkeys(_MARKS["straight"], 0)
    for match in border.finditer(text, start, stop):
        end = match.end()
        if end < stop and text[end] in quotes:
            quotes = {mark: before + text.count(mark, counted, end) for mark, before in quotes.items()}
            counted = end
            if quotes[text[end]] % 2:
                end = _line_rest().match(text, end + 1, stop).end()  # type: ignore[union-attr]
        if at < end < stop:
            yield end
            at = end
            if not across:
                quotes, counted = dict.fromkeys(quotes, 0), end


@functools.cache
def _sentence_end() -> re.Pattern[str]:
    return re.compile(rf"(?:{_ended()})[{CLOSERS}]*(?:[ \t\u3000]*\n)?|\n")


@functools.cache
def _clause_end(listing: bool) -> re.Pattern[str]:
    paused = rf"[{PAUSES}](?!(?<=[\d０-９].)[\d０-９])"
    listed = f"|[{LISTING}]" if listing else ""
    return re.compile(rf"(?:{_ended()}|{paused}{listed})[{CLOSERS}]*(?:[ \t\u3000]*\n)?|\n")


def _ended() -> str:
    """A run of marks that ends a sentence: the half-width ones where no letter or figure follows, a full stop only
    behind Han or a mark that closes, too."""
    goes_on = rf"(?=[{HAN}{OPENERS}{CLOSERS}\s\"＂]|$)"
    halves = _class(_MARKS["half_ends"])
    half = rf"(?<![{halves}])[{halves}]++{goes_on}"
    stop = rf"(?<=[{HAN}{CLOSERS}%％])[{_class(_MARKS['stops'])}]{goes_on}"
    at_line_end = (
        rf"(?<![{_class(_MARKS['stops'])}])[{_class(_MARKS['stops'])}](?=[{CLOSERS}\"＂]*[ \t\u3000]*(?:\n|\Z))"
    )
    return rf"[{_class(_MARKS['ends'])}][{ENDS}]*|{half}|{stop}|{at_line_end}"


@functools.cache
def _line_rest() -> re.Pattern[str]:
    return re.compile(rf"[{CLOSERS}]*(?:[ \t\u3000]*\n)?")


@functools.cache
def _quotation() -> re.Pattern[str]:
    pairs = [rf"{a}[^{a}{b}\n]*{b}" for a, b in _MARKS["quotes"]]
    return re.compile("|".join(pairs + [f"{mark}[^{mark}\\n]*{mark}" for mark in _MARKS["straight"]]))


@functools.cache
def _title() -> re.Pattern[str]:
    pairs = [rf"{a}[^{a}{b}\n]*(?:{a}[^{a}{b}\n]*{b}[^{a}{b}\n]*){{0,3}}{b}" for a, b in _MARKS["titles"]]
    return re.compile("|".join(pairs))


@functools.cache
def _last_mark() -> re.Pattern[str]:
    return re.compile(f"[{ENDS}{ELLIPSES}{COLONS}]")


@functools.cache
def _numbering() -> re.Pattern[str]:
    return re.compile(rf"[ \t\u3000]*({_numbered()})")


_LEADS_ON = frozenset(_MARKS["leads_on"])


@functools.cache
def _going_on() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{alternation(_MARKS['going_on'])})")


@functools.cache
def _point() -> re.Pattern[str]:
    return re.compile(pointed())


@functools.cache
def _chapter() -> re.Pattern[str]:
    return re.compile(rf"[ \t\u3000]*({_numbered(figures=False)})")


def pointed() -> str:
    """A pattern of how a numbered point begins, with a line or within it (一是).

    Group 1 is the numbering, the named group that matches its number.
    """
    return rf"[ \t\u3000]*({_numbered(counting=True)})"


def _numbered(figures: bool = True, counting: bool = False) -> str:
    """The forms of a numbering, each number in a group of its form's name; `counting`: also those of points that stand
    within a text."""
    han, digits = f"[{_MARKS['numerals']}]{{1,3}}", r"[\d０-９]{1,3}"
    number = f"{han}|{digits}" if figures else han
    behind_rank = f"{alternation(_MARKS['parts'])}{f'|[{PAUSES}{LISTING}]' if counting else ''}"
    behind_han = f"[{_class(_MARKS['behind_numerals'])}]{'|' + alternation(_MARKS['counting']) if counting else ''}"
    forms = [
        rf"[(（](?P<bracketed>{number})[)）]",
        rf"第(?P<ranked>{number})(?:{behind_rank})",
        rf"(?P<plain>{han})(?:{behind_han})",
    ]
    if figures:
        circled = "".join(f"{first}-{last}" for first, last in _MARKS["circled"])
        behind = _class(_MARKS["behind_figures"])
        forms += [rf"(?P<figures>{digits})[{behind}](?![\d０-９])", rf"(?P<circled>[{circled}])"]
    return "|".join(forms)


@functools.cache
def _bullet() -> re.Pattern[str]:
    return re.compile(rf"[ \t\u3000]*([{BULLETS}])(?=[ \t\u3000])")


def without_quotations(text: str) -> str:
    """The text of the same length with blanks in the place of what it quotes, and of titles: 《十万个为什么》 asks
    nothing."""
    for start, end in (*titles(text), *quoted(text)):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text
