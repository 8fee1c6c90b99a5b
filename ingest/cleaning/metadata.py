"""What a text says about itself: title, date, publisher, issuing body, regions. Unknown stays unknown. Pure."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.language import dates, documents, places
from ingest.language.bodies import bodies
from ingest.language.dates import Date
from ingest.language.divisions import by_name
from ingest.language.marks import COLONS, MARKS, QUOTE_ENDS
from ingest.language.words import alternation, table

_NO_TITLE = re.compile(rf"[{MARKS}{QUOTE_ENDS}]$")
_LABEL = re.compile(rf"[{COLONS}>|〉》]\s|[{COLONS}>|]$|\d{{1,2}}:\d{{2}}")
_HAN = re.compile(r"[\u4e00-\u9fff]{4}")
_ORIGINAL = re.compile(rf"(?:{alternation(table('pages')['title']['before'])})[{COLONS}]\s*(\S.+)")
_NAMED = re.compile(r"[#\s]*[\u4e00-\u9fff]{3}")
_COLON = re.compile(f"[{COLONS}]")
_CELL_BREAK = re.compile(rf"(?<![{COLONS}])\t+")  # a label and its value are one
_TIME_OF_DAY = re.compile(rf"[\d{COLONS}\s|]*")
_SOURCE = re.compile(
    rf"(?:^|[\s|>])(?:{alternation(table('pages')['source']['weak'])})"
    rf"\s*[{COLONS}][ \t]*([^\s{COLONS}|。，]{{2,30}})(?=\s|\||$)",
    re.MULTILINE,
)
_BODY = re.compile(
    rf"([\u4e00-\u9fff]{{1,16}}?(?:{bodies('association', 'government', 'science')}))"
    rf"(?=$|\d|{alternation(table('pages')['title']['behind_body'])})"
)
_LONGEST_LABEL = 60  # characters; a longer line is text
_AROUND = 10  # lines with text at either end among which a page's own labels stand
_BELOW = 3  # and so many from the first sentence on, however much navigation is above it
_SIGNED = 5  # lines with text at either end among which the date of a signature stands
_DATED = 32  # characters in which a date behind its label ends


def title(text: str) -> str | None:
    """The first line above the first paragraph that reads like a title: short, not a sentence, not a label, no row of a
    table; however short it is where it stands first, and right above a table."""
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    if len(lines) > 1 and "\t" in lines[1] and _names_a_table(lines[0]):
        return lines[0].lstrip("# ")
    for line in lines[:8] if len(lines) > 1 else []:
        if len(line) > 60:
            return None
        if headline := _ORIGINAL.match(line):
            return headline[1]
        if _may_be_title(line):
            return line.lstrip("# ")
    return None


def _names_a_table(line: str) -> bool:
    return len(line) <= _LONGEST_LABEL and bool(_NAMED.match(line)) and not _is_other(line)


def running_title(heads: Iterable[str]) -> str | None:
    """What stands above the pages of a report and reads like a title."""
    return next(
        (line for line in heads if len(line) <= _LONGEST_LABEL and _may_be_title(line) and _HAN.search(line)), None
    )


def _may_be_title(line: str) -> bool:
    return len(line) >= 6 and not _is_other(line)


def _is_other(line: str) -> bool:
    """Whether a line is a sentence, a label, a row of a table or a document's number."""
    return "\t" in line or bool(_NO_TITLE.search(line)) or is_label(line) or _is_number(line)


def _is_number(line: str) -> bool:
    """Whether a line ends with a document's number, as the one above its title does."""
    return any(number.end == len(line) for number in documents.find(line))


def is_label(line: str) -> bool:
    """Whether a line is page furniture such as `Published: 2022-12-02 12:46` rather than a heading."""
    return bool(_LABEL.search(line))


def property_title(title: str | None) -> str | None:
    """A file's own title or publisher, unless it is what an office program writes by itself."""
    stripped = (title or "").strip()
    return stripped if re.search(r"[\u4e00-\u9fff]{2}", stripped) and len(stripped) <= 80 else None


def property_date(date: str | None, text: str) -> str | None:
    """The day a file says it was made, where the text speaks of that year; a copy is made on any day."""
    return date if date and date[:4] in text else None


