"""From a question in a chat to the delivered answer: queue, typing, placeholder, one final message.

A person has one question in work and at most two waiting. While an answer takes long, or waits for its
turn, one placeholder says so; it becomes the answer by an edit, so that one message replies to a question.
What is in the chat already is kept in the state: who comes back to a question, in this process or the next,
goes on from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from config.errors import Language
from config.settings import Settings
from rag.telegram.answering import Answering
from rag.telegram.doing.replies import Replies, Reply
from rag.telegram.receiving.access import Access
from rag.telegram.receiving.addressing import topic
from rag.telegram.sending import messages, texts
from rag.telegram.sending.layout import Piece, Span, pieces
from rag.telegram.sending.outbox import Outbox, Place, Uncertain, Unreachable
from rag.telegram.state.deliveries import Deliveries, Part
from rag.telegram.state.questions import Questions, Stored
from rag.telegram.state.tokens import Tokens

_log = logging.getLogger(__name__)

_EVERY_PART = 1 << 30
_AT_ONCE = 3  # questions of one person, the one in work included


class _Line:
    """One person's questions: the one in work holds the lock, the others wait for it in order."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.length = 0
        self.told_full = False


class Asking:
    """Answers questions in chats."""

    def __init__(
        self,
        settings: Settings,
        questions: Questions,
        deliveries: Deliveries,
        tokens: Tokens,
        access: Access,
        answering: Answering,
        outbox: Outbox,
    ) -> None:
        self._settings, self._access = settings, access
        self._questions, self._deliveries, self._tokens = questions, deliveries, tokens
        self._answering, self._outbox = answering, outbox
        self._replies = Replies(access, answering)
        self._lines: dict[int, _Line] = {}

    async def ask(self, message: Message, user: int, text: str, language: Language) -> None:
        """Answer a question in a message. Raises Undelivered when the network stays down."""
        thread = topic(message)
        number = self._questions.ask(message.chat.id, thread or 0, user, message.message_id, text)
        replied = message.reply_to_message
        answered = self._deliveries.answered_by(message.chat.id, replied.message_id) if replied else None
        earlier = None if answered is None else self._questions.question(answered)
        question = self._questions.question(number)
        if question is not None:
            await self._answer(question, message.chat.type, language, None if earlier is None else [earlier.text])

    async def again(self, question: Stored, kind: str, language: Language) -> None:
        """Answer a stored question once more, because its answer may not have arrived."""
        self._deliveries.drop_parts(question.id, 1, _EVERY_PART)
        await self._answer(question, kind, language, None)

    async def abandon(self, chat: int, message: int) -> None:
        """The question in that message is not answered any more: take away what promises an answer."""
        question = self._questions.asked_in(chat, message)
        if question is not None:
            await _Placeholder(self._deliveries, self._outbox, question).drop()

    async def _answer(self, question: Stored, kind: str, language: Language, earlier: Sequence[str] | None) -> None:
        waiting = _Placeholder(self._deliveries, self._outbox, question)
        line = self._lines.setdefault(question.user, _Line())
        place = _place(question)
        if line.length >= _AT_ONCE:
            if line.told_full:  # once; a burst would fill the chat, and its answers would wait behind
                return
            line.told_full = True
            await self._outbox.say(place, messages.filled(texts.QUEUE_FULL, language, n=line.length))
            return
        line.length += 1
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
        self,
        question: Stored,
        place: Place,
        language: Language,
        earlier: Sequence[str] | None,
        waiting: _Placeholder,
    ) -> None:
        began = time.monotonic()
        history = earlier or self._questions.history(question.chat, question.thread, question.id)
        async with self._signs_of_life(place, language, waiting):
            reply = await self._replies.reply(question, history, language)
        keyboard = self._keyboard(question, reply, language)
        delivered = await self._deliver(question, pieces(reply.spans), keyboard, waiting, language)
        took = (time.monotonic() - began) * 1000
        self._questions.answer(question.id, reply.status, took)
        _log.info(
            "question %s in chat %s: %s in %.0f ms%s",
            *(question.id, question.chat, reply.status, took, "" if delivered else ", delivery not confirmed"),
        )

    async def _deliver(
        self,
        question: Stored,
        pieces: Sequence[Piece],
        keyboard: InlineKeyboardMarkup | None,
        waiting: _Placeholder,
        language: Language,
    ) -> bool:
        """Every part reaches the chat, the first in the placeholder's place; False when Telegram didn't confirm."""
        shown = await waiting.settle()
        earlier = self._deliveries.parts(question.id)
        confirmed = True
        try:
            for number, piece in enumerate(pieces, 1):
                digest = _digest(piece, number, len(pieces))
                part = earlier.get(number)
                if part is None or part.digest != digest:
                    instead = part.message if part is not None and part.message else shown if number == 1 else None
                    buttons = keyboard if number == len(pieces) else None
                    part = Part(await self._put(question, piece, buttons, instead), digest)
                    self._deliveries.part(question.chat, question.id, number, part)
                confirmed = confirmed and part.message != 0
            await self._clear(question, len(pieces))
        except Unreachable as exc:
            _log.warning("chat %s can't be written to: %s", question.chat, exc)
            return False
        if not confirmed:
            token = self._tokens.make("again", question.chat, question.user, {"question": question.id})
            button = InlineKeyboardButton(texts.B_AGAIN.text(language), callback_data=f"again:{token}")
            await self._outbox.say(_place(question), texts.UNCERTAIN.text(language), InlineKeyboardMarkup([[button]]))
        return confirmed

    async def _put(
        self, question: Stored, piece: Piece, buttons: InlineKeyboardMarkup | None, instead: int | None
    ) -> int:
        """Make a part stand in the chat, in a message of ours where that can be edited; its id, 0 if not confirmed."""
        message = instead
        try:
            if message is None or not await self._outbox.edit(question.chat, message, piece, buttons):
                message = await self._outbox.send(_place(question), piece, buttons)
        except Uncertain:
            return 0
        return message

    async def _clear(self, question: Stored, count: int) -> None:
        """Take away the placeholder where the answer stands elsewhere, and what an earlier, longer answer left."""
        for number, part in self._deliveries.parts(question.id).items():
            if (number == 0 or number > count) and part.message:
                await self._outbox.delete(question.chat, part.message)
                self._deliveries.drop_parts(question.id, number, number)

    def _keyboard(self, question: Stored, reply: Reply, language: Language) -> InlineKeyboardMarkup | None:
        if reply.search is None:
            return None
        quotes = [messages.Quoted.of(citation) for citation in reply.quotes]
        data = {
            "question": question.id,
            "quotes": [dataclasses.astuple(quote) for quote in quotes],
            "search": reply.search,
        }
        token = self._tokens.make("answer", question.chat, 0, data)
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
    """The message that stands in for an answer until it is there; shown at most once, and known after a restart."""

    def __init__(self, deliveries: Deliveries, outbox: Outbox, question: Stored) -> None:
        self._deliveries, self._outbox, self._question = deliveries, outbox, question
        left = deliveries.parts(question.id).get(0)
        self._message = None if left is None else left.message
        self._sending: asyncio.Task[None] | None = None
        self._used = False

    def show_now(self, text: str) -> None:
        if self._sending is None and self._message is None:
            self._sending = asyncio.create_task(self._show(text))

    async def settle(self) -> int | None:
        """Its message, once it is certain whether there is one; the caller makes the answer of it."""
        self._used = True
        if self._sending is not None:
            await self._sending
        return self._message

    async def drop(self) -> None:
        """Take it away if no answer took its place."""
        if self._sending is not None:
            await self._sending
        if self._message is not None and not self._used:
            await self._outbox.delete(self._question.chat, self._message)
            self._deliveries.drop_parts(self._question.id, 0, 0)

    async def _show(self, text: str) -> None:
        self._message = await self._outbox.say_once(_place(self._question), pieces([Span(text)])[0])
        if self._message is not None:
            self._deliveries.part(self._question.chat, self._question.id, 0, Part(self._message, ""))


def _place(question: Stored) -> Place:
    return Place(question.chat, question.thread or None, question.message)


def _digest(piece: Piece, number: int, count: int) -> str:
    return hashlib.sha256(f"{number}/{count} {piece.html}".encode()).hexdigest()
