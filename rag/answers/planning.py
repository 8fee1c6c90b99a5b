"""A question that no single sentence answers, taken apart: into one for each thing or place that it names. Pure.

Sums, comparisons, differences, shares; each part is asked with the owner, the time and the topic that the question
tells once.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.language import dates, marks, places, telling
from ingest.language.forms import form
from ingest.language.places import rank_pattern
from ingest.language.questions import asking, counting, totals
from ingest.language.script import to_simplified
from ingest.language.words import alternation, table
from rag.answers import things
from rag.question.places import Named, named, whole
from rag.question.query import Query

_TWO = 2  # sides of a difference
_DIGITS = "".join(table("numerals")["digits"])
_RANKED_IN = alternation(table("questions")["units"]["of_rank"])
_ORDERED = re.compile(rf"((?:[{_DIGITS}特]、){{1,20}})([{_DIGITS}特])({_RANKED_IN})")
_RANKED = re.compile(r"((?:[\u4e00-\u9fff]{1,2}级、){1,20})([\u4e00-\u9fff]{1,2}级)")
_QUOTE = r"[“「《\"][^”」》\"]{1,30}[”」》\"]"
_QUOTED = re.compile(rf"({_QUOTE})((?:[{marks.COMMAS}{marks.LISTING}和及与]{{1,3}}{_QUOTE}){{1,20}})")
_SUM_WORDS = re.compile(
    rf"[{_DIGITS}几\d](?:{alternation(table('questions')['units']['of_many'])})活动"
    rf"|的(?:{alternation(table('questions')['total']['nouns'])})|{totals()}"
)
_ENGLISH_SUM = re.compile(
    r"(?:total|combined|sum)(?: number| amount)? of (?P<list>(?:[^,?]{1,60}, ){0,20}[^,?]{1,60}? and [^,?]{1,60}?)"
    r" (?P<noun>[a-z]+)(?P<tail> (?:held|in|did|does|of|at|were|organi[sz]ed|for)\b.*)?\?*$"
)
_WIDE = rank_pattern("province", "prefecture", "county")
_COMPARING = table("questions")["compared"]
_DEGREES, _QUALITIES = alternation(_COMPARING["degrees"]), _COMPARING["qualities"]
_DEGREE_WORDS = _QUALITIES + _COMPARING["lengths"] + _COMPARING["pace"]
_DIFFERENCE = re.compile(
    rf"^(?P<a>.{{1,60}}?)比(?P<b>.{{1,60}}?){telling.changes()}[{marks.HAN}]{{0,2}}?(?P<ask>(?:{asking('count')}).*)$"
)
_PAUSE = f"{marks.COMMAS}{marks.ENDS}"
_COMPARED = re.compile(
    rf"(?:[{_DIGITS}几\d]个?(?:{form('wanted', 'of_places', wide=_WIDE)})|{form('wanted', 'which_place', wide=_WIDE)}"
    rf"|谁(?:[^{_PAUSE}{_QUALITIES}]{{0,3}}?的)?|(?:{_DEGREES})[{_QUALITIES}]"
    rf"|{'|'.join(_COMPARING['beside'])}|[{marks.ENDS}{marks.COMMAS}])"
)
_FEWER = re.compile(
    rf"(?:{_DEGREES})[{_COMPARING['less']}]|\b(?:fewer|fewest|less|least|lower|lowest|smaller|smallest)\b"
)
_ENGLISH_MORE = re.compile(
    r"\bwhich \w+ (?P<verb>\w+) (?:the )?(?:more|most|fewer|fewest|larger|largest|higher|highest) (?P<topic>[^,?]+)",
    re.I,
)
_JOINT = re.compile(rf"{alternation(table('questions')['joined']['joints'])}|[{marks.COMMAS}]")
_TWICE = re.compile(rf"^(?P<thing>[{marks.HAN}]{{2,12}})(?:{_JOINT.pattern})?(?P=thing)")
_OF_OTHERS = re.compile(rf"{_WIDE}|{rank_pattern('town', 'village')}|{alternation(_COMPARING['others'])}")
_MORE = re.compile(rf"(?:{asking('which', 'person')})[^{_PAUSE}]*[{_DEGREE_WORDS}][{marks.ENDS}]*$")
_APART = re.compile(rf"{form('wanted', 'apart')}|差(?={asking('count')})")
_SHARE = re.compile(
    rf"^(?P<part>.{{1,60}}?)占(?P<whole>.{{1,60}}?)"
    rf"的?(?:{form('wanted', 'of_whole')}|{asking('share', 'count')})(?!{counting()})"
)
Operation = Literal["sum", "most", "least", "difference", "share", "growth"]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing or place of a question, and the question about it alone."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A question taken apart."""

    operation: Operation
    operands: tuple[Part, ...]
    unit: str = ""
    """The unit that the question names."""
    scale: str = ""
    """The scale of that unit, 万 of 多少万元."""


