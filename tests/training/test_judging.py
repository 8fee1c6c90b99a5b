"""What the judge is fitted on: each question as it stands and where nothing answers it, with what is true of each
sentence; what was interrupted goes on."""

from __future__ import annotations

import json
import re

import pytest
from shelf import NOTHING_ANSWERS, Shelf, reader_of

from ingest.language import places
from rag.judge.features import FEATURES
from rag.judge.ranking import cases_of
from rag.training.authored import document_of, question_of
from rag.training.judging import Judged, by_author, collect, read_rows, row_of, variants

TEXT = "全年新建小水库4座，加固堤防12公里。节水灌溉面积8600亩。工程由副局长杜建业负责，预计2024年完工。"
DIKES, IRRIGATED, LED = re.findall(r"[^。]+。", TEXT)


def document(place: str, author: str, text: str = TEXT):
    title = f"{place}水利局2023年总结"
    return document_of({"id": place, "title": title, "date": "2023-12-28", "text": f"{place}{text}"}, author)


@pytest.fixture
def documents():
    others = "全年清淤渠道31公里，检修泵站7座。汛期转移群众220人。"
    return [document("丰宁县", "x1"), document("兴隆县", "x1", others), document("丰宁县", "x2")]


def asked(document, question, kind="number", facts=(), evidence=(), **rest):
    row = {"id": question, "type": kind, "question": question, "facts": facts, "evidence": evidence, **rest}
    found = question_of(row, document)
    assert found is not None
    return found


@pytest.fixture
def questions(documents):
    first = documents[0]
    return [
        asked(first, "丰宁县节水灌溉面积多少亩？", facts=[["8600亩"]], evidence=[IRRIGATED]),
        asked(first, "2023年谁负责工程？", "person", facts=[["杜建业"]], evidence=[LED]),
        asked(first, "丰宁县有几座核电站？", near=DIKES),
        asked(first, "丰宁县建水库、修堤防各多少？", "list", [["4座"], ["12公里"]], ["丰宁县" + DIKES]),
        asked(first, "工程预计完工了吗？", "yesno", [], [LED], yes=False),
    ]


@pytest.fixture
def examine(documents):
    """What is found in all reports but those left out, read by a reader that finds its way."""
    shelf = Shelf({d.source: d.delivered for d in documents})
    read = reader_of([IRRIGATED, LED], "8600亩")

    def examine(text, left_out):
        passages = [p for p in shelf.passages() if p.chunk.source not in left_out]
        return cases_of(shelf.query(text), passages, shelf.library(NOTHING_ANSWERS, read))[0]

    return examine


def test_every_question_is_asked_as_it_stands_and_the_answerable_ones_also_where_nothing_answers(questions, documents):
    trials = list(variants(questions, documents, 1.0))
    assert [t.question for t in trials if t.variant == "asked"] == questions
    assert {t.question.id for t in trials if t.variant != "asked"} <= {q.id for q in questions if q.answerable}
    assert all(t.text == t.question.text for t in trials if t.variant != "moved")
    assert len({t.id for t in trials}) == len(trials)


def test_no_share_is_no_variant_and_the_same_seed_draws_the_same(questions, documents):
    assert [t.variant for t in variants(questions, documents, 0.0)] == ["asked"] * len(questions)
    first, second = (list(variants(questions * 20, documents, 0.5)) for _ in range(2))
    assert first == second
    made = sum(t.variant != "asked" for t in first)
    assert 0.2 < made / sum(q.answerable for q in questions * 20) < 0.9


def test_a_question_without_an_answer_is_asked_of_reports_that_may_not_answer_it_elsewhere(questions, documents):
    for trial in variants(questions, documents, 0.0):
        others = {d.source for d in documents if d.author == "x1"} - {trial.question.document.source}
        assert set(trial.left_out) == (set() if trial.question.answerable else others)


def test_left_out_is_the_report_with_every_copy_of_it(questions, documents):
    trials = [t for t in variants(questions * 20, documents, 1.0) if t.variant == "without"]
    assert trials
    for trial in trials:
        assert set(trial.left_out) == {"x1/丰宁县.txt", "x2/丰宁县.txt"}


