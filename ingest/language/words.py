"""The tables of `data/`, each read once, and patterns made of their words.

A word is a row of a table, never a branch of a pattern; an exception carries its reason in the row.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@functools.cache
def table(name: str) -> Mapping[str, Any]:
    """The table `data/NAME.toml`; the same object at every call, not to be changed."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@functools.cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of `data/NAME.tsv`, split at tabs; lines that begin with `#` are notes."""
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split("\t")) for line in lines if line and not line.startswith("#"))


def alternation(words: Iterable[str]) -> str:
    """A pattern that matches any of the words, the longest that fits; each is matched as it is written."""
    return "|".join(sorted(map(re.escape, dict.fromkeys(words)), key=lambda word: (-len(word), word)))
