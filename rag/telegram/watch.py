"""Is the bot alive? A pulse on the event loop, a health file for supervisors, and an end when it isn't.

Telegram's client library can stop polling without a word, a thread can hang, the loop can be blocked. In
each case the process ends with an error, so that whoever supervises it starts it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.errors import Message
from ingest import running

_log = logging.getLogger(__name__)

_BEAT = 0.05  # seconds between two beats
_WRITE_EVERY = 2.0  # seconds between two health files
FRESH = 30.0  # seconds for which a health file means that the bot lives
_LOOP_BLOCKED = 60.0
_QUESTION_STUCK = 300.0
BLOCKED_EXIT = 70  # sysexits.h: EX_SOFTWARE


class Pulse:
    """Beats on the event loop. `contact` gives the seconds since Telegram was last heard, None when unknown."""

    def __init__(self, contact: Callable[[], float | None]) -> None:
        self.contact = contact
        self.largest_lag = 0.0
        self.last = time.monotonic()

    async def beat(self) -> None:
        """One beat; how late it comes is the loop's lag."""
        began = time.monotonic()
        await asyncio.sleep(_BEAT)
        self.last = time.monotonic()
        self.largest_lag = max(self.largest_lag, self.last - began - _BEAT)


class Watch:
    """Watches over the bot; `fail` is called with a reason when it must end."""

    def __init__(
        self,
        path: Path,
        pulse: Pulse,
        stall_seconds: float,
        longest_question: Callable[[], float],
        details: Callable[[], dict[str, Any]],
        fail: Callable[[Message], None],
    ) -> None:
        self._path, self._pulse, self._stall = path, pulse, stall_seconds
        self._longest_question, self._details, self._fail = longest_question, details, fail
        self._over = threading.Event()

    async def run(self) -> None:
        """Beat, check and write the health file until cancelled."""
        threading.Thread(target=self._guard, name="watchdog", daemon=True).start()
        written = 0.0
        try:
            while True:
                await self._pulse.beat()
                now = time.monotonic()
                if now - written >= _WRITE_EVERY:
                    written = now
                    self._check()
                    await asyncio.to_thread(self._write)
        finally:
            self._over.set()
            self._path.unlink(missing_ok=True)

    def _check(self) -> None:
        contact = self._pulse.contact()
        if contact is not None and contact > self._stall:
            self._fail(Message(f"{contact:.0f} 秒没有连上 Telegram", f"no contact to Telegram for {contact:.0f} s"))
        elif self._longest_question() > _QUESTION_STUCK:
            long = f"{_QUESTION_STUCK:.0f}"
            self._fail(Message(f"一个问题处理了 {long} 秒还没有完成", f"a question has been worked on for {long} s"))

    def _write(self) -> None:
        contact = self._pulse.contact()
        health = {
            "time": time.time(),
            "pid": os.getpid(),
            "contact_seconds": None if contact is None else round(contact, 1),
            "largest_lag_ms": round(self._pulse.largest_lag * 1000, 1),
            **self._details(),
        }
        draft = self._path.with_suffix(".draft")
        try:
            draft.write_text(json.dumps(health), encoding="utf-8")
            draft.replace(self._path)
        except OSError as exc:
            _log.error("the health file can't be written: %s", exc.strerror)

    def _guard(self) -> None:
        """In a thread: end the process when the loop doesn't beat, for nothing on the loop could."""
        while not self._over.wait(1.0):
            if time.monotonic() - self._pulse.last > _LOOP_BLOCKED:
                _log.critical("the event loop has been blocked for %.0f s", _LOOP_BLOCKED)
                with contextlib.suppress(ValueError, OSError):
                    faulthandler.dump_traceback(sys.__stderr__ or 2)
                running.end(BLOCKED_EXIT)


def healthy(path: Path) -> bool:
    """Whether the health file says that its bot lives."""
    try:
        health = json.loads(path.read_text(encoding="utf-8"))
        return 0 <= time.time() - float(health["time"]) < FRESH
    except (OSError, ValueError, KeyError, TypeError):
        return False
