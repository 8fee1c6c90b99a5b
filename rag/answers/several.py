"""Several questions in one: things told one by one (甲县和乙县分别有多少), clauses that each ask (投资多少,面积多大).

Pure. Each is asked alone, with what the question tells once, and answered under its own label; what could not be found
is said.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ingest.language import marks, telling
from ingest.language.questions import asking, counting
from ingest.language.script import to_simplified
from ingest.language.words import alternation, table
from rag.answers import forms, things
from rag.answers.citing import ReportOf, answered, in_script, say
from rag.answers.planning import Part, of_each_place
from rag.question.followup import complete
from rag.question.query import Query
from rag.records import Answer, Certainty, Evidence, Question

_MOST = 5  # questions in one
_SAYS = 2  # Han characters beside the asking words that a clause needs to be a question of its own
_HAN = re.compile(rf"[{marks.HAN}]")


@dataclass(frozen=True, slots=True)
class Told:
    """What one of the questions is answered by: what is quoted, the short answer or "", and how sure it is; no quotes
    where nothing was found."""

    part: Part
    quotes: tuple[Evidence, ...] = ()
    said: str = ""
    certainty: Certainty | None = None


def several(query: Query, regions: Collection[str] = ()) -> tuple[Part, ...]:
    """The questions that a question holds; none where it is one."""
    text = to_simplified(query.question.interpreted)
    want = query.expected
    if query.question.language in ("en", "und") or want.kind in ("reports", "document") or want.published:
        return ()
    if query.question.context:  # what it is about stands in the question before it
        return ()
    parts = _in_clauses(text, regions) or _one_by_one(query, text)
    return parts if 1 < len(parts) <= _MOST else ()


def told_each(question: Question, pieces: Sequence[Told], report_of: ReportOf) -> Answer | None:
    """The answers side by side; None where nothing was found, or one and the same for all."""
    found = [piece for piece in pieces if piece.quotes]
    if not found or _is_one(found):
        return None
    evidence: list[Evidence] = []
    numbers: dict[tuple[str, int], int] = {}
    room = forms.ROOM // len(found)
    listed = []
    for piece in found:
        for quote in piece.quotes:
            place = quote.passage.chunk.source, quote.start
            if place not in numbers:
                evidence.append(forms.narrowed_to(quote, room // len(piece.quotes)))
                numbers[place] = len(evidence)
        marked = "".join(f"[{numbers[q.passage.chunk.source, q.start]}]" for q in piece.quotes)
        listed.append(f"{piece.part.label}: {piece.said} {marked}" if piece.said else f"{piece.part.label} {marked}")
    lead = in_script("; ".join(listed), question)
    missing = [piece.part.label for piece in pieces if not piece.quotes]
    if missing:
        names = "、".join(missing)
        lead += say(question, f"。没有找到{names}的内容。", f". Nothing was found on {', '.join(missing)}.")
    whole = not missing and all(piece.said for piece in pieces)
    short = in_script("; ".join(f"{piece.part.label}: {piece.said}" for piece in pieces), question) if whole else None
    certainty: Certainty = "sure" if whole and all(piece.certainty == "sure" for piece in pieces) else "likely"
    return answered(question, evidence, report_of, form="list", certainty=certainty, short=short, lead=lead)


def _is_one(found: Sequence[Told]) -> bool:
    """Whether two parts got the same figure of the same sentence, which isn't told of each."""
    spots = []
    for piece in found:
        best = piece.quotes[0]
        spot = best.short or (best.start, best.end)
        if piece.said and not telling.of_each(best.text[: max(0, spot[0] - best.start)]):
            spots.append((best.passage.chunk.source, spot))
    return len(set(spots)) < len(spots)


def _one_by_one(query: Query, text: str) -> tuple[Part, ...]:
    """A question about several years, places or things, each of them asked about alone."""
    apiece = _apiece().search(text)
    if not apiece and (query.expected.kind != "figure" or query.expected.more or query.expected.total):
        return ()
    plain = _apiece().sub("", text)
    if years := _of_years(plain):
        return years
    if len(query.places) > 1 and (of_places := of_each_place(query, plain)):
        return of_places
    joined = things.joined(text) if apiece else None
    if joined is None:
        return ()
    items, after = _numbered(joined.items, _apiece().sub("", joined.after))
    return tuple(Part(item.removeprefix("的"), f"{joined.before}{item}{after}") for item in items)


