"""Names of places compared: stem, rank, level, and what the table of divisions knows. Pure; Simplified script."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.language.words import alternation, rows, table


@dataclass(frozen=True, slots=True)
class Division:
    """A row of the table; `parent` is the full name of the division above it, empty for a province."""

    name: str
    stem: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True)
class Rank:
    """A word that ends the name of a place, and what may stand before it; see `ranks.toml`."""

    word: str
    level: str
    kinds: tuple[str, ...] = ()
    endings: str = ""
    not_before: str = ""
    least: int = 2
    most: int = 5
    alone: bool = False
    numbered: bool = False


def stem(name: str) -> str:
    """A name without its rank and peoples where two characters are left: 塔城 of 塔城地区, 伊犁; but 巴州, 沛县."""
    if divisions := by_name().get(name):
        return divisions[0].stem
    if name in colloquial():
        return name
    match = _ranked().fullmatch(name)
    return match["stem"] if match else name


def level(name: str) -> str | None:
    """One of `ranks.toml`'s `levels`, the widest that the name can have; None for an unknown name without a rank."""
    if divisions := called(name):
        return min((division.level for division in divisions), key=width)
    rank = ranks().get(rank_of(name))
    return rank.level if rank else None


def same(one: str, other: str) -> bool:
    """Whether two names can be one place's: 塔城 is 塔城地区 and 塔城市, which are two; 东海镇 is no 东海县."""
    one, other = (colloquial().get(name, name) for name in (one, other))
    if one == other:
        return True
    one_rank, other_rank = _alike(one), _alike(other)
    if one in ranks() and other in ranks():
        return one_rank == other_rank
    return stem(one) == stem(other) and (one_rank == other_rank or not one_rank or not other_rank)


def within(child: str, parent: str) -> bool:
    """Whether the table has a division of the first name below one of the second: 和静县 within 巴州 and 新疆."""
    above = {division.name for division in called(parent)}
    return any(above.intersection(ancestors(division)) for division in called(child))


def called(name: str) -> tuple[Division, ...]:
    """The divisions that a full, short or colloquial name can mean."""
    name = colloquial().get(name, name)
    return by_name().get(name) or _by_stem().get(name, ())


def is_shared(name: str) -> bool:
    """Whether places of several ranks have the stem of a name: 伊宁 of 伊宁县 and 伊宁市."""
    return len({division.name for division in _by_stem().get(stem(name), ())}) > 1


def ancestors(division: Division) -> Iterator[str]:
    """The full names of the divisions above one, the nearest first."""
    while division.parent:
        yield division.parent
        division = by_name()[division.parent][0]


def rank_of(name: str) -> str:
    """The rank that a name is written with, empty where it is written without."""
    if name in ranks():
        return name
    rest = name.removeprefix(stem(name))
    return next((rest[at:] for at in range(len(rest)) if rest[at:] in ranks()), "")


def width(name: str) -> int:
    """The place of a level among all, 0 for the widest."""
    return _levels()[name]


@functools.cache
def by_name() -> dict[str, tuple[Division, ...]]:
    """The divisions by their full names, the widest first; districts of several cities share one."""
    divisions: dict[str, tuple[Division, ...]] = {}
    for name, short, rank, parent in rows("divisions"):
        divisions[name] = (*divisions.get(name, ()), Division(name, short, rank, parent))
    return divisions


@functools.cache
def stems() -> frozenset[str]:
    """The short names of all divisions: 梅州, 巴音郭楞."""
    return frozenset(_by_stem())


@functools.cache
def _by_stem() -> dict[str, tuple[Division, ...]]:
    stems: dict[str, tuple[Division, ...]] = {}
    for divisions in by_name().values():
        stems[divisions[0].stem] = (*stems.get(divisions[0].stem, ()), *divisions)
    return stems


@functools.cache
def colloquial() -> dict[str, str]:
    """Other names of divisions → their full names: 巴州, and those that leave the peoples out (察布查尔县)."""
    names = dict(table("places")["colloquial"])
    for name, (division, *_) in by_name().items():
        if match := _autonomous().fullmatch(name.removeprefix(division.stem)):
            for rank in {match["rank"], match["rank"].removeprefix("自治")} - {"区"}:
                if division.stem + rank not in by_name():
                    names.setdefault(division.stem + rank, name)
    return names


@functools.cache
def also_called() -> dict[str, tuple[str, ...]]:
    """The full names of divisions → what else they are called: 巴音郭楞蒙古自治州 → 巴州."""
    called: dict[str, tuple[str, ...]] = {}
    for written, name in colloquial().items():
        called[name] = (*called.get(name, ()), written)
    return called


@functools.cache
def ranks() -> dict[str, Rank]:
    """The ranks by their words."""
    return {row["word"]: Rank(**row | {"kinds": tuple(row.get("kinds", ()))}) for row in table("ranks")["rank"]}


def _alike(name: str) -> str:
    rank = rank_of(name)
    return str(table("ranks")["alike"].get(rank, rank))


@functools.cache
def _levels() -> dict[str, int]:
    return {name: at for at, name in enumerate(table("ranks")["levels"])}


@functools.cache
def _autonomous() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{alternation(table('ranks')['peoples'])})族?)+(?P<rank>自治[区州县旗])")


@functools.cache
def _ranked() -> re.Pattern[str]:
    """A name of an unknown place: stem, peoples where it is autonomous, rank."""
    return re.compile(rf"(?P<stem>.{{2,12}}?)(?:{_autonomous().pattern}|(?:{alternation(ranks())}))")
