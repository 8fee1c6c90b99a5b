"""By how much something changed since an earlier year: as a report tells it, else from the figures of both years. Pure.

An earlier year (比上年, 较2021年) is no side of a comparison of our own: what a report says the change was comes first.
It is computed only from two figures, each told of its own year in a sentence of its own; else it is refused.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.language import dates, figures, marks, telling, units
from ingest.language.dates import Date
from ingest.language.figures import Figure
from ingest.language.questions import asking, counting
from ingest.language.script import to_simplified
from ingest.language.words import alternation, table
from rag.answers.citing import answered, in_script, refused, say
from rag.answers.forms import narrowed_to
from rag.answers.planning import Operation, Part, Plan, scale_asked
from rag.answers.sums import PartAnswer, combine
from rag.answers.table import year_told
from rag.evidence.shorts import counts
from rag.evidence.subject import ReportView, fold_same_length, speaks_of_year
from rag.judge.case import Case
from rag.judge.of_subject import other_place
from rag.judge.ranking import Library
from rag.question.places import without_places
from rag.question.query import Query
from rag.question.terms import terms_of
from rag.records import Answer, Evidence

_OWN = 0.5  # the share of what a sentence holds of the topic that must stand beside a change of it
_HELD = 0.3  # the share of the topic that the sentence and what stands above it must hold
_DONE = "".join(table("telling")["change"]["done"])
_ASIDE = f" \t\u3000{marks.LISTING}{marks.PAUSES}"

Run = tuple[int, int]
Weigh = Callable[[str], tuple[Query, Sequence[Evidence]]]
"""A question of our own, as it is understood, with its evidence."""


@dataclass(frozen=True, slots=True)
class Since:
    """A question by how much `subject` changed; `ask` are its words from 多少 on, `written` the year it is compared
    with as it is written, `base` what that is, `year` the later one where the question names it, `did` what was done
    (修了 of 多修了几件)."""

    subject: str
    ask: str
    written: str
    base: Date
    year: int | None
    did: str = ""
    implied: bool = False
    """Whether the question leaves it open what is compared with (增长了多少), which is mostly the year before."""

    @property
    def topic(self) -> str:
        """What changed, with what is counted behind the question word: 多建几个充电桩."""
        return f"{self.subject}{self.did} {_amount_asked().sub(' ', self.ask)}"

    def bases(self, year: int | None) -> frozenset[int]:
        """The year that is compared with, seen from the later one."""
        return frozenset(dates.years_of(self.base, year))

    def about(self, year: int | None) -> str:
        """The question for the figure of one year, or of whichever is told."""
        plain = re.fullmatch(rf"(?:{asking('count', 'measure', 'share')})[{marks.ENDS}]*", self.ask)
        ending, subject = f"{self.did or '有'}{self.ask}", self.subject
        if self.did:
            return f"{year}年{subject}{ending}" if year else f"{subject}{ending}"
        if plain and (counted := _counted().search(subject)):
            ending, subject = f"有多少{counted[0]}?", subject[: counted.start()]
        elif plain or any(unit in self.ask for unit in ("%", *units.of_kind("points"))):
            ending = "是多少?"
        return f"{year}年{subject}{ending}" if year else f"{subject}{ending}"


def since(query: Query) -> Since | None:
    """What a question asks for that compares with an earlier year, or None for one that doesn't."""
    if query.question.language == "en" or query.expected.kind != "figure":
        return None
    text = to_simplified(query.question.interpreted)
    for start, end, base in _bases(text):
        match = _asked().search(text, end)
        if match is None:
            continue
        before, between = text[:start], text[end : match.start()]
        named = [date for date in dates.find(before) if date.relative is None]
        subject = _without_dates(f"{before}{between}").strip(_ASIDE)
        year = next((date.year for date in reversed(named) if date.year), None)
        return Since(subject, text[match.end() :], text[base.start : base.end], base, year, match["did"])
    return _implied(text)


def _implied(text: str) -> Since | None:
    """What a question asks for that names no year to compare with: 增长了多少."""
    match = _growth_asked().search(text)
    if match is None:
        return None
    before = text[: match.start()]
    subject = _without_dates(before).strip(_ASIDE)
    year = next((date.year for date in reversed(dates.find(before)) if date.year), None)
    return Since(subject, text[match.end() :], "", Date(0, 0, relative=-1), year, implied=True)


def _bases(text: str) -> Iterator[tuple[int, int, Date]]:
    """(start, end, the earlier year) of each comparison with one; 同比 is one with the year before."""
    named = dates.find(text)
    for start, end in dates.comparisons(text):
        yield from ((start, end, date) for date in named if start <= date.start < end)
    if match := _year_on_year().search(text):
        yield *match.span(), Date(*match.span(), relative=-1)


