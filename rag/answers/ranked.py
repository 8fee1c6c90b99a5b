"""Which of the things that a report lists has most or least of something (哪个季度产量最高), or what all the rows of a
table come to (各县一共多少场). Pure.

The question names none of them, only their kind. They are the things of one list, or of sentences of one paragraph
that begin with one of the kind each; their figures are compared as those of a question that names them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.language import figures, marks, runs, units
from ingest.language.figures import Figure
from ingest.language.questions import asking, counting, totals
from ingest.language.script import to_simplified
from ingest.language.words import alternation, table
from rag.answers.planning import Operation, Part, Plan, is_least
from rag.answers.sums import PartAnswer, combine
from rag.evidence.pointing import shared_with
from rag.evidence.rows import cells, is_row, rows_around
from rag.evidence.subject import fold_same_length
from rag.judge.case import Case
from rag.judge.of_subject import other_place, other_year
from rag.judge.ranking import Library
from rag.question.query import Query
from rag.question.terms import terms_of
from rag.records import Answer, Certainty, Evidence

_FEWEST = 2  # things that can be compared
_LOOKED_AT = 3  # of the likeliest sentences
_TELLING = 2  # characters that a head shares with what is asked, at least
_KIND = 4  # characters of a kind's name
_OF = "的"
_NAME = 16  # characters of a thing's name

Kind = tuple[str, ...]
"""What a name of the kind ends with, any of them: 乡 or 镇."""


@dataclass(frozen=True, slots=True)
class Extreme:
    """What is asked: which of the things whose kind `tail` begins with has most of what `topic` says, or how much all
    have of it."""

    tail: str
    topic: str
    operation: Operation
    question: str = ""
    """For all of them: what is asked of each."""


def extreme(query: Query) -> Extreme | None:
    """What a question asks that looks for the most or least of a kind, or for all of it; None for any other."""
    text = to_simplified(query.question.interpreted)
    if query.question.language == "en":
        return None
    if query.expected.total and (each := _each_of().search(text)):
        return Extreme(each["tail"], _all().sub("", each["tail"]), "sum", _all().sub("", text))
    match = _most_of().search(text)
    if match is None or not _degree().search(text):
        return None
    operation: Operation = "least" if is_least(text) else "most"
    return Extreme(match["tail"], _degree().sub("", f"{text[: match.start()]}{match['tail']}"), operation)


def ranked(query: Query, superlative: Extreme, evidence: Sequence[Evidence], library: Library) -> Answer | None:
    """The thing with the most or least, behind the figures of all; None where no list of the kind is told."""
    for each in evidence[:_LOOKED_AT]:
        certainty = library.judge.certainty(each.probability)
        case = Case(query, each, library.view(each.passage.chunk.source), 0.0, 0.0)
        if certainty is None or other_place(case) or other_year(case):
            continue
        text = library.report(each.passage.chunk.source).text
        if is_row(each.text):
            told = [_of_rows(superlative, each, case, text, certainty)]
        elif superlative.operation == "sum":
            continue  # a sentence tells of some of them
        else:
            in_turn = _told_in_turn(superlative, each, case, text, certainty)
            told = [_listed(superlative, each, certainty), in_turn]
        for pieces in told:
            if len(pieces) >= _FEWEST or (pieces and superlative.operation == "sum"):
                plan = Plan(superlative.operation, tuple(piece.part for piece in pieces))
                return combine(query.question, plan, pieces, library.report, ())
    return None


def _listed(superlative: Extreme, evidence: Evidence, certainty: Certainty) -> list[PartAnswer]:
    """The things of a list in one sentence: all of the asked kind, or announced as such (各车间产量)."""
    text = fold_same_length(evidence.text)
    long_runs = [run for run in [*runs.find(text), *runs.listed(text)] if len(run.items) >= _FEWEST]
    for kind in _kinds(superlative.tail):
        for run in long_runs:
            names = [text[slice(*name)] for name in run.names]
            announced = len(kind) == 1 < len(kind[0]) and kind[0] in text[: run.names[0][0]]
            own = _of_the_kind(names, kind)
            if announced or own:
                names = own or names
                items = zip(names, run.items, strict=True)
                return [_piece(evidence, name, item.figure, item.unit, certainty) for name, item in items]
    return []


def _of_the_kind(names: Sequence[str], kind: Kind) -> list[str]:
    """The names up to their kind, where all are of it; behind it may stand what is told of each, or of all behind the
    last: 南门、北门车流分别为, 一班12人、二班15人."""
    ends = [_own(name, kind) for name in names]
    behind = {name[end:] for name, end in zip(names, ends, strict=True)} - {""}
    if not all(ends) or len(behind) > 1:
        return []
    return [name[:end] for name, end in zip(names, ends, strict=True)]


def _told_in_turn(
    superlative: Extreme, evidence: Evidence, case: Case, text: str, certainty: Certainty
) -> list[PartAnswer]:
    """The things of which each has a sentence of its own in the paragraph, which begins with it; `text` is the
    report's."""
    view = case.view
    begins = view.paragraph(evidence.start)
    ends = view.text.find("\n", evidence.end)
    for kind in _kinds(superlative.tail):
        sentences = list(_in_turn(kind, superlative.topic, view.text, begins, ends if ends >= 0 else len(view.text)))
        first = sentences[0][2].unit if sentences else ""
        if len(sentences) >= _FEWEST and all(units.convertible(figure.unit, first) for *_, figure in sentences):
            return [
                _piece(
                    replace(evidence, start=start, end=end, text=text[start:end]),
                    name,
                    (figure.start, figure.end),
                    figure.unit,
                    certainty,
                )
                for (start, end), name, figure in sentences
            ]
    return []


