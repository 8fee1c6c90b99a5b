"""Folders of a process go with it, however it ends, and what only reads is never written to."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from conftest import ROOT

from config.errors import StorageError
from ingest.durable import digest
from ingest.index.generations import read_pointer
from ingest.index.published import Index
from ingest.scratch import Scratch, sweep

HOLD = "import sys; from ingest.scratch import Scratch; s = Scratch(10); print(s.path, flush=True); sys.stdin.read()"


def holder() -> subprocess.Popen[str]:
    """A process that holds a folder until its stdin ends."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", HOLD], stdin=pipe, stdout=pipe, text=True, env=env)


def made_by(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def test_a_folder_goes_with_its_process():
    with holder() as process:
        folder = made_by(process)
        assert folder.is_dir()
        process.communicate()
    assert not folder.exists()


def test_what_a_killed_process_left_goes_with_the_next_and_what_a_living_one_holds_stays():
    with holder() as killed, holder() as living:
        left, held = made_by(killed), made_by(living)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert left.exists()
        with Scratch(1) as own:
            assert own.exists()
            assert not left.exists()
            assert held.exists()
        living.communicate()


REMOVE = """
import subprocess, sys
from ingest.scratch import Scratch, remove_all
s = Scratch(10)
for n in range(300):
    (s.path / str(n)).touch()
write = 'while :; do : > "$1/native"; done 2>/dev/null'
writers = [subprocess.Popen(["bash", "-c", write, "write", s.path]) for _ in range(2)]
print(s.path, flush=True)
sys.stdin.readline()
print(flush=True)
remove_all()
sys.stdin.read()
"""


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.002, 0.004, 0.008, 0.016, 0.05])
def test_what_is_left_by_a_process_killed_while_it_removes_its_folder_goes_with_the_next(seconds):
    """Its lock may be gone by then, and native code may have written into it since."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", REMOVE]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env, start_new_session=True) as process:
        assert process.stdin is not None
        folder = made_by(process)
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
    with Scratch(1):
        assert not list(folder.parent.glob(f"{folder.name}*"))


def test_what_is_written_from_within_a_folder_goes_with_it():
    """By a program whose working directory it is: there it stays when the folder has another name."""
    folder = Scratch()
    write = "n=0; while :; do n=$((n + 1)); : > x$n; done"
    with subprocess.Popen(["bash", "-c", write], cwd=folder.path, stderr=subprocess.DEVNULL) as writer:
        time.sleep(0.05)
        threading.Timer(0.1, writer.kill).start()
        folder.remove()
    assert not list(folder.path.parent.glob(f"{folder.path.name}*"))


def test_a_folder_of_others_is_left_alone(tmp_path):
    foreign = tmp_path / f"wenbao-{os.getuid()}-new"
    foreign.mkdir()  # made a moment ago, and not yet locked
    (tmp_path / "other").mkdir()
    going = tmp_path / f"wenbao-{os.getuid()}-old.gone"
    going.mkdir()  # somebody has begun to remove it
    (going / "chroma.sqlite3").touch()
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {foreign.name, "other"}


def test_no_room_is_one_line_that_says_where():
    with pytest.raises(StorageError, match="TMPDIR"):
        Scratch(1 << 60)


def test_asking_changes_no_file_of_the_index_and_leaves_none(sync, settings):
    sync()
    before = files(settings.data_dir)
    for _ in range(2):
        with contextlib.closing(Index.open(settings)) as index:
            assert index.nearest(index.vectors(index.catalog.chunk_ids("a.txt")[:1]), 3)
            mine = list(Path("/dev/shm").glob("wenbao-*")) + list(Path(tempfile.gettempdir()).glob("wenbao-*"))
            assert all(path.stat().st_mode & 0o077 == 0 for path in mine)
    assert files(settings.data_dir) == before


def test_a_hot_journal_of_an_earlier_version_is_no_damage(sync, settings):
    """What a reader of an earlier version left when it was killed in the middle of a write."""
    sync()
    folder = settings.data_dir / "index" / read_pointer(settings)["generation"] / "chroma"
    script = (
        "import sqlite3, sys, os; c = sqlite3.connect(sys.argv[1]); c.execute('pragma cache_size=1'); "
        "c.execute('begin exclusive'); c.execute('create table filler (x)'); "
        "c.executemany('insert into filler values (zeroblob(5000))', [()] * 400); os._exit(0)"
    )
    copy = settings.data_dir / "copy"
    shutil.copytree(folder, copy)
    subprocess.run([sys.executable, "-c", script, copy / "chroma.sqlite3"], check=True)
    assert (copy / "chroma.sqlite3-journal").stat().st_size
    from ingest.index.vectors import EmbeddedHome

    root = settings.data_dir / "earlier"
    (root / "g000001-aa").mkdir(parents=True)
    copy.rename(root / "g000001-aa" / "chroma")
    before = files(root)
    with contextlib.closing(EmbeddedHome(root).open("g000001-aa", {})) as store:
        assert store.answers()
    assert files(root) == before


def files(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file with its content and its time of change."""
    return {
        str(path.relative_to(folder)): (digest(path), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_goes_though_somebody_still_writes_into_it():
    """As native code does that is still opening what lies there when the process ends."""
    folder, stop = Scratch(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                (folder.path / ".lock").touch()
                (folder.path / ".lock").unlink()

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.05)
    folder.remove()
    stop.set()
    writer.join()
    assert not folder.path.exists()
