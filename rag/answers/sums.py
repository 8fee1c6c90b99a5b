"""Questions that no single sentence answers: sums, comparisons, differences, and what several reports say. Pure.

A question is taken apart into one for each thing or place it names; each is answered on its own, with its own
citation, and the figures are computed here. What could not be found is said; nothing is computed without it.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.language import dates, figures, marks, places, runs, telling, units
from ingest.language.figures import Figure
from ingest.language.places import rank_pattern
from ingest.language.questions import asking, counting, totals
from ingest.language.script import to_simplified
from ingest.language.words import alternation, table
from rag.answers import things
from rag.answers.citing import ReportOf, answered, in_script, refused, say
from rag.evidence.sentences import narrowed
from rag.evidence.shorts import counts
from rag.evidence.subject import ReportView, fold_same_length
from rag.judge.ranking import ViewOf
from rag.question.kind import Expected
from rag.question.places import Named, named, whole
from rag.question.query import Query
from rag.records import Answer, Certainty, Evidence, Question

_TWO = 2  # sides of a difference
_MOST_REPORTS = 8  # reports quoted in one answer
_BRIEF = 500  # characters of all quotes together
_ALIKE = 0.75  # how much of the best report's share of what is asked another's must hold to be listed
_MENTIONED, _SURELY = 0.5, 0.8  # the share of what is asked that a sentence must hold to speak of it at all, and surely
_DIGITS = "".join(table("numerals")["digits"])
_RANKED_IN = alternation(table("questions")["units"]["of_rank"])
_ORDERED = re.compile(rf"((?:[{_DIGITS}特]、){{1,20}})([{_DIGITS}特])({_RANKED_IN})")
_RANKED = re.compile(r"((?:[\u4e00-\u9fff]{1,2}级、){1,20})([\u4e00-\u9fff]{1,2}级)")
_QUOTE = r"[“「《\"][^”」》\"]{1,30}[”」》\"]"
_QUOTED = re.compile(rf"({_QUOTE})((?:[、和及与,，]{{1,3}}{_QUOTE}){{1,20}})")
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
_DIFFERENCE = re.compile(
    rf"^(?P<a>.{{1,60}}?)比(?P<b>.{{1,60}}?){telling.changes()}[{marks.HAN}]{{0,2}}?(?P<ask>(?:{asking('count')}).*)$"
)
_PAUSE = f"{marks.COMMAS}{marks.ENDS}"
_COMPARED = re.compile(
    rf"(?:[{_DIGITS}几\d]个?(?:地|{_WIDE}|地方|单位)|哪(?:里|[个一])个?(?:地方|{_WIDE})?(?:的)?|谁[^{_PAUSE}{_QUALITIES}]{{0,3}}?的|谁"
    rf"|(?:{_DEGREES})[{_QUALITIES}]|的?是哪里|的?是哪个|{'|'.join(_COMPARING['beside'])}|[{marks.ENDS}{marks.COMMAS}])"
)
_FEWER = re.compile(
    rf"(?:{_DEGREES})[{_COMPARING['less']}]|\b(?:fewer|fewest|less|least|lower|lowest|smaller|smallest)\b"
)
_ENGLISH_MORE = re.compile(
    r"\bwhich \w+ (?P<verb>\w+) (?:the )?(?:more|most|fewer|fewest|larger|largest|higher|highest) (?P<topic>[^,?]+)",
    re.I,
)

_JOINT = re.compile(r"以及|还是|[、和与跟及,，]")
_TWICE = re.compile(rf"^(?P<thing>[{marks.HAN}]{{2,12}})(?:{_JOINT.pattern})?(?P=thing)")
_OF_OTHERS = re.compile(rf"{_WIDE}|{rank_pattern('town', 'village')}|{alternation(_COMPARING['others'])}")
_MORE = re.compile(rf"(?:{asking('which', 'person')})[^{_PAUSE}]*[多少高低大小长短快慢][{marks.ENDS}]*$")
_APART = re.compile(rf"相差|差(?={asking('count')})|差距|差额")
_SHARE = re.compile(
    rf"^(?P<part>.{{1,60}}?)占(?P<whole>.{{1,60}}?)"
    rf"的?(?:比例|比重|占比|百分比|{asking('share', 'count')})(?!{counting()})"
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
    parts: tuple[Part, ...]
    unit: str = ""
    """The unit that the question names."""
    scale: str = ""
    """The scale of that unit, 万 of 多少万元."""


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What was found on a part: its evidence and its figure, with where that stands in the sentence, and how sure that
    is; or none of them."""

    part: Part
    evidence: Evidence | None
    said: str = ""
    figure: Figure | None = None
    certainty: Certainty | None = None


