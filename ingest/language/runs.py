"""Runs of things with a figure each: which figure is whose. Pure; linear in the text.

A、B和C分别为1、2、3 names its things first and their figures behind, in one order; 其中A 1个、B 2个 and (A 1个, B 2个)
name each part of what was told before with its figure. A 1个、B 2个 alone is a list, looked for by itself.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.language import figures, places, units
from ingest.language.figures import Figure
from ingest.language.marks import CLOSERS, COLONS, COMMAS, ENDS, HAN, LISTING, OPENERS
from ingest.language.words import alternation, table

_LEADS = 12  # characters between 分别 and the first figure
_FEWEST = 2  # things of a run


@dataclass(frozen=True, slots=True)
class Item:
    """A thing of a run and its figure: what names it is `text[start:end]`; a figure told without a unit has that of the
    run's last one."""

    start: int
    end: int
    figure: tuple[int, int]
    unit: str


@dataclass(frozen=True, slots=True)
class Run:
    """The things of a run in order, and all its figures; without items where things and figures are not as many.

    `of_parts` says that the things are parts of what was told before them.
    """

    names: tuple[tuple[int, int], ...]
    figures: tuple[tuple[int, int], ...]
    items: tuple[Item, ...]
    of_parts: bool


def find(text: str) -> list[Run]:
    """The runs of a text: each in its order, and those of parts."""
    all_figures = figures.find(text)
    return [*_in_order(text, all_figures), *_parts(text, all_figures)] if all_figures else []


def listed(text: str) -> list[Run]:
    """The lists of things, each right before its figure, that all measure one thing: 一等奖3项、二等奖5项. A total at
    their end is none of them."""
    all_figures = figures.find(text)
    borders = [0, *(match.end() for match in _border().finditer(text))]
    rows: list[list[Item]] = []
    for n, figure in enumerate(all_figures):
        before = all_figures[n - 1] if n else None
        joint = _list_joint().match(text, before.end, figure.start) if before else None
        begun = joint.end() if joint else borders[bisect.bisect_right(borders, figure.start) - 1]
        begun = max(begun, before.end) if before else begun
        name = _list_name().fullmatch(text, begun, figure.start)
        if name is None or name["name"] in table("telling")["run"]["totals"]:
            rows.append([])
            continue
        item = Item(*name.span("name"), (figure.start, figure.end), figure.unit)
        goes_on = joint and before and rows[-1] and units.convertible(rows[-1][-1].unit, figure.unit)
        rows[-1].append(item) if goes_on else rows.append([item])
    return [
        Run(tuple((i.start, i.end) for i in row), tuple(i.figure for i in row), tuple(row), of_parts=False)
        for row in rows
        if len(row) >= _FEWEST
    ]


def named(text: str, run: Run, words: str) -> list[int]:
    """Which of a run's things other words name. The first may begin, the last may end with what isn't its own
    (全县小学、初中、高中学生分别为…); what several share names none of them."""
    names = [text[slice(*name)] for name in run.names]
    # The place whose parts are told begins their names too: 其中松河县干流堤防6公里.
    partly = _without_places(words) if run.of_parts else words
    return [
        at
        for at, name in enumerate(names)
        if any(
            form in (words if form == name else partly) and not _is_shared(form, names, at)
            for form in _forms(names, at, run.of_parts)
        )
    ]


def named_in_list(text: str, run: Run, words: str) -> list[int]:
    """Which of a list's things other words name. Any may begin with what isn't its own (评出金奖); what several share
    names none of them, nor does the end of a longer word that the text has elsewhere (行政经费 for 人员经费)."""
    names = [text[slice(*name)] for name in run.names]
    return [at for at, name in enumerate(names) if _is_named(text, names, at, words) or name in words]


def _is_named(text: str, names: Sequence[str], at: int, words: str) -> bool:
    name = names[at]
    form = next((name[start:] for start in range(len(name) - 1) if name[start:] in words), "")
    if not form or _is_shared(form, names, at):
        return False
    longer = {words[match.start() - 1 : match.end()] for match in re.finditer(re.escape(form), words) if match.start()}
    return not any(word in text and word not in name for word in longer)


def _without_places(text: str) -> str:
    for place in places.find(text):
        text = text[: place.start] + " " * (place.end - place.start) + text[place.end :]
    return text


def _is_shared(form: str, names: Sequence[str], at: int) -> bool:
    return any(form in name for other, name in enumerate(names) if other != at)


