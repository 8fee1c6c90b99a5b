"""Places named in a Chinese text: divisions of the table by full, short or colloquial name, others by their rank.

Pure; Simplified script. Spans come in order, lie in the text and never overlap; the parts of a nested name
(新疆巴州和静县) are spans of their own, each with the one above it as its parent. Time is linear in the text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.language.divisions import (
    Division,
    Rank,
    also_called,
    ancestors,
    by_name,
    colloquial,
    is_shared,
    level,
    ranks,
    same,
    stem,
    width,
    within,
)
from ingest.language.marks import COMMAS, ENDS
from ingest.language.words import alternation, table

__all__ = ["SMALL", "Place", "find", "is_shared", "level", "own", "rank_pattern", "same", "stem", "width", "within"]

_HAN = re.compile("[\u3400-\u9fff]")
SMALL = ("farm", "community", "village")
"""Levels of places whose names are told from other words least surely."""
_RUN = 8  # characters before a rank among which an unknown name begins


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a text names.

    `name` is the full name of a division that the table knows (巴州 → 巴音郭楞蒙古自治州), else the name as written;
    `stem` is that without rank and peoples (塔城 of 塔城地区); `level` one of `ranks.toml`'s `levels`; `parent` the
    full name of the division above it, None where the text and the table leave it open.
    """

    start: int
    end: int
    name: str
    stem: str
    level: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class _Name:
    """What may be written for some divisions, and which of its borders must be sure: none, "left", "both",
    or "subject" where a word must follow that can follow a place."""

    written: str
    divisions: tuple[Division, ...]
    borders: str
    not_after: str

    @property
    def full(self) -> bool:
        """Whether it is written with its rank."""
        return self.written != self.divisions[0].stem or self.written == self.divisions[0].name


@dataclass(frozen=True, slots=True)
class _Left:
    """What stands before a place to be found: the text, where the last place ends, and where own places end."""

    text: str
    done: int
    own_ends: Container[int]
    last: str = ""
    """The name of the last place."""
    level: str = ""
    """The level of the last place."""

    def bounded(self, at: int) -> bool:
        """Whether a start, a mark, a date or another place stands right before `at`."""
        return at in (0, self.done) or at in self.own_ends or not _HAN.match(self.text, at - 1) or self._dated(at)

    def _dated(self, at: int) -> bool:
        return at > 1 and self.text[at - 1] in table("places")["date_ends"] and _counts(self.text[at - 2])


def find(text: str) -> tuple[Place, ...]:
    """The places that a text names, in order; an unknown one is recognised by its rank (东山县, 凤凰社区)."""
    places: list[Place] = []
    own_places = own(text)
    own_ends = {place.end for place in own_places}
    own_ranks = {at for place in own_places for at in range(place.start, place.end)}
    for at, rank in _openings(text):
        last = places[-1] if places else None
        left = _Left(text, last.end, own_ends, last.name, last.level) if last else _Left(text, 0, own_ends)
        if at < left.done or (rank and at in own_ranks):
            continue
        place = _known_at(left, at) if rank is None else _ranked_at(left, at, rank, places)
        if place is not None:
            if places and places[-1].start == place.start:
                places.pop()
            places.append(_beneath(place, places))
    return tuple(places)


def own(text: str) -> tuple[Place, ...]:
    """Where a report speaks of its own place: 全省, 我市, 该区, 全疆, 自治区 alone; their `stem` is empty."""
    nowhere = _Left(text, 0, ())
    strong = _leads_by_kind()["leads"] - _leads_by_kind()["weak_leads"]
    return tuple(
        Place(match.start(), match.end(), match[0], "", _own_level(match["rank"] or match["alone"]), None)
        for match in _own_words().finditer(text)
        if match["rank"] or nowhere.bounded(match.start()) or _lead_before(text, match.start(), 0) in strong
    )


