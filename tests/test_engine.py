"""A reader follows the published index: the newest generation at once, no question lost, no wrong model."""

from __future__ import annotations

import threading

import pytest

from config.errors import IndexMismatch
from rag.engine import Engine

NEW = "海丰县科协工作总结\n海丰县科协建成流动科技馆9座。"
QUESTION = "海丰县科协建成多少座流动科技馆?"


@pytest.fixture
def engine(sync, settings, embedder):
    sync()
    engine = Engine(settings, print, embedder)
    yield engine
    engine.close()


def test_a_new_report_answers_without_a_restart_and_a_deleted_one_no_longer(engine, sync, reports):
    assert "9座" not in (engine.ask(QUESTION).short_answer or "")
    (reports / "new.txt").write_text(NEW, encoding="utf-8")
    sync()
    assert engine.ask(QUESTION).short_answer == "9座"
    (reports / "new.txt").unlink()
    sync()
    answer = engine.ask(QUESTION)
    assert all(citation.source != "new.txt" for citation in (*answer.citations, *answer.nearest))
    assert all(passage.chunk.source != "new.txt" for passage in engine.search(QUESTION, 1000))


def test_no_question_fails_while_generations_are_published(engine, sync, reports):
    stop = threading.Event()
    answers, errors = [], []

    def ask():
        while not stop.is_set():
            try:
                answers.append(engine.ask("东山县建成多少个乡村科普馆?").short_answer)
            except Exception as exc:  # noqa: BLE001  # whatever it is, the test shows it
                errors.append(exc)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(4):  # more than are kept
        (reports / "new.txt").write_text(f"{NEW}第{n}次。", encoding="utf-8")
        sync()
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert set(answers) == {"21个"}


def test_an_index_of_another_model_is_never_asked(engine, sync, settings, embedder, monkeypatch):
    monkeypatch.setattr(embedder, "fingerprint", "another")
    sync()
    monkeypatch.undo()
    with pytest.raises(IndexMismatch):
        engine.ask(QUESTION)
    with pytest.raises(IndexMismatch):
        Engine(settings, print, embedder)
    sync()
    assert engine.ask("东山县建成多少个乡村科普馆?").short_answer == "21个"