def _forms(names: Sequence[str], at: int, of_parts: bool) -> Iterator[str]:
    name, single = names[at], table("telling")["run"]["single"]
    yield name
    if at == 0 and not of_parts:
        yield from (name[start:] for start in range(1, len(name) - 1))
        yield from (name[-1:] if name[-1:] in single else ())
    if at == len(names) - 1 or of_parts:
        yield from (name[:end] for end in range(2, len(name)))
    yield from (name[:1] if name[:1] in single else ())


def _in_order(text: str, all_figures: Sequence[Figure]) -> Iterator[Run]:
    borders = [match.end() for match in _border().finditer(text)]
    for match in _respectively().finditer(text):
        before = bisect.bisect_right(borders, match.start())
        names = tuple(_split(text, borders[before - 1] if before else 0, match.start()))
        row = _row(text, all_figures, match.end())
        if len(names) < _FEWEST or len(row) < _FEWEST:
            continue
        spans = tuple((figure.start, figure.end) for figure in row)
        items: tuple[Item, ...] = ()
        if len(names) == len(row):
            items = tuple(
                Item(*name, (figure.start, figure.end), figure.unit or row[-1].unit)
                for name, figure in zip(names, row, strict=True)
            )
        yield Run(names, spans, items, of_parts=False)


def _row(text: str, all_figures: Sequence[Figure], at: int) -> list[Figure]:
    """The figures that follow each other from `at` on, with nothing but what joins them between."""
    row: list[Figure] = []
    for figure in all_figures:
        if figure.start < at:
            continue
        between = text[row[-1].end if row else at : figure.start]
        if not (_joint().fullmatch(between) if row else len(between) <= _LEADS and not _border().search(between)):
            break
        row.append(figure)
    return row


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The items between two places, parted by 、 and the last two by 和; a name may begin with that (和静县)."""
    at = start
    for match in _listed().finditer(text, start, end):
        yield at, match.start()
        at = match.end()
    if last := _joined().search(text, at + 1, end):
        yield at, last.start()
        at = last.end()
    yield at, end


def _parts(text: str, all_figures: Sequence[Figure]) -> Iterator[Run]:
    """What stands behind 其中 up to the sentence's end, and what stands in brackets; each part measures what the figure
    before it does."""
    for match in _part().finditer(text):
        items: list[Item] = []
        begun = match.start(match.lastgroup or 0)
        first = bisect.bisect_left(all_figures, begun, key=lambda each: each.start)
        whole = all_figures[first - 1] if first else None
        for figure in all_figures[first:]:
            if figure.start >= match.end():
                break
            name = _name().search(text, begun, figure.start)
            if name and (whole is None or units.convertible(whole.unit, figure.unit)):
                items.append(Item(*name.span("name"), (figure.start, figure.end), figure.unit))
            begun = figure.end
        if items:
            names = tuple((item.start, item.end) for item in items)
            yield Run(names, tuple(item.figure for item in items), tuple(items), of_parts=True)


def _words(key: str) -> str:
    return alternation(table("telling")["run"][key])


@functools.cache
def _respectively() -> re.Pattern[str]:
    return re.compile(_words("respectively"))


@functools.cache
def _border() -> re.Pattern[str]:
    return re.compile(rf"[{ENDS}{COMMAS}{COLONS}{OPENERS}{CLOSERS}\n]")


@functools.cache
def _listed() -> re.Pattern[str]:
    return re.compile(f"[{LISTING}]")


@functools.cache
def _joined() -> re.Pattern[str]:
    return re.compile(_words("joints"))


@functools.cache
def _joint() -> re.Pattern[str]:
    """What may stand between two figures of a run."""
    return re.compile(rf"(?:[{LISTING}{COMMAS}]|{_words('joints')})+")


@functools.cache
def _list_joint() -> re.Pattern[str]:
    """What may stand between a figure of a list and the next name."""
    return re.compile(rf"(?:[{LISTING}{COMMAS};；]|{_words('joints')})+")


@functools.cache
def _list_name() -> re.Pattern[str]:
    """What names a thing of a list, without the verb that only leads to its figure."""
    return re.compile(rf"\s*(?P<name>[^{ENDS}{COMMAS}{COLONS}{LISTING}\n]{{1,24}}?)(?:{_words('leads')})?")


@functools.cache
def _part() -> re.Pattern[str]:
    behind = alternation(table("telling")["parts"]["words"])
    return re.compile(rf"[(（](?:{behind})?(?P<held>[^()（）\n]*)[)）]|(?:{behind})(?P<said>[^{ENDS}()（）\n]*)")


@functools.cache
def _name() -> re.Pattern[str]:
    """The words right before a figure, without the verb that only leads to it."""
    return re.compile(rf"(?P<name>[{HAN}A-Za-z“”]{{1,20}}?)(?:{_words('leads')})?$")
