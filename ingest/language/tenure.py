"""Whether a text tells a post as one that is held no longer: by words before the post, or behind its holder.

Pure. 原县科协主席王某某, 已卸任的馆长王某某; 王某某去年卸任馆长, 馆长王某某退休; 接替王某某任馆长.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from ingest.language.bodies import bodies
from ingest.language.date_forms import relatives
from ingest.language.divisions import by_name, ranks
from ingest.language.marks import COLONS, COMMAS, ENDS, HAN
from ingest.language.words import alternation, table

_FAR = 24  # characters from a word that says that a post was held to the post, at most
_NAMED = 8  # characters of a name
_TIME = r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?"


def told_before(text: str, post: int, since: int = 0) -> bool:
    """Whether the words before the post at `post`, with the body that it belongs to, say that it was held before."""
    run = text[since:post] if post - since <= _FAR else text[post - _FAR : post]
    run = run[_last_mark(run) :]
    for match in _once().finditer(run):
        body = run[match.end() :].removeprefix("了").removeprefix("的")
        if not body or _ends_as_body().search(body):
            return True
    return run.endswith(tuple(_people()["once_beside"])) or _is_former_body(run)


def held_by_several(text: str, post: int) -> bool:
    """Whether the words before the post at `post` say that one after the other held it: 历任主席."""
    run = text[max(0, post - _FAR) : post]
    run = run[_last_mark(run) :]
    behind = (run[at + len(word) :] for word in _people()["once_several"] if (at := run.rfind(word)) >= 0)
    return any(not body or _ends_as_body().search(body) for body in behind)


def hands_over(text: str, end: int, start: int) -> bool:
    """Whether who is named up to `end` hands the post that is told before to whoever is named from `start` on."""
    return text[end:start] in _people()["handing"]


def told_behind(text: str, end: int) -> bool:
    """Whether a word by which a post was held or is given up stands behind the name that ends at `end`."""
    return bool(past().match(text, end))


def leaves(text: str, end: int) -> bool:
    """Whether who is named up to `end` leaves the post that is told before: 馆长王某某退休."""
    return bool(_leaving().match(text, end))


def follows_him(text: str, start: int) -> bool:
    """Whether somebody takes over from the person whose name begins at `start`."""
    return text.endswith(tuple(_people()["succeeding"]), max(0, start - _NAMED), start)


@functools.cache
def past() -> re.Pattern[str]:
    """From a name to the post that its holder gave up, up to the post's own words: 去年卸任, 2015年至2019年任."""
    words = _people()
    term = rf"(?:{_TIME}[至到—–\-]{{1,2}}{_TIME}(?:期间|间)?(?:{alternation(words['takes'])}))"
    return re.compile(
        rf"(?:{alternation(words['honorifics'])})?[{COMMAS}(（]?(?:{_asides()}(?:{alternation(words['past'])})|{term})"
    )


def _asides() -> str:
    """What may stand between a name and the word by which a post is given up: 已于2018年, 因年龄原因, 退休,."""
    words = _people()
    because = rf"因[{HAN}]{{1,6}}?"
    left = rf"(?:{alternation(words['leaving'])})了?[{COMMAS}]"
    when = rf"[于在]?(?:{_TIME}|{alternation(relatives())})"
    return rf"(?:{alternation(words['asides'])}|{when}|{because}|{left}){{0,3}}"


@functools.cache
def _leaving() -> re.Pattern[str]:
    words = _people()
    spoken = alternation(words["honorifics"])
    end = rf"(?=[{COMMAS}{COLONS}{ENDS}\n)）]|后|$)"
    return re.compile(rf"(?:{spoken})?{_asides()}(?:{alternation(words['leaving'])})了?{end}")


def _last_mark(run: str) -> int:
    """Where the words right before a post begin."""
    return next((at + 1 for at in range(len(run) - 1, -1, -1) if not _within().match(run, at)), 0)


def _is_former_body(run: str) -> bool:
    """Whether a run that leads to a post begins as 原县科协 does, and with no place or other word (原阳县, 前进镇)."""
    word = next((word for word in _people()["once_first"] if run.startswith(word)), "")
    body = run[len(word) :]
    if not word or not body or _places_like().match(run) or body[0] in _people()["ordinary"].get(word, ""):
        return False
    begins = body.startswith(tuple(ranks())) or word in _people()["ordinary"]
    return begins and bool(_ends_as_body().search(body))


def _people() -> Mapping[str, Any]:
    return table("people")


@functools.cache
def _within() -> re.Pattern[str]:
    return re.compile(f"[{HAN}“”]")


@functools.cache
def _once() -> re.Pattern[str]:
    return re.compile(alternation([*_people()["once"], *_people()["once_several"]]))


@functools.cache
def _ends_as_body() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(_people()['seats'])}|{bodies()}|{alternation(ranks())})$")


@functools.cache
def _places_like() -> re.Pattern[str]:
    """Names of divisions that begin with such a word: 原阳县, 原阳."""
    firsts = tuple(_people()["once_first"])
    names = [name for name in by_name() if name.startswith(firsts)]
    stems = [division.stem for name in names for division in by_name()[name]]
    return re.compile(alternation([*names, *stems]))
