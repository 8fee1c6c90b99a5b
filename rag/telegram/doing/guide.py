"""Which commands there are: shown by `/start` and `/help`, and offered by Telegram while people type."""

from __future__ import annotations

import hashlib
import json
import logging

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from config.errors import Language, StorageError
from config.errors import Message as Words
from rag.telegram.receiving.access import Access
from rag.telegram.receiving.heard import Command, Heard
from rag.telegram.sending import texts
from rag.telegram.sending.messages import filled
from rag.telegram.sending.outbox import Outbox
from rag.telegram.state.meta import Meta

_log = logging.getLogger(__name__)

_REGISTERED = "commands"


class Guide:
    """Shows people the commands; in `language` where Telegram asks for neither of ours."""

    def __init__(self, language: Language, meta: Meta, access: Access, outbox: Outbox) -> None:
        self._language, self._meta, self._access, self._outbox = language, meta, access, outbox
        self.commands: dict[str, Command] = {"start": self._start, "help": self._help}

    async def _start(self, heard: Heard, _: str) -> None:
        await self._outbox.say(heard.place, texts.HELLO.text(heard.language))
        if heard.private and self._access.admin(heard.user.id):
            await self._register_for(heard.user.id)

    async def _help(self, heard: Heard, _: str) -> None:
        commands = texts.COMMANDS | (texts.ADMIN_COMMANDS if self._access.admin(heard.user.id) else {})
        lines = "\n".join(f"/{name} {words.text(heard.language)}" for name, words in commands.items())
        bot = self._outbox.bot.username
        await self._outbox.say(heard.place, filled(texts.HELP, heard.language, bot=bot, commands=lines))

    async def register_all(self) -> None:
        """Tell Telegram which commands to offer where, unless it knows already."""
        wanted = {**texts.COMMANDS, **texts.ADMIN_COMMANDS}
        mark = json.dumps([self._language, sorted(self._access.admins), sorted(wanted.items())])
        digest = hashlib.sha256(mark.encode()).hexdigest()
        if self._meta.get(_REGISTERED) == digest:
            return
        groups = {name: texts.COMMANDS[name] for name in texts.GROUP_COMMANDS}
        done = [
            await self._register(texts.COMMANDS, BotCommandScopeAllPrivateChats()),
            await self._register(groups, BotCommandScopeAllGroupChats()),
        ]
        for admin in sorted(self._access.admins):
            await self._register_for(admin)
        if all(done):
            try:
                self._meta.set(_REGISTERED, digest)
            except StorageError as exc:  # they are registered once more at the next start
                _log.warning("that the commands are registered isn't kept: %s", exc)

    async def _register_for(self, admin: int) -> None:
        """An admin's own commands; Telegram takes them only once the admin has written to the bot."""
        await self._register({**texts.COMMANDS, **texts.ADMIN_COMMANDS}, BotCommandScopeChat(admin))

    async def _register(self, commands: dict[str, Words], scope: BotCommandScope) -> bool:
        languages: tuple[tuple[str | None, Language], ...] = (
            (None, self._language),
            ("zh", "zh"),
            ("en", "en"),
        )
        try:
            for code, language in languages:
                offered = [BotCommand(name, words.text(language)) for name, words in commands.items()]
                await self._outbox.bot.set_my_commands(offered, scope, code)
        except TelegramError as exc:
            _log.info("commands for %s were not registered: %s", scope.type, exc)
            return False
        return True
