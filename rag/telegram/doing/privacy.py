"""What is kept about a person, and in which language they are spoken to: `/lang`, `/privacy`, `/forget`."""

from __future__ import annotations

import asyncio

from config.errors import Language
from rag.telegram.receiving.heard import Command, Heard
from rag.telegram.sending import texts
from rag.telegram.sending.messages import filled
from rag.telegram.sending.outbox import Outbox
from rag.telegram.state.people import People
from rag.telegram.state.retention import Retention


class Privacy:
    """A person's own records; `days` is how long they are kept."""

    def __init__(self, people: People, retention: Retention, days: float, outbox: Outbox) -> None:
        self._people, self._retention, self._days, self._outbox = people, retention, days, outbox
        self.commands: dict[str, Command] = {"lang": self._lang, "privacy": self._privacy, "forget": self._forget}

    async def _lang(self, heard: Heard, text: str) -> None:
        if text.lower() not in ("zh", "en"):
            await self._outbox.say(heard.place, texts.LANG_HOW.text(heard.language))
            return
        language: Language = "en" if text.lower() == "en" else "zh"
        self._people.set_language(heard.user.id, language)
        await self._outbox.say(heard.place, texts.LANG.text(language))

    async def _privacy(self, heard: Heard, _: str) -> None:
        await self._outbox.say(heard.place, filled(texts.PRIVACY, heard.language, days=f"{self._days:g}"))

    async def _forget(self, heard: Heard, _: str) -> None:
        deleted = self._retention.forget(heard.user.id)
        await asyncio.to_thread(self._retention.wipe)
        await self._outbox.say(heard.place, filled(texts.FORGOTTEN, heard.language, n=deleted))
