"""What the bot remembers: it survives a restart and an upgrade, and is forgotten when it must be."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from pathlib import Path

import pytest

from config.errors import StateUnavailable
from rag.telegram.state.changes import Change
from rag.telegram.state.deliveries import Part
from rag.telegram.state.journal import Unfinished
from rag.telegram.state.stores import Stores
from rag.telegram.state.tokens import Button

OF_AN_EARLIER_BOT = Path(__file__).parent / "state_of_2026_11.sql"
"""The dump of a file that the bot of November 2026 wrote: one class, the same tables."""


@pytest.fixture
def stores(tmp_path):
    stores = Stores.open(tmp_path / "state.db")
    yield stores
    stores.close()


def _journalled(stores: Stores) -> dict[str, int]:
    """How many updates are in which state."""
    return dict(stores.database.run("SELECT state, count(*) FROM journal GROUP BY state").fetchall())


@pytest.fixture
def upgraded(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "earlier.db")) as db:
        db.executescript(OF_AN_EARLIER_BOT.read_text(encoding="utf-8"))
    stores = Stores.open(tmp_path / "earlier.db")
    yield stores
    stores.close()


def test_a_bot_that_is_upgraded_keeps_everything(upgraded):
    assert upgraded.grants.all() == {-2001: False, 1001: True}
    assert not upgraded.grants.refuse_once(1002, 1002)
    assert upgraded.people.language(1001) == "en"
    assert upgraded.journal.unfinished() == [Unfinished(2, '{"update_id": 2}', 1)]
    assert not upgraded.journal.receive(1, "{}")
    assert [asked.text for asked in upgraded.questions.recent(1001, 0, 1001)] == [
        "那讲座呢?",
        "东山县建成多少个乡村科普馆?",
    ]
    assert upgraded.questions.history(1001, 0, 99) == []  # asked long ago, and /new came between
    assert upgraded.deliveries.answered_by(1001, 8) == 2
    assert upgraded.deliveries.parts(2) == {1: Part(8, "abc")}
    assert upgraded.tokens.pressed("tokenOfThen") == Button("tokenOfThen", 1001, 0, "answer", {"question": 2})
    assert upgraded.changes.get("c1") == Change("c1", 9001, "upload", "a.txt", "done", "00ff")
    assert upgraded.meta.get("commands") == "digest of then"
    assert upgraded.questions.ask(1001, 0, 1001, 9, "下一个问题") == 3
    assert upgraded.retention.forget(1001) == 9


def test_an_earlier_bot_could_read_the_file_again(upgraded, stores):
    schema = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    assert stores.database.run(schema).fetchall() == upgraded.database.run(schema).fetchall()


def test_who_has_not_chosen_is_spoken_to_in_the_language_of_the_office(tmp_path):
    with contextlib.closing(Stores.open(tmp_path / "office.db", "en")) as stores:
        assert stores.people.language(1) == "en"
        stores.people.set_language(1, "zh")
        assert stores.people.language(1) == "zh"


def test_what_is_in_the_chat_of_an_answer_is_known_after_a_restart(stores, tmp_path):
    stores.deliveries.part(1, 3, 0, Part(50, ""))
    stores.deliveries.part(1, 3, 1, Part(50, "a"))  # the answer took the placeholder's place
    stores.deliveries.part(1, 3, 2, Part(0, "b"))
    stores.deliveries.part(1, 4, 0, Part(60, ""))
    stores.deliveries.part(1, 4, 1, Part(61, "c"))
    stores.close()
    again = Stores.open(tmp_path / "state.db")
    assert again.deliveries.parts(3) == {1: Part(50, "a"), 2: Part(0, "b")}
    assert again.deliveries.parts(4) == {0: Part(60, ""), 1: Part(61, "c")}
    again.deliveries.drop_parts(4, 0, 0)
    assert again.deliveries.parts(4) == {1: Part(61, "c")}
    again.close()


def test_what_was_sent_and_could_not_be_noted_is_not_sent_twice(stores):
    stores.deliveries.part(1, 3, 0, Part(50, ""))
    stores.database.run("ALTER TABLE answers RENAME TO away")
    for number, part in ((1, Part(50, "a")), (2, Part(51, "b"))):
        with pytest.raises(StateUnavailable):
            stores.deliveries.part(1, 3, number, part)
    with pytest.raises(StateUnavailable):
        stores.deliveries.parts(3)
    stores.deliveries.drop_parts(3, 2, 2)
    stores.database.run("ALTER TABLE away RENAME TO answers")
    assert stores.deliveries.parts(3) == {1: Part(50, "a")}
    assert [stores.deliveries.answered_by(1, message) for message in (50, 51)] == [3, None]


def test_the_journal_keeps_what_is_unfinished_and_counts_only_what_never_came_to_an_end(stores):
    assert stores.journal.receive(1, "a")
    assert not stores.journal.receive(1, "a")
    stores.journal.receive(2, "b")
    stores.journal.finish(2)
    assert stores.journal.unfinished() == [Unfinished(1, "a", 0)]
    assert stores.journal.begin(1) == 1
    stores.journal.put_back(1)
    assert [stores.journal.begin(1), stores.journal.begin(1)] == [1, 2]
    stores.journal.put_back()
    assert stores.journal.unfinished() == [Unfinished(1, "a", 1)]
    assert _journalled(stores) == {"received": 1, "done": 1}


def test_what_is_old_is_forgotten_and_what_is_waiting_stays(stores):
    question = stores.questions.ask(1, 0, 1, 5, "问题")
    assert stores.questions.ask(1, 0, 1, 5, "问题") == question
    stores.questions.answer(question, "answered", 3.0)
    stores.changes.propose(Change("c1", 1, "upload", "a.txt", "done", None))
    stores.tokens.make("answer", 1, 0, {"question": question})
    stores.journal.receive(9, "{}")
    assert stores.retention.tidy(1) == []
    assert stores.retention.tidy(-1) == ["c1"]
    assert stores.questions.question(question) is None
    assert _journalled(stores) == {"received": 1}


def test_the_journal_is_written_while_what_is_old_is_deleted(stores):
    for n in range(3000):
        stores.questions.ask(1, 0, 1, n, "问题")
    tidying = threading.Thread(target=stores.retention.tidy, args=(-1,))
    tidying.start()
    received = 0
    while tidying.is_alive() or not received:
        assert stores.journal.receive(received, "{}")
        received += 1
    tidying.join()
    assert stores.questions.recent(1, 0, 1) == []
    assert len(stores.journal.unfinished()) == received


def test_a_person_is_forgotten_with_all_that_hangs_on_their_questions(stores):
    mine, theirs = stores.questions.ask(1, 0, 1, 5, "我的"), stores.questions.ask(-3, 0, 2, 6, "别人的")
    for question in (mine, theirs):
        stores.questions.vote(question, 2, 1)
        stores.tokens.make("answer", 1, 0, {"question": question})
    stores.people.set_language(1, "en")
    assert stores.retention.forget(1) == 4
    assert stores.questions.question(theirs) is not None
    assert stores.questions.usage(1).up == 1


def test_what_is_forgotten_is_gone_from_the_file_and_no_question_gets_its_number_again(stores, tmp_path):
    asked = stores.questions.ask(1, 0, 1, 5, "绝无仅有的问题")
    stores.journal.receive(9, json.dumps({"text": "绝无仅有的问题"}))
    stores.journal.finish(9)
    stores.questions.begin(1, 0)
    stores.retention.forget(1)
    stores.retention.wipe()
    files = [path.read_bytes() for path in tmp_path.glob("state.db*")]
    assert len(files) >= 1
    assert not any("绝无仅有".encode() in content or b"\\u7edd" in content for content in files)
    assert stores.questions.ask(1, 0, 1, 6, "下一个问题") > asked
    assert stores.questions.history(1, 0, 99) == []
    with contextlib.closing(sqlite3.connect(tmp_path / "state.db")) as db:
        assert db.execute("SELECT count(*) FROM beginnings").fetchone() == (0,)


def test_a_follow_up_refers_only_to_its_own_conversation_and_topic(stores):
    for chat, thread, text in ((1, 0, "甲"), (1, 7, "乙"), (2, 0, "丙"), (1, 0, "丁")):
        stores.questions.answer(stores.questions.ask(chat, thread, 1, hash(text) % 1000, text), "answered", 1)
    assert stores.questions.history(1, 0, 99) == ["甲", "丁"]
    stores.questions.begin(1, 0)
    assert stores.questions.history(1, 0, 99) == []
    assert stores.questions.history(1, 7, 99) == ["乙"]


def test_no_follow_up_refers_to_a_table_and_use_counts_it(stores):
    for message, (text, status) in enumerate([("甲", "answered"), ("/table 乙", "tabled"), ("/table 丙", "untold")]):
        stores.questions.answer(stores.questions.ask(1, 0, 1, message, text), status, 1)
    assert stores.questions.history(1, 0, 99) == ["甲"]
    used = stores.questions.usage(1)
    assert (used.asked, used.answered, used.refused) == (3, 2, 1)
