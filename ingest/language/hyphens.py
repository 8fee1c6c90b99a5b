"""English words that a line's end has parted: whether the hyphen there is the word's own or the line's. Pure."""

from __future__ import annotations

import functools
import re

from ingest.language.words import table

_LONGEST = 40  # characters of a part
_FIRST = re.compile(r"(?<![A-Za-z0-9'’-])[A-Za-z]?[a-z]{1,39}-\Z")
_SECOND = re.compile(r"[a-z]{2,40}")


def parted(line: str, following: str, text: str) -> bool:
    """Whether a line ends inside a word that goes on in the following one, with a hyphen that is none of the word's.

    `text` is what both stand in: a word that it writes with that hyphen elsewhere keeps it.
    """
    first = _FIRST.search(line[-_LONGEST - 2 :])
    second = _SECOND.match(following)
    if first is None or second is None:
        return False
    firsts, seconds = _kept()
    own = first[0][:-1].lower() in firsts or second[0] in seconds
    return not own and first[0] + second[0] not in text


@functools.cache
def _kept() -> tuple[frozenset[str], frozenset[str]]:
    rows = table("hyphens")
    return frozenset(rows["first"]), frozenset(rows["second"])
