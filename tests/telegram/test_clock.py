"""A machine whose clock is wrong still tells a fresh question from one of yesterday."""

from __future__ import annotations

import asyncio
import email.utils
import time
from types import SimpleNamespace
from typing import Any

import pytest
from loopback import Loopback, _Handler
from office import QUESTION, Bot, make_office

from rag.telegram.receiving.clock import Clock

WRONG = 40 * 60
USER = 1001


def message(age: float) -> dict[str, Any]:
    return {"update_id": 1, "message": {"date": int(time.time() - age)}}


def ahead(clock: Clock) -> float:
    """How many seconds this machine's clock is ahead of Telegram's, as the other one thinks."""
    return time.time() - clock.now()


@pytest.mark.parametrize("wrong", [WRONG, -WRONG, 0])
def test_a_reply_that_tells_the_time_is_believed(wrong):
    clock = Clock()
    clock.polled([])
    clock.polled([message(7200)])
    asyncio.run(clock.replied(SimpleNamespace(headers={"date": email.utils.formatdate(time.time() - wrong)})))
    assert ahead(clock) == pytest.approx(wrong, abs=3)


@pytest.mark.parametrize("headers", [{}, {"date": "yesterday"}, {"date": ""}])
def test_a_reply_that_tells_no_time_changes_nothing(headers):
    clock = Clock()
    asyncio.run(clock.replied(SimpleNamespace(headers=headers)))
    assert ahead(clock) == pytest.approx(0, abs=1)


@pytest.mark.parametrize("wrong", [WRONG, -WRONG])
def test_without_such_replies_a_message_that_was_waited_for_is_fresh(wrong):
    clock = Clock()
    clock.polled([])
    clock.polled([message(wrong), {"update_id": 2, "callback_query": {}}, {"update_id": 3, "message": {}}])
    assert ahead(clock) == pytest.approx(wrong, abs=4)


def test_what_waited_at_telegram_before_the_first_poll_may_be_old():
    clock = Clock()
    clock.polled([message(WRONG)] * 100)
    clock.polled([message(WRONG)] * 3)
    assert ahead(clock) == pytest.approx(0, abs=1)


def test_a_clock_that_is_set_right_meanwhile_makes_nothing_old(monkeypatch):
    clock = Clock()
    asyncio.run(clock.replied(SimpleNamespace(headers={"date": email.utils.formatdate(time.time())})))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 86400)
    assert clock.now() == pytest.approx(now, abs=3)


class _Elsewhen(_Handler):
    """Telegram, where this machine is 40 minutes ahead of it."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((timestamp or time.time()) - WRONG)


@pytest.mark.parametrize("webhook", [False, True])
def test_the_bot_answers_a_fresh_question_though_its_clock_is_40_minutes_ahead(tmp_path, monkeypatch, webhook):
    monkeypatch.setattr("loopback._Handler", _Elsewhen)
    env = {"WENBAO_ALLOWED_USERS": str(USER)}
    if webhook:
        env |= {"WENBAO_TELEGRAM_WEBHOOK_URL": "http://127.0.0.1/hook", "WENBAO_TELEGRAM_WEBHOOK_SECRET": "s3cret"}
        env |= {"WENBAO_TELEGRAM_WEBHOOK_PORT": str(_free_port())}
    with Loopback() as server:
        server.chat(USER)
        bot = Bot(make_office(tmp_path / "office", None), server, tmp_path, **env).start()
        try:
            fresh, _ = server.say(USER, USER, QUESTION, age=WRONG)
            old, _ = server.say(USER, USER, QUESTION, age=WRONG + 3600)
            if webhook:
                _call(env["WENBAO_TELEGRAM_WEBHOOK_PORT"], server.updates)
            assert bot.settled(fresh) == "done"
            assert bot.settled(old) == "skipped"
        finally:
            bot.close()


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _call(port: str, updates: list[dict[str, Any]]) -> None:
    import httpx

    headers = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
    for update in updates:
        for _ in range(100):
            try:
                assert httpx.post(f"http://127.0.0.1:{port}/hook", json=update, headers=headers).status_code == 200
            except httpx.ConnectError:
                time.sleep(0.1)
            else:
                break
