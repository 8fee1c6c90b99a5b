"""A reader follows the published index: the newest generation at once, no question lost, no wrong model."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time

import pytest
from conftest import MODELS, ROOT, SMALL_REPORTS

from config.errors import IndexMismatch
from ingest.index.published import Index
from rag.engine import Engine
from rag.question.understand import as_it_stands

NEW = "海丰县科协工作总结\n海丰县科协建成流动科技馆9座。"
QUESTION = "海丰县科协建成多少座流动科技馆?"


@pytest.fixture
def engine(sync, settings, embedder, reader):
    sync()
    engine = Engine(settings, print, embedder, reader)
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


def test_several_questions_at_once_find_what_each_finds_alone(engine):
    asked = [
        QUESTION,
        "東山縣有多少個鄉村科普館?",
        "How many rural science halls does Dongshan County have?",
        "科普基地",
        "2021年举办了几场科普讲座?",
        "Which city held the forum?",
        "那西河市呢?",
    ]
    together = engine.search_each([as_it_stands(text) for text in asked], 3)
    assert together == [engine.search(text, 3) for text in asked]
    assert [len(found) for found in together] == [3] * len(asked)
    assert engine.search_each([], 3) == []


@pytest.mark.parametrize("question", ["平山县全年组织科普讲座多少场?", "How many lectures did Pingshan County hold?"])
def test_a_title_that_names_the_asked_place_comes_before_others_that_say_the_same(
    sync, reports, settings, embedder, question
):
    for place, said in {
        "东岗县": "全县全年组织科普讲座58场。",
        "南塘县": "全年组织科普讲座41场。",
        "平山县": "请专家讲课27场次,听众踊跃。",
        "北原县": "组织科普讲座19场。",
    }.items():
        (reports / f"{place}.txt").write_text(f"{place}科协工作总结\n\n{said}", encoding="utf-8")
    sync()
    with contextlib.closing(Engine(settings, print, embedder)) as engine:
        assert engine.search(question)[0].chunk.source == "平山县.txt"


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


def test_an_index_of_another_model_is_never_asked(engine, sync, settings, embedder, monkeypatch, reader):
    monkeypatch.setattr(embedder, "fingerprint", "another")
    sync()
    monkeypatch.undo()
    with pytest.raises(IndexMismatch):
        engine.ask(QUESTION)
    with pytest.raises(IndexMismatch):
        Engine(settings, print, embedder, reader)
    sync()
    assert engine.ask("东山县建成多少个乡村科普馆?").short_answer == "21个"


DRIVER = """
import sys
from pathlib import Path
from config.settings import Settings
from ingest.embedding.embed import Embedder
from ingest.pipeline import ingest
reports, data, models = map(Path, sys.argv[1:])
settings = Settings(reports_dir=reports, data_dir=data, models_dir=models)
class Silent:
    def notify(self, message): pass
    def embedding(self, done, total): pass
embedder = Embedder.open(settings, print)
import chromadb
print("ready", flush=True)
ingest(settings, [], Silent(), embedder=embedder)
print("done", flush=True)
"""


def test_an_ingest_killed_at_any_moment_leaves_the_published_index(sync, settings, reports, embedder, reader):
    """Killed by SIGKILL at moments spread over its whole run; the next ingest finishes the work."""
    sync()
    (reports / "a.txt").unlink()
    for n in range(30):
        (reports / f"new{n}.txt").write_text(f"第{n}区科协工作总结\n第{n}区科协举办讲座{n + 10}场。", encoding="utf-8")
    before, outcomes = state(settings), []
    for delay in (0.05, 0.2, 0.35, 0.5, 0.7, 1.0):
        command = [sys.executable, "-c", DRIVER, str(reports), str(settings.data_dir), str(MODELS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(delay)
            process.kill()
        outcomes.append(state(settings))
        if outcomes[-1][0] != before[0]:
            break  # it was published before the kill
    complete = (*sorted(set(SMALL_REPORTS) - {"a.txt"}), *(f"new{n}.txt" for n in range(30)))
    assert all(found == before or set(found[1]) == set(complete) for found in outcomes)
    sync()
    assert set(state(settings)[1]) == set(complete)
    left = [path.name for path in (settings.data_dir / "index").glob("g*")]
    assert len(left) <= 2
    with contextlib.closing(Engine(settings, print, embedder, reader)) as engine:
        assert engine.ask("第7区科协举办讲座多少场?").short_answer == "17场"


@pytest.mark.parametrize("kilobytes", [8, 128])
def test_a_full_disk_is_one_line_and_an_intact_index(seeded, tmp_path, kilobytes):
    """No file may grow beyond a limit, which stops the writing at one stage or another."""
    own = seeded.model_copy(update={"data_dir": tmp_path / "data", "reports_dir": tmp_path / "reports"})
    shutil.copytree(seeded.data_dir, own.data_dir)
    shutil.copytree(seeded.reports_dir, own.reports_dir)
    (own.reports_dir / "new.txt").write_text(NEW, encoding="utf-8")
    before = state(own)
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); "
        "from rag.commands.cli import main; main()"
    )
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "WENBAO_MODELS_DIR": str(MODELS),
        "WENBAO_DATA_DIR": str(own.data_dir),
        "WENBAO_REPORTS_DIR": str(own.reports_dir),
    }
    command = [sys.executable, "-c", limited.format(kilobytes << 10), "ingest"]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    # What is read needs room in the temporary folder, what is written in the data directory.
    assert re.search("WENBAO_DATA_DIR|TMPDIR", done.stderr.strip().split("\n")[-1])
    assert state(own) == before


def state(settings):
    """What a reader sees: the generation, and its reports."""
    with contextlib.closing(Index.open(settings)) as index:
        return index.generation, tuple(report.source for report in index.reports())
