"""What admins see and decide: the state of the bot, its usage, who may ask; and which commands people are shown."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from collections.abc import Iterable

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    Message,
)
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ExtBot

from config.errors import Language, WenbaoError
from config.errors import Message as Words
from config.settings import Settings
from rag.telegram.answering import Answering
from rag.telegram.receiving.access import Access
from rag.telegram.sending import texts
from rag.telegram.sending.messages import filled
from rag.telegram.state import State
from rag.telegram.watch import Pulse

_log = logging.getLogger(__name__)

_ID = re.compile(r"-?\d{1,15}")
_STATS_DAYS = 7.0
_REGISTERED = "commands"


class Admin:
    """Answers the commands of admins."""

    def __init__(
        self, settings: Settings, state: State, access: Access, answering: Answering, pulse: Pulse, bot: ExtBot[str]
    ) -> None:
        self._settings, self._state, self._access = settings, state, access
        self._answering, self._pulse, self._bot = answering, pulse, bot
        self._started = time.monotonic()

    async def status(self, language: Language) -> str:
        """The index and the bot, as they are now."""
        nobody = texts.NOBODY.text(language)
        try:
            index = await self._answering.state()
            values = {"generation": index.generation, "reports": index.reports, "chunks": index.chunks}
            failed = ", ".join(index.failed[:10]) or nobody
        except WenbaoError as exc:
            values, failed = {"generation": exc.text(language), "reports": 0, "chunks": 0}, nobody
        contact = self._pulse.contact()
        return filled(
            texts.STATUS,
            language,
            hours=(time.monotonic() - self._started) / 3600,
            active=self._answering.active + self._answering.waiting,
            polled="–" if contact is None else round(contact),
            lag=round(self._pulse.largest_lag * 1000),
            failed=failed,
            **values,
        )

    def stats(self, language: Language) -> str:
        """How the bot was used lately."""
        usage = self._state.usage(_STATS_DAYS)
        took = usage.took_ms
        return filled(
            texts.STATS,
            language,
            days=_STATS_DAYS,
            asked=usage.asked,
            people=usage.people,
            answered=usage.answered,
            refused=usage.refused,
            up=usage.up,
            down=usage.down,
            p50=round(took[len(took) // 2]) if took else 0,
            p95=round(took[int(len(took) * 0.95)]) if took else 0,
        )

    def grant(self, message: Message, admin: int, text: str, language: Language, *, allowed: bool) -> str:
        """Let a user or a chat in, or keep them out: named by id, replied to, or the group itself."""
        replied = message.reply_to_message
        if text:
            if not _ID.fullmatch(text):
                return texts.ALLOW_HOW.text(language)
            id_ = int(text)
        elif message.chat.type != ChatType.PRIVATE:
            # In a topic every message "replies" to the one that opened it.
            meant = replied if replied is not None and replied.forum_topic_created is None else None
            if meant is None:
                id_ = message.chat.id
            elif meant.from_user is None or meant.from_user.is_bot or meant.sender_chat is not None:
                return texts.ALLOW_HOW.text(language)  # nobody in particular: a bot, a channel, an anonymous admin
            else:
                id_ = meant.from_user.id
        else:
            return f"{self._grants(language)}\n\n{texts.ALLOW_HOW.text(language)}"
        if not allowed and self._access.admin(id_):
            return filled(texts.DENY_ADMIN, language, id=id_)
        self._state.grant(id_, admin, allowed=allowed)
        _log.info("admin %s %s %s", admin, "allowed" if allowed else "denied", id_)
        return filled(texts.ALLOWED if allowed else texts.DENIED, language, id=id_)

    def _grants(self, language: Language) -> str:
        grants = self._state.grants()
        allowed = {id_ for id_ in self._access.from_settings if grants.get(id_, True)}
        allowed |= {id_ for id_, granted in grants.items() if granted}
        denied = {id_ for id_, granted in grants.items() if not granted}

        def listed(ids: Iterable[int]) -> str:
            return ", ".join(map(str, sorted(ids))) or texts.NOBODY.text(language)

        return filled(
            texts.ACCESS_LIST,
            language,
            allowed=listed(allowed),
            denied=listed(denied),
            admins=listed(self._access.admins),
        )

    async def register_all(self) -> None:
        """Tell Telegram which commands to offer where, unless it knows already."""
        wanted = {**texts.COMMANDS, **texts.ADMIN_COMMANDS}
        mark = json.dumps([self._settings.language, sorted(self._access.admins), sorted(wanted.items())])
        digest = hashlib.sha256(mark.encode()).hexdigest()
        if self._state.meta(_REGISTERED) == digest:
            return
        groups = {name: texts.COMMANDS[name] for name in texts.GROUP_COMMANDS}
        done = [
            await self._register(texts.COMMANDS, BotCommandScopeAllPrivateChats()),
            await self._register(groups, BotCommandScopeAllGroupChats()),
        ]
        for admin in sorted(self._access.admins):
            await self.register_commands(admin)
        if all(done):
            self._state.set_meta(_REGISTERED, digest)

    async def register_commands(self, admin: int) -> None:
        """An admin's own commands; Telegram takes them only once the admin has written to the bot."""
        await self._register({**texts.COMMANDS, **texts.ADMIN_COMMANDS}, BotCommandScopeChat(admin))

    async def _register(self, commands: dict[str, Words], scope: BotCommandScope) -> bool:
        languages: tuple[tuple[str | None, Language], ...] = (
            (None, self._settings.language),
            ("zh", "zh"),
            ("en", "en"),
        )
        try:
            for code, language in languages:
                offered = [BotCommand(name, words.text(language)) for name, words in commands.items()]
                await self._bot.set_my_commands(offered, scope, code)
        except TelegramError as exc:
            _log.info("commands for %s were not registered: %s", scope.type, exc)
            return False
        return True
