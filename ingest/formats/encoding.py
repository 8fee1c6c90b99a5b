"""Bytes to text: UTF-8, UTF-16, GB18030 or Big5, told apart by what reads as Chinese. Pure.

A file in UTF-8 into which lines in GB18030 were copied, or the other way round, is read line by line.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from config.errors import ReportError
from ingest.language.script import to_simplified
from ingest.language.vocabulary import load_lexicon

LOST = "\ufffd"  # stands for bytes that are no character

_SAMPLE = 3000  # bytes that decide between two encodings
_MIN_COMMON = 0.7  # share of a text's letters in everyday use; garbage has about a third
# Log probability per Han or unheard-of character: 1,200 pieces of 20 to 1,000 characters of encyclopedia and
# government reports have at least -8.7, the same bytes in a wrong encoding at most -10.2.
_MIN_PLAUSIBLE = -9.5
# Of one to three characters the average says less: real ones of GB2312, two at a time, have at least -10.9.
_FEW, _MIN_PLAUSIBLE_FEW = 3, -2.5
_WORDS = 2.0  # by how much words are likelier than their characters one by one, for each
# How much likelier a file in GB18030 is than one in Big5, natural log, before anything of it is read.
_USUAL = 4.0
_HAN_OR_ODD = re.compile(r"[\u3400-\u9fff\uac00-\ufaff]")
# Places that are no character, per character. A delivered text has a few, where it was cut or edited; a
# text read in a wrong encoding has at least one in twenty, random bytes one in six.
_MAX_LOST = 0.01
_FEW_LOST, _FEW_LOST_SHARE = 3, 0.05  # in a short text a few are allowed whatever their share, up to this one
_LOST_RUNS = re.compile(f"{LOST}+")
_NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030", "big5": "Big5", "cp950": "Big5", "big5hkscs": "Big5"}
_ODD_RUNS = re.compile(r"(?<![\u3041-\u30ff])[\u3041-\u30ff](?![\u3041-\u30ff])|[\u2460-\u24ff]{2,}|[\u0400-\u04ff]+")
# Letters of other scripts, which neither speak for an encoding nor against it: Latin with accents, Greek,
# Cyrillic, Roman and circled numbers, kana, full-width letters.
_NEUTRAL = re.compile(r"[\u00a0-\u024f\u0370-\u04ff\u2150-\u218f\u2460-\u24ff\u3040-\u30ff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class _Reading:
    """The bytes in one encoding, and in how many places they are no character."""

    encoding: str
    text: str
    lost: int

    @property
    def share(self) -> float:
        return self.lost / max(len(self.text), 1)

    @property
    def mostly_sound(self) -> bool:
        few = self.lost <= _FEW_LOST and self.share <= _FEW_LOST_SHARE
        return few or self.share <= _MAX_LOST


def decode(data: bytes) -> str:
    """The text, as Python's text mode reads it with `errors="replace"`: line breaks are `\\n`, and where a

    few bytes are no character stands U+FFFD. Raises ReportError when nothing fits.
    """
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        reading = _read(data, "utf-16")
        return reading.text if _plain(reading, data) else _refuse([reading], data)
    strict = _read(data, "utf-8")
    if not strict.lost and b"\0" not in data:
        return _words_in_gb(strict.text, data) or strict.text
    if (lines := _by_lines(data)) is not None:
        return lines
    readings = [strict, *(_read(data, encoding) for encoding in ("gb18030", _big5(data), *_utf16(data)))]
    sound = [reading for reading in readings if _plain(reading, data)]
    if not sound:
        # Well-formed UTF-8 is never anything else, but with zero bytes it may be UTF-16.
        return strict.text if not strict.lost else _refuse(readings, data)
    return max(sound, key=lambda reading: _plausibility(reading, data)).text


def _words_in_gb(text: str, data: bytes) -> str | None:
    """What a few characters in GB18030 say whose bytes happen to be letters in UTF-8, as those of 目录 are Ŀ¼.

    None where they aren't words, or `text`, the bytes in UTF-8, has characters that these can't be.
    """
    if text.isascii() or max(text) > "\u07ff":
        return None
    try:
        decoded = data.decode("gb2312")
    except UnicodeDecodeError:
        return None
    han = "".join(_HAN_OR_ODD.findall(decoded))
    if len(han) < 2 or len(han) < sum(not char.isascii() for char in decoded):
        return None
    lexicon = load_lexicon()
    gained = lexicon.plausibility(han) - sum(map(lexicon.plausibility, han))
    return decoded if gained >= _WORDS * len(han) else None


def _by_lines(data: bytes) -> str | None:
    """The text of a file some of whose lines are in UTF-8 and some in GB18030, what neither reads as U+FFFD.

    None where it isn't of both, or too much of it is lost.
    """
    if b"\0" in data:
        return None
    readings = [_line(line) for line in data.splitlines(keepends=True)]
    encodings = {
        reading.encoding
        for reading in readings
        if reading.encoding == "gb18030" or sum(char > "\u07ff" and char != LOST for char in reading.text) > 1
    }
    whole = _Reading("", "".join(reading.text for reading in readings), sum(reading.lost for reading in readings))
    return whole.text if len(encodings) > 1 and whole.mostly_sound else None


def _line(line: bytes) -> _Reading:
    """A line in GB18030 where it reads as Chinese so and isn't UTF-8, else in UTF-8."""
    reading = _read(line, "utf-8")
    if not reading.lost:
        return reading
    other = _read(line, "gb18030")
    return other if not other.lost and _plain(other, line) else reading


