"""Units in which reports measure and count: their dimension, factor and kinds, from `data/units.toml`.

Pure. A unit that the table does not know has no kind and converts to nothing but itself.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.language.words import table

_MEASURED = (
    "length", "area", "volume", "mass", "power", "energy", "voltage", "apparent_power", "frequency", "data",
    "computing", "duration", "share", "points", "temperature",
)  # fmt: skip


CURRENCY = "元"
"""The unit of money that may be any currency's where one is named before the number."""


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` turns a value in the unit into one in `base`, the base unit of its dimension; 1 for what is counted."""

    word: str
    dimension: str
    base: str
    factor: float
    measured: bool


def unit(word: str) -> Unit | None:
    """The unit that a word is."""
    return _units().get(word)


def all_units() -> frozenset[str]:
    """Every unit of the table."""
    return frozenset(_units())


def kinds(word: str) -> frozenset[str]:
    """The kinds of things that are counted in a unit, and the dimension of one that measures (money: "money")."""
    return _kinds().get(word, frozenset())


def of_kind(kind: str) -> frozenset[str]:
    """The units of a kind."""
    return frozenset(word for word, its_kinds in _kinds().items() if kind in its_kinds)


def convertible(one: str, other: str) -> bool:
    """Whether figures in two units may be added or compared: of one dimension and currency, or counts of one kind."""
    if one == other:
        return True
    a, b = unit(one), unit(other)
    if a is None or b is None or a.measured != b.measured:
        return False
    if a.measured:
        return a.dimension == b.dimension
    return bool(kinds(one) & kinds(other)) and _counts_times(one) == _counts_times(other)


def subunits(word: str) -> Mapping[str, float]:
    """The parts that may follow a unit (3角5分 behind 12元), with their share of it."""
    smaller: Mapping[str, float] = table("units")["parts"].get(word, {})
    return smaller


def _counts_times(word: str) -> bool:
    return word in table("units")["times"]["units"]


@functools.cache
def _units() -> dict[str, Unit]:
    rows = table("units")
    measures = [(dimension, rows[dimension]) for dimension in _MEASURED]
    measures += [(f"money:{currency}", row) for currency, row in rows["money"].items()]
    words_to_units = {
        word: Unit(word, dimension, row["base"], float(factor), True)
        for dimension, row in measures
        for word, factor in row["units"].items()
        if word
    }
    for kind, words in rows["counted"].items():
        for word in words:
            words_to_units.setdefault(word, Unit(word, kind, word, 1.0, False))
    return words_to_units


@functools.cache
def _kinds() -> dict[str, frozenset[str]]:
    kinds_of: dict[str, set[str]] = {
        word: {its.dimension.partition(":")[0]} for word, its in _units().items() if its.measured
    }
    counted: Mapping[str, Iterable[str]] = table("units")["counted"]
    for kind, words in counted.items():
        for word in words:
            kinds_of.setdefault(word, set()).add(kind)
    return {word: frozenset(its_kinds) for word, its_kinds in kinds_of.items()}
