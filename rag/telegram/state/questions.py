"""What was asked, in which conversation, how it ended, and what people thought of the answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from rag.telegram.state.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS questions (  -- no id twice: an answer may outlive a /forget
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, chat INTEGER NOT NULL, thread INTEGER NOT NULL,
    user INTEGER NOT NULL, message INTEGER NOT NULL, text TEXT NOT NULL, status TEXT, took_ms REAL
);
CREATE UNIQUE INDEX IF NOT EXISTS questions_by_message ON questions (chat, message);
CREATE INDEX IF NOT EXISTS questions_by_chat ON questions (chat, thread, id);
CREATE TABLE IF NOT EXISTS beginnings (
    chat INTEGER, thread INTEGER, after INTEGER NOT NULL, PRIMARY KEY (chat, thread)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS votes (
    question INTEGER, user INTEGER, value INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (question, user)
) WITHOUT ROWID;
"""
_CARRIED = 6  # earlier questions that a follow-up may refer to
_CARRIED_FOR = 1800.0  # seconds after which a new question starts a new topic
_DAY = 86400.0
Status = Literal["answered", "not_found", "unusable", "tabled", "untold"]
"""How a question ended; the last two are a table's, which no follow-up refers to."""
_COLUMNS = "id, at, chat, thread, user, message, text"


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored question; `thread` is 0 outside topics."""

    id: int
    at: float
    chat: int
    thread: int
    user: int
    message: int
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What `/stats` shows; times in milliseconds, sorted."""

    asked: int
    people: int
    answered: int
    refused: int
    up: int
    down: int
    took_ms: tuple[float, ...]


class Questions:
    """The stored questions, their conversations and votes."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ask(self, chat: int, thread: int, user: int, message: int, text: str) -> int:
        """Keep a question; its id. One that is asked again, after a restart, keeps its first."""
        sql = "INSERT OR IGNORE INTO questions (at, chat, thread, user, message, text) VALUES (?, ?, ?, ?, ?, ?)"
        self._db.run(sql, time.time(), chat, thread, user, message, text)
        return int(self._db.run("SELECT id FROM questions WHERE chat = ? AND message = ?", chat, message).fetchone()[0])

    def answer(self, question: int, status: Status, took_ms: float) -> None:
        """How a question ended, and after how long."""
        self._db.run("UPDATE questions SET status = ?, took_ms = ? WHERE id = ?", status, took_ms, question)

    def asked_in(self, chat: int, message: int) -> Stored | None:
        """The question that a person's message asked."""
        return self._found("chat = ? AND message = ?", chat, message)

    def question(self, id_: int) -> Stored | None:
        """The question of that number, unless it was forgotten."""
        return self._found("id = ?", id_)

    def history(self, chat: int, thread: int, before: int) -> list[str]:
        """The questions that a follow-up in this conversation may refer to, oldest first."""
        sql = (
            "SELECT text, at FROM questions WHERE chat = ? AND thread = ? AND id < ?"
            " AND status IN ('answered', 'not_found')"
            " AND id > coalesce((SELECT after FROM beginnings b WHERE b.chat = questions.chat"
            " AND b.thread = questions.thread), 0) ORDER BY id DESC LIMIT ?"
        )
        earlier, later = [], time.time()
        for text, at in self._db.run(sql, chat, thread, before, _CARRIED).fetchall():
            if later - at > _CARRIED_FOR:
                break
            earlier.append(text)
            later = at
        return earlier[::-1]

    def begin(self, chat: int, thread: int) -> None:
        """Earlier questions of this conversation are no longer referred to."""
        last = self._db.run("SELECT coalesce(max(id), 0) FROM questions").fetchone()[0]
        self._db.run("INSERT OR REPLACE INTO beginnings VALUES (?, ?, ?)", chat, thread, last)

    def recent(self, chat: int, thread: int, user: int, limit: int = 10) -> list[Stored]:
        """The person's last questions in this conversation, newest first."""
        sql = f"SELECT {_COLUMNS} FROM questions WHERE chat = ? AND thread = ? AND user = ? ORDER BY id DESC LIMIT ?"  # noqa: S608
        return [Stored(*row) for row in self._db.run(sql, chat, thread, user, limit)]

    def vote(self, question: int, user: int, value: int) -> None:
        """+1 or -1; a second vote of the same person replaces the first."""
        self._db.run("INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?)", question, user, value, time.time())

    def usage(self, days: float) -> Usage:
        """What was asked and voted in the last days."""
        since = time.time() - days * _DAY
        row = self._db.run(
            "SELECT count(*), count(DISTINCT user), total(status IN ('answered', 'tabled')),"
            " total(status IN ('not_found', 'untold'))"
            " FROM questions WHERE at > ?",
            since,
        ).fetchone()
        votes = dict(self._db.run("SELECT value, count(*) FROM votes WHERE at > ? GROUP BY value", since).fetchall())
        took = self._db.run("SELECT took_ms FROM questions WHERE at > ? AND took_ms > 0 ORDER BY took_ms", since)
        asked, people, answered, refused = map(int, row)
        took_ms = tuple(ms for (ms,) in took)
        return Usage(asked, people, answered, refused, votes.get(1, 0), votes.get(-1, 0), took_ms)

    def _found(self, condition: str, *values: int) -> Stored | None:
        row = self._db.one(f"SELECT {_COLUMNS} FROM questions WHERE {condition}", *values)  # noqa: S608
        return None if row is None else Stored(*row)
