"""Which place and which year a sentence of a report speaks about. Pure.

A work report names its subject once and goes on: the place stands at the beginning of a paragraph, in a
heading or only in the title, the year in the heading of a chapter. What a sentence says itself comes first,
then its paragraph's beginning, then the heading, then the report.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.language import dates, runs
from ingest.language.bodies import Body, bodies, speaks_of_itself
from ingest.language.bodies import find as named_bodies
from ingest.language.divisions import called
from ingest.language.marks import CLOSERS, COMMAS, ENDS, LISTING, PAUSES, narrow
from ingest.language.places import SMALL, Place, find, own, rank_pattern, same, within
from ingest.language.script import to_simplified
from ingest.language.words import alternation, table
from ingest.records import CleanReport
from rag.question.kind import ANONYMISED
from rag.question.places import names_of, shared_stems, stands, writing

_HAN = re.compile("[\u3400-\u9fff]")
_CAPITALS = re.compile("[A-Z]+")
_SENTENCE_END = re.compile(rf"[{ENDS}]+[{CLOSERS}]*")
_CLAUSE_START = re.compile(
    rf"(?:^|(?<=[\n{ENDS}{PAUSES}{LISTING}“]))(?:{alternation(table('telling')['clause']['openers'])})?[{COMMAS}]?"
)
# A newspaper's name and a dateline say who reports from where, not whom the report is about.
_PUBLISHER = re.compile(
    rf"[\u4e00-\u9fff]{{2,6}}(?:{bodies('media')})(?:[^\n。]{{0,16}}?\d日(?:{alternation(table('telling')['clause']['dispatch'])}))?"
)
_REPORTING = re.compile(
    rf"^.{{0,12}}?[\u4e00-\u9fff]{{2,6}}(?:{bodies('media')})[^\n。{COMMAS}]{{0,12}}?"
    rf"(?:{alternation(table('telling')['clause']['dispatch'])})(?=[\s(（:{COMMAS}]|$)"
)
_RANKS_ALONE = re.compile(rf"(?:{rank_pattern()}){{0,3}}")
_OPEN_END = re.compile(rf"[{ENDS}{COMMAS}]$")
_LOOKS_BACK = re.compile(alternation(table("telling")["looks_back"]["titles"]))
_SPRING = ("01", "02", "03")
_LEADING = 14  # characters at a sentence's beginning in which its subject is named
_DATELINE = 40  # characters in which a newspaper names itself
_OPENING = 4  # characters that may stand before the name: 会上, 此外, 一是
_SEVERAL = 2  # years
_CHAPTER = 45  # characters of the longest line that is read as a chapter's heading


@dataclass(frozen=True, slots=True, eq=False)
class ReportView:
    """A report folded for comparing, with the same offsets as its text, and whom it is about."""

    source: str
    text: str
    title: str
    year: str | None
    places: frozenset[str]
    issuer: str
    chapters: tuple[tuple[int, frozenset[str]], ...]
    """(offset, years) of each heading that names a year, in order."""
    looks_back: bool
    """Whether it tells of the year before its own, as what is read to an assembly or published in spring does."""
    dated: bool
    """Whether it tells any year at all; of one that doesn't nobody knows which years it speaks of."""
    owner: str = ""
    """What its file's or folder's name says of whose it is, where its title doesn't; its title holds that too."""

    def paragraph(self, at: int) -> int:
        """Where the paragraph begins in which `at` stands."""
        return self.text.rfind("\n", 0, at) + 1


def named_by_file(title: str, source: str) -> str:
    """The name of the file or of the innermost folder that names a place or an organisation, where the title names
    none; else nothing. Folders may only sort reports: whether it is theirs is seen by `owner`."""
    if not _HAN.search(source) or _names(to_simplified(title)):
        return ""
    path = PurePosixPath(source)
    names = [path.stem, *(part.name for part in path.parents)]
    return next((part for part in map(to_simplified, names) if _names(part)), "")


def owner(report: CleanReport, title: str) -> str:
    """What the file's or a folder's name says of whose report it is: one that speaks of a place or an organisation of
    that rank as its own (我镇, 本校), or names none itself. Nothing where the title says it."""
    name = named_by_file(title, report.source)
    if not name:
        return ""
    text = report.text
    ranks = {place.level for place in find(name)}
    mine = any(place.level in ranks for place in own(text))
    mine = mine or any(speaks_of_itself(text, body.ending) for body in named_bodies(name))
    return name if mine or not _names(text) else ""


def _names(text: str) -> bool:
    return bool(find(text) or named_bodies(text))


