"""Characters set wide: text with a blank between every two of its characters, as letter-spaced titles have it and as
some programs take it out of a PDF, without these blanks. Pure.

A blank may also part the entries of a list (是 否 是, names, figures). So blanks are left out only where all of a run
are alike, its characters make words or a date, and figures stand between such words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.language import dates
from ingest.language.marks import HAN
from ingest.language.script import to_simplified
from ingest.language.vocabulary import load_lexicon
from ingest.offsets import Replacement

_FEWEST = 4  # characters of a run, and those of Han in it unless it is a date
_MOSTLY = 0.5  # of a run's characters, that are Han; of those, that differ
_WIDEST = 2  # blanks between two characters
# By how much the words of a run are likelier than its characters one by one: natural log, for each character of Han.
# Of two dozen runs those that make words have 2.5 and more; names in a row have 1.3, 有无有无 has 0.3.
_GAIN = 2.0
_HAN = re.compile(f"[{HAN}〇]")
_SPACED = re.compile(r"\w[^\S\n\t]{1,2}\w[^\S\n\t]")  # whether a line is worth a look
_TOKEN = re.compile(r"\S+")
_FIGURE = re.compile(r"\d[\d.,]*[%％]?")
_ONE = re.compile(r"[^\w\s]*\w?[^\w\s]*")  # a character with the marks at it, or a mark
_OPENS = re.compile(r"\S*[^\w\s](?=\w$)")  # what stands before one: （一）全
_GOES_ON = re.compile(r"(?<=^\w)[^\w\s]\S*")  # what stands behind one: 位：县科协


def set_wide(text: str) -> list[Replacement]:
    """The blanks inside of what is set wide."""
    removals = []
    start = 0
    for line in text.split("\n"):
        if _SPACED.search(line):
            for run in _runs(line):
                removals += [Replacement(start + at, start + end, "") for at, end in _blanks(_sound(run))]
        start += len(line) + 1
    return removals


@dataclass(frozen=True, slots=True)
class _Token:
    """What stands between two blanks, and where in its line."""

    text: str
    start: int
    end: int

    @property
    def figure(self) -> bool:
        return _FIGURE.fullmatch(self.text) is not None

    @property
    def alone(self) -> bool:
        """Whether it is one character, or a figure."""
        return self.figure or _ONE.fullmatch(self.text) is not None


def _runs(line: str) -> Iterator[list[_Token]]:
    """Characters and figures that stand apart by the same blank; the first and the last may be an end of something."""
    tokens = [_Token(match[0], *match.span()) for match in _TOKEN.finditer(line)]
    gaps = [line[before.end : token.start] for before, token in itertools.pairwise(tokens)]
    runs: list[list[int]] = []
    for n, gap in enumerate(gaps):
        begins = tokens[n].alone or _OPENS.match(tokens[n].text)
        ends = tokens[n + 1].alone or _GOES_ON.search(tokens[n + 1].text)
        if not begins or not ends or len(gap) > _WIDEST or "\t" in gap:
            continue
        if runs and runs[-1][-1] == n and tokens[n].alone and gap == gaps[n - 1]:
            runs[-1].append(n + 1)
        else:
            runs.append([n, n + 1])
    for first, *others in runs:
        yield [_last(tokens[first]), *(tokens[n] for n in others[:-1]), _first(tokens[others[-1]])]


def _last(token: _Token) -> _Token:
    """The character at a token's end, where it is not one alone."""
    match = None if token.alone else _OPENS.match(token.text)
    return token if match is None else _Token(token.text[match.end() :], token.start + match.end(), token.end)


def _first(token: _Token) -> _Token:
    match = None if token.alone else _GOES_ON.search(token.text)
    return token if match is None else _Token(token.text[: match.start()], token.start, token.start + match.start())


def _sound(run: Sequence[_Token]) -> Sequence[_Token]:
    """The run where its characters make words or a date, else nothing of it.

    Figures at its ends may be other cells of a row; they stay apart unless they are a date's.
    """
    text = _said(run)
    inside = dates.find(text)
    if inside and inside[0].start == 0 and inside[0].end == len(text) and len(run) >= _FEWEST:
        return run
    first = (
        0 if inside and inside[0].start == 0 else next((n for n, each in enumerate(run) if not each.figure), len(run))
    )
    last = next((n for n in range(len(run), first, -1) if not run[n - 1].figure), first)
    return run[first:last] if _makes_words(_said(run[first:last])) else ()


def _said(run: Sequence[_Token]) -> str:
    return to_simplified("".join(token.text for token in run))


def _makes_words(text: str) -> bool:
    han = _HAN.findall(text)
    own = sum(char.isalnum() for char in text)
    if len(han) < _FEWEST or len(han) < _MOSTLY * own or len(set(han)) <= _MOSTLY * len(han):
        return False
    lexicon = load_lexicon()
    gained = lexicon.plausibility("".join(han)) - sum(map(lexicon.plausibility, han))
    return gained >= _GAIN * len(han)


def _blanks(run: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """The blanks of a run; those between two figures of which one has several digits stay."""
    for before, token in itertools.pairwise(run):
        if not (before.figure and token.figure and len(before.text + token.text) > 2):
            yield before.end, token.start
