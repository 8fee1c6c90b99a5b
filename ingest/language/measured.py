"""What the noun of a question for a number is told in, from `data/measured.toml`: 工资多少 wants money. Pure."""

from __future__ import annotations

import functools
import re

from ingest.language.marks import ENDS, PAUSES
from ingest.language.questions import asking
from ingest.language.words import alternation, table

_BETWEEN = 6  # characters between the noun and the word that asks how many


def asked_in(question: str) -> str:
    """The kind of units in which a folded question wants its figure, by the noun right before or behind how many; ""
    where it has none or names a unit of its own."""
    return next((kind for kind, pattern in _patterns() if pattern.search(question)), "")


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    how, stop = asking("count", "share"), f"{PAUSES}{ENDS}"
    return tuple(
        (kind, re.compile(rf"(?:{nouns})[^{stop}]{{0,{_BETWEEN}}}(?:{how})\W*$|(?:{how})(?:{nouns})"))
        for kind, nouns in ((kind, alternation(row["nouns"])) for kind, row in table("measured").items())
    )
