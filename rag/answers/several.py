"""Several questions in one: things told one by one (甲县和乙县分别有多少), clauses that each ask (投资多少,面积多大).

Pure. Each is asked alone, with what the question tells once, and answered under its own label as if it were the only
one; what could not be found is said. What may as well be one question is left one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence

from ingest.language import dates, marks, telling
from ingest.language.questions import asking, counting, function_words
from ingest.language.script import to_simplified
from ingest.language.words import alternation, table
from rag.answers import forms, things
from rag.answers.citing import in_script, put_together, say
from rag.answers.planning import Part, of_each_place, of_each_rank
from rag.question.followup import complete, left_open
from rag.question.kind import Kind
from rag.question.places import without_places
from rag.question.query import Query
from rag.records import Answer, Certainty, Citation, Question

_MOST = 5  # questions in one
_SAYS = 2  # Han characters that say what a question, or one of several things, is about
_UNLIKE = 3  # characters by which things of one kind differ in length, at most
_HAN = re.compile(rf"[{marks.HAN}]")
_LISTING = tuple(marks.LISTING)
_OTHERWISE: frozenset[Kind] = frozenset({"reports", "document"})
"""Kinds of questions that are answered in another way."""


def several(query: Query, regions: Collection[str] = ()) -> tuple[Part, ...]:
    """The questions that a question holds; none where it is one, or where what it is about stands in the one before."""
    text = to_simplified(query.question.interpreted)
    want = query.expected
    if query.question.language in ("en", "und") or want.kind in _OTHERWISE or want.published:
        return ()
    if query.question.context:
        return ()
    parts = _one_by_one(query, text) if _apiece().search(text) else _in_clauses(text, regions) or _of_years(query, text)
    return parts if 1 < len(parts) <= _MOST else ()


def told_each(question: Question, parts: Sequence[Part], answers: Sequence[Answer]) -> Answer | None:
    """The answers to the parts side by side; None where none was found, or one and the same for two."""
    found = [
        (in_script(part.label, question), answer)
        for part, answer in zip(parts, answers, strict=True)
        if answer.citations
    ]
    if not found or _is_one([answer for _, answer in found]):
        return None
    quotes = [_quotes(answer, forms.ROOM // len(found)) for _, answer in found]
    citations = {(quote.source, quote.start, quote.end): quote for each in quotes for quote in each}
    numbers = {place: n for n, place in enumerate(citations, 1)}
    listed = []
    for (label, answer), each in zip(found, quotes, strict=True):
        marked = "".join(f"[{numbers[quote.source, quote.start, quote.end]}]" for quote in each)
        listed.append(f"{label}: {answer.short_answer} {marked}" if answer.short_answer else f"{label} {marked}")
    lead = "; ".join(listed)
    missing = [part.label for part, answer in zip(parts, answers, strict=True) if not answer.citations]
    if missing:
        names = "、".join(missing)
        lead += say(question, f"。没有找到{names}的内容。", f". Nothing was found on {', '.join(missing)}.")
    whole = not missing and all(answer.short_answer for answer in answers)
    short = "; ".join(f"{label}: {answer.short_answer}" for label, answer in found) if whole else None
    certainty: Certainty = "sure" if whole and all(answer.certainty == "sure" for answer in answers) else "likely"
    return put_together(question, lead, list(citations.values()), short=short, certainty=certainty)


def _quotes(answer: Answer, room: int) -> list[Citation]:
    """What is quoted of one answer: that which holds its short answer, else as many as there is room for."""
    if answer.form == "fact" and answer.short_answer:
        held = [c for c in answer.citations if to_simplified(answer.short_answer) in to_simplified(c.quote)]
        if held:
            return held[:1]
    kept = [answer.citations[0]]
    for citation in answer.citations[1:]:
        if sum(len(c.quote) for c in kept) + len(citation.quote) <= room:
            kept.append(citation)
    return kept


def _is_one(found: Sequence[Answer]) -> bool:
    """Whether two parts got the same short answer of the same sentence, which isn't told of each."""
    spots = [
        (answer.short_answer, quote.source, quote.start)
        for answer in found
        for quote in _quotes(answer, 0)
        if answer.short_answer and not telling.of_each(quote.quote.partition(answer.short_answer)[0])
    ]
    return len(set(spots)) < len(spots)


