"""Complete a follow-up from the question before it: one thing is swapped, the rest is kept. Pure.

All texts in Simplified script.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import partial

from ingest.language import marks, units
from ingest.language.date_forms import PLAIN_YEAR, part_word, year_word
from ingest.language.divisions import by_name
from ingest.language.forms import form
from ingest.language.people import post_pattern
from ingest.language.places import rank_pattern
from ingest.language.questions import asking, aspects, pronouns
from ingest.language.words import alternation, table
from rag.question.frame import ASK, COUNTS, Frame, frame_of, leads_in
from rag.question.places import named, place_of, whole

_ASKING = asking("list", "thing", "person", "which", "yes")
_written = partial(form, "following")
_COUNT_WORD = re.compile(rf"^(?:{asking('count')})")
_OF_THINGS = frozenset({"body", "event", "work", "paper", "machine"})  # kinds of units that are often mixed up
_COUNTED = re.compile(rf"^(?:{asking('count')}).*$")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_COURTESY = re.compile(
    rf"(?:{_written('courtesy')}|ok(?:ay)?|hi|hello|thanks?(?: you)?|[{marks.ENDS}{marks.COMMAS}.~\s])++",
    re.IGNORECASE,
)
_GREETING = re.compile(_written("greeting"), re.IGNORECASE)
_LEADING = re.compile(
    rf"^(?:(?:{_written('before')}|ok)[{marks.COMMAS}\s]++)?"
    rf"(?:{_written('leading')}|and\b|what about\b|how about\b|then\b)?[{marks.COMMAS}\s]*",
    re.IGNORECASE,
)
_END = rf"[{marks.ENDS}\s]"
_TRAILING = re.compile(rf"(?:{_written('trailing')}{_END}*+|(?<!{_END}){_END}++)$")
_PRONOUN = re.compile(rf"^{pronouns('own', 'person', 'thing', 'things', 'near')}的?")
_ONE = re.compile(rf"^(?!{pronouns('things')}){pronouns('own', 'thing')}的?")
_MORE = re.compile(rf"^(?>{_written('more')})$")
_ENGLISH_WORDS = re.compile(r"[a-z]{2,}")
_IN_ENGLISH = re.compile(
    r"^(?:(?i:and|what about|how about|then))\s+(?:in |for |of )?([A-Z][\w'’-]*(?:\s[A-Z][\w'’-]*)*)[?.!\s]*$"
)
_NAMED_IN_ENGLISH = re.compile(r"\b(?:in|of|for|does|did|has|is|was)\s+([A-Z][\w'’-]*(?:\s[A-Z][\w'’-]*)*)")

_ASKS = re.compile(
    rf"{ASK.pattern}|{_ASKING}|吗|\b(?:how|what|which|who|when|where|does|did|is|are|was|were)\b", re.IGNORECASE
)
_LEAD_IN = re.compile(rf"{_written('aim')}?{_written('change')}?$")
_LONGEST_LEAD_IN = 12  # characters
_YEAR = re.compile(year_word())
_PART_OF_YEAR = re.compile(part_word())
_BARE_YEAR = re.compile(PLAIN_YEAR)
_NOW = re.compile(_written("now"))
_RANK = re.compile(
    rf"[{''.join(table('numerals')['digits'])}特]等奖?|(?:国家|{rank_pattern('province', 'prefecture', 'county')})级"
)
_ROLE = re.compile(
    rf"{post_pattern()}(?:(?:{alternation(table('questions')['joined']['joints'])}){post_pattern()})*+(?:分别)?"
)
_ASPECT = re.compile(aspects())
_SOUGHT: Mapping[str, str] = table("questions")["sought"]
_ENDS_SOUGHT = re.compile(rf"的?(?:{alternation(_SOUGHT)})$")
_JOINT = re.compile(alternation(table("questions")["joined"]["joints"]))
_ENDS_ASPECT = re.compile(rf"(?<=.)的?(?:{aspects(ends=True)})$")
_MEASURE = re.compile(rf"\S+(?:{aspects(ends=True)})")
_PERSON = re.compile(rf"^{pronouns('person')}")
_THIS_PLACE = re.compile(rf"^{_written('this_place', rank=rank_pattern('province', 'prefecture', 'county', 'town'))}")
_THIS_YEAR = re.compile(rf"^{_written('this_year')}")
_THIS_THING = re.compile(rf"^{_written('this')}([{marks.HAN}]{{2,4}}?)(?={_written('behind_this')})")
_LATIN_NAME = re.compile(r"[A-Z][a-z]+")
_ANY_UNIT = re.compile(rf"(?:{alternation(table('questions')['units']['of_many'])})$")
_KINDS = str(table("questions")["joined"]["single"])
_THINGS = str(table("questions")["joined"]["having"])
_FIGURES = tuple(table("questions")["indicator"]["figures"])
_ALIKE = 2  # characters with which names of one kind end
_SHORT = 8  # a question of fewer characters can hardly name its own place and thing
_SAYS_LITTLE = 4  # nor one that has fewer characters beside the words by which it asks
_FOLLOWS = re.compile(
    rf"^(?:{_written('follows', pronoun=pronouns('person', 'thing', 'things'))}"
    rf"|and\b|what about\b|how about\b|of (?:those|them)\b|then\b)|呢[{marks.ENDS}]*$"
    r"|\b(?:they|them|it|its|their|those)\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(rf"{_written('has')}(?={ASK.pattern})|{ASK.pattern}|{_written('fillers')}")
_ENDS_OPEN = re.compile(rf"呢[{marks.ENDS}]*$")
_NARROWED = re.compile(rf"中([^中{marks.COMMAS}]{{1,8}}的)(?={_written('among')})")


def is_courtesy(text: str) -> bool:
    """Whether nothing is asked: 谢谢, 好的."""
    return bool(_COURTESY.fullmatch(text))


def greets(text: str) -> bool:
    """Whether a courtesy is a greeting: 您好."""
    return bool(_GREETING.match(text))


def is_left_open(asked: str) -> bool:
    """Whether a question asks nothing without the one before it: 那西河市呢?"""
    bare = _TRAILING.sub("", _LEADING.sub("", asked))
    return bool(_FOLLOWS.search(asked)) and bool(_HAN.search(bare)) and not _ASKS.search(bare)


def refers_back(asked: str, regions: Collection[str] = ()) -> bool:
    """Whether a question can't be understood without the one before it. `regions` are places known by name."""
    words = len(re.findall(r"[A-Za-z]+", asked))
    if _FOLLOWS.search(asked) or (len(asked) < _SHORT and words < 2):
        return True
    if words or re.search(r"\d", asked):
        return False
    if place := place_of(asked, regions):
        return _asks_only_how_many(asked, place)
    said = len(_HAN.findall(_SAYS_NOTHING.sub("", asked)))
    return 0 < said < _SAYS_LITTLE


