"""Get a message to its chat, or know why not.

Rules: what Telegram certainly didn't take is sent again; what it may have taken is never sent twice, except
by people (a button); an edit may be repeated, it says the same. What Telegram doesn't accept as it is goes out
as plain text, and then without buttons and reply. `retry_after` is obeyed in `rag.telegram.sending.pacing`, below all
this.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from telegram import InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from rag.telegram.sending.layout import Piece, Span, pieces
from rag.telegram.sending.pacing import Pacing

_log = logging.getLogger(__name__)

_BACKOFF = (0.5, 1, 2, 4, 8, 15, 30, 30, 30, 30, 30, 30)  # seconds between tries while the network is down
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_UNSENT = (httpx.ConnectTimeout, httpx.ConnectError, httpx.PoolTimeout)
_GONE = ("chat not found", "rights", "deactivated", "kicked", "chat_write")
_TYPING_AT_ONCE = 4  # these calls must not stand in the way of answers
_PATIENCE = 1.5  # seconds; what is only nice to have isn't sent when it would have to wait longer


class Undelivered(Exception):
    """The network stayed down, or Telegram kept refusing; a later process may try again."""


class Uncertain(Exception):
    """Telegram didn't confirm in time and may have delivered."""


class Unreachable(Exception):
    """The chat can't be written to any more: blocked, removed, or gone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to write: the chat, its topic, and the message to reply to."""

    chat: int
    thread: int | None = None
    reply_to: int | None = None


