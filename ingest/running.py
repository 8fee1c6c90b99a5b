"""How a command runs and ends: work beside the thread that heeds signals, since native code can't be interrupted.

Guarantees: SIGINT, SIGTERM and SIGHUP end every command with 128 and their number, within a second, without a
traceback and without leaving a temporary folder; one that the caller has set to be ignored stays ignored. Where the
process may use less memory or fewer files than native code needs, which would abort it, that is said beforehand.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import FrameType
from typing import NoReturn, TypeVar

from config.errors import LimitError
from ingest import scratch

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GRACE = 0.4  # seconds for work to take back what it has begun
_SPACE, _MODELS_SPACE = 400 << 20, 1500 << 20  # bytes of address space, without and with models
_FILES = 64  # open at once
_CURSOR = b"\x1b[?25h"  # shows it again, where a sign of life has hidden it
_STOPPING = threading.Event()


class Stopped(BaseException):
    """The process has been told to end."""


def beside(work: Callable[[], T]) -> Future[T]:
    """A call in a thread of its own. Nobody has to wait for it: it doesn't keep the process alive."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as exc:  # noqa: BLE001  # raised again where the result is asked for
            future.set_exception(exc)

    threading.Thread(target=run, daemon=True).start()
    return future


def end_at_once() -> None:
    """From here on signals end the process without another word: there is nothing to take back yet."""
    _heed(_end)


def interruptible(work: Callable[[], T]) -> T:
    """What `work` returns or raises; a signal meanwhile ends the process, once work has had its grace.

    Call it from the main thread; work is done beside it.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        _heed(_end)  # a second one has no patience
        _STOPPING.set()
        with contextlib.suppress(BaseException):
            task.exception(_GRACE)
        _end(number, frame)

    task = beside(work)
    _heed(stop)
    return task.result()


def somewhere() -> None:
    """Leave a working directory that this user may not enter (`sudo -u` from another's home) for one that is gone:
    libraries that look for their settings there would fail, and no relative path may mean another file than before."""
    if not os.access(os.curdir, os.X_OK):
        with contextlib.suppress(OSError):  # no folder to be had: what needs one says so itself
            nowhere = tempfile.mkdtemp()
            os.chdir(nowhere)
            Path(nowhere).rmdir()


def need(models: bool) -> None:
    """Raises LimitError where the process may not use what a command needs, with the `models` or without."""
    space, files = (resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE))
    least = _MODELS_SPACE if models else _SPACE
    if 0 <= space < least:
        megabytes = f"{space >> 20} MB, {least >> 20} MB"
        raise LimitError(
            f"可用的地址空间太小({megabytes} 以上才够);请放宽 ulimit -v 或服务的 LimitAS",
            f"too little address space ({megabytes} or more are needed); raise `ulimit -v` or the unit's LimitAS",
        )
    if 0 <= files < _FILES:
        raise LimitError(
            f"能同时打开的文件太少({files} 个,至少要 {_FILES} 个);请放宽 ulimit -n 或服务的 LimitNOFILE",
            f"too few files may be open ({files}; {_FILES} are needed); raise `ulimit -n` or the unit's LimitNOFILE",
        )


def keep_on() -> None:
    """Called by work between two steps: raises Stopped where the process has been told to end."""
    if _STOPPING.is_set():
        raise Stopped


def by_keyboard() -> None:
    """From here on SIGINT is a KeyboardInterrupt in the main thread; the others go on ending the process."""
    end_at_once()
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _heed(handler: Callable[[int, FrameType | None], object]) -> None:
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> NoReturn:
    end(128 + number)


def end(code: int) -> NoReturn:
    """End the process now, whatever native code is doing; its temporary folders go with it."""
    scratch.remove_all()
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            if stream is not None and stream.isatty():
                os.write(stream.fileno(), _CURSOR)
    os._exit(code)
