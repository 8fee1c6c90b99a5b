"""The bot's log: one line or one JSON object an event, on stderr, never with the token or a question's text.

A formatter, not a filter, takes the token out: only there message, exception and stack are all text.
"""

from __future__ import annotations

import functools
import logging
import re
import sys
import time
from collections.abc import Sequence
from typing import Any

from telegram.error import TelegramError

from config import shown
from config.logs import quiet_libraries
from config.settings import Settings, hidden

_TOKEN = re.compile(r"(?<!\d)\d{6,}+:[\w-]{20,}+")
_PAYLOAD = re.compile(r"Received data was:? .*", re.DOTALL)  # python-telegram-bot quotes updates it can't parse


def set_up_logs(settings: Settings, token: str) -> None:
    """Send everything that is logged to stderr, in the settings' format and from their level on."""
    quiet_libraries()
    handler = logging.StreamHandler(sys.stderr)
    dressed = _Json if settings.log_format == "json" else _Lines
    handler.setFormatter(dressed(token, settings.secrets))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    logging.getLogger("telegram").setLevel(logging.WARNING)  # at DEBUG it writes whole updates
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)  # quotes what it can't parse; the error is raised
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)


def redact(text: str, token: str, secrets: Sequence[str] = ()) -> str:
    """The text without the token, anything else that looks like one, these secrets, and what quotes an update."""
    plain = hidden(text.replace(token, "<token>"), secrets)
    return _PAYLOAD.sub("(data left out)", _TOKEN.sub("<token>", plain))


class _Plain(logging.Formatter):
    """Without the stack of an error that comes from the network or Telegram: it says nothing that its text doesn't."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the standard library's name
        error = ei[1]
        return f"{type(error).__name__}: {error}" if isinstance(error, TelegramError) else super().formatException(ei)


class _Lines(_Plain):
    def __init__(self, token: str, secrets: Sequence[str] = ()) -> None:
        self._hide = functools.partial(redact, token=token, secrets=secrets)
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def format(self, record: logging.LogRecord) -> str:
        return shown.lines(self._hide(super().format(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the standard library's name
        record.message = shown.line(record.message)  # nothing from outside begins a line of its own
        return super().formatMessage(record)


class _Json(_Plain):
    def __init__(self, token: str, secrets: Sequence[str] = ()) -> None:
        self._hide = functools.partial(redact, token=token, secrets=secrets)
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(record.created)),
            "level": record.levelname,
            "logger": record.name,
            "message": self._hide(record.getMessage()),
        }
        if record.exc_info:
            event["exception"] = self._hide(self.formatException(record.exc_info))
        return shown.as_json(event)