def changed(query: Query, change: Since, evidence: Sequence[Evidence], weigh: Weigh, library: Library) -> Answer | None:
    """The change that a report tells, the difference of what is told of both years, or the refusal; None where nothing
    is told and the question names no year to compare with."""
    question = query.question
    sentences = [sentence for each in evidence if (sentence := _told(query, change, each, library)) is not None]
    if sentences:
        best = sentences[0]
        certainty = library.judge.certainty(best.probability)
        doubtful = len({_said(each) for each in sentences}) > 1 and change.year is None
        return answered(
            question,
            [narrowed_to(best)],
            library.report,
            form="fact",
            certainty="likely" if doubtful or certainty is None else certainty,
            short=in_script(_said(best), question),
        )
    if change.implied:
        return None
    sides = _both(change, weigh, library)
    if _alike(change, sides) and (answer := _computed(query, sides, library)) is not None:
        return answer
    reason = say(
        question,
        f"没有找到所问的变化(与{change.written}相比),也没有找到可以相减的两个年份的数字。",
        f"Neither that change (since {change.written}) nor figures of both years to subtract were found.",
    )
    return refused(question, reason, evidence, library.report)


def _alike(change: Since, sides: Sequence[PartAnswer]) -> bool:
    """Whether two figures are told of the same: where one sentence has the question's word for what was done (维修),
    so has the other (and not 新增)."""
    did = change.did.rstrip(_DONE)
    told = [did in side.evidence.text for side in sides if side.evidence is not None]
    return len(sides) == 2 and len(set(told)) == 1


def _computed(query: Query, sides: Sequence[PartAnswer], library: Library) -> Answer | None:
    rate = "%" in (query.expected.units or ()) and all(each.figure and each.figure.unit != "%" for each in sides)
    operation: Operation = "growth" if rate else "difference"
    plan = Plan(operation, tuple(each.part for each in sides), query.expected.unit, scale_asked(query))
    answer = combine(query.question, plan, sides, library.report, ())
    return answer if answer.short_answer else None


def _both(change: Since, weigh: Weigh, library: Library) -> list[PartAnswer]:
    """The figures of the later and the earlier year; of several years that may be the later one the last."""
    figure_of_year = dict(_pieces(change, change.year, weigh, library))
    year = max(figure_of_year, default=None)
    bases = change.bases(year)
    if year is None or len(bases) != 1:
        return []
    base = next(iter(bases))
    earlier = dict(_pieces(change, base, weigh, library)).get(base)
    if earlier is None or _spot(earlier) == _spot(figure_of_year[year]):
        return []
    return [figure_of_year[year], earlier]


def _pieces(change: Since, year: int | None, weigh: Weigh, library: Library) -> Iterator[tuple[int, PartAnswer]]:
    """Each year, or the given one, with its figure, the likeliest of a year last. No change is one."""
    text = change.about(year)
    query, evidence = weigh(text)
    for each in reversed(evidence):
        certainty, case = library.judge.certainty(each.probability), _case(query, each, library)
        figure, told_year = _figure(each), year or _year(each, library)
        if certainty is None or figure is None or told_year is None or telling.change(_before(each)):
            continue
        if not other_place(case) and _of_year(each, case.view, told_year):
            yield told_year, PartAnswer(Part(f"{told_year}年", text), each, _said(each), figure, certainty)


def _told(query: Query, change: Since, evidence: Evidence, library: Library) -> Evidence | None:
    """The sentence with the change it tells as its short answer, where that is the one asked for."""
    case = _case(query, evidence, library)
    if library.judge.certainty(evidence.probability) is None or other_place(case):
        return None
    if change.year is not None and not _of_year(evidence, case.view, change.year):
        return None
    text = case.sentence
    compared = dates.comparisons(text)
    candidates: list[tuple[float, Run]] = []
    for figure in figures.find(text):
        how = telling.change(text[: figure.start])
        base = next((text[a:b] for a, b in reversed(compared) if b <= figure.start), None)
        if how and counts(query.expected, figure.unit) and _compares(change, base, case.view):
            share = _beside(change.topic, text, figure.start, case.above.removeprefix(case.view.title))
            candidates.append((share, (figure.start - len(how), figure.end)))
    best = max(candidates, key=lambda each: each[0], default=(0.0, (0, 0)))
    if best[0] < _OWN or sum(share == best[0] for share, _ in candidates) > 1:
        return None
    at = evidence.start
    return replace(evidence, short=(at + best[1][0], at + best[1][1]), pointed=1.0)


