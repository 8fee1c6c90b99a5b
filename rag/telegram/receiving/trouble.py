"""What is said while the bot's state can't be written: once to the admins, once to each who asks meanwhile."""

from __future__ import annotations

import logging

from telegram import Update

from config.errors import Language, StateUnavailable
from rag.telegram.receiving.access import Access
from rag.telegram.sending import texts
from rag.telegram.sending.outbox import Outbox, Place

_log = logging.getLogger(__name__)


class Trouble:
    """Speaks up for as long as it lasts. Nothing of it is kept: there is nowhere to keep it."""

    def __init__(self, access: Access, outbox: Outbox, language: Language) -> None:
        self._access, self._outbox, self._language = access, outbox, language
        self._told: set[int] = set()

    async def met(self, update: Update, error: StateUnavailable) -> None:
        """An update can't be taken in or gone on with: whoever sent it waits."""
        _log.error("an update waits: %s", error)
        for admin in self._access.admins:
            await self._tell(admin, f"{texts.STATE_STUCK.text(self._language)}\n{error.text(self._language)}")
        user, chat = update.effective_user, update.effective_chat
        if user is not None and chat is not None and self._may_hear(user.id, chat.id, chat.type):
            await self._tell(chat.id, texts.STATE_WAITS.text(self._language))

    async def over(self) -> None:
        """The state can be written again."""
        if self._told:
            _log.info("the state can be written again")
        for admin in self._told & self._access.admins:
            await self._outbox.say(Place(admin), texts.STATE_GOES_ON.text(self._language))
        self._told.clear()

    def _may_hear(self, user: int, chat: int, kind: str) -> bool:
        try:
            return self._access.allowed(user, chat, kind)
        except StateUnavailable:  # who may, can't be looked up now
            return False

    async def _tell(self, chat: int, text: str) -> None:
        if chat not in self._told:
            self._told.add(chat)
            await self._outbox.say(Place(chat), text)
