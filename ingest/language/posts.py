"""Posts that people hold, deputies apart, and trades that people are called by.

Pure. Spans come in order, lie in the text and never overlap. Time is linear in the text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.language.words import alternation, table

__all__ = ["Post", "post_at", "post_pattern", "posts", "same_post"]


@dataclass(frozen=True, slots=True)
class Post:
    """A post as it stands in the text, with the body and the prefix that make another post of it (党组副书记)."""

    start: int
    end: int
    post: str
    deputy: bool
    """Whether its holder stands in for another: 副主席, 主席助理."""
    word: str
    """The post without prefixes: a row of the table."""

    @property
    def is_trade(self) -> bool:
        """Whether it is a trade or a merit (记者, 专家), to which nobody is appointed."""
        return self.word not in _appointed()

    @property
    def is_former(self) -> bool:
        """Whether it is told as one held before: 原主席."""
        return self.post.startswith(tuple(_people()["former"]))

    @property
    def is_current(self) -> bool:
        """Whether it is told as one held now: 现任主席."""
        return self.post.startswith(tuple(_people()["current"]))


def posts(text: str) -> tuple[Post, ...]:
    """Every post and trade that a text names, in order, whether or not a person stands beside it."""
    return tuple(
        Post(m.start(), m.end(), m[0], bool(m["deputy"] or m["aide"]), m["word"])
        for m in _post_words().finditer(text)
        if _is_post(text, m)
    )


def same_post(wanted: str, held: str) -> bool:
    """Whether who holds the post told answers who holds the post asked.

    厅长 is not 副厅长, 主席 not 党组书记, nor 原主席; a body or a kind that only one of the two names is no difference.
    负责人 is anyone who leads.
    """
    one, other = _last(wanted), _last(held)
    if one is None or other is None:
        return wanted == held
    if one.deputy != other.deputy or _standing(wanted, one) != _standing(held, other):
        return False
    if one.word != other.word and _alike().get(one.word, one.word) != _alike().get(other.word, other.word):
        return _leads(one.word) and _leads(other.word) and bool({one.word, other.word} & set(_people()["generic"]))
    return not (_qualifier(one) and _qualifier(other)) or _qualifier(one) == _qualifier(other)


def post_at(text: str, at: int) -> bool:
    """Whether a post begins at `at`."""
    match = _post_words().match(text, at)
    return match is not None and _is_post(text, match)


@functools.cache
def post_pattern(trades: bool = False) -> str:
    """A pattern of one post with its prefixes, trades too where asked; it captures nothing."""
    words = _people()["posts"] + (_people()["trades"] if trades else [])
    lead = "".join(_optional(key) for key in ("former", "qualifiers", "deputy"))
    return f"(?:{lead}(?:{alternation(words)}){_optional('aide')})"


def _is_post(text: str, match: re.Match[str]) -> bool:
    """Whether a word of the table is no part of another word: 主席团, 城市长期."""
    word = match["word"]
    after, before = text[match.end() : match.end() + 1], text[match.start() - 1 : match.start()]
    if after and after in _people()["not_before"].get(word, ""):
        return False
    return not (before and before in _people()["not_after"].get(word, "")) or match.start("word") > match.start()


def _last(text: str) -> Post | None:
    held = posts(text)
    return held[-1] if held else None


def _qualifier(post: Post) -> str:
    """The body within the post: 党组 of 党组副书记."""
    return next((word for word in _people()["qualifiers"] if word in post.post), "")


def _standing(text: str, post: Post) -> str:
    """Whether a post is held, was held, or is an honour."""
    before = text[max(0, post.start - 2) : post.start] + post.post
    for kind in ("former", "honorary"):
        if before.startswith(tuple(_people()[kind])) or post.post.startswith(tuple(_people()[kind])):
            return kind
    return "held"


def _leads(word: str) -> bool:
    return word in _people()["chiefs"] or word in _people()["generic"]


def _optional(key: str) -> str:
    bound = f"(?<![{_people()['no_former_after']}])" if key == "former" else ""
    return f"(?:{bound}(?:{alternation(_people()[key])}))?"


@functools.cache
def _post_words() -> re.Pattern[str]:
    words = alternation(_people()["posts"] + _people()["trades"])
    aide = alternation(_people()["aide"])
    lead = "".join(_optional(key) for key in ("former", "honorary", "acting", "qualifiers"))
    return re.compile(f"{lead}(?P<deputy>{alternation(_people()['deputy'])})?(?P<word>{words})(?P<aide>{aide})?")


@functools.cache
def _alike() -> dict[str, str]:
    return {word: group[0] for group in _people()["alike"] for word in group}


@functools.cache
def _appointed() -> frozenset[str]:
    return frozenset(_people()["posts"])


def _people() -> Mapping[str, Any]:
    return table("people")
