"""Words that exclude one another, from `data/opposites.toml`: 男 and 女, 开幕 and 闭幕. Pure."""

from __future__ import annotations

import functools
import re

from ingest.language.words import alternation, table


def instead(question: str, text: str, around: str) -> bool:
    """Whether a text tells of the opposite of what is asked: it holds another word of a row of which the question holds
    one, and neither it nor what stands around it holds that one."""
    return any(
        (used := set(pattern.findall(text))) and not wanted & (used | set(pattern.findall(around)))
        for wanted, pattern in _wanted(question)
    )


@functools.lru_cache(256)
def _wanted(question: str) -> tuple[tuple[frozenset[str], re.Pattern[str]], ...]:
    """The rows of which a question holds some words, but not all, each with these words."""
    held = ((frozenset(pattern.findall(question)), words, pattern) for words, pattern in _rows())
    return tuple((wanted, pattern) for wanted, words, pattern in held if wanted and wanted != words)


@functools.cache
def _rows() -> tuple[tuple[frozenset[str], re.Pattern[str]], ...]:
    rows = [row for group in table("opposites").values() for row in group["rows"]]
    return tuple((frozenset(row), re.compile(alternation(row))) for row in rows)
