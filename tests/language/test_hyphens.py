"""A hyphen at a line's end goes where it parts a word, and stays where it is the word's own."""

from __future__ import annotations

import pytest

from ingest.language import hyphens


@pytest.mark.parametrize(
    ("line", "following", "text"),
    [
        ("the annual re-", "port of the county", ""),
        ("Pho-", "tographs were shown", ""),
        ("forty thousand visi-", "tors", "a re-port"),
    ],
)
def test_parted_words(line, following, text):
    assert hyphens.parted(line, following, text)


@pytest.mark.parametrize(
    ("line", "following", "text"),
    [
        ("a well-", "known park", ""),
        ("the three-", "year plan", ""),
        ("COVID-", "infected", ""),
        ("in 2023-", "ish", ""),
        ("the Sino-", "German park", ""),
        ("a state-of-the-", "art hall", ""),
        ("it was re-", "opened", "the hall was re-opened in May"),
        ("一批-", "batch", ""),
        ("", "", ""),
        ("-", "x", ""),
    ],
)
def test_words_of_their_own_hyphen(line, following, text):
    assert not hyphens.parted(line, following, text)
