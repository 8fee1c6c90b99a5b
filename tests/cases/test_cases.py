"""Faults of delivered files and ways of asking, a small report of each kind: the right figure is said, or nothing is.

All reports lie in one index, as they would in an office: what is asked of one may be told by another.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from conftest import MODELS, Watcher
from reports import KINDS, reports

from config.settings import Settings
from ingest.pipeline import ingest
from rag.commands.evaluate import fold
from rag.engine import Engine

ROWS = [json.loads(line) for line in Path(__file__).with_name("questions.jsonl").read_text("utf-8").splitlines()]
REFUSED = {"letters_without_meaning/无映射.pdf": "没有", "made_by_a_script/空壳.html": "文件里没有文字"}


@pytest.fixture(scope="module")
def office(tmp_path_factory, embedder, reader):
    folder = tmp_path_factory.mktemp("cases")
    reports(folder / "reports")
    settings = Settings(reports_dir=folder / "reports", data_dir=folder / "data", models_dir=MODELS)
    summary = ingest(settings, [], Watcher(), embedder=embedder)
    with closing(Engine(settings, print, embedder, reader)) as engine:
        yield engine, summary


def test_every_kind_is_asked_about():
    assert {row["kind"] for row in ROWS} == set(KINDS)


def test_only_what_holds_no_text_is_refused_and_it_is_said_why(office):
    _, summary = office
    failed = {failure.source: failure.error for failure in summary.failed}
    assert failed.keys() == REFUSED.keys()
    assert all(words in failed[source] for source, words in REFUSED.items())


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row,
            id=row["question"],
            marks=[pytest.mark.xfail(reason=row["known"], strict=True)] if "known" in row else [],
        )
        for row in ROWS
    ],
)
def test_the_right_figure_is_said_or_none(office, row):
    engine, _ = office
    answer = engine.ask(row["question"], row.get("history", []))
    if not row["answers"]:
        assert answer.status == "not_found", answer
        return
    assert answer.status == "answered", answer
    said, headline = fold(answer.answer), fold(answer.short_answer or answer.answer)
    for forms in row["answers"]:
        assert any(fold(form) in said for form in forms), answer
        assert any(fold(form) in headline for form in forms), answer
    if "docs" in row:
        assert {citation.source.rsplit("/", 1)[-1] for citation in answer.citations} <= set(row["docs"])
