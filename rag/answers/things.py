"""Things of one owner that a question joins: 一车间和三车间, 馆里的图书与展品. Pure; in Simplified script.

The first is told with its owner and time, the last with what is asked of all of them; each is asked about alone with
both.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.language import dates, marks, places
from ingest.language.bodies import bodies
from ingest.language.questions import asking, counting, totals
from ingest.language.words import alternation, table

_ALIKE = 2  # characters with which things of one kind end
_LONGEST = 20  # characters of a thing


@dataclass(frozen=True, slots=True)
class Joined:
    """A question as `before + each of items + after`."""

    before: str
    items: tuple[str, ...]
    after: str


def joined(text: str) -> Joined | None:
    """The first things that a question joins; None where it joins none."""
    names = [(place.start, place.end) for place in places.find(text)]
    joints = [m for m in _joint().finditer(text) if not any(a <= m.start() < b for a, b in names)]
    joints = [m for m in joints if not _within_a_name(text, m, joints)]
    if not joints:
        return None
    begins = max((m.end() for m in _border().finditer(text, 0, joints[0].start())), default=0)
    tail = _tail().search(text, joints[-1].end())
    ends = tail.start() if tail else len(text)
    between = [text[a.end() : b.start()] for a, b in itertools.pairwise(joints)]
    first, last = text[begins : joints[0].start()], text[joints[-1].end() : ends]
    if not first or not last or _border().search("".join([*between, last])):
        return None
    kind = _kind(first, [*between, last])
    own, rest = (last[:kind], last[kind:]) if kind else (last, "")
    start = _begins(first, own)
    items = _told_together(tuple(dict.fromkeys(filter(None, [first[start:], *between, own]))))
    if len(items) <= len(between) + 1 or max(map(len, items)) > _LONGEST:
        return None
    return Joined(text[:begins] + first[:start], items, rest + text[ends:])


def _told_together(items: tuple[str, ...]) -> tuple[str, ...]:
    """The things with the kind of body that is told behind the last one together with their number: 红卫和塘口两个小学
    are 红卫小学 and 塘口小学; what else is so told is no part of a name (玉米两种作物)."""
    match = _all_of_them().fullmatch(items[-1]) if items else None
    if match is None:
        return items
    kind = match["kind"] if _of_bodies().fullmatch(match["kind"]) else ""
    return tuple(each if kind and each.endswith(kind) else each + kind for each in (*items[:-1], match["own"]))


def spelled_out(first: str, second: str) -> str | None:
    """The second side of a comparison with what only the first one says: 甲车间产量 and 乙车间 → 乙车间产量; None where
    both don't end in the name of one kind."""
    for length in range(len(second) - 1, _ALIKE - 1, -1):
        at = first.rfind(second[-length:])
        if at >= 0:
            start = _begins(first[: at + length], second)
            return f"{first[:start]}{second}{first[at + length :]}"
    return None


def owner_end(thing: str) -> int:
    """Where the place and the time end with which a thing is told."""
    ends = [*(date.end for date in dates.find(thing)), *(place.end for place in places.find(thing))]
    end = max((at for at in ends if at < len(thing)), default=0)
    return end + thing.startswith(_OF, end)


_OF = "的"


def _within_a_name(text: str, joint: re.Match[str], joints: Sequence[re.Match[str]]) -> bool:
    """Whether what may join things is a part of one's name, for a question joins its last things by one word: it
    stands at most a character behind where the name begins, or right before what is asked of all (天和食品跟…,
    永定和安和一共…)."""
    words = [other for other in joints if other is not joint and other[0] not in marks.LISTING]
    if not words or joint[0] in marks.LISTING:
        return False
    borders = (*_border().finditer(text, 0, joint.start()), *joints)
    begins = max((border.end() for border in borders if border.end() <= joint.start()), default=0)
    tail = _tail().search(text, joint.end())
    asked = tail.start() if tail else len(text)
    ends = min(at for at in (*(each.start() for each in joints), asked, len(text)) if at >= joint.end())
    behind = ends - joint.end()  # characters up to what joins the next thing, or asks
    return (joint.start() - begins <= 1 < behind) or asked == joint.end()


def _kind(first: str, others: Sequence[str]) -> int:
    """Where the last thing ends whose kind the first one ends with; 0 where it doesn't say."""
    last = others[-1]
    if (numbered := _numbered().match(last)) and _numbered().search(first):
        for end in range(numbered.end("kind"), numbered.start("kind"), -1):
            if first.endswith(last[numbered.start("kind") : end]):
                return end
    for length in range(len(first) - 1, _ALIKE - 1, -1):
        at = last.find(first[-length:])
        if at > 0:
            return at + length
    at = last.find(first[-1], 1) if first[-1] in table("questions")["joined"]["single"] else -1
    return at + 1 if 0 < at < len(last) - 1 else 0


def _begins(first: str, other: str) -> int:
    """Where the first thing begins behind its owner: as long as the other one where both are numbered or of a kind."""
    shape = _numbered().fullmatch(other)
    counted = [m.start() for m in _numbered().finditer(first) if shape and m.end() == len(first)]
    if counted and shape and first.endswith(shape["kind"]):
        return counted[-1]
    begins = owner_end(first)
    if len(first) > len(other) and first[-_ALIKE:] == other[-_ALIKE:]:
        begins = max(begins, len(first) - len(other))
    return begins


@functools.cache
def _joint() -> re.Pattern[str]:
    return re.compile(alternation(table("questions")["joined"]["joints"]))


@functools.cache
def _border() -> re.Pattern[str]:
    return re.compile(f"[{marks.PAUSES}{marks.ENDS}]")


@functools.cache
def _tail() -> re.Pattern[str]:
    """Where what is asked of all of the things begins."""
    words = alternation(table("questions")["joined"]["behind"])
    return re.compile(
        rf"{words}|{asking('count', 'measure', 'which', 'person')}|\d{{4}}年|[{marks.ENDS}{marks.PAUSES}]"
    )


@functools.cache
def _all_of_them() -> re.Pattern[str]:
    """A thing, the number of all, and their kind: 塘口两个小学, 玉米两种作物."""
    digits = "".join(table("numerals")["digits"])
    counted = rf"(?:{counting()})?"
    return re.compile(
        rf"(?P<own>[{marks.HAN}]{{2,12}}?)[{digits}十]{{1,3}}{counted}(?P<kind>[{marks.HAN}]{{1,4}}?)(?:{totals()})?"
    )


@functools.cache
def _of_bodies() -> re.Pattern[str]:
    """What a name ends with that is told for several together."""
    return re.compile(rf"(?:{bodies()})|[{table('questions')['joined']['single']}]")


@functools.cache
def _numbered() -> re.Pattern[str]:
    """A number with what is counted by it, and nothing else: 三车间, 6月."""
    digits = "".join(table("numerals")["digits"])
    return re.compile(rf"第?[{digits}十\d]{{1,3}}(?P<kind>[{marks.HAN}]{{1,2}})")
