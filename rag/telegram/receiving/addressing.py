"""Is a message meant for the bot, and what does it ask? Pure.

In private everything is; in a group a command (`/ask`, `/ask@bot`, `@bot /ask`), a mention (`@bot`) or a reply
to one of the bot's messages. Telegram marks `/ask去年` and `@bot去年` as plain text, people write them all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import Message
from telegram.constants import ChatType

_COMMAND = re.compile(r"/([A-Za-z]+)(?:@([A-Za-z0-9_]+))?(.*)", re.DOTALL)
_KNOWN = frozenset({"ask", "table", "new", "allow", "deny"})
GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the bot: a command without its slash, or "" for a question in plain words."""

    command: str
    text: str


def read(message: Message, bot_id: int, bot_name: str) -> Request | None:
    """The request in a text message, or None when it isn't for this bot."""
    text = (message.text or "").strip()
    if not text:
        return None
    mention = re.compile(rf"@{re.escape(bot_name)}(?![A-Za-z0-9_])", re.IGNORECASE)
    rest, mentioned = text, 0
    command = _COMMAND.match(text)
    if not command:
        rest, mentioned = mention.subn(" ", text)
        rest = rest.strip()
        command = _COMMAND.match(rest)
    if command:
        words = mention.sub(" ", command[3]).strip()
        if command[2] and command[2].lower() != bot_name.lower():
            return None
        if command[2] or mentioned or message.chat.type == ChatType.PRIVATE or _ours(message, bot_id):
            return Request(command[1].lower(), words)
        # A group's command without a name may be for any bot in it; only the ones people know are taken.
        return Request(command[1].lower(), words) if command[1].lower() in _KNOWN else None
    if message.chat.type == ChatType.PRIVATE or mentioned or _ours(message, bot_id):
        return Request("", rest)
    return None


def _ours(message: Message, bot_id: int) -> bool:
    """Whether it replies to a message of ours, and not just to the start of its topic."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or replied.forum_topic_created is not None:
        return False
    return replied.from_user.id == bot_id


def topic(message: Message) -> int | None:
    """The forum topic that a message belongs to; a thread id outside forums is only a chain of replies."""
    return message.message_thread_id if message.is_topic_message else None
