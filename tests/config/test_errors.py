"""What the operating system and databases say is told in the reader's language."""

from __future__ import annotations

import errno
import re
import sqlite3
from contextlib import closing

import pytest

from config.errors import Message, why


def locked(path):
    with closing(sqlite3.connect(path)) as other, closing(sqlite3.connect(path, timeout=0)) as db:
        other.execute("BEGIN EXCLUSIVE")
        db.execute("INSERT INTO a VALUES (1)")


def read_only(path):
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        db.execute("INSERT INTO a VALUES (1)")


def full(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA max_page_count = 3")
        db.execute("INSERT INTO a VALUES (randomblob(100000))")


def malformed(path):
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096)
    with closing(sqlite3.connect(path)) as db:
        db.execute("SELECT * FROM a").fetchall()


def another_file(path):
    path.write_bytes(b"a text" * 1000)
    with closing(sqlite3.connect(path)) as db:
        db.execute("SELECT * FROM a")


def no_folder(path):
    sqlite3.connect(path / "b")


def another_table(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("SELECT * FROM b")


@pytest.mark.parametrize("fails", [locked, read_only, full, malformed, another_file, no_folder, another_table])
def test_what_sqlite_says_is_told_in_chinese(tmp_path, fails):
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE a (b)")
    with pytest.raises(sqlite3.Error) as refused:
        fails(path)
    told = why(refused.value)
    assert told.en == str(refused.value)
    assert not re.search("[A-Za-z]", told.zh), told


def test_the_words_of_sqlite_are_known_where_a_library_hands_them_on():
    assert why("error returned from database: (code: 13) database or disk is full").zh == "磁盘已满"


def test_what_is_told_in_both_languages_or_in_none_stays():
    assert why(Message("甲", "a")) == ("甲", "a")
    assert why(OSError(errno.ENOSPC, "No space left on device", "/x")) == ("磁盘已满", "No space left on device")
    assert why(ValueError("odd\nthing")) == ("odd thing", "odd thing")