def _of_years(text: str) -> tuple[Part, ...]:
    """2022年和2023年的培训人数: each year in the place of all; a change between them is none."""
    match = _years().search(text)
    if match is None or telling.change_asked(text):
        return ()
    return tuple(
        Part(f"{year}年", f"{text[: match.start()]}{year}年{text[match.end() :]}")
        for year in dict.fromkeys(re.findall(r"\d{4}", match[0]))
    )


def _numbered(items: Sequence[str], after: str) -> tuple[tuple[str, ...], str]:
    """Items of which only the last tells what they are: 435、436期论坛 are 第435期论坛 and 第436期论坛."""
    last = _of_number().match(items[-1]) or _of_number().match(items[-1] + after)
    if last is None or not all(item.removeprefix("第").isdecimal() for item in items[:-1]):
        return tuple(items), after
    rest = "" if last.re.fullmatch(items[-1]) is None and last.end() > len(items[-1]) else items[-1][last.end() :]
    numbers = [item.removeprefix("第") for item in items[:-1]] + [last["number"]]
    return tuple(f"第{number}{last['unit']}{rest}" for number in numbers), after


def _in_clauses(text: str, regions: Collection[str]) -> tuple[Part, ...]:
    """The clauses of a question that each ask, every later one completed by the one before it."""
    groups: list[str] = []
    open_clause = ""
    for start, end in marks.clauses(text, listing=True):
        open_clause += text[start:end]
        if _asks_alone(open_clause):
            groups.append(open_clause)
            open_clause = ""
    if len(groups) < 2:
        return ()
    if open_clause:
        groups[-1] += open_clause
    parts: list[Part] = []
    for group in groups:
        asked = group.strip(f" 、{marks.PAUSES}{marks.ENDS}")
        whole = complete(asked, parts[-1].question, regions)[0] if parts else asked
        parts.append(Part(_label(asked), whole))
    return tuple(parts)


def _asks_alone(clause: str) -> bool:
    """Whether a clause asks something and says of what."""
    asks = _asks().search(clause)
    return asks is not None and len(_HAN.findall(_asks().sub("", clause))) >= _SAYS


def _label(asked: str) -> str:
    """What a clause asks about, without the words by which it asks."""
    label = _asks_with_unit().sub("", asked).strip(f" 、{marks.PAUSES}{marks.ENDS}的是")
    return label if len(label) >= _SAYS else asked


@functools.cache
def _apiece() -> re.Pattern[str]:
    """What says that each is asked about alone: 分别, 各 before what asks."""
    words = table("questions")["joined"]
    behind = f"{asking()}|[{words['apiece_before']}]"
    return re.compile(rf"(?:{alternation(words['apiece'])})|{words['apiece_short']}(?={behind})")


@functools.cache
def _years() -> re.Pattern[str]:
    joints = alternation(table("questions")["joined"]["joints"])
    return re.compile(rf"\d{{4}}年?(?:(?:{joints}|[{marks.COMMAS}])\d{{4}}年?)+(?<=年)")


@functools.cache
def _of_number() -> re.Pattern[str]:
    return re.compile(rf"第?(?P<number>\d+)(?P<unit>{counting()}|[期届号])")


@functools.cache
def _asks() -> re.Pattern[str]:
    kinds = (
        "share",
        "count",
        "measure",
        "date",
        "person",
        "place",
        "name",
        "reason",
        "manner",
        "yes",
        "thing",
        "which",
    )
    return re.compile(rf"{asking(*kinds)}|[吗么]")


@functools.cache
def _asks_with_unit() -> re.Pattern[str]:
    has = alternation(table("questions")["joined"]["has"])
    return re.compile(rf"(?:{has})*(?:{asking()}|{_asks().pattern})(?:{counting()})?")
