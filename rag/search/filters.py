"""Narrow questions to some of the reports: by name, by place, by time. Pure, but for the places' look into the texts.

A filter is applied where passages are sought, never to what was found: the best passages of the chosen
reports are found however many better ones the others hold.
"""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from config.errors import Language, Message, NothingSelected, UsageError
from ingest.index.catalog import ReportEntry
from ingest.language import dates
from ingest.language.dates import Date
from ingest.language.script import to_simplified
from rag.question.understand import fold

_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_SHOWN = 8  # names that a message lists
_TITLE = 24  # characters of each title it lists

Naming = Callable[[str], Collection[str]]
"""The sources of the reports in whose text or title a name occurs."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which reports to look in; every part that is given must fit, any one of several names will do.

    `reports`: part of a title or source; `places`: a name that the report mentions; `years`: that of the
    report's date or one its title names; `since`, `until`: inclusive days as YYYY-MM-DD, held against the
    report's date, or where it tells none against the years its title names.
    """

    reports: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def __bool__(self) -> bool:
        return self != Filter()

    @property
    def description(self) -> Message:
        """What is looked in, as one line."""
        return Message(self.text("zh"), self.text("en"))

    def text(self, language: Language) -> str:
        """What is looked in, as one line."""
        since, until = self.since or "…", self.until or "…"
        entries = [
            *(f"《{name}》" for name in self.reports),
            *self.places,
            *(Message(f"{year}年", year).text(language) for year in self.years),
            *([f"{since} – {until}"] if self.since or self.until else []),
        ]
        return " · ".join(entries)


EVERYTHING = Filter()
_WITH_A_DAY = 3  # numbers of a date that gives a day, be there such a day or not


def build(
    reports: Sequence[str] = (), places: Sequence[str] = (), since: str | None = None, until: str | None = None
) -> Filter:
    """A filter from what a command was given. Raises UsageError for a day that is none, or for an empty name."""
    names = [" ".join(name.split()) for name in (*reports, *places)]
    if not all(names):
        raise UsageError("--report 和 --place 需要名称", "--report and --place need a name")
    first = _day(since, last=False) if since is not None else None
    last = _day(until, last=True) if until is not None else None
    if first and last and first > last:
        raise UsageError(f"--since {first} 晚于 --until {last}", f"--since {first} is after --until {last}")
    return Filter(tuple(names[: len(reports)]), tuple(names[len(reports) :]), (), first, last)


def guess(words: str, entries: Sequence[ReportEntry], naming: Naming) -> Filter:
    """The filter that one word or name stands for: a year, else a place, else a report.

    Raises NothingSelected when it is none of them.
    """
    name = " ".join(words.split())
    date = _date(name)
    if date and date.year and date.month is None:
        candidates = [Filter(years=(str(date.year),))]
    else:
        is_region = any(fold(name) in fold(region) for entry in entries for region in entry.regions)
        candidates = [Filter(reports=(name,)), Filter(places=(name,))]
        if is_region:
            candidates.reverse()
    for candidate in candidates:
        if select(entries, candidate, naming):
            return candidate
    raise nothing(Message(name, name), entries)


def select(entries: Sequence[ReportEntry], only: Filter, naming: Naming) -> set[str]:
    """The sources of the reports that a filter lets through."""
    places: set[str] = set()
    for place in only.places:
        places.update(naming(to_simplified(place)))
    return {
        entry.source
        for entry in entries
        if (not only.reports or any(is_named(entry, name) for name in only.reports))
        and (not only.places or entry.source in places)
        and (not only.years or bool(_years(entry) & set(only.years)))
        and _in_time(entry, only)
    }


def choose(entries: Sequence[ReportEntry], only: Filter, naming: Naming) -> set[str]:
    """As `select`, but raises NothingSelected when no report is left."""
    chosen = select(entries, only, naming)
    if not chosen:
        raise nothing(only.description, entries)
    return chosen


def undated(entries: Sequence[ReportEntry], only: Filter) -> int:
    """How many reports a filter by time leaves out because they tell neither a date nor a year."""
    return sum(not _years(entry) for entry in entries) if only.since or only.until or only.years else 0


