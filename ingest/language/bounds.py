"""What stands on both sides of a name, and whether that shows that it is one.

Pure. A post, a word that leads to a name (由, 邀请) or a mark before it; a post, a verb, an address or a mark behind.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.language.appointments import BY, PostedText, is_relieved, posts_behind, takes_office, taking
from ingest.language.divisions import stems
from ingest.language.names import Name, blank, han, honorifics, is_dotted, is_made, may_go_on, moves, verbs
from ingest.language.posts import Post
from ingest.language.tenure import hands_over
from ingest.language.words import table

_LED = 6  # characters of the longest word that leads to a name
AND = frozenset(("、", "和", "与", "及", "以及", " ", "\u3000", "\xa0"))
_OPEN = ("mark", "listed", "told")
_BEHIND_ONE = ("person", "successor")


@dataclass(frozen=True, slots=True)
class Left:
    """What stands before a name: a post, another person of one enumeration, the holder of before ("successor"), a
    word that leads to it, a mark."""

    kind: str
    post: Post | None = None


def stands(read: PostedText, name: Name, left: Left) -> bool:
    """Whether what stands on both sides of a name shows that it is one."""
    beside = left.kind == "post" or left.kind in _BEHIND_ONE
    if name.foreign and name.end - name.start == 2 and not beside:
        return bool(left.kind) and (read.post_at(name.end) is not None or right_of(read, name.end) == "told")
    if not beside and ((name.foreign and not name.sure) or not _may_stand_alone(read.text, name, left)):
        return False
    if _cuts_a_word(read, name):
        return False
    right = right_of(read, name.end)
    if blank().search(read.text, name.start, name.end):
        return left.kind == "post" and right in (*_OPEN, "verb", "spoken")
    if read.text.startswith(_particles(), name.start) and not _is_no_particle(name, left, right):
        return False
    return _stands_behind_post(read.text, name, left, right) if beside else _stands_alone(name, left, right)


def _may_stand_alone(text: str, name: Name, left: Left) -> bool:
    """Whether a name without a post before it is neither a place nor an ordinary word."""
    written = text[name.start : name.end]
    if not left.kind and not (name.sure and name.end - name.start > 2):
        return False
    if name.word:
        return left.kind == "lead" and name.sure and name.end - name.start > 2
    if len(written) > 2 and honorifics().match(text, name.end):
        return True
    if name.foreign or is_dotted(written):
        return written not in stems()
    return not ({written, written[:2]} & stems() or written.endswith(tuple(_people()["landscape"])))


def _stands_alone(name: Name, left: Left, right: str) -> bool:
    if name.word:
        return right in ("post", "spoken")
    if name.foreign:  # its parts stand in names of places and firms, too: 乌兰布和
        return bool(left.kind) and right in ("post", "spoken", "told", "verb")
    return right == "spoken" or (bool(left.kind) and name.sure and _tells(name, right))


def _is_no_particle(name: Name, left: Left, right: str) -> bool:
    """Whether a surname that is a particle or a numeral far more often (向, 于) is a surname here."""
    if left.kind == "post":
        return name.sure and (right not in ("", "short", "word", "post") or (right == "short" and _is_full(name)))
    return name.sure and (right in ("spoken", "told") or (right == "verb" and left.kind == "person"))


def _is_full(name: Name) -> bool:
    """Whether a name has a given name of two characters: 成志刚."""
    return name.end - name.start > 2


def _tells(name: Name, right: str) -> bool:
    """Whether what stands behind a name shows that it is one, with nothing but a mark before it: 王伟出席, 王建国在."""
    return right in ("verb", "post", "told", "listed") or (right == "short" and _is_full(name))


def _stands_behind_post(text: str, name: Name, left: Left, right: str) -> bool:
    if name.foreign and name.end - name.start == 2:
        return right not in ("", "post")
    if name.foreign and not name.sure:
        return left.post is not None and not left.post.is_trade and right not in ("", "short")
    if name.word and (name.end - name.start == 2 or not name.sure):
        return False
    if left.kind in _BEHIND_ONE and name.word:
        return right in ("spoken", "verb", "listed", "mark")
    if left.kind in _BEHIND_ONE or (left.post is not None and left.post.word in _loose()):
        return bool(right) and not name.word and (name.sure or right == "spoken")
    return bool(right) or (name.sure and name.end - name.start > 2 and not name.word and not may_go_on(text, name))


def _cuts_a_word(read: PostedText, name: Name) -> bool:
    """Whether the last character of a name opens a word that may follow one: 明担 of 欧阳明担任."""
    last = name.end - 1
    if read.text[last] in _people()["before_a_date"] and read.text[name.end : name.end + 1].isdecimal():
        return last > name.start + 1
    if last < name.start + 2 or (name.foreign and is_made(read.text[name.start : name.end])):
        return False
    if last >= name.start + 3 and _takes_office(read, name, last):
        return True
    follows = (words.match(read.text, last) for words in (verbs(), honorifics()))
    return read.post_at(last) is not None or any(match and match.end() > name.end for match in follows)


def _takes_office(read: PostedText, name: Name, last: int) -> bool:
    """Whether the last character of four is the verb by which a post is taken: 由欧阳修任, 欧阳修任组长."""
    if name.foreign or not taking().fullmatch(read.text, last, name.end):
        return False
    return bool(posts_behind(read, last)) or (
        read.text.startswith(BY, name.start - len(BY)) and not han().match(read.text, name.end)
    )


def right_of(read: PostedText, end: int) -> str:
    """What stands behind a name; empty where nothing bounds it.

    "spoken" (同志), "post", "told" for a post told behind a mark, "listed" for the next of an enumeration, "mark",
    "verb", "short" for a verb of one character, "word" for one that may follow much else.
    """
    text = read.text
    if not han().match(text, end):
        if posts_behind(read, end):
            return "told"
        return "listed" if text[end : end + 1] in AND and han().match(text, end + 1) else "mark"
    if honorifics().match(text, end):
        return "spoken"
    if read.post_at(end):
        return "post"
    if is_relieved(read, end):
        return "told"
    verb = verbs().match(text, end)
    if takes_office(text, end) and posts_behind(read, end):
        return "told"
    if verb is not None:
        return "verb" if len(verb[0]) > 1 else "short"
    return "word" if moves().match(text, end) else ""


def left_of(read: PostedText, at: int, last: int | None) -> Left:
    """What stands before a name that begins at `at`; `last`: where the person before it ends."""
    text = read.text
    if last is not None and last < at and text[last:at] in AND:
        return Left("person")
    if last is not None and hands_over(text, last, at):
        return Left("successor")
    for end in (at, _joined_to(text, at)):
        if post := read.post_to(end):
            return Left("post", post)
    if at == 0 or _parts().match(text, at - 1):
        return Left("mark")
    return Left("lead") if lead_before(text, at) else Left("")


def _joined_to(text: str, at: int) -> int:
    """Where what a joining word or a mark joins to `at` ends: the end of 主席 in 主席由…."""
    while at > 0 and blank().match(text, at - 1):
        at -= 1
    for length in range(min(_LED, at), 0, -1):
        if text[at - length : at] in _joins():
            return at - length
    return at


def lead_before(text: str, at: int) -> bool:
    """Whether a word that leads to a name ends at `at`: 由, 邀请."""
    return text[at - 1 : at] in _lead_ends() and any(
        text[at - length : at] in _leading() for length in range(1, min(_LED, at) + 1)
    )


def _people() -> Mapping[str, Any]:
    return table("people")


@functools.cache
def _particles() -> tuple[str, ...]:
    return tuple(_people()["particles"])


@functools.cache
def _loose() -> frozenset[str]:
    return frozenset(_people()["loose"])


@functools.cache
def _parts() -> re.Pattern[str]:
    """What bounds a name before it: no figure or letter."""
    return re.compile(r"[^\w·•・‧]")


@functools.cache
def _joins() -> frozenset[str]:
    return frozenset(_people()["joins"])


@functools.cache
def _lead_ends() -> frozenset[str]:
    return frozenset(lead[-1] for lead in _leading())


@functools.cache
def _leading() -> frozenset[str]:
    return frozenset(_people()["leads"])
