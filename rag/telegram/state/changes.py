"""The changes of the reports directory that admins made from a chat."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rag.telegram.state.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS changes (
    id TEXT PRIMARY KEY, at REAL NOT NULL, user INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    state TEXT NOT NULL, after TEXT
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the reports directory by an admin: `kind` is upload or remove.

    `after` is the SHA-256 of the file after it, None where it takes the file away.
    """

    id: str
    user: int
    kind: str
    name: str
    state: str
    after: str | None


class Changes:
    """How far each change has come."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def propose(self, change: Change) -> None:
        """Keep a change that somebody is asked about."""
        self._db.run(
            "INSERT INTO changes (id, at, user, kind, name, state, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(change.id, time.time(), change.user, change.kind, change.name, change.state, change.after),
        )

    def get(self, id_: str) -> Change | None:
        """The change of that id, unless it is too old."""
        sql = "SELECT id, user, kind, name, state, after FROM changes WHERE id = ?"
        row = self._db.one(sql, id_)
        return None if row is None else Change(*row)

    def advance(self, id_: str, expected: Sequence[str], state: str) -> bool:
        """Move a change on; False when it isn't in an expected state (someone was faster)."""
        marks = ",".join("?" * len(expected))
        sql = f"UPDATE changes SET state = ? WHERE id = ? AND state IN ({marks})"  # noqa: S608
        return self._db.run(sql, state, id_, *expected).rowcount == 1

    def in_states(self, *states: str) -> list[str]:
        """The ids of the changes in these states."""
        marks = ",".join("?" * len(states))
        return [id_ for (id_,) in self._db.run(f"SELECT id FROM changes WHERE state IN ({marks})", *states)]  # noqa: S608
