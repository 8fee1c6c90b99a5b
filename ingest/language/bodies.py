"""The endings of names of organisations: patterns of the table `bodies.toml`."""

from __future__ import annotations

import functools

from ingest.language.words import alternation, table


@functools.cache
def bodies(*kinds: str) -> str:
    """A pattern of the endings of these kinds of organisations; of all where none is given."""
    words = table("bodies")
    return alternation(word for kind in kinds or words for word in words[kind])
