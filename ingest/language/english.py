"""English terms of work reports and what Chinese reports write for them. The words are rows of data/english.tsv."""

from __future__ import annotations

import functools

from ingest.language.words import rows


@functools.cache
def terms() -> dict[str, tuple[str, ...]]:
    """A term in small letters, singular → its Chinese in Simplified script, the commonest first."""
    return {english: tuple(chinese.split("|")) for english, chinese in rows("english")}
