"""What kind of answer a question asks for: a figure in which unit, a date, a person, a place, a list. Pure.

All rules are about how Chinese and English ask; none knows what reports say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ingest.language import dates, marks, numerals, people, places, telling, units
from ingest.language.bodies import bodies
from ingest.language.date_forms import PLAIN_YEAR
from ingest.language.figures import unit_at
from ingest.language.forms import form
from ingest.language.ordinals import in_han
from ingest.language.places import rank_pattern
from ingest.language.questions import asking, counting, totals
from ingest.language.words import alternation, table

Kind = Literal[
    "figure", "date", "document", "person", "post", "body", "name", "list", "place", "yes", "reports", "text"
]
"""`document` is the number of one, `post` what a named person is, `body` which organisation, `name` what something is
called, `reports` which reports say so, `text` other."""

_wants = partial(form, "wanted")
_ENGLISH_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TOLD_BY_NAME: frozenset[Kind] = frozenset({"person", "body", "name", "list", "place", "text"})
_MANY = 30  # things that are asked for together, at most
SURNAME = people.surname_pattern()
_HOW = asking("count")
_UNITS = table("questions")["units"]
_COMPARED = table("questions")["compared"]
_DEGREES = alternation(_COMPARED["degrees"])
_DIGITS = "".join(table("numerals")["digits"])
_ANY = alternation(table("questions")["function"]["before_kinds"])  # 全区小学, 哪些中学
_THINGS_IN = alternation(_UNITS["of_things"])
_SCALES = re.compile(f"[{''.join(_UNITS['scales'])}]+")
_PAUSE = f"{marks.COMMAS}{marks.ENDS}"
_WIDE = rank_pattern("province", "prefecture", "county")
_PLACE = rank_pattern("province", "prefecture", "county", "town", "village")
_COMPARISON = {
    "degree": _DEGREES,
    "end": f"[{_COMPARED['ends']}]",
    "quality": f"[{_COMPARED['qualities']}{_COMPARED['pace']}]",
}
_HOW_MANY = re.compile(_HOW)
_HEAD = re.compile(rf"的?(?P<head>[^{marks.COMMAS}{marks.ENDS}]*)")
_ASKS = re.compile(
    rf"{asking()}|\b(?:how|what|which|who|whom|whose|when|where|why|describe|list|tell|explain)\b|[a-z]{{4}}"
)
_NO_COUNT = re.compile(rf"第几(?!年)|哪几|{alternation(table('questions')['no_count']['words'])}")
_DATE = re.compile(rf"{_wants('date')}|\bwhen\b|\bwhat (?:date|day|year|month)\b|\bwhich (?:year|month|day|date)\b")
_YEAR_ASKED = re.compile(rf"{asking('year')}|\b(?:what|which) year\b")
_PERSON = re.compile(
    rf"{_wants('person', post=people.post_pattern(trades=True))}|\bwho(?:se|m)?\b"
    r"|\bname of the (?:person|chair\w*|mayor)\b"
)
# What a person whom the question names is: behind the name, which ends the words for the person.
_POST = re.compile(rf"({SURNAME}[{marks.HAN}]{{1,2}}?){_wants('post')}(?=[{marks.ENDS}.\s]*$)")
_NO_PERSON = re.compile(rf"{_wants('no_person')}$")
_BODY = re.compile(
    rf"{_wants('body', body=bodies())}"
    r"|\bwhich (?:organi[sz]ation|body|company|society|association|department|institution)\b"
)
_DOCUMENT = re.compile(asking("document"))
_WHERE = re.compile(rf"{asking('place')}|\bwhere\b|\b(?:at|in) which\b")
_LIST = re.compile(rf"{asking('list')}|\bwhich (?:\w+ )?(?:are|were)\b|\blist\b")
_TOGETHER = table("questions")["several_asked"]
_COUNTING = rf"{_DIGITS}十百千万\d."
_NUMBER = rf"(?<![{_COUNTING}{_TOGETHER['no_number_after']}])[{_DIGITS}{_TOGETHER['two']}十\d]{{1,3}}(?![{_COUNTING}%])"
_UNIT = rf"(?!{_wants('of_time')})(?:{counting()})"
_CALLED = alternation(_TOGETHER["called"])
_SEVERAL = re.compile(
    rf"(?:{asking('which')})({_NUMBER})(?!{_wants('of_time')})"
    rf"|[{_TOGETHER['these']}]({_NUMBER}){_UNIT}(?:(?!的)[{marks.HAN}]){{1,4}}?(?<![{_TOGETHER['not_called_after']}])(?:{_CALLED})"
    rf"|({_NUMBER}){_UNIT}[{marks.HAN}]{{0,8}}?(?:{alternation(_TOGETHER['told'])})"
    rf"(?:{asking('place', 'thing', 'which')}|(?:{asking('person')})[{marks.ENDS}]*$)"
    r"|\b(?:which|(?:names? of|what (?:are|were)|who (?:are|were)|list) the) "
    rf"({'|'.join(_ENGLISH_NUMBERS)}|\d{{1,2}}) (?=(?:[\w-]+ )?[\w-]+s\b)"
)
_JOINT = alternation(table("questions")["joined"]["joints"])
_POSTS_ASKED = re.compile(
    rf"{people.post_pattern()}(?:(?:{_JOINT}){people.post_pattern()}){{1,4}}(?:{alternation(_TOGETHER['each'])})?是"
    rf"(?:{asking('person')})"
)
_NAME = re.compile(
    rf"{asking('name')}"
    r"|\bwhat is .* called\b|\bname of\b"
)
_AT_END = table("questions")["yes_at_end"]
_YES = re.compile(
    rf"{_wants('yes')}|(?<![{_AT_END['not_after']}])[{_AT_END['particles']}]$|^(?:is|are|was|were|do|does|did|has|have|can)\b"
)
_REPORTS = re.compile(rf"{_wants('reports', wide=_WIDE)}|\bwhich (?:reports?|documents?)\b")
_MORE = re.compile(
    rf"{_wants('more', **_COMPARISON)}"
    r"|\b(?:more|most|fewer|fewest|larger|largest|higher|highest|lower|lowest|greater|greatest)\b"
)
_DIFFERENCE = re.compile(rf"{_wants('difference', **_COMPARISON)}|\bhow many more\b|\bdifference\b")
_SUM = re.compile(rf"{totals()}|\btotal\b|\baltogether\b|\bcombined\b|\bsum\b")
_MONEY = re.compile(rf"{_wants('money', unit_of_things=_THINGS_IN)}|\b(?:money|yuan|costs?|spen[dt]|budgeted)\b")
_SHARE = re.compile(rf"{_wants('share')}|\b(?:share|percentage|percent|proportion|rate|growth|grow|grew|intensity)\b")
_AREA = re.compile(rf"{_wants('area')}|\barea\b|\bsquare met")
_SIZE = re.compile(_wants("size"))
_DURATION = re.compile(_wants("duration"))
_LENGTH = re.compile(rf"{_wants('length')}|\bhow (?:long|far)\b")
_WEIGHT = re.compile(rf"{_wants('mass')}|\boutput\b")
_PERSONS = re.compile(
    r"\bhow many (?:[\w-]+ ){0,2}(?:people|persons?|viewers|visitors|members|students|volunteers|experts|staff"
    r"|visits|users|jobs|workers|farmers|teachers|graduates|residents|participants|scientists|technicians)\b"
)
_COUNT = re.compile(
    r"\bhow many (?!(?:\w+ ){0,2}(?:yuan|dollars|percent\w*|points?|(?:kilo|centi)?met(?:er|re)s|miles|hectares|mu"
    r"|acres|tons?|tonnes|kilograms|hours|minutes|days|weeks|months|years)\b)"
)
# What is counted, not measured.
_THINGS = ("person", "body", "event", "work", "paper", "region", "machine")
_FIGURE = re.compile(
    rf"{asking('share', 'count', 'measure')}|\bhow (?:many|much|large|big|long|far)\b"
    r"|\bwhat (?:was|is|were|are)? ?(?:the )?(?:total|number|share|percentage|proportion|amount|area|\d{4})\b"
    r"|\bwhat share\b"
    r"|\bby how much\b|\b(?:rate|growth|target|output|intensity|population|gdp|revenue|income|expenditure"
    rf"|mileage)\b|(?:{alternation(table('questions')['indicator']['asked'])})[?？]?$"
)
_PLAN = re.compile(rf"{telling.asked_plan()}|\b(?:targets?|plan(?:s|ned)?|goals?|aims?|expected|should|will)\b")
_ENDING = re.compile(r"\b(?:revoked?|cancel\w*|abolish\w*|withdr\w*)\b")
_FALLING = re.compile(r"\b(?:fell|fall|decreas\w*|declin\w*|drop\w*)\b")
_CHANGE = re.compile(r"\b(?:grow\w*|grew|increas\w*|r[io]se|fall|fell|declin\w*|new)\b")
_PUBLISHED = re.compile(rf"{_wants('published')}|\bpublished\b")
_HEAD_ENDS = re.compile(_wants("head_ends"))
_HEAD_BEFORE = re.compile(
    rf"(?:^|[的{marks.COMMAS}]|{_WIDE}|\d年)((?:(?!{_WIDE})[^的{marks.COMMAS}]){{2,16}}?){_wants('head_linked')}(?:{_HOW})"
)
_HEAD_DONE = re.compile(rf"{_wants('head_done')}([{marks.HAN}“”]{{2,12}}?){_wants('head_summed')}?(?:{_HOW})")
_NO_HEAD = re.compile(rf"{_wants('no_head')}|\d+年?")
_AT = re.compile(rf"(?<={alternation(table('wanted')['at']['behind'])}){_wants('at')}")
# The year by which a report is called is not the one it is asked about, if there is another.
_OF_REPORT = re.compile(rf"({PLAIN_YEAR})(?:{_wants('of_report')}|(?: [a-z]+){{0,2}} report\b)")
_ENGLISH_YEAR = re.compile(rf"(?<![\d.]){PLAIN_YEAR}(?=[ ,?.;)]|$)")
ANONYMISED = "20xx"
_TITLED = re.compile(r"《[^《》]*》")  # a year in a title is part of a name
# A school or hospital by its own name, not 全区小学 or 哪些中学; of a longer name the end is enough.
_INSTITUTION = re.compile(
    rf"(?:(?!(?:(?:{_ANY})|{_HOW}|{_PLACE})[\u4e00-\u9fff]|{asking('thing', 'which')}"
    rf"|[\u4e00-\u9fff](?:(?:{_ANY}|[少几])|{_PLACE}))"
    rf"[\u4e00-\u9fff]{{2}})(?:{bodies('school', 'health')})(?!生|科)"
)
_ORDINAL = re.compile(rf"第[{_DIGITS}十百\d]+|[{_DIGITS}十特]等|(?:国家|{_WIDE})级")


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer must carry.

    `units` are the units a figure may be counted in (None: any), `strict` whether another is no answer.
    `head` is the thing that is counted, where the question names it. `names` are ordinals, ranks and
    figures that the question gives, which the evidence must give as well.
    """

    kind: Kind
    units: frozenset[str] | None = None
    strict: bool = False
    unit: str = ""
    """The unit that the question names."""
    head: str = ""
    year_asked: bool = False
    day_asked: bool = False
    years: frozenset[str] = frozenset()
    days: tuple[tuple[int | None, int | None], ...] = ()
    plan: bool = False
    ending: bool = False
    falling: bool = False
    published: bool = False
    role: str = ""
    """The post that an asked person holds."""
    former: bool = False
    """Who held the post before is asked for."""
    person: str = ""
    """The person whose post is asked."""
    several: int = 0
    """How many things are asked for together, where it says that: 那4所大学叫什么, 哪五样."""
    change: bool = False
    """By how much something grew or fell."""
    each: bool = False
    """How much for each person, household, acre."""
    more: bool = False
    difference: bool = False
    total: bool = False
    names: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    """Names of what isn't to be counted."""


