"""What a message or a pressed button leads to. Every update here was judged by `rag.telegram.receiving.access`."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import Message, Update, User
from telegram.constants import ChatType
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, ExtBot, MessageHandler, filters

from config.errors import IndexUnavailable, Language, WenbaoError
from config.errors import Message as Words
from config.settings import Settings
from rag.telegram.doing.admin import Admin
from rag.telegram.doing.asking import Asking, topic
from rag.telegram.doing.buttons import Buttons
from rag.telegram.receiving.access import Access
from rag.telegram.receiving.addressing import Request, read
from rag.telegram.receiving.intake import Intake
from rag.telegram.sending import texts
from rag.telegram.sending.layout import one_line, pieces
from rag.telegram.sending.messages import filled
from rag.telegram.sending.outbox import Outbox, Place, Uncertain, Undelivered, Unreachable
from rag.telegram.shelf.uploads import Uploads
from rag.telegram.state import State

_log = logging.getLogger(__name__)

_REFUSALS_A_MINUTE = 20  # a crowd of strangers must not use up the speed that staff need


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that may be acted on, who sent it, and in which language they are spoken to."""

    message: Message
    user: User
    language: Language

    @property
    def place(self) -> Place:
        return Place(self.message.chat.id, topic(self.message), self.message.message_id)

    @property
    def private(self) -> bool:
        return self.message.chat.type == ChatType.PRIVATE


Command = Callable[[Heard, str], Awaitable[None]]


