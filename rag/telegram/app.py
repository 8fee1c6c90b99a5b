"""Start the Telegram bot. Not built yet: for now this says which setting it will need."""

from __future__ import annotations

from config.errors import SettingsError
from config.settings import Settings


def run(settings: Settings) -> None:
    """Raises SettingsError: the token is missing, or the bot isn't part of this version."""
    if not settings.telegram_token.get_secret_value() and settings.telegram_token_file is None:
        raise SettingsError(
            "缺少 Telegram 令牌;请设置 WENBAO_TELEGRAM_TOKEN 或 WENBAO_TELEGRAM_TOKEN_FILE",
            "the Telegram token is missing; set WENBAO_TELEGRAM_TOKEN or WENBAO_TELEGRAM_TOKEN_FILE",
        )
    raise SettingsError(
        "此版本还没有 Telegram 机器人;请在终端使用 wenbao ask",
        "this version has no Telegram bot yet; use `wenbao ask` in a terminal",
    )
