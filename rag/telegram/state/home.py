"""Where a bot's state lies, which bot's it is, and who alone may write it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from config import files
from config.errors import SettingsError, WenbaoError
from config.settings import Settings
from ingest.durable import storing

_TOKEN = re.compile(r"(\d+):\S+")
_STATE = re.compile(r"(\d+)\.db")


def bot_folder(settings: Settings) -> Path:
    """Where the bot keeps its state, its health file, and what uploads replaced."""
    return settings.data_dir / "telegram"


def state_of(settings: Settings, bot: int) -> Path:
    """The state of the bot with that id."""
    return bot_folder(settings) / f"{bot}.db"


def bots(settings: Settings) -> list[int]:
    """The ids of the bots that have a state here."""
    matches = (_STATE.fullmatch(path.name) for path in bot_folder(settings).glob("*.db"))
    return sorted(int(match[1]) for match in matches if match)


def read_token(settings: Settings) -> tuple[str, int]:
    """The token and the bot's id in it. Raises SettingsError."""
    token = settings.telegram_token.get_secret_value().strip()
    path = settings.telegram_token_file
    if not token and path is not None:
        try:
            token = files.read_text(path, piped=True).strip()
        except (OSError, UnicodeDecodeError) as exc:
            raise SettingsError(
                f"无法读取 WENBAO_TELEGRAM_TOKEN_FILE {path}", f"can't read WENBAO_TELEGRAM_TOKEN_FILE {path}"
            ) from exc
    if not token:
        raise SettingsError(
            "缺少 Telegram 令牌;请设置 WENBAO_TELEGRAM_TOKEN 或 WENBAO_TELEGRAM_TOKEN_FILE",
            "the Telegram token is missing; set WENBAO_TELEGRAM_TOKEN or WENBAO_TELEGRAM_TOKEN_FILE",
        )
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise SettingsError(
            "WENBAO_TELEGRAM_TOKEN 不是 Telegram 令牌(应为 数字:字母)",
            "WENBAO_TELEGRAM_TOKEN is not a Telegram token (digits:letters)",
        )
    return token, int(match[1])


@contextlib.contextmanager
def alone(settings: Settings, bot: int, otherwise: WenbaoError) -> Iterator[None]:
    """Hold the lock of this bot. Raises `otherwise` when another process holds it."""
    path = bot_folder(settings) / f"{bot}.lock"
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout as exc:
            raise otherwise from exc
    try:
        yield
    finally:
        lock.release()