def expected(folded: str) -> Expected:
    """What a folded question asks for."""
    folded = as_meant(folded)
    told = dates.find(_TITLED.sub(lambda match: " " * len(match[0]), folded))
    years = _years(told) | frozenset(_ENGLISH_YEAR.findall(_TITLED.sub("", folded)))
    years = years - frozenset(_OF_REPORT.findall(folded)) or years
    days = tuple((date.month, date.day) for date in told if date.month)
    kind = _kind(folded)
    told_in, strict, unit, head = _counted(folded) if kind == "figure" else (None, False, "", "")
    names = frozenset(_INSTITUTION.findall(folded)) | frozenset(
        name
        for name in _ORDINAL.findall(in_han(folded))
        if name not in years and not any(name in date_text for date_text in (folded[d.start : d.end] for d in told))
    )
    return Expected(
        kind=kind,
        units=told_in,
        unit=unit,
        strict=strict,
        head=head,
        day_asked=bool(
            re.search(rf"(?:{asking('day')})(?!{_wants('no_day')})|\b(?:what|which) (?:date|day)\b", folded)
        ),
        year_asked=bool(_YEAR_ASKED.search(folded)),
        years=years,
        days=days,
        plan=bool(_PLAN.search(folded)),
        ending=telling.ended(folded) or bool(_ENDING.search(folded)),
        falling=telling.fell(folded) or bool(_FALLING.search(folded)),
        published=kind == "date" and bool(_PUBLISHED.search(folded)),
        person=person_of(folded) if kind == "post" else "",
        role=_role(folded) if kind == "person" else "",
        former=kind == "person" and bool(re.search(alternation(table("questions")["former"]["words"]), folded)),
        several=things_asked(folded) if kind in _TOLD_BY_NAME else 0,
        change=telling.change_asked(folded) or bool(_CHANGE.search(folded)),
        each=telling.for_each(folded) or bool(re.search(r"\bper\b|\baverage\b|\beach\b", folded)),
        more=bool(_MORE.search(folded)),
        difference=bool(_DIFFERENCE.search(folded)),
        total=bool(_SUM.search(folded)),
        names=names,
    )


