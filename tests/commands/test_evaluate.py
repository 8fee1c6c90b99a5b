"""`wenbao eval`: what is right, cited, refused and falsely refused is counted as the contract says."""

from __future__ import annotations

import json

import pytest
from conftest import assert_one_line

from config.errors import UsageError
from rag.commands.evaluate import as_json, as_text, measure, read_gold, score
from rag.records import Answer, Citation

ROWS = [
    {"id": "a", "question": "Q1", "type": "number", "lang": "en", "answers": [["21个", "21"]], "docs": ["x/a.txt"]},
    {"id": "b", "question": "Q2", "type": "list", "lang": "zh-Hans", "answers": [["甲"], ["乙"]], "docs": ["a.txt"]},
    {"id": "c", "question": "Q3", "type": "none", "lang": "zh-Hans", "answers": []},
    {"id": "d", "question": "Q4", "type": "none", "lang": "zh-Hans", "answers": []},
    {"id": "e", "question": "Q5", "answers": ["1234", "一千"], "doc_id": "a"},
]


def _answer(text: str, source: str = "a.txt") -> Answer:
    citation = Citation(1, source, "t", None, None, "q", 0, 1, "q", 0, 1, None, 1.0)
    found = bool(text)
    return Answer(
        "q", "q", "en", "answered" if found else "not_found", text, None, (citation,) if found else (), None, ()
    )


SAID = {
    "Q1": _answer("有２１個 [1]"),  # script and width aside
    "Q2": _answer("只有甲 [1]"),  # one fact of two
    "Q3": _answer(""),
    "Q4": _answer("编的 [1]"),
    "Q5": _answer("1,234人 [1]", "b.txt"),  # right, from the wrong report
}


@pytest.fixture
def gold(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS) + "\n", encoding="utf-8")
    return path


def test_what_counts_as_right(gold):
    outcomes = measure(read_gold(gold), lambda question, _: SAID[question])
    assert [o.right for o in outcomes] == [True, False, True, False, False]
    total = score(outcomes)
    assert (total.questions, total.right, total.answerable, total.facts, total.cited) == (5, 2, 3, 2, 2)
    assert (total.refusable, total.refused, total.false_refusals) == (2, 1, 0)
    assert (total.citations, total.good_citations) == (3, 2)


def test_a_question_that_cannot_be_asked_is_a_refusal(gold):
    def ask(_question, _history):
        raise UsageError("空", "empty")

    assert score(measure(read_gold(gold), ask)).false_refusals == 3


def test_the_table_names_every_type_and_language(gold):
    outcomes = measure(read_gold(gold), lambda question, _: SAID[question])
    for name in ("type:number", "lang:zh-Hans", "all"):
        assert name in as_text(outcomes)
        assert name in as_json(outcomes)["scores"]
    assert as_json(outcomes)["wrong"] == ["b", "d", "e"]


@pytest.mark.parametrize("line", ["{", '{"question": "x"}', '{"question": 1, "answers": []}', "[]"])
def test_a_bad_row_is_named_by_its_line(tmp_path, line):
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(ROWS[0]) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 2"):
        read_gold(path)


def test_the_command(wenbao, settings, sync, tmp_path):
    sync()
    path = tmp_path / "gold.jsonl"
    rows = [
        {
            "question": "东山县有多少个乡村科普馆?",
            "type": "number",
            "lang": "zh-Hans",
            "answers": [["21个"]],
            "docs": ["a.txt"],
        },
        {"question": "月球上有多少个乡村科普馆?", "type": "no", "lang": "zh-Hans", "answers": []},
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    done = wenbao("eval", str(path), "--json", settings=settings)
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)["scores"]
    assert scores["type:number"]["right"] == 1
    assert scores["all"]["questions"] == 2
    missing = wenbao("eval", str(tmp_path / "none.jsonl"), settings=settings)
    assert missing.returncode == 2
    assert_one_line(missing.stderr, "none.jsonl")