def _openings(text: str) -> Iterator[tuple[int, Rank | None]]:
    """Where a known name may begin (None) and where a rank stands, in order; at one place the known name first."""
    known = _known()
    openings: list[tuple[int, Rank | None]] = [(at, None) for at in range(len(text) - 1) if text[at : at + 2] in known]
    openings += [(match.start(), ranks()[match[0]]) for match in _rank_words().finditer(text)]
    yield from sorted(openings, key=lambda opening: (opening[0], opening[1] is not None))


def _known_at(left: _Left, at: int) -> Place | None:
    for name in _known()[left.text[at : at + 2]]:
        if left.text.startswith(name.written, at) and _stands_free(left, at, name):
            return _of(name.divisions, at, at + len(name.written))
    return None


def _stands_free(left: _Left, at: int, name: _Name) -> bool:
    """Whether a known name is no part of another word."""
    text, end = left.text, at + len(name.written)
    if at and at == left.done and any(left.last in ancestors(division) for division in name.divisions):
        return True  # 大同云冈区
    if at and text[at - 1] in name.not_after:
        return False
    if name.borders and not left.bounded(at) and not _lead_before(text, at, left.done):
        return False
    if name.borders == "subject":
        return text[end : end + 1] in tuple(table("places")["short"]["followed_by"])
    if name.full:
        return not _continues(text, end, ranks().get(name.written[-1]))
    if _part_of().match(text, end) or (text[at] in _leads_by_kind()["all"] and _full_at(text, at + 1)):
        return False  # 从江都区: 从 leads to 江都区
    after = text[end : end + 1]
    if name.borders != "both" or not _HAN.match(after) or after in table("places")["short"]["followed_by"]:
        return True
    return _full_at(text, end)


def _continues(text: str, end: int, rank: Rank | None) -> bool:
    """Whether what follows makes another word of a rank (市场), not a name of its own (济南市长清区)."""
    if rank is None or text[end : end + 1] not in tuple(rank.not_before):
        return False
    return not _full_at(text, end) and not text.startswith(tuple(table("places")["clear_of_rank"]), end)


def _full_at(text: str, at: int) -> bool:
    return any(text.startswith(name.written, at) for name in _known().get(text[at : at + 2], ()) if name.full)


def _of(divisions: Sequence[Division], start: int, end: int) -> Place:
    """The widest of the divisions that a name stands for, with its parent where only one is."""
    widest = divisions[0]
    parents = {division.parent for division in divisions if division.level == widest.level}
    parent = widest.parent if len(parents) == 1 else ""
    return Place(start, end, widest.name, widest.stem, widest.level, parent or None)


def _ranked_at(left: _Left, at: int, rank: Rank, places: Sequence[Place]) -> Place | None:
    """The unknown place whose rank stands at `at`."""
    end = at + len(rank.word)
    if _continues(left.text, end, rank):
        return None
    if places and at == places[-1].end:
        return _added(left.text, places[-1], rank, end)
    begin = _number_begins(left, at) if rank.numbered else _name_begins(left, at, rank)
    if begin is None or _is_described(left.text, begin):
        return None
    written = left.text[begin:at]
    return Place(begin, end, written + rank.word, written or rank.word, rank.level, None)


def _added(text: str, before: Place, rank: Rank, end: int) -> Place | None:
    """A rank right behind a place: a zone of it (东山县经开区), or the rest of its name (苏州街道)."""
    if rank.alone:
        return Place(before.end, end, rank.word, rank.word, rank.level, None)
    written = text[before.start : before.end]
    if (
        written in (before.stem, *also_called().get(before.name, ()))
        and rank.word not in table("places")["short"]["no_rank"]
    ):
        return Place(before.start, end, written + rank.word, written, rank.level, None)
    return None


def _number_begins(left: _Left, at: int) -> int | None:
    """Where the number before a rank begins that is numbered: 第二师, 29团."""
    begin = at
    while begin > max(left.done, at - _RUN) and _counts(left.text[begin - 1]):
        begin -= 1
    if begin == at:
        return None
    if begin > left.done and left.text[begin - 1] == "第":
        return begin - 1
    return begin if at - begin > 1 and (left.bounded(begin) or _lead_before(left.text, begin, left.done)) else None


