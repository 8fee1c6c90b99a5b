"""The short answer in a sentence: what the reader points at, as far as it is of the kind that is asked for. Pure.

No short answer rather than a wrong one: a figure in another unit, a date that is less exact than asked, an echo of the
question or a post without its holder is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.language import dates, figures, people, units
from ingest.language.posts import posts
from rag.question.kind import Asked, Kind
from rag.question.query import Query
from rag.question.terms import parts
from rag.records import Evidence

_LONGEST, _LONGEST_LIST = 40, 120  # characters
_RECOGNISED: frozenset[Kind] = frozenset({"figure", "date"})
"""Kinds whose answers the recognisers know; what they don't know is none."""
_UNTOLD: frozenset[Kind] = frozenset({"yes", "reports"})
_ECHO = 0.8  # the share of a span's own parts that the question says too, from which on it is its echo

_NUMBER = re.compile(r"\d+")

Run = tuple[int, int]


def short_of(query: Query, evidence: Evidence) -> Run | None:
    """Where the short answer stands in the report; None where nothing is sure to be one."""
    want, at = query.asked, evidence.start
    if want.kind in _UNTOLD:
        return None
    span = (evidence.span[0] - at, min(evidence.span[1], evidence.end) - at) if evidence.span else None
    if want.kind in _RECOGNISED:
        short = _pointed_at(spots(want, evidence.text), span)
    elif want.kind == "person":
        short = _person(evidence.text, span)
    elif want.kind == "post":
        short = _post(want.person, evidence.text, span)
    else:
        short = span
    longest = _LONGEST_LIST if want.kind == "list" else _LONGEST
    if short is None or short[1] - short[0] > longest or _echoes(query, evidence.text[slice(*short)]):
        return None
    return at + short[0], at + short[1]


def spots(want: Asked, sentence: str) -> list[Run]:
    """(start, end) in the sentence of every figure or date that may answer; none for other kinds."""
    if want.kind == "figure":
        return [(f.start, f.end) for f in figures.find(sentence) if counts(want, f.unit)]
    if want.kind == "date":
        return [(d.start, d.end) for d in dates.find(sentence) if _is_asked(want, d)]
    return []


def counts(want: Asked, unit: str) -> bool:
    """Whether a figure in a unit may answer."""
    if want.units is None:
        return "duration" not in units.kinds(unit)
    if unit in want.units or (not want.strict and not unit and "%" not in want.units):
        return True
    # By how much something grew may be told as an amount.
    return not want.strict and "%" in want.units and bool(units.kinds(unit) & {"money", "mass"})


def _pointed_at(found: Sequence[Run], span: Run | None) -> Run | None:
    """The one that shares most with the span; the only one there is where the span holds none."""
    shared = [(min(end, span[1]) - max(start, span[0]), -start, (start, end)) for start, end in found] if span else []
    best = max(shared, default=None)
    if best and best[0] > 0:
        return best[2]
    return found[0] if len(found) == 1 else None


def _person(text: str, span: Run | None) -> Run | None:
    """A name, or who is meant in the reader's words; a post alone names nobody."""
    named = [(p.start, p.end) for p in people.find(text)]
    if span is None:
        return named[0] if len(named) == 1 else None
    inside = [(a, b) for a, b in named if a < span[1] and span[0] < b]
    if len(inside) == 1:
        return inside[0]
    said = text[slice(*span)]
    held = posts(said)
    only_post = bool(held) and held[-1].end == len(said) and not inside
    return None if only_post or any(char.isdigit() for char in said) else span


def _post(person: str, text: str, span: Run | None) -> Run | None:
    """What is said of the person: the reader's words where they hold a post, else the post beside the name."""
    if span and posts(text[slice(*span)]):
        return span
    held = next((p for p in people.find(text) if p.name == person and p.post), None)
    return (held.post_start, held.post_end) if held and held.post_start is not None and held.post_end else None


def _is_asked(want: Asked, date: dates.Date) -> bool:
    """Whether a date is as exact as asked, and the asked day where the question gives one."""
    if not (date.year or date.month or date.relative is not None) or (want.year_asked and not _has_year(date)):
        return False
    if want.day_asked and not date.day:
        return False
    return not want.days or (date.month, date.day) in want.days


def _has_year(date: dates.Date) -> bool:
    return bool(date.year) or date.relative is not None


def _echoes(query: Query, said: str) -> bool:
    """Whether the question says it itself; a number that it doesn't give is news."""
    if said.strip("《》“”「」『』") in query.question.folded:
        return True
    if any(number not in query.question.folded for number in _NUMBER.findall(said)):
        return False
    own = list(_pairs(said))
    return bool(own) and sum(pair in query.question.folded for pair in own) > _ECHO * len(own)


def _pairs(said: str) -> Iterator[str]:
    yield from parts(said)