def _one_by_one(query: Query, text: str) -> tuple[Part, ...]:
    """A question about several years, places or things, each of them asked about alone; none about several of two
    kinds."""
    plain = _apiece().sub("", text)
    of_years, of_places = _of_years(query, plain), of_each_place(query, plain)
    if of_years and of_places:
        return ()
    if of_years or of_places:
        return of_years or of_places
    if ranks := of_each_rank(plain):
        return ranks
    joined = things.joined(text)
    return _of_things(joined) if joined else ()


def _of_things(joined: things.Joined) -> tuple[Part, ...]:
    """Each of the things that a question joins, with the owner that it tells with the first."""
    before, after = joined.before, _apiece().sub("", joined.after)
    first, *others = (item.removeprefix("的") for item in joined.items)
    if owner := first.rpartition("的")[0]:
        before, first = f"{before}{owner}的", first[len(owner) + 1 :]
    elif first[-_SAYS:] == others[0][-_SAYS:] and len(first) != len(others[0]):
        return ()  # 科普馆总投资和平均投资: where the owner ends isn't seen
    elif not before and len(first) >= len(others[0]) + _SAYS:
        before, first = first[: -len(others[0])], first[-len(others[0]) :]
    items, after = _numbered([first, *others], after)
    lengths = [len(_HAN.findall(item)) for item in items]
    if min(lengths) < _SAYS and not all(_of_number().match(item) for item in items):
        return ()  # 男、女教师
    if not before and max(lengths) - min(lengths) > _UNLIKE:
        return ()
    return tuple(Part(item, f"{before}{item}{after}") for item in items)


def _numbered(items: Sequence[str], after: str) -> tuple[list[str], str]:
    """Items of which only the last tells what they are: 435、436期论坛 are 第435期论坛 and 第436期论坛."""
    last = _of_number().match(items[-1])
    numbers = [item.removeprefix("第") for item in items[:-1]]
    if last is None or not all(number.isdecimal() for number in numbers):
        return list(items), after
    rest = items[-1][last.end() :]
    return [f"第{number}{last['unit']}{rest}" for number in [*numbers, last["number"]]], after


def _of_years(query: Query, text: str) -> tuple[Part, ...]:
    """2022年和2023年的培训人数: each year in the place of all; what is asked of both together is none."""
    match = _years().search(text)
    want = query.expected
    if match is None or want.kind != "figure" or want.more or want.total or telling.change_asked(text):
        return ()
    if _together().search(text):
        return ()
    return tuple(
        Part(f"{year}年", f"{text[: match.start()]}{year}年{text[match.end() :]}")
        for year in dict.fromkeys(re.findall(r"\d{4}", match[0]))
    )


def _in_clauses(text: str, regions: Collection[str]) -> tuple[Part, ...]:
    """The clauses of a question that each ask, every later one completed by the one before it."""
    groups: list[str] = []
    open_clause = ""
    shown = marks.without_quotations(text)
    for start, end in marks.clauses(text, listing=True):
        open_clause += shown[start:end]
        if _asks_alone(open_clause, regions) or (groups and (_lists().search(open_clause) or _names(open_clause))):
            groups.append(text[end - len(open_clause) : end])
            open_clause = ""
    if open_clause and groups:
        if _names(groups[-1]):
            return ()  # 柳河镇呢,一共多少处
        groups[-1] += text[len(text) - len(open_clause) :]
    listed = any(group[-1] in _LISTING for group in groups[:-1])
    if len(groups) < 2 or (listed and not _asks_at_end().search(marks.without_end(groups[-1].strip()))):
        return ()  # 哪年、哪月建成的: one predicate for all
    parts: list[Part] = []
    for group in groups:
        asked = group.strip(f" {marks.LISTING}{marks.PAUSES}{marks.ENDS}")
        whole = _of_its_own_year(asked, complete(asked, parts[-1].question, regions)[0]) if parts else asked
        parts.append(Part(_label(asked), whole))
    return tuple(parts)


def _names(clause: str) -> str:
    """What a clause names that is to be asked of it too (2023年呢); "" for any other clause."""
    return left_open(clause.strip(f"{marks.LISTING}{marks.PAUSES}{marks.ENDS} "))


