"""`wenbao backup` and `wenbao restore`: which bot they mean, and one line for what can't be done."""

from __future__ import annotations

import contextlib
import re

import pytest
from conftest import assert_one_line

from config.errors import WenbaoError
from config.settings import Settings
from rag.telegram.state.home import alone, state_of
from rag.telegram.state.stores import Stores

BOT, ADMIN = 700001, 9001
TOKEN = f"{BOT}:AA-token-that-nobody-knows"
BUSY = WenbaoError("忙", "busy")


def decided(settings: Settings, *ids: int, bot: int = BOT) -> None:
    with contextlib.closing(Stores.open(state_of(settings, bot))) as stores:
        for id_ in ids:
            stores.grants.grant(id_, ADMIN, allowed=False)


def denied(settings: Settings) -> set[int]:
    with contextlib.closing(Stores.open(state_of(settings, BOT))) as stores:
        return set(stores.grants.all())


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


def test_the_version_is_told(wenbao):
    done = wenbao("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"wenbao \d+\.\d+\.\d+\S*\n", done.stdout)


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