def test_a_question_that_was_moved_asks_about_another_place_or_another_year(questions, documents):
    trials = [t for t in variants(questions * 20, documents, 1.0) if t.variant == "moved"]
    assert trials
    for trial in trials:
        assert trial.text != trial.question.text
        own = trial.question.document
        assert own.source not in trial.left_out  # what looks like an answer is there
        assert all(source.startswith(f"{own.author}/") for source in trial.left_out)
        yearless = [re.sub(r"\d{4}", "", text) for text in (trial.text, trial.question.text)]
        if yearless[0] != yearless[1]:
            ((named,),) = [places.find(trial.question.text)]
            assert named.name not in trial.text
            assert trial.text.startswith(trial.question.text[: named.start])
            assert trial.text.endswith(trial.question.text[named.end :])
    assert any("兴隆县" in trial.text for trial in trials)
    assert len({trial.text for trial in trials}) > 10, "places that no report knows"


def test_a_row_tells_of_every_sentence_what_is_so_and_whether_it_is_right(questions, documents, examine):
    trial = next(variants(questions, documents, 0.0))
    row = row_of(trial, examine)
    assert (row.author, row.kind, row.variant, row.answerable, row.facts) == ("x1", "number", "asked", True, 1)
    assert all(set(sentence.features) == set(FEATURES) for sentence in row.sentences)
    right = [sentence for sentence in row.sentences if sentence.right]
    assert right
    assert {sentence.text for sentence in right} == {IRRIGATED}
    assert all(sentence.facts == (0,) for sentence in right)
    assert all(sentence.short in ("8600亩", "") for sentence in right)


@pytest.mark.parametrize("variant", ["without", "moved"])
def test_where_nothing_answers_nothing_is_right(questions, documents, examine, variant):
    trials = [t for t in variants(questions * 20, documents, 1.0) if t.variant == variant][:6]
    for row in (row_of(trial, examine) for trial in trials):
        assert not row.answerable
        assert row.sentences
        assert not any(sentence.right or sentence.facts for sentence in row.sentences)


def test_a_question_without_facts_is_answered_by_its_own_report_alone(questions, documents, examine):
    trial = next(t for t in variants(questions, documents, 0.0) if t.question.kind == "yesno")
    row = row_of(trial, examine)
    assert (row.yes, row.facts) == (False, 0)
    assert {sentence.source for sentence in row.sentences if sentence.right} <= {"x1/丰宁县.txt", "x2/丰宁县.txt"}


def test_what_nothing_answers_has_no_right_sentence(questions, documents, examine):
    trial = next(t for t in variants(questions, documents, 0.0) if not t.question.answerable)
    row = row_of(trial, examine)
    assert not row.answerable
    assert not any(sentence.right for sentence in row.sentences)


def test_rows_are_kept_and_what_was_interrupted_goes_on(questions, documents, examine, tmp_path):
    trials = list(variants(questions, documents, 1.0))
    path, seen = tmp_path / "rows.jsonl", []

    def counted(text, left_out):
        if len(seen) == 3:
            raise KeyboardInterrupt
        seen.append(text)
        return examine(text, left_out)

    with pytest.raises(KeyboardInterrupt):
        collect(trials, counted, path)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    again = []
    rows = collect(trials, lambda text, left_out: again.append(text) or examine(text, left_out), path)
    assert [row.id for row in rows] == [trial.id for trial in trials]
    assert len(again) == len(trials) - 3
    assert list(read_rows(path)) == rows
    assert collect(trials, None, path) == rows  # nothing is left to be asked
    assert all(isinstance(json.loads(line), dict) for line in path.read_text(encoding="utf-8").splitlines())


def test_the_rows_of_each_author_are_together(questions, documents, examine):
    rows = [row_of(trial, examine) for trial in variants(questions[:2], documents, 0.0)]
    assert by_author(rows) == {"x1": rows}
    assert all(isinstance(sentence, Judged) for row in rows for sentence in row.sentences)
