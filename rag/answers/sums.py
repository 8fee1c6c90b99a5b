"""Answers computed from the figures of several sentences: sums, differences, the most and the fewest, shares. Pure.

Each figure keeps its own citation. What could not be found is said; nothing is computed without it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.language import figures, marks, runs, telling, units
from ingest.language.figures import Figure
from ingest.language.words import table
from rag.answers.citing import ReportOf, answered, in_script, refused, say
from rag.answers.planning import Operation, Part, Plan
from rag.evidence.sentences import clause_before
from rag.evidence.shorts import counts
from rag.evidence.subject import fold_same_length
from rag.question.query import Query
from rag.records import Answer, Certainty, Evidence, Question


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What was found on a part: its evidence and its figure, with where that stands in the sentence, and how sure that
    is; or none of them."""

    part: Part
    evidence: Evidence | None
    said: str = ""
    figure: Figure | None = None
    certainty: Certainty | None = None


def is_share(answer: Answer) -> bool:
    """Whether an answer tells a share."""
    return any(figure.unit == "%" for figure in figures.find(answer.short_answer or ""))


def combine(
    question: Question, plan: Plan, pieces: Sequence[PartAnswer], report_of: ReportOf, closest: Sequence[Evidence]
) -> Answer:
    """The computed answer; the figures alone where one is missing; a refusal where all are."""
    figured = [f for f in pieces if f.evidence is not None and f.figure is not None]
    if not figured:
        reason = say(question, "报告中没有提到所问的内容。", "The reports do not mention what is asked.")
        return refused(question, reason, closest, report_of)
    evidence: list[Evidence] = []
    numbers: dict[tuple[str, int], int] = {}
    spots: list[tuple[str, int]] = []
    for f in figured:
        assert f.evidence is not None  # noqa: S101 - figured has only such
        spot = (f.evidence.passage.chunk.source, f.evidence.start)
        spots.append(spot)
        if spot not in numbers:
            evidence.append(f.evidence)
            numbers[spot] = len(evidence)
    missing = [f.part.label for f in pieces if f.evidence is None or f.figure is None]
    short = None if missing or is_one(figured) or _is_mixed(figured) else _result(question, plan, figured)
    listed = "; ".join(
        f"{in_script(f.part.label, question)}: {in_script(f.said, question)} [{numbers[spot]}]"
        for f, spot in zip(figured, spots, strict=True)
    )
    lead = f"{short}({listed})" if short else listed
    if missing:
        names = "、".join(missing)
        lead += say(
            question,
            f"。没有找到{names}的数字,因此无法得出结果。",
            f". No figure was found for {', '.join(missing)}, so there is no result.",
        )
    elif short is None:
        lead += _no_result(question, figured)
    unsure = missing or any(f.certainty != "sure" for f in figured)
    certainty: Certainty = "likely" if unsure else "sure"
    return answered(question, evidence, report_of, form="computed", certainty=certainty, short=short, lead=lead)


def is_one(pieces: Sequence[PartAnswer]) -> bool:
    """Whether one and the same figure was found for two parts; it is told of both only where it is told for each."""
    places = [
        (f.evidence.passage.chunk.source, f.evidence.start + f.figure.start)
        for f in pieces
        if f.evidence is not None and f.figure is not None and not telling.of_each(f.evidence.text[: f.figure.start])
    ]
    return len(set(places)) < len(places)


def _is_mixed(pieces: Sequence[PartAnswer]) -> bool:
    """Whether some figures are for each person or household and others of all."""
    return len({telling.for_each(_said_before(piece)) for piece in pieces}) > 1


def _said_before(piece: PartAnswer) -> str:
    """What stands before a figure in its clause or cell."""
    return clause_before(piece.evidence.text, piece.figure.start) if piece.evidence and piece.figure else ""


def _no_result(question: Question, pieces: Sequence[PartAnswer]) -> str:
    """Why figures come to nothing: one is only a range, two are one, or they measure different things."""
    if is_one(pieces):
        return say(
            question,
            "。几项只找到同一个数字,不能算出结果。",
            ". One figure was found for several of them, so there is no result.",
        )
    if _is_mixed(pieces):
        return say(
            question,
            "。有的是人均或户均的数字,不能与总数一起计算。",
            ". Some figures are per head or household, so there is no result with totals.",
        )
    if any(f.figure is not None and f.figure.value is None for f in pieces):
        return say(
            question,
            "。有的数字只是一个范围,不能算出确数。",
            ". Some figures are only given as ranges, so there is no exact result.",
        )
    return say(question, "。单位不同,不能合并计算。", ". The units differ, so there is no result.")