def _of_its_own_year(asked: str, whole: str) -> str:
    """A clause completed by the one before it, whose year it doesn't mean where it names one of its own.

    Left as it is unless each names one year, not to compare with, nor as part of a name (2021年新建的科普馆).
    """
    at = next((n for n in range(len(asked)) if whole.endswith(asked[n:])), len(asked))
    own = asked[at:]
    before = whole[: len(whole) - len(own)]
    years, own_years = (_years_alone(text) for text in (before, own))
    if len(years) != 1 or len(own_years) != 1:
        return whole
    start, end = years[0]
    return whole if _of_what().match(before, end) else f"{before[:start]}{before[end:]}{own}"


def _years_alone(text: str) -> list[tuple[int, int]]:
    """Where a text names years, and nothing where it names other dates too, or a year to compare with."""
    shown = marks.without_quotations(text)
    named = dates.find(shown)
    plain = all(date.until is None and date.month is None and date.months is None for date in named)
    return [(date.start, date.end) for date in named] if plain and not dates.comparisons(shown) else []


def _asks_alone(clause: str, regions: Collection[str]) -> bool:
    """Whether a clause asks something, and says of what beside a place; up to an enumeration's mark only where it ends
    with that."""
    bare = without_places(_no_question().sub("", clause.strip()), regions)
    if len(_HAN.findall(function_words().sub("", bare))) < _SAYS:
        return False
    listed = bare[-1:] in _LISTING
    asks = _asks_at_end().search(bare.rstrip(marks.LISTING)) if listed else _asks().search(bare)
    return asks is not None and (not listed or len(_HAN.findall(bare[: asks.start()])) >= _SAYS)


def _label(asked: str) -> str:
    """What a clause asks about, without the words by which it asks."""
    if named := _names(asked):
        return named
    label = _asks_with_unit().sub("", asked).strip(f" {marks.LISTING}{marks.PAUSES}{marks.ENDS}").removesuffix("是")
    return label if len(_HAN.findall(label)) >= _SAYS else asked


@functools.cache
def _apiece() -> re.Pattern[str]:
    """What says that each is asked about alone: 分别, 各 before what asks."""
    words = table("questions")["joined"]
    behind = f"{asking()}|[{words['apiece_before']}]"
    return re.compile(rf"(?:{alternation(words['apiece'])})|{words['apiece_short']}(?={behind})")


@functools.cache
def _together() -> re.Pattern[str]:
    """What says that several are asked about together: 连续, 平均."""
    return re.compile(alternation(table("questions")["joined"]["together"]))


@functools.cache
def _years() -> re.Pattern[str]:
    joints = alternation(table("questions")["joined"]["joints"])
    return re.compile(rf"\d{{4}}年?(?:(?:{joints}|[{marks.COMMAS}])\d{{4}}年?){{1,{_MOST}}}(?<=年)")


@functools.cache
def _of_what() -> re.Pattern[str]:
    """What is said of a thing right behind a year, as part of its name."""
    return re.compile(rf"[{marks.HAN}]{{1,6}}?的")


@functools.cache
def _of_number() -> re.Pattern[str]:
    units = alternation(table("questions")["joined"]["numbered"])
    return re.compile(rf"第?(?P<number>\d+)(?P<unit>{units})")


@functools.cache
def _asks() -> re.Pattern[str]:
    kinds = (kind for kind in table("questions")["asks"] if kind != "list")  # 分别 is one
    return re.compile(rf"{asking(*kinds)}|[{table('questions')['joined']['asks_if']}]")


@functools.cache
def _lists() -> re.Pattern[str]:
    """What asks for the things that were counted before: 有几类,都是哪些."""
    return re.compile(asking("list"))


@functools.cache
def _asks_at_end() -> re.Pattern[str]:
    return re.compile(rf"(?:{_asks().pattern})(?:{counting()})?$")


@functools.cache
def _no_question() -> re.Pattern[str]:
    """Words that hold those by which a question asks, and ask nothing: 近几年, 这么."""
    words = table("questions")["no_count"]
    before = f"[{''.join(words['before'])}](?:{alternation(table('questions')['asks']['count'])})"
    return re.compile(rf"{alternation([*words['words'], *table('questions')['joined']['no_question']])}|{before}")


@functools.cache
def _asks_with_unit() -> re.Pattern[str]:
    """What asks, with what stands before it and belongs to no name, and the unit behind a number that is asked for."""
    has = alternation(table("questions")["joined"]["has"])
    counted = rf"(?:{asking('count')}|(?:{asking('which')})(?={counting()}))(?:{counting()})?"
    return re.compile(rf"(?:{has}){{0,3}}(?:{counted}|{asking()}|{_asks().pattern})")
