"""Who may ask, who may administer. Nobody by default; whatever can't be decided is refused.

Users are let in for private chats, groups for everyone in them. Admins come from the settings alone; what
they decide with /allow and /deny is kept in the state and overrides the other settings.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from telegram import Chat, Message, Update, User
from telegram.constants import ChatID, ChatType

from config.settings import Settings
from rag.telegram.receiving.addressing import GROUPS, Request
from rag.telegram.state.grants import Grants

_FACELESS = frozenset({ChatID.ANONYMOUS_ADMIN, ChatID.FAKE_CHANNEL, ChatID.SERVICE_CHAT})

Reading = Callable[[Message], Request | None]


class Verdict(enum.Enum):
    """What becomes of an update."""

    ADMITTED = "admitted"
    REFUSED = "refused"
    """Not allowed, but meant for the bot: it is told so once."""
    IGNORED = "ignored"


class Access:
    """Decides over users, chats and updates."""

    def __init__(self, settings: Settings, grants: Grants) -> None:
        self._users = frozenset(id_ for id_ in settings.allowed_users if id_ > 0)
        self._chats = frozenset(id_ for id_ in settings.allowed_chats if id_ < 0)
        self._admins = frozenset(id_ for id_ in settings.admin_users if id_ > 0) - _FACELESS
        self._grants = grants

    @property
    def admins(self) -> frozenset[int]:
        return self._admins

    @property
    def from_settings(self) -> frozenset[int]:
        """The users and chats that the settings let in."""
        return self._users | self._chats

    def admin(self, user: int) -> bool:
        return user in self._admins

    def allowed(self, user: int, chat: int, kind: str) -> bool:
        """Whether this person may ask in this chat."""
        if kind == ChatType.PRIVATE:
            return user == chat and (user in self._admins or self._let_in(user, self._users))
        if kind in GROUPS:
            return self._let_in(chat, self._chats) and (user in self._admins or self._grants.granted(user) is not False)
        return False

    def group_let_in(self, chat: int) -> bool:
        """Whether people may ask in this group, unless they are denied themselves."""
        return self._let_in(chat, self._chats)

    def judge(self, update: Update, read: Reading) -> Verdict:
        """Every update passes here before any handler sees it."""
        user, chat, message = update.effective_user, update.effective_chat, update.message
        if user is None or chat is None or not (update.message or update.callback_query) or not _person(user, message):
            return Verdict.IGNORED
        if self.allowed(user.id, chat.id, chat.type):
            return Verdict.ADMITTED
        if chat.type == ChatType.PRIVATE:
            return Verdict.REFUSED
        if chat.type not in GROUPS or message is None:
            return Verdict.IGNORED
        request = read(message)
        if request is not None and request.command in {"allow", "deny"} and self.admin(user.id):
            return Verdict.ADMITTED
        return Verdict.IGNORED if request is None else Verdict.REFUSED

    def migrated(self, old: Chat, new: int) -> None:
        """A group became a supergroup, with another id: it stays allowed if it was."""
        if self._let_in(old.id, self._chats):
            self._grants.grant(new, 0, allowed=True)

    def _let_in(self, id_: int, by_settings: frozenset[int]) -> bool:
        granted = self._grants.granted(id_)
        return id_ in by_settings if granted is None else granted


def _person(user: User, message: Message | None) -> bool:
    """A human account under its own name; an anonymous admin or a channel could be anyone."""
    return not user.is_bot and user.id not in _FACELESS and (message is None or message.sender_chat is None)
