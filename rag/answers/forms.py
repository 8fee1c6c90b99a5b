"""Which sentences an answer of each form quotes, and what its short answer is. Pure.

The best sentence leads; what else proves the answer stands in the same report. Sentences come in the order of the
text, together in at most a message's room.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from ingest.language import marks
from ingest.language.words import alternation, table
from rag.evidence.rows import is_row
from rag.evidence.sentences import narrowed
from rag.records import Evidence, Form

ROOM = 560  # characters of all quotes together, so that an answer stays below 600
_MOST: dict[Form, int] = {"fact": 3, "list": 5, "passage": 6, "summary": 6, "yesno": 3}
_POINTS = 8  # sentences of a list that is told point by point
_NEXT = 3  # characters at most between one sentence and the next
_ENOUGH = 0.6  # the probability from which on the sentence of a short answer stands alone
# The least log odds of proving the answer with which a further sentence is quoted, and how far they may lie below
# those of the best one: chosen on authors that the reader wasn't taught by, docs/quality.md.
_LEAST: dict[Form, float] = {"fact": -2.0, "list": -2.0, "passage": -3.0, "summary": -4.0, "yesno": -3.5}
_BELOW: dict[Form, float] = {"fact": 1.0, "list": 2.5, "passage": 3.5, "summary": 4.5, "yesno": 1.5}
_POINTED = 0.6  # how likely a figure must be the right one of its sentence to be told alone: docs/quality.md
_WORTH = 0.1  # the probability of answering alone below which a further sentence is hardly ever part of the answer
_TOLD = 1.0  # log odds from which on a yes or no is said


def chosen(form: Form, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence and those beside it that prove the answer as well, in the order of the text."""
    best = narrowed_to(evidence[0])
    row = is_row(best.text)  # of a table: the others tell of other things
    if form == "fact" and best.short is not None and (row or best.probability >= _ENOUGH):
        return [best]
    own = [
        e
        for e in evidence[1:]
        if e.passage.chunk.source == best.passage.chunk.source and (form == "summary" or e.probability >= _WORTH)
    ]
    kept = _points(best, own) if form == "list" else [best]
    room = ROOM - sum(len(each.text) for each in kept)
    least = max(_LEAST[form], best.proof - _BELOW[form])
    others = [e for e in own if e.proof >= least]
    for each in sorted(others, key=lambda e: -e.proof):
        if len(kept) < _MOST[form] and len(each.text) <= room and not _overlaps(each, kept):
            kept.append(each)
            room -= len(each.text)
    return sorted(kept, key=lambda e: e.start)


def _points(best: Evidence, own: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence with the further points of what it begins, as far as there is room."""
    kept, room = [best], ROOM - len(best.text)
    while len(kept) < _POINTS:
        last = kept[-1]
        following = next((e for e in own if 0 <= e.start - last.end <= _NEXT), None)
        if following is None or len(following.text) > room or not marks.goes_on(last.text, following.text):
            break
        kept.append(following)
        room -= len(following.text)
    return kept


def short_of(form: Form, best: Evidence) -> str | None:
    """The short answer in the report's own words; 是 or 否 for a question of yes or no that is sure to be one."""
    if form == "yesno":
        return ("是" if best.polarity > 0 else "否") if abs(best.polarity) >= _TOLD else None
    if form in ("passage", "summary") or best.short is None or best.pointed < _POINTED:
        return None
    start, end = best.short[0] - best.start, best.short[1] - best.start
    return best.text[start:end]


def enumerates(best: Evidence) -> bool:
    """Whether the short answer tells several things."""
    return bool(_several().search(_short(best)))


def things_told(best: Evidence) -> int:
    """How many things the short answer may tell, at most, by what stands between them; 0 where there is none."""
    short = _short(best)
    return 1 + len(_between().findall(short)) if short else 0


def _short(best: Evidence) -> str:
    return best.text[best.short[0] - best.start : best.short[1] - best.start] if best.short else ""


def narrowed_to(evidence: Evidence, room: int = ROOM) -> Evidence:
    """The evidence, of a sentence longer than that the clauses around its answer."""
    around = evidence.short or evidence.span
    return narrowed(evidence, around[0] if around else evidence.start, room)


@functools.cache
def _several() -> re.Pattern[str]:
    """What joins things: a mark of enumeration, or a word between two that are words themselves."""
    joints = alternation(word for word in table("questions")["joined"]["plain_joints"] if word not in marks.LISTING)
    return re.compile(rf"[{marks.LISTING}]|(?<=\w\w)(?:{joints})(?=\w\w)")


@functools.cache
def _between() -> re.Pattern[str]:
    """What may stand between things: such marks, commas, and what closes and opens quotations and titles."""
    joints = alternation(word for word in table("questions")["joined"]["joints"] if word not in marks.LISTING)
    return re.compile(rf"[{marks.LISTING}{marks.COMMAS}{marks.PAUSES}]|(?<=\w)(?:{joints})(?=\w)|[”’》」]\s?[“‘《「]")


def _overlaps(each: Evidence, kept: Sequence[Evidence]) -> bool:
    return any(each.start < other.end and other.start < each.end for other in kept)
