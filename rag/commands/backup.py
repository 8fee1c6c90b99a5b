"""The commands `backup` and `restore`: what of the bot can't be made again, in one file."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config import shown
from config.errors import Message, SettingsError, WenbaoError

if TYPE_CHECKING:
    from config.settings import Settings
    from rag.telegram.state.backups import Backup

File = Annotated[Path, typer.Argument(metavar="FILE", help="备份文件", show_default=False)]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to a command line."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(file: File) -> None:
    """把机器人的状态(谁可以提问、谁被拒绝、未完成的消息)备份进一个文件;机器人可以照常运行。"""
    from config.settings import load_settings
    from rag.telegram.state import backups
    from rag.telegram.state.home import state_of

    settings = load_settings()
    bot = _bot(settings)
    _say(settings, Message("已备份到", "backed up to"), file, backups.save(state_of(settings, bot), bot, file))


def restore(file: File) -> None:
    """用备份文件恢复机器人的状态;请先停止机器人。"""
    from config.settings import load_settings
    from rag.telegram.state import backups
    from rag.telegram.state.home import alone, bot_folder, state_of

    settings = load_settings()
    backup = backups.read(file)
    folder = bot_folder(settings)
    still_running = WenbaoError(
        f"机器人 {backup.bot} 正在运行;请先停止它,再运行 wenbao restore",
        f"the bot {backup.bot} is running; stop it first, then run `wenbao restore` again",
    )
    with _for_its_owner(folder), alone(settings, backup.bot, still_running):
        backups.restore(file, state_of(settings, backup.bot))
    _say(settings, Message("已恢复自", "restored from"), file, backup)


def _bot(settings: Settings) -> int:
    """The bot of the settings, or the only one that has a state here."""
    from rag.telegram.state.home import bot_folder, bots, read_token

    known, folder = bots(settings), bot_folder(settings)
    try:
        mine = [read_token(settings)[1]]
    except SettingsError:  # the token is the bot's alone, as under systemd
        mine = known
    if not known:
        raise WenbaoError(
            f"{folder} 中没有机器人的状态,无可备份;请检查 WENBAO_DATA_DIR",
            f"there is no state of a bot in {folder}, so nothing to back up; check WENBAO_DATA_DIR",
        )
    if len(mine) > 1 or mine[0] not in known:
        ids = ", ".join(map(str, known))
        raise SettingsError(
            f"{folder} 中有机器人 {ids} 的状态;请用 WENBAO_TELEGRAM_TOKEN_FILE 指明备份哪一个",
            f"{folder} holds the state of {ids}; say with WENBAO_TELEGRAM_TOKEN_FILE which bot is meant",
        )
    return mine[0]


@contextlib.contextmanager
def _for_its_owner(folder: Path) -> Iterator[None]:
    """What root makes inside belongs to whose folder it is, or, where it is new, whose folder it is made in.

    The bot couldn't open it otherwise. Raises WenbaoError where somebody else than that user or root restores.
    """
    made = list(itertools.takewhile(lambda path: not path.exists(), (folder, *folder.absolute().parents)))
    there = (made[-1].absolute().parent if made else folder).stat()
    if not made and os.geteuid() not in (0, there.st_uid):
        raise WenbaoError(
            f"{folder} 属于运行机器人的用户(uid {there.st_uid});请以该用户运行 wenbao restore",
            f"{folder} belongs to the user that runs the bot (uid {there.st_uid}); run `wenbao restore` as that user",
        )
    try:
        yield
    finally:
        if os.geteuid() == 0:
            for path in (*reversed(made), *folder.glob("*")):
                _give(path, there.st_uid, there.st_gid)


def _give(path: Path, user: int, group: int) -> None:
    """Give away a file or a folder of root's; no link, and nothing that has another name elsewhere."""
    with contextlib.suppress(OSError):
        status = path.lstat()
        if status.st_uid == 0 and (
            stat.S_ISDIR(status.st_mode) or (stat.S_ISREG(status.st_mode) and status.st_nlink == 1)
        ):
            os.chown(path, user, group, follow_symlinks=False)


def _say(settings: Settings, done: Message, file: Path, backup: Backup) -> None:
    from ingest import console

    message = Message(
        f"{done.zh} {file}:机器人 {backup.bot},{backup.taken},{backup.decisions} 项准入决定,"
        f"{backup.unfinished} 条未完成的消息",
        f"{done.en} {file}: bot {backup.bot}, {backup.taken}, {backup.decisions} decisions about access, "
        f"{backup.unfinished} unfinished messages",
    )
    console.say(shown.line(message.text(settings.language)))
