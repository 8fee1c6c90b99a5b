"""What was recognised with doubt says so, and is never answered for sure."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import get_args

import pytest
from shelf import EVERYTHING_ANSWERS, Shelf, reader_of

from ingest.records import Recognised
from rag.answers.citing import answered, cite
from rag.answers.compose import compose
from rag.answers.planning import Part, Plan
from rag.answers.sums import PartAnswer, combine
from rag.answers.table import figure_in, table_of
from rag.records import Form

HEAD, FIRST, SECOND, LAST = (
    "石桥乡盘活闲置农房工作总结",
    "石桥乡在全县率先登记闲置农房426处，",
    "涉及28个村的老屋，",
    "得到群众好评。",
)
DATED = "2023年3月5日"
TEXT = f"{HEAD}\n{DATED}\n\n{FIRST}{SECOND}{LAST}\n\n附记：另有旧校舍7处。"
QUOTE, SHORT = f"{FIRST}{SECOND}{LAST}", "426处"
CLEAR, DOUBTFUL = 0.97, 0.85


def scanned(lines: dict[str, float]) -> Shelf:
    """The report with these of its lines recognised, each with its confidence."""
    shelf = Shelf({"a.txt": TEXT})
    spans = sorted((TEXT.index(line), TEXT.index(line) + len(line), sure) for line, sure in lines.items())
    shelf.reports["a.txt"] = replace(shelf.reports["a.txt"], recognised=tuple(Recognised(*span) for span in spans))
    return shelf


def evidence_of(shelf: Shelf, short: str | None = SHORT):
    found = shelf.evidence(FIRST, short or "", probability=0.99)
    return replace(found, short=found.span)


ALL_CLEAR = dict.fromkeys((HEAD, DATED, FIRST, SECOND, LAST), CLEAR)


@pytest.mark.parametrize(
    ("lines", "short", "recognised", "sure"),
    [
        ({}, SHORT, None, True),
        ({HEAD: 0.5}, SHORT, None, True),  # another line than the quote's
        (ALL_CLEAR, SHORT, CLEAR, True),
        (ALL_CLEAR | {HEAD: 0.5}, SHORT, CLEAR, True),
        (ALL_CLEAR | {FIRST: DOUBTFUL}, SHORT, DOUBTFUL, False),
        (ALL_CLEAR | {SECOND: DOUBTFUL}, SHORT, DOUBTFUL, False),  # a figure beside the answer
        (ALL_CLEAR | {LAST: DOUBTFUL}, SHORT, DOUBTFUL, True),  # words that nobody counts by
        (ALL_CLEAR | {LAST: DOUBTFUL}, "群众", DOUBTFUL, False),
        (ALL_CLEAR | {FIRST: DOUBTFUL}, None, DOUBTFUL, False),
        ({FIRST: DOUBTFUL}, SHORT, DOUBTFUL, False),
        ({SECOND: 0.5, LAST: CLEAR}, None, 0.5, False),
        (ALL_CLEAR | {FIRST: 0.95}, SHORT, 0.95, True),  # the threshold itself is clear
    ],
)
@pytest.mark.parametrize("form", get_args(Form))
def test_only_what_was_read_clearly_is_sure(lines, short, recognised, sure, form):
    shelf = scanned(lines)
    evidence = evidence_of(shelf, short)
    said = answered(shelf.query("问什么?").question, [evidence], shelf.report, form=form, certainty="sure", short=short)
    assert said.certainty == ("sure" if sure else "likely")
    (citation,) = said.citations
    assert (citation.quote, citation.recognised) == (QUOTE, recognised)
    likely = answered(shelf.query("问什么?").question, [evidence], shelf.report, form=form, certainty="likely")
    assert likely.certainty == "likely"


@pytest.mark.parametrize(("confidence", "certainty"), [(None, "sure"), (CLEAR, "sure"), (DOUBTFUL, "likely")])
@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("石桥乡登记了多少处闲置农房?", "fact"),
        ("石桥乡登记闲置农房了吗?", "yesno"),
        ("石桥乡是怎么盘活闲置农房的?", "passage"),
    ],
)
def test_every_form_of_answer_is_graded(question, form, confidence, certainty):
    shelf = scanned({} if confidence is None else {FIRST: confidence})
    library = shelf.library(EVERYTHING_ANSWERS, reader_of(proved=[QUOTE], span=SHORT, polarity=5.0))
    said = compose(shelf.query(question), shelf.passages(), library)
    assert (said.status, said.form, said.certainty) == ("answered", form, certainty)


@pytest.mark.parametrize(("confidence", "certainty"), [(None, "sure"), (CLEAR, "sure"), (DOUBTFUL, "likely")])
def test_what_is_computed_and_what_stands_in_a_table_is_graded(confidence, certainty):
    shelf = scanned({} if confidence is None else {FIRST: confidence})
    evidence = evidence_of(shelf)
    part, plan = Part("石桥乡", "?"), Plan("sum", (Part("石桥乡", "?"),))
    found = [PartAnswer(part, evidence, SHORT, figure_in(evidence), "sure")]
    assert combine(shelf.query("问什么?").question, plan, found, shelf.report, []).certainty == certainty
    table = table_of("闲置农房", "place", (), [evidence], lambda _: "石桥乡", shelf.report, EVERYTHING_ANSWERS, 1)
    (cell,) = table.rows[0].cells
    assert (cell.certainty, cell.citation.recognised) == (certainty, confidence)


@pytest.mark.parametrize(
    ("lines", "certainty"),
    [({}, "sure"), (ALL_CLEAR, "sure"), ({FIRST: DOUBTFUL}, "sure"), (ALL_CLEAR | {DATED: DOUBTFUL}, "likely")],
)
def test_a_reports_date_is_graded_by_the_line_it_stands_in(lines, certainty):
    shelf = scanned(lines)
    said = compose(
        shelf.query("石桥乡盘活闲置农房工作总结是什么时候发布的?"),
        shelf.passages(),
        shelf.library(EVERYTHING_ANSWERS),
    )
    assert (said.short_answer, said.certainty) == ("2023-03-05", certainty)


def test_the_field_is_the_last_one_in_json():
    shelf = scanned({FIRST: 0.8512})
    citation = asdict(cite(evidence_of(shelf), shelf.report("a.txt"), 1))
    assert json.loads(json.dumps(citation))["recognised"] == 0.8512
    assert list(citation)[-1] == "recognised"
