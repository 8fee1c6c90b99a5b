"""What to look for: a question's telling parts, the places it names and the words to search by. Pure."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ingest.language import ordinals
from ingest.language.date_forms import PLAIN_YEAR
from ingest.language.forms import form
from ingest.language.places import stem
from ingest.language.questions import asking, counting
from ingest.language.script import to_simplified
from ingest.language.words import table
from rag.question.glossary import Glossary
from rag.question.kind import Expected, expected
from rag.question.named import Named, named
from rag.question.places import places_asked, stands, without_places
from rag.question.terms import (
    Terms,
    Word,
    english_words,
    form_frequency,
    is_function_word,
    terms_of,
    weigh,
    weigh_words,
)
from rag.question.understand import fold
from rag.records import Question

_EXCEPT = re.compile(rf"[(（][^()（）]*{form('wanted', 'left_out')}[^()（）]*[)）]")
_PHRASE = 4  # words of the longest phrase that is looked up as one
_SEARCHED = 3  # translations of a word that are searched by
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_AUXILIARIES = "does|do|did|has|have|had|is|are|was|were|will|should|can"
_EN_HEAD = re.compile(
    rf"\bhow (?:many|much) (?!(?:{_AUXILIARIES}|of)\b)"
    rf"(.+?)(?: (?:{_AUXILIARIES}|in|of|at|for|from|set|visited|watched|took|attended|joined|received|there)\b|[?,]|$)"
)


class Corpus(Protocol):
    """What the index knows as a whole."""

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        ...

    @property
    def regions(self) -> Collection[str]:
        """Names without their ranks of the regions of which only the reports know."""
        ...

    @property
    def glossary(self) -> Glossary:
        """What English words are in Chinese, as far as reports hold them."""
        ...

    def frequency(self, term: str) -> int:
        """How many chunks hold a character, a pair of characters or a word."""
        ...


@dataclass(frozen=True, slots=True)
class Query:
    """A question, ready to be looked for.

    `places` are the places it names, each with its possible names; `head` the parts of the thing that is
    counted; `words` is what to search by, in Chinese whatever the question's language; `meaning` is what its vector
    is made of.
    """

    question: Question
    expected: Expected
    named: Named
    terms: Terms
    places: tuple[tuple[str, ...], ...]
    head: Terms
    words: str
    meaning: str
    core: str = ""
    """What a question in another language asks, without its places and years."""
    counted: str = ""
    """The thing that it counts, as it names it."""
    rendered: str = ""
    """And the question put into Chinese word by word, to be read as well."""


def build(question: Question, corpus: Corpus) -> Query:
    """Everything that can be known before searching."""
    return _foreign(question, corpus) if question.language == "en" else _chinese(question, corpus)


def without_scale(question: str) -> str:
    """A question in whose unit no scale stands, which is none of the unit's own: 多少万元 asks for 元."""
    return _scaled().sub(r"\g<asked>", question)


def names_place(query: Query, title: str) -> bool:
    """Whether a title names one of the places that a question asks about."""
    return any(stands(name, title) for names in query.places for name in names)


def _chinese(question: Question, corpus: Corpus) -> Query:
    question = _as_written(question, corpus)
    folded, left_out = _without_exceptions(question.folded)
    want = replace(expected(without_scale(folded)), left_out=left_out)
    context = fold(question.context)
    places = places_asked(f"{folded}\n{context}", corpus.regions)
    bare, context = without_places(folded, corpus.regions), without_places(context, corpus.regions)
    terms = weigh(_without_years(bare, want), corpus.frequency, corpus.chunks, context)
    if not terms.terms:
        terms = weigh(folded, corpus.frequency, corpus.chunks, context)
    head = weigh(want.head, corpus.frequency, corpus.chunks)
    asked_for = question.interpreted
    # Reports are folded to Simplified script, and vectors of different scripts lie further apart.
    return Query(question, want, named(question.folded), terms, places, head, asked_for, to_simplified(asked_for))


@functools.cache
def _scaled() -> re.Pattern[str]:
    scales = "".join(table("questions")["units"]["scales"])
    return re.compile(rf"(?P<asked>{asking('count')})[{scales}]+(?={counting()})")


def _as_written(question: Question, corpus: Corpus) -> Question:
    """The question with its ordinals in the way that reports write them: 第15条 or 第十五条."""
    told = {
        written: other
        for ordinal in ordinals.find(question.folded)
        for written, other in ((ordinal.han, ordinal.figures), (ordinal.figures, ordinal.han))
        if question.folded[ordinal.start : ordinal.end] == written
        and not _held(written, corpus)
        and _held(other, corpus)
    }
    for written, other in told.items():
        changed = (part.replace(written, other) for part in (question.interpreted, question.folded, question.context))
        question = replace(question, **dict(zip(("interpreted", "folded", "context"), changed, strict=True)))
    return question


