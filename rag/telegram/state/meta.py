"""Facts about the bot itself."""

from __future__ import annotations

from rag.telegram.state.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class Meta:
    """Values by name."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, key: str) -> str | None:
        """What was kept under that name."""
        row = self._db.one("SELECT value FROM meta WHERE key = ?", key)
        return None if row is None else str(row[0])

    def set(self, key: str, value: str) -> None:
        """Keep a value under a name."""
        self._db.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value)
