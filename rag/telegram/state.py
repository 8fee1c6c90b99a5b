"""What the bot must remember over a restart: a SQLite file, one for each bot, and the only module that knows it.

Guarantees: every change is one transaction and survives the death of the process; what is personal is
deleted after the retention days, or at once when its owner asks. Times are seconds since the epoch.
Calls take well under a millisecond and are made on the event loop; `tidy` and `checkpoint`, which may wait for
the disk, are for another thread.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import Language, StorageError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (
    update_id INTEGER PRIMARY KEY, at REAL NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, payload TEXT
);
CREATE TABLE IF NOT EXISTS access (
    id INTEGER PRIMARY KEY, allowed INTEGER NOT NULL, granted_by INTEGER NOT NULL, at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS refusals (
    chat INTEGER, user INTEGER, at REAL NOT NULL, PRIMARY KEY (chat, user)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS people (id INTEGER PRIMARY KEY, language TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS questions (  -- no id twice: an answer may outlive a /forget
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, chat INTEGER NOT NULL, thread INTEGER NOT NULL,
    user INTEGER NOT NULL, message INTEGER NOT NULL, text TEXT NOT NULL, status TEXT, took_ms REAL
);
CREATE UNIQUE INDEX IF NOT EXISTS questions_by_message ON questions (chat, message);
CREATE INDEX IF NOT EXISTS questions_by_chat ON questions (chat, thread, id);
CREATE TABLE IF NOT EXISTS beginnings (
    chat INTEGER, thread INTEGER, after INTEGER NOT NULL, PRIMARY KEY (chat, thread)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
    chat INTEGER, message INTEGER, question INTEGER NOT NULL, PRIMARY KEY (chat, message)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (  -- part 0 is the placeholder; message 0 may have arrived or not
    question INTEGER, part INTEGER, message INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (question, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS votes (
    question INTEGER, user INTEGER, value INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (question, user)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS buttons (
    token TEXT PRIMARY KEY, at REAL NOT NULL, chat INTEGER NOT NULL, user INTEGER NOT NULL, kind TEXT NOT NULL,
    data TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes (
    id TEXT PRIMARY KEY, at REAL NOT NULL, user INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    state TEXT NOT NULL, after TEXT
) WITHOUT ROWID;
"""
_PERSONAL = (  # what the retention days are for: table, key, which rows are too old
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
_CARRIED = 6  # earlier questions that a follow-up may refer to
_CARRIED_FOR = 1800.0  # seconds after which a new question starts a new topic


@dataclass(frozen=True, slots=True)
class Button:
    """What an opaque token on a button stands for; `user` is who may press it, 0 for everyone in the chat."""

    token: str
    chat: int
    user: int
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A stored question; `thread` is 0 outside topics."""

    id: int
    at: float
    chat: int
    thread: int
    user: int
    message: int
    text: str


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


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An update that an earlier process received; `attempts` of them began on it and never came to an end."""

    update_id: int
    payload: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer that reached its chat; `message` is 0 where Telegram didn't confirm it."""

    message: int
    digest: str


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


class State:
    """The open state database. Raises StorageError when it can't be read or written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None)
            path.chmod(0o600)
            # A commit reaches the operating system at once and the disk at the next checkpoint, made by `tidy`.
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA wal_autocheckpoint = 0")
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    # journal of updates

    def receive(self, update_id: int, payload: str) -> bool:
        """Note an update that arrived; False when it was known already."""
        sql = "INSERT OR IGNORE INTO journal VALUES (?, ?, 'received', 0, ?)"
        return self._run(sql, update_id, time.time(), payload).rowcount == 1

    def begin_update(self, update_id: int) -> int:
        """Work on an update begins; how often it has begun without coming to an end, this time included."""
        self._run("UPDATE journal SET attempts = attempts + 1 WHERE update_id = ?", update_id)
        row = self._run("SELECT attempts FROM journal WHERE update_id = ?", update_id).fetchone()
        return 1 if row is None else int(row[0])

    def put_back(self, update_id: int | None = None) -> None:
        """An update, or every one that isn't finished, is left for later; it didn't bring the process down."""
        sql = "UPDATE journal SET attempts = attempts - 1 WHERE state = 'received' AND attempts > 0"
        self._run(f"{sql} AND update_id = coalesce(?, update_id)", update_id)

    def finish(self, update_id: int, state: str = "done") -> None:
        """The update is dealt with; what it said is forgotten."""
        self._run("UPDATE journal SET state = ?, payload = NULL WHERE update_id = ?", state, update_id)

    def unfinished(self) -> list[Unfinished]:
        """Updates that were received and not finished, in their order."""
        sql = "SELECT update_id, payload, attempts FROM journal WHERE state = 'received' ORDER BY update_id"
        return [Unfinished(*row) for row in self._run(sql)]

    def journalled(self) -> dict[str, int]:
        """How many updates are in which state."""
        return dict(self._run("SELECT state, count(*) FROM journal GROUP BY state").fetchall())

    # access

    def grant(self, id_: int, by: int, *, allowed: bool) -> None:
        """Allow or deny a user (positive id) or a chat (negative id), whatever the settings say."""
        self._run("INSERT OR REPLACE INTO access VALUES (?, ?, ?, ?)", id_, allowed, by, time.time())
        self._run("DELETE FROM refusals WHERE ? IN (chat, user)", id_)

    def granted(self, id_: int) -> bool | None:
        """What admins decided; None when they didn't."""
        row = self._run("SELECT allowed FROM access WHERE id = ?", id_).fetchone()
        return None if row is None else bool(row[0])

    def grants(self) -> dict[int, bool]:
        return {id_: bool(allowed) for id_, allowed in self._run("SELECT id, allowed FROM access ORDER BY id")}

    def refuse_once(self, chat: int, user: int) -> bool:
        """Whether this is the first refusal of that person there."""
        return self._run("INSERT OR IGNORE INTO refusals VALUES (?, ?, ?)", chat, user, time.time()).rowcount == 1

    # people and questions

    def language(self, user: int) -> Language | None:
        row = self._run("SELECT language FROM people WHERE id = ?", user).fetchone()
        return None if row is None else ("en" if row[0] == "en" else "zh")

    def set_language(self, user: int, language: Language) -> None:
        self._run("INSERT OR REPLACE INTO people VALUES (?, ?, ?)", user, language, time.time())

    def ask(self, chat: int, thread: int, user: int, message: int, text: str) -> int:
        """Keep a question; its id. One that is asked again, after a restart, keeps its first."""
        sql = "INSERT OR IGNORE INTO questions (at, chat, thread, user, message, text) VALUES (?, ?, ?, ?, ?, ?)"
        self._run(sql, time.time(), chat, thread, user, message, text)
        return int(self._run("SELECT id FROM questions WHERE chat = ? AND message = ?", chat, message).fetchone()[0])

    def answer(self, question: int, status: str, took_ms: float) -> None:
        self._run("UPDATE questions SET status = ?, took_ms = ? WHERE id = ?", status, took_ms, question)

    def sent(self, chat: int, message: int, question: int) -> None:
        """That message of ours answers that question."""
        self._run("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", chat, message, question)

    def part(self, question: int, number: int, part: Part) -> None:
        """That part of an answer, from 1, or its placeholder, 0, is in the chat; it may stand in the placeholder's."""
        with self._translated(), self._transaction():
            self._run("DELETE FROM parts WHERE question = ? AND part = 0 AND message = ?", question, part.message)
            self._run("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", question, number, part.message, part.digest)

    def parts(self, question: int) -> dict[int, Part]:
        """What is in the chat of an answer that may not be complete."""
        rows = self._run("SELECT part, message, digest FROM parts WHERE question = ? ORDER BY part", question)
        return {number: Part(message, digest) for number, message, digest in rows}

    def drop_parts(self, question: int, first: int, last: int) -> None:
        """These parts of an answer are no longer in the chat, or will be sent again."""
        self._run("DELETE FROM parts WHERE question = ? AND part BETWEEN ? AND ?", question, first, last)

    def asked_in(self, chat: int, message: int) -> Asked | None:
        """The question that a person's message asked."""
        row = self._run("SELECT id FROM questions WHERE chat = ? AND message = ?", chat, message).fetchone()
        return None if row is None else self.question(row[0])

    def question(self, id_: int) -> Asked | None:
        row = self._run("SELECT id, at, chat, thread, user, message, text FROM questions WHERE id = ?", id_).fetchone()
        return None if row is None else Asked(*row)

    def answered_by(self, chat: int, message: int) -> Asked | None:
        """The question that our message answered."""
        row = self._run("SELECT question FROM answers WHERE chat = ? AND message = ?", chat, message).fetchone()
        return None if row is None else self.question(row[0])

    def history(self, chat: int, thread: int, before: int) -> list[str]:
        """The questions that a follow-up in this conversation may refer to, oldest first."""
        sql = (
            "SELECT text, at FROM questions WHERE chat = ? AND thread = ? AND id < ? AND status IS NOT NULL"
            " AND status != 'unusable' AND id > coalesce((SELECT after FROM beginnings b WHERE b.chat = questions.chat"
            " AND b.thread = questions.thread), 0) ORDER BY id DESC LIMIT ?"
        )
        earlier, later = [], time.time()
        for text, at in self._run(sql, chat, thread, before, _CARRIED).fetchall():
            if later - at > _CARRIED_FOR:
                break
            earlier.append(text)
            later = at
        return earlier[::-1]

    def begin(self, chat: int, thread: int) -> None:
        """Earlier questions of this conversation are no longer referred to."""
        last = self._run("SELECT coalesce(max(id), 0) FROM questions").fetchone()[0]
        self._run("INSERT OR REPLACE INTO beginnings VALUES (?, ?, ?)", chat, thread, last)

    def recent(self, chat: int, thread: int, user: int, limit: int = 10) -> list[Asked]:
        """The person's last questions in this conversation, newest first."""
        sql = (
            "SELECT id, at, chat, thread, user, message, text FROM questions"
            " WHERE chat = ? AND thread = ? AND user = ? ORDER BY id DESC LIMIT ?"
        )
        return [Asked(*row) for row in self._run(sql, chat, thread, user, limit)]

    def vote(self, question: int, user: int, value: int) -> None:
        """+1 or -1; a second vote of the same person replaces the first."""
        self._run("INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?)", question, user, value, time.time())

    def votes(self, question: int) -> dict[int, int]:
        return dict(self._run("SELECT user, value FROM votes WHERE question = ?", question).fetchall())

    def usage(self, days: float) -> Usage:
        since = time.time() - days * _DAY
        row = self._run(
            "SELECT count(*), count(DISTINCT user), total(status = 'answered'), total(status = 'not_found')"
            " FROM questions WHERE at > ?",
            since,
        ).fetchone()
        votes = dict(self._run("SELECT value, count(*) FROM votes WHERE at > ? GROUP BY value", since).fetchall())
        took = self._run("SELECT took_ms FROM questions WHERE at > ? AND took_ms > 0 ORDER BY took_ms", since)
        asked, people, answered, refused = map(int, row)
        took_ms = tuple(ms for (ms,) in took)
        return Usage(asked, people, answered, refused, votes.get(1, 0), votes.get(-1, 0), took_ms)

    # buttons

    def button(self, kind: str, chat: int, user: int, data: dict[str, Any]) -> str:
        """Keep what a button means; the token that goes on it, 11 bytes."""
        token = secrets.token_urlsafe(8)
        self._run(
            "INSERT INTO buttons VALUES (?, ?, ?, ?, ?, ?)",
            *(token, time.time(), chat, user, kind, json.dumps(data, ensure_ascii=False)),
        )
        return token

    def pressed(self, token: str) -> Button | None:
        row = self._run("SELECT token, chat, user, kind, data FROM buttons WHERE token = ?", token).fetchone()
        if row is None:
            return None
        token, chat, owner, kind, data = row
        return Button(token, chat, owner, kind, json.loads(data))

    # changes of the reports directory

    def propose(self, change: Change) -> None:
        self._run(
            "INSERT INTO changes (id, at, user, kind, name, state, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(change.id, time.time(), change.user, change.kind, change.name, change.state, change.after),
        )

    def change(self, id_: str) -> Change | None:
        sql = "SELECT id, user, kind, name, state, after FROM changes WHERE id = ?"
        row = self._run(sql, id_).fetchone()
        return None if row is None else Change(*row)

    def advance(self, id_: str, expected: Sequence[str], state: str) -> bool:
        """Move a change on; False when it isn't in an expected state (someone was faster)."""
        marks = ",".join("?" * len(expected))
        sql = f"UPDATE changes SET state = ? WHERE id = ? AND state IN ({marks})"  # noqa: S608
        return self._run(sql, state, id_, *expected).rowcount == 1

    def changes(self, *states: str) -> list[str]:
        """The ids of the changes in these states."""
        marks = ",".join("?" * len(states))
        return [id_ for (id_,) in self._run(f"SELECT id FROM changes WHERE state IN ({marks})", *states)]  # noqa: S608

    # meta and upkeep

    def meta(self, key: str) -> str | None:
        row = self._run("SELECT value FROM meta WHERE key = ?", key).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value)

    def forget(self, user: int) -> int:
        """Delete everything about a person but their access; how many records."""
        with self._translated(), self._transaction():
            mine = "(SELECT id FROM questions WHERE user = :user)"
            deleted = [
                self._run(f"DELETE FROM {table} WHERE {condition}", {"user": user})  # noqa: S608
                for table, condition in (
                    ("votes", f"user = :user OR question IN {mine}"),
                    ("answers", f"question IN {mine}"),
                    ("parts", f"question IN {mine}"),
                    ("buttons", f"user = :user OR json_extract(data, '$.question') IN {mine}"),
                    ("questions", "user = :user"),
                    ("people", "id = :user"),
                    ("beginnings", "chat = :user"),  # a private chat has its person's id
                )
            ]
        return sum(cursor.rowcount for cursor in deleted)

    def checkpoint(self) -> None:
        """Bring every change to the disk, and what was deleted out of the write-ahead log. For another thread."""
        with self._another() as db:
            db.execute("PRAGMA wal_checkpoint(PASSIVE)")  # most of the work, and nobody waits for it
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def tidy(self, days: float) -> list[str]:
        """Delete what is older than the retention days; the ids of changes that can't be undone any more.

        For another thread. Deletes a little at a time: whoever writes on the event loop waits for one such step.
        """
        before = time.time() - days * _DAY
        with self._another() as db:
            old = [id_ for (id_,) in db.execute("SELECT id FROM changes WHERE at < ?", (before,))]
            for table, key, condition in _PERSONAL:
                few = f"SELECT {key} FROM {table} WHERE {condition} LIMIT {_AT_A_TIME}"  # noqa: S608
                while db.execute(f"DELETE FROM {table} WHERE ({key}) IN ({few})", {"before": before}).rowcount:  # noqa: S608
                    time.sleep(_REST)
        self.checkpoint()
        return old

    @contextlib.contextmanager
    def _another(self) -> Iterator[sqlite3.Connection]:
        """A connection for another thread."""
        with self._translated(), contextlib.closing(sqlite3.connect(self._path, isolation_level=None)) as db:
            db.execute("PRAGMA secure_delete = ON")
            yield db

    def _run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        named = values[0] if values and isinstance(values[0], dict) else values
        with self._translated():
            return self._db.execute(sql, named)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as exc:
            raise StorageError(
                f"机器人的状态库 {self._path} 无法读写:{exc};请检查磁盘空间和权限,或设置 WENBAO_DATA_DIR",
                f"the bot's state {self._path} can't be used: {exc}; check disk space and permissions, "
                "or set WENBAO_DATA_DIR",
            ) from exc
