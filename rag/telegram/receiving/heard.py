"""A message that may be acted on, and what a command is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import Message, User
from telegram.constants import ChatType

from config.errors import Language
from rag.telegram.receiving.addressing import topic
from rag.telegram.sending.outbox import Place


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that may be acted on, who sent it, and in which language they are spoken to."""

    message: Message
    user: User
    language: Language

    @property
    def place(self) -> Place:
        """Where a reply to it goes."""
        return Place(self.message.chat.id, topic(self.message), self.message.message_id)

    @property
    def private(self) -> bool:
        return self.message.chat.type == ChatType.PRIVATE


Command = Callable[[Heard, str], Awaitable[None]]
"""What a `/command` does, given what follows its name."""
