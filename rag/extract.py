"""Find the sentences that answer, and the short answer inside them. Pure.

A sentence is weighed by how much of the question it carries: the question's telling parts (pairs of
Han characters, words, figures), each weighted by how rare it is among the retrieved passages. Parts
found only in the sentence's surroundings (its paragraph so far, heading, title) count less.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.records import CleanReport
from rag.question import asks_date, asks_number, fold, measure_word
from rag.records import Evidence, Passage, Question

_SURROUNDINGS = 0.7  # what a part of the question counts that only the surroundings carry
_ELSEWHERE = 0.35  # what one counts that stands anywhere else in the report, as its place often does
_FOCUS = 0.25  # how far a figure in the midst of the asked words lifts its sentence above another
_CLOSENESS = 0.15  # how far the passage's similarity may lift a sentence above another
_SENTENCE = re.compile(r"[^。！？!?\n；;]*(?:[。！？!?；;]+[”’」』》)）]*|\n|$)")
_TERMINATORS = re.compile(r"[。！？!?；;]+[”’」』》)）]*|\n")
_REACH = 400  # characters that a sentence may stand out of its passage on either side
_CLAUSE = re.compile(r"[^,，、;；。:：]+")
_FUNCTION_WORDS = re.compile(
    r"多少|几[个家名人次场项篇年]?|什么时候|什么|哪[一]?[些个里年天家位几份]?|是谁|谁|是否|怎[么样]+|如何|为何|为什么|请问|一共|总共|共有"
    r"|大概|大约|分别|都有|[的了吗呢吧啊是有在和与及被把对于为将让从到里个家名]|\b(?:how|many|much|what|which|who|when|where|the|a|an|of|in|on|is|are|was|were|does|do|did|has|have|had|to|for|and|by|at|from)\b"
)
_WORD = re.compile(r"[a-z]+|\d[\d.]*%?|[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_FIGURE = re.compile(r"\d[\d,.]*(?:万|亿|千|百)*(?:多|余)?(?:万|亿|千)?(?:%|‰|[\u4e00-\u9fff]{0,2})")
_DATE = re.compile(r"\d{4}\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}月\d{1,2}日")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年)")
_UNITS = frozenset(
    "个家名人次场项篇册件处座所位届年月日天元吨亩公里米平方公顷部期支类种条批倍岁度辆台套间片只头户村镇乡"
)
_LONGER_UNITS = ("人次", "场次", "万元", "亿元", "平方", "公里", "公顷", "项次")
_CALENDAR = frozenset("年月日")
_CALENDAR_ASKED = frozenset("年月日天岁")
# Measure words that count the same kind of thing: places and bodies, people, occasions, works.
_SAME_KIND = ("个家处座所", "人名位个", "场次期回届", "项件个", "篇份", "元")


@dataclass(frozen=True, slots=True)
class Short:
    """A short answer's span in its sentence; `focus` is the share of the question in its own clause."""

    start: int
    end: int
    focus: float


@dataclass(frozen=True, slots=True)
class Terms:
    """The telling parts of a question and their weights; weights sum to 1."""

    weights: dict[str, float]

    def share(self, text: str) -> float:
        """The weight of the parts that occur in a folded text."""
        return sum(weight for term, weight in self.weights.items() if term in text)

    def support(self, text: str, surroundings: str, report: str) -> float:
        """The weight that a sentence carries together with its surroundings and its report."""
        total = 0.0
        for term, weight in self.weights.items():
            if term in text:
                total += weight
            elif term in surroundings:
                total += weight * _SURROUNDINGS
            elif term in report:
                total += weight * _ELSEWHERE
        return total


def weigh(question: Question, passages: Sequence[Passage]) -> Terms:
    """The question's parts weighted by inverse document frequency over the passages (Robertson's idf)."""
    texts = [fold(f"{p.title}\n{p.chunk.text}") for p in passages]
    raw = {}
    for term in _parts(question.folded):
        frequency = sum(term in text for text in texts)
        raw[term] = math.log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5))
    total = sum(raw.values()) or 1.0
    return Terms({term: weight / total for term, weight in raw.items()})


def years(folded: str) -> set[str]:
    """The years a folded text names."""
    return set(_YEAR.findall(folded))


