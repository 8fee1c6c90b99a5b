"""`wenbao backup` and `wenbao restore`: for a bot that runs, and one that doesn't; what can't be done is one line."""

from __future__ import annotations

import contextlib

import pytest
from conftest import assert_one_line
from loopback import TOKEN, Loopback
from office import Bot, make_office

from config.errors import WenbaoError
from config.settings import Settings
from rag.telegram.state.home import alone, state_of
from rag.telegram.state.stores import Stores

BOT, ADMIN, STRANGER = 700001, 9001, 5001
BUSY = WenbaoError("忙", "busy")


def decided(settings: Settings, *ids: int, bot: int = BOT) -> None:
    with contextlib.closing(Stores.open(state_of(settings, bot))) as stores:
        for id_ in ids:
            stores.grants.grant(id_, ADMIN, allowed=False)


def denied(settings: Settings) -> set[int]:
    with contextlib.closing(Stores.open(state_of(settings, BOT))) as stores:
        return set(stores.grants.all())


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
        assert denied(settings) == {STRANGER}
        again = Bot(settings, server, tmp_path, WENBAO_ADMIN_USERS=str(ADMIN)).start()
        try:
            assert f"禁止:{STRANGER}" in again.ask(ADMIN, "/deny").text.replace(" ", "")
        finally:
            again.close()


def test_which_bot_is_meant_the_token_says_where_there_are_several(wenbao, settings):
    decided(settings, 1)
    decided(settings, 1, 2, bot=BOT + 1)
    refused = wenbao("backup", "b.db", settings=settings)
    assert refused.returncode == 1
    assert_one_line(refused.stderr, str(BOT), str(BOT + 1), "WENBAO_TELEGRAM_TOKEN_FILE")
    done = wenbao("backup", "b.db", settings=settings, env={"WENBAO_TELEGRAM_TOKEN": TOKEN})
    assert f"机器人 {BOT}," in done.stdout


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("backup", "b.db"), ("没有机器人的状态", "WENBAO_DATA_DIR")),
        (("restore", "missing.db"), ("missing.db", "没有这个文件")),
        (("restore", "reports"), ("reports", "目录")),
        (("restore", "reports/a.txt"), ("wenbao backup",)),
    ],
)
def test_what_cannot_be_done_is_one_line(wenbao, settings, arguments, parts):
    done = wenbao(*arguments, settings=settings)
    assert (done.returncode, done.stdout) == (1, "")
    assert_one_line(done.stderr, *parts)
    assert not settings.data_dir.exists()


def test_a_folder_that_is_not_there_is_named(wenbao, settings):
    decided(settings, 1)
    done = wenbao("backup", "no/b.db", settings=settings)
    assert done.returncode == 1
    assert_one_line(done.stderr, "no/b.db", "目录")


def test_a_state_that_is_held_is_left_alone(wenbao, settings):
    decided(settings, 1)
    assert wenbao("backup", "b.db", settings=settings).returncode == 0
    decided(settings, 2)
    with alone(settings, BOT, BUSY):
        assert wenbao("restore", "b.db", settings=settings).returncode == 1
    assert denied(settings) == {1, 2}
    assert wenbao("restore", "b.db", settings=settings).returncode == 0
    assert denied(settings) == {1}
