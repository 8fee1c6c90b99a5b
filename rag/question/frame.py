"""A question taken apart where it asks: what stands before, the words that ask, the thing they count, and the rest.

Pure; in Simplified script. What a question asks for is the job of `rag.question.kind`, which places it names that of
`rag.question.places`; here it is the words themselves that are found, so that a follow-up can put others in their
place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.language import marks
from ingest.language.questions import asking, counting

_UNIT = counting()
ASK = re.compile(
    rf"{asking('share')}|(?:{asking('count')}|哪几){_UNIT}?(?:的(?=[\u4e00-\u9fff]))?"
    rf"|{asking('measure', 'date', 'place', 'reason')}|哪(?:些|{_UNIT})|{asking('person', 'thing', 'manner')}"
)
COUNTS = re.compile(rf"{asking('count')}|哪些")
_THING = re.compile(r"[\u4e00-\u9fffA-Z“”《》()()]{1,20}")
# Where the thing counted ends and what it did begins.
_DID = re.compile(
    r"参加|参与|获得|获评|获奖|荣获|被评|被授|入选|加入|来自|建成|建有|开展|举办|取得|受到|得到|实现|完成|报名|出席|通过|达到|超过|接受|享受|设在|位于"
    r"|组建|建立|成立|创建|设立|培训|发放|印发|投入|提到|负责|[建办开设得拿发评修写派]了|[在是有]|呢|吗"
)
_LEADS = re.compile(r"(?>(?:一共|总共|共|现|都|分别|拥|设|建)?有|是|为|达到?|完成|实现|叫|由|在|的|共|,|，|\s)++")
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
