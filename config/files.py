"""A file that somebody names, opened to be read: only where it is one, so that no pipe or device holds anything up."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def opened(path: Path, *, piped: bool = False) -> BinaryIO:
    """A regular file; with `piped` also what a shell hands over as `/dev/fd/63` or `/dev/stdin`. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not (stat.S_ISREG(mode) or (piped and stat.S_ISFIFO(mode) and _without_a_name(path))):
            raise OSError(errno.ENODEV, "not a regular file", str(path))
        os.set_blocking(descriptor, True)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_text(path: Path, *, piped: bool = False) -> str:
    """The text in UTF-8 of a regular file, without a mark at its beginning. Raises OSError or UnicodeDecodeError."""
    with opened(path, piped=piped) as file:
        return file.read().decode("utf-8-sig")


def _without_a_name(path: Path) -> bool:
    """Whether the pipe is this process's already: somebody writes into it, and opening it waits for nobody."""
    return os.path.realpath(path).rpartition("/")[2].startswith("pipe:[")