def plan(query: Query) -> Plan | None:
    """How to take a question apart, or None for one that a sentence may answer."""
    found = _plan(query)
    return replace(found, unit=query.expected.unit, scale=scale_asked(query)) if found else None


def is_least(text: str) -> bool:
    """Whether the smallest is asked for."""
    return bool(_FEWER.search(text))


def is_share(answer: Answer) -> bool:
    """Whether an answer tells a share."""
    return any(figure.unit == "%" for figure in figures.find(answer.short_answer or ""))


def scale_asked(query: Query) -> str:
    """The scale of the unit that a question asks in."""
    asked = _scale_asked().search(query.question.folded)
    return asked["scale"] if asked else ""


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


def _sides(part: str, whole: str) -> tuple[str, str]:
    """A part and its whole, each with the owner and the time that only the other names."""
    mine, its = things.owner_end(part), things.owner_end(whole)
    return (f"{whole[:its]}{part}", whole) if its and not mine else (part, whole if its else f"{part[:mine]}{whole}")


def _of_things(text: str, apart: bool) -> Plan | None:
    """A question about two or more things of one owner, each of them asked about alone."""
    joined = things.joined(text)
    if joined is None:
        return None
    kind = _which().search(joined.after)
    named = kind is not None and bool(kind["of"]) and all(item.endswith(kind["of"]) for item in joined.items)
    if kind and _OF_OTHERS.match(joined.after, kind.end("which")) and not named:
        return None  # 讲座和展览最多的是哪个县
    topic = _topic(_which().sub("" if named else r"\g<of>", joined.after))
    asked = _amount_of(topic)
    operation: Operation = "difference" if apart else "least" if _FEWER.search(text) else "most"
    parts = tuple(Part(item, f"{joined.before}{item}{topic}{asked}") for item in joined.items)
    return Plan(operation, parts) if operation != "difference" or len(parts) == _TWO else None


def _amount_of(topic: str) -> str:
    """How the figure of a topic is asked for: what is itself a figure is so much, of anything else there is so much."""
    return "是多少?" if topic.endswith(tuple(table("questions")["indicator"]["figures"])) else "有多少?"


def _topic(text: str) -> str:
    """What is asked of each side, without the words that set them against one another."""
    amount = rf"(?:{asking('count')})(?:{counting()})?"
    text = _COMPARED.sub("", re.sub(rf"(?:{_APART.pattern})(?:{amount})?|{amount}", "", text))
    return re.sub(r"[多少高低大小长短快慢]$", "", text.strip("的 ")).strip("的 ")


@functools.cache
def _which() -> re.Pattern[str]:
    """哪个, with the kind of the things behind it where that is told: 哪个班级的."""
    kinds = alternation(table("questions")["joined"]["kinds"])
    which = rf"{asking('person')}|(?:{asking('which')})(?:一?{counting()})?"
    return re.compile(rf"(?P<which>{which})(?P<of>{kinds})?的?")