def _utf16(data: bytes) -> tuple[str, ...]:
    return ("utf-16-le", "utf-16-be") if len(data) % 2 == 0 else ()


def _big5(data: bytes) -> str:
    """Which Big5: the plain one, that with the Hong Kong characters, or that of Windows.

    Where the first has kana, the second has circled numbers; and where the second has kana, the first
    has Cyrillic letters. Kana stand in company, circled numbers don't, Cyrillic is rare.
    """
    plain, hong_kong, windows = (_read(data, encoding) for encoding in ("big5", "big5hkscs", "cp950"))
    if plain.lost > 2 * min(hong_kong.lost, windows.lost):  # in a damaged file an extension may read a little more
        return min(hong_kong, windows, key=lambda reading: reading.lost).encoding
    odd = [len(_ODD_RUNS.findall(reading.text)) for reading in (plain, hong_kong)]
    closer = odd[1] + plain.lost < odd[0]  # a lost byte makes an odd character or two of its neighbours
    return hong_kong.encoding if closer and hong_kong.lost <= plain.lost else plain.encoding


def _read(data: bytes, encoding: str) -> _Reading:
    text = data.decode(encoding, "replace")
    lost = len(_LOST_RUNS.findall(text))
    if lost and encoding in ("utf-8", "gb18030"):  # some have the sign itself in the file
        lost = max(0, lost - data.count(LOST.encode(encoding)))
    return _Reading(encoding, text, lost)


def _plain(reading: _Reading, data: bytes) -> bool:
    """Whether the bytes read as ordinary text."""
    if not reading.mostly_sound:
        return False
    sample = _sample(reading, data)
    han = "".join(_HAN_OR_ODD.findall(to_simplified(sample)))
    sound = not han or load_lexicon().plausibility(han) >= _least(reading.encoding, han)
    return sound and _commonness(sample) >= _MIN_COMMON


def _least(encoding: str, han: str) -> float:
    """The least log probability of Han characters that are read rightly."""
    everyday = encoding == "gb18030" and len(han) <= _FEW
    if everyday:
        try:
            han.encode("gb2312")
        except UnicodeEncodeError:
            everyday = False
    return _MIN_PLAUSIBLE * len(han) + (_MIN_PLAUSIBLE_FEW if everyday else 0.0)


def _plausibility(reading: _Reading, data: bytes) -> float:
    """The log probability of the sample, and of its encoding among those of Chinese, per byte."""
    sample = _sample(reading, data)
    codec = reading.encoding if reading.encoding != "utf-16" else "utf-16-le"
    size = len(sample.encode(codec, "replace"))
    usual = _USUAL if reading.encoding == "gb18030" else 0.0
    return (load_lexicon().plausibility(to_simplified(sample)) + usual) / max(size, 1)


def _sample(reading: _Reading, data: bytes) -> str:
    """The first lines that aren't ASCII, in which encodings differ; of UTF-16 the first lines."""
    if reading.encoding.startswith("utf-16"):
        return data[:_SAMPLE].decode(reading.encoding, "ignore")
    return b"\n".join(_foreign_lines(data))[:_SAMPLE].decode(reading.encoding, "ignore")


def _foreign_lines(data: bytes) -> Iterator[bytes]:
    size = 0
    for line in data.splitlines():  # no encoding but UTF-16 has a line break inside a character
        if size < _SAMPLE and (not line.isascii() or b"\0" in line):
            yield line
            size += len(line)


def _commonness(text: str) -> float:
    """The share of everyday characters, Han or ASCII, among a text's letters; 0 without any."""
    common = load_lexicon().common
    words = [
        char
        for char in to_simplified(text)
        if (char.isalnum() or char >= "\ue000" or char < " ") and not _NEUTRAL.match(char) and char not in "\r\n\t\v\f"
    ]
    everyday = sum(char in common or (char.isascii() and char >= " ") for char in words)
    return everyday / len(words) if words else 0.0


def _refuse(readings: list[_Reading], data: bytes) -> str:
    """Say at which byte the reading that comes closest goes wrong."""
    best = max(readings, key=lambda reading: _plausibility(reading, data))
    name = _NAMES.get(best.encoding, "UTF-16")
    try:
        data.decode(best.encoding)
        where = f"按 {name} 读不成文", f"as {name} it makes no sense"
    except UnicodeDecodeError as exc:
        where = f"按 {name} 在第 {exc.start} 字节出错", f"as {name} it breaks at byte {exc.start}"
    raise ReportError(
        f"不是 UTF-8、UTF-16、GB18030 或 Big5 文本({where[0]});请另存为 UTF-8",
        f"not UTF-8, UTF-16, GB18030 or Big5 text ({where[1]}); save it as UTF-8",
    )