def _result(question: Question, plan: Plan, pieces: Sequence[PartAnswer]) -> str | None:
    """What the figures come to, or None when they can't be set against one another."""
    each = [f.figure for f in pieces if f.figure is not None]
    wanted = units.unit(plan.unit)
    # Counts keep the word of the report, measures take the unit that is asked in.
    as_asked = wanted and wanted.measured and all(units.convertible(f.unit, plan.unit) for f in each)
    unit = plan.unit if as_asked else each[0].unit
    exact = _in_unit(each, unit)
    if exact is None:
        return None
    if plan.operation in ("share", "growth"):
        return _share(question, plan.operation, exact)
    scale = plan.scale or _scale_told([f.said for f in pieces], unit)
    kinds = {figure.about for figure in each if figure.rough}
    rough = say(question, "超过", "more than ") if kinds == {"over"} else _about(question) if kinds else ""
    if plan.operation == "sum":
        total = say(question, "合计", "in total ")
        return f"{total}{rough}{_scaled(sum(exact), scale)}{in_script(f'{scale}{unit}', question)}"
    if plan.operation == "difference":
        first, second = exact
        if first == second:
            return say(question, "一样", "the same")
        if unit == "%":
            unit = say(question, "个百分点", " percentage points")
        more = say(question, "多", "more by ") if first >= second else say(question, "少", "fewer by ")
        by = _scaled(abs(first - second), scale)
        return f"{more}{_about(question) if kinds else ''}{by}{in_script(f'{scale}{unit}', question)}"
    top = (min if plan.operation == "least" else max)(exact)
    best = [f.part.label for f, value in zip(pieces, exact, strict=True) if value == top]
    names = in_script("、".join(best), question)
    if len(best) > 1:
        return say(question, f"{names}一样", f"{names}: the same")
    if unit == "%":
        return names + (
            say(question, "最低", ": the lowest")
            if plan.operation == "least"
            else say(question, "最高", ": the highest")
        )
    return names + (
        say(question, "最少", ": the fewest") if plan.operation == "least" else say(question, "最多", ": the most")
    )


def _share(question: Question, operation: Operation, exact: Sequence[float]) -> str | None:
    """What part of the second the first is, or by what part it is more; None where that can't be told."""
    first, second = exact
    if second <= 0 or (operation == "share" and not 0 <= first <= second):
        return None
    share = 100 * (first if operation == "share" else first - second) / second
    percent = f"{_plain(round(abs(share), 1))}%"
    about = "" if round(share, 1) == round(share, 6) else _about(question)
    if operation == "share":
        return f"{about}{percent}"
    grew = say(question, "增长", "up by ") if share >= 0 else say(question, "下降", "down by ")
    return f"{grew}{about}{percent}"


def figure_of(evidence: Evidence, query: Query, label: str = "") -> tuple[str, Figure | None]:
    """The figure of the short answer as the report writes it; of several that may answer the one in the item of an
    enumeration that names the label it is asked by."""
    beside = _beside(evidence.text, query, label)
    if beside is not None:
        return evidence.text[beside.start : beside.end], beside
    if evidence.short is None:
        return "", None
    begins = max(0, evidence.short[0] - evidence.start)
    written = evidence.text[begins : evidence.short[1] - evidence.start]
    figure = next(iter(figures.find(written)), None)
    return written, figure and replace(figure, start=begins + figure.start, end=begins + figure.end)


def _beside(text: str, query: Query, label: str) -> Figure | None:
    """The only figure that may answer in a label's own item of an enumeration: 二等奖32个. Of several items that name
    it (市级示范街道2个、市级示范社区8个) the one that holds most of what is asked; none where two hold as much."""
    in_runs = {figure for run in runs.find(text) if not run.of_parts for figure in run.figures}
    all_figures = figures.find(text)
    items: list[tuple[float, Figure | None]] = []
    for start, end in marks.clauses(text, listing=True):
        if label and label in text[start:end]:
            own = [figure for figure in all_figures if start <= figure.start < end]
            alone = len(own) == 1 and (own[0].start, own[0].end) not in in_runs
            item = own[0] if alone and counts(query.expected, own[0].unit) else None
            items.append((query.terms.share(fold_same_length(text[start:end])), item))
    most = max((share for share, _ in items), default=0.0)
    best = [item for share, item in items if share == most]
    return best[0] if len(best) == 1 else None


def _in_unit(each: Sequence[Figure], unit: str) -> list[float] | None:
    """The values of figures in one unit; None where one has no value or measures, counts or costs something else."""
    if any(f.value is None or not units.convertible(f.unit, unit) for f in each):
        return None
    target = units.unit(unit)
    if target is None or not target.measured:
        return [f.value for f in each if f.value is not None]
    return [f.base_value / target.factor for f in each if f.base_value is not None]


def _about(question: Question) -> str:
    return say(question, "约", "about ")


def _scale_told(written: Sequence[str], unit: str) -> str:
    """The scale in which most of the figures are written, of two the smaller; "" for none."""
    scales = [match["scale"] for each in written for match in [_scale_of(unit).search(each)] if match]
    if len(scales) < len(written):
        return ""
    sizes = table("numerals")["scales"]
    return max(dict.fromkeys(scales), key=lambda scale: (scales.count(scale), -sizes[scale]), default="")


def _scaled(value: float, scale: str) -> str:
    return _plain(value / table("numerals")["scales"][scale] if scale else value)


@functools.cache
def _scale_of(unit: str) -> re.Pattern[str]:
    scales = "".join(table("questions")["units"]["scales"])
    about = "".join(table("numerals")["more"]["about"])
    return re.compile(rf"(?P<scale>[{scales}])[{about}]?{re.escape(unit)}")


def _plain(value: float) -> str:
    """A value as it is written: what floating point adds behind its 12th digit is no part of it."""
    return f"{Decimal(f'{value:.12g}'):f}"
