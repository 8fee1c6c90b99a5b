"""A question taken apart where it asks: what stands before, the words that ask, the thing they count, and the rest.

Pure; in Simplified script. What a question asks for is the job of `rag.question.kind`, which places it names that of
`rag.question.places`; here it is the words themselves that are found, so that a follow-up can put others in their
place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.language import marks
from ingest.language.forms import form
from ingest.language.questions import asking, counting

_UNIT = counting()
ASK = re.compile(
    rf"{asking('share')}|(?:{asking('count')}|哪几){_UNIT}?(?:的(?=[\u4e00-\u9fff]))?"
    rf"|{asking('measure', 'date', 'place', 'reason')}|哪(?:些|{_UNIT})|{asking('person', 'thing', 'manner')}"
)
COUNTS = re.compile(rf"{asking('count')}|哪些")
_THING = re.compile(r"[\u4e00-\u9fffA-Z“”《》()()]{1,20}")
_DID = re.compile(form("following", "did"))  # where the thing counted ends and what it did begins
_LEADS = re.compile(rf"(?>{form('following', 'leads')}|[{marks.COMMAS}\s])++")
_HAS = re.compile(r"有$")
_AFTERTHOUGHTS = "呢吗的"


@dataclass(frozen=True, slots=True)
class Frame:
    """A question as `before + ask + thing + rest`; `ask` may hold a unit, `thing` is what it counts, or ""."""

    before: str
    ask: str
    thing: str
    rest: str

    @property
    def counts(self) -> bool:
        return bool(self.thing and COUNTS.match(self.ask))

    @property
    def base(self) -> str:
        """What stands before, without the verb that only leads to the question."""
        return self.before[: leads_in(self.before)]

    @property
    def holder(self) -> str:
        """What has the things that are counted: 科技馆有多少件展品; "" where they are counted otherwise."""
        return self.base if self.counts and _HAS.search(self.before) else ""

    @property
    def did(self) -> str:
        """What the thing did, without marks: 参加了比赛."""
        return marks.without_end(self.rest, _AFTERTHOUGHTS)


def leads_in(before: str) -> int:
    """Where what only leads to the asking words begins (一共有, 的是); the end where nothing does."""
    return next((run.start() for run in _LEADS.finditer(before) if run.end() == len(before)), len(before))


def frame_of(question: str) -> Frame | None:
    """The parts of a Chinese question; None where nothing asks."""
    ask = ASK.search(question)
    if ask is None:
        return None
    tail = question[ask.end() :]
    thing = _THING.match(tail) if COUNTS.match(ask[0]) else None
    found = thing[0] if thing else ""
    if found and (did := _DID.search(found)):
        found = found[: did.start()]
    return Frame(question[: ask.start()], ask[0], found, tail[len(found) :])
