"""Find the sentences that may answer, and the short answer inside each. Pure.

A sentence is weighed by how much of the question it carries and how near to the short answer: most in the answer's
own clause, less elsewhere in the sentence, less again in the paragraph before it, its heading and its report's
title. What a sentence says about another place or year, or doesn't count what is asked, is marked as such:
it carries the words of the question and is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.language import figures, people
from ingest.records import CleanReport
from rag.evidence import candidates as spans
from rag.evidence.subject import ReportView, fold_same_length, speaks_of, speaks_of_year
from rag.question.kind import Asked, ends_something, falls, is_intended, is_plan, tells_change, tells_each
from rag.question.query import Query
from rag.records import Evidence, Mismatch, Passage

# What a part of the question counts, by where it stands. Measured on the development questions.
_CLAUSE, _SENTENCE, _PARAGRAPH, _HEADING, _ELSEWHERE = 1.0, 0.85, 0.6, 0.6, 0.25
_FOCUS = 0.35  # how far what stands in the answer's own clause lifts a sentence above another
_CLOSENESS = 0.25  # how far the passage's score may lift a sentence above another
_OTHER_MEASURE = 0.6  # what a figure's clause counts that tells a growth where an amount is asked, or an average
_OTHER_SUPPORT = 0.9
_UNNAMED = 0.5  # what a sentence counts that gives no name where one is asked
_PLAIN = 0.5  # what it counts that a figure's own words are those of the question: the thing itself, no part of it
_BESIDE = 15  # characters between a post and the name of who holds it
_THING = 0.5  # the share of the thing counted that must stand beside the figure
_SENTENCES = re.compile(r"[^。！？!?\n；;]*(?:[。！？!?；;]+[”’」』》)）]*|\n|$)")
_TERMINATORS = re.compile(r"[。！？!?；;]+[”’」』》)）]*|\n")
_COMPARED = 40  # clauses compared by meaning with a question in another language
_FAR, _NEAR = 0.74, 0.84  # cosines that E5 gives to a question and an unrelated or a fitting clause of another language
_FITS = 0.6  # from where on the clause's meaning makes up for words that are missing
_RANKED = re.compile(
    r"第|[一二三四五六七八九十特]等|.+级$|\d"
)  # names that belong to one figure, not to what is spoken about
_FROM = re.compile(r"[由从][^,，。;；由从]{0,14}$")
_TO = re.compile(r"[,，]?(?:提高|增加|增长|上升|提升|下降|降低|减少|扩大|发展|增|升|降)[到至为]")
_REACH = 400  # characters that a sentence may stand out of its passage on either side
_BORDER = re.compile(r"[,，；;：:。！？!?\n]")
_SEGMENT_BORDER = re.compile(r"[、,，；;：:。！？!?\n]")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A short answer's span in the report, what stands beside it, and why it is none."""

    start: int
    end: int
    support: float
    focus: float
    mismatch: Mismatch | None


def find_evidence(query: Query, passage: Passage, report: CleanReport, view: ReportView) -> list[Evidence]:
    """Every sentence of the passage as evidence, in the order of the text.

    A sentence stands with its best short answer; with each of them where they are compared by meaning later.
    """
    found = []
    for start, sentence in whole_sentences(report.text, passage.chunk.start, passage.chunk.end):
        end = start + len(sentence)
        judged = _judged(query, passage, view, start, end)
        for best in judged if query.core else [max(judged, key=_promise)]:
            short = (best.start, best.end) if best.end > best.start else None
            found.append(Evidence(passage, start, end, sentence, best.support, short, best.focus, best.mismatch))
    return found


