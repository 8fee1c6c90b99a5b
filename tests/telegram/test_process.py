"""Staying up: what ends the bot, what it does then, and what the next one makes of it. Each has a bot of its own."""

from __future__ import annotations

import json
import resource
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from loopback import TOKEN, Loopback
from office import LONG, QUESTION, SHORT, SLOW, TEXTS, Bot, events, make_office

ADMIN, USER, STRANGER = 9001, 1001, 5001
PEOPLE = {"WENBAO_ALLOWED_USERS": str(USER), "WENBAO_ADMIN_USERS": str(ADMIN)}


@pytest.fixture
def server():
    with Loopback() as server:
        for person in (ADMIN, USER, STRANGER):
            server.chat(person)
        yield server
    assert server.violations == []


@pytest.fixture
def start(tmp_path, server):
    """Start bots that end with the test; without an index they start fast and say that there is none."""
    settings = make_office(tmp_path / "office", None)
    bots = []

    def run(*, limit=None, wait=True, **env):
        bots.append(Bot(settings, server, tmp_path, **{**PEOPLE, **env}))
        return bots[-1].start(limit=limit, wait=wait)

    yield run
    for bot in bots:
        bot.close()
        assert TOKEN not in bot.log
        assert "Traceback" not in bot.log, bot.log


def test_a_killed_bot_answers_what_it_held_once_after_its_restart_and_a_stopped_one_before(tmp_path, embedder, server):
    settings = make_office(tmp_path / "office", embedder)
    first = Bot(settings, server, tmp_path, odd=True, **PEOPLE).start()
    assert "已允许" in first.ask(ADMIN, f"/allow {STRANGER}").text
    answered, _ = server.say(USER, USER, QUESTION)
    assert first.settled(answered) == "done"
    held, message = server.say(STRANGER, STRANGER, f"{SLOW}{QUESTION}")
    partly, whole = server.say(ADMIN, ADMIN, f"{QUESTION}{LONG}")
    known = "SELECT count(*) FROM parts p JOIN questions q ON q.id = p.question WHERE q.message IN (?, ?)"
    server.wait(lambda: first.rows(known, message, whole) == [(2,)])  # a placeholder, and one part of several
    first.kill()
    assert first.outcome(held) == first.outcome(partly) == "received"

    second = Bot(settings, server, tmp_path, odd=True, **PEOPLE).start()
    assert second.settled(held) == second.settled(partly) == "done"
    (answer,) = server.replies(STRANGER, message)  # what stood in for it has become it
    assert answer.text.startswith(SHORT)
    assert answer.versions[0].startswith("正在查找")
    assert second.status(STRANGER) == ["answered"]
    parts = [part.text for part in server.replies(ADMIN, whole)]
    assert len(set(parts)) == len(parts)
    assert "".join(parts).count(TEXTS[LONG]) == 1
    follow_up = second.ask(USER, "那讲座呢?")
    assert follow_up.text.startswith("理解为: ")
    assert "36场次" in follow_up.text
    assert len(server.sent(USER)) == 2

    held, message = server.say(STRANGER, STRANGER, f"{SLOW}{QUESTION}")
    queued, after = server.say(STRANGER, STRANGER, QUESTION)
    server.wait(lambda: server.called("sendChatAction", STRANGER) and second.outcome(queued))
    assert second.terminate() == 0
    for number in (message, after):
        (answer,) = server.replies(STRANGER, number)
        assert answer.text.startswith(SHORT)
    assert second.rows("SELECT count(*) FROM journal WHERE state = 'received'") == [(0,)]
    assert not (settings.data_dir / "telegram" / "health.json").exists()
    for bot in (first, second):
        assert "Traceback" not in bot.log
        assert QUESTION not in bot.log


