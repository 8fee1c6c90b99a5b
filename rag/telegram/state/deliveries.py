"""Which messages of ours answer which question, while an answer is on its way and after."""

from __future__ import annotations

from dataclasses import dataclass

from rag.telegram.state.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    chat INTEGER, message INTEGER, question INTEGER NOT NULL, PRIMARY KEY (chat, message)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (  -- part 0 is the placeholder; message 0 may have arrived or not
    question INTEGER, part INTEGER, message INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (question, part)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer that reached its chat; `message` is 0 where Telegram didn't confirm it."""

    message: int
    digest: str


class Deliveries:
    """What is in the chats of answers that may not be complete, and what our messages answer."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def sent(self, chat: int, message: int, question: int) -> None:
        """That message of ours answers that question."""
        self._db.run("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", chat, message, question)

    def part(self, question: int, number: int, part: Part) -> None:
        """That part of an answer, from 1, or its placeholder, 0, is in the chat; it may stand in the placeholder's."""
        with self._db.transaction():
            self._db.run("DELETE FROM parts WHERE question = ? AND part = 0 AND message = ?", question, part.message)
            self._db.run(
                "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", question, number, part.message, part.digest
            )

    def parts(self, question: int) -> dict[int, Part]:
        """What is in the chat of an answer that may not be complete."""
        rows = self._db.run("SELECT part, message, digest FROM parts WHERE question = ? ORDER BY part", question)
        return {number: Part(message, digest) for number, message, digest in rows}

    def drop_parts(self, question: int, first: int, last: int) -> None:
        """These parts of an answer are no longer in the chat, or will be sent again."""
        self._db.run("DELETE FROM parts WHERE question = ? AND part BETWEEN ? AND ?", question, first, last)

    def answered_by(self, chat: int, message: int) -> int | None:
        """The id of the question that our message answered."""
        row = self._db.one("SELECT question FROM answers WHERE chat = ? AND message = ?", chat, message)
        return None if row is None else int(row[0])
