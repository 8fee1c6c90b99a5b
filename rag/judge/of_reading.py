"""Features: what the reader and the search say of a sentence, and how many of the question's words it holds. Pure."""

from __future__ import annotations

from rag.judge.case import Case
from rag.question.terms import Terms

_SCALE = 10.0  # of log odds
_MOST = 20.0  # log odds beyond which nothing gets surer
_LEAD = 0.2  # how far one report's best score may be from another's


def relevance(case: Case) -> float:
    """The reader's log odds that the passage answers, in tens."""
    return _bounded(case.evidence.relevance)


def margin(case: Case) -> float:
    """By how much the passage's best span beats "no answer here", in tens of log odds."""
    return _bounded(case.evidence.margin)


def proof(case: Case) -> float:
    """The reader's log odds that the sentence proves the answer, in tens."""
    return _bounded(case.evidence.proof)


def alone(case: Case) -> float:
    """The reader's log odds that the sentence answers when nothing but it is read, in tens."""
    return _bounded(case.evidence.alone)


def told(case: Case) -> float:
    """The share of the passage's likeliest spans that the sentence holds."""
    return case.evidence.told


def settled(case: Case) -> float:
    """The share of the likeliest of the sentence's spans among those of its passage."""
    return max((score for _, _, score in case.evidence.spans), default=0.0)


def ahead(case: Case) -> float:
    """By how many log odds the passage is more relevant than the best of the others, in tens."""
    return max(-1.0, min(1.0, case.ahead / _SCALE))


def elsewhere(case: Case) -> float:
    """The passage's best span stands in another sentence."""
    return float(case.evidence.span is None)


def retrieved(case: Case) -> float:
    """The search's score of the passage."""
    return case.evidence.passage.score


def lead(case: Case) -> float:
    """How far the passage's score is above the best of other reports, in fifths."""
    return max(-1.0, min(1.0, case.lead / _LEAD))


def words(case: Case) -> float:
    """The share of the question's telling parts, by rarity in the index, that the sentence holds."""
    return case.query.terms.share(case.sentence)


def words_beside(case: Case) -> float:
    """The share that stands in the answer's own clause: of many figures in a sentence each has a name of its own."""
    return case.query.terms.share(case.clause)


def words_above(case: Case) -> float:
    """The share that doesn't stand in the sentence but above it."""
    return _missing(case.query.terms, case.sentence, case.above)


def words_unknown(case: Case) -> float:
    """The share that stands nowhere in the index."""
    return case.unknown


def word_missing(case: Case) -> float:
    """The share of the most telling part that stands neither in the sentence nor above it."""
    around = f"{case.sentence}\n{case.above}"
    return max((term.weight for term in case.query.terms.terms if not term.within(around)), default=0.0)


def echoed(case: Case) -> float:
    """The share of what the reader points at, by pairs of characters, that the question says itself."""
    if case.evidence.span is None or case.query.expected.kind in ("figure", "date", "yes"):
        return 0.0
    pointed = case.view.text[slice(*case.evidence.span)]
    pairs = {pointed[i : i + 2] for i in range(len(pointed) - 1)}
    return sum(pair in case.query.question.folded for pair in pairs) / len(pairs) if pairs else 0.0


def _bounded(odds: float) -> float:
    return max(-_MOST, min(_MOST, odds)) / _SCALE


def _missing(terms: Terms, here: str, around: str) -> float:
    return sum(term.weight * term.within(around) for term in terms.terms if not term.within(here))
