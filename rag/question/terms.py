"""The telling parts of a question and what each is worth. Pure.

A Chinese question is told by the pairs of its Han characters, its Latin words and figures; each weighs what it is rare
in the whole index (Robertson's inverse document frequency). A pair that no report holds, between pairs that
reports do hold, only straddles two words and weighs nothing. An English word stands for all the Chinese words that
translate it; whichever of them a sentence holds counts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ingest.language.questions import function_words

_ENGLISH = re.compile(
    r"^(?:how|many|much|what|which|who|whom|whose|when|where|the|a|an|of|in|on|at|is|are|was|were|be|been|does|do|did|has|have|had|to|for|and|or|"
    r"by|from|with|this|that|these|those|it|its|their|there|give|both|each|per|according|please|plan|plans|planned|target|targets|goal|aim|aims|reach|mention|mentions|"
    r"mentioned|report|reports|figures?|number|total|amount|year|years|should|will|would|one|ones|end|over|as|than|more|most|how|tell|me|many|any|also|called|name|names|set|up|held|hold|"
    r"expected|during|into|about|last|past|first|second|create|created|run|ran|district|city|province|county|prefecture|percent|percentage|share|receive|received)$"
)
_WORD = re.compile(r"[a-z][a-z&'-]*|\d[\d.]*%?|[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_SYNONYMS = {"头等": "一等", "首届": "第一届"}  # ordinals by another name

_NEAR = 0.7  # what a word near in meaning counts
_RELATED = 0.6  # what a foreign word counts of which only such words are known
_PRIOR = 100  # chunks without the word that are imagined beside those of the index
_UNSEEN = 0.4  # what a pair counts that no report holds: it may be another word for the same thing
_SELDOM = 0.1  # of how often the commonest translation is written
_LEAST = 0.15  # what a translated word counts at least, of what a word counts that no report holds
_UNKNOWN = 0.3  # what a foreign word counts that has no translation

Frequency = Callable[[str], int]
"""How many chunks hold a character, a pair or a word."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of another language: the Chinese words that translate it, and those near to it in meaning."""

    forms: tuple[str, ...]
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One telling part: any of its forms will do, each with the credit in [0, 1] that it deserves."""

    forms: tuple[tuple[str, float], ...]
    weight: float

    def within(self, text: str) -> float:
        """How much of it a folded text holds: a form's credit, less for part of a longer word."""
        best = 0.0
        for form, credit in self.forms:
            if credit <= best:
                continue
            if form in text:
                best = credit
            elif len(form) > 2 and form[0] > "\u3000":
                pairs = [form[at : at + 2] for at in range(len(form) - 1)]
                found = sum(pair in text for pair in pairs) / len(pairs)
                best = max(best, credit * found if found >= 0.5 else 0.0)
        return best


@dataclass(frozen=True, slots=True)
class Terms:
    """The telling parts of a question; their weights sum to 1, or there are none."""

    terms: tuple[Term, ...]

    def share(self, text: str) -> float:
        """The weight of the parts that a folded text holds."""
        return sum(term.weight * term.within(text) for term in self.terms)

    def missing(self, text: str) -> float:
        """The weight of the parts of which a folded text holds nothing."""
        return sum(term.weight for term in self.terms if not term.within(text))


def terms_of(folded: str) -> list[str]:
    """Pairs of neighbouring Han characters, Latin words and figures; question words left out."""
    for word, other in _SYNONYMS.items():
        folded = folded.replace(word, other)
    found: dict[str, None] = {}
    for word in _WORD.findall(function_words().sub(" ", folded)):
        if word[0].isascii():
            if not _ENGLISH.match(word):
                found[word] = None
        elif len(word) == 1:
            found[word] = None
        else:
            found.update(dict.fromkeys(word[i : i + 2] for i in range(len(word) - 1)))
    return list(found)


def weigh(folded: str, frequency: Frequency, chunks: int, lighter: str = "") -> Terms:
    """The telling parts of a Chinese question, `lighter` being what a follow-up was asked about."""
    found = _without_straddling(terms_of(folded), frequency)
    weights = {
        term: idf(frequency(term), chunks) * (0.3 if len(term) == 1 else 1.0) * (1.0 if frequency(term) else _UNSEEN)
        for term in found
    }
    for term in _without_straddling(terms_of(lighter), frequency) if lighter else []:
        weights.setdefault(term, 0.4 * idf(frequency(term), chunks))
    return _normal(Term(((term, 1.0),), weight) for term, weight in weights.items())


def weigh_words(words: Iterable[Word], frequency: Frequency, chunks: int, lighter: Iterable[Word] = ()) -> Terms:
    """The telling parts of a question in another language; a word without a translation says little."""
    found = []
    for group, worth in ((words, 1.0), (lighter, 0.4)):
        for word in group:
            held = {form: form_frequency(form, frequency) for form in (*word.near, *word.forms)}
            common = max((held[form] for form in word.forms or word.near), default=0)
            weight = max(idf(common, chunks), _LEAST * idf(0, chunks)) if held else _UNKNOWN * idf(0, chunks)
            if word.near and not word.forms:
                weight *= _RELATED
            # Of several translations, what reports seldom write is seldom what is meant.
            worths = {
                form: (1.0 if form in word.forms else _NEAR) * (1.0 if count >= _SELDOM * common else _NEAR)
                for form, count in held.items()
            }
            found.append(Term(tuple(worths.items()), weight * worth))
    return _normal(found)


def form_frequency(form: str, frequency: Frequency) -> int:
    """At most how many chunks hold a word: those that hold its rarest pair."""
    if form[0].isascii() or len(form) < 3:
        return frequency(form)
    return min(frequency(form[at : at + 2]) for at in range(len(form) - 1))


def idf(frequency: int, chunks: int) -> float:
    """Robertson's inverse document frequency; few chunks say little about how rare a word is."""
    return math.log(1 + (max(0, chunks + _PRIOR - frequency) + 0.5) / (frequency + 0.5))


def english_words(folded: str) -> list[str]:
    """The telling words of an English question, in order, figures among them."""
    return [word for word in re.findall(r"[a-z&][a-z&'-]*|\d[\d.]*%?", folded) if not _ENGLISH.match(word)]


def is_function_word(word: str) -> bool:
    """Whether an English word says nothing about what is asked."""
    return bool(_ENGLISH.match(word.lower()))


def _without_straddling(found: list[str], frequency: Frequency) -> list[str]:
    """Without the pairs no report holds that share both their characters with pairs that reports do hold."""
    held = {term for term in found if frequency(term)}
    firsts, lasts = {t[0] for t in held if len(t) == 2}, {t[1] for t in held if len(t) == 2}
    return [t for t in found if t in held or len(t) != 2 or t[0].isascii() or not (t[0] in lasts and t[1] in firsts)]


def _normal(terms: Iterable[Term]) -> Terms:
    terms = list(terms)
    total = sum(term.weight for term in terms) or 1.0
    return Terms(tuple(Term(term.forms, term.weight / total) for term in terms))
