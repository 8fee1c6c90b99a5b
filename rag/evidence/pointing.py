"""Which of several figures or dates in a sentence answers: a softmax over a few named features. Pure.

What each is worth is fitted on questions of authors that the reader wasn't taught by (`make judge`), and kept in
`pointing.json` beside this module.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.language import dates, figures, marks, telling, units
from ingest.language.places import Place, same, stem
from ingest.language.places import find as places_in
from ingest.language.questions import function_words
from rag.evidence.rows import is_row
from rag.evidence.subject import fold_same_length
from rag.question.query import Query

WEIGHTS = Path(__file__).with_name("pointing.json")
_TELLING = 2  # characters from which on what a cell's head shares with the question tells it from others
_COLONS = marks.COLONS.replace("\\", "")
_LONGEST = 8  # characters that a figure's name may share with the question
_CUTS = f"{marks.ENDS}{marks.PAUSES}{marks.LISTING}(（)）"
_CELL_CUTS = (
    f"{marks.ENDS}{marks.COMMAS}{marks.LISTING}(（)）\t"  # a table's row parts its cells by tabs, heads by colons
)

Run = tuple[int, int]
Scored = tuple[int, int, float]
"""(start, end, share in [0, 1]) of a place that the reader points at."""


@dataclass(frozen=True)
class Spots:
    """The places of a sentence that may answer a question, in order, and those that the reader points at."""

    query: Query
    text: str
    places: Sequence[Run]
    spans: Sequence[Scored]
    year: int | None = None
    """The report's, from which 去年 is seen."""

    @classmethod
    def of(
        cls, query: Query, text: str, places: Sequence[Run], spans: Sequence[Scored], year: int | None = None
    ) -> Spots:
        """Of a sentence as the report writes it."""
        return cls(query, fold_same_length(text), places, spans, year)

    def under_the_head_asked(self) -> Spots:
        """Only the places in cells of a table's row whose head shares most with the question, where one does; none
        where that cell holds none."""
        if not is_row(self.text):
            return self
        shared = [self._of_head(self._before(i).rstrip(_COLONS)) for i in range(len(self.places))]
        heads = [cell.partition(":")[0] for cell in self.text.split("\t") if ":" in cell]
        most = max([*map(self._of_head, heads), *shared], default=(0, False))
        if most[0] < _TELLING:
            return self._under_the_thing_counted()
        kept = [place for place, length in zip(self.places, shared, strict=True) if length == most]
        return replace(self, places=kept)

    def _of_head(self, head: str) -> tuple[int, bool]:
        return shared_with(head, self._words)

    def of_the_year_asked(self) -> Spots:
        """Without what is told of other years, where something is told of the one asked about."""
        years = [self._at_year(start) for start, _ in self.places]
        kept = [place for place, year in zip(self.places, years, strict=True) if year > 0]
        return replace(self, places=kept) if kept else self

    def _under_the_thing_counted(self) -> Spots:
        """Only the places in the one cell whose head names what is counted, be it in one character: 税收 for 多少税."""
        thing = self.query.expected.head
        kept = [place for i, place in enumerate(self.places) if thing and thing in self._before(i).rstrip(_COLONS)]
        return replace(self, places=kept) if len(kept) == 1 else self

    def features(self) -> list[dict[str, float]]:
        """What is known of each place, in a range of about one."""
        shared = [self._shared(i) for i in range(len(self.places))]
        heads = [self.query.head.share(self._beside(i)) for i in range(len(self.places))]
        return [
            {
                "told": sum(score for start, end, score in self.spans if start < place[1] and place[0] < end),
                "first": float(i == 0),
                "unit": float(self._in_the_unit(place)),
                "most_shared": float(_alone(shared, i)),
                "head": heads[i],
                "most_head": float(_alone(heads, i)),
                "place": self._place(place[0]),
                "adjacent": float(self._adjacent(i)),
                "all": float(telling.all_asked(self._before(i))),
                "other_all": float(telling.all_asked(self._before(i)) != self.query.named.every),
                "base": float(telling.begins(self._before(i))),
            }
            for i, place in enumerate(self.places)
        ]

    def _place(self, at: int) -> float:
        """1 where the last place, or of several years the last one, named before is asked about, -1 where it is
        another, else 0."""
        return max(-1.0, min(1.0, self._at_place(at) + self._at_year(at)))

    def _at_year(self, at: int) -> float:
        """As of places: of 去年 and 今年 in one sentence each goes up to the next."""
        question_years = set(_years(self.query.named.dates, None))
        own = {("year", self.year)} if self.year else set[tuple[str, int]]()
        seen = any(date.relative for date in self._dated)  # 得23枚,上一年得17枚: the first are the report's own year's
        if not question_years or len(set(_years(self._dated, None))) < (1 if own and seen else 2):
            return 0.0
        before = [told for date in self._dated if date.end <= at and (told := set(_years([date], self.year)))]
        last = before[-1] if before else own if seen else set()
        if not {kind for kind, _ in last} & {kind for kind, _ in question_years}:
            return 0.0
        return 1.0 if last & question_years else -1.0

    @functools.cached_property
    def _dated(self) -> Sequence[dates.Date]:
        compared = dates.comparisons(self.text)
        all_dates = dates.find(self.text)
        return [date for date in all_dates if not any(start <= date.start < end for start, end in compared)]

    def _at_place(self, at: int) -> float:
        question_places = [name for names in self.query.places for name in names]
        last = next((place for place in reversed(self._named) if place.end <= at), None) if question_places else None
        return 0.0 if last is None else 1.0 if any(self._is(last, name) for name in question_places) else -1.0

    def _is(self, place: Place, name: str) -> bool:
        """Whether a place that the text names is the one of a name that is asked about."""
        return same(self.text[place.start : place.end], name) or (name == stem(name) and name in place.name)

    @functools.cached_property
    def _cuts(self) -> str:
        return _CELL_CUTS if is_row(self.text) else _CUTS

    @functools.cached_property
    def _named(self) -> Sequence[Place]:
        return places_in(self.text)

    def _before(self, i: int) -> str:
        """What stands before a place, from the mark or the place before it."""
        start = self.places[i][0]
        begun = max((end for _, end in self.places if end <= start), default=0)
        return self.text[max(begun, max(self.text.rfind(cut, begun, start) for cut in self._cuts) + 1) : start]

    def _after(self, i: int) -> str:
        """What stands behind it, up to the next mark or place."""
        end = self.places[i][1]
        stop = min((start for start, _ in self.places if start >= end), default=len(self.text))
        return re.split(f"[{re.escape(self._cuts)}]", self.text[end:stop], maxsplit=1)[0]

    def _beside(self, i: int) -> str:
        return f"{self._before(i)}\n{self._after(i)}"

    def _shared(self, i: int) -> int:
        return sum(_in_common(part, self._words)[0] for part in (self._before(i), self._after(i)))

    def _adjacent(self, i: int) -> bool:
        length, behind = _in_common(self._before(i).rstrip(_COLONS), self._words)
        return length > 1 and not behind

    @functools.cached_property
    def _words(self) -> str:
        return function_words().sub(" ", self.query.question.folded)

    def _in_the_unit(self, place: Run) -> bool:
        unit = self.query.expected.unit
        held = figures.find(self.text[slice(*place)]) if unit else ()
        return bool(held) and (held[0].unit == unit or bool(units.kinds(held[0].unit) & units.kinds(unit)))


