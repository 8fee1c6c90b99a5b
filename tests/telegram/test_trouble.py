"""A state that can't be written and a clock that is wrong: nobody is forgotten, nobody turned away."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import email.utils
import resource
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from loopback import BOT, Loopback
from office import QUESTION, SHORT, SLOW, Bot, make_office
from telegram import Chat, Message, Update, User

from rag.telegram.receiving.intake import JournalQueue, PollRequest
from rag.telegram.state.stores import Stores

WRONG = 40 * 60  # seconds
LITTLE = 8192  # bytes: room for the log, not for another page of the state


def update(number: int) -> Update:
    user = User(1, "a", is_bot=False)
    sent = Message(number, datetime.datetime.now(datetime.UTC), Chat(1, "private"), from_user=user, text="?")
    return Update(number, message=sent)


def test_updates_wait_while_the_journal_cannot_be_written_and_none_is_lost(tmp_path):
    path = tmp_path / "state.db"
    said = []

    def rename(old: str, new: str) -> None:
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute(f"ALTER TABLE {old} RENAME TO {new}")

    async def stuck(waiting: Update, _: Exception) -> None:
        said.append(waiting.update_id)
        if len(said) == 3:
            rename("away", "journal")

    async def over() -> None:
        said.append("over")

    async def receive() -> int:
        queue = JournalQueue(stores.journal, stuck, over, pause=0)
        await queue.put(update(1))
        rename("journal", "away")
        await queue.put(update(2))
        await queue.put(update(2))
        return queue.qsize()

    with contextlib.closing(Stores.open(path)) as stores:
        assert asyncio.run(receive()) == 2
    assert said == [2, 2, 2, "over"]


class Late(BaseHTTPRequestHandler):
    """A server whose clock is another than ours."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"ok": true, "result": []}')

    def date_time_string(self, *_: object) -> str:
        return email.utils.formatdate(time.time() - WRONG, usegmt=True)

    def log_message(self, *_: object) -> None:
        pass


def test_what_time_it_is_telegram_says():
    async def poll(port: int) -> float:
        request = PollRequest(refused=print, timeout=5)
        await request.initialize()
        before = abs(request.now() - time.time())
        await request.do_request(f"http://127.0.0.1:{port}/", "POST")
        await request.shutdown()
        assert before < 1
        return time.time() - request.now()

    with HTTPServer(("127.0.0.1", 0), Late) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert abs(asyncio.run(poll(server.server_port)) - WRONG) < 5
        server.shutdown()


ADMIN, USER = 9001, 1001
UNWRITABLE = ("full disk", "locked")


@pytest.mark.parametrize("why", UNWRITABLE)
def test_a_state_that_cannot_be_written_is_told_once_and_the_question_is_answered_afterwards(tmp_path, why):
    settings = make_office(tmp_path / "office", None)
    people = {"WENBAO_ADMIN_USERS": str(ADMIN), "WENBAO_ALLOWED_USERS": str(USER), "IMPATIENT": "1"}
    with Loopback() as server:
        for person in (ADMIN, USER):
            server.chat(person)
        bot = Bot(settings, server, tmp_path, odd=True, **people).start()
        try:
            bot.ask(USER, "/privacy")
            with unwritable(bot, why):
                update, message = server.say(USER, USER, "/help")
                server.wait(lambda: server.sent(ADMIN), 40)
                server.wait(lambda: len(server.sent(USER)) == 2, 40)
                tries = bot.log.count("an update waits")
                server.wait(lambda: bot.log.count("an update waits") > tries, 40)
                assert not bot.ended()
                assert len(server.sent(ADMIN)) == 1
                assert "无法保存" in server.sent(ADMIN)[0].text
            assert bot.settled(update) == "done"
            assert len(server.replies(USER, message)) == 1
            server.wait(lambda: len(server.sent(ADMIN)) == 2, 40)
            assert "继续" in server.sent(ADMIN)[1].text
            bot.ask(USER, "/privacy")
        finally:
            bot.close()
        assert server.violations == []
        assert "Traceback" not in bot.log


# What fails after a question was taken in: keeping it, and noting what was sent; or everything, while it is answered.
IN_WORK = ("questions", "answers", "full disk", "locked")


@pytest.mark.parametrize("away", IN_WORK)
def test_a_question_in_work_when_the_state_fails_is_answered_once_when_it_works_again(tmp_path, embedder, away):
    settings = make_office(tmp_path / "office", embedder)
    people = {"WENBAO_ADMIN_USERS": str(ADMIN), "WENBAO_ALLOWED_USERS": str(USER), "IMPATIENT": "1"}
    with Loopback() as server:
        for person in (ADMIN, USER):
            server.chat(person)
        bot = Bot(settings, server, tmp_path, odd=True, **people).start()
        try:
            with contextlib.ExitStack() as trouble:
                if away in UNWRITABLE:
                    update, message = server.say(USER, USER, f"{SLOW}{QUESTION}")
                    server.wait(lambda: server.called("sendChatAction", USER), 40)
                    trouble.enter_context(unwritable(bot, away))
                else:
                    trouble.enter_context(renamed(bot, away))
                    update, message = server.say(USER, USER, QUESTION)
                server.wait(lambda: server.sent(ADMIN), 60)
                server.wait(lambda: any("不必重发" in sent.text for sent in server.sent(USER)), 40)
                tries = bot.log.count("an update waits")
                server.wait(lambda: bot.log.count("an update waits") > tries, 60)
                assert len(server.sent(ADMIN)) == 1
            assert bot.settled(update) == "done"
            server.wait(lambda: len(server.sent(ADMIN)) == 2, 40)
            assert "继续" in server.sent(ADMIN)[1].text
            assert [sent.text[: len(SHORT)] for sent in server.replies(USER, message) if not sent.deleted] == [SHORT]
            assert bot.status(USER) == ["answered"]
        finally:
            bot.close()
        assert server.violations == []
        assert "Traceback" not in bot.log


@contextlib.contextmanager
def renamed(bot: Bot, table: str):
    with contextlib.closing(sqlite3.connect(state_path(bot), isolation_level=None, timeout=30)) as db:
        db.execute(f"ALTER TABLE {table} RENAME TO away")
        yield
        db.execute(f"ALTER TABLE away RENAME TO {table}")


def state_path(bot: Bot) -> Path:
    return bot.settings.data_dir / "telegram" / f"{BOT['id']}.db"


@contextlib.contextmanager
def unwritable(bot: Bot, why: str):
    assert bot.process is not None
    if why == "full disk":
        earlier = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (LITTLE, earlier[1]))
        yield
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, earlier)
        return
    with contextlib.closing(sqlite3.connect(state_path(bot), isolation_level=None, timeout=30)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("ROLLBACK")
