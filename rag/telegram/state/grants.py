"""Whom admins let in or kept out, and who was told so."""

from __future__ import annotations

import time

from rag.telegram.state.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS access (
    id INTEGER PRIMARY KEY, allowed INTEGER NOT NULL, granted_by INTEGER NOT NULL, at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS refusals (
    chat INTEGER, user INTEGER, at REAL NOT NULL, PRIMARY KEY (chat, user)
) WITHOUT ROWID;
"""


class Grants:
    """What admins decided about users (positive ids) and chats (negative ids)."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def grant(self, id_: int, by: int, *, allowed: bool) -> None:
        """Allow or deny a user (positive id) or a chat (negative id), whatever the settings say."""
        self._db.run("INSERT OR REPLACE INTO access VALUES (?, ?, ?, ?)", id_, allowed, by, time.time())
        self._db.run("DELETE FROM refusals WHERE ? IN (chat, user)", id_)

    def granted(self, id_: int) -> bool | None:
        """What admins decided; None when they didn't."""
        row = self._db.one("SELECT allowed FROM access WHERE id = ?", id_)
        return None if row is None else bool(row[0])

    def all(self) -> dict[int, bool]:
        """Every decision, by id."""
        return {id_: bool(allowed) for id_, allowed in self._db.run("SELECT id, allowed FROM access ORDER BY id")}

    def refuse_once(self, chat: int, user: int) -> bool:
        """Whether this is the first refusal of that person there."""
        return self._db.run("INSERT OR IGNORE INTO refusals VALUES (?, ?, ?)", chat, user, time.time()).rowcount == 1