CONFLICT = "409 Conflict: terminated by other getUpdates request"
DOOMED = {
    "not-found": ("getUpdates", "404 Not Found", {}, "HTTP 404"),
    "unauthorized": ("getUpdates", "401 Unauthorized", {}, "HTTP 401"),
    "silence": ("getUpdates", "late", {"WENBAO_TELEGRAM_STALL_SECONDS": "6"}, "no contact to Telegram"),
    "another-poller": ("getUpdates", CONFLICT, {}, "another bot uses the same token"),
    "no-beginning": ("deleteWebhook", "400 Bad Request: no", {}, "无法开始接收消息"),
}


@pytest.fixture(scope="module", autouse=True)
def doomed(tmp_path_factory):
    """Bots that Telegram fails in one way each, for good; while they take their time to give up, others are tested."""
    bots, servers = {}, []
    for name, (method, fault, env, _) in DOOMED.items():
        folder = tmp_path_factory.mktemp(name)
        servers.append(Loopback().__enter__())
        servers[-1].fail(method, fault, times=99, seconds=60)
        bots[name] = Bot(make_office(folder / "office", None), servers[-1], folder, **PEOPLE, **env).start(wait=False)
    yield bots
    for bot in bots.values():
        bot.close()
    for server in servers:
        server.__exit__()


def test_a_second_bot_on_the_same_machine_does_not_start(start):
    first = start()
    second = start(wait=False)
    assert second.wait_end() == 1
    assert second.log.count("\n") == 1
    assert "已在运行" in second.log
    assert "现在无法回答" in first.ask(USER, QUESTION).text


UNFIT = {
    "unknown-token": ({"WENBAO_TELEGRAM_TOKEN": "123456:BBa-token-that-nobody-knows-of"}, "WENBAO_TELEGRAM_TOKEN"),
    "offline": ({"WENBAO_TELEGRAM_API_URL": "http://127.0.0.1:9", "WENBAO_TELEGRAM_STALL_SECONDS": "5"}, "API_URL"),
    "no-token-file": ({"WENBAO_TELEGRAM_TOKEN": "", "WENBAO_TELEGRAM_TOKEN_FILE": "missing"}, "TOKEN_FILE"),
    "no-token-at-all": ({"WENBAO_TELEGRAM_TOKEN": "no token"}, "WENBAO_TELEGRAM_TOKEN"),
    "a-name-for-an-id": ({"WENBAO_ADMIN_USERS": "@boss"}, "WENBAO_ADMIN_USERS"),
    "webhook-without-secret": ({"WENBAO_TELEGRAM_WEBHOOK_URL": "https://bot.example.org/hook"}, "WEBHOOK_SECRET"),
}


@pytest.fixture(scope="module", autouse=True)
def unfit(tmp_path_factory):
    """Bots that can't be started as they are set up."""
    with Loopback() as server:
        bots = {}
        for name, (env, _) in UNFIT.items():
            folder = tmp_path_factory.mktemp(name)
            settings = make_office(folder / "office", None)
            bots[name] = Bot(settings, server, folder, **{**PEOPLE, **env}).start(wait=False)
        yield bots
        for bot in bots.values():
            bot.close()


def test_without_an_index_everyone_is_told_and_admins_are_told_what_to_do(start, server):
    bot = start(WENBAO_LOG_FORMAT="json")
    assert bot.ask(USER, QUESTION).text == "现在无法回答:索引不可用,请联系管理员。"
    assert "wenbao ingest" in bot.ask(ADMIN, QUESTION).text
    assert "还没有报告" in bot.ask(USER, "/sources").text
    health = bot.settings.data_dir / "telegram" / "health.json"
    server.wait(health.exists)
    assert json.loads(health.read_text())["largest_lag_ms"] >= 0
    check = [sys.executable, "-m", "rag.telegram.health"]
    assert subprocess.run(check, env=bot.env, capture_output=True, check=False).returncode == 0
    assert bot.terminate() == 0
    assert subprocess.run(check, env=bot.env, capture_output=True, check=False).returncode == 1
    assert {"INFO", "ERROR"} <= {event["level"] for event in events(bot.log)}
    assert QUESTION not in bot.log


