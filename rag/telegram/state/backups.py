"""A bot's state copied whole into one file, while the bot runs, and brought back from there.

Guarantees: a backup has its name once it was read again and found whole, and no file that isn't one is replaced by it;
until a restored state was opened, what was there before stands beside it and is put back where that fails.
"""

from __future__ import annotations

import calendar
import contextlib
import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from config import files
from config.errors import Message, StorageError, WenbaoError, reason, why
from ingest.durable import put_in_place
from rag.telegram.state.database import Database
from rag.telegram.state.stores import SCHEMAS

FORMAT = "1"  # of backups; raised when an earlier version could no longer read the tables
LAST = "backed_up"
"""The key in `meta` under which a state says when it was last backed up."""

_LABEL = "wenbao_backup"  # the table that a backup has and a state hasn't
_TAKEN = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself; `decisions` are those about who may ask, `unfinished` the open updates."""

    bot: int
    taken: str
    version: str
    decisions: int
    unfinished: int


def save(state: Path, bot: int, target: Path) -> Backup:
    """Copy a state, which may be in use, into a file. Raises WenbaoError, and then there is no new file."""
    _only_a_backup_is_replaced(target)
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        with _written(target):
            _new(draft)
        with _readable(state), _opened(state) as source, contextlib.closing(sqlite3.connect(draft)) as copy:
            source.backup(copy)
            if problem := _problem(copy):
                raise _damaged(state, problem)
            _label(copy, bot)
        backup = read(draft)
        with _written(target):
            put_in_place(draft, target)
    finally:
        for path in (draft, draft.with_name(f"{draft.name}-journal")):
            path.unlink(missing_ok=True)
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(state)) as db:
        _remember(db, backup.taken)  # for `doctor`; whoever may only read it has a backup all the same
    return backup


def read(path: Path) -> Backup:
    """What a backup holds. Raises WenbaoError when it isn't one, isn't whole, or is of a later version."""
    try:
        files.opened(path).close()
    except OSError as exc:
        why = reason(exc)
        raise WenbaoError(f"无法读取备份 {path}:{why.zh}", f"can't read the backup {path}: {why.en}") from exc
    try:
        with _opened(path) as db:
            label = dict(db.execute(f"SELECT key, value FROM {_LABEL}"))  # noqa: S608  # a name of ours
            if label["format"] != FORMAT:
                raise WenbaoError(
                    f"{path} 由 wenbao {label['version']} 备份,本版本不认识它的格式;请先升级 wenbao",
                    f"{path} was made by wenbao {label['version']} in a format that this version doesn't know; "
                    "upgrade wenbao first",
                )
            problem = _problem(db) or (Message("校验和不符", "checksum") if _digest(db) != label["digest"] else None)
            if problem:
                raise WenbaoError(
                    f"备份 {path} 已损坏({problem.zh});请使用另一份",
                    f"the backup {path} is damaged ({problem.en}); use another",
                )
            decisions = db.execute("SELECT count(*) FROM access").fetchone()[0]
            unfinished = db.execute("SELECT count(*) FROM journal WHERE state = 'received'").fetchone()[0]
            return Backup(int(label["bot"]), label["taken"], label["version"], decisions, unfinished)
    except (sqlite3.Error, KeyError, ValueError) as exc:
        raise WenbaoError(
            f"{path} 不是 wenbao backup 写出的备份,或已损坏",
            f"{path} is not a backup made by `wenbao backup`, or is damaged",
        ) from exc


def restore(path: Path, state: Path) -> None:
    """Put a backup in the place of a state that nobody has open. Raises WenbaoError, and then nothing has changed."""
    taken = read(path).taken
    draft, before = state.with_name(f".{state.name}.draft"), state.with_name(f"{state.stem}.before-restore.db")
    try:
        with _written(state):
            _new(draft)
        with _readable(path), _opened(path) as source, contextlib.closing(sqlite3.connect(draft)) as copy:
            source.backup(copy)
            copy.execute(f"DROP TABLE {_LABEL}")
            _remember(copy, taken)
        with _written(state):
            _keep(state, before)
            put_in_place(draft, state)
        try:
            Database(state, SCHEMAS).close()
        except BaseException:
            _put_back(before, state)
            raise
        for old in (before, _wal(before)):
            old.unlink(missing_ok=True)
    finally:
        draft.unlink(missing_ok=True)


def condition(state: Path) -> tuple[Message | None, str | None]:
    """What is wrong with a state, if anything, and when it was last backed up, if ever.

    Raises StorageError where it can't be looked at, as by another user than the bot's.
    """
    try:
        with _opened(state) as db:
            if problem := _problem(db):
                return problem, None
            row = db.execute("SELECT value FROM meta WHERE key = ?", (LAST,)).fetchone()
            return None, str(row[0]) if row else None
    except sqlite3.OperationalError as exc:
        raise StorageError(
            f"无法读取 {state}({why(exc).zh});请以运行机器人的用户检查",
            f"{state} can't be read ({why(exc).en}); look at it as the user that runs the bot",
        ) from exc
    except sqlite3.Error as exc:
        return why(exc), None


def age(taken: str) -> float:
    """Seconds since a backup was taken; endless for a time that this program didn't write."""
    with contextlib.suppress(ValueError):
        return time.time() - calendar.timegm(time.strptime(taken, _TAKEN))
    return float("inf")


