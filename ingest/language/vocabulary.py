"""How plausible a piece of Chinese is, judged by word frequencies. Pure.

The evidence is the word list that the package jieba ships (349,000 words with their counts); nothing
is typed in here. A text's plausibility is the log probability of its best segmentation into words
(a unigram model, as in jieba's own DAG search); single characters are words of one character.
"""

from __future__ import annotations

import functools
import importlib.util
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import ModelError
from ingest.language.script import to_simplified, to_traditional

_LONGEST = 6  # characters; longer words are too rare to matter
# Log probabilities of what a word list doesn't count, per character. Between a common character
# (about -5) and one that never occurs (-17); only their order matters.
_STOP, _MARK, _RARE_MARK, _ASCII, _ODD = -2.5, -5.0, -9.0, -7.0, -14.0
_NOUNS = frozenset("nj")  # kinds of words: nouns and names of every sort, and short names
_NAMES = frozenset({"ns", "nt", "nz"})
_ANYTHING = 10_000  # counts, of some 60 million, from which on a noun may stand for anything: 孩子, 地方
_RARELY = 100  # counts up to which a word of the list is hardly ever meant
_BESIDE = 2  # characters of a neighbouring word that may reach over a border
_STOPS = frozenset("，。、,.\n")
_MARKS = frozenset("；：？！“”‘’（）《》—…·;:?!()\"'-%/ ~～－")
_RARE_MARKS = frozenset("〈〉【】「」『』")
_FIGURES = frozenset("０１２３４５６７８９％℃‰")
_PAUSES = frozenset("，、；：（《“‘,;:(")


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Log probabilities of words, and the log probability of a Han character that no word contains."""

    words: dict[str, float]
    openings: frozenset[str]
    """The first two characters of each word of two or more."""
    unseen: float
    common: frozenset[str]
    """Characters in everyday use, in either script."""

    def plausibility(self, text: str) -> float:
        """The log probability of the text's best segmentation; script folded to Simplified by the caller."""
        best = [0.0] + [-math.inf] * len(text)
        for start in range(len(text)):
            for end, value in self._words_from(text, start):
                best[end] = max(best[end], best[start] + value)
        return best[-1]

    def fillings(self, before: str, chars: Sequence[str], after: str) -> list[float]:
        """`plausibility(before + char + after)` of each character; what they share is worked out once."""
        at, size = len(before), len(before) + 1 + len(after)
        shared = [0.0] + [-math.inf] * size
        for start in range(at - 1):  # how the last character before is judged depends on the filling
            for end, value in self._words_from(before, start):
                shared[end] = max(shared[end], shared[start] + value)
        over = [
            start for start in range(max(0, at + 1 - _LONGEST), at - 1) if before[start : start + 2] in self.openings
        ]
        behind = [(n, end, value) for n in range(1, len(after)) for end, value in self._words_from(after, n)]
        values = []
        for char in chars:
            text = before + char + after
            best = shared.copy()
            for start in over:
                for end in range(at + 1, min(start + _LONGEST, size) + 1):
                    best[end] = max(best[end], best[start] + self.words.get(text[start:end], -math.inf))
            for start in range(max(0, at - 1), min(at + 2, size)):
                for end, value in self._words_from(text, start):
                    best[end] = max(best[end], best[start] + value)
            for n, end, value in behind:
                best[at + 1 + end] = max(best[at + 1 + end], best[at + 1 + n] + value)
            values.append(best[-1])
        return values

    def _words_from(self, text: str, start: int) -> list[tuple[int, float]]:
        """Where each word that begins here ends, and its log probability; the single character first."""
        ends = [(start + 1, self._single(text, start))]
        if text[start : start + 2] in self.openings:
            for end in range(start + 2, min(start + _LONGEST, len(text)) + 1):
                word = self.words.get(text[start:end])
                if word is not None:
                    ends.append((end, word))
        return ends

    def _single(self, text: str, at: int) -> float:
        char = text[at]
        known = self.words.get(char)
        if known is not None and char > "\x7f":
            return known
        if char == "?" and at and not _asked(text[at - 1]):
            return _ODD
        if char in _STOPS:
            return _STOP
        if char in _MARKS:
            return _MARK
        if char in _RARE_MARKS:
            return _RARE_MARK
        if "\u3400" <= char <= "\u9fff":
            return self.unseen
        # A letter or figure, of either width, stands in company; a lone one between Han is odd.
        beside = text[max(0, at - 1) : at] + text[at + 1 : at + 2]
        if char.isascii():
            in_company = char.isdigit() or any(other.isascii() and other.isalnum() for other in beside)
            return _ASCII if char.isprintable() and in_company else _ODD
        return _ASCII if _is_wide(char) and any(map(_is_wide, beside)) else _ODD


