"""From a question in a chat to the delivered answer: queue, typing, placeholder, one final message.

A person has one question in work and at most two waiting. While an answer takes long, or waits for its
turn, one placeholder says so; it becomes the answer by an edit, so that one message replies to a question.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import time
from collections.abc import AsyncIterator, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from config.errors import IndexUnavailable, Language, ModelError, UsageError
from config.settings import Settings
from rag.records import Answer
from rag.telegram import messages, texts
from rag.telegram.access import Access
from rag.telegram.answering import Answering, Overloaded
from rag.telegram.layout import Piece, Span, pieces
from rag.telegram.outbox import Outbox, Place, Uncertain, Unreachable
from rag.telegram.state import Asked, State

_log = logging.getLogger(__name__)

_AT_ONCE = 3  # questions of one person, the one in work included


class _Line:
    """One person's questions: the one in work holds the lock, the others wait for it in order."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.length = 0
        self.told_full = False


class Asking:
    """Answers questions in chats."""

    def __init__(self, settings: Settings, state: State, access: Access, answering: Answering, outbox: Outbox) -> None:
        self._settings, self._state, self._access = settings, state, access
        self._answering, self._outbox = answering, outbox
        self._lines: dict[int, _Line] = {}

    async def ask(self, message: Message, user: int, text: str, language: Language) -> None:
        """Answer a question in a message. Raises Undelivered when the network stays down."""
        thread = topic(message)
        asked = self._state.ask(message.chat.id, thread or 0, user, message.message_id, text)
        replied = message.reply_to_message
        earlier = self._state.answered_by(message.chat.id, replied.message_id) if replied else None
        question = self._state.question(asked)
        if question is not None:
            await self._answer(question, message.chat.type, language, None if earlier is None else [earlier.text])

    async def again(self, question: Asked, kind: str, language: Language) -> None:
        """Answer a stored question once more, because its answer may not have arrived."""
        await self._answer(question, kind, language, None)

    async def _answer(self, question: Asked, kind: str, language: Language, earlier: Sequence[str] | None) -> None:
        line = self._lines.setdefault(question.user, _Line())
        place = Place(question.chat, question.thread or None, question.message)
        if line.length >= _AT_ONCE:
            if line.told_full:  # once; a burst would fill the chat, and its answers would wait behind
                return
            line.told_full = True
            await self._outbox.say(place, messages.filled(texts.QUEUE_FULL, language, n=line.length))
            return
        line.length += 1
        waiting = _Placeholder(self._outbox, place)
        try:
            if line.length > 1:
                waiting.show_now(messages.filled(texts.QUEUED, language, n=line.length - 1))
            async with line.lock:
                if self._access.allowed(question.user, question.chat, kind):  # it may have been withdrawn meanwhile
                    await self._work(question, place, language, earlier, waiting)
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[question.user]
            await waiting.drop()

    async def _work(
        self, question: Asked, place: Place, language: Language, earlier: Sequence[str] | None, waiting: _Placeholder
    ) -> None:
        began = time.monotonic()
        history = earlier or self._state.history(question.chat, question.thread, question.id)
        async with self._signs_of_life(place, language, waiting):
            answer, spans = await self._answer_or_reason(question, history, language)
        parts = pieces(spans)
        keyboard = None if answer is None else self._keyboard(question, answer, language)
        delivered = await self._deliver(place, parts, keyboard, waiting, question, language)
        took = (time.monotonic() - began) * 1000
        status = "unusable" if answer is None else answer.status
        self._state.answer(question.id, status, took)
        _log.info(
            "question %s in chat %s: %s in %.0f ms%s",
            *(question.id, question.chat, status, took, "" if delivered else ", delivery not confirmed"),
        )

    async def _answer_or_reason(
        self, question: Asked, history: Sequence[str], language: Language
    ) -> tuple[Answer | None, list[Span]]:
        """The answer, or None and why there is none."""
        try:
            answer = await self._answering.ask(question.text, history)
        except UsageError as exc:
            return None, [Span(exc.text(language))]
        except Overloaded:
            return None, [Span(texts.BUSY.text(language))]
        except (IndexUnavailable, ModelError) as exc:
            _log.error("no answer: %s", exc)
            detail = f"\n\n{exc.text(language)}" if self._access.admin(question.user) else ""
            return None, [Span(texts.UNAVAILABLE.text(language) + detail)]
        return answer, messages.answer_spans(answer, language)

    async def _deliver(
        self,
        place: Place,
        parts: Sequence[Piece],
        keyboard: InlineKeyboardMarkup | None,
        waiting: _Placeholder,
        question: Asked,
        language: Language,
    ) -> bool:
        """Every part reaches the chat, the first in the placeholder's place; False when Telegram didn't confirm."""
        shown, confirmed = await waiting.settle(), True
        for number, part in enumerate(parts, 1):
            buttons = keyboard if number == len(parts) else None
            try:
                if number > 1 or shown is None or not await self._outbox.edit(place.chat, shown, part, buttons):
                    sent = await self._outbox.send(place, part, buttons)
                else:
                    sent = shown
                self._state.sent(place.chat, sent, question.id)
            except Uncertain:
                confirmed = False
            except Unreachable as exc:
                _log.warning("chat %s can't be written to: %s", place.chat, exc)
                return False
        if not confirmed:
            token = self._state.button("again", place.chat, question.user, {"question": question.id})
            button = InlineKeyboardButton(texts.B_AGAIN.text(language), callback_data=f"again:{token}")
            await self._outbox.say(place, texts.UNCERTAIN.text(language), InlineKeyboardMarkup([[button]]))
        return confirmed

    def _keyboard(self, question: Asked, answer: Answer, language: Language) -> InlineKeyboardMarkup:
        quotes = [messages.Quoted.of(citation) for citation in (answer.citations or answer.nearest)]
        data = {
            "question": question.id,
            "quotes": [dataclasses.astuple(quote) for quote in quotes],
            "search": answer.interpreted,
        }
        token = self._state.button("answer", question.chat, 0, data)
        row = [("related", texts.B_RELATED.text(language)), ("up", "👍"), ("down", "👎")]
        if quotes:
            row.insert(0, ("source", texts.B_SOURCE.text(language)))
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(label, callback_data=f"{action}:{token}") for action, label in row]]
        )

    @contextlib.asynccontextmanager
    async def _signs_of_life(self, place: Place, language: Language, waiting: _Placeholder) -> AsyncIterator[None]:
        """Typing, and after a while a placeholder, for as long as the answer is being looked for."""
        typing = asyncio.create_task(self._outbox.typing(place))
        slow = asyncio.create_task(self._announce(language, waiting))
        try:
            yield
        finally:
            typing.cancel()
            slow.cancel()

    async def _announce(self, language: Language, waiting: _Placeholder) -> None:
        await asyncio.sleep(self._settings.telegram_slow_seconds)
        ahead = self._answering.waiting
        text = messages.filled(texts.WORKING_BEHIND, language, n=ahead) if ahead > 1 else texts.WORKING.text(language)
        waiting.show_now(text)


class _Placeholder:
    """The message that stands in for an answer until it is there; shown at most once."""

    def __init__(self, outbox: Outbox, place: Place) -> None:
        self._outbox, self._place = outbox, place
        self._sending: asyncio.Task[int | None] | None = None
        self._used = False

    def show_now(self, text: str) -> None:
        if self._sending is None:
            self._sending = asyncio.create_task(self._outbox.say_once(self._place, pieces([Span(text)])[0]))

    async def settle(self) -> int | None:
        """Its message, once it is certain whether there is one; the caller makes the answer of it."""
        self._used = True
        return None if self._sending is None else await self._sending

    async def drop(self) -> None:
        """Take it away if no answer took its place."""
        if self._sending is not None and not self._used:
            message = await self._sending
            if message is not None:
                await self._outbox.delete(self._place.chat, message)


def topic(message: Message) -> int | None:
    """The forum topic that a message belongs to; a thread id outside forums is only a chain of replies."""
    return message.message_thread_id if message.is_topic_message else None