def combine(
    question: Question, plan: Plan, found: Sequence[PartAnswer], report_of: ReportOf, closest: Sequence[Evidence]
) -> Answer:
    """The computed answer; the figures alone where one is missing; a refusal where all are."""
    told = [f for f in found if f.evidence is not None and f.figure is not None]
    if not told:
        reason = say(question, "报告中没有提到所问的内容。", "The reports do not mention what is asked.")
        return refused(question, reason, closest, report_of)
    evidence: list[Evidence] = []
    numbers: dict[tuple[str, int], int] = {}
    spots: list[tuple[str, int]] = []
    for f in told:
        assert f.evidence is not None  # noqa: S101 - told has only such
        spot = (f.evidence.passage.chunk.source, f.evidence.start)
        spots.append(spot)
        if spot not in numbers:
            evidence.append(f.evidence)
            numbers[spot] = len(evidence)
    missing = [f.part.label for f in found if f.evidence is None or f.figure is None]
    short = None if missing or is_one(told) else _result(question, plan, told)
    listed = "; ".join(
        f"{in_script(f.part.label, question)}: {in_script(f.said, question)} [{numbers[spot]}]"
        for f, spot in zip(told, spots, strict=True)
    )
    lead = f"{short}({listed})" if short else listed
    if missing:
        names = "、".join(missing)
        lead += say(
            question,
            f"。没有找到{names}的数字,因此无法得出结果。",
            f". No figure was found for {', '.join(missing)}, so there is no result.",
        )
    elif short is None:
        lead += _no_result(question, told)
    unsure = missing or any(f.certainty != "sure" for f in told)
    certainty: Certainty = "likely" if unsure else "sure"
    return answered(question, evidence, report_of, form="computed", certainty=certainty, short=short, lead=lead)


def is_one(told: Sequence[PartAnswer]) -> bool:
    """Whether one and the same figure was found for two parts; it is told of both only where it is told for each."""
    places = [
        (f.evidence.passage.chunk.source, f.evidence.start + f.figure.start)
        for f in told
        if f.evidence is not None and f.figure is not None and not telling.of_each(f.evidence.text[: f.figure.start])
    ]
    return len(set(places)) < len(places)


def _no_result(question: Question, told: Sequence[PartAnswer]) -> str:
    """Why figures come to nothing: one is only a range, two are one, or they measure different things."""
    if is_one(told):
        return say(
            question,
            "。几项只找到同一个数字,不能算出结果。",
            ". One figure was found for several of them, so there is no result.",
        )
    if any(f.figure is not None and f.figure.value is None for f in told):
        return say(
            question,
            "。有的数字只是一个范围,不能算出确数。",
            ". Some figures are only given as ranges, so there is no exact result.",
        )
    return say(question, "。单位不同,不能合并计算。", ". The units differ, so there is no result.")


def _spelled_out(first: str, second: str, query: Query) -> str:
    """The second side of a comparison with what only the first one says: 甲县2022年讲座 and 乙县 → 乙县2022年讲座."""
    names = [name for names in query.places for name in names]
    if (spelled := things.spelled_out(first, second)) is not None:
        return spelled
    mine = next((name for name in names if name in first), "")
    if mine and any(second.startswith(name) and len(second) <= len(name) + 2 for name in names):
        return re.sub(rf"{mine}(?:{_WIDE})?", second, first, count=1)
    return second if things.owner_end(second) else f"{first[: things.owner_end(first)]}{second}"


def _result(question: Question, plan: Plan, told: Sequence[PartAnswer]) -> str | None:
    """What the figures come to, or None when they can't be set against one another."""
    each = [f.figure for f in told if f.figure is not None]
    asked = units.unit(plan.unit)
    # Counts keep the word of the report, measures take the unit that is asked in.
    as_asked = asked and asked.measured and all(units.convertible(f.unit, plan.unit) for f in each)
    unit = plan.unit if as_asked else each[0].unit
    exact = _in_unit(each, unit)
    if exact is None:
        return None
    if plan.operation in ("share", "growth"):
        return _share(question, plan.operation, exact)
    scale = plan.scale or _scale_told([f.said for f in told], unit)
    kinds = {figure.about for figure in each if figure.rough}
    rough = say(question, "超过", "more than ") if kinds == {"over"} else _about(question) if kinds else ""
    if plan.operation == "sum":
        total = say(question, "合计", "in total ")
        return f"{total}{rough}{_scaled(sum(exact), scale)}{in_script(f'{scale}{unit}', question)}"
    if plan.operation == "difference":
        first, second = exact
        if first == second:
            return say(question, "一样", "the same")
        if unit == "%":
            unit = say(question, "个百分点", " percentage points")
        more = say(question, "多", "more by ") if first >= second else say(question, "少", "fewer by ")
        by = _scaled(abs(first - second), scale)
        return f"{more}{_about(question) if kinds else ''}{by}{in_script(f'{scale}{unit}', question)}"
    top = (min if plan.operation == "least" else max)(exact)
    best = [f.part.label for f, value in zip(told, exact, strict=True) if value == top]
    names = in_script("、".join(best), question)
    if len(best) > 1:
        return say(question, f"{names}一样", f"{names}: the same")
    if unit == "%":
        return names + (
            say(question, "最低", ": the lowest")
            if plan.operation == "least"
            else say(question, "最高", ": the highest")
        )
    return names + (
        say(question, "最少", ": the fewest") if plan.operation == "least" else say(question, "最多", ": the most")
    )