def plan(query: Query) -> Plan | None:
    """How to take a question apart, or None for one that a sentence may answer."""
    whole_plan = _plan(query)
    return replace(whole_plan, unit=query.expected.unit, scale=scale_asked(query)) if whole_plan else None


def is_least(text: str) -> bool:
    """Whether the smallest is asked for."""
    return bool(_FEWER.search(text))


def scale_asked(query: Query) -> str:
    """The scale of the unit that a question asks in."""
    match = _scale_asked().search(query.question.folded)
    return match["scale"] if match else ""


def _plan(query: Query) -> Plan | None:
    want, question = query.expected, query.question
    text = to_simplified(question.interpreted)
    if want.kind == "reports":
        return None
    if question.language == "en":
        return _english(query, question.interpreted)
    if want.kind == "figure" and (match := _DIFFERENCE.match(text)) and not dates.find(match["b"]):
        sides = (match["a"], _spelled_out(match["a"], match["b"], query))
        return Plan("difference", tuple(Part(side, f"{side}有{match['ask']}") for side in sides))
    if want.kind == "figure" and (match := _SHARE.match(text)):
        return Plan(
            "share", tuple(Part(side, f"{side}{_amount_of(side)}") for side in _sides(match["part"], match["whole"]))
        )
    apart = want.kind == "figure" and bool(_APART.search(text))
    if want.more or apart or _MORE.search(text):
        by_place = _comparison(query, text, "difference" if apart else "most") if len(query.places) > 1 else None
        return by_place or _of_things(text, apart)
    if want.kind == "figure" and want.total:
        by_place = _comparison(query, text, "sum") if len(query.places) > 1 else None
        return by_place or _sum_of_places(text) or _sum(query, text)
    return None


def _of_things(text: str, apart: bool) -> Plan | None:
    """A question about two or more things of one owner, each of them asked about alone."""
    joined = things.joined(text)
    if joined is None or any(map(_change().fullmatch, joined.items)):  # 比上年多了还是少了
        return None
    kind = _which().search(joined.after)
    named = kind is not None and bool(kind["of"]) and all(item.endswith(kind["of"]) for item in joined.items)
    if kind and _OF_OTHERS.match(joined.after, kind.end("which")) and not named:
        return None  # 讲座和展览最多的是哪个县
    topic = _topic(_which().sub("" if named else r"\g<of>", joined.after))
    amount = _amount_of(topic)
    operation: Operation = "difference" if apart else "least" if _FEWER.search(text) else "most"
    operands = tuple(Part(item, f"{joined.before}{item}{topic}{amount}") for item in joined.items)
    return Plan(operation, operands) if operation != "difference" or len(operands) == _TWO else None