class Outbox:
    """Sends and edits messages."""

    def __init__(self, bot: ExtBot[str], pacing: Pacing, backoff: Sequence[float] = _BACKOFF) -> None:
        self.bot, self._pacing, self._backoff = bot, pacing, backoff
        self._typing = asyncio.Semaphore(_TYPING_AT_ONCE)

    async def send(self, place: Place, piece: Piece, buttons: InlineKeyboardMarkup | None = None) -> int:
        """The id of the delivered message. Raises Undelivered, Uncertain or Unreachable."""
        thread, plain, bare = place.thread, False, False
        chat = place.chat
        for pause in (*self._backoff, None):
            try:
                message = await self.bot.send_message(
                    chat,
                    piece.text if plain else piece.html,
                    parse_mode=None if plain else ParseMode.HTML,
                    message_thread_id=thread,
                    reply_parameters=None if bare else _reply(place),
                    reply_markup=None if bare else buttons,
                    link_preview_options=_NO_PREVIEW,
                )
            except BadRequest as exc:
                if _gone(exc):
                    raise Unreachable(str(exc)) from exc
                if thread is not None and ("thread" in str(exc) or "topic" in str(exc).lower()):
                    thread = None  # the topic was deleted or closed
                elif not plain:
                    _log.error("a message was refused and is sent as plain text: %s", exc)
                    plain = True
                elif not bare:
                    _log.error("a message was refused and is sent without buttons and reply: %s", exc)
                    bare = True
                else:
                    raise Undelivered(str(exc)) from exc
            except ChatMigrated as exc:
                chat = exc.new_chat_id
            except TelegramError as exc:
                _certainly_unsent(exc)
                await _pause(exc, pause)
            else:
                return message.message_id
        raise Undelivered

    async def send_photo(self, place: Place, picture: bytes, caption: str) -> None:
        """A picture with a line below it. Raises Undelivered, Uncertain or Unreachable."""
        thread = place.thread
        for pause in (*self._backoff, None):
            try:
                await self.bot.send_photo(
                    place.chat, picture, caption, message_thread_id=thread, reply_parameters=_reply(place)
                )
            except BadRequest as exc:
                if _gone(exc):
                    raise Unreachable(str(exc)) from exc
                if thread is None or not ("thread" in str(exc) or "topic" in str(exc).lower()):
                    raise Undelivered(str(exc)) from exc
                thread = None
            except TelegramError as exc:
                _certainly_unsent(exc)
                await _pause(exc, pause)
            else:
                return
        raise Undelivered

    async def edit(
        self, chat: int, message: int, piece: Piece, buttons: InlineKeyboardMarkup | None = None, *, once: bool = False
    ) -> bool:
        """Make a message of ours say this; False when Telegram won't have it edited.

        With `once` a busy chat or network leaves it as it is. Raises Undelivered or Unreachable.
        """
        plain = False
        for pause in (*self._backoff, None):
            try:
                await self.bot.edit_message_text(
                    piece.text if plain else piece.html,
                    chat,
                    message,
                    parse_mode=None if plain else ParseMode.HTML,
                    reply_markup=buttons,
                    link_preview_options=_NO_PREVIEW,
                    rate_limit_args="once" if once else None,
                )
            except BadRequest as exc:
                if "not modified" in str(exc):
                    return True
                if _gone(exc):
                    raise Unreachable(str(exc)) from exc
                if plain or "to edit not found" in str(exc) or "be edited" in str(exc):
                    return False
                _log.error("an edit was refused and is made as plain text: %s", exc)
                plain = True
            except TelegramError as exc:
                if isinstance(exc, Forbidden):
                    raise Unreachable(str(exc)) from exc
                if once:
                    return False
                await _pause(exc, pause)
            else:
                return True
        raise Undelivered

    async def say(self, place: Place, text: str, buttons: InlineKeyboardMarkup | None = None) -> int | None:
        """A short sentence of the bot's own; failing to deliver it is only logged."""
        sent = None
        try:
            for piece in pieces([Span(text)]):
                sent = await self.send(place, piece, buttons)
        except (Undelivered, Uncertain, Unreachable) as exc:
            _log.warning("a notice to chat %s was not delivered: %s", place.chat, type(exc).__name__)
        return sent

    async def say_once(self, place: Place, piece: Piece) -> int | None:
        """Something nice to have, tried once and only if it needn't wait; the message's id if it got there."""
        if self._pacing.delay(place.chat) > _PATIENCE:
            return None
        with contextlib.suppress(TelegramError):
            message = await self.bot.send_message(
                place.chat,
                piece.html,
                parse_mode=ParseMode.HTML,
                message_thread_id=place.thread,
                reply_parameters=_reply(place),
                link_preview_options=_NO_PREVIEW,
                rate_limit_args="once",
            )
            return message.message_id
        return None

    async def delete(self, chat: int, message: int) -> None:
        with contextlib.suppress(TelegramError):
            await self.bot.delete_message(chat, message, rate_limit_args="once")

    def spare(self, chat: int) -> bool:
        """Whether the chat has room for something that is only nice to have."""
        return self._pacing.delay(chat) <= 0

    async def typing(self, place: Place) -> None:
        """Show "typing" until cancelled; Telegram takes it away after five seconds."""
        while True:
            async with self._typing:
                with contextlib.suppress(TelegramError):
                    await self.bot.send_chat_action(place.chat, "typing", message_thread_id=place.thread)
            await asyncio.sleep(4.5)


def _reply(place: Place) -> ReplyParameters | None:
    # The question may have been deleted in the meantime; its answer is sent all the same.
    return None if place.reply_to is None else ReplyParameters(place.reply_to, allow_sending_without_reply=True)


def _certainly_unsent(exc: TelegramError) -> None:
    """Return when it may be sent again. Raises Unreachable or Uncertain when it may not."""
    if isinstance(exc, Forbidden):
        raise Unreachable(str(exc)) from exc
    if isinstance(exc, TimedOut) and not isinstance(exc.__cause__, _UNSENT):
        raise Uncertain(str(exc)) from exc


def _gone(exc: BadRequest) -> bool:
    return any(part in str(exc).lower() for part in _GONE)


async def _pause(exc: TelegramError, seconds: float | None) -> None:
    """Wait before the next try. Raises Undelivered when another one makes no sense."""
    if seconds is None or not isinstance(exc, NetworkError | RetryAfter):
        raise Undelivered(str(exc)) from exc
    _log.warning("Telegram can't be reached (%s), trying again in %s s", type(exc).__name__, seconds)
    await asyncio.sleep(seconds)
