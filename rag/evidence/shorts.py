"""The short answer in a sentence: what the reader points at, as far as it is of the kind that is asked for. Pure.

No short answer rather than a wrong one: a figure in another unit, a date that is less exact than asked, an echo of the
question or a post without its holder is none.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.language import dates, figures, marks, people, runs, telling, units
from ingest.language.bounds import AND
from ingest.language.posts import posts
from ingest.language.words import alternation, table
from rag.evidence.pointing import Spots, chosen
from rag.evidence.rows import is_row
from rag.evidence.sentences import clause_before
from rag.evidence.subject import fold_same_length
from rag.evidence.wording import as_told
from rag.question.kind import Expected, Kind
from rag.question.query import Query
from rag.question.terms import terms_of
from rag.records import Evidence

_LONGEST, _LONGEST_LIST = 40, 120  # characters
_RECOGNISED: frozenset[Kind] = frozenset({"figure", "date"})
"""Kinds whose answers the recognisers know; what they don't know is none."""
_UNTOLD: frozenset[Kind] = frozenset({"yes", "reports"})
_OF_ANOTHER = 0.7  # how likely a figure is the right one at most whose clause is about something else
_HARDLY, _MOSTLY = 0.2, 0.5  # shares of the question's telling parts
_ECHO = 0.8  # the share of a span's own parts that the question says too, from which on it is its echo

_NUMBER = re.compile(r"\d+")

Run = tuple[int, int]


def with_short(query: Query, evidence: Evidence, year: str | None = None) -> Evidence:
    """The evidence with its short answer, none where nothing is sure to be one, and how likely it is the right one;
    `year` is the report's."""
    want, at = query.expected, evidence.start
    if want.kind in _UNTOLD:
        return evidence
    span = (evidence.span[0] - at, min(evidence.span[1], evidence.end) - at) if evidence.span else None
    pointed = 1.0
    if want.kind in _RECOGNISED:
        short, pointed = _pointed_at(query, evidence, year)
    elif want.kind == "person":
        short = _person(want, evidence.text, span)
    elif want.kind == "post":
        short = _post(want.person, evidence.text, span)
    else:
        short = span
    longest = _LONGEST_LIST if want.kind == "list" else _LONGEST
    if short is None or short[1] - short[0] > longest or _echoes(query, evidence.text[slice(*short)]):
        return evidence
    return replace(evidence, short=(at + short[0], at + short[1]), pointed=pointed)


def spots(want: Expected, sentence: str) -> list[Run]:
    """(start, end) in the sentence of every figure or date that may answer; none for other kinds."""
    if want.kind == "figure":
        all_figures = figures.find(sentence)
        units_of = {} if all(figure.unit for figure in all_figures) else _units_in_runs(sentence)
        in_cell = is_row(sentence)  # whose head says what is counted
        return [
            (f.start, f.end)
            for f in all_figures
            if counts(want, f.unit or units_of.get((f.start, f.end), ""))
            or (in_cell and _may_be_bare(want, f))
            or (not f.unit and _unit_told_before(want, clause_before(sentence, f.start)))
        ]
    if want.kind == "date":
        return [(d.start, d.end) for d in dates.find(sentence) if _is_asked(want, d)]
    return []


def _may_be_bare(want: Expected, figure: figures.Figure) -> bool:
    """Whether a figure without a unit counts what is asked for in a unit that counts."""
    known = units.unit(want.unit)
    return not figure.unit and known is not None and not known.measured


def _unit_told_before(want: Expected, before: str) -> bool:
    """Whether what stands before a figure without a unit says that it is one of what is asked for: 参观人数达3.2万."""
    told = _counted_before().search(before)
    return told is not None and told["what"] in table("questions")["units"]["told_before"].get(want.unit, ())


@functools.cache
def _counted_before() -> re.Pattern[str]:
    """What is counted, told before its figure: 人数达."""
    words = table("questions")["units"]
    what = alternation(word for each in words["told_before"].values() for word in each)
    return re.compile(rf"(?P<what>{what})(?:{alternation(words['before_it'])}){{0,3}}$")