def left_open(asked: str) -> str:
    """What a question names that only names what the one before it is to be asked of: 2023年 of 那2023年呢?; "" for any
    other."""
    if not _ENDS_OPEN.search(asked):
        return ""
    named = _TRAILING.sub("", asked if _begins_with_division(asked, ()) else _LEADING.sub("", asked))
    return "" if _ASKS.search(named) else named


def complete(asked: str, earlier: str, regions: Collection[str] = ()) -> tuple[str, str]:
    """(the follow-up as a question of its own, what else of the earlier question it was asked about).

    `regions` are names of places, known without their ranks.
    """
    core = asked if _begins_with_division(asked, regions) else _LEADING.sub("", asked)
    core = _THIS_PLACE.sub(place_of(earlier, regions) or "", core)
    if told := _YEAR.search(earlier):
        core = _THIS_YEAR.sub(f"{told[0]}的", core)
    if (this := _THIS_THING.match(core)) and this[1] in earlier:  # 该馆址有多大? after one about 博物馆新馆址
        return earlier[: earlier.rindex(this[1])] + core[this.start(1) :], ""
    bare = _TRAILING.sub("", core)
    if not _HAN.search(asked) and _ENGLISH_WORDS.search(asked):
        swapped = _in_english(asked, earlier)
        return (swapped, "") if swapped else (f"{earlier} {asked}", earlier)
    if _MORE.match(bare):
        return f"{earlier} {asked}", earlier
    if not _ASKS.search(bare):
        return _swap(bare, earlier, regions), ""
    place = place_of(core, regions)
    if place is None:
        return _about(core, earlier, regions)
    if _asks_only_how_many(core, place) and not _counts_otherwise(core, earlier):
        return _another_place(place, earlier, regions) or core, ""
    return core, ""


