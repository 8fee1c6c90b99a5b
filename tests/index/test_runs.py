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


def test_a_first_ingest_that_gave_way_leaves_no_note(settings):
    with pytest.raises(IndexBusy):
        runs.recorded(settings, failing(IndexBusy("忙", "busy")))
    assert last_run(settings) is None
    assert list((settings.data_dir / "index").iterdir()) == []


def test_while_it_runs_nobody_knows_and_others_run_unrecorded(indexed):
    seen = []

    def work() -> IngestSummary:
        seen.append(last_run(indexed))
        runs.recorded(indexed, lambda: DONE)
        return DONE

    runs.recorded(indexed, work)
    assert seen == [None]


@pytest.mark.parametrize("content", [" ", "{", "[]", '{"error": 1, "failed": 2}', '{"error": ["x"], "failed": []}'])
def test_a_note_that_is_no_note_says_nothing(indexed, content):
    (indexed.data_dir / "index" / runs.RUN).write_text(content)
    assert last_run(indexed) is None


def test_what_cannot_be_noted_is_done_all_the_same(settings):
    settings.data_dir.write_text("")  # where no folder can be made
    assert runs.recorded(settings, lambda: DONE) is DONE
    assert last_run(settings) is None


@pytest.mark.parametrize("error", [StorageError("磁盘已满", "the disk is full"), ZeroDivisionError("by zero")])
def test_a_first_ingest_that_fails_leaves_a_note_too(settings, error):
    with pytest.raises(type(error)):
        runs.recorded(settings, failing(error))
    told = last_run(settings)
    assert told is not None
    assert told.error is not None
    assert str(error) in told.error.en
    assert [path.name for path in (settings.data_dir / "index").iterdir()] == [runs.RUN]
    runs.recorded(settings, lambda: DONE)
    assert last_run(settings) == Run(None, ("b.pdf",))


def test_while_the_first_ingest_runs_nobody_takes_it_for_one_that_failed(settings):
    seen = []

    def work() -> IngestSummary:
        seen.append(last_run(settings))
        return DONE

    runs.recorded(settings, work)
    assert seen == [None]


@pytest.mark.parametrize("before", [None, DONE])
def test_a_note_without_room_says_that_an_ingest_failed(settings, before):
    if before:
        runs.recorded(settings, lambda: before)
    script = "import resource, sys; from config.settings import load_settings; from ingest.index import runs\n"
    script += "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\nruns.recorded(load_settings(), lambda: 1 / 0)"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "WENBAO_DATA_DIR": str(settings.data_dir)}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=60)
    assert "ZeroDivisionError" in done.stderr
    if before is None:
        told = last_run(settings)
        assert told is not None
        assert told.error is not None
        assert "no room" in told.error.en


def test_a_shorter_note_over_a_longer_one_is_whole(indexed):
    path = indexed.data_dir / "index" / runs.RUN
    with pytest.raises(StorageError):
        runs.recorded(indexed, failing(StorageError("长" * 999, "x" * 999)))
    length = path.stat().st_size
    runs.recorded(indexed, lambda: DONE)
    assert path.stat().st_size < length
    assert last_run(indexed) == Run(None, ("b.pdf",))


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
