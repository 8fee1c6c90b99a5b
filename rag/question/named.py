"""What a question names and how it means it, looked for once in its whole text. Pure.

What is told is held against this, by every feature and for every sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.language import bodies, dates, places, telling
from rag.question.kind import ordinals


@dataclass(frozen=True, slots=True)
class Named:
    """The places, organisations, dates, periods of a year, ordinals and ranks that a folded question names; whether it
    speaks of all there is, of what came new, and of what wasn't so."""

    places: tuple[places.Place, ...]
    bodies: tuple[bodies.Body, ...]
    dates: tuple[dates.Date, ...]
    periods: frozenset[tuple[int, int]]
    ordinals: frozenset[str]
    every: bool
    newly: bool
    denied: bool


def named(folded: str) -> Named:
    """What a folded question names."""
    return Named(
        places=tuple(places.find(folded)),
        bodies=tuple(bodies.find(folded)),
        dates=tuple(dates.find(folded)),
        periods=dates.periods(folded),
        ordinals=ordinals(folded),
        every=telling.all_asked(folded),
        newly=telling.newly(folded),
        denied=telling.denied(folded),
    )
