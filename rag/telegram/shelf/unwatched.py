"""Admins hear of ingests that nobody watches, as those of a timer: once of each failure, and once that it is over."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from config.errors import StorageError
from config.settings import Settings
from ingest.index.generations import is_published
from ingest.index.runs import Run, last_run
from rag.telegram.receiving.access import Access
from rag.telegram.sending import texts
from rag.telegram.sending.messages import filled
from rag.telegram.sending.outbox import Outbox, Place
from rag.telegram.state.meta import Meta

_log = logging.getLogger(__name__)

_EVERY = 10.0  # seconds between two looks at a small file
_TOLD = "ingest_told"
_NAMED = 10  # files that a message names


class Unwatched:
    """Tells admins how `wenbao ingest` ended. What was told is kept, so that a restart doesn't tell it again."""

    def __init__(self, settings: Settings, meta: Meta, access: Access, outbox: Outbox) -> None:
        self._settings, self._meta, self._access, self._outbox = settings, meta, access, outbox
        self._known: dict[str, Any] | None = None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            run = await asyncio.to_thread(last_run, self._settings)
            if run is not None:
                await self._tell(run)
            await asyncio.sleep(_EVERY)

    async def _tell(self, run: Run) -> None:
        language = self._settings.language
        known, self._known = self._told(), {"error": run.error and run.error.en, "failed": list(run.failed)}
        if run.error is not None:
            self._known["failed"] = known["failed"]  # nothing was read, so nothing is better
        if self._known == known:
            return
        self._keep(self._known)
        if run.error is not None and self._known["error"] != known["error"]:
            _log.warning("an ingest has failed: %s", run.error.en)
            words = texts.UNWATCHED_FAILED if is_published(self._settings) else texts.UNWATCHED_FIRST
            await self._say(filled(words, language, reason=run.error.text(language)))
        if known["error"] and run.error is None:
            await self._say(texts.UNWATCHED_GOES_ON.text(language))
        if new := [source for source in run.failed if source not in known["failed"]]:
            named = ", ".join(new[:_NAMED]) + (" …" if len(new) > _NAMED else "")
            await self._say(filled(texts.UNWATCHED_FILES, language, n=len(new), files=named))

    async def _say(self, text: str) -> None:
        for admin in sorted(self._access.admins):
            await self._outbox.say(Place(admin), text)

    def _told(self) -> dict[str, Any]:
        if self._known is None:
            try:
                kept = json.loads(self._meta.get(_TOLD) or "{}")
            except (StorageError, ValueError) as exc:
                _log.error("what was told of ingests isn't known: %s", exc)
                kept = {}
            self._known = {"error": kept.get("error"), "failed": kept.get("failed", [])}
        return self._known

    def _keep(self, summaries: dict[str, Any]) -> None:
        try:
            self._meta.set(_TOLD, json.dumps(summaries, ensure_ascii=False))
        except StorageError as exc:  # it is known until the next restart
            _log.error("what was told of ingests isn't kept: %s", exc)
