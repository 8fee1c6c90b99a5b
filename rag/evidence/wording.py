"""A question in the words of the report that is read for it. Pure.

A report tells of the year before its own as 去年. A reader that is asked about 2022年 can't know that this is meant:
what the report's date says has to be put into the question first.
"""

from __future__ import annotations

import re

from ingest.language import dates
from ingest.language.dates import Date


def as_told(question: str, text: str, year: str | None) -> str:
    """The question with each year by the word that a text of a report of `year` has for it (去年), if it has one and
    doesn't write the year itself."""
    if year is None:
        return question
    told = _by_year(text, int(year))
    for date in reversed([date for date in dates.find(question) if date.year and date.until is None]):
        if word := told.get(date.year or 0):
            written = re.match(r"\d{4}年?", question[date.start : date.end])
            if written:
                question = f"{question[: date.start]}{word}{question[date.start + written.end() :]}"
    return question


def _by_year(text: str, of: int) -> dict[int, str]:
    """The years that a text tells only as years seen from its own, with the word for each; none it is compared with."""
    compared = dates.comparisons(text)
    named = [date for date in dates.find(text) if not any(start <= date.start < end for start, end in compared)]
    written = {year for date in named if date.relative is None for year in dates.years_of(date, of)}
    words = {of + (date.relative or 0): _word(text, date) for date in named if date.relative}
    return {year: word for year, word in words.items() if year not in written}


def _word(text: str, date: Date) -> str:
    """The word for the year of a date: 去年 of 去年上半年."""
    relatives = dates.relative_words()
    return max((word for word in relatives if text.startswith(word, date.start)), key=len, default="")
