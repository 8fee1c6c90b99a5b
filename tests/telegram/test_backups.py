"""A backup is whole or not there and comes back as it was; what is none is refused, and then nothing changes."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path

import pytest
from conftest import assert_one_line
from loopback import Loopback
from office import Bot, make_office

from config.errors import WenbaoError
from rag.telegram.state import backups
from rag.telegram.state.home import state_of
from rag.telegram.state.stores import Stores

BOT, ADMIN, STRANGER = 700001, 9001, 5001


@pytest.fixture
def state(tmp_path):
    """The state of a bot that runs: a decision each way and an open update, still in the write-ahead log."""
    path = tmp_path / "telegram" / f"{BOT}.db"
    with contextlib.closing(Stores.open(path)) as stores:
        stores.grants.grant(11, 1, allowed=True)
        stores.grants.grant(12, 1, allowed=False)
        stores.journal.receive(9, "{}")
        yield path


def decisions(path: Path) -> dict[int, bool]:
    with contextlib.closing(Stores.open(path)) as stores:
        return stores.grants.all()


def others(path: Path) -> set[str]:
    """What lies beside a file."""
    return {each.name for each in path.parent.iterdir()} - {path.name}


def test_a_backup_of_a_running_bot_holds_everything_and_is_one_private_file(state, tmp_path):
    target = tmp_path / "kept" / "b.db"
    target.parent.mkdir()
    found = backups.save(state, BOT, target)
    assert (found.bot, found.decisions, found.unfinished) == (BOT, 2, 1)
    assert backups.read(target) == found
    assert others(target) == set()
    assert target.stat().st_mode & 0o777 == 0o600
    assert backups.condition(state) == (None, found.taken)
    assert 0 <= backups.age(found.taken) < 60


def test_the_bot_writes_on_while_it_is_backed_up(state, tmp_path):
    with contextlib.closing(Stores.open(state)) as stores:
        for n in range(3000):
            stores.questions.ask(1, 0, 1, n, "问题" * 50)
        saving = threading.Thread(target=backups.save, args=(state, BOT, tmp_path / "b.db"))
        saving.start()
        number = 100
        while saving.is_alive():
            assert stores.journal.receive(number, "{}")
            number += 1
        saving.join()
    assert 1 <= backups.read(tmp_path / "b.db").unfinished <= number


def test_what_is_restored_is_what_was_backed_up_and_nothing_lies_about(state, tmp_path):
    found = backups.save(state, BOT, tmp_path / "b.db")
    elsewhere = tmp_path / "elsewhere" / f"{BOT}.db"
    elsewhere.parent.mkdir()
    with contextlib.closing(Stores.open(elsewhere)) as stores:
        stores.grants.grant(13, 1, allowed=True)
    backups.restore(tmp_path / "b.db", elsewhere)
    assert decisions(elsewhere) == {11: True, 12: False}
    assert others(elsewhere) == set()
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert backups.condition(elsewhere) == (None, found.taken)
    with contextlib.closing(sqlite3.connect(elsewhere)) as db:
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'wenbao_backup'").fetchone() == (0,)


def test_a_damaged_state_is_not_backed_up_and_can_be_replaced(state, tmp_path):
    backups.save(state, BOT, tmp_path / "b.db")
    torn = tmp_path / "torn" / f"{BOT}.db"
    torn.parent.mkdir()
    torn.write_bytes(b"SQLite format 3\0" + b"x" * 9000)
    torn.with_name(f"{BOT}.db-wal").write_bytes(b"x" * 5000)
    assert backups.condition(torn)[0] is not None
    with pytest.raises(WenbaoError, match="earlier backup"):
        backups.save(torn, BOT, tmp_path / "c.db")
    assert not (tmp_path / "c.db").exists()
    backups.restore(tmp_path / "b.db", torn)
    assert decisions(torn) == {11: True, 12: False}
    assert others(torn) == set()


def test_only_a_backup_is_replaced_by_a_backup(state, tmp_path):
    target = tmp_path / "b.db"
    target.write_text("a letter")
    for path in (target, state):
        before = path.read_bytes()
        with pytest.raises(WenbaoError, match="is no backup"):
            backups.save(state, BOT, path)
        assert path.read_bytes() == before
    target.unlink()
    backups.save(state, BOT, target)
    backups.save(state, BOT, target)


def _later(db: sqlite3.Connection) -> None:
    db.execute("UPDATE wenbao_backup SET value = '99' WHERE key = 'format'")


def _changed(db: sqlite3.Connection) -> None:
    db.execute("UPDATE access SET allowed = 1")


def _other_columns(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE access ADD COLUMN until REAL")


def _unlabelled(db: sqlite3.Connection) -> None:
    db.execute("DROP TABLE wenbao_backup")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(_later, "upgrade"), (_changed, "checksum"), (_other_columns, "table access"), (_unlabelled, "is not a backup")],
)
def test_what_is_no_sound_backup_of_a_known_version_is_refused_and_the_state_stays(state, tmp_path, spoil, said):
    backups.save(state, BOT, tmp_path / "b.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "b.db")) as db, db:
        spoil(db)
    with pytest.raises(WenbaoError, match=said):
        backups.restore(tmp_path / "b.db", state)
    assert decisions(state) == {11: True, 12: False}


@pytest.mark.parametrize("content", [b"", b"a letter", b"SQLite format 3\0" + b"\xff" * 9000])
def test_what_is_no_database_at_all_is_refused(tmp_path, content):
    (tmp_path / "b.db").write_bytes(content)
    with pytest.raises(WenbaoError, match="not a backup"):
        backups.read(tmp_path / "b.db")


def test_a_torn_backup_is_refused(state, tmp_path):
    backups.save(state, BOT, tmp_path / "b.db")
    content = (tmp_path / "b.db").read_bytes()
    (tmp_path / "b.db").write_bytes(content[: len(content) // 2])
    with pytest.raises(WenbaoError):
        backups.read(tmp_path / "b.db")


def test_where_the_restored_state_cannot_be_opened_the_earlier_one_is_back(state, tmp_path, monkeypatch):
    backups.save(state, BOT, tmp_path / "b.db")
    with contextlib.closing(Stores.open(state)) as stores:
        stores.grants.grant(13, 1, allowed=True)

    def full(*_: object) -> None:
        raise WenbaoError("磁盘已满", "the disk is full")

    monkeypatch.setattr(backups, "Database", full)
    with pytest.raises(WenbaoError, match="the disk is full"):
        backups.restore(tmp_path / "b.db", state)
    assert decisions(state) == {11: True, 12: False, 13: True}
    assert not {name for name in others(state) if "before" in name or "draft" in name}


def test_a_running_bot_is_backed_up_and_not_restored_onto_until_it_has_stopped(tmp_path, wenbao):
    settings = make_office(tmp_path / "office", None)
    with Loopback() as server:
        server.chat(ADMIN)
        bot = Bot(settings, server, tmp_path, WENBAO_ADMIN_USERS=str(ADMIN)).start()
        try:
            bot.ask(ADMIN, f"/deny {STRANGER}")
            done = wenbao("backup", "b.db", settings=settings, env={"WENBAO_LANGUAGE": "en"})
            assert (done.returncode, done.stderr) == (0, "")
            assert f"bot {BOT}" in done.stdout
            assert "1 decisions" in done.stdout
            bot.ask(ADMIN, f"/allow {STRANGER}")
            refused = wenbao("restore", "b.db", settings=settings)
            assert refused.returncode == 1
            assert_one_line(refused.stderr, "正在运行", "wenbao restore")
            assert bot.terminate() == 0
        finally:
            bot.close()
        restored = wenbao("restore", "b.db", settings=settings)
        assert (restored.returncode, restored.stderr) == (0, "")
        assert decisions(state_of(settings, BOT)) == {STRANGER: False}
        again = Bot(settings, server, tmp_path, WENBAO_ADMIN_USERS=str(ADMIN)).start()
        try:
            assert f"禁止:{STRANGER}" in again.ask(ADMIN, "/deny").text.replace(" ", "")
        finally:
            again.close()
