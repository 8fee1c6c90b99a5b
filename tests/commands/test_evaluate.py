"""`wenbao eval`: what is right, cited, refused and falsely refused is counted as the contract says."""

from __future__ import annotations

import json

import pytest
from conftest import assert_one_line

from config.errors import UsageError
from rag.commands.evaluate import VERDICTS, Gold, as_json, as_text, calibrate, measure, read_gold, score
from rag.records import Answer, Certainty, Citation

ROWS = [
    {"id": "a", "question": "Q1", "type": "number", "lang": "en", "answers": [["21个", "21"]], "docs": ["x/a.txt"]},
    {"id": "b", "question": "Q2", "type": "list", "lang": "zh-Hans", "answers": [["甲"], ["乙"]], "docs": ["a.txt"]},
    {"id": "c", "question": "Q3", "type": "none", "lang": "zh-Hans", "answers": []},
    {"id": "d", "question": "Q4", "type": "none", "lang": "zh-Hans", "answers": []},
    {"id": "e", "question": "Q5", "answers": ["1234", "一千"], "doc_id": "a"},
]


def _answer(text: str, source: str = "a.txt", certainty: Certainty = "sure", short: str | None = None) -> Answer:
    if not text:
        return Answer("q", "q", "en", "not_found", "", None, (), "why", ())
    citation = Citation(1, source, "t", None, None, "q", 0, 1, "q", 0, 1, None, 1.0)
    return Answer("q", "q", "en", "answered", text, short, (citation,), None, (), certainty, "fact")


SAID = {
    "Q1": _answer("有２１個 [1]"),  # script and width aside
    "Q2": _answer("只有甲 [1]"),  # one fact of two
    "Q3": _answer(""),
    "Q4": _answer("编的 [1]", certainty="likely"),
    "Q5": _answer("1,234人 [1]", "b.txt"),  # right, from the wrong report
}


@pytest.fixture
def gold(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS) + "\n", encoding="utf-8")
    return path


def test_what_counts_as_right(gold):
    outcomes = measure(read_gold(gold), lambda question, _: SAID[question])
    assert [o.verdict for o in outcomes] == [
        "right",
        "partly",
        "refused rightly",
        "wrong though likely",
        "wrong though sure",
    ]
    assert [o.right for o in outcomes] == [True, False, True, False, False]
    total = score(outcomes)
    assert (total.questions, total.right, total.answerable, total.facts, total.cited) == (5, 2, 3, 2, 2)
    assert (total.citations, total.good_citations) == (3, 2)
    assert total.verdicts == {verdict: 0 if verdict == "refused wrongly" else 1 for verdict in VERDICTS}


@pytest.mark.parametrize(
    ("facts", "answer", "verdict"),
    [
        ([["21个"]], _answer("有21个 [1]"), "right"),
        ([["21个"]], _answer("有21个 [1]", certainty="likely"), "right"),
        ([["21个"]], _answer("如下 [1]", short="21个"), "right"),
        ([["21个"]], _answer("有21个 [1]" + "余" * 600), "partly"),  # nobody reads a page in a chat
        ([["21个"], ["8家"]], _answer("有8家 [1]"), "partly"),
        ([["21个"]], _answer("有22个 [1]"), "wrong though sure"),
        ([["21个"]], _answer("有22个 [1]", certainty="likely"), "wrong though likely"),
        ([["21个"]], _answer("有21个 [1]", source="b.txt"), "wrong though sure"),
        ([["21个"]], _answer(""), "refused wrongly"),
        ([], _answer(""), "refused rightly"),
        ([], _answer("有21个 [1]"), "wrong though sure"),
        ([], _answer("有21个 [1]", certainty="likely"), "wrong though likely"),
    ],
)
def test_the_verdict_says_how_sure_what_is_wrong_was_said(facts, answer, verdict):
    gold = Gold("1", "Q", "number", "zh-Hans", tuple(map(tuple, facts)), ("a.txt",) if facts else (), ())
    (outcome,) = measure([gold], lambda *_: answer)
    assert outcome.verdict == verdict
    assert outcome.right == (verdict in ("right", "refused rightly"))


def test_a_question_that_cannot_be_asked_is_a_refusal(gold):
    def ask(_question, _history):
        raise UsageError("空", "empty")

    verdicts = score(measure(read_gold(gold), ask)).verdicts
    assert (verdicts["refused wrongly"], verdicts["refused rightly"]) == (3, 2)


def test_calibrating_asks_of_all_reports_but_those_that_answer(gold):
    asked = []

    def ask(question, _history, left_out):
        asked.append((question, tuple(left_out)))
        if question == "Q5":
            raise UsageError("空", "empty")
        return _answer("编的 [1]", certainty="likely" if question == "Q2" else "sure")

    found = calibrate(read_gold(gold), ["x/a.txt", "y/a.md", "b.txt"], ask)
    # What nothing answers is no test; a report is known by its name with or without its ending.
    assert asked == [("Q1", ("x/a.txt",)), ("Q2", ("x/a.txt",)), ("Q5", ("x/a.txt", "y/a.md"))]
    assert (found.asked, found.sure, found.likely) == (2, 1, 1)
    assert "2" in found.text


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
    done = wenbao("eval", str(path), "--calibrate", "--json", settings=settings)
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)["scores"]
    assert scores["all"]["questions"] == 2
    assert sum(scores["all"]["verdicts"].values()) == 2
    assert json.loads(done.stdout)["calibration"]["asked"] == 1
    missing = wenbao("eval", str(tmp_path / "none.jsonl"), settings=settings)
    assert missing.returncode == 2
    assert_one_line(missing.stderr, "none.jsonl")
