"""Which posts a text tells of a person: those of one enumeration right before a name, or told behind it.

Pure. 省科协党组书记、副主席王建国; 王建国,省科协主席; 王建国任组长; 免去王建国的主席职务.
"""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.language.marks import COLONS, COMMAS, ENDS, HAN
from ingest.language.names import blank, han, names_at
from ingest.language.posts import Post, posts
from ingest.language.tenure import past, told_behind
from ingest.language.words import alternation, table

_BETWEEN = 24  # characters between two posts of one person, or between 任 and the post
_APPOSED = 16  # characters between a name and the post behind a mark
_RELIEVED = 12  # characters from the word that relieves of an office to the end of the name, at most
BY = "由"
_HELD = 8  # posts told of one person, at most
_IN_CLAUSE = rf"[^{COMMAS}{ENDS}\n]"
_CURRICULUM = rf"(?:[{COMMAS}](?:[男女]|\d{{4}}年{_IN_CLAUSE}{{1,8}})(?:[{COMMAS}]{_IN_CLAUSE}{{1,16}}){{0,4}}?)"
"""What stands between a name and the post behind it: ,男,汉族,1970年生."""


@dataclass(frozen=True, slots=True)
class PostedText:
    """A text with the posts in it."""

    text: str
    posts: tuple[Post, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> PostedText:
        """The text with its posts looked up."""
        held = posts(text)
        return cls(text, held, tuple(post.start for post in held), tuple(post.end for post in held))

    def post_at(self, start: int) -> Post | None:
        """The post that begins at `start`."""
        at = bisect_left(self.starts, start)
        return self.posts[at] if at < len(self.starts) and self.starts[at] == start else None

    def post_to(self, end: int) -> Post | None:
        """The post that ends at `end`."""
        at = bisect_left(self.ends, end)
        return self.posts[at] if at < len(self.ends) and self.ends[at] == end else None


def chain_before(read: PostedText, last: Post) -> tuple[Post, ...]:
    """The enumeration of posts that ends with `last`: 省科协党组书记、副主席."""
    held = [last]
    at = bisect_left(read.starts, last.start)
    while at > 0 and len(held) < _HELD and _enumerated(read.text, read.posts[at - 1].end, held[-1].start):
        at -= 1
        held.append(read.posts[at])
    return tuple(reversed(held))


def _chain_behind(read: PostedText, first: Post) -> tuple[Post, ...]:
    held = [first]
    at = bisect_left(read.starts, first.start)
    while (
        at + 1 < len(read.posts)
        and len(held) < _HELD
        and _enumerated(read.text, held[-1].end, read.posts[at + 1].start)
    ):
        at += 1
        held.append(read.posts[at])
    return tuple(held)


def _enumerated(text: str, end: int, start: int) -> bool:
    """Whether a second post belongs to the enumeration that the first, which ends at `end`, opens or continues."""
    return start - end <= _BETWEEN and _further().fullmatch(text, end, start) is not None


def posts_behind(read: PostedText, end: int) -> tuple[Post, ...]:
    """The posts told behind a name: 王某某,省科协主席; 王某某任组长; 王某某教授."""
    if post := read.post_at(end):
        return () if is_anothers(read, post) else (post,)
    given_up = past().match(read.text, end)
    opening = given_up or _takes().match(read.text, end)
    if opening is None:
        return _office(read, end)
    takes = opening[0] if given_up else opening[opening.lastgroup] if opening.lastgroup else ""
    at = bisect_left(read.starts, opening.end())
    if at == len(read.posts) or read.starts[at] - opening.end() > (_BETWEEN if takes else _APPOSED):
        return ()
    post = read.posts[at]
    if not _plain().fullmatch(read.text, opening.end(), post.start):
        return ()
    if len(takes) < 2 and han().match(read.text, post.end) and (not takes or post.is_trade):
        return ()
    return _own(read, _chain_behind(read, post))


def assigned(read: PostedText, begins: int, end: int) -> Post | None:
    """The post told before 由 that who is named up to `end` takes, where posts of theirs begin at `begins` in between:
    院长由市农技推广中心原主任某某担任."""
    taken = taking().match(read.text, end)
    if taken is None or past().match(read.text, end) or read.text[taken.end() :][:1] in tuple(_people()["no_taking"]):
        return None
    given = _given_to().search(read.text, max(0, begins - _BETWEEN), begins)
    return read.post_to(given.start()) if given else None


def _office(read: PostedText, end: int) -> tuple[Post, ...]:
    """The posts that a name is relieved of, told as an office: 免去王某某的党组书记、主席职务, 免去王某某主席职务."""
    relieved = _relieving().search(read.text, max(0, end - _RELIEVED), end)
    opening = _addressed().match(read.text, end) if relieved else _possessive().match(read.text, end)
    at = bisect_left(read.starts, opening.end()) if opening else len(read.posts)
    if opening is None or at == len(read.posts) or read.starts[at] - opening.end() > _BETWEEN:
        return ()
    held = _chain_behind(read, read.posts[at])
    between = _plain().fullmatch(read.text, opening.end(), held[0].start)
    return held if between and read.text.startswith(tuple(_people()["offices"]), held[-1].end) else ()


def is_relieved(read: PostedText, end: int) -> bool:
    """Whether the person whose name ends at `end` is relieved of an office, told or not: 免去王某某职务."""
    if not _relieving().search(read.text, max(0, end - _RELIEVED), end):
        return False
    return read.text.startswith(tuple(_people()["offices"]), end) or bool(_office(read, end))


def _own(read: PostedText, held: tuple[Post, ...]) -> tuple[Post, ...]:
    """Those posts of an enumeration behind a name that are not the next one's: 王某某任组长、副主席李某某任副组长."""
    return tuple(itertools.takewhile(lambda post: not is_anothers(read, post), held))


def is_anothers(read: PostedText, post: Post) -> bool:
    """Whether a post behind a name is that of the next one: 王某某,副主席李某某."""
    at = post.end
    while blank().match(read.text, at):
        at += 1
    return any(name.sure and not name.word for name in names_at(read.text, at))


def gives_up(read: PostedText, end: int) -> bool:
    """Whether the post behind a name is told as one held no longer: 王某某不再担任主席."""
    return told_behind(read.text, end) or bool(_office(read, end)) or is_relieved(read, end)


def _people() -> Mapping[str, Any]:
    return table("people")


@functools.cache
def _takes() -> re.Pattern[str]:
    honorific = f"(?:{alternation(_people()['honorifics'])})?"
    takes = alternation(_people()["takes"])
    forms = (
        f"{_CURRICULUM}[{COMMAS}](?P<after_all>{takes})",
        f"[{COMMAS}{COLONS}(（] ?(?P<behind>{takes})?",
        f"(?P<on>{takes})",
    )
    return re.compile(f"{honorific}(?:{'|'.join(forms)})")


@functools.cache
def _relieving() -> re.Pattern[str]:
    """A word that relieves the person of an office whose name follows, up to the end of the name."""
    return re.compile(rf"(?:{alternation(_people()['relieving'])})[{COLONS}\s]?[{HAN}·]{{2,8}}$")


@functools.cache
def _addressed() -> re.Pattern[str]:
    return re.compile(f"(?:{alternation(_people()['honorifics'])})?的?")


@functools.cache
def _given_to() -> re.Pattern[str]:
    """From a post to the body of who takes it: 由, 一职由; no mark between."""
    words = alternation(word for word in _people()["joins"] if word.endswith(BY))
    return re.compile(rf"(?:{words})(?:(?!{BY})[{HAN}\w“”]){{0,{_BETWEEN}}}$")


@functools.cache
def _possessive() -> re.Pattern[str]:
    return re.compile(f"(?:{alternation(_people()['honorifics'])})?的")


@functools.cache
def taking() -> re.Pattern[str]:
    """From a name to the post behind it: 任, 当选为."""
    return re.compile(alternation(_people()["takes"]))


def takes_office(text: str, end: int) -> bool:
    """Whether a word stands at `end` that leads from a name to a post, held or given up."""
    return bool(taking().match(text, end) or past().match(text, end))


def takes_on(text: str, end: int) -> bool:
    """Whether who is named up to `end` takes a post, told right behind the name."""
    return bool(taking().match(text, end)) and not past().match(text, end)


@functools.cache
def _plain() -> re.Pattern[str]:
    """What may stand between a name and the post behind it: no mark."""
    return re.compile(rf"[{HAN}\w“”\"《》·]*")


@functools.cache
def _further() -> re.Pattern[str]:
    return re.compile(rf"[、兼和及/][{HAN}\w“”]*")