def _begins_with_division(asked: str, regions: Collection[str]) -> bool:
    """Whether what looks like a word that leads on begins a place's name: 那坡县呢?"""
    place = place_of(asked, regions)
    return place is not None and asked.startswith(place) and place in by_name()


def _asks_only_how_many(question: str, place: str) -> bool:
    """西河市有多少个?"""
    parts = frame_of(question)
    return parts is not None and parts.base == place and bool(COUNTS.match(parts.ask)) and not parts.thing + parts.did


def _counts_otherwise(question: str, earlier: str) -> bool:
    """Whether a question names a unit in which what the earlier one counts can't be told: 多少亩 after 几个科普馆."""
    own, before = (_unit_kinds(text) for text in (question, earlier))
    return bool(own and before) and not own & (before | _OF_THINGS)


def _unit_kinds(question: str) -> frozenset[str]:
    parts = frame_of(question)
    unit = _COUNT_WORD.sub("", parts.ask) if parts else ""
    return units.kinds(unit)


def _about(core: str, earlier: str, regions: Collection[str]) -> tuple[str, str]:
    """A follow-up that asks something else of what the earlier question is about."""
    parts, before = frame_of(core), frame_of(earlier)
    if before is None:
        return f"{earlier} {core}", earlier
    if parts and parts.ask == before.ask and not COUNTS.match(parts.ask) and _HAN.search(_PRONOUN.sub("", parts.base)):
        return _kept(earlier, regions) + core, ""  # 科普日什么时候? after 科技周什么时候举办?
    person = _PERSON.match(core)
    subject = _who(before) if person and before.ask == "谁" else _subject(before)
    if _ONE.match(core) and (holder := _thing_that_has(before, regions)):
        return f"{holder}{_PRONOUN.sub('', core)}", ""
    if not subject:
        return f"{earlier} {core}", earlier
    bare = _PRONOUN.sub("", core)
    if core != bare:
        return f"{subject}{bare}", "" if person or before.counts or not before.did else earlier
    return f"{subject},{core}", earlier


def _thing_that_has(parts: Frame, regions: Collection[str]) -> str:
    """The one thing that has what is counted or did what is asked about, no place: 它的馆长是谁? after
    科技馆有多少件展品? or 科技馆接待了多少人?"""
    if parts.holder:
        return parts.holder if place_of(parts.holder, regions) != parts.holder else ""
    place = place_of(parts.before, regions) or ""
    begins = len(place) if parts.before.startswith(place) else 0
    ends = (at + 1 for at in range(begins + 1, len(parts.before)) if parts.before[at] in _THINGS)
    return parts.before[: next(ends, 0)]


def _subject(parts: Frame) -> str:
    """What a question is about: what it says without what it asks."""
    if not parts.counts:
        if parts.base or not parts.did:
            return parts.base
        return f"{parts.did}的人" if "人" in parts.ask else parts.did.removeprefix("是")
    if parts.did:  # 有多少学生参加了比赛 is about 参加了比赛的学生
        return f"{parts.base}{parts.did}的{parts.thing}"
    if parts.base == parts.before:  # 举办了多少场讲座 is about 举办了讲座
        return parts.before + parts.thing
    return f"{parts.base}的{parts.thing}" if parts.base else parts.thing


def _who(parts: Frame) -> str:
    """Whom a question with 谁 is about: 主席是谁, 谁是主席, 谁主持了大会, 大会由谁主持."""
    if not parts.did or parts.did.startswith("是"):
        return parts.base + parts.did.removeprefix("是")
    return f"{parts.did}{parts.base}的人"


