"""What a message or a pressed button leads to. Every update here was judged by `rag.telegram.receiving.access`."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from config.errors import Message as Words
from config.errors import StateUnavailable, WenbaoError
from rag.telegram.doing.asking import Asking
from rag.telegram.doing.buttons import Buttons
from rag.telegram.receiving.access import Access
from rag.telegram.receiving.addressing import Request, read, topic
from rag.telegram.receiving.heard import Command, Heard
from rag.telegram.receiving.intake import Intake
from rag.telegram.sending import texts
from rag.telegram.sending.outbox import Outbox, Place, Uncertain, Undelivered, Unreachable
from rag.telegram.shelf.offered import offered
from rag.telegram.shelf.uploads import Uploads
from rag.telegram.state.people import People

_log = logging.getLogger(__name__)


class Handlers:
    """Sends each update where it belongs."""

    def __init__(
        self,
        people: People,
        access: Access,
        outbox: Outbox,
        *,
        asking: Asking,
        uploads: Uploads,
        buttons: Buttons,
        commands: Mapping[str, Command],
        admin_commands: Mapping[str, Command],
    ) -> None:
        self._people, self._access, self._outbox = people, access, outbox
        self._asking, self._uploads, self._buttons = asking, uploads, buttons
        self._commands, self._admin_commands = commands, admin_commands
        self._apologized: set[int] = set()

    def add_to(self, application: Application, intake: Intake) -> None:  # type: ignore[type-arg]
        """Register the handlers: one for messages, one for buttons, one for what goes wrong."""

        async def on_message(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
            if update.message is not None and update.effective_user is not None:
                language = self._people.language(update.effective_user.id)
                await self._hear(Heard(update.message, update.effective_user, language))

        async def on_press(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
            query = update.callback_query
            if query is not None:
                await self._buttons.press(query, self._people.language(query.from_user.id))

        async def on_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
            if not isinstance(update, Update):
                _log.error("an error outside of updates", exc_info=context.error)
            elif isinstance(context.error, Undelivered):
                _log.error("update %s: the answer could not be delivered", update.update_id)
                intake.leave_open(update)
            elif isinstance(context.error, Uncertain | Unreachable):
                _log.warning("update %s: %s", update.update_id, type(context.error).__name__)
            elif isinstance(context.error, StateUnavailable):
                await intake.put_off(update, context.error)
            else:
                _log.error("update %s failed", update.update_id, exc_info=context.error)
                await self._apologize(update, context.error)

        application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, on_message))
        application.add_handler(CallbackQueryHandler(on_press))
        application.add_error_handler(on_error)

    def read(self, message: Message) -> Request | None:
        """The request in a message, if it is for this bot."""
        return read(message, self._outbox.bot.id, self._outbox.bot.username)

    async def too_late(self, message: Message) -> None:
        """Say once in each chat that what was asked long ago isn't answered any more."""
        await self._asking.abandon(message.chat.id, message.message_id)
        for_us = message.chat.type == ChatType.PRIVATE or self.read(message) is not None
        if for_us and message.from_user is not None and message.chat.id not in self._apologized:
            self._apologized.add(message.chat.id)
            place = Place(message.chat.id, topic(message), message.message_id)
            await self._outbox.say(place, texts.BACKLOG.text(self._people.language(message.from_user.id)))

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
        text = texts.GIVEN_UP.text(self._people.language(user.id))
        await self._outbox.say(Place(chat.id, thread, message.message_id), text)

    async def _hear(self, heard: Heard) -> None:
        message = heard.message
        if message.migrate_to_chat_id is not None:
            self._access.migrated(message.chat, message.migrate_to_chat_id)
        elif message.text is not None:
            request = self.read(message)
            if request is not None:
                await self._serve(heard, request)
        elif heard.private and (file := offered(message)) is not None:
            if self._access.admin(heard.user.id):
                await self._uploads.offer(heard, file)
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

    async def _say(self, heard: Heard, words: Words) -> None:
        await self._outbox.say(heard.place, words.text(heard.language))

    async def _apologize(self, update: Update, error: Exception | None) -> None:
        """Whoever waits for an answer hears that there will be none."""
        user, chat, message = update.effective_user, update.effective_chat, update.effective_message
        if user is None or chat is None or not self._access.allowed(user.id, chat.id, chat.type):
            return
        language = self._people.language(user.id)
        text = texts.FAILED.text(language)
        if isinstance(error, WenbaoError) and self._access.admin(user.id):
            text += f"\n{error.text(language)}"
        reply_to = None if message is None else message.message_id
        thread = topic(message) if isinstance(message, Message) else None
        await self._outbox.say(Place(chat.id, thread, reply_to), text)