def _comparison(query: Query, text: str, operation: Operation = "most") -> Plan | None:
    """A question about several places, each of them asked about alone; no name is cut."""
    sides = whole(named(text, [name for names in query.places for name in names]))
    labels = tuple(dict.fromkeys(text[side.start : side.end] for side in sides))
    joined = any(_JOINT.search(text[a.end : b.start]) for a, b in itertools.pairwise(sides))
    if len(labels) < 2 or not joined:
        return None
    topic = _TWICE.sub(r"\g<thing>", _without(text, sides))
    if operation == "sum":
        return Plan("sum", tuple(Part(label, f"{label}{_SUM_WORDS.sub('', topic)}") for label in labels))
    if operation == "difference":
        topic = _topic(topic)
        return (
            Plan(operation, tuple(Part(label, f"{label}{topic}{_amount_of(topic)}") for label in labels))
            if topic
            else None
        )
    topic = re.sub(rf"[{_COMPARING['ends']}]$", "", _COMPARED.sub("", topic).strip("的 "))
    operation = "least" if _FEWER.search(text) else "most"
    return (
        Plan(operation, tuple(Part(label, f"{label}{topic}{_amount_of(topic)}") for label in labels)) if topic else None
    )


def of_each_place(query: Query, text: str) -> tuple[Part, ...]:
    """A question about places that it joins, each of them asked about in the place of all."""
    sides = whole(named(text, [name for names in query.places for name in names]))
    row: list[Named] = []
    for side in sides:
        if row and _JOINT.fullmatch(text, row[-1].end, side.start):
            row.append(side)
        elif len(row) < _TWO:
            row = [side]
        else:
            break
    if len(row) < _TWO:
        return ()
    before, after = text[: row[0].start], text[row[-1].end :]
    labels = dict.fromkeys(text[side.start : side.end] for side in row)
    return tuple(Part(label, f"{before}{label}{after}") for label in labels)


def of_each_rank(text: str) -> tuple[Part, ...]:
    """A question about prizes or ranks of which only the last is written whole: 一、二等奖."""
    match = _ORDERED.search(text)
    if match is None:
        return ()
    before, after = text[: match.start()], text[match.end() :]
    return tuple(Part(item, f"{before}{item}{after}") for item in _spelled_out_ranks(match))


def _spelled_out_ranks(ordered: re.Match[str]) -> list[str]:
    """一等奖 and 二等奖 of 一、二等奖."""
    return [f"{item}{ordered[3]}" for item in (*ordered[1].strip("、").split("、"), ordered[2])]


def _sum_of_places(text: str) -> Plan | None:
    joined = _joined_places(text)
    if joined is None:
        return None
    start, items, end = joined
    after = _SUM_WORDS.sub("", text[end:])
    return Plan("sum", tuple(Part(item, f"{text[:start]}{item}{after}") for item in dict.fromkeys(items)))


def _sum(query: Query, text: str) -> Plan | None:
    names = [name for names in query.places for name in names]
    whole_names = places.find(text)
    for pattern in (_ORDERED, _RANKED, _QUOTED):
        match = pattern.search(text)
        if match is None:
            continue
        borders = {at for group in range(1, (match.lastindex or 0) + 1) for at in match.span(group)}
        if any(place.start < at < place.end for place in whole_names for at in borders):
            continue  # it would cut a name
        if pattern is _ORDERED:
            items = _spelled_out_ranks(match)
        elif pattern is _RANKED:
            items = [*match[1].strip("、").split("、"), match[2]]
        else:
            items = [match[1], *re.findall(_QUOTE, match[2])]
        begins = match.start()
        place = next(iter(whole(named(items[0], names))), None)
        if place is not None:  # the place before the first thing is that of all
            own = place.end + items[0].startswith("的", place.end)
            begins, items[0] = begins + own, items[0][own:]
        before, after = text[:begins], _SUM_WORDS.sub("", text[match.end() :])
        operands = tuple(Part(item, f"{before}{item}{after}") for item in dict.fromkeys(filter(None, items)))
        return Plan("sum", operands) if len(operands) > 1 else None
    if (joined := things.joined(text)) is None:
        return None
    after = _SUM_WORDS.sub("", joined.after)
    return Plan("sum", tuple(Part(item, f"{joined.before}{item}{after}") for item in joined.items))


