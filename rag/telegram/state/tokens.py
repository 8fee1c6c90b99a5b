"""What the opaque tokens on buttons stand for."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from rag.telegram.state.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS buttons (
    token TEXT PRIMARY KEY, at REAL NOT NULL, chat INTEGER NOT NULL, user INTEGER NOT NULL, kind TEXT NOT NULL,
    data TEXT NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Button:
    """What an opaque token on a button stands for; `user` is who may press it, 0 for everyone in the chat."""

    token: str
    chat: int
    user: int
    kind: str
    data: dict[str, Any]


class Tokens:
    """The buttons under messages."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def make(self, kind: str, chat: int, user: int, data: dict[str, Any]) -> str:
        """Keep what a button means; the token that goes on it, 11 bytes."""
        token = secrets.token_urlsafe(8)
        self._db.run(
            "INSERT INTO buttons VALUES (?, ?, ?, ?, ?, ?)",
            *(token, time.time(), chat, user, kind, json.dumps(data, ensure_ascii=False)),
        )
        return token

    def pressed(self, token: str) -> Button | None:
        """What the token on a pressed button stands for; None when it isn't one of ours, or is too old."""
        row = self._db.one("SELECT token, chat, user, kind, data FROM buttons WHERE token = ?", token)
        if row is None:
            return None
        token, chat, owner, kind, data = row
        return Button(token, chat, owner, kind, json.loads(data))
