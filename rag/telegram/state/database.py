"""The state's SQLite file; only this module and `backups` know SQLite there.

Raises StateUnavailable wherever the file can't be read or written.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from config.errors import StateUnavailable, why


class Database:
    """The open file, with the tables of `schemas`; what an older version left in it stays.

    A commit reaches the operating system at once and the disk at the next checkpoint.
    """

    def __init__(self, path: Path, schemas: Sequence[str]) -> None:
        self._path = path
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None)
            path.chmod(0o600)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA wal_autocheckpoint = 0")
            self._db.execute("PRAGMA secure_delete = ON")
            for schema in schemas:
                self._db.executescript(schema)

    def close(self) -> None:
        self._db.close()

    def run(self, sql: str, *values: Any, **named: Any) -> sqlite3.Cursor:
        """Execute one statement with its values, by place or by name."""
        with self._translated():
            return self._db.execute(sql, named or values)

    def one(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row."""
        row: tuple[Any, ...] | None = self.run(sql, *values).fetchone()
        return row

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is run inside happens, or nothing of it."""
        with self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite has rolled some failures back already
                    self._db.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def another(self) -> Iterator[sqlite3.Connection]:
        """A connection for another thread."""
        with self._translated(), contextlib.closing(sqlite3.connect(self._path, isolation_level=None)) as db:
            db.execute("PRAGMA secure_delete = ON")
            yield db

    def checkpoint(self) -> None:
        """Bring every change to the disk, and what was deleted out of the write-ahead log. For another thread."""
        with self.another() as db:
            db.execute("PRAGMA wal_checkpoint(PASSIVE)")  # most of the work, and nobody waits for it
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as exc:
            raise StateUnavailable(
                f"机器人的状态库 {self._path} 无法读写:{why(exc).zh};请检查磁盘空间和权限,或设置 WENBAO_DATA_DIR",
                f"the bot's state {self._path} can't be used: {why(exc).en}; check disk space and permissions, "
                "or set WENBAO_DATA_DIR",
            ) from exc