def things_asked(folded: str) -> int:
    """How many things a folded question for what has a name asks for together; 0 where it doesn't say."""
    if joined := _POSTS_ASKED.search(folded):
        return len(people.posts(joined[0]))
    named = places.find(folded) if _SEVERAL.search(folded) else ()
    for match in _SEVERAL.finditer(folded):
        if any(place.start < match.end() and match.start() < place.end for place in named):  # 五家渠市
            continue
        word = next(filter(None, match.groups()))
        if word in _ENGLISH_NUMBERS:
            return _ENGLISH_NUMBERS.index(word) + 2
        number = numerals.read(word, 0)
        several = _TOGETHER["both"].get(word) or (int(number.low) if number and number.end == len(word) else 0)
        if 1 < several <= _MANY:
            return several
    return 0


def ordinals(text: str) -> frozenset[str]:
    """The ordinals and ranks that a text gives, in Han: 第二, 一等, 省级."""
    return frozenset(_ORDINAL.findall(in_han(text)))


def _years(told: Iterable[dates.Date]) -> frozenset[str]:
    """The years of dates, both ends of spans; an anonymised one by its name."""
    moments = (moment for date in told for moment in (date.moment, date.until) if moment and moment.year)
    return frozenset(str(moment.year) for moment in moments) | {ANONYMISED for date in told if date.anonymised}