def view(report: CleanReport, title: str, regions: Collection[str]) -> ReportView:
    """How a report is read. `title` is the one it is shown under, `regions` those of which only reports know."""
    text = fold_same_length(report.text)
    head = fold_same_length(title)
    mine = owner(report, title)
    titled = next((str(date.year) for date in dates.find(head) if date.year), "")
    year = titled or (report.date or "")[:4] or None
    looks_back = bool(_LOOKS_BACK.search(head)) or (not titled and (report.date or "")[5:7] in _SPRING)
    chapters = []
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if 2 <= len(stripped) <= _CHAPTER and not _OPEN_END.search(stripped) and at:
            years = told_years(stripped, year)
            if years and not any(date.day for date in dates.find(stripped)):  # a dateline is no chapter
                chapters.append((at, frozenset(years)))
        at += len(line) + 1
    named = [(where, place) for where in (text, head) for place in find(where) if place.level not in SMALL]
    named += [(mine, place) for place in find(mine)]
    shared = shared_stems(place for _, place in named)
    places = {
        name
        for where, place in named
        for name in names_of(place, where[place.start : place.end], shared)
        if name in where
    }
    places |= {region for region in regions if region in text or region in head}
    dated = year is not None or any(date.year or date.anonymised for date in dates.find(text))
    return ReportView(
        report.source,
        text,
        f"{head} {fold_same_length(mine)}".strip(),
        year,
        frozenset(places),
        report.issuer or "",
        tuple(chapters),
        looks_back,
        dated,
        mine,
    )


def fold_same_length(text: str) -> str:
    """Width and case folded, character by character."""
    return _CAPITALS.sub(lambda m: m[0].lower(), narrow(text))


def speaks_of(view: ReportView, at: int, sentence: int, section: str | None, names: Collection[str]) -> bool:
    """Whether what stands at `at`, in the sentence that begins at `sentence`, is said about one of the asked places."""
    subject = told_place(view, at, sentence, names)
    if subject is not None and subject != "*":
        return subject in names
    for context in (section or "", view.title):
        if any(stands(place, context) for place in names):
            return True
    return mainly_of(view, names)


def mainly_of(view: ReportView, names: Collection[str]) -> bool:
    """Whether a report whose title names no other place is mostly about one of the asked ones."""
    return not any(place in view.title for place in _others(view, names)) and _main(view, names)


def is_of_another(view: ReportView, start: int, end: int, places: Sequence[Place], bodies: Sequence[Body]) -> bool:
    """Whether a sentence is said by another place or organisation of itself than the one asked about, of its rank or
    kind: the report's title or file names whose it is, it speaks of itself (我社区, 本校), and neither the sentence nor
    its paragraph's beginning names one that is asked about."""
    context = view.text[view.paragraph(start) : end]
    mine = {place.level for place in own(view.text)} if places else ()
    homes = [place for place in find(view.title) if place.level in mine] if mine else []
    rivals = [place for place in places if any(home.level == place.level for home in homes)]
    if rivals and not any(stands(place.stem, view.title) or stands(place.name, context) for place in places):
        return not any(same(home.name, place.name) for home in homes for place in places)
    bodies_of_it = [body for body in named_bodies(view.title) if bodies and speaks_of_itself(view.text, body.ending)]
    akin = any(body.is_akin(one) for body in bodies_of_it for one in bodies)
    return akin and not any(body.is_same(one) for body in (*bodies_of_it, *named_bodies(context)) for one in bodies)


def told_place(view: ReportView, at: int, sentence: int, names: Collection[str]) -> str | None:
    """The place that the sentence, or the one its paragraph began with, is about; `*` where it is the report's own,
    None where none is told."""
    subject = _subject(view, sentence, at, names)
    return _lead(view, view.paragraph(at), sentence, names) if subject is None else subject


def _others(view: ReportView, names: Collection[str]) -> list[str]:
    """The places of a report that are none of those asked; 伊宁 alone may be 伊宁县 or 伊宁市."""
    return [place for place in view.places if place not in names and not any(same(place, name) for name in names)]


def speaks_of_year(view: ReportView, at: int, sentence: tuple[int, int], named_years: Collection[str]) -> bool:
    """Whether what stands at `at` in a sentence is said about one of the asked years.

    An anonymised year (20XX) is the name of its report's year and no other.
    """
    if ANONYMISED in named_years:
        return ANONYMISED in view.text
    start, end = sentence
    text = view.text[start:end]
    compared = dates.comparisons(text)
    if base := next((span for span in compared if start + span[1] == at), None):
        return bool(told_years(text[slice(*base)], view.year) & set(named_years))
    if own := _paired_years(text, at - start, view.year):
        return bool(own & set(named_years))
    text = _without(text, compared)
    for part in (text[: at - start], text):
        if last_years := _last_years(part, view.year):
            return bool(last_years & set(named_years))
    paragraph = view.text[view.paragraph(at) : start]
    paragraph = _without(paragraph, dates.comparisons(paragraph))
    if told_years(paragraph, view.year) & set(named_years):
        return True
    chapter = next((years for begins, years in reversed(view.chapters) if begins < start), None)
    if chapter is not None:
        return bool(chapter & set(named_years))
    if last_years := _last_years(paragraph, view.year):
        return bool(last_years & set(named_years))
    if view.year is None:
        return False
    return view.year in named_years or (view.looks_back and str(int(view.year) - 1) in named_years)