def _own(text: str, kind: Kind) -> int:
    """Where the name of one of the kind ends that a text begins with; 0 where it begins with none."""
    ends = [at + len(word) for word in kind if (at := text.find(word, 1)) > 0]
    return min(ends, default=0)


def _of_rows(superlative: Extreme, evidence: Evidence, case: Case, text: str, certainty: Certainty) -> list[PartAnswer]:
    """The things that the rows of a table are about, with the figures under the head that is asked for; those of the
    asked kind where several are, and no row of totals. `text` is the report's."""
    rows = [row for row in rows_around(case.view, evidence.start) if row.name]
    totals_told = [row for row in rows if row.is_total] if superlative.operation == "sum" else []
    rows = totals_told[-1:] or [row for row in rows if not row.is_total]
    heads = list(dict.fromkeys(head for row in rows for _, head, _ in cells(case.view.text[row.start : row.end])))
    asked_head = _head_asked(superlative.topic, heads)
    pieces = []
    for row in rows:
        held = [
            (at, figure)
            for at, head, value in cells(case.view.text[row.start : row.end])
            for figure in figures.find(value)
            if head == asked_head
        ]
        if len(held) == 1:
            at, figure = held[0]
            told = replace(evidence, start=row.start, end=row.end, text=text[row.start : row.end], short=None)
            pieces.append(_piece(told, row.name, (at + figure.start, at + figure.end), figure.unit, certainty))
    for kind in _kinds(superlative.tail):
        of_kind = [piece for piece in pieces if _own(piece.part.label, kind) == len(piece.part.label)]
        if len(of_kind) >= _FEWEST:
            return of_kind
    return pieces


def _head_asked(topic: str, heads: Sequence[str]) -> str:
    """The head that shares most with what is asked; "" where none does, or two do alike."""
    shared = [shared_with(head, topic) for head in heads]
    most = max(shared, default=(0, False))
    return heads[shared.index(most)] if most[0] >= _TELLING and shared.count(most) == 1 else ""


def _kinds(tail: str) -> list[Kind]:
    """What the kind may be called, likeliest first: what stands before 的, a word for one, the first characters."""
    words = table("questions")["joined"]
    several = sorted((word for word in words["either"] if tail.startswith(word)), key=len)
    if several:
        return [tuple(words["either"][several[-1]])]
    if 0 < (of := tail.find(_OF)) <= _KIND:
        return [(tail[:of],)]
    known = [kind for kind in words["kinds"] if tail.startswith(kind)]
    single = [tail[0]] if tail[0] in words["single"] else []
    first = (tail[:length] for length in range(min(_KIND, len(tail)), 0, -1))
    return [(word,) for word in (*known, *single, *first)]


def _in_turn(
    kind: Kind, topic: str, text: str, begins: int, ends: int
) -> Iterator[tuple[tuple[int, int], str, Figure]]:
    """(where the sentence stands, the thing it begins with, its only figure of what is asked)."""
    words = terms_of(topic)
    for start, end in marks.sentences(text, begins, ends):
        sentence = text[start:end].strip()
        start += len(text[start:end]) - len(text[start:end].lstrip())
        own = _own(sentence, kind)
        if not 0 < own <= _NAME:
            continue
        clauses = marks.clauses(sentence, listing=True)
        shares = [sum(part in sentence[max(own, a) : b] for part in words) for a, b in clauses]
        best = max(range(len(clauses)), key=lambda n: shares[n], default=None)
        if best is None or not shares[best] or shares.count(shares[best]) > 1:
            continue
        held = [f for f in figures.find(sentence) if clauses[best][0] <= f.start < clauses[best][1]]
        if len(held) == 1:
            yield (start, start + len(sentence)), sentence[:own], held[0]


def _piece(evidence: Evidence, name: str, place: tuple[int, int], unit: str, certainty: Certainty) -> PartAnswer:
    written = evidence.text[slice(*place)]
    plain = next(iter(figures.find(written)), None)
    if plain is not None and not plain.unit and unit:
        written = f"{written}{unit}"
        plain = next(iter(figures.find(written)), None)
    figure = plain and replace(plain, start=place[0], end=place[1])
    return PartAnswer(Part(name, ""), evidence, written, figure, certainty)


@functools.cache
def _most_of() -> re.Pattern[str]:
    """哪个 with what is behind it, up to the degree: 哪个季度产量最高; or the degree first: 产量最高的是哪个季度."""
    which = rf"(?:{asking('which')})(?:一?(?:{counting()}|个))?"
    tail = rf"(?P<tail>[{marks.HAN}][^{marks.PAUSES}{marks.ENDS}]*)"
    return re.compile(rf"{which}{tail}")


@functools.cache
def _each_of() -> re.Pattern[str]:
    """各 with what is behind it: 各县区科普活动一共多少场."""
    each = alternation(table("questions")["joined"]["each"])
    return re.compile(rf"(?:{each})(?P<tail>[{marks.HAN}][^{marks.PAUSES}{marks.ENDS}]*)")


@functools.cache
def _all() -> re.Pattern[str]:
    return re.compile(totals())


@functools.cache
def _degree() -> re.Pattern[str]:
    compared = table("questions")["compared"]
    return re.compile(f"{compared['most']}[{compared['qualities']}{compared['lengths']}{compared['pace']}]")
