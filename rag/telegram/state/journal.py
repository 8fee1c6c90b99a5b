"""The updates that arrived, until they are dealt with."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rag.telegram.state.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
    update_id INTEGER PRIMARY KEY, at REAL NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, payload TEXT
);
"""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An update that an earlier process received; `attempts` of them began on it and never came to an end."""

    update_id: int
    payload: str
    attempts: int


class Journal:
    """Which updates arrived, and how far each has come."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def receive(self, update_id: int, payload: str) -> bool:
        """Note an update that arrived; False when it was known already."""
        sql = "INSERT OR IGNORE INTO journal VALUES (?, ?, 'received', 0, ?)"
        return self._db.run(sql, update_id, time.time(), payload).rowcount == 1

    def begin(self, update_id: int) -> int:
        """Work on an update begins; how often it has begun without coming to an end, this time included."""
        self._db.run("UPDATE journal SET attempts = attempts + 1 WHERE update_id = ?", update_id)
        row = self._db.one("SELECT attempts FROM journal WHERE update_id = ?", update_id)
        return 1 if row is None else int(row[0])

    def put_back(self, update_id: int | None = None) -> None:
        """An update, or every one that isn't finished, is left for later; it didn't bring the process down."""
        sql = "UPDATE journal SET attempts = attempts - 1 WHERE state = 'received' AND attempts > 0"
        self._db.run(f"{sql} AND update_id = coalesce(?, update_id)", update_id)

    def finish(self, update_id: int, state: str = "done") -> None:
        """The update is dealt with; what it said is forgotten."""
        self._db.run("UPDATE journal SET state = ?, payload = NULL WHERE update_id = ?", state, update_id)

    def unfinished(self) -> list[Unfinished]:
        """Updates that were received and not finished, in their order."""
        sql = "SELECT update_id, payload, attempts FROM journal WHERE state = 'received' ORDER BY update_id"
        return [Unfinished(*row) for row in self._db.run(sql)]
