"""The sentences of the found passages, each with what the reader says of it. Pure.

A sentence that two passages share, or that reaches out of its passage, stands once and whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.language import dates, figures, marks
from ingest.records import CleanReport
from rag.reader.reader import Reading, Span
from rag.records import Evidence, Passage

_PARTING = re.compile(rf"[\t{marks.COMMAS}{marks.ENDS}]")

_REACH = 400  # characters that a sentence may stand out of its passage on either side
# How sentences are ranked before they are judged: the weights of the plainest ranking there is (docs/quality.md).
_MARGIN, _PROOF, _SCORE, _NOT_THE_BEST = 0.3, 0.5, 6.0, 4.0


def evidence_of(
    passages: Sequence[Passage], readings: Sequence[Reading] | None, report_of: Callable[[str], CleanReport]
) -> list[Evidence]:
    """Every sentence of the passages, the most promising first; `readings` are those of the passages, in their order,
    or None where nothing was read."""
    best: dict[tuple[str, int], Evidence] = {}
    read: Sequence[Reading | None] = readings if readings is not None else [None] * len(passages)
    for passage, reading in zip(passages, read, strict=True):
        for evidence in _sentences(passage, reading, report_of(passage.chunk.source).text):
            place = passage.chunk.source, evidence.start
            if place not in best or promise(evidence) > promise(best[place]):
                best[place] = evidence
    return sorted(best.values(), key=lambda e: (-promise(e), e.passage.chunk.source, e.start))


def promise(evidence: Evidence) -> float:
    """What a sentence is worth before it is judged."""
    read = evidence.relevance + _MARGIN * evidence.margin + _PROOF * evidence.proof
    return read + _SCORE * evidence.passage.score - (0.0 if evidence.span else _NOT_THE_BEST)


def without_repeats(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """The first of those that say the same, by their letters and figures."""
    seen: set[str] = set()
    for each in evidence:
        letters = "".join(filter(str.isalnum, each.text))
        if letters not in seen:
            seen.add(letters)
            yield each


def without_headings(evidence: Sequence[Evidence], report_of: Callable[[str], CleanReport]) -> list[Evidence]:
    """The evidence without headings, which answer nothing; where the first is one, what stands right under it leads."""
    if not evidence:
        return []
    first, *others = evidence
    own = first.passage.chunk.source
    text = report_of(own).text
    sentences = [e for e in others if e.passage.chunk.source != own or not is_heading(text, e.start, e.end)]
    if first.short is not None or not is_heading(text, first.start, first.end):
        return [first, *sentences]
    under = next(
        (
            e
            for e in sentences
            if e.passage.chunk.source == own
            and not text[first.end : max(first.end, e.start)].strip()
            and e.start >= first.end
        ),
        None,
    )
    return [first, *sentences] if under is None else [under, *(e for e in sentences if e is not under)]


def is_heading(text: str, start: int, end: int) -> bool:
    """Whether a sentence is a line that only names what follows: short, and between lines that say something; of short
    lines below each other none is."""
    begins, ends = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line = text[begins : ends if ends >= 0 else len(text)]
    if not marks.heads(line) or figures.find(text[start:end]):
        return False
    if not (before := text[:begins].rstrip().rpartition("\n")[2]):
        return True  # a title
    behind = text[begins + len(line) :].lstrip().partition("\n")[0]
    return bool(behind) and not marks.heads(behind) and (not marks.heads(before) or bool(dates.find(before)))


def clause_before(text: str, at: int) -> str:
    """What stands before `at` in its clause or cell."""
    return _PARTING.split(text[:at])[-1]


def narrowed(evidence: Evidence, around: int, room: int) -> Evidence:
    """The clauses of a long sentence around a place of the report, in at most about `room` characters."""
    if len(evidence.text) <= room:
        return evidence
    clauses = marks.clauses(evidence.text, listing=True)
    at = next((i for i, (_, end) in enumerate(clauses) if evidence.start + end > around), len(clauses) - 1)
    first = last = at
    while True:
        wider = [(first - 1, last)] * (first > 0) + [(first, last + 1)] * (last + 1 < len(clauses))
        fits = next((w for w in wider[::-1] if clauses[w[1]][1] - clauses[w[0]][0] <= room), None)
        if fits is None:
            break
        first, last = fits
    text = evidence.text[clauses[first][0] : clauses[last][1]]
    begin = evidence.start + clauses[first][0] + len(text) - len(text.lstrip())
    text = text.strip()[: max(room, clauses[at][1] - clauses[at][0])].rstrip("、,，;；:：")
    return replace(evidence, start=begin, end=begin + len(text), text=text)


def whole_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """(start, end) of every sentence that lies in text[start:end] or reaches into it, without white space around."""
    begins = max(text.rfind("\n", 0, start) + 1, start - _REACH, 0)
    line_end = text.find("\n", end)
    ends = min(len(text) if line_end < 0 else line_end, end + _REACH)
    for first, last in marks.sentences(text, begins, ends):
        sentence = text[first:last]
        begun = first + len(sentence) - len(sentence.lstrip())
        if sentence.strip() and last > start and begun < end:
            yield begun, begun + len(sentence.strip())


def _sentences(passage: Passage, reading: Reading | None, text: str) -> Iterator[Evidence]:
    at = passage.chunk.start
    for start, end in whole_sentences(text, at, passage.chunk.end):
        evidence = Evidence(passage, start, end, text[start:end])
        yield evidence if reading is None else _read(evidence, reading, at)


def _read(evidence: Evidence, reading: Reading, at: int) -> Evidence:
    """The sentence with what was said of its passage, which begins at `at` of the report."""
    first, last = evidence.start - at, evidence.end - at
    best = next(iter(reading.spans), None)
    return replace(
        evidence,
        relevance=reading.relevance,
        margin=reading.margin,
        proof=reading.proof(first, last),
        polarity=reading.polarity,
        told=reading.told(first, last),
        span=(at + best.start, at + best.end) if best and _inside(best, first, last) else None,
        spans=tuple((at + s.start, at + s.end, s.score) for s in reading.spans if s.start < last and first < s.end),
    )


def _inside(span: Span, start: int, end: int) -> bool:
    """Whether a span begins in [start, end)."""
    return start <= span.start < end
