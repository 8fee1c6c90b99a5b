"""The language that people chose."""

from __future__ import annotations

import time

from config.errors import Language
from rag.telegram.state.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS people (id INTEGER PRIMARY KEY, language TEXT NOT NULL, at REAL NOT NULL);
"""


class People:
    """In which language each person is spoken to."""

    def __init__(self, database: Database, default: Language) -> None:
        self._db, self._default = database, default

    def language(self, user: int) -> Language:
        """The one that they chose, else the office's."""
        row = self._db.one("SELECT language FROM people WHERE id = ?", user)
        return self._default if row is None else ("en" if row[0] == "en" else "zh")

    def set_language(self, user: int, language: Language) -> None:
        """From now on."""
        self._db.run("INSERT OR REPLACE INTO people VALUES (?, ?, ?)", user, language, time.time())