def _swap(said: str, earlier: str, regions: Collection[str]) -> str:
    """The earlier question, asked about another thing, place, time, rank or role."""
    thing = said.removeprefix("其中").rstrip("的")
    if not thing:
        return f"{earlier} {said}"
    for swapped in (
        _another_time(thing, earlier),
        _another_place(thing, earlier, regions),
        _another_name(thing, earlier),
    ):
        if swapped:
            return swapped
    place = place_of(thing, regions)
    if place and thing.startswith(place) and len(thing) > len(place):  # 西河市的目标呢?
        elsewhere = _another_place(place, earlier, regions)
        rest = thing[len(place) :].lstrip("的")
        if _ASPECT.fullmatch(rest) and elsewhere == earlier:  # what is named again has it: 西河市的面积呢?
            return f"{place}的{rest}是多少?"
        return _swap(rest, elsewhere, regions) if elsewhere and rest else earlier
    if (year := _YEAR.match(thing)) and (rest := thing[year.end() :].lstrip("的")):  # 2021年的目标呢?
        then = _another_time(year[0], earlier) or earlier
        return then if rest in then else _swap(rest, then, regions)
    parts = frame_of(earlier)
    if parts is None:
        return f"{earlier} {thing}"
    if swapped := _another_of_its_kind(thing, parts.before, regions):
        return f"{swapped}{earlier[len(parts.before) :]}"
    if parts.holder and thing[-_ALIKE:] == parts.holder[-_ALIKE:] and parts.holder not in thing:
        return earlier.replace(parts.holder, thing, 1)  # 西湖公园 for 东湖公园
    if said.endswith("的"):
        return _among(said.removeprefix("其中"), earlier, parts)
    return _of_the_subject(thing, earlier, parts, regions) or _of_another(thing, earlier, parts, regions)


def _another_of_its_kind(thing: str, before: str, regions: Collection[str]) -> str | None:
    """What stands before the asking words, told of another thing of the kind it begins with (玩具馆 for 绘本馆接待);
    None where it begins with none."""
    place = place_of(before, regions) or ""
    begins = len(place) if before.startswith(place) else 0
    begins += before.startswith("的", begins)
    end = before.find(thing[-1], begins + 1) + 1 if thing[-1] in _KINDS else 0
    if end <= begins + 1 or thing in before:
        return None
    return f"{before[: max(begins, end - len(thing))]}{thing}{before[end:]}"


def _of_the_subject(thing: str, earlier: str, parts: Frame, regions: Collection[str]) -> str | None:
    """The question about something else of what the earlier one is about: its place, its holder, its size; None where
    none is said."""
    if sought := _SOUGHT.get(thing) or ("是谁" if _ROLE.fullmatch(thing) else ""):
        subject = _ENDS_SOUGHT.sub("", _ENDS_ASPECT.sub("", _subject(parts)))
        return f"{subject}的{thing}{sought}?" if subject else f"{earlier} {thing}"
    if _ASPECT.fullmatch(thing):
        subject = _ENDS_ASPECT.sub("", _subject(parts))
        return f"{subject}的{thing}是多少?" if subject and thing not in parts.before else earlier
    if _MEASURE.fullmatch(thing):
        return f"{_kept(earlier, regions) or _thing_that_has(parts, regions)}{thing}是多少?"
    if thing.endswith(_FIGURES) and not parts.counts and not _predicate(parts.before):
        subject = _ENDS_ASPECT.sub("", parts.base)
        return f"{subject}的{thing}是多少?" if subject else None
    return None