def _label(db: sqlite3.Connection, bot: int) -> None:
    """Turn a copy of a state into a backup, one file that says what it is."""
    db.execute("PRAGMA journal_mode = DELETE")
    try:
        version = metadata.version("wenbao")
    except metadata.PackageNotFoundError:
        version = "?"
    values = {
        "format": FORMAT,
        "bot": str(bot),
        "taken": time.strftime(_TAKEN, time.gmtime()),
        "version": version,
        "digest": _digest(db),
    }
    with db:
        db.execute(f"CREATE TABLE {_LABEL} (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
        db.executemany(f"INSERT INTO {_LABEL} VALUES (?, ?)", values.items())  # noqa: S608


def _remember(db: sqlite3.Connection, taken: str) -> None:
    with db:
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (LAST, taken))


def _problem(db: sqlite3.Connection) -> Message | None:
    """What SQLite finds wrong with the file, or which table of ours isn't as this version knows it."""
    integrity = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if integrity != "ok":
        return Message("完整性检查没有通过", integrity)
    with contextlib.closing(sqlite3.connect(":memory:")) as known:
        for schema in SCHEMAS:
            known.executescript(schema)
        there = set(_tables(db))
        needed = {table: _columns(known, table) for table in _tables(known)}
        strange = [table for table, columns in needed.items() if table in there and _columns(db, table) != columns]
    if not {"access", "journal", "meta"} <= there:
        return Message("缺少数据表 access、journal 或 meta", "no table access, journal or meta")
    return Message(f"数据表 {strange[0]}", f"table {strange[0]}") if strange else None


def _digest(db: sqlite3.Connection) -> str:
    """A checksum of everything that the tables say."""
    checksum = hashlib.sha256()
    for table in _tables(db):
        checksum.update(f"{table}\n".encode())
        for row in db.execute(f'SELECT * FROM "{table}"'):  # noqa: S608
            checksum.update(f"{row!r}\n".encode("utf-8", "surrogatepass"))
    return checksum.hexdigest()


def _tables(db: sqlite3.Connection) -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name != ? ORDER BY name"
    return [name for (name,) in db.execute(sql, (_LABEL,))]


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))]


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, only to be read."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        yield db


def _new(path: Path) -> None:
    """An empty file that only its owner may read; whatever has that name, a link too, goes. Raises OSError."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _only_a_backup_is_replaced(target: Path) -> None:
    """Raises WenbaoError for any other file, and for what is none: SQLite would wait for ever for a pipe."""
    if target.is_symlink():
        raise WenbaoError(
            f"{target} 是一个链接,保持不变;请给出文件本身的名字",
            f"{target} is a link, it stays as it is; give the name of the file itself",
        )
    if not os.path.lexists(target):
        return
    try:
        files.opened(target).close()
        with _opened(target) as db:
            db.execute(f"SELECT 1 FROM {_LABEL}").fetchone()  # noqa: S608
    except (sqlite3.Error, OSError) as exc:
        raise WenbaoError(
            f"{target} 已存在且不是备份,保持不变;请给出另一个文件名",
            f"{target} exists and is no backup, it stays as it is; give another name",
        ) from exc


def _keep(state: Path, before: Path) -> None:
    """Let what is there stand beside its successor, and its write-ahead log, which is of that file alone, with it."""
    for old in (before, _wal(before)):
        old.unlink(missing_ok=True)
    if not state.exists():
        return
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(state)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # and closing it takes the log away, unless it is damaged
    try:
        before.hardlink_to(state)
    except OSError:  # a file system without links
        shutil.copy2(state, before)
    if _wal(state).exists():
        _wal(state).replace(_wal(before))
    state.with_name(f"{state.name}-shm").unlink(missing_ok=True)


def _put_back(before: Path, state: Path) -> None:
    for name in ("-wal", "-shm"):
        state.with_name(f"{state.name}{name}").unlink(missing_ok=True)
    if not before.exists():
        state.unlink(missing_ok=True)
        return
    if _wal(before).exists():
        _wal(before).replace(_wal(state))
    before.replace(state)


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Translate what SQLite says while copying from `path`."""
    try:
        yield
    except sqlite3.OperationalError as exc:
        raise StorageError(
            f"无法复制 {path}:{why(exc).zh};请检查权限和磁盘空间",
            f"can't copy {path}: {why(exc).en}; check permissions and disk space",
        ) from exc
    except sqlite3.Error as exc:
        raise _damaged(path, why(exc)) from exc


def _damaged(path: Path, problem: Message) -> StorageError:
    return StorageError(
        f"{path} 已损坏({problem.zh});请停止机器人,用较早的备份运行 wenbao restore",
        f"{path} is damaged ({problem.en}); stop the bot and run `wenbao restore` with an earlier backup",
    )


@contextlib.contextmanager
def _written(target: Path) -> Iterator[None]:
    """Translate the operating system's refusals while writing beside `target`."""
    try:
        yield
    except OSError as exc:
        why = reason(exc)
        raise StorageError(
            f"无法写入 {target}:{why.zh};请检查目录、磁盘空间和权限",
            f"can't write {target}: {why.en}; check the folder, disk space and permissions",
        ) from exc
