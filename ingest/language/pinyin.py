"""Pinyin annotations: `報(bào)告`. A converter put `(pinyin)` behind characters it had made Traditional.

One is removed only when it is a reading of the very character before it, so brackets holding other
Latin text stay; and only where the text was converted, so that a dictionary's own gloss stays too.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata

from ingest.language.marks import HAN
from ingest.language.script import to_simplified
from ingest.offsets import Replacement

LETTERS = "a-zü\u00e0-\u01dc\u1e3f\u1ebf\u1ec1\u0300-\u030c"

# An annotation inside an annotation starts with a NUL: the converter read a byte of the outer one as Han.
_NESTED = rf"(?:\(\x00[{LETTERS}]{{1,8}}\))?"
ANNOTATION = re.compile(rf"\(([{LETTERS}]{{1,8}}){_NESTED}([{LETTERS}]{{0,6}})\)")
# As others write it: IPA's letters, `lu:`, either width of bracket, spaces within it.
_INSIDE = rf"[ \u3000]?([{LETTERS}ɑɡ:\']{{1,8}}){_NESTED}([{LETTERS}]{{0,6}})[ \u3000]?[)）]"
_WRITTEN = re.compile(rf"[(（]{_INSIDE}")
# The bracket comes first and then what is before it: a pattern that begins with a character is searched for faster.
_ANNOTATED = re.compile(rf"[(（](?<=[{HAN}].){_INSIDE}(?:{_WRITTEN.pattern})*")
_SPELLINGS = str.maketrans({"ɑ": "a", "ɡ": "g", "'": None})
_SPELT = 64  # ways of reading a name, at most
_SOME = 3  # annotations behind converted characters that show a text went through the converter


@functools.lru_cache(maxsize=8192)
def readings(char: str) -> frozenset[str]:
    """Every reading of a character, with and without tone marks, ü also as v, u: and u (pypinyin's dictionary)."""
    from pypinyin import Style, pinyin

    toned = {unicodedata.normalize("NFC", reading) for reading in pinyin(char, style=Style.TONE, heteronym=True)[0]}
    toneless = {_toneless(reading) for reading in toned}
    umlaut = {reading.replace("ü", typed) for reading in toneless if "ü" in reading for typed in ("v", "u:", "u")}
    return frozenset(toned | toneless | umlaut)


def spellings(name: str) -> set[str]:
    """How a short name may be written in pinyin without tones, in one word: 重山 is chongshan or zhongshan."""
    read = ({reading for reading in readings(char) if reading.isascii() and reading.isalpha()} for char in name)
    return {"".join(syllables) for syllables in itertools.islice(itertools.product(*map(sorted, read)), _SPELT)}


def pronounces(annotation: str, char: str) -> bool:
    """Whether the letters between the brackets are a reading of the character."""
    return unicodedata.normalize("NFC", annotation.translate(_SPELLINGS).lower()) in readings(char)


def pinyin_annotations(text: str) -> list[Replacement]:
    """The removal of each `(pinyin)` that pronounces the character before it."""
    removals = []
    converted = 0
    for match in _ANNOTATED.finditer(text):
        char = text[match.start() - 1]
        end = match.start()
        for annotation in _WRITTEN.finditer(match[0]):
            if not pronounces(annotation[1] + annotation[2], char):
                break
            end = match.start() + annotation.end()
        if end > match.start():
            changed = to_simplified(char) != char
            converted += changed
            removals.append((changed, Replacement(match.start(), end, "")))
    return [replacement for changed, replacement in removals if changed or converted >= _SOME]


def without_annotations(text: str) -> str:
    """The text with everything shaped like an annotation left out; for judging, not for showing."""
    return ANNOTATION.sub("", text)


def _toneless(reading: str) -> str:
    marks = unicodedata.normalize("NFD", reading)
    return unicodedata.normalize("NFC", "".join(c for c in marks if not "\u0300" <= c <= "\u0304" and c != "\u030c"))