def _name_begins(left: _Left, at: int, rank: Rank) -> int | None:
    """Where the name before a rank begins: behind the last word that leads to it, else at the sure border."""
    start = at
    while start > max(left.done, at - _RUN) and not left.bounded(start):
        start -= 1
    sure = left.bounded(start)
    if start == at:
        return at if rank.alone and sure else None
    if start == left.done and _is_part_name(left, start, at, rank):
        return start
    if any(len(_lead_before(left.text, begin, start)) > 1 for begin in range(at, at - rank.least, -1)):
        return None  # what leads to a name leads to the rank itself here: 推进社区…
    least = 1 if left.text[at - 1] in table("places")["letters"] else rank.least
    for begin in range(at - least, start, -1):
        lead = _lead_before(left.text, begin, start)
        if lead and _leads(left, lead, begin, start, sure and at - start <= rank.most):
            return begin if _is_name(left.text[begin:at], rank) else None
    return start if sure and _is_name(left.text[start:at], rank) else None


def _leads(left: _Left, lead: str, begin: int, start: int, sure: bool) -> bool:
    """Whether a word that can lead to a name does so; 和 or 向 in the midst of a short run may be part of one."""
    words = _leads_by_kind()
    opens = begin - len(lead) == start
    if lead in words["joining"] and opens and sure:
        return start > 0 and (start == left.done or not _ends_clause().match(left.text, start - 1))
    return lead not in words["weak_leads"] or opens or not sure


def _lead_before(text: str, at: int, start: int) -> str:
    """The longest word that leads to a name and ends at `at`, not begun before `start`; empty where none does."""
    if at == 0 or text[at - 1] not in _lead_ends():
        return ""
    for length in range(min(_longest_lead(), at - start), 0, -1):
        if text[at - length : at] in _leads_by_kind()["all"]:
            return text[at - length : at]
    return ""


def _is_name(stem: str, rank: Rank) -> bool:
    """Whether what stands before a rank is a name, not a number, a question or a kind of place."""
    if len(stem) < rank.least:
        return stem in tuple(table("places")["letters"])
    if len(stem) > rank.most or stem.endswith(rank.kinds) or _counts(stem[-1]):
        return False
    if len(stem) > 2 and stem[-1] in rank.endings + table("places")["ends_no_name"]:
        return False
    words = table("places")
    if stem in words["begins_a_name"]:
        return True
    if stem[0] in words["begins_no_name"] or stem[-1] in words["never_ends"]:
        return False
    if stem[0] in _leads_by_kind()["all"] and stem[1:] in tuple(rank.endings):
        return False  # 为乡镇, 及城镇
    return not (_no_name().search(stem) or all(char in ranks() for char in stem))


def _is_part_name(left: _Left, start: int, at: int, rank: Rank) -> bool:
    """Whether what stands between a wider place and a rank below a county's is a name: 查干 of 温泉县查干乡.

    Right behind a place names may hold what elsewhere leads to one or ends another word.
    """
    words, stem = table("places")["part"], left.text[start:at]
    longer = _rank_words().match(left.text, at + len(rank.word))
    if longer and longer[0] != rank.word:  # 中关村街道
        return False
    if rank.level not in words["levels"] or not left.level or width(left.level) >= width(rank.level):
        return False
    if not max(rank.least, 2) <= len(stem) <= rank.most or _counts(stem[-1]) or _part_breaks().search(stem):
        return False
    if any(stem.endswith(kind) and (len(kind) > 1 or kind not in words["ends"]) for kind in rank.kinds):
        return False
    return not any(len(_lead_before(stem, end, 0)) > 1 for end in range(2, len(stem) + 1))


def _counts(char: str) -> bool:
    return char in table("places")["numerals"]


def _beneath(place: Place, places: Sequence[Place]) -> Place:
    """A place with the parent that stands right before it in the text, where the table doesn't know better."""
    above = places[-1] if places and places[-1].end == place.start else None
    if above is None or width(above.level) > width(place.level):
        return place
    for one in by_name().get(place.name, ()):
        if above.name in ancestors(one):
            return replace(place, level=one.level, parent=one.parent)
    if (place.parent and above.name in by_name()) or place.level == "province":
        return place
    below = "county" if above.level == place.level == "prefecture" else place.level
    return replace(place, level=below, parent=above.name)