def publication_date(text: str) -> str | None:
    """The date that the page's labels give as its publication, else the one beside its source (来源:某网 2023-09-22),
    else the date a report is signed with; as YYYY-MM-DD.

    In the midst of the text such a label is the report's own: a table of data says when it was brought up to date.
    """
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    edges = _edges(lines)
    for date in (*_labelled(lines, edges), *_beside_source(lines[n] for n in edges), *_signed(lines)):
        try:
            return datetime.date(date.year or 0, date.month or 0, date.day or 0).isoformat()
        except ValueError:
            continue
    return None


def _edges(lines: Sequence[str]) -> list[int]:
    """The lines at head and tail, where a page puts its own labels."""
    prose = next((n for n, line in enumerate(lines) if "。" in line or len(line) > _LONGEST_LABEL), len(lines))
    head, tail = max(_AROUND, prose + _BELOW), len(lines) - _AROUND
    return [n for n in range(len(lines)) if n < head or n >= tail]


def _labelled(lines: Sequence[str], edges: Iterable[int]) -> Iterator[Date]:
    """The dates labelled as that of publication, but for those in a row of a table beside other cells."""
    for n in edges:
        if not all(map(_COLON.search, _CELL_BREAK.split(lines[n]))):
            continue
        for label in _published().finditer(lines[n]):
            written = lines[n][label.end() :] or "".join(lines[n + 1 : n + 2])
            if date := _day_at(written):
                yield date


def _beside_source(lines: Iterable[str]) -> Iterator[Date]:
    """The dates right behind or before the label of a source."""
    for line in lines:
        if source := _SOURCE.search(line[:_LONGEST_LABEL]):
            day = _day_label().match(line, source.end())
            behind, before = _day_at(line[day.end() if day else source.end() :]), _day_at(line)
            if behind:
                yield behind
            elif before and _TIME_OF_DAY.fullmatch(line, before.end, source.start()):
                yield before


def _signed(lines: Sequence[str]) -> list[Date]:
    """The dates that stand alone on a line near either end, the last first."""
    near = [line for line in (*lines[:_SIGNED], *lines[-_SIGNED:]) if len(line) <= _DATED]
    return [date for line in reversed(near) if (date := dates.only(line)) and _is_day(date)]


def _day_at(text: str) -> Date | None:
    """The day that a text begins with."""
    date = next(iter(dates.find(text[:_DATED])), None)
    return date if date and not date.start and _is_day(date) else None


def _is_day(date: Date) -> bool:
    return date.until is None and None not in (date.year, date.month, date.day)


def publisher(text: str) -> str | None:
    """Who a line such as `来源:某网` names."""
    match = _SOURCE.search(text) if "来源" in text or "出处" in text else None  # the search is slow
    return match[1].strip() if match else None


def issuer(title: str | None, text: str) -> str | None:
    """The body that issued a report: the one its title begins with, or the one it is signed by."""
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    for line in ([title] if title else []) + [line for line in reversed(lines[-4:]) if len(line) <= 25]:
        if match := _BODY.match(line):
            return match[1]
    return None


def regions(text: str, title: str | None = None) -> tuple[str, ...]:
    """The regions that a report names in full: divisions of the table, in the order of their first mention, and
    behind them what only its title names."""
    named: dict[str, None] = {}
    names, endings, longest = _divisions()
    for match in _rank_ends().finditer(text):
        end = match.end()
        if text[max(0, end - 2) : end] not in endings:
            continue
        name = next((name for n in range(longest, 2, -1) if (name := text[max(0, end - n) : end]) in names), None)
        if name:
            named[name] = None
    titled = places.find(title) if title else ()
    return tuple(dict.fromkeys((*named, *(place.name for place in titled if place.level not in places.SMALL))))


@functools.cache
def _published() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(table('pages')['made']['published'])})\s*[{COLONS}]\s*")


@functools.cache
def _day_label() -> re.Pattern[str]:
    return re.compile(rf"[\s|]*(?:(?:{alternation(table('pages')['day']['weak'])})\s*[{COLONS}]\s*)?")


@functools.cache
def _divisions() -> tuple[frozenset[str], frozenset[str], int]:
    """The full names of the table's divisions, their last two characters, and the length of the longest.

    A name of two characters (沛县, 城区) is too often part of other words to be found by its letters alone.
    """
    names = frozenset(name for name in by_name() if len(name) > 2)
    return names, frozenset(name[-2:] for name in names), max(map(len, names))


@functools.cache
def _rank_ends() -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted({name[-1] for name in _divisions()[0]}))}]")