FEATURES = (
    "told",
    "first",
    "unit",
    "most_shared",
    "head",
    "most_head",
    "place",
    "adjacent",
    "all",
    "other_all",
    "base",
)
"""By the names under which their weights are kept."""


def chosen(spots: Spots) -> tuple[Run, float]:
    """(the place that answers most likely, its share in [0, 1] among them all); of at least one place."""
    under = spots.under_the_head_asked()
    spots = under if under.places else spots
    if len(spots.places) == 1:
        return spots.places[0], 1.0
    odds = [sum(weight * features[name] for name, weight in weights().items()) for features in spots.features()]
    best = max(range(len(odds)), key=lambda i: (odds[i], -i))
    return spots.places[best], 1 / sum(math.exp(each - odds[best]) for each in odds)


@functools.cache
def weights() -> Mapping[str, float]:
    """The log odds of a unit of each feature, as they were fitted."""
    held: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return held


def _alone(scores: Sequence[float], i: int) -> bool:
    return scores[i] > 0 and all(other < scores[i] for n, other in enumerate(scores) if n != i)


def shared_with(head: str, words: str) -> tuple[int, bool]:
    """How many characters in a row a head shares with other words, and whether these are all it has."""
    length = _in_common(head, words)[0]
    return length, length == len(head)


def _in_common(text: str, words: str) -> tuple[int, int]:
    """(the length of the longest run that both hold, the characters behind it in the text)."""
    for length in range(min(len(text), _LONGEST), 0, -1):
        for at in range(len(text) - length, -1, -1):
            run = text[at : at + length]
            if run in words and not run.isdigit() and not run.isspace():
                return length, len(text) - at - length
    return 0, len(text)


def _years(of_dates: Iterable[dates.Date], of: int | None) -> Iterator[tuple[str, int]]:
    """The years that dates tell, by themselves or from the report's own; both where that year `of` is known."""
    for date in of_dates:
        if date.year is not None:
            yield "year", date.year
        elif date.relative is not None:
            yield "offset", date.relative
            if of is not None:
                yield "year", of + date.relative
