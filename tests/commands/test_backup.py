"""`wenbao backup` and `wenbao restore`: which bot they mean, and one line for what can't be done."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

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
        (("restore", "pipe"), ("pipe", "不是普通文件")),
        (("restore", "/dev/zero"), ("/dev/zero", "不是普通文件")),
        (("restore", "dangling"), ("dangling", "没有这个文件")),
    ],
)
def test_what_cannot_be_done_is_one_line(wenbao, settings, tmp_path, arguments, parts):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
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


def test_nothing_but_a_backup_under_its_own_name_is_replaced(wenbao, settings, tmp_path):
    decided(settings, 1)
    assert wenbao("backup", "b.db", settings=settings).returncode == 0
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("b.db")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "to-device").symlink_to("/dev/null")
    before, there = (tmp_path / "b.db").read_bytes(), sorted(tmp_path.iterdir())
    for name in ("pipe", "folder", "link", "dangling", "to-device", "/dev/zero", "/dev/null", ".", ""):
        done = wenbao("backup", name, settings=settings)
        assert (done.returncode, done.stdout) == (1, ""), name
        assert_one_line(done.stderr, "保持不变")
    assert sorted(tmp_path.iterdir()) == there
    assert (tmp_path / "b.db").read_bytes() == before
    assert (tmp_path / "pipe").is_fifo()
    assert Path("/dev/null").is_char_device()


OWNER = 12345


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("before", ["nothing", "data", "telegram", "state"])
def test_what_root_restores_belongs_to_whose_folder_it_is(wenbao, settings, tmp_path, before):
    """`before`: what of the data directory is there."""
    decided(settings, 1)
    assert wenbao("backup", "b.db", settings=settings).returncode == 0
    state = state_of(settings, BOT)
    office = tmp_path / "office"
    office.mkdir()
    away = settings.model_copy(update={"data_dir": office / "new" / "data"})
    there = state_of(away, BOT).parent
    if before == "state":
        decided(away, 2)
    elif before != "nothing":
        (there if before == "telegram" else there.parent).mkdir(parents=True)
    for path in (office, *office.rglob("*")):
        os.chown(path, OWNER, OWNER)
    assert wenbao("restore", "b.db", settings=away).returncode == 0
    made = list(office.rglob("*"))
    assert state_of(away, BOT) in made
    assert {(path.stat().st_uid, path.stat().st_gid) for path in made} == {(OWNER, OWNER)}
    assert denied(away) == {1}
    assert state.stat().st_uid == 0
