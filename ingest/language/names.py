"""What a person's name looks like by itself: surname and given name, a foreign one with or without dots, 李某.

Pure. A name by these rules is only one that may be: what stands beside it decides (`bounds`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.language.marks import HAN
from ingest.language.posts import post_at
from ingest.language.words import alternation, table

_DOT = "·•・‧"
FOREIGN = 6  # characters of one part of a name with dots, at most
_USUAL = 0.7  # the share of characters of a name with dots that such names are usually written with
_LONG = 3  # characters from where on a name without a dot is a foreign one


@dataclass(frozen=True, slots=True)
class Name:
    """A name that may stand at a place; `sure` where its characters alone make it likely, `word` where it begins
    as an ordinary word does, `foreign` where it is one without surname or dot (巴特尔), sure where it is made of known
    parts (扎西卓玛)."""

    start: int
    end: int
    sure: bool
    word: bool
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    """The tables, ready for look-up."""

    surnames: frozenset[str]
    doubles: frozenset[str]
    given: frozenset[str]
    foreign: frozenset[str]
    short: frozenset[str]


def is_name(word: str) -> bool:
    """Whether a word by itself looks like a person's name: 李卫民, 欧阳某某, 艾尔肯·吐尼亚孜; not 高度."""
    if dotted_name().fullmatch(word):
        return True
    return any(name.end == len(word) and not name.word for name in names_at(word, 0))


@functools.cache
def surname_pattern() -> str:
    """A pattern of one surname, in a group that captures nothing."""
    return f"(?:{alternation(_people()['double_surnames'])}|[{_people()['surnames']}])"


def names_at(text: str, at: int) -> Iterator[Name]:
    """What may be a name that begins at `at`, the longest first."""
    if match := dotted_name().match(text, at):
        yield from _foreign(text, at, match)
    for end in _made_ends(text, at):
        yield Name(at, end, True, False, foreign=True)
    if long := _undotted().match(text, at):
        known = _made().match(text, at) is not None
        for end in range(long.end(), at + _LONG - 1, -1):
            yield Name(at, end, known and end == long.end(), False, foreign=True)
    if text[at : at + 2] in _words().short:
        yield Name(at, at + 2, False, False, foreign=True)
    double = next((word for word in _doubles_by_first().get(text[at : at + 1], ()) if text.startswith(word, at)), "")
    for surname in filter(None, (double, text[at : at + 1])):
        if surname == double or surname in _words().surnames:
            yield from _given(text, at, at + len(surname), surname == double)


def _foreign(text: str, start: int, match: re.Match[str]) -> Iterator[Name]:
    """A name with dots, its last part the shorter where a word that may follow a name cuts it."""
    last = match.start("last")
    follow = (verbs(), honorifics(), moves())
    ends = range(last + 2, match.end())
    if (made := _made().match(text, match.start("last"))) and text[made.end() : made.end() + 1] not in _words().foreign:
        ends = range(last + 2, made.end())
    cut = (end for end in ends if post_at(text, end) or any(words.match(text, end) for words in follow))
    end = next(cut, ends.stop)
    letters = [char for char in text[start:end] if char not in _DOT]
    usual = sum(char in _words().foreign for char in letters)
    yield Name(start, end, usual >= _USUAL * len(letters), False)


def _given(text: str, start: int, at: int, double: bool) -> Iterator[Name]:
    if untold := _unnamed().match(text, at):
        yield Name(start, untold.end(), True, False)
        return
    for length in (2, 1):
        given = text[at : at + length]
        if len(given) == length and _given_name().fullmatch(given):
            sure = all(char in _words().given for char in given)
            yield Name(start, at + length, sure or double, not double and _is_word(text, start))
    if spaced := _spaced().match(text, at):
        if (whole := _spaced_on().match(text, spaced.end())) and _may_end(text, whole.end()):
            yield Name(start, whole.end(), spaced[1] in _words().given, False)
        yield Name(start, spaced.end(), spaced[1] in _words().given, False)


def _may_end(text: str, at: int) -> bool:
    """Whether a name set apart may end there: 尹 秋 生担任, but 王 伟 主持."""
    return not han().match(text, at) or any(words.match(text, at) for words in (verbs(), honorifics()))


def _is_word(text: str, start: int) -> bool:
    """Whether a name begins as an ordinary word does."""
    return text[start + 1] in _people()["ordinary"].get(text[start], "")