def find_evidence(question: Question, terms: Terms, passage: Passage, report: CleanReport) -> list[Evidence]:
    """Every sentence of the passage as evidence, in the order of the text."""
    chunk = passage.chunk
    whole = fold(f"{passage.title}\n{report.text}")
    head = f"{passage.title}\n{chunk.section or ''}\n"
    found = []
    for start, sentence in _whole_sentences(report.text, chunk.start, chunk.end):
        paragraph = report.text.rfind("\n", 0, start) + 1
        surroundings = fold(head + report.text[paragraph:start])
        folded = fold(sentence)
        short = _short_answer(question, terms, sentence)
        found.append(
            Evidence(
                passage=passage,
                start=start,
                end=start + len(sentence),
                text=sentence,
                support=terms.support(folded, surroundings, whole),
                short=(start + short.start, start + short.end) if short else None,
                focus=short.focus if short else 0.0,
            )
        )
    return found


def _whole_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """(offset, sentence) of every sentence that lies in [start, end) or reaches into it, without white space."""
    begun = max(_TERMINATORS.finditer(text, max(0, start - _REACH), start), key=lambda m: m.end(), default=None)
    first = begun.end() if begun else (0 if start <= _REACH else start)
    at = first
    while at < end:
        match = _SENTENCE.match(text, at, min(len(text), end + _REACH))
        if match is None or match.end() == at:
            break
        sentence = match[0].strip()
        if sentence and match.end() > start:
            yield at + len(match[0]) - len(match[0].lstrip()), sentence
        at = match.end()


def rank(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Best first; earlier text first among equals.

    Support counts, lifted by how much of it stands right beside the short answer, and a little by the
    passage's similarity.
    """
    evidence = list(evidence)
    best = max((e.passage.score for e in evidence), default=0.0)

    def value(e: Evidence) -> float:
        return e.support + _FOCUS * e.focus + _CLOSENESS * (e.passage.score - best)

    return sorted(evidence, key=lambda e: (-value(e), e.passage.chunk.source, e.start))


def _parts(folded: str) -> list[str]:
    """Pairs of neighbouring Han characters, Latin words and figures, question words left out."""
    parts: dict[str, None] = {}
    for word in _WORD.findall(_FUNCTION_WORDS.sub(" ", folded)):
        if word[0].isascii() or len(word) == 1:
            parts[word] = None
        else:
            parts.update(dict.fromkeys(word[i : i + 2] for i in range(len(word) - 1)))
    return list(parts)


def _short_answer(question: Question, terms: Terms, sentence: str) -> Short | None:
    """The figure or date that is asked for, in the clause that carries most of the question."""
    if asks_date(question.folded):
        spans = [match.span() for match in _DATE.finditer(sentence)]
    elif asks_number(question.folded):
        measure = measure_word(question.folded)
        figures = [_figure_span(match) for match in _FIGURE.finditer(sentence)]
        spans = [(start, end) for start, end in figures if _counts_in(measure, sentence[start:end])]
    else:
        return None
    clauses = [match.span() for match in _CLAUSE.finditer(sentence)]
    found = []
    for start, end in spans:
        clause_start, clause_end = next(((a, b) for a, b in clauses if a <= start < b), (start, end))
        found.append(Short(start, end, terms.share(fold(sentence[clause_start : max(clause_end, end)]))))
    return max(found, key=lambda short: (short.focus, -short.start), default=None)


def _figure_span(match: re.Match[str]) -> tuple[int, int]:
    """The figure with its unit, without the beginning of the next word."""
    tail = re.search(r"[^\d,.万亿千百多余]*$", match[0])
    unit = tail[0] if tail else ""
    keep = 0
    if unit[:2] in _LONGER_UNITS:
        keep = 2
    elif unit[:1] in _UNITS or unit[:1] in "%‰":
        keep = 1
    return match.start(), match.end() - len(unit) + keep


def _counts_in(measure: str | None, figure: str) -> bool:
    """Whether a figure is counted in the asked measure word, or in one that counts the same kind of thing."""
    if figure[-1] in _CALENDAR and measure not in _CALENDAR_ASKED:  # a date is no count
        return False
    if measure is None or measure not in _UNITS:
        return True
    kind = next((group for group in _SAME_KIND if measure in group), measure)
    return figure[-1] in kind or (figure[-1] == "次" and figure[-2:-1] in kind)
