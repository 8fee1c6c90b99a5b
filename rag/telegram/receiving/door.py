"""Who has no access is told so, once, and nothing is looked up for them."""

from __future__ import annotations

import logging
import time
from collections import deque

from telegram import Update
from telegram.constants import ChatType

from rag.telegram.receiving.access import Access
from rag.telegram.receiving.addressing import topic
from rag.telegram.sending import texts
from rag.telegram.sending.outbox import Outbox, Place
from rag.telegram.state.grants import Grants

_log = logging.getLogger(__name__)

_REFUSALS_A_MINUTE = 20  # a crowd of strangers must not use up the speed that staff need


class Door:
    """Turns people away."""

    def __init__(self, grants: Grants, access: Access, outbox: Outbox) -> None:
        self._grants, self._access, self._outbox = grants, access, outbox
        self._refused: deque[float] = deque(maxlen=_REFUSALS_A_MINUTE)

    async def turn_away(self, update: Update) -> None:
        """Tell someone without access so, once; nothing is looked up for them."""
        user, chat, message = update.effective_user, update.effective_chat, update.message
        now = time.monotonic()
        crowded = len(self._refused) == self._refused.maxlen and now - self._refused[0] < 60
        if user is None or chat is None or message is None or crowded:
            return
        # In a chat that may ask, it is the person who may not.
        person = chat.type == ChatType.PRIVATE or self._access.group_let_in(chat.id)
        if self._grants.refuse_once(chat.id, user.id if person else 0):
            self._refused.append(now)
            _log.info("refused user %s in chat %s", user.id, chat.id)
            words, id_ = (texts.REFUSED, user.id) if person else (texts.REFUSED_CHAT, chat.id)
            text = "\n".join(words.text(language).format(id=id_) for language in ("zh", "en"))
            await self._outbox.say(Place(chat.id, topic(message), message.message_id), text)