def _made_ends(text: str, at: int) -> tuple[int, ...]:
    """Where a name may end that is made of parts of names and begins at `at`, the longest first."""
    match = _made().match(text, at)
    ends = dict.fromkeys((match.end(), match.end("parts"))) if match else ()
    return tuple(end for end in ends if end - at >= _LONG)


def is_made(written: str) -> bool:
    """Whether a name is made of known parts and nothing else."""
    match = _made().match(written)
    return match is not None and match.end("parts") == len(written)


def is_dotted(written: str) -> bool:
    """Whether a name is written with a dot."""
    return any(dot in written for dot in _DOT)


def may_go_on(text: str, name: Name) -> bool:
    """Whether a name may be the beginning of a foreign one: 艾森豪 of 艾森豪威尔."""
    return all(char in _words().foreign for char in text[name.start : name.end + 1])


@functools.cache
def name_start() -> re.Pattern[str]:
    """The first character of a surname, or of a name without one (巴图)."""
    first = "".join(sorted(_words().surnames | {word[0] for word in _words().doubles}))
    without = [*_words().short, *_people()["name_parts"]]
    return re.compile(rf"[{first}]|(?=[{''.join(sorted({word[0] for word in without}))}])(?:{alternation(without)})")


@functools.cache
def inner_dot() -> re.Pattern[str]:
    """A dot within a name."""
    return re.compile(f"(?<=[{HAN}])[{_DOT}](?=[{HAN}])")


@functools.cache
def dotted_name() -> re.Pattern[str]:
    """A name with dots: 艾尔肯·吐尼亚孜."""
    return re.compile(
        f"[{HAN}]{{1,{FOREIGN}}}(?:[{_DOT}][{HAN}]{{1,{FOREIGN}}}){{0,2}}[{_DOT}](?P<last>[{HAN}]{{1,{FOREIGN}}})"
    )


@functools.cache
def honorifics() -> re.Pattern[str]:
    """How a person is spoken of, behind the name: 同志."""
    return re.compile(alternation(_people()["honorifics"]))


@functools.cache
def verbs() -> re.Pattern[str]:
    """What a person does or becomes, behind the name: 出席, 任."""
    return re.compile(alternation([*_people()["verbs"], *_people()["handing"]]))


@functools.cache
def moves() -> re.Pattern[str]:
    """What leads from a person to a place does follow a person: 深入, 走进."""
    return re.compile(alternation(word for word in table("places")["leads"] if len(word) > 1))


@functools.cache
def blank() -> re.Pattern[str]:
    """A blank within or beside a name."""
    return re.compile(r"[ \t\u3000\xa0]")


@functools.cache
def han() -> re.Pattern[str]:
    """One Han character."""
    return re.compile(f"[{HAN}]")


def _people() -> Mapping[str, Any]:
    return table("people")


@functools.cache
def _words() -> _Words:
    words = _people()
    return _Words(
        frozenset(words["surnames"]),
        frozenset(words["double_surnames"]),
        frozenset(words["given"]),
        frozenset(words["foreign"]),
        frozenset(words["short_foreign"]),
    )


@functools.cache
def _doubles_by_first() -> dict[str, tuple[str, ...]]:
    doubles = _people()["double_surnames"]
    return {word[0]: tuple(one for one in doubles if one[0] == word[0]) for word in doubles}


@functools.cache
def _unnamed() -> re.Pattern[str]:
    return re.compile(alternation(_people()["unnamed"]))


@functools.cache
def _given_name() -> re.Pattern[str]:
    return re.compile(f"[{HAN}]+(?<![{_people()['never_given']}])(?<![{_people()['never_given']}].)")


@functools.cache
def _spaced() -> re.Pattern[str]:
    return re.compile(rf"[ \u3000]([{HAN}])(?![{HAN}])")


@functools.cache
def _spaced_on() -> re.Pattern[str]:
    return re.compile(rf"[ \u3000][{HAN}]")


@functools.cache
def _made() -> re.Pattern[str]:
    words = _people()
    return re.compile(rf"(?P<parts>(?:{alternation(words['name_parts'])}){{1,4}})[{''.join(words['name_ends'])}]?")


@functools.cache
def _undotted() -> re.Pattern[str]:
    foreign = "".join(sorted(_words().foreign))
    return re.compile(f"[{foreign}]{{{_LONG},{FOREIGN + 2}}}")
