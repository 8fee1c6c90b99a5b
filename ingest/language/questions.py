"""The words by which Chinese questions ask, by what they ask for: patterns of the table `questions.toml`; and what asks
nothing at all."""

from __future__ import annotations

import functools
import re
import unicodedata

from ingest.language import dates
from ingest.language.words import alternation, table

_RUN = 3  # characters from which on one repeated is no word: 星星 is one
_SHORTEST = 2  # characters of a question


@functools.cache
def asking(*kinds: str) -> str:
    """A pattern of the words that ask for something of these kinds; of all where none is given."""
    words = table("questions")["asks"]
    return alternation(word for kind in kinds or words for word in words[kind])


@functools.cache
def counting() -> str:
    """A pattern of a unit that stands behind 多少 or 几 and is no part of the thing that is counted."""
    words = table("questions")["units"]
    scales = "".join(words["scales"])
    measured = alternation(words["measured"])
    guarded = [f"{unit}(?![{no}])" for unit, no in words["not_before"].items()]
    return rf"(?:[{scales}]*(?:{measured})|{'|'.join(guarded)}|{alternation(words['plain'])}|[{scales}])"


@functools.cache
def function_words() -> re.Pattern[str]:
    """What a question says without saying what it is about: question words, fillers, particles."""
    words = table("questions")["function"]
    held = [rf"{word}(?!{words['not_before'][word]})" for word in words["not_before"]]
    counted = [rf"哪[一几两]?[{words['counted']['哪']}]?", rf"几[{words['counted']['几']}]?"]
    degrees = rf"(?:{alternation(words['degrees'])})[多少高低大小]"
    post = r"(?:担?任)?(?:什么|何|哪个)(?:职务|职位|身份|职)|的(?:职务|职位|身份)(?=是?什么|是?[?？]?$)"
    particles = rf"(?!{alternation(words['kept'])})[{words['particles']}]"
    plain = alternation(word for word in words["words"] if word not in words["not_before"])
    return re.compile(
        "|".join(
            [
                post,
                asking(),
                *held,
                degrees,
                *counted,
                plain,
                particles,
            ]
        )
    )


@functools.cache
def totals() -> str:
    """A pattern of what asks for all together: 一共, 总数, and 共 where it is no part of another word."""
    words = table("questions")["total"]
    alone = words["alone"]
    single = f"(?<![{alone['not_after']}]){alone['word']}(?![{alone['not_before']}])"
    return f"{alternation([*words['words'], *words['nouns']])}|{single}"


@functools.cache
def pronouns(*kinds: str) -> str:
    """A pattern of the pronouns of these kinds, the longer first, and of 其 where "own" is among them."""
    words = table("questions")["pronouns"]
    plain = alternation(word for kind in kinds if kind != "own" for word in words[kind])
    own = f"{words['own']}(?![{words['own_not_before']}])|" if "own" in kinds else ""
    return f"(?:{own}{plain})"


@functools.cache
def aspects(ends: bool = False) -> str:
    """A pattern of what is asked of a thing: 面积, 年度目标; `ends` those that end the name of one."""
    words = table("questions")["aspects"]
    if ends:
        return alternation(words["of"])
    each = (_aspect(word) for word in sorted([*words["of"], *words["beside"]], key=len, reverse=True))
    return "|".join(each)


def _aspect(word: str) -> str:
    words = table("questions")["aspects"]
    before = f"(?:{alternation(words['before'][word])})?" if word in words["before"] else ""
    return f"{before}{word}" + (f"(?:{words['after'][word]})?" if word in words["after"] else "")


def is_noise(text: str) -> bool:
    """Whether a text says nothing, whatever was said before it: only sounds, one character over and over, or a number
    that is no year."""
    chars = [char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum()]
    if all(char in table("questions")["sounds"]["words"] for char in chars):
        return True
    if len(chars) >= _RUN and len(set(chars)) == 1:
        return True
    number = "".join(chars)
    return number.isdecimal() and dates.year_of(number) is None


def asks_nothing(text: str) -> bool:
    """Whether a text asks nothing where nothing was said before it: noise, a single character, only particles, or
    nothing but a year."""
    chars = [char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum()]
    particles = table("questions")["function"]["particles"]
    return is_noise(text) or len(chars) < _SHORTEST or "".join(chars).isdecimal() or all(c in particles for c in chars)