def _share(question: Question, operation: Operation, exact: Sequence[float]) -> str | None:
    """What part of the second the first is, or by what part it is more; None where that can't be told."""
    first, second = exact
    if second <= 0 or (operation == "share" and not 0 <= first <= second):
        return None
    share = 100 * (first if operation == "share" else first - second) / second
    told = f"{_plain(round(abs(share), 1))}%"
    about = "" if round(share, 1) == round(share, 6) else _about(question)
    if operation == "share":
        return f"{about}{told}"
    grew = say(question, "增长", "up by ") if share >= 0 else say(question, "下降", "down by ")
    return f"{grew}{about}{told}"


def mentions(query: Query, evidence: Sequence[Evidence], report_of: ReportOf, view_of: ViewOf) -> Answer:
    """Which reports speak of something, each with its sentence; the refusal when none does."""
    question = query.question
    quoted = re.findall(r"[“「《\"]([^”」》\"]{1,30})[”」》\"]", question.folded)
    shares: dict[str, tuple[float, Evidence]] = {}
    for e in evidence:
        view = view_of(e.passage.chunk.source)
        said = view.text[e.start : e.end]
        share = query.terms.share(said)
        exact = bool(quoted) and all(name in said for name in quoted)
        speaks = exact or (not quoted and share >= _MENTIONED)
        if speaks and share > shares.get(view.source, (-1.0, e))[0]:
            shares[view.source] = share, e
    if not shares:
        reason = say(question, "没有报告提到所问的内容。", "No report mentions what is asked.")
        return refused(question, reason, evidence, report_of)
    most = max(share for share, _ in shares.values())
    best = sorted(shares.values(), key=lambda each: -each[0])
    listed = [e for share, e in best if share >= _ALIKE * most or quoted][:_MOST_REPORTS]
    room = _BRIEF // len(listed)
    listed = [narrowed(e, _mentioned_at(query, e, quoted), room) for e in listed]
    labels = [_label(view_of(e.passage.chunk.source), e.passage.title) for e in listed]
    lead = say(question, f"{len(listed)}份报告:", f"{len(listed)} reports: ") + in_script(
        "; ".join(f"{label} [{n}]" for n, label in enumerate(labels, 1)), question
    )
    short = in_script("、".join(labels), question)
    short_answer = short if len(short) <= _BRIEF // 4 else None
    certainty: Certainty = "sure" if quoted or most >= _SURELY else "likely"
    return answered(question, listed, report_of, form="computed", certainty=certainty, short=short_answer, lead=lead)


def _mentioned_at(query: Query, evidence: Evidence, quoted: Sequence[str]) -> int:
    """Where in the report the first of what is asked for stands."""
    forms = quoted or [form for term in query.terms.terms for form, _ in term.forms]
    folded = fold_same_length(evidence.text)
    return evidence.start + min((at for form in forms if (at := folded.find(form)) >= 0), default=0)


def figure_of(evidence: Evidence, want: Expected, label: str = "") -> tuple[str, Figure | None]:
    """The figure of the short answer as the report writes it; of several that may answer the one in the item of an
    enumeration that names the label it is asked by."""
    beside = _beside(evidence.text, want, label)
    if beside is not None:
        return evidence.text[beside.start : beside.end], beside
    if evidence.short is None:
        return "", None
    begins = max(0, evidence.short[0] - evidence.start)
    said = evidence.text[begins : evidence.short[1] - evidence.start]
    figure = next(iter(figures.find(said)), None)
    return said, figure and replace(figure, start=begins + figure.start, end=begins + figure.end)