def scope(entries: Sequence[ReportEntry], chosen: Collection[str], only: Filter) -> Message:
    """How many reports a filter leaves, as one line."""
    left_out = undated(entries, only)
    zh = f"在 {len(chosen)} 份报告中查找({only.text('zh')};共 {len(entries)} 份)"
    en = f"looking in {len(chosen)} of {len(entries)} reports ({only.text('en')})"
    if left_out:
        return Message(f"{zh};{left_out} 份没有日期,未包括", f"{en}; {left_out} without a date left out")
    return Message(zh, en)


def nothing(what: Message, entries: Sequence[ReportEntry]) -> NothingSelected:
    """The error for a filter that lets no report through: says what there is instead."""
    years = sorted({year for entry in entries for year in _years(entry)})
    dates = sorted(entry.date for entry in entries if entry.date)
    titles = [_cut(entry.title or entry.source) for entry in entries]
    span = f"{dates[0]} – {dates[-1]}" if dates else "-"
    return NothingSelected(
        f"没有报告符合“{what.zh}”。现有报告:{_some(titles)};地区:{_some(regions(entries))};"
        f"年份:{_some(years)};日期:{span}",
        f"no report fits “{what.en}”. There are the reports {_some(titles)}; the places {_some(regions(entries))}; "
        f"the years {_some(years)}; dates from {span}",
    )


def regions(entries: Sequence[ReportEntry]) -> list[str]:
    """The regions that reports name in full, those of most reports first."""
    counts: dict[str, int] = {}
    for entry in entries:
        for region in entry.regions:
            counts[region] = counts.get(region, 0) + 1
    return sorted(counts, key=lambda region: -counts[region])


def years(entries: Sequence[ReportEntry]) -> list[str]:
    """The years of the reports, in order."""
    return sorted({year for entry in entries for year in _years(entry)})


def _some(names: Sequence[str]) -> str:
    shown = "、".join(names[:_SHOWN]) or "-"
    return f"{shown} … ({len(names)})" if len(names) > _SHOWN else shown


def _cut(title: str) -> str:
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"


def is_named(entry: ReportEntry, name: str) -> bool:
    """Whether a name is a report's source, or part of its title or source in either script."""
    if name == entry.source:
        return True
    folded = fold(name)
    return folded in fold(entry.source) or folded in fold(entry.title or "")


def _years(entry: ReportEntry) -> set[str]:
    named = set(map(str, dates.years(entry.title or "", None)))  # 2016—2020年 is about every one of them
    return named | ({entry.date[:4]} if entry.date else set())


def _in_time(entry: ReportEntry, only: Filter) -> bool:
    if not (only.since or only.until):
        return True
    days = [(entry.date, entry.date)] if entry.date else [(f"{year}-01-01", f"{year}-12-31") for year in _years(entry)]
    return any((only.since or "") <= last and first <= (only.until or "9999") for first, last in days)


def _day(text: str, *, last: bool) -> str:
    """A day as YYYY-MM-DD; of a year or month its first or last."""
    date = _date(text)
    try:
        if date is None or date.year is None or (date.day is None and len(re.findall(r"\d+", text)) == _WITH_A_DAY):
            raise ValueError(text)
        month = date.month or (12 if last else 1)
        day = date.day or (calendar.monthrange(date.year, month)[1] if last else 1)
        return datetime.date(date.year, month, day).isoformat()
    except ValueError as exc:
        raise UsageError(
            f"日期“{text}”无法识别;请写 2023、2023-04 或 2023-04-05",
            f"“{text}” is no date; write 2023, 2023-04 or 2023-04-05",
        ) from exc


def _date(text: str) -> Date | None:
    """The year, month or day that a text is, also as 2023, 2023-4 or 2023.4; no span."""
    written = unicodedata.normalize("NFKC", text).strip()
    forms = (written, f"{written}年", _MONTH.sub(r"\1年\2月", written))
    date = next(filter(None, map(dates.only, forms)), None)
    return date if date and date.until is None else None