def _paired_years(text: str, at: int, year: str | None) -> set[str]:
    """The years of the thing whose figure stands at `at` in a run of several years: 2021年、2022年分别有3座、5座."""
    if len(told_years(text, year)) < _SEVERAL:
        return set()
    items = (item for run in runs.find(text) for item in run.items if item.figure[0] == at)
    return next((told_years(text[item.start : item.end], year) for item in items), set())


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text of the same length with blanks in the place of some spans."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def told_years(text: str, year: str | None) -> set[str]:
    """Every year a text names, `今年` and `去年` seen from the report's year."""
    return set(map(str, dates.years(text, int(year) if year else None)))


def _last_years(text: str, year: str | None) -> set[str]:
    """The year (or years of a span) that a text names last."""
    of = int(year) if year else None
    each = (set(map(str, dates.years_of(date, of))) for date in reversed(dates.find(text)))
    return next(filter(None, each), set())


def _subject(view: ReportView, start: int, end: int, names: Collection[str]) -> str | None:
    """The place last named as a subject in a stretch: an asked one anywhere, another at a clause's beginning.

    `*` stands for the report's own place (全省, 我市).
    """
    text = _PUBLISHER.sub(lambda m: " " * len(m[0]), view.text[start:end])
    marks = [(match.start(), place) for place in names for match in writing(place).finditer(text)]
    starts = {match.end() for match in _CLAUSE_START.finditer(text)}
    for place in _others(view, names):
        marks += [(at, place) for at in starts if text.startswith(place, at)]
    marks += [(place.start, "*") for place in own(text) if place.start in starts]
    return max(marks)[1] if marks else None


def _lead(view: ReportView, begun: int, sentence: int, names: Collection[str]) -> str | None:
    """The place that an earlier sentence of the paragraph begins with, and so speaks about from there on.

    A report comes back to its own place with every sentence, unless a whole paragraph begins with another one.
    """
    own = any(stands(place, view.title) for place in names) or _main(view, names)
    others = _others(view, names)
    starts = [begun] if own else [begun, *(m.end() for m in _SENTENCE_END.finditer(view.text, begun, sentence))]
    for start in reversed(starts):
        ends = min(sentence, start + _LEADING)
        lead = _without_dateline(view.text[start : max(ends, min(sentence, start + _DATELINE))])[: ends - start]
        if named := next((place for place in names if 0 <= _first(place, lead) <= _OPENING), None):
            return named
        if other := [place for place in others if 0 <= lead.find(place) <= _OPENING]:
            led_by = min(other, key=lead.find)
            inside = lead[lead.find(led_by) + len(led_by) :]
            return next((place for place in names if _lies_in(place, led_by, inside, others)), led_by)
    if any(place in view.title for place in others):
        return None  # a report of one place that mentions another goes on about its own
    return next((place for place in names if stands(place, view.text[begun:sentence])), None)


def _without_dateline(text: str) -> str:
    """With blanks in the place of the newspaper that reports at its beginning."""
    return _REPORTING.sub(lambda match: " " * len(match[0]), text, count=1)


def _lies_in(place: str, other: str, behind: str, others: Collection[str]) -> bool:
    """Whether a text that goes on from another place's name goes on with this place in it, as one name: 阳信县洋湖乡,
    山东省滨州市阳信县; not where the table knows that it lies elsewhere."""
    if called(place) and called(other) and not within(place, other):
        return False
    between = behind[: max(0, _first(place, behind))]
    for name in sorted(others, key=len, reverse=True):
        between = between.replace(name, "")
    return _first(place, behind) >= 0 and bool(_RANKS_ALONE.fullmatch(between))


def _first(place: str, text: str) -> int:
    """Where a text first writes a place, -1 where it doesn't."""
    match = writing(place).search(text)
    return match.start() if match else -1


def _main(view: ReportView, names: Collection[str]) -> bool:
    """Whether an asked place is the one a report without a place in its title is mostly about."""
    counts = {place: view.text.count(place) for place in view.places}
    counts |= {place: sum(1 for _ in writing(place).finditer(view.text)) for place in names}
    most = max(counts.values(), default=0)
    return any(counts[place] * 2 >= most and counts[place] for place in names)