def _own_level(rank: str) -> str:
    return ranks()[rank].level if rank in ranks() else "province"


def rank_pattern(*levels: str) -> str:
    """A pattern of the ranks of places of these levels; of all where none is given."""
    return alternation(word for word, rank in ranks().items() if not levels or rank.level in levels)


@functools.cache
def _own_words() -> re.Pattern[str]:
    words = table("places")["own"]
    whole = rf"(?<![{words['not_after']}])(?:{alternation(words['words'])})(?P<rank>{alternation(words['ranks'])})"
    alone = rf"(?P<alone>{alternation(words['alone'])})(?![{words['alone_not_before']}])"
    return re.compile(rf"{whole}(?![{words['not_before']}])|{alone}")


@functools.cache
def _known() -> dict[str, tuple[_Name, ...]]:
    """What may be written for the divisions, by its first two characters, the longest first."""
    names_by_opening: dict[str, list[_Name]] = {}
    for name in _names():
        names_by_opening.setdefault(name.written[:2], []).append(name)
    return {key: tuple(sorted(names, key=lambda name: -len(name.written))) for key, names in names_by_opening.items()}


def _names() -> Iterator[_Name]:
    words = table("places")["short"]
    stems: dict[str, list[Division]] = {}
    for name, divisions in by_name().items():
        yield _Name(name, divisions, _borders(name), "")
        stems.setdefault(divisions[0].stem, []).extend(divisions)
    for written, name in colloquial().items():
        yield _Name(written, by_name()[name], "left" if len(written) == 2 else "", "")
    for written, called in stems.items():
        if written not in by_name() and written not in words["never"] and called[0].level != "zone":
            sure = called[0].level in words["bounded_levels"] or written in words["bounded"]
            yield _Name(written, tuple(called), "both" if sure else "", words["not_after"].get(written, ""))


def _borders(name: str) -> str:
    """Which borders a full name needs: 城区 is a district, and a kind of place far more often; 范县 ends 示范县."""
    if len(name) == 2 and name.endswith("区"):
        return "subject"
    return "left" if len(name) == 2 or name in table("places")["short"]["plain"] else ""


@functools.cache
def _rank_words() -> re.Pattern[str]:
    return re.compile(alternation(ranks()))


@functools.cache
def _ends_clause() -> re.Pattern[str]:
    return re.compile(rf"[{ENDS}{COMMAS}\n]")


@functools.cache
def _part_of() -> re.Pattern[str]:
    return re.compile(alternation(table("places")["short"]["not_before"]))


@functools.cache
def _no_name() -> re.Pattern[str]:
    return re.compile(alternation(table("places")["no_name"]))


def _is_described(text: str, begin: int) -> bool:
    """Whether what looks like a name begins in or right behind a word for what a place is to be: 现代化滨水新区."""
    words = _described().finditer(text, max(0, begin - _RUN), begin + _RUN)
    return any(word.start() < begin <= word.end() for word in words)


@functools.cache
def _described() -> re.Pattern[str]:
    return re.compile(alternation(table("places")["describing"]))


@functools.cache
def _part_breaks() -> re.Pattern[str]:
    """What no name holds, wherever it stands, and what none begins or ends with."""
    words = table("places")["part"]
    never = alternation(word for word in table("places")["no_name"] if word not in words["may_hold"])
    return re.compile(rf"{never}|[{words['never']}]|[{words['never_ends']}]$")


@functools.cache
def _leads_by_kind() -> dict[str, frozenset[str]]:
    words = table("places")
    kinds = {kind: frozenset(words[kind]) for kind in ("leads", "weak_leads", "joining")}
    return kinds | {"all": frozenset().union(*kinds.values())}


@functools.cache
def _lead_ends() -> frozenset[str]:
    return frozenset(lead[-1] for lead in _leads_by_kind()["all"])


@functools.cache
def _longest_lead() -> int:
    return max(map(len, _leads_by_kind()["all"]))