def _compares(change: Since, base: str | None, view: ReportView) -> bool:
    """Whether a change is one since the year that is asked about; without a year it is one since the year before."""
    year = change.year or (int(view.year) if view.year else None)
    wanted = change.bases(year)
    if base is None:
        return change.base.relative == -1 or (year is not None and wanted == {year - 1})
    same = any(date.relative == change.base.relative for date in dates.find(base) if date.relative is not None)
    return same or bool(wanted & dates.years(base, int(view.year) if view.year else year))


def _beside(topic: str, text: str, at: int, above: str) -> float:
    """The share of what a sentence holds of the topic that stands with the change at `at`: in its own clause, or
    where that names nothing, in the one before. 0 where neither the sentence nor its paragraph and heading tell of it;
    a report's title names whose it is, which says nothing of what changed."""
    words = terms_of(without_places(topic))
    own = [part for part in words if part in text]
    around = sum(part in text or part in above for part in words)
    if around < _HELD * len(words):
        return 0.0
    for start, end in reversed(marks.clauses(text, 0, at)):
        clause = _without_dates(text[start:end])
        if own and (share := sum(part in clause for part in own) / len(own)):
            return share
        if len(terms_of(_change().sub("", clause))) > 1:
            return 0.0  # it names something else
    return 0.0 if own else 1.0


def _before(evidence: Evidence) -> str:
    return fold_same_length(evidence.text[: (evidence.short or (evidence.end,))[0] - evidence.start])


def _figure(evidence: Evidence) -> Figure | None:
    if evidence.short is None:
        return None
    start, end = evidence.short[0] - evidence.start, evidence.short[1] - evidence.start
    return next(iter(figures.find(evidence.text[start:end])), None)


def _said(evidence: Evidence) -> str:
    start, end = evidence.short or (evidence.start, evidence.start)
    return evidence.text[start - evidence.start : end - evidence.start]


def _of_year(evidence: Evidence, view: ReportView, year: int) -> bool:
    at = evidence.short[0] if evidence.short else evidence.end
    return speaks_of_year(view, at, (evidence.start, evidence.end), {str(year)})


def _year(evidence: Evidence, library: Library) -> int | None:
    year = year_told(evidence, library.view(evidence.passage.chunk.source))
    return int(year) if year and year.isdecimal() else None


def _case(query: Query, evidence: Evidence, library: Library) -> Case:
    return Case(query, evidence, library.view(evidence.passage.chunk.source), 0.0, 0.0)


def _spot(piece: PartAnswer) -> tuple[str, int] | None:
    return (piece.evidence.passage.chunk.source, piece.evidence.start) if piece.evidence else None


def _without_dates(text: str) -> str:
    for date in reversed(dates.find(text)):
        text = text[: date.start] + text[date.end :]
    return text


@functools.cache
def _change() -> re.Pattern[str]:
    """The words of a change, without what changed."""
    before = alternation(table("dates")["compared"]["before"])
    return re.compile(rf"{telling.changes()}|{before}|{alternation(table('dates')['compared']['tails'])}")


@functools.cache
def _growth_asked() -> re.Pattern[str]:
    """What asks by how much, without a word for what is compared with: 增长了多少, 增幅是多少."""
    row = table("telling")["change"]
    verbs = alternation(verb for verb in row["verbs"] if len(verb) > 1)
    done, names, links = alternation(row["done"]), alternation(row["names"]), alternation(row["names_to"])
    spoken = rf"(?<![{row['joined']}])(?:{alternation(row['spoken'])})(?:{done})"
    amount = asking("count", "measure", "share")
    return re.compile(rf"(?<!新)(?:(?:{verbs})(?:{done})?|{spoken}|(?:{names})(?:{links})?)(?={amount})")


@functools.cache
def _counted() -> re.Pattern[str]:
    """The unit by which something is called at its end: 培训班次, 接待人次."""
    measured = table("questions")["units"]["measured"]
    times = (unit for unit in (*measured, *table("units")["times"]["units"]) if unit.endswith("次"))
    return re.compile(rf"(?<=.)(?:{alternation(times)})$")


@functools.cache
def _year_on_year() -> re.Pattern[str]:
    return re.compile(alternation(table("dates")["compared"]["year_before"]))


@functools.cache
def _amount_asked() -> re.Pattern[str]:
    """A question word for an amount, with its unit."""
    return re.compile(rf"(?:{asking('count', 'measure', 'share')})(?:{counting()})?")


@functools.cache
def _asked() -> re.Pattern[str]:
    """What asks by how much, with a word for what was done: 多多少, 提高了几, 多办几."""
    amount = asking("count", "measure", "share")
    return re.compile(rf"{telling.changes()}(?P<did>[{marks.HAN}]{{0,2}}?)(?={amount})")
