"""What admins see and decide: the state of the bot, its usage, who may ask."""

from __future__ import annotations

import functools
import logging
import re
import time
from collections.abc import Iterable

from telegram import Message
from telegram.constants import ChatType

from config.errors import Language, WenbaoError
from rag.telegram.answering import Answering
from rag.telegram.receiving.access import Access
from rag.telegram.receiving.heard import Command, Heard
from rag.telegram.sending import texts
from rag.telegram.sending.messages import filled
from rag.telegram.sending.outbox import Outbox
from rag.telegram.state.grants import Grants
from rag.telegram.state.questions import Questions
from rag.telegram.watch import Pulse

_log = logging.getLogger(__name__)

_ID = re.compile(r"-?\d{1,15}")
_STATS_DAYS = 7.0


class Admin:
    """Answers the commands of admins."""

    def __init__(
        self,
        grants: Grants,
        questions: Questions,
        access: Access,
        answering: Answering,
        pulse: Pulse,
        outbox: Outbox,
    ) -> None:
        self._grants, self._questions, self._access = grants, questions, access
        self._answering, self._pulse, self._outbox = answering, pulse, outbox
        self._started = time.monotonic()
        self.commands: dict[str, Command] = {
            "status": self._status,
            "stats": self._stats,
            "allow": functools.partial(self._decide, allowed=True),
            "deny": functools.partial(self._decide, allowed=False),
        }

    async def _status(self, heard: Heard, _: str) -> None:
        await self._outbox.say(heard.place, await self.status(heard.language))

    async def _stats(self, heard: Heard, _: str) -> None:
        await self._outbox.say(heard.place, self.stats(heard.language))

    async def _decide(self, heard: Heard, text: str, *, allowed: bool) -> None:
        reply = self.grant(heard.message, heard.user.id, text, heard.language, allowed=allowed)
        await self._outbox.say(heard.place, reply)

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
        usage = self._questions.usage(_STATS_DAYS)
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
            return f"{self._decisions(language)}\n\n{texts.ALLOW_HOW.text(language)}"
        if not allowed and self._access.admin(id_):
            return filled(texts.DENY_ADMIN, language, id=id_)
        self._grants.grant(id_, admin, allowed=allowed)
        _log.info("admin %s %s %s", admin, "allowed" if allowed else "denied", id_)
        return filled(texts.ALLOWED if allowed else texts.DENIED, language, id=id_)

    def _decisions(self, language: Language) -> str:
        grants = self._grants.all()
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