def _held(ordinal: str, corpus: Corpus) -> bool:
    """Whether reports may write it so: every pair of its characters, or its figures."""
    return bool(corpus.frequency(ordinal[1:]) if ordinal[1:].isdecimal() else form_frequency(ordinal, corpus.frequency))


def _foreign(question: Question, corpus: Corpus) -> Query:
    folded = question.folded
    want = expected(folded)
    groups, places = _translate(question.text, corpus)
    head_words = _EN_HEAD.search(folded)
    head = _translate(head_words[1], corpus)[0] if head_words else []
    context, more_places = _translate(question.context, corpus) if question.context else ([], [])
    terms = weigh_words(groups, corpus.frequency, corpus.chunks, context)
    places = places or more_places
    # Vectors of two languages lie far apart: years and places as reports write them bring the question nearer.
    said = [*(f"{year}年" for year in sorted(want.years)), *(names[0] for names in places)]
    forms = [form for w in [*groups, *context] for form in (w.forms or w.near)[:_SEARCHED]]
    return Query(
        question,
        want,
        named(folded),
        terms,
        tuple(tuple(names) for names in places),
        weigh_words(head, corpus.frequency, corpus.chunks),
        " ".join([*said, *forms]) or question.interpreted,
        " ".join([question.interpreted, *said]),
        _core(question.text),
        head_words[1] if head_words else "",
        _rendered(want, said, [*context, *groups], corpus) if groups else "",
    )


def _rendered(want: Expected, said: Sequence[str], words: Sequence[Word], corpus: Corpus) -> str:
    """The Chinese for the words in their order, of several the one that reports write most."""
    ends = table("questions")["rendered"]
    chosen = [
        max(word.forms[:_SEARCHED], key=lambda form: form_frequency(form, corpus.frequency))
        for word in words
        if word.forms
    ]
    plan = ends["plan"] if want.plan else ""
    return "".join([*said, *chosen, plan, ends.get(want.kind, ends["other"])])


def _translate(text: str, corpus: Corpus) -> tuple[list[Word], list[list[str]]]:
    """(what the words of an English text may be in Chinese, the places it names), Han in it as it stands."""
    glossary = corpus.glossary
    words = [Word((part,)) for run in _HAN_RUN.findall(text) for part in terms_of(run)]
    places: list[list[str]] = []
    tokens = re.findall(r"[A-Za-z&]+(?:'[a-z]+)?|\d[\d.,]*%?", re.sub(r"['’]s\b", "", text))
    at = 0
    while at < len(tokens):
        length = 1
        for tried in range(min(_PHRASE, len(tokens) - at), 0, -1):
            phrase = " ".join(tokens[at : at + tried])
            if len(english_words(phrase.lower())) < min(tried, 2):
                if tried > 1:
                    continue
                break
            if phrase[0].isupper() and (names := _chinese_names(glossary, phrase)):
                places.append(names)
            elif phrase[0].isdigit() and tried == 1:
                words += [Word((phrase,))] if not re.fullmatch(PLAIN_YEAR, phrase) else []
            elif forms := glossary.forms(phrase):
                words.append(Word(tuple(forms), tuple(glossary.related(phrase)) if tried == 1 else ()))
            elif tried > 1:
                continue
            elif phrase[0].isupper() and (forms := glossary.said(phrase)):
                words.append(Word(tuple(forms)))
            else:
                words.append(Word((), tuple(glossary.related(phrase))))
            length = tried
            break
        at += length
    return words, places


def _chinese_names(glossary: Glossary, phrase: str) -> list[str]:
    """What a place may be called in Chinese without its rank; a single character would be found anywhere."""
    stems = dict.fromkeys(stem(name) for name in glossary.places(phrase))
    return [name for name in stems if len(name) > 1]


def _core(text: str) -> str:
    """An English question without its question words, names and years."""
    bare = re.sub(rf"(?<=[a-z,] )(?:[A-Z][a-z]+(?: (?=[A-Z]))?)+(?:['’]s)?|\b{PLAIN_YEAR}\b", " ", text)
    return (
        " ".join(
            word for word in re.findall(r"[A-Za-z&-]+|[\u3400-\u9fff]+|\d[\d.]*%?", bare) if not is_function_word(word)
        )
        or text
    )


def _without_exceptions(folded: str) -> tuple[str, frozenset[str]]:
    """The question without `(不算…)`, and what is not to be counted."""
    left_out = frozenset(
        name for m in _EXCEPT.finditer(folded) for name in re.findall(r"[“\"「]([^“”\"「」]+)[”\"」]", m[0])
    )
    return _EXCEPT.sub("", folded), left_out


def _without_years(folded: str, want: Expected) -> str:
    for year in want.years:
        folded = re.sub(rf"{year}年?", " ", folded)
    return folded
