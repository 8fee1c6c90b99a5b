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
        self._owed: dict[int, dict[int, tuple[int, Part]]] = {}  # question → number → what is to be written yet

    def part(self, chat: int, question: int, number: int, part: Part) -> None:
        """That part of an answer, from 1, or its placeholder, 0, is in the chat; it may stand in the placeholder's.

        Where that can't be written it is as soon as somebody asks for the parts: what was sent isn't sent twice.
        """
        self._owed.setdefault(question, {})[number] = (chat, part)
        self._write(question)

    def parts(self, question: int) -> dict[int, Part]:
        """What is in the chat of an answer that may not be complete."""
        self._write(question)
        rows = self._db.run("SELECT part, message, digest FROM parts WHERE question = ? ORDER BY part", question)
        return {number: Part(message, digest) for number, message, digest in rows}

    def drop_parts(self, question: int, first: int, last: int) -> None:
        """These parts of an answer are no longer in the chat, or will be sent again."""
        for number in [each for each in self._owed.get(question, {}) if first <= each <= last]:
            del self._owed[question][number]
        self._db.run("DELETE FROM parts WHERE question = ? AND part BETWEEN ? AND ?", question, first, last)

    def answered_by(self, chat: int, message: int) -> int | None:
        """The id of the question that our message answered."""
        row = self._db.one("SELECT question FROM answers WHERE chat = ? AND message = ?", chat, message)
        return None if row is None else int(row[0])

    def _write(self, question: int) -> None:
        """Everything that is known of the parts of an answer, and that they answer it."""
        owed = self._owed.get(question)
        if owed:
            with self._db.transaction():
                for number, (chat, part) in owed.items():
                    here = question, part.message
                    self._db.run("DELETE FROM parts WHERE question = ? AND part = 0 AND message = ?", *here)
                    self._db.run(
                        "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", question, number, part.message, part.digest
                    )
                    if number and part.message:
                        self._db.run("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", chat, part.message, question)
        self._owed.pop(question, None)
