"""What is personal, and how long it is kept: the one place that deletes from every table."""

from __future__ import annotations

import time

from rag.telegram.state.database import Database

_MINE = "(SELECT id FROM questions WHERE user = :user)"
_OF_A_PERSON = (  # table, which rows; questions come after what hangs on them
    ("votes", f"user = :user OR question IN {_MINE}"),
    ("answers", f"question IN {_MINE}"),
    ("parts", f"question IN {_MINE}"),
    ("buttons", f"user = :user OR json_extract(data, '$.question') IN {_MINE}"),
    ("questions", "user = :user"),
    ("people", "id = :user"),
    ("beginnings", "chat = :user"),  # a private chat has its person's id
)
_TOO_OLD = (  # what the retention days are for: table, key, which rows
    ("journal", "update_id", "at < :before AND state != 'received'"),
    ("refusals", "chat, user", "at < :before"),
    ("votes", "question, user", "at < :before"),
    ("buttons", "token", "at < :before"),
    ("changes", "id", "at < :before"),
    ("people", "id", "at < :before"),
    ("questions", "id", "at < :before"),
    ("answers", "chat, message", "question NOT IN (SELECT id FROM questions)"),
    ("parts", "question, part", "question NOT IN (SELECT id FROM questions)"),
)
_AT_A_TIME = 200  # rows
_REST = 0.005  # seconds between two steps
_DAY = 86400.0


class Retention:
    """Deletes what is too old, and what a person wants forgotten."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def forget(self, user: int) -> int:
        """Delete everything about a person but their access; how many records."""
        with self._db.transaction():
            deleted = [
                self._db.run(f"DELETE FROM {table} WHERE {condition}", user=user)  # noqa: S608
                for table, condition in _OF_A_PERSON
            ]
        return sum(cursor.rowcount for cursor in deleted)

    def wipe(self) -> None:
        """Take what was deleted out of the files too. For another thread."""
        self._db.checkpoint()

    def tidy(self, days: float) -> list[str]:
        """Delete what is older than the retention days; the ids of changes that can't be undone any more.

        For another thread. Deletes a little at a time: whoever writes on the event loop waits for one such step.
        """
        before = time.time() - days * _DAY
        with self._db.another() as db:
            old = [id_ for (id_,) in db.execute("SELECT id FROM changes WHERE at < ?", (before,))]
            for table, key, condition in _TOO_OLD:
                few = f"SELECT {key} FROM {table} WHERE {condition} LIMIT {_AT_A_TIME}"  # noqa: S608
                while db.execute(f"DELETE FROM {table} WHERE ({key}) IN ({few})", {"before": before}).rowcount:  # noqa: S608
                    time.sleep(_REST)
        self.wipe()
        return old
