"""How a text tells what it tells: aimed at or reached, by how much or how many, all or what is new. Pure.

Patterns of the table `telling.toml`; each function looks at a piece of a sentence and says one thing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any

from ingest.language.marks import ENDS, HAN, PAUSES
from ingest.language.words import alternation, table


def aimed(text: str) -> bool:
    """Whether a text speaks of what is aimed at rather than what was done."""
    return bool(_aimed().search(text))


def planned(text: str) -> bool:
    """Whether a clause's figure is what was planned, beside which what was done may be told."""
    return bool(_any("aimed", "set").search(text))


@functools.cache
def asked_plan() -> str:
    """A pattern of the words by which a question asks for what is planned: 目标, 将举办."""
    words, ahead = table("telling")["aimed"], table("telling")["ahead"]
    will = f"(?:{alternation(ahead['will'])})(?:{alternation([*words['asked_will'], *ahead['will_verbs']])})"
    no = "".join(f"(?<!{word})" for word in words["asked_not_behind"])
    return f"{no}(?:{alternation(words['asked'])})|{will}"


def ahead(before: str, heading: str = "") -> bool:
    """Whether what stands behind these words of its sentence, under this heading, is only meant to be reached."""
    return bool(_ahead().search(before) or _heading().search(heading))


def is_plan(title: str) -> bool:
    """Whether a report under this title tells what is to be done, and nothing that was."""
    return bool(_any("plans", "titles").search(title)) and not _any("plans", "done").search(title)


def changed(before: str) -> bool:
    """Whether a figure right behind these words is how much something rose or fell rather than what it came to."""
    return bool(_changed().search(before))


def change(before: str) -> str:
    """The words right before a figure that make it how much something rose or fell (增加了, 多 of 比上年多); "" where
    none do."""
    match = _changed().search(before) or _more().search(before)
    return before[match.start("how") :] if match else ""


def changes() -> str:
    """A pattern of the words for how something rose, fell or differs from what it is compared with."""
    row: dict[str, Any] = table("telling")["change"]
    differs = rf"(?<![{row['joined']}])(?:{alternation(row['compared'])})"
    return rf"(?:{alternation(row['verbs'])}|{differs})(?:{alternation(row['done'])})?"


def change_asked(question: str) -> bool:
    """Whether a question asks by how much something rose or fell, or for what came new."""
    return bool(_any("change", "asked").search(question))


def whole_year(text: str) -> bool:
    """Whether a text speaks of all of a year."""
    return bool(_any("whole_year", "words").search(text))


def newly(clause: str) -> bool:
    """Whether the figures of a clause are of what came new, not of all there is."""
    return bool(_any("newly", "words").search(clause))


def all_asked(question: str) -> bool:
    """Whether a question asks for all there is."""
    return bool(_any("newly", "all").search(question))


def for_each(text: str) -> bool:
    """Whether a figure is told for each person, household or acre."""
    return bool(_any("each", "words").search(text))


def of_each(before: str) -> bool:
    """Whether a figure behind these words is that of each thing named before it: 甲校、乙校各有."""
    return bool(_any("of_each", "words").search(before))


def begins(before: str) -> bool:
    """Whether a figure right behind these words is what something grew or fell from: 由3家增加到5家."""
    return bool(_begins().search(before))


def earlier(text: str) -> bool:
    """Whether a text tells of an earlier one than what it is about: 上届, 往年."""
    return bool(_any("earlier", "words").search(text))


def part(before: str) -> bool:
    """Whether what stands behind these words of its sentence is a part of what was told before: 其中."""
    return bool(_any("parts", "words").search(before))


def ended(text: str) -> bool:
    """Whether a text says that something was ended."""
    return bool(_any("ended", "words").search(text))


def fell(text: str) -> bool:
    """Whether a text says that something fell."""
    return bool(_any("fell", "words").search(text))


def denied(text: str) -> bool:
    """Whether a text says that something wasn't so."""
    return bool(_any("denied", "words").search(text))


def never(text: str) -> bool:
    """Whether a text says that what it tells of didn't take place after all."""
    return bool(_any("never", "words").search(text))


def _words(group: str, key: str) -> list[str]:
    words: list[str] = table("telling")[group][key]
    return words


@functools.cache
def _any(group: str, key: str) -> re.Pattern[str]:
    return re.compile(alternation(_words(group, key)))


@functools.cache
def _begins() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(_words('begins', 'words'))})$")


@functools.cache
def _aimed() -> re.Pattern[str]:
    row: dict[str, Any] = table("telling")["aimed"]
    guarded: dict[str, str] = row["not_before"]
    plain = alternation(word for word in row["words"] if word not in guarded)
    return re.compile("|".join([plain, *(f"{re.escape(word)}(?!{after})" for word, after in guarded.items())]))


@functools.cache
def _ahead() -> re.Pattern[str]:
    row: dict[str, list[str]] = table("telling")["ahead"]
    not_behind = "".join(f"(?<!{re.escape(word)})" for word in row["plan_not_behind"])
    verbs, will = alternation(row["plan_verbs"]), alternation(row["will_verbs"])
    plan = rf"{not_behind}(?:{alternation(row['plan'])})(?:{alternation(row['plan_links'])})?(?={verbs})"
    return re.compile(rf"{alternation(row['words'])}|{plan}|(?:{alternation(row['will'])})(?={will})")


@functools.cache
def _heading() -> re.Pattern[str]:
    row: dict[str, list[str]] = table("telling")["ahead"]
    return re.compile(rf"(?:{alternation(row['headings'])})[)）]?$|{alternation(row['in_headings'])}")


@functools.cache
def _changed() -> re.Pattern[str]:
    row: dict[str, Iterable[str]] = table("telling")["change"]
    done = rf"(?:{alternation(row['verbs'])})(?:{alternation(row['done'])})?"
    named = rf"(?:{alternation(row['names'])})(?:{alternation(row['names_to'])})?"
    return re.compile(rf"(?P<how>{done}|{named})(?:{alternation(row['about'])})?$")


@functools.cache
def _more() -> re.Pattern[str]:
    before = alternation(table("dates")["compared"]["before"])
    about = alternation(table("telling")["change"]["about"])
    return re.compile(rf"(?:{before})[^{PAUSES}{ENDS}]{{1,12}}?(?P<how>{changes()}[{HAN}]{{0,2}}?)(?:{about})?$")