def test_nobody_is_allowed_by_default(start, server):
    bot = start(WENBAO_ALLOWED_USERS="", WENBAO_ADMIN_USERS="")
    assert "nobody may use the bot" in bot.log
    update, _ = server.say(USER, USER, QUESTION)
    assert bot.settled(update) == "refused"
    assert bot.status(USER) == []


def test_a_full_disk_is_told_and_leaves_nothing_behind(start, server):
    def small_files_only():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    bot = start(limit=small_files_only)
    update, message = server.send_file(ADMIN, ADMIN, "big.txt", "报告。".encode() * (1 << 18))
    assert bot.settled(update) == "done"
    (note,) = server.replies(ADMIN, message)
    assert note.text.startswith("big.txt 不能加入:无法写入")
    assert "WENBAO_DATA_DIR" in note.text
    assert list((bot.settings.data_dir / "telegram" / "changes").glob("*")) == []
    assert not (bot.settings.reports_dir / "big.txt").exists()


def test_the_first_upload_makes_the_index_and_takes_in_what_lies_there(start, server):
    bot = start()
    for path in sorted(bot.settings.reports_dir.iterdir())[1:]:
        path.unlink()
    update, message = server.send_file(ADMIN, ADMIN, "z.txt", "紫云县科协有农技协52个。".encode())
    assert bot.settled(update, 90) == "done"
    (note,) = server.replies(ADMIN, message)
    assert bot.settled(server.press(ADMIN, note, "✅ 确认"), 120) == "done"
    assert "新增 2" in note.text
    assert bot.ask(USER, "紫云县科协有多少个农技协?").text.startswith("52个")
    assert bot.ask(USER, QUESTION).text.startswith(SHORT)


def test_a_webhook_takes_updates_with_the_secret_and_no_others(start, server):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hook"
    bot = start(
        WENBAO_TELEGRAM_WEBHOOK_URL=url, WENBAO_TELEGRAM_WEBHOOK_PORT=str(port), WENBAO_TELEGRAM_WEBHOOK_SECRET="s3cret"
    )
    assert (server.webhook["url"], server.webhook["secret_token"]) == (url, "s3cret")
    _, message = server.say(USER, USER, QUESTION)
    update = {"update_id": 77, "message": server.incoming[USER, message]}

    def post(secret):
        headers = {"Content-Type": "application/json"} | ({"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {})
        request = urllib.request.Request(url, json.dumps(update).encode(), headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            return opener.open(request, timeout=10).status
        except urllib.error.HTTPError as exc:
            return exc.code

    def listening():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    server.wait(listening)
    assert [post("wrong"), post(None)] == [403, 403]
    time.sleep(0.3)
    assert bot.outcome(77) is None
    assert [post("s3cret"), post("s3cret")] == [200, 200]
    assert bot.settled(77) == "done"
    assert len(server.replies(USER, message)) == 1
    assert server.called("getUpdates") == []
    assert bot.terminate() == 0


@pytest.mark.parametrize("name", UNFIT)
def test_a_bot_that_cannot_start_says_which_setting_to_change(unfit, name):
    bot = unfit[name]
    assert bot.wait_end() == 1
    last = bot.log.strip().split("\n")[-1]
    assert last.startswith("wenbao: ")
    assert UNFIT[name][1] in last
    assert "BBa-token" not in bot.log


@pytest.mark.parametrize("name", DOOMED)
def test_what_would_end_polling_silently_ends_the_bot_with_an_error(doomed, name):
    bot = doomed[name]
    assert bot.wait_end() == 1
    assert DOOMED[name][3] in bot.log
    assert bot.log.strip().split("\n")[-1].startswith("wenbao: ")
    assert "Traceback" not in bot.log
    assert TOKEN not in bot.log
    assert len(bot.server.called(DOOMED[name][0])) >= (5 if name == "another-poller" else 1)