def _beside(text: str, want: Expected, label: str) -> Figure | None:
    """The only figure that may answer in a label's own item of an enumeration: 二等奖32个."""
    in_runs = {figure for run in runs.find(text) if not run.parts for figure in run.figures}
    for start, end in marks.clauses(text, listing=True):
        if label and label in text[start:end]:
            own = [figure for figure in figures.find(text) if start <= figure.start < end]
            alone = len(own) == 1 and (own[0].start, own[0].end) not in in_runs
            return own[0] if alone and counts(want, own[0].unit) else None
    return None


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


def _without(text: str, sides: Sequence[Named]) -> str:
    """A question without the places it names, and without what joins them."""
    for side in reversed(sides):
        joint = _JOINT.match(text, side.end)
        text = text[: side.start] + text[joint.end() if joint else side.end :]
    return text


def _joined_places(text: str) -> tuple[int, list[str], int] | None:
    """(start, the places, end) of the first places that a text joins: 和田县和和田市."""
    found = places.find(text)
    for first in range(len(found) - 1):
        last = first
        while last + 1 < len(found) and _JOINT.fullmatch(text, found[last].end, found[last + 1].start):
            last += 1
        if last > first:
            joined = found[first : last + 1]
            return joined[0].start, [text[place.start : place.end] for place in joined], joined[-1].end
    return None


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
            items = [f"{item}{match[3]}" for item in (*match[1].strip("、").split("、"), match[2])]
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
        parts = tuple(Part(item, f"{before}{item}{after}") for item in dict.fromkeys(filter(None, items)))
        return Plan("sum", parts) if len(parts) > 1 else None
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
        parts = tuple(Part(name, f"How many {match['topic'].strip()} did {name} have?") for name in names)
        return Plan(operation, parts) if len(parts) > 1 else None
    return None


def _in_unit(each: Sequence[Figure], unit: str) -> list[float] | None:
    """The values of figures in one unit; None where one has no value or measures, counts or costs something else."""
    if any(f.value is None or not units.convertible(f.unit, unit) for f in each):
        return None
    target = units.unit(unit)
    if target is None or not target.measured:
        return [f.value for f in each if f.value is not None]
    return [f.base_value / target.factor for f in each if f.base_value is not None]


def _about(question: Question) -> str:
    return say(question, "约", "about ")


def _scale_told(said: Sequence[str], unit: str) -> str:
    """The scale in which most of the figures are written, of two the smaller; "" for none."""
    found = [match["scale"] for each in said for match in [_scale_of(unit).search(each)] if match]
    if len(found) < len(said):
        return ""
    sizes = table("numerals")["scales"]
    return max(dict.fromkeys(found), key=lambda scale: (found.count(scale), -sizes[scale]), default="")


def _scaled(value: float, scale: str) -> str:
    return _plain(value / table("numerals")["scales"][scale] if scale else value)


@functools.cache
def _scale_asked() -> re.Pattern[str]:
    scales = "".join(table("questions")["units"]["scales"])
    return re.compile(rf"(?:{asking('count')})(?P<scale>[{scales}])(?={counting()})")


@functools.cache
def _scale_of(unit: str) -> re.Pattern[str]:
    scales = "".join(table("questions")["units"]["scales"])
    about = "".join(table("numerals")["more"]["about"])
    return re.compile(rf"(?P<scale>[{scales}])[{about}]?{re.escape(unit)}")


def _plain(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".")


def _label(view: ReportView, title: str) -> str:
    """What a report is called in a list: its title, with whom it is about in front where the title doesn't say."""
    if view.issuer or any(place in view.title for place in view.places):
        return f"《{title}》"
    counts = {place: view.text.count(place) for place in view.places}
    often = [place for place, count in counts.items() if count > 1 and 2 * count >= max(counts.values())]
    return f"{min(often, key=view.text.find)}《{title}》" if often else f"《{title}》"