def _english(query: Query, text: str) -> Plan | None:
    if query.expected.total and (match := _ENGLISH_SUM.search(text)):
        items = [item.strip() for item in re.split(r", (?:and )?| and ", match["list"]) if item.strip()]
        tail = (match["tail"] or "").removeprefix(" held")
        return Plan(
            "sum",
            tuple(
                Part(f"{item} {match['noun']}", f"How many {item} {match['noun']} were held{tail}?") for item in items
            ),
        )
    if query.expected.more and len(query.places) > 1 and (match := _ENGLISH_MORE.search(text)):
        sides = [side.strip() for side in re.split(r",| or | and |\?", text[match.end() :]) if side.strip()]
        names = [
            side for side in sides if re.match(r"[A-Z][a-z]+", side) and not re.match(r"(?:Give|Please|List)\b", side)
        ]
        operation: Operation = "least" if _FEWER.search(text) else "most"
        operands = tuple(Part(name, f"How many {match['topic'].strip()} did {name} have?") for name in names)
        return Plan(operation, operands) if len(operands) > 1 else None
    return None


def _sides(part: str, whole: str) -> tuple[str, str]:
    """A part and its whole, each with the owner and the time that only the other names."""
    mine, its = things.owner_end(part), things.owner_end(whole)
    return (f"{whole[:its]}{part}", whole) if its and not mine else (part, whole if its else f"{part[:mine]}{whole}")


def _spelled_out(first: str, second: str, query: Query) -> str:
    """The second side of a comparison with what only the first one says: 甲县2022年讲座 and 乙县 → 乙县2022年讲座."""
    names = [name for names in query.places for name in names]
    if (spelled := things.spelled_out(first, second)) is not None:
        return spelled
    mine = next((name for name in names if name in first), "")
    if mine and any(second.startswith(name) and len(second) <= len(name) + 2 for name in names):
        return re.sub(rf"{mine}(?:{_WIDE})?", second, first, count=1)
    return second if things.owner_end(second) else f"{first[: things.owner_end(first)]}{second}"


def _amount_of(topic: str) -> str:
    """How the figure of a topic is asked for: what is itself a figure is so much, of anything else there is so much."""
    return "是多少?" if topic.endswith(tuple(table("questions")["indicator"]["figures"])) else "有多少?"


def _topic(text: str) -> str:
    """What is asked of each side, without the words that set them against one another."""
    amount = rf"(?:{asking('count')})(?:{counting()})?"
    text = _COMPARED.sub("", re.sub(rf"(?:{_APART.pattern})(?:{amount})?|{amount}", "", text))
    return re.sub(rf"[{_DEGREE_WORDS}]$", "", text.strip("的 ")).strip("的 ")


def _without(text: str, sides: Sequence[Named]) -> str:
    """A question without the places it names, and without what joins them."""
    for side in reversed(sides):
        joint = _JOINT.match(text, side.end)
        text = text[: side.start] + text[joint.end() if joint else side.end :]
    return text


def _joined_places(text: str) -> tuple[int, list[str], int] | None:
    """(start, the places, end) of the first places that a text joins: 和田县和和田市."""
    row = places.find(text)
    for first in range(len(row) - 1):
        last = first
        while last + 1 < len(row) and _JOINT.fullmatch(text, row[last].end, row[last + 1].start):
            last += 1
        if last > first:
            joined = row[first : last + 1]
            return joined[0].start, [text[place.start : place.end] for place in joined], joined[-1].end
    return None


@functools.cache
def _change() -> re.Pattern[str]:
    return re.compile(telling.changes())


@functools.cache
def _which() -> re.Pattern[str]:
    """哪个, with the kind of the things behind it where that is told: 哪个班级的."""
    kinds = alternation(table("questions")["joined"]["kinds"])
    which = rf"{asking('person')}|(?:{asking('which')})(?:一?{counting()})?"
    return re.compile(rf"(?P<which>{which})(?P<of>{kinds})?的?")


@functools.cache
def _scale_asked() -> re.Pattern[str]:
    scales = "".join(table("questions")["units"]["scales"])
    return re.compile(rf"(?:{asking('count')})(?P<scale>[{scales}])(?={counting()})")