def _asked(before: str) -> bool:
    """Whether a question can end behind this character: not behind a pause, an opening mark or a lone symbol."""
    if before in _PAUSES:
        return False
    return before.isascii() or before in _MARKS or "\u3400" <= before <= "\u9fff" or before in _FIGURES


def _is_wide(char: str) -> bool:
    return "\uff10" <= char <= "\uff5a"


def lost_words(lexicon: Lexicon) -> dict[str, str]:
    """Traditional words whose conversion from Simplified plain t2s doesn't undo: 座標 → 坐标, not 座标.

    Made by sending every listed word to Traditional script and back; `script.fold_script` reads them from a file.
    """
    simplified = [word for word in lexicon.words if len(word) > 1 and not word.isascii()]
    traditional = to_traditional("\n".join(simplified), plain=True).split("\n")
    back = to_simplified("\n".join(traditional), anyway=True).split("\n")
    lost = {}
    settled = to_simplified("\n".join(simplified), anyway=True).split("\n")
    for word, folded, there, again in zip(simplified, settled, traditional, back, strict=True):
        if folded == word and again != word and there not in (word, again):
            rival = lexicon.words.get(again)
            if rival is None or lexicon.words[word] - rival > _CLEARLY_COMMONER:
                lost[there] = word
    return lost


def is_telling_noun(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is a noun or a name of the shipped word list that tells one thing from others, and no
    commoner word reaches over its border; quick for a few."""
    held = _listed()
    count, kind = _entry(held, text[start:end])
    if kind[:1] not in _NOUNS or count > _ANYTHING:
        return False
    across = (
        text[a:b]
        for a in range(max(0, start - _BESIDE), end)
        for b in range(max(a + 2, start + 1), min(len(text), end + _BESIDE) + 1)
        if (a < start < b < end) or (start < a < end < b)
    )
    return all(_entry(held, word)[0] <= max(count, _RARELY) for word in across)


def proper(words: Iterable[str]) -> list[str]:
    """Those of some words that the list holds as names of places, bodies or things, in their order; quick for a few."""
    held = _listed()
    return [word for word in words if _entry(held, word)[1] in _NAMES]


def _entry(held: bytes, word: str) -> tuple[int, str]:
    """(how often a word was counted, what kind the list says it is: ICTCLAS tags n, ns, nt, v…); 0 and nothing for one
    that it doesn't hold."""
    at = held.find(f"\n{word} ".encode())
    if at < 0:
        return 0, ""
    _, count, kind = held[at + 1 : held.find(b"\n", at + 1)].decode().split(" ")
    return int(count), kind


@functools.cache
def _listed() -> bytes:
    """The word list as it is shipped, a word a line with its count and kind."""
    spec = importlib.util.find_spec("jieba")
    path = Path(spec.origin).with_name("dict.txt") if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ModelError(
            "缺少词表(软件包 jieba);请重新安装 wenbao",
            "the word list (package jieba) is missing; install wenbao again",
        )
    return path.read_bytes()


@functools.cache
def load_lexicon() -> Lexicon:
    """The shipped word list, read once. Raises ModelError when the package is missing."""
    counts: dict[str, int] = {}
    characters: dict[str, int] = {}
    for line in _listed().decode().splitlines():
        word, count, _ = line.split(" ")
        if len(word) <= _LONGEST:
            counts[word] = int(count)
            for char in word:
                characters[char] = characters.get(char, 0) + int(count)
    total = sum(counts.values())
    words = {word: math.log(max(count, 1) / total) for word, count in counts.items()}
    openings = frozenset(word[:2] for word in words if len(word) > 1)
    return Lexicon(words, openings, math.log(0.3 / total), _common(characters))


def _common(counts: dict[str, int]) -> frozenset[str]:
    """The characters with a high enough count, and their Traditional forms."""
    han = [chr(code) for code in range(0x4E00, 0xA000)]
    simplified = to_simplified("\n".join(han)).split("\n")
    pairs = zip(han, simplified, strict=True)
    return frozenset(char for char, folded in pairs if counts.get(folded, 0) >= _COMMON_COUNT)


_CLEARLY_COMMONER = 3.0  # natural log
_COMMON_COUNT = 1000  # of some 60 million; leaves about 4,000 characters
