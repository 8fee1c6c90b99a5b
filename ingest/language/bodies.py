"""Organisations by the endings of their names: patterns of the table `bodies.toml`."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from ingest.language import marks
from ingest.language.words import alternation, table


@functools.cache
def bodies(*kinds: str) -> str:
    """A pattern of the endings of these kinds of organisations; of all where none is given."""
    words = table("bodies")
    return alternation(word for kind in kinds or words for word in words[kind])


@dataclass(frozen=True, slots=True)
class Body:
    """A name in a text: what stands before its ending, which may be more than the name, and the ending."""

    before: str
    ending: str

    def is_like(self, other: Body) -> bool:
        """Whether both end alike and may be told apart by what stands before."""
        return self.ending == other.ending

    def is_akin(self, other: Body) -> bool:
        """Whether both are of one kind: a primary and a middle school."""
        return any(self.ending in endings and other.ending in endings for endings in table("bodies").values())

    def is_same(self, other: Body) -> bool:
        """Whether the characters right before the ending are the same."""
        return self.is_like(other) and self.before[-_TOLD:] == other.before[-_TOLD:]


_TOLD = 2  # characters of a name that tell it from others


def find(text: str) -> list[Body]:
    """The organisations that a text names with something before their ending that tells them from others."""
    return [Body(match[1], match[2]) for match in _named().finditer(text)]


def speaks_of_itself(text: str, ending: str) -> bool:
    """Whether a text speaks of its own organisation (我校, 本院) as one whose name has this ending may."""
    held = table("places")["own"]["bodies"]
    words = [word for kind, endings in table("bodies").items() if ending in endings for word in held.get(kind, ())]
    return bool(words) and _own(tuple(words)).search(text) is not None


@functools.cache
def _own(words: tuple[str, ...]) -> re.Pattern[str]:
    own = table("places")["own"]
    return re.compile(rf"(?<![{own['not_after']}])[我本](?:{alternation(words)})(?![{own['bodies']['not_before']}])")


@functools.cache
def _named() -> re.Pattern[str]:
    ending = bodies("association", "court", "school", "science", "health", "business", "media")
    return re.compile(rf"([{marks.HAN}]{{{_TOLD},8}}?)({ending})")