def _of_the_change(query: Query, text: str, candidates: Sequence[Run]) -> list[Run]:
    """The figures of how much something rose or fell, where that is asked and the sentence tells any; else none of
    those beside which what it came to is told, in the same unit."""
    if query.named.newly:
        return list(candidates)
    changes = [place for place in candidates if telling.change(text[: place[0]])]
    if query.expected.change:
        return changes or list(candidates)
    unit_at = {(figure.start, figure.end): figure.unit for figure in figures.find(text)}
    reached = {unit_at.get(place, "") for place in candidates if place not in changes}
    of_what = {place: any(units.convertible(unit_at.get(place, ""), unit) for unit in reached) for place in changes}
    return [place for place in candidates if not of_what.get(place, False)]


def _of_the_plan(query: Query, text: str, candidates: Sequence[Run]) -> list[Run]:
    """The figures of what was aimed at, where that is asked, else the others: 计划10件,完成12件; all where the sentence
    tells only of the other kind."""
    clauses = marks.clauses(text)
    tells = telling.aimed if query.expected.plan else telling.planned
    aims = [(a, b) for a, b in candidates if any(tells(text[c:a]) for c, d in clauses if c <= a < d)]
    others = [place for place in candidates if place not in aims]
    return (aims if query.expected.plan else others) or list(candidates)


def _units_in_runs(sentence: str) -> dict[Run, str]:
    """The units of figures that are told with the last of their run only: 分别为3、5、7个."""
    return {item.figure: item.unit for run in runs.find(sentence) for item in run.items}


def counts(want: Expected, unit: str) -> bool:
    """Whether a figure in a unit may answer."""
    if want.units is None:
        return want.change or "duration" not in units.kinds(unit)
    if unit in want.units or (not want.strict and not unit and "%" not in want.units):
        return True
    # What is made may be weighed or counted.
    if not want.strict and "吨" in want.units and unit in units.of_kind("machine"):
        return True
    # By how much something grew may be told as an amount.
    return not want.strict and "%" in want.units and bool(units.kinds(unit) & {"money", "mass"})


def _pointed_at(query: Query, evidence: Evidence, year: str | None) -> tuple[Run | None, float]:
    """The figure or date that answers most likely, and how likely it does among those of the sentence."""
    candidates = spots(query.expected, evidence.text)
    own_year = int(year) if year else None
    candidates = list(Spots.of(query, evidence.text, candidates, (), own_year).of_the_year_asked().places)
    if query.expected.kind == "figure":
        paired, candidates = _paired(query, evidence.text, candidates, year)
        if paired is not None:
            return paired, _OF_ANOTHER if query.expected.total else 1.0  # a part may be told where all is asked
    if not candidates:
        return None, 0.0
    at = evidence.start
    pointed = evidence.spans or (((*evidence.span, 1.0),) if evidence.span else ())
    spans = [(start - at, end - at, score) for start, end, score in pointed]
    if len(candidates) > 1 and not any(a < end and start < b for a, b in candidates for start, end, _ in spans):
        return None, 0.0  # the reader points at something else
    held = Spots.of(query, evidence.text, candidates, spans, own_year).under_the_head_asked()
    if not held.places:
        return None, 0.0
    place, share = chosen(held)
    return place, min(share, _OF_ANOTHER) if _is_named_elsewhere(query, evidence.text, place) else share


def _paired(query: Query, text: str, candidates: Sequence[Run], year: str | None) -> tuple[Run | None, list[Run]]:
    """(the figure of the only thing of a run that the question names, the figures that may answer else).

    No figure of a run is told for a thing that can't be paired with it, and none of a part for the whole.
    """
    folded = fold_same_length(text)
    question = as_told(query.question.folded, folded, year)
    left = list(candidates)
    if query.core:  # another language names nothing in the report's words
        return None, left
    for run in runs.find(folded):
        named = runs.named(folded, run, question)
        if len(named) == 1 and run.items:
            item = run.items[named[0]]
            if counts(query.expected, item.unit) and item.figure in candidates:
                return item.figure, []
        taken = {figure for at, figure in enumerate(run.figures) if not run.items or at not in named}
        left = [place for place in left if place not in taken]
    left = _of_the_plan(query, folded, _of_the_change(query, folded, left))
    for run in runs.listed(folded):
        named = runs.named_in_list(folded, run, question)
        if len(named) == 1 and (figure := run.items[named[0]].figure) in left:
            return figure, []
    return None, left


