"""Which places a question names, and by which names reports may write them. Pure; Simplified script."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ingest.language import places
from ingest.language.divisions import also_called, by_name, called
from ingest.language.places import rank_pattern, stem
from ingest.language.words import alternation, table


@dataclass(frozen=True, slots=True)
class Named:
    """A place that a text names, with all that stands right before it (巴州和静县): `text[start:end]`.

    `names` are its own names without their ranks, the one written first: 巴州, 巴音郭楞; with its rank where places of
    several ranks share the name: 伊宁县.
    """

    start: int
    end: int
    names: tuple[str, ...]


def known_places(regions: Iterable[str]) -> frozenset[str]:
    """Names without their ranks of the regions of which only the reports know, not the table of divisions."""
    return frozenset(stem(region) for region in regions if region not in by_name())


def names_of(place: places.Place, written: str, shared: Collection[str] = ()) -> tuple[str, ...]:
    """What a place is called: without its rank, but a town, a zone or a village with it (东海镇 is not 东海县), and so
    one that shares its stem with a place of another rank (伊宁县), by the table or as one of the stems `shared`."""
    if places.width(place.level) > places.width("county"):
        return (written,)
    if written != place.stem and (place.stem in shared or places.is_shared(written)):
        return tuple(dict.fromkeys((written, place.name, *also_called().get(place.name, ()))))
    others = tuple(name for name in also_called().get(place.name, ()) if not name.startswith(place.stem))
    return tuple(dict.fromkeys((written, place.stem, *others) if written in others else (place.stem, *others)))


def shared_stems(found: Iterable[places.Place]) -> frozenset[str]:
    """The stems by which a text names places of several ranks: 东山 of 东山县 and 东山市."""
    names: dict[str, set[str]] = {}
    for place in found:
        if place.name != place.stem:
            names.setdefault(place.stem, set()).add(place.name)
    return frozenset(stem for stem, each in names.items() if len(each) > 1)


@functools.lru_cache(4096)
def writing(name: str) -> re.Pattern[str]:
    """How a text writes the place of this name: a name with its rank also without, but with no other rank."""
    bare = stem(name)
    if bare == name or len(bare) < 2 or places.width(places.level(name) or "village") > places.width("county"):
        return re.compile(re.escape(name))
    return re.compile(rf"{re.escape(name)}|{re.escape(bare)}(?!{rank_pattern()})")


def stands(name: str, text: str) -> bool:
    """Whether a text writes the place of this name."""
    return bool(writing(name).search(text))


def named(text: str, known: Collection[str] = ()) -> tuple[Named, ...]:
    """The places that a text names, in order, each part of a nested name for itself.

    `known` are names without ranks of places that the reports know.
    """
    told = places.find(text)
    shared = shared_stems(told)
    parts = ((p, _parted(p, text, known)) for p in told)
    found = [n for p, two in parts for n in two or [Named(p.start, p.end, names_of(p, text[p.start : p.end], shared))]]
    for name in sorted(known, key=len, reverse=True):
        for match in re.finditer(re.escape(name), text):
            if not any(place.start < match.end() and match.start() < place.end for place in found):
                found.append(Named(match.start(), match.end(), (name,)))
    return tuple(sorted(found, key=lambda place: place.start))


def _parted(place: places.Place, text: str, known: Collection[str]) -> list[Named]:
    """A place that the table doesn't know and what it lies in, a place of the table's or the reports', where a text
    runs them together: 东山 and 安平 of 东山安平县, 新洲 and 军安社区 of 新洲军安社区; nothing where it is one name."""
    large = places.width(place.level) <= places.width("county")
    own = stem(text[place.start : place.end]) if place.name not in by_name() else ""
    ends = next(
        (end for end in range(2, len(own) - 1) if own[:end] in known or (not large and called(own[:end]))), None
    )
    if ends is None or _of_a_street().match(own, ends):
        return []
    border = place.start + ends
    inner = own[ends:] if large else text[border : place.end]
    return [Named(place.start, border, (own[:ends],)), Named(border, place.end, (inner,))]


@functools.cache
def _of_a_street() -> re.Pattern[str]:
    """How a name goes on that only begins as a place is called: 西路 of 北京西路社区."""
    words = table("places")["streets"]
    return re.compile(rf"[{words['sides']}]?(?:{alternation(words['words'])})")


def whole(found: Sequence[Named]) -> tuple[Named, ...]:
    """The places with what they lie in, where that stands right before them: 巴州和静县 is one."""
    joined: list[Named] = []
    for place in found:
        nested = joined and joined[-1].end == place.start
        joined.append(Named(joined.pop().start, place.end, place.names) if nested else place)
    return tuple(joined)


def places_asked(folded: str, known: Collection[str] = ()) -> tuple[tuple[str, ...], ...]:
    """The names of each place that a folded question names, without their ranks, in order."""
    return tuple(dict.fromkeys(place.names for place in named(folded, known)))


def place_of(question: str, known: Collection[str] = ()) -> str | None:
    """The first place that a question names, as it is written, with what it lies in; None where it names none."""
    first = next(iter(whole(named(question, known))), None)
    return question[first.start : first.end] if first else None


def without_places(text: str, known: Collection[str] = ()) -> str:
    """A text with a space in the place of every place that it names."""
    for place in reversed(named(text, known)):
        text = f"{text[: place.start]} {text[place.end :]}"
    return text
