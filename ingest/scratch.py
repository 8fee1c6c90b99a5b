"""Folders for the time of a process, in memory where there is room.

Guarantees: a folder is its process's alone and goes with it; one whose process was killed is removed by the next that
makes one, so that there are never more of them than processes that died since.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

from config.errors import Message, StorageError, reason

_PREFIX = "wenbao-"
_HELD = ".held"  # locked as long as the process lives
_GONE = ".gone"  # ends the name of a folder that is being removed, which whoever finds it goes on with
_MAKING = 60.0  # seconds in which a folder may still lack its lock
_EMPTYING = 0.3  # seconds in which a folder is tried to be removed
_MEMORY = Path("/dev/shm")  # noqa: S108  # only ever looked into for folders of our own, made with mode 700
_SPARE = 1 << 18  # bytes beyond what is asked for
_OPEN: weakref.WeakSet[Scratch] = weakref.WeakSet()


class Scratch:
    """A folder of this process alone, until `remove` or the process's end."""

    def __init__(self, size: int = 0) -> None:
        """`size`: bytes that are to be written into it. Raises StorageError where no disk has room for them."""
        self.path, self._held = _made(size)
        self._remove = weakref.finalize(self, _removed, self.path, self._held)
        _OPEN.add(self)

    def remove(self) -> None:
        """Remove it with all that is in it; what is open stays readable."""
        self._remove()

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.remove()


def remove_all() -> None:
    """Remove every folder of this process, which is about to end without another word."""
    for folder in list(_OPEN):
        folder.remove()


def _made(size: int) -> tuple[Path, int]:
    why = Message("磁盘已满", "no space left")
    for parent in _parents():
        try:
            sweep(parent)
            if shutil.disk_usage(parent).free >= size + _SPARE:
                return _held(parent)
        except OSError as exc:
            why = reason(exc)
    places = ", ".join(map(str, _parents()))
    raise StorageError(
        f"临时目录不可用({places}:{why.zh});请清理磁盘,或设置 TMPDIR",
        f"no temporary folder can be used ({places}: {why.en}); free some disk or set TMPDIR",
    )


def _parents() -> Iterator[Path]:
    """Memory first: what only reads must not need a disk with room."""
    if _MEMORY.is_dir():
        yield _MEMORY
    try:
        yield Path(tempfile.gettempdir())
    except FileNotFoundError:  # no folder that may be written to
        return


def _held(parent: Path) -> tuple[Path, int]:
    """A new folder and the lock in it, taken; another is made where somebody swept this one before that."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getuid()}-", dir=parent))
        descriptor = os.open(folder / _HELD, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with contextlib.suppress(OSError):  # somebody has removed it, or begun to
            if (folder / _HELD).stat().st_ino == os.fstat(descriptor).st_ino:
                return folder, descriptor
        os.close(descriptor)


def _removed(folder: Path, held: int) -> None:
    """Native code that is still at work may put another file into the folder while it is being emptied."""
    until = time.monotonic() + _EMPTYING
    while not _cleared(folder) and time.monotonic() < until:
        pass
    os.close(held)


def _cleared(folder: Path) -> bool:
    """Whether a folder is removed, as is tried here; once that has begun, whoever comes next knows that it is to go,
    even if its lock went first."""
    going = folder.with_name(f"{folder.name}{_GONE}")
    with contextlib.suppress(OSError):
        folder.rename(going)
    for path in (going, folder):
        shutil.rmtree(path, ignore_errors=True)
    return not (going.exists() or folder.exists())


def sweep(parent: Path) -> None:
    """Remove what processes of this user left there when they were killed."""
    for folder in parent.glob(f"{_PREFIX}{os.getuid()}-*"):
        if folder.name.endswith(_GONE):
            shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            descriptor = os.open(folder / _HELD, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            if _age(folder) > _MAKING:
                _cleared(folder)
            continue
        with contextlib.suppress(OSError):  # somebody holds it
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _cleared(folder)
        os.close(descriptor)


def _age(folder: Path) -> float:
    """Seconds since something in it was made or removed."""
    try:
        return time.time() - folder.lstat().st_mtime
    except OSError:
        return 0.0
