"""How a text calls somebody without the given name: 李教授, 王局长, 张先生; 老张, 小王.

Pure. A surname and a word are many words of Chinese, so both sides must show that somebody is meant (`bounds`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.language.appointments import PostedText, is_anothers
from ingest.language.bounds import Left, right_of
from ingest.language.divisions import stems
from ingest.language.names import Name
from ingest.language.posts import Post
from ingest.language.words import alternation, table

_SHOWN = ("verb", "short", "spoken", "told")
_OPEN = ("mark", "listed")
_LEADING = ("post", "lead", "person")


def openings(text: str) -> Iterator[int]:
    """Where 老张 and 小王 may begin."""
    return (match.start() for match in _called_by().finditer(text))


def titled(read: PostedText, at: int, left: Left) -> tuple[Name, Post | None] | None:
    """The surname at `at` with the post or the word of address behind it, as a name: 王局长, 李先生."""
    surname = _surname().match(read.text, at)
    if surname is None or not left.kind or _is_a_word(read.text, at, surname[0]):
        return None
    post = read.post_at(surname.end())
    if post is not None and _calls(post) and not is_anothers(read, post):
        return Name(at, post.end, True, False), post
    address = _addresses().match(read.text, surname.end())
    return (Name(at, address.end(), True, False), None) if address else None


def familiar(read: PostedText, at: int, left: Left) -> Name | None:
    """老张 or 小王 at `at`, where a post or a word leads to it or a verb follows."""
    match = _called_by().match(read.text, at)
    if match is None or not left.kind:
        return None
    right = right_of(read, match.end())
    shown = right in _SHOWN or (right in _OPEN and left.kind in _LEADING)
    return Name(at, match.end(), True, False) if shown else None


def _is_a_word(text: str, at: int, surname: str) -> bool:
    """Whether a surname is a word here or begins the name of a place: 任主席, 对方主任, 梅州长潭."""
    before = text[at - 1 : at]
    if surname in _no_surnames() or text[at : at + len(surname) + 1] in stems():
        return True
    return bool(before and before in _people()["called_not_after"].get(surname, ""))


def _calls(post: Post) -> bool:
    """Whether a surname before a post calls who holds it; of trades few do, and of 代表 there are many."""
    words = _people()
    plain = not (post.is_former or post.is_current) and post.post.removesuffix(post.word) in ("", *words["deputy"])
    listed = not post.is_trade or post.word in words["called_trades"]
    return plain and listed and post.word not in words["loose"]


def _people() -> Mapping[str, Any]:
    return table("people")


@functools.cache
def _no_surnames() -> frozenset[str]:
    return frozenset([*_people()["particles"], *_people()["no_called"]])


@functools.cache
def _surname() -> re.Pattern[str]:
    return re.compile(f"{alternation(_people()['double_surnames'])}|[{_people()['surnames']}]")


@functools.cache
def _addresses() -> re.Pattern[str]:
    return re.compile(alternation(_people()["addresses"]))


@functools.cache
def _called_by() -> re.Pattern[str]:
    words = _people()["called_by"]
    return re.compile(f"(?:{alternation(words['words'])})[{words['surnames']}]")
