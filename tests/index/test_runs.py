"""How an ingest ended is known to others, however it ended; nobody takes one that runs for one that was cut off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from conftest import MODELS, ROOT

from config.errors import IndexBusy, Message, StorageError
from ingest.index import runs
from ingest.index.runs import Run, last_run
from ingest.records import Failure, IngestSummary

DONE = IngestSummary((), (), (), 0, (Failure("b.pdf", "damaged"),), 0, 0, "g", 0.0)


@pytest.fixture
def indexed(settings):
    (settings.data_dir / "index").mkdir(parents=True)
    return settings


def failing(error: Exception):
    def work() -> IngestSummary:
        raise error

    return work


def test_files_that_failed_are_named(indexed):
    assert last_run(indexed) is None
    assert runs.recorded(indexed, lambda: DONE) is DONE
    assert last_run(indexed) == Run(None, ("b.pdf",))


def test_why_it_failed_is_said_without_secrets(indexed):
    secret = indexed.model_copy(update={"chroma_url": "http://name:geheim@127.0.0.1"})
    with pytest.raises(StorageError):
        runs.recorded(secret, failing(StorageError("连不上 geheim", "can't reach geheim")))
    assert last_run(indexed) == Run(Message("连不上 ***", "can't reach ***"), ())
    with pytest.raises(ZeroDivisionError):
        runs.recorded(indexed, failing(ZeroDivisionError("by zero")))
    assert "ZeroDivisionError" in str(last_run(indexed))


def test_a_second_ingest_that_gave_way_says_nothing_of_the_first(indexed):
    runs.recorded(indexed, lambda: DONE)
    with pytest.raises(IndexBusy):
        runs.recorded(indexed, failing(IndexBusy("忙", "busy")))
    assert last_run(indexed) == Run(None, ("b.pdf",))


def test_while_it_runs_nobody_knows_and_others_run_unrecorded(indexed):
    seen = []

    def work() -> IngestSummary:
        seen.append(last_run(indexed))
        runs.recorded(indexed, lambda: DONE)
        return DONE

    runs.recorded(indexed, work)
    assert seen == [None]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"error": 1, "failed": 2}', '{"error": ["x"], "failed": []}'])
def test_a_note_that_is_no_note_says_nothing(indexed, content):
    (indexed.data_dir / "index" / runs.RUN).write_text(content)
    assert last_run(indexed) is None


def test_what_cannot_be_noted_is_done_all_the_same(settings):
    assert runs.recorded(settings, lambda: DONE) is DONE
    assert not settings.data_dir.exists()


def test_the_command_leaves_a_note_and_a_killed_one_too(settings, reports, wenbao):
    (settings.data_dir / "index").mkdir(parents=True)
    for path in reports.iterdir():
        path.unlink()
    assert wenbao("ingest", settings=settings).returncode == 1
    told = last_run(settings)
    assert told is not None
    assert told.error is not None
    assert "WENBAO_REPORTS_DIR" in told.error.en
    (reports / "a.txt").write_text("东山县科协举办讲座8场。" * 3000, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "WENBAO_MODELS_DIR": str(MODELS)}
    env |= {"WENBAO_REPORTS_DIR": str(reports), "WENBAO_DATA_DIR": str(settings.data_dir)}
    running = subprocess.Popen([sys.executable, "-m", "ingest"], env=env, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not (settings.data_dir / "index" / "lock.holder").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert last_run(settings) is None
    running.send_signal(signal.SIGKILL)
    running.wait(30)
    told = last_run(settings)
    assert told is not None
    assert told.error is not None
    assert "cut off" in told.error.en
