"""Telegram's speed limits: calls wait for their turn here, and a `retry_after` is obeyed until the call succeeds.

Limits as Telegram's FAQ for bots gives them: one message a second in a chat, 20 a minute in a group, 30 a
second overall. Edits count like messages; answers to buttons and "typing" don't.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

_log = logging.getLogger(__name__)

_PACED = frozenset({"sendMessage", "sendPhoto", "editMessageText", "editMessageReplyMarkup", "deleteMessage"})
_EVERY = 1.0  # seconds between messages in a chat
_GROUP_MESSAGES, _GROUP_SECONDS = 19, 61.0
_OVERALL = 1 / 25
_SLACK = 0.3  # seconds added to what Telegram asks for
_FORGET_AFTER = 120.0


class _Chat:
    """When a chat may be written to next, on the monotonic clock; one call to it at a time."""

    def __init__(self, every: float, *, group: bool) -> None:
        self._every = every
        self.turn = asyncio.Lock()
        self.next = 0.0
        self.sent: deque[float] | None = deque(maxlen=_GROUP_MESSAGES) if group else None

    def at(self) -> float:
        """When the next message may go."""
        if self.sent is not None and len(self.sent) == self.sent.maxlen:
            return max(self.next, self.sent[0] + _GROUP_SECONDS)
        return self.next

    def took(self) -> None:
        """A message has arrived; counted from now, for Telegram counts from when it got it."""
        now = time.monotonic()
        self.next = max(self.next, now + self._every)
        if self.sent is not None:
            self.sent.append(now)


class Pacing(BaseRateLimiter[str]):
    """The rate limiter of the bot, a message in a chat `every` so many seconds.

    Calls made with `rate_limit_args="once"` aren't repeated after a 429.
    """

    def __init__(self, every: float = _EVERY) -> None:
        self._every = every
        self._chats: dict[int, _Chat] = {}
        self._overall = asyncio.Lock()
        self._next = 0.0

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    def delay(self, chat: int) -> float:
        """Seconds until a message to this chat would go out, at least."""
        state = self._chats.get(chat)
        if state is None:
            return 0.0
        return max(0.0, state.at() - time.monotonic()) + (self._every if state.turn.locked() else 0.0)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | dict[str, Any] | list[dict[str, Any]]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: str | None,
    ) -> bool | dict[str, Any] | list[dict[str, Any]]:
        chat = data.get("chat_id")
        if endpoint not in _PACED or not isinstance(chat, int):
            return await callback(*args, **kwargs)
        state = self._chat(chat)
        async with state.turn:
            while True:
                await self._wait(state)
                try:
                    return await callback(*args, **kwargs)
                except RetryAfter as exc:
                    seconds = exc.retry_after if isinstance(exc.retry_after, int) else exc.retry_after.total_seconds()
                    state.next = time.monotonic() + seconds + _SLACK
                    _log.warning("%s: Telegram asks to wait %s s", endpoint, seconds)
                    if rate_limit_args == "once":
                        raise
                finally:
                    state.took()

    async def _wait(self, state: _Chat) -> None:
        """Until the chat's turn has come, and then until the bot's."""
        await asyncio.sleep(max(0.0, state.at() - time.monotonic()))
        async with self._overall:
            await asyncio.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + _OVERALL

    def _chat(self, chat: int) -> _Chat:
        state = self._chats.get(chat)
        if state is None:
            self._drop_idle(time.monotonic())
            state = self._chats[chat] = _Chat(self._every, group=chat < 0)
        return state

    def _drop_idle(self, now: float) -> None:
        if len(self._chats) >= 1000:
            idle = [c for c, s in self._chats.items() if not s.turn.locked() and s.next + _FORGET_AFTER < now]
            for chat in idle:
                del self._chats[chat]