def _is_named_elsewhere(query: Query, text: str, place: Run) -> bool:
    """Whether the sentence holds most of what is asked about, and the place's own clause next to nothing of it."""
    text = fold_same_length(text)
    clause = next((text[a:b] for a, b in marks.clauses(text) if a <= place[0] < b), text)
    own = query.terms.share(clause)
    return own < _HARDLY and query.terms.share(text) - own > _MOSTLY


def _person(want: Expected, text: str, span: Run | None) -> Run | None:
    """Who holds the post, where one is asked about and the sentence tells it; else a name, or who is meant in the
    reader's words. A post alone names nobody, and whoever holds another post isn't meant."""
    persons = people.find(text)
    others = [p for p in persons if want.role and p.posts and not _holds(want, p)]
    if held := [p for p in persons if want.role and p.posts and _holds(want, p)]:
        return _together(text, held)
    named = [(p.start, p.end) for p in persons if p not in others]
    if span is None:
        return named[0] if len(named) == 1 and not others else None
    if any(p.start < span[1] and span[0] < p.end for p in others):
        return None
    inside = [(a, b) for a, b in named if a < span[1] and span[0] < b]
    if len(inside) == 1:
        return inside[0]
    if any(text[one[1] : other[0]] not in AND for one, other in itertools.pairwise(inside)):
        return None  # two who did different things
    words = text[slice(*span)]
    held_posts = posts(words)
    only_post = bool(held_posts) and held_posts[-1].end == len(words) and not inside
    return None if only_post or any(char.isdigit() for char in words) else span


def _holds(want: Expected, person: people.Person) -> bool:
    """Whether a person holds the post that is asked about, now or before as it is asked."""
    marks = "".join(table("questions")["former"]["before_posts"])
    held = (post.post.lstrip(marks) if person.former else post.post for post in person.posts)
    return person.former == want.former and any(people.same_post(want.role, post) for post in held)


def _together(text: str, held: Sequence[people.Person]) -> Run:
    """The first of them with those that follow in the same enumeration."""
    end = held[0].end
    for person in held[1:]:
        if text[end : person.start] not in AND:
            break
        end = person.end
    return held[0].start, end


def _post(person: str, text: str, span: Run | None) -> Run | None:
    """What is said of the person: the reader's words where they hold a post, else the post beside the name."""
    if span and posts(text[slice(*span)]):
        return span
    held = next((p for p in people.find(text) if p.name == person and p.post), None)
    return (held.post_start, held.post_end) if held and held.post_start is not None and held.post_end else None


def _is_asked(want: Expected, date: dates.Date) -> bool:
    """Whether a date is as exact as asked, and the asked day where the question gives one."""
    if not (date.year or date.month or date.relative is not None) or (want.year_asked and not _has_year(date)):
        return False
    if want.day_asked and not date.day:
        return False
    return not want.days or (date.month, date.day) in want.days


def _has_year(date: dates.Date) -> bool:
    return bool(date.year) or date.relative is not None


def _echoes(query: Query, words: str) -> bool:
    """Whether the question says it itself; a number that it doesn't give is news."""
    if words.strip("《》“”「」『』") in query.question.folded:
        return True
    if not set(_NUMBER.findall(words)) <= set(_NUMBER.findall(query.question.folded)):
        return False  # 20 of 20场 isn't said by 2022年
    own = list(_pairs(words))
    return bool(own) and sum(pair in query.question.folded for pair in own) > _ECHO * len(own)


def _pairs(words: str) -> Iterator[str]:
    yield from terms_of(words)
