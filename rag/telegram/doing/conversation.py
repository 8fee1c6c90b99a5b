"""Questions by command, and the conversation that they stand in: `/ask`, `/table`, `/new`, `/recent`."""

from __future__ import annotations

import time

from rag.telegram.doing.asking import Asking
from rag.telegram.doing.replies import TABLE
from rag.telegram.receiving.heard import Command, Heard
from rag.telegram.sending import texts
from rag.telegram.sending.layout import one_line
from rag.telegram.sending.outbox import Outbox
from rag.telegram.state.questions import Questions

_SHOWN = 100  # characters of a question in a list


class Conversation:
    """What people ask, and asked before."""

    def __init__(self, asking: Asking, questions: Questions, outbox: Outbox) -> None:
        self._asking, self._questions, self._outbox = asking, questions, outbox
        self.commands: dict[str, Command] = {
            "ask": self._ask,
            "table": self._table,
            "new": self._new,
            "recent": self._recent,
        }

    async def _ask(self, heard: Heard, text: str) -> None:
        if not text:
            await self._outbox.say(heard.place, texts.ASK_EMPTY.text(heard.language))
            return
        await self._asking.ask(heard.message, heard.user.id, text, heard.language)

    async def _table(self, heard: Heard, text: str) -> None:
        if not text:
            await self._outbox.say(heard.place, texts.TABLE_EMPTY.text(heard.language))
            return
        await self._asking.ask(heard.message, heard.user.id, f"{TABLE} {text}", heard.language)

    async def _new(self, heard: Heard, _: str) -> None:
        self._questions.begin(heard.place.chat, heard.place.thread or 0)
        await self._outbox.say(heard.place, texts.NEW.text(heard.language))

    async def _recent(self, heard: Heard, _: str) -> None:
        questions = self._questions.recent(heard.place.chat, heard.place.thread or 0, heard.user.id)
        lines = [f"{time.strftime('%m-%d %H:%M', time.localtime(q.at))} {one_line(q.text, _SHOWN)}" for q in questions]
        text = "\n".join([texts.RECENT.text(heard.language), *lines])
        await self._outbox.say(heard.place, text if lines else texts.NO_RECENT.text(heard.language))
