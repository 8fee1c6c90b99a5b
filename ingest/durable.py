"""Files that survive a crash: written whole or not at all, and known by their checksum."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from config.errors import StorageError, reason

_PIECE = 16 << 20  # bytes; a thread that reads small pieces waits for the interpreter after each of them


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError."""
    checksum = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        piece = bytearray(min(_PIECE, os.fstat(file.fileno()).st_size) or 1)
        while count := file.readinto(piece):
            checksum.update(memoryview(piece)[:count])
    return checksum.hexdigest()


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace a file in one step: readers see the old content or the new one; a text is in UTF-8. Raises OSError."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    put_in_place(draft, path)


def put_in_place(draft: Path, path: Path) -> None:
    """Give a file that is whole, in the same folder, its name, in one step. Raises OSError."""
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def sync_tree(folder: Path) -> None:
    """Make sure that everything in a folder has reached the disk. Raises OSError."""
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


@contextlib.contextmanager
def storing(path: Path, setting: str = "WENBAO_DATA_DIR") -> Iterator[None]:
    """Translate the operating system's refusals while writing to `path` into StorageError."""
    try:
        yield
    except OSError as exc:
        raise StorageError(
            f"无法写入 {path}:{reason(exc).zh};请检查磁盘空间和权限,或设置 {setting}",
            f"can't write {path}: {reason(exc).en}; check disk space and permissions, or set {setting}",
        ) from exc


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