def rank(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Best first; what can answer before what can't; earlier text first among equals."""
    return sorted(evidence, key=lambda e: (e.mismatch is not None, -value(e), e.passage.chunk.source, e.start))


def value(evidence: Evidence) -> float:
    """What a sentence is worth beside others: what it carries, how near to the answer, and what the reader says."""
    return evidence.support + _FOCUS * evidence.focus + _CLOSENESS * evidence.passage.score + evidence.read


def by_meaning(
    query: Query,
    evidence: Sequence[Evidence],
    view_of: Callable[[str], ReportView],
    meaning: Callable[[str, Sequence[str]], list[float]],
) -> list[Evidence]:
    """Evidence for a question in another language, weighed again by the meaning of each answer's own clause.

    Words are translated one by one and often wrongly; a clause as a whole lies near to its question.
    """
    possible = [e for e in evidence if e.mismatch in (None, "thing")]
    possible = sorted(possible, key=value, reverse=True)[:_COMPARED]
    clauses = []
    for e in possible:
        view = view_of(e.passage.chunk.source)
        start, end = e.short or (e.start, e.end)
        text = _around(view.text, _SEGMENT_BORDER, start, end, e.start, e.end) if e.short else view.text[start:end]
        clauses.append(text)
    # A thing that no word of the reports translates is not made up for.
    known = not query.head.terms or any(term.forms for term in query.head.terms)
    close = dict(zip(map(_spot, possible), meaning(query.core, clauses), strict=True))
    found = []
    for e in evidence:
        cosine = close.get(_spot(e))
        if cosine is None:
            found.append(e)
            continue
        near = min(1.0, max(0.0, (cosine - _FAR) / (_NEAR - _FAR)))
        mismatch = None if near >= _FITS and known else e.mismatch
        found.append(
            replace(e, support=0.5 * e.support + 0.5 * near, focus=0.5 * e.focus + 0.5 * near, mismatch=mismatch)
        )
    return found


def narrowed(evidence: Evidence, names: Sequence[str], room: int) -> Evidence:
    """The clauses of a long sentence around the first of some names, in at most about `room` characters."""
    if len(evidence.text) <= room:
        return evidence
    folded = fold_same_length(evidence.text)
    at = min((found for name in names if (found := folded.find(name)) >= 0), default=0)
    borders = [0, *(m.end() for m in _BORDER.finditer(evidence.text)), len(evidence.text)]
    start = max((b for b in borders if b <= at), default=0)
    end = max((b for b in borders if start < b <= start + room), default=min(b for b in borders if b > start))
    text = evidence.text[start:end]
    lead = len(text) - len(text.lstrip())
    text = text.strip().rstrip(",，、;；:：")
    begin = evidence.start + start + lead
    return replace(evidence, start=begin, end=begin + len(text), text=text, short=None)


def whole_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """(offset, sentence) of every sentence that lies in [start, end) or reaches into it, without white space."""
    begun = max(_TERMINATORS.finditer(text, max(0, start - _REACH), start), key=lambda m: m.end(), default=None)
    at = begun.end() if begun else (0 if start <= _REACH else start)
    while at < end:
        match = _SENTENCES.match(text, at, min(len(text), end + _REACH))
        if match is None or match.end() == at:
            break
        sentence = match[0].strip()
        if sentence and match.end() > start:
            yield at + len(match[0]) - len(match[0].lstrip()), sentence
        at = match.end()


def _judged(query: Query, passage: Passage, view: ReportView, start: int, end: int) -> list[_Candidate]:
    """Every candidate of a sentence; one without a span where the sentence itself would answer, or nothing does."""
    spots = [
        (start + a, start + b)
        for a, b in spans.candidates(query.asked, view.text[start:end])
        if query.asked.kind in ("figure", "date") or not _given(query, view.text[start + a : start + b])
    ]
    found = [_judge(query, passage, view, (start, end), a, b) for a, b in spots]
    if not found or not spans.needed(query.asked):
        found.append(_judge(query, passage, view, (start, end), start, start))
    return found


def _given(query: Query, span: str) -> bool:
    """Whether the question itself says it."""
    return span.strip("《》“”「」『』") in query.question.folded


def _promise(candidate: _Candidate) -> tuple[bool, float, bool, int]:
    worth = candidate.support + _FOCUS * candidate.focus
    return candidate.mismatch is None, worth, candidate.end > candidate.start, -candidate.start


def _judge(
    query: Query, passage: Passage, view: ReportView, sentence: tuple[int, int], start: int, end: int
) -> _Candidate:
    """How well a span answers; start == end stands for the sentence as a whole."""
    first, last = sentence
    text = view.text
    whole = text[first:last]
    span = end > start
    segment = _around(text, _SEGMENT_BORDER, start, end, first, last) if span else whole
    clause = _around(text, _BORDER, start, end, first, last) if span else whole
    paragraph = text[view.paragraph(first) : first]
    heading = fold_same_length(f"{passage.title}\n{passage.chunk.section or ''}")
    own = _own(text, clause, segment, start, end, first)
    support = focus = 0.0
    for term in query.terms.terms:
        places = (
            (clause, _CLAUSE),
            (whole, _SENTENCE),
            (paragraph, _PARAGRAPH),
            (heading, _HEADING),
            (text, _ELSEWHERE),
        )
        support += term.weight * max(
            (held * worth for where, worth in places if (held := term.within(where))), default=0.0
        )
        focus += term.weight * (0.5 * term.within(own) + 0.5 * term.within(clause))
    if span:
        focus += _PLAIN * _plainness(query, own)
    if span and query.asked.kind == "figure":
        before = text[first:start]
        if (
            tells_change(before) != query.asked.change
            or _in_other_unit(query, text[start:end])
            or (tells_each(clause) and not query.asked.each)
        ):
            focus *= _OTHER_MEASURE
            support *= _OTHER_SUPPORT
    if query.asked.kind == "name" and not span:
        support *= _UNNAMED
    mismatch = _mismatch(query, passage, view, sentence, start, end, own)
    return _Candidate(start, end, support, focus, mismatch)


def _mismatch(
    query: Query,
    passage: Passage,
    view: ReportView,
    sentence: tuple[int, int],
    start: int,
    end: int,
    own: str,
) -> Mismatch | None:
    """Why a span is no answer however many of the question's words it carries."""
    want, text = query.asked, view.text
    first, last = sentence
    whole = text[first:last]
    at = start if end > start else last
    section = fold_same_length(passage.chunk.section or "")
    if spans.needed(want) and end == start:
        return "kind"
    names = names_asked(query, view)
    if names and not speaks_of(view, at, first, section, names):
        return "place"
    if want.years and not speaks_of_year(view, at, sentence, want.years):
        return "year"
    if (
        want.plan
        and want.kind in ("figure", "date")
        and not is_plan(f"{section}\n{text[view.paragraph(first) : last]}")
    ):
        return "plan"
    if want.kind == "figure" and not want.plan and (why := _no_result(want, view, sentence, start, end, section)):
        return why
    if (want.ending and not ends_something(whole)) or (want.falling and not falls(whole)):
        return "thing"
    if (
        end > start
        and want.kind == "figure"
        and (_for_another_unit(want, own) or _counts_another(want, text, sentence, end))
    ):
        return "thing"
    if want.role and (not near_role(text, want.role, start, end, sentence) or end == start):
        return "thing"
    above = whole + text[view.paragraph(first) : first] + section
    around = own if want.kind == "figure" else above
    if any(name not in (around if _RANKED.match(name) else f"{above}{view.title}") for name in want.names) or any(
        name in own for name in want.left_out
    ):
        return "name"
    if end > start and query.head.terms and query.head.share(own) < _THING:
        return "thing"
    return None


def _no_result(
    want: Asked, view: ReportView, sentence: tuple[int, int], start: int, end: int, section: str
) -> Mismatch | None:
    """Why a figure doesn't tell what was reached: it is aimed at, or what there was before."""
    first, last = sentence
    at = start if end > start else last
    before = view.text[first:at]
    if (is_plan(before) and "目标" in before) or is_intended(before, section):
        return "plan"
    if end > start and _outgrown(view.text, first, start, end) and not speaks_of_year(view, at, sentence, want.years):
        return "year" if want.years else "thing"
    return None


def _outgrown(text: str, first: int, start: int, end: int) -> bool:
    """Whether a figure is what something came to before: the first of 由10.2%提高到11.6%."""
    return bool(_FROM.search(text[first:start]) and _TO.match(text, end))


def _for_another_unit(want: Asked, own: str) -> bool:
    """Whether a figure is told for each acre or head where the whole is asked, or the other way round."""
    return not tells_each(own) if want.each else bool(re.search(r"亩产|单产|每亩", own))


def _counts_another(want: Asked, text: str, sentence: tuple[int, int], end: int) -> bool:
    """Whether a figure counts what stands behind it while another one counts the asked thing: 6名专家和70名志愿者."""
    if not want.head or text.startswith(want.head, end) or not "\u4e00" <= text[end : end + 1] <= "\u9fff":
        return False
    first, last = sentence
    whole = text[first:last]
    return any(whole.startswith(want.head, figure.end) for figure in figures.find(whole) if first + figure.end != end)


def _own(text: str, clause: str, segment: str, start: int, end: int, first: int) -> str:
    """What belongs to a figure: its clause, or, of several figures, what stands between the one before and the next."""
    others = list(figures.find(clause))
    if len(others) < 2 or end == start:
        return clause
    offset = start - next((f.start for f in others if clause[f.start : f.end] == text[start:end]), 0)
    # 由10.2%提高到11.6%: both are figures of what stands before.
    others = [f for f in others if not _TO.fullmatch(clause, f.end, max(f.end, start - offset))]
    before = max((offset + f.end for f in others if offset + f.end <= start), default=offset)
    after = min((offset + f.start for f in others if offset + f.start >= end), default=offset + len(clause))
    here = text[max(before, first) : after]
    item = text.find(segment, max(first, start - len(segment)), end + len(segment))
    return text[max(before, item) : min(after, item + len(segment))] if item >= 0 else here


def _plainness(query: Query, own: str) -> float:
    """The share of a figure's own Han characters that the question says too."""
    said = [char for char in own if "\u4e00" <= char <= "\u9fff"]
    return sum(char in query.question.folded for char in said) / len(said) if said else 0.0


def _in_other_unit(query: Query, short: str) -> bool:
    units = query.asked.units
    figure = next(iter(figures.find(short)), None)
    return units is not None and figure is not None and figure.unit not in units


def near_role(text: str, role: str, start: int, end: int, sentence: tuple[int, int]) -> bool:
    """Whether who is named in a span of a sentence holds a post; a deputy's isn't that of the chief."""
    first, last = sentence
    named = (p for p in people.find(text[first:last]) if first + p.start < end and start < first + p.end)
    held = next((() if person.former else person.posts for person in named if person.posts), None)
    if held is not None:
        return any(people.same_post(role, post.post) for post in held)
    beside = people.posts(text[max(0, start - _BESIDE) : end + _BESIDE])
    if not beside:  # whoever has a trade is often told without it
        return all(post.is_trade for post in people.posts(role))
    return any(people.same_post(role, post.post) for post in beside)


def names_asked(query: Query, view: ReportView) -> list[str]:
    """The asked places by all their names, and what the report calls a place that the question names too."""
    names = [name for names in query.places for name in names]
    # A question in another language names it by its translation.
    said = {form for term in query.terms.terms for form, sure in term.forms if sure == 1.0} if query.core else set()
    named = (place for place in view.places if place in query.question.folded or place in said)
    return names + [place for place in named if place not in names]


def _spot(e: Evidence) -> tuple[str, int, tuple[int, int] | None]:
    return e.passage.chunk.source, e.start, e.short


def _around(text: str, border: re.Pattern[str], start: int, end: int, first: int, last: int) -> str:
    """What stands between the borders before and after a span, within [first, last)."""
    before = max((m.end() for m in border.finditer(text, first, start)), default=first)
    after = border.search(text, end, last)
    return text[before : after.start() if after else last]