class Handlers:
    """Sends each update where it belongs."""

    def __init__(
        self,
        settings: Settings,
        state: State,
        access: Access,
        outbox: Outbox,
        bot: ExtBot[str],
        *,
        asking: Asking,
        uploads: Uploads,
        buttons: Buttons,
        admin: Admin,
    ) -> None:
        self._settings, self._state, self._access, self._outbox, self._bot = settings, state, access, outbox, bot
        self._asking, self._uploads, self._buttons, self._admin = asking, uploads, buttons, admin
        self._apologized: set[int] = set()
        self._refused: deque[float] = deque(maxlen=_REFUSALS_A_MINUTE)
        self._commands: dict[str, Command] = {
            "ask": self._ask,
            "start": self._start,
            "help": self._help,
            "new": self._new,
            "sources": self._sources,
            "recent": self._recent,
            "lang": self._lang,
            "privacy": self._privacy,
            "forget": self._forget,
        }
        self._admin_commands: dict[str, Command] = {
            "status": self._status,
            "stats": self._stats,
            "ingest": self._ingest,
            "remove": self._remove,
            "allow": self._allow,
            "deny": self._deny,
        }

    def add_to(self, application: Application, intake: Intake) -> None:  # type: ignore[type-arg]
        """Register the handlers: one for messages, one for buttons, one for what goes wrong."""

        async def on_message(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
            if update.message is not None and update.effective_user is not None:
                language = self._language(update.effective_user)
                await self._hear(Heard(update.message, update.effective_user, language))

        async def on_press(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
            query = update.callback_query
            if query is not None:
                await self._buttons.press(query, self._language(query.from_user))

        async def on_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
            if not isinstance(update, Update):
                _log.error("an error outside of updates", exc_info=context.error)
            elif isinstance(context.error, Undelivered):
                _log.error("update %s: the answer could not be delivered", update.update_id)
                intake.leave_open(update)
            elif isinstance(context.error, Uncertain | Unreachable):
                _log.warning("update %s: %s", update.update_id, type(context.error).__name__)
            else:
                _log.error("update %s failed", update.update_id, exc_info=context.error)
                await self._apologize(update, context.error)

        application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, on_message))
        application.add_handler(CallbackQueryHandler(on_press))
        application.add_error_handler(on_error)

    def read(self, message: Message) -> Request | None:
        """The request in a message, if it is for this bot."""
        return read(message, self._bot.id, self._bot.username)

    async def turn_away(self, update: Update) -> None:
        """Tell someone without access so, once; nothing is looked up for them."""
        user, chat, message = update.effective_user, update.effective_chat, update.message
        now = time.monotonic()
        crowded = len(self._refused) == self._refused.maxlen and now - self._refused[0] < 60
        if user is None or chat is None or message is None or crowded:
            return
        # In a chat that may ask, it is the person who may not.
        person = chat.type == ChatType.PRIVATE or self._access.group_let_in(chat.id)
        if self._state.refuse_once(chat.id, user.id if person else 0):
            self._refused.append(now)
            _log.info("refused user %s in chat %s", user.id, chat.id)
            words, id_ = (texts.REFUSED, user.id) if person else (texts.REFUSED_CHAT, chat.id)
            text = "\n".join(words.text(language).format(id=id_) for language in ("zh", "en"))
            await self._outbox.say(Place(chat.id, topic(message), message.message_id), text)

    async def too_late(self, message: Message) -> None:
        """Say once in each chat that what was asked long ago isn't answered any more."""
        await self._asking.abandon(message.chat.id, message.message_id)
        asked = message.chat.type == ChatType.PRIVATE or self.read(message) is not None
        if asked and message.from_user is not None and message.chat.id not in self._apologized:
            self._apologized.add(message.chat.id)
            place = Place(message.chat.id, topic(message), message.message_id)
            await self._outbox.say(place, texts.BACKLOG.text(self._language(message.from_user)))

    async def give_up(self, update: Update) -> None:
        """Say that something isn't tried any more, because processes ended whenever they worked on it."""
        user, chat, message = update.effective_user, update.effective_chat, update.effective_message
        if user is None or chat is None or message is None:
            return
        if update.callback_query is not None:
            await self._buttons.give_up(update.callback_query)
        else:
            await self._asking.abandon(chat.id, message.message_id)
        thread = topic(message) if isinstance(message, Message) else None
        text = texts.GIVEN_UP.text(self._language(user))
        await self._outbox.say(Place(chat.id, thread, message.message_id), text)

    async def _hear(self, heard: Heard) -> None:
        message = heard.message
        if message.migrate_to_chat_id is not None:
            self._access.migrated(message.chat, message.migrate_to_chat_id)
        elif message.text is not None:
            request = self.read(message)
            if request is not None:
                await self._serve(heard, request)
        elif heard.private and message.document is not None:
            if self._access.admin(heard.user.id):
                await self._uploads.offer(message, message.document, heard.user.id, heard.language)
            else:
                await self._say(heard, texts.UPLOAD_ADMIN_ONLY)
        elif heard.private and message.effective_attachment is not None:
            await self._say(heard, texts.TEXT_ONLY)

    async def _serve(self, heard: Heard, request: Request) -> None:
        command = self._commands.get(request.command or "ask")
        if command is not None:
            await command(heard, request.text)
            return
        command = self._admin_commands.get(request.command)
        if command is None:
            await self._say(heard, texts.UNKNOWN_COMMAND)
        elif not self._access.admin(heard.user.id):
            await self._say(heard, texts.ADMIN_ONLY)
        elif not heard.private and request.command not in {"allow", "deny"}:
            await self._say(heard, texts.PRIVATE_ONLY)
        else:
            await command(heard, request.text)

    # for everyone

    async def _ask(self, heard: Heard, text: str) -> None:
        if not text:
            await self._say(heard, texts.ASK_EMPTY)
            return
        await self._asking.ask(heard.message, heard.user.id, text, heard.language)

    async def _start(self, heard: Heard, _: str) -> None:
        await self._say(heard, texts.HELLO)
        if heard.private and self._access.admin(heard.user.id):
            await self._admin.register_commands(heard.user.id)

    async def _help(self, heard: Heard, _: str) -> None:
        commands = texts.COMMANDS | (texts.ADMIN_COMMANDS if self._access.admin(heard.user.id) else {})
        lines = [f"/{name} {words.text(heard.language)}" for name, words in commands.items()]
        await self._say(heard, texts.HELP, bot=self._bot.username, commands="\n".join(lines))

    async def _new(self, heard: Heard, _: str) -> None:
        self._state.begin(heard.place.chat, heard.place.thread or 0)
        await self._say(heard, texts.NEW)

    async def _sources(self, heard: Heard, _: str) -> None:
        token = self._state.button("list", heard.place.chat, 0, {})
        try:
            spans, keyboard = await self._buttons.reports_page(token, 0, heard.language)
        except IndexUnavailable as exc:
            _log.error("no list of reports: %s", exc)
            await self._say(heard, texts.UNAVAILABLE)
            return
        await self._outbox.send(heard.place, pieces(spans)[0], keyboard)

    async def _recent(self, heard: Heard, _: str) -> None:
        asked = self._state.recent(heard.place.chat, heard.place.thread or 0, heard.user.id)
        lines = [f"{time.strftime('%m-%d %H:%M', time.localtime(q.at))} {one_line(q.text, 100)}" for q in asked]
        text = "\n".join([texts.RECENT.text(heard.language), *lines])
        await self._outbox.say(heard.place, text if lines else texts.NO_RECENT.text(heard.language))

    async def _lang(self, heard: Heard, text: str) -> None:
        if text.lower() not in ("zh", "en"):
            await self._say(heard, texts.LANG_HOW)
            return
        language: Language = "en" if text.lower() == "en" else "zh"
        self._state.set_language(heard.user.id, language)
        await self._outbox.say(heard.place, texts.LANG.text(language))

    async def _privacy(self, heard: Heard, _: str) -> None:
        await self._say(heard, texts.PRIVACY, days=f"{self._settings.telegram_retention_days:g}")

    async def _forget(self, heard: Heard, _: str) -> None:
        deleted = self._state.forget(heard.user.id)
        await asyncio.to_thread(self._state.checkpoint)
        await self._say(heard, texts.FORGOTTEN, n=deleted)

    # for admins

    async def _status(self, heard: Heard, _: str) -> None:
        await self._outbox.say(heard.place, await self._admin.status(heard.language))

    async def _stats(self, heard: Heard, _: str) -> None:
        await self._outbox.say(heard.place, self._admin.stats(heard.language))

    async def _ingest(self, heard: Heard, _: str) -> None:
        await self._uploads.mirror(heard.message, heard.language)

    async def _remove(self, heard: Heard, text: str) -> None:
        await self._uploads.propose_removal(heard.message, text, heard.user.id, heard.language)

    async def _allow(self, heard: Heard, text: str) -> None:
        await self._outbox.say(
            heard.place, self._admin.grant(heard.message, heard.user.id, text, heard.language, allowed=True)
        )

    async def _deny(self, heard: Heard, text: str) -> None:
        await self._outbox.say(
            heard.place, self._admin.grant(heard.message, heard.user.id, text, heard.language, allowed=False)
        )

    def _language(self, user: User) -> Language:
        return self._state.language(user.id) or self._settings.language

    async def _say(self, heard: Heard, words: Words, **values: object) -> None:
        await self._outbox.say(
            heard.place, filled(words, heard.language, **values) if values else words.text(heard.language)
        )

    async def _apologize(self, update: Update, error: Exception | None) -> None:
        """Whoever waits for an answer hears that there will be none."""
        user, chat, message = update.effective_user, update.effective_chat, update.effective_message
        if user is None or chat is None or not self._access.allowed(user.id, chat.id, chat.type):
            return
        language = self._language(user)
        text = texts.FAILED.text(language)
        if isinstance(error, WenbaoError) and self._access.admin(user.id):
            text += f"\n{error.text(language)}"
        reply_to = None if message is None else message.message_id
        thread = topic(message) if isinstance(message, Message) else None
        await self._outbox.say(Place(chat.id, thread, reply_to), text)
