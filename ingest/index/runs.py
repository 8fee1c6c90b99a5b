"""How the last `wenbao ingest` ended, for those who weren't there: written on a full disk too, and when it was killed.

index/last-run.json  {"error": [zh, en] or null, "failed": [source…]}; locked while it runs; empty where the disk had no
room for more. It is there before the first index is.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from config.errors import IndexBusy, Message, WenbaoError
from config.settings import Settings, without_secrets
from ingest.index.generations import root_of
from ingest.records import IngestSummary

RUN = "last-run.json"
_CUT_OFF = Message("导入被中断,没有完成", "the ingest was cut off before its end")  # what stands there while it runs
_NO_ROOM = Message("导入没有完成,连原因也没有空间记下", "the ingest failed, and there was no room to note why")
_TRIES, _PAUSE = 20, 0.01  # to get the lock from who reads; another ingest keeps it


@dataclass(frozen=True, slots=True)
class Run:
    """`error` is why nothing was ingested, `failed` are the files that couldn't be."""

    error: Message | None
    failed: tuple[str, ...]


def recorded(settings: Settings, work: Callable[[], IngestSummary]) -> IngestSummary:
    """What `work` returns or raises, with a note of how it ended, the first one of all too."""
    path = root_of(settings) / RUN
    first = not path.exists()
    with _held(path) as note:
        if note is None:
            return work()
        before = os.pread(note, os.fstat(note).st_size, 0)
        _write(note, Run(_CUT_OFF, ()))
        try:
            summary = work()
        except IndexBusy:  # the other one's end is what counts
            if first:
                path.unlink(missing_ok=True)
            else:
                _put(note, before)
            raise
        except WenbaoError as exc:
            message = Message(*(without_secrets(text, settings) for text in exc.message))
            _write(note, Run(message, ()))
            raise
        except Exception as exc:
            unforeseen = without_secrets(f"{type(exc).__name__}: {exc}", settings)
            _write(note, Run(Message(unforeseen, unforeseen), ()))
            raise
        _write(note, Run(None, tuple(failure.source for failure in summary.failed)))
        return summary


def last_run(settings: Settings) -> Run | None:
    """How it ended; None while one runs, and where nobody knows."""
    try:
        with (root_of(settings) / RUN).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            noted = file.read()
        if not noted:
            return Run(_NO_ROOM, ())
        run = json.loads(noted)
        return Run(Message(*map(str, run["error"])) if run["error"] else None, tuple(map(str, run["failed"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextlib.contextmanager
def _held(path: Path) -> Iterator[int | None]:
    """The file, locked; None where it can't be."""
    try:
        note = _opened(path)
    except OSError:
        yield None
        return
    try:
        yield note if _locked(note) else None
    finally:
        os.close(note)


def _opened(path: Path) -> int:
    """The file; one that is made is locked, and says what stands there while an ingest runs, before it has its name.

    Raises OSError, but not where there is room for its name alone.
    """
    with contextlib.suppress(FileNotFoundError):
        return os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    note = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _write(note, Run(_CUT_OFF, ()))
        _name(draft, path)
    except OSError:
        os.close(note)
        raise
    finally:
        draft.unlink(missing_ok=True)
    return note


def _name(draft: Path, path: Path) -> None:
    """Give the file its name, unless another ingest was faster. Raises OSError."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        draft.rename(path)


def _locked(note: int) -> bool:
    for _ in range(_TRIES):
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(_PAUSE)
        else:
            return True
    return False


def _write(note: int, run: Run) -> None:
    _put(note, json.dumps({"error": run.error, "failed": run.failed}, ensure_ascii=False).encode("utf-8", "replace"))


def _put(note: int, content: bytes) -> None:
    """In place: a full disk has no room for a new file, but this one's block stays its own.

    In one step over all of what was there: whatever ends the process, the note is the old one or the new.
    """
    with contextlib.suppress(OSError):
        os.pwrite(note, content.ljust(os.fstat(note).st_size), 0)
        os.ftruncate(note, len(content))
        os.fsync(note)