def _role(folded: str) -> str:
    """The post whose holder is asked for, as the question writes it; a trade (通讯员) where it names no post."""
    told = sorted(people.posts(folded), key=lambda post: post.is_trade)
    return told[0].post if told else ""


def person_of(folded: str) -> str:
    """The person of whom a folded question asks what he or she is; "" where it asks something else."""
    found = _POST.search(folded)
    return "" if found is None or _NO_PERSON.search(found[1]) else found[1]


def _kind(folded: str) -> Kind:
    bare = marks.without_end(folded, ".")
    if _REPORTS.search(folded) and not _HOW_MANY.search(_NO_COUNT.sub("", folded)):
        return "reports"
    if _DOCUMENT.search(folded):
        return "document"
    if _DATE.search(folded):
        return "date"
    if _FIGURE.search(_NO_COUNT.sub("", folded)):
        return "figure"
    if person_of(folded):
        return "post"
    if (kind := _named_kind(folded)) is not None:
        return kind
    stated = not _asks(folded) and folded.rstrip().endswith("?")  # 由省政府主办的? but not 防火措施
    return "yes" if _YES.search(bare) or stated else "text"


def _named_kind(folded: str) -> Kind | None:
    """Which of what has a name is asked for; a person where several are."""
    if _PERSON.search(folded):
        return "person"
    if _BODY.search(folded):
        return "body"
    if _NAME.search(folded):
        return "name"
    if _WHERE.search(folded):
        return "place"
    return "list" if _LIST.search(folded) else None


