"""What time it is at Telegram, which this machine's clock may not know.

Every reply tells it. A Bot API server of one's own may not; then the messages do that arrive while the bot waits for
them: they were sent since the poll before, however old this machine takes them to be.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Any

_MOST = 100  # updates in a reply; one that has fewer left nothing behind
_SLACK = 2.0  # seconds: dates are whole, and a message takes a moment
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps


class Clock:
    """Telegram's time as far as it was heard, this machine's until then; a correction of that doesn't disturb it."""

    def __init__(self) -> None:
        self._told: float | None = None  # Telegram's time minus the steady clock's, as the three below
        self._earliest = float("-inf")
        self._latest = float("inf")
        self._caught_up: float | None = None  # when nothing waited at Telegram any more

    def now(self) -> float:
        """The time, in seconds since 1970, as Telegram has it."""
        steady = time.clock_gettime(_STEADY)
        if self._told is not None:
            return steady + self._told
        return steady + max(self._earliest, min(self._latest, time.time() - steady))

    async def replied(self, response: Any) -> None:
        """A reply with a date in its header, which those of Telegram have."""
        with contextlib.suppress(KeyError, TypeError, ValueError):
            self._told = parsedate_to_datetime(response.headers["date"]).timestamp() - time.clock_gettime(_STEADY)

    def polled(self, updates: Sequence[Any]) -> None:
        """A poll has brought these updates, as Telegram wrote them, or none."""
        steady = time.clock_gettime(_STEADY)
        dates = [date for date in map(_date, updates) if date is not None]
        if dates:
            self._earliest = max(dates) - steady
        if dates and self._caught_up is not None:
            self._latest = min(dates) + _SLACK - self._caught_up
        self._caught_up = steady if len(updates) < _MOST else None


def _date(update: Any) -> float | None:
    """When the message of an update was sent; a pressed button doesn't say when."""
    with contextlib.suppress(KeyError, TypeError, ValueError):
        return float(update["message"]["date"])
    return None
