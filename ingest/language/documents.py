"""What documents are called: the numbers that authorities give them (水农发〔2023〕12号, 国办函(2021)7号), and
whether a name says that one is a draft or final. Pure, linear."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.language.marks import HAN
from ingest.language.words import alternation, table

_YEAR_AND_COUNT = re.compile(r"[〔\[［【(（]((?:19|20)\d\d)[〕\]］】)）](?:第\s?)?(\d{1,5})\s?号")
_LINE_END = re.compile(r"\s*(?:\n|\Z)")
_LONGEST = 10  # characters of an authority's word for itself
_BEFORE = re.compile(rf"[{HAN}]{{1,{_LONGEST}}}\Z")


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A document's number in a text, and its year."""

    start: int
    end: int
    year: int


def find(text: str) -> list[DocumentNumber]:
    """Every one in a text, in order."""
    return list(_found(text))


def own(text: str) -> DocumentNumber | None:
    """The number that a document bears itself: the first that ends its line."""
    return next((number for number in _found(text) if _LINE_END.match(text, number.end)), None)


def is_draft(name: str) -> bool:
    """Whether a title or a file's name says that what it names isn't settled yet: 初稿, 征求意见稿."""
    return bool(_version("drafts").search(name))


def is_final(name: str) -> bool:
    """Whether it says that it is settled: 终稿, 定稿."""
    return bool(_version("finals").search(name)) and not is_draft(name)


@functools.cache
def _version(kind: str) -> re.Pattern[str]:
    return re.compile(alternation(table("marks")["documents"][kind]))


def _found(text: str) -> Iterator[DocumentNumber]:
    for match in _YEAR_AND_COUNT.finditer(text):
        before = _BEFORE.search(text[max(0, match.start() - _LONGEST) : match.start()])
        if before is None:
            continue
        word = before[0]
        others = (other for other in table("marks")["documents"]["before"] if other in word[:-1])
        cut = max((word.rfind(other, 0, len(word) - 1) + len(other) for other in others), default=0)
        yield DocumentNumber(match.start() - len(word) + cut, match.end(), int(match[1]))
