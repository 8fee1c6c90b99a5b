"""One script for searching: Traditional characters folded to Simplified, character by character (OpenCC).

Guarantees: folding keeps the length, so offsets in the folded text are offsets in the text.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING

from ingest.language.words import alternation, rows

if TYPE_CHECKING:
    from opencc import OpenCC


# Radicals (Kangxi and supplement) and compatibility ideographs; each has one character in its place, if any.
_ODD = re.compile(r"[\u2e80-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1f]")
_ROUNDS = 4  # a character or two of a million folds to one that folds again


@functools.cache
def _converter(name: str) -> OpenCC:
    from opencc import OpenCC

    return OpenCC(name)


def to_simplified(text: str, *, anyway: bool = False) -> str:
    """The text in Simplified script, of the same length; folding twice changes nothing more.

    A line that is in Simplified script already stays, unless `anyway`: 首批覆盖 doesn't become 首批复盖, though 批覆 is
    批复.
    """
    for _ in range(_ROUNDS):
        folded = _convert("t2s", text) if anyway else _where_traditional(text, _convert("t2s", text))
        if folded == text:
            break
        text = folded
    return text


def _where_traditional(text: str, folded: str) -> str:
    """The folded text, with every line as it was that holds no character of Traditional script alone."""
    if folded == text:
        return text
    at, lines = 0, []
    for line in text.splitlines(keepends=True):
        changed = folded[at : at + len(line)]
        traditional = (_one("t2s", a) != a for a, b in zip(line, changed, strict=True) if a != b)
        lines.append(changed if any(traditional) else line)
        at += len(line)
    return "".join(lines)


def fold_script(text: str) -> str:
    """As `to_simplified`, with the words put right that it doesn't bring back by itself, 座標 → 坐标 and not 座標, and
    with radicals and compatibility forms read as the characters that they stand for.

    Reports and questions are both folded so. The words are in lost_words.tsv, which `lexicon.lost_words` made.
    """
    text = _ODD.sub(lambda match: _plain(match[0]), text)
    for _ in range(_ROUNDS):
        folded = to_simplified(text)
        restored = _with_lost_words(text, folded) if folded != text else folded
        if restored == folded:
            break
        text = restored
    return restored


@functools.cache
def _plain(char: str) -> str:
    """The character that a radical or a compatibility form stands for."""
    return _radicals().get(char) or unicodedata.normalize("NFKC", char)


@functools.cache
def _radicals() -> dict[str, str]:
    return {row[0]: row[1] for row in rows("radicals")}


def _with_lost_words(text: str, folded: str) -> str:
    restored = list(folded)
    pattern, words = _lost_words()
    for match in pattern.finditer(text):
        restored[match.start() : match.end()] = words[match[0]]
    return "".join(restored)


@functools.cache
def _lost_words() -> tuple[re.Pattern[str], dict[str, str]]:
    words = {row[0]: row[1] for row in rows("lost_words")}
    return re.compile(alternation(words)), words


def to_traditional(text: str, *, plain: bool = False) -> str:
    """The text in Traditional script, of the same length; for showing, not for searching.

    OpenCC's s2tw, because its variants (群, 為, 裡) are those people type; `plain` is s2t: 羣, 爲, 裏.
    """
    return _convert("s2t" if plain else "s2tw", text)


def _convert(name: str, text: str) -> str:
    if text.isascii():
        return text
    convert = _converter(name).convert
    whole: str = convert(text)
    if len(whole) == len(text):
        return whole
    # A phrase of another length: convert line by line, then character by character where it stands.
    lines = []
    for line in text.splitlines(keepends=True):
        converted: str = convert(line)
        lines.append(converted if len(converted) == len(line) else "".join(_one(name, char) for char in line))
    return "".join(lines)


def _one(name: str, char: str) -> str:
    converted: str = _converter(name).convert(char)
    return converted if len(converted) == 1 else char