def as_meant(folded: str) -> str:
    """A question whose only question word is mistyped or said in a regional way, with the word that is meant."""
    if _asks(folded):
        return folded
    typed = re.compile(alternation(table("questions")["typed"]))
    words: dict[str, str] = table("questions")["typed"]
    return typed.sub(lambda match: words[match[0]], folded, count=1)


def _asks(folded: str) -> bool:
    """Whether a question has a word by which it asks; one that has none, but is one, asks for yes or no."""
    return bool(_ASKS.search(folded))


def _counted(folded: str) -> tuple[frozenset[str] | None, bool, str, str]:
    """The units a figure may be told in, whether another is no answer, the unit asked in, and the thing counted."""
    bare = _NO_COUNT.sub("", folded)
    last = max(_HOW_MANY.finditer(bare), key=lambda match: match.end(), default=None)
    unit, end = _unit(bare, last.end()) if last else ("", 0)
    tail = match["head"] if last and (match := _HEAD.match(bare, end)) else ""
    cut = _HEAD_ENDS.search(tail, 2)
    head = (tail[: cut.start()] if cut else tail).strip()
    if not head and (told := _HEAD_DONE.search(folded)):
        head = told[1]
    measured = (known := units.unit(unit)) is not None and known.measured
    if not head and not measured and (before := _HEAD_BEFORE.search(folded)):
        head = _NO_HEAD.sub("", _AT.split(before[1])[-1])
    for pattern, kind, strict in (
        (_MONEY, "money", True),
        (_SHARE, "share", False),
        (_AREA, "area", True),
        (_SIZE, "area", False),
        (_DURATION, "duration", False),
        (_LENGTH, "length", False),
        (_WEIGHT, "mass", False),
        (_PERSONS, "person", False),
    ):
        if pattern.search(folded) and not (unit and kind != "money" and kind not in units.kinds(unit)):
            if kind in ("money", "share", "area"):
                head = "" if head in table("questions")["indicator"]["kinds"] else head
            return _told_in(kind), strict, unit, head
    if not unit:
        things = frozenset().union(*map(units.of_kind, _THINGS)) if _COUNT.search(folded) else None
        return things, False, "", head
    allowed = frozenset().union(*map(_told_in, units.kinds(unit)))
    return allowed.union(_UNITS["told_for"].get(unit, ())), True, unit, head


def _unit(text: str, start: int) -> tuple[str, int]:
    """The unit that stands behind the words that ask for a number, and where it ends; 元 of 多少万元."""
    unit, end = unit_at(text, start)
    if not unit and (scale := _SCALES.match(text, start)):
        unit, end = unit_at(text, scale.end())
    return (unit, end) if unit else ("", start)


def _told_in(kind: str) -> frozenset[str]:
    """The units in which a kind is told; a share may be told in points."""
    return units.of_kind(kind) | (units.of_kind("points") if kind == "share" else frozenset())