def _of_another(thing: str, earlier: str, parts: Frame, regions: Collection[str]) -> str:
    """The earlier question, asked about another thing."""
    alike = parts.thing[-1:] == thing[-1:] or _ANY_UNIT.search(parts.ask) or not COUNTS.match(parts.ask)
    # Another thing may be counted in another unit.
    ask = parts.ask if alike or not parts.ask.startswith(tuple(table("questions")["asks"]["count"])) else "多少"
    if parts.counts:
        return f"{parts.before}{ask}{thing}{parts.rest}"
    led = _predicate(parts.before)
    kept = "" if _YEAR.match(thing) else _kept(earlier, regions)
    if kept and thing.startswith(kept[-2:].rstrip("的里")):
        kept = kept.rstrip("的里")
    ask = ask if ask == parts.ask and alike and not re.match(r"多少.", ask) else _COUNTED.sub("多少", ask)
    return f"{kept}{thing}{led.lstrip(',， ')}{ask}{parts.rest}"


def _predicate(before: str) -> str:
    """How what stands before the asking words leads to them: 的目标是, 同比增长."""
    led = leads_in(before)
    lead_in = _LEAD_IN.search(before, max(0, led - _LONGEST_LEAD_IN), led)
    return before[lead_in.start() if lead_in else led :]


def _among(said: str, earlier: str, parts: Frame) -> str:
    """The question about some of those it counts: 志愿者有多少人? 女的呢?"""
    narrowed = _NARROWED.search(earlier)
    if narrowed:  # 男的呢?
        return earlier[: narrowed.start(1)] + said + earlier[narrowed.end(1) :]
    subject = _subject(parts)
    counted = re.sub(r"的$", "", parts.ask)
    asked = f"有{counted}?" if COUNTS.match(parts.ask) else f"{parts.ask}{parts.rest}"
    return f"{subject}中{said}{asked}" if subject else f"{earlier} {said}"


def _another_time(thing: str, earlier: str) -> str | None:
    """The question about another time; None where none is said."""
    if _BARE_YEAR.fullmatch(thing):
        thing += "年"
    if _NOW.fullmatch(thing):
        return f"{thing}{_YEAR.sub('', earlier, count=1)}"
    for kind in (_YEAR, _PART_OF_YEAR):
        if kind.fullmatch(thing):
            return kind.sub(thing, earlier, count=1) if kind.search(earlier) else f"{thing}{earlier}"
    return None


def _another_place(thing: str, earlier: str, regions: Collection[str]) -> str | None:
    """The question about another place; None where no place is said."""
    names = _LATIN_NAME.findall(earlier)
    if _LATIN_NAME.fullmatch(thing) and len(names) == 1 and _HAN.search(earlier):
        return earlier.replace(names[0], thing, 1)
    if not _only_places(thing, regions):
        return None
    here = place_of(earlier, regions)
    return earlier.replace(here, thing, 1) if here else f"{thing}{earlier}"


def _only_places(thing: str, regions: Collection[str]) -> bool:
    """Whether nothing but places is said: 西河市, 西河市和东河市."""
    told = whole(named(thing, regions))
    starts, ends = [place.start for place in told], [place.end for place in told]
    between = (thing[end:start] for end, start in zip(ends, starts[1:], strict=False))
    return bool(told) and (starts[0], ends[-1]) == (0, len(thing)) and all(map(_JOINT.fullmatch, between))


def _another_name(thing: str, earlier: str) -> str | None:
    """The question about another rank or role; None where none is said."""
    for kind in (_RANK, _ROLE):
        if kind.fullmatch(thing) and kind.search(earlier):
            return kind.sub(thing, earlier, count=1)
    return None


def _kept(earlier: str, regions: Collection[str]) -> str:
    """The place and the year of a question."""
    here, year = place_of(earlier, regions), _YEAR.search(earlier)
    place = ""
    if here:
        end = earlier.index(here) + len(here)
        place = here + ("的" if earlier[end : end + 1] == "的" else "")
    return place + (year[0] if year and year[0] not in place else "")


def _in_english(asked: str, earlier: str) -> str | None:
    """A question in English about another place; None where that isn't what is asked."""
    named = _IN_ENGLISH.match(asked)
    names = list(_NAMED_IN_ENGLISH.finditer(earlier))
    if named is None or len(names) != 1:
        return None
    return earlier[: names[0].start(1)] + named[1] + earlier[names[0].end(1) :]
