"""Admins change the reports from a chat: upload, replace, remove, mirror; each seen first and undone later.

A file is checked and described before anything changes, and every change can be taken back until the
retention days are over. The files are `rag.telegram.shelf`'s job, the ingest runs in `rag.telegram.ingesting`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from telegram import CallbackQuery, Document, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import TelegramError
from telegram.ext import ExtBot

from config.errors import Language, ReportError, StorageError, WenbaoError
from config.settings import Settings
from ingest.records import IngestSummary
from rag.telegram import texts
from rag.telegram.answering import Answering
from rag.telegram.ingesting import Ingesting
from rag.telegram.layout import Piece, Span, pieces
from rag.telegram.messages import filled, size
from rag.telegram.outbox import Outbox, Place
from rag.telegram.shelf import Shelf, safe_name, sha256_of
from rag.telegram.state import Button, Change, State

_log = logging.getLogger(__name__)

_TELEGRAM_LIMIT = 20 << 20  # bytes a bot may download
_EDITS = 2  # progress edits of one ingest
_FAILURES = 10  # failed files that a summary names


class Uploads:
    """Every change of the reports directory that starts in a chat."""

    def __init__(
        self, settings: Settings, folder: Path, state: State, answering: Answering, outbox: Outbox, bot: ExtBot[str]
    ) -> None:
        self._settings, self._state = settings, state
        self._shelf = Shelf(folder, settings.reports_dir)
        self._answering, self._outbox, self._bot = answering, outbox, bot
        self._ingesting = Ingesting()
        self._running: set[str] = set()

    # what admins send

    async def offer(self, message: Message, document: Document, user: int, language: Language) -> None:
        """Download a file, check it, and ask whether it shall be added."""
        place = Place(message.chat.id, None, message.message_id)
        name = safe_name(document.file_name or "")
        limit = min(_TELEGRAM_LIMIT, self._settings.max_file_mb << 20)
        if document.file_size is None or document.file_size > limit:
            values = {"name": name, "size": size(document.file_size or 0), "limit": size(limit)}
            await self._outbox.say(place, filled(texts.UPLOAD_TOO_LARGE, language, **values))
            return
        shown = {"name": name, "size": size(document.file_size)}
        note = _Note(self._outbox, place)
        await note.put(filled(texts.UPLOAD_SEEN, language, **shown))
        change = secrets.token_hex(8)
        staged = self._shelf.staged(change, name)
        try:
            data = await self._download(document, limit)
            await asyncio.to_thread(self._shelf.stage, staged, data)
            text, keyboard = await self._plan(change, staged, data, user, place.chat, shown, language)
        except TelegramError as exc:
            _log.warning("an upload could not be downloaded: %s", type(exc).__name__)
            text, keyboard = filled(texts.UPLOAD_DOWNLOAD_FAILED, language, name=name), None
        except WenbaoError as exc:
            text, keyboard = filled(texts.UPLOAD_REFUSED, language, name=name, reason=exc.text(language)), None
        if keyboard is None:
            await asyncio.to_thread(self._shelf.drop, change)
        await note.put(text, keyboard)

    async def propose_removal(self, message: Message, name: str, user: int, language: Language) -> None:
        """Ask whether a report shall be removed."""
        place = Place(message.chat.id, None, message.message_id)
        known = [entry.source for entry in await self._answering.reports()]
        matching = [source for source in known if name in (source, PurePosixPath(source).name)]
        if not name or len(matching) != 1:
            text = filled(texts.REMOVE_UNKNOWN, language, name=name) if name else texts.REMOVE_HOW.text(language)
            await self._outbox.say(place, text)
            return
        change = Change(secrets.token_hex(8), user, "remove", matching[0], "proposed", None, None)
        self._state.propose(change)
        text = filled(texts.REMOVE_PLAN, language, name=matching[0])
        await self._outbox.say(place, text, self._choice(change.id, place.chat, user, language))

    async def mirror(self, message: Message, language: Language) -> None:
        """Bring the index up to date with the reports directory."""
        note = _Note(self._outbox, Place(message.chat.id, None, message.message_id))
        await note.put(texts.INGEST_RUNNING.text(language))
        try:
            summary = await self._ingest([], note, "", language)
        except WenbaoError as exc:
            await note.put(filled(texts.INGEST_FAILED, language, reason=exc.text(language)))
            return
        await note.put(_summary_text(summary, language))

    def close(self) -> None:
        """Let the ingest process go."""
        self._ingesting.leave()

    def drop(self, changes: Sequence[str]) -> None:
        """Delete what was kept to undo these changes."""
        for change in changes:
            self._shelf.drop(change)

    # what their buttons do

    async def confirm(self, query: CallbackQuery, button: Button, language: Language, _: Sequence[str]) -> None:
        with self._claim(button, ("proposed", "running"), "running") as change:
            if change is not None:
                await self._carry_out(change, self._note(query), language)

    async def undo(self, query: CallbackQuery, button: Button, language: Language, _: Sequence[str]) -> None:
        with self._claim(button, ("done", "undoing"), "undoing") as change:
            if change is not None:
                await self._take_back(change, self._note(query), language)

    async def cancel(self, query: CallbackQuery, button: Button, language: Language, _: Sequence[str]) -> None:
        change = self._state.change(button.data["change"])
        if change is None or not self._state.advance(change.id, ("proposed",), "cancelled"):
            return
        await asyncio.to_thread(self._shelf.drop, change.id)
        await self._note(query).put(filled(texts.UPLOAD_CANCELLED, language, name=change.name))

    @contextlib.contextmanager
    def _claim(self, button: Button, expected: Sequence[str], state: str) -> Iterator[Change | None]:
        """The button's change, once however often it is pressed; after a restart it may be gone on with."""
        change = self._state.change(button.data["change"])
        if change is None or change.id in self._running or not self._state.advance(change.id, expected, state):
            yield None
            return
        self._running.add(change.id)
        try:
            yield change
        finally:
            self._running.discard(change.id)

    async def _carry_out(self, change: Change, note: _Note, language: Language) -> None:
        """Put the file in its place, or take it away, and ingest; when that fails all is as it was."""
        target = self._shelf.place(change)
        await note.put(filled(texts.UPLOAD_RUNNING, language, name=change.name))
        try:
            self._state.note_before(change.id, await asyncio.to_thread(self._shelf.swap_in, change))
            summary = await self._ingest([] if change.kind == "remove" else [target], note, change.name, language)
            _require(summary, change.name)
        except WenbaoError as exc:
            with contextlib.suppress(StorageError):
                await asyncio.to_thread(self._shelf.swap_back, change)
            self._state.advance(change.id, ("running",), "failed")
            _log.warning("%s of a report failed: %s", change.kind, exc)
            await note.put(filled(texts.UPLOAD_FAILED, language, name=change.name, reason=exc.text(language)))
            return
        self._state.advance(change.id, ("running",), "done")
        done = filled(texts.REMOVE_DONE if change.kind == "remove" else texts.UPLOAD_DONE, language, name=change.name)
        token = self._state.button("change", note.chat, change.user, {"change": change.id})
        undo = InlineKeyboardButton(texts.B_UNDO.text(language), callback_data=f"undo:{token}")
        await note.put(f"{done}\n\n{_summary_text(summary, language)}", InlineKeyboardMarkup([[undo]]))

    async def _take_back(self, change: Change, note: _Note, language: Language) -> None:
        """Put back what was there before, unless someone changed the file since."""
        target = self._shelf.place(change)
        after = await asyncio.to_thread(sha256_of, target)
        if after not in {change.after, change.before}:
            self._state.advance(change.id, ("undoing",), "kept")
            await note.put(filled(texts.UNDO_CHANGED, language, name=change.name))
            return
        try:
            await asyncio.to_thread(self._shelf.swap_back, change)
            kept = self._shelf.kept(change).exists()
            summary = await self._ingest([target] if kept else [], note, change.name, language)
        except WenbaoError as exc:
            self._state.advance(change.id, ("undoing",), "done")
            await note.put(filled(texts.INGEST_FAILED, language, reason=exc.text(language)))
            return
        self._state.advance(change.id, ("undoing",), "undone")
        undone = filled(texts.UNDONE, language, name=change.name)
        await note.put(f"{undone}\n\n{_summary_text(summary, language)}")

    async def _download(self, document: Document, limit: int) -> bytes:
        file = await self._bot.get_file(document.file_id)
        data = bytes(await file.download_as_bytearray())
        if not 0 < len(data) <= limit:
            raise ReportError(
                f"收到 {size(len(data))},上限是 {size(limit)}", f"got {size(len(data))}, the limit is {size(limit)}"
            )
        return data

    async def _plan(
        self,
        change: str,
        staged: Path,
        data: bytes,
        user: int,
        chat: int,
        shown: dict[str, str],
        language: Language,
    ) -> tuple[str, InlineKeyboardMarkup | None]:
        """What adding this file would do, and the buttons that decide. Raises WenbaoError when it can't be added."""
        digest = hashlib.sha256(data).hexdigest()
        same = next((entry.source for entry in await self._answering.reports() if entry.sha256 == digest), None)
        if same is not None:
            return filled(texts.UPLOAD_DUPLICATE, language, name=staged.name, source=same), None
        summary = await self._ingesting.run([staged], dry_run=True, root=staged.parent)
        _require(summary, staged.name)
        self._state.propose(Change(change, user, "upload", staged.name, "proposed", None, digest))
        exists = (self._settings.reports_dir / staged.name).exists()
        plan = texts.UPLOAD_PLAN_UPDATE if exists else texts.UPLOAD_PLAN_NEW
        text = filled(plan, language, chunks=summary.embedded, **shown)
        return text, self._choice(change, chat, user, language)

    # talking

    async def _ingest(self, paths: list[Path], note: _Note, name: str, language: Language) -> IngestSummary:
        """Ingest these files, or everything when nothing is published yet, showing progress."""
        edits = 0

        async def progress(done: int, total: int) -> None:
            nonlocal edits
            if edits < _EDITS and done < total and done * (_EDITS + 1) >= total * (edits + 1) and note.spare():
                edits += 1
                await note.put(filled(texts.UPLOAD_PROGRESS, language, name=name, done=done, total=total), once=True)

        if not await self._answering.reports():
            paths = []
        return await self._ingesting.run(paths, progress)

    def _choice(self, change: str, chat: int, user: int, language: Language) -> InlineKeyboardMarkup:
        token = self._state.button("change", chat, user, {"change": change})
        row = [("confirm", texts.B_CONFIRM), ("cancel", texts.B_CANCEL)]
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(label.text(language), callback_data=f"{act}:{token}") for act, label in row]]
        )

    def _note(self, query: CallbackQuery) -> _Note:
        if query.message is None:
            raise AssertionError("judged updates have a chat")
        return _Note(self._outbox, Place(query.message.chat.id), query.message.message_id)


class _Note:
    """One message that tells how things stand, edited as they go on."""

    def __init__(self, outbox: Outbox, place: Place, message: int | None = None) -> None:
        self._outbox, self._place, self._message = outbox, place, message
        self.chat = place.chat

    def spare(self) -> bool:
        return self._outbox.spare(self.chat)

    async def put(self, text: str, keyboard: InlineKeyboardMarkup | None = None, *, once: bool = False) -> None:
        """Show this. With `once` it is left out when the chat or the network is busy."""
        piece: Piece = pieces([Span(text)])[0]
        shown = self._message is not None and await self._outbox.edit(
            self.chat, self._message, piece, keyboard, once=once
        )
        if not shown and not once:
            self._message = await self._outbox.say(self._place, piece.text, keyboard)


def _require(summary: IngestSummary, name: str) -> None:
    """Raises ReportError when the ingest couldn't take this file in."""
    failure = next((failure for failure in summary.failed if failure.source == name), None)
    if failure is not None:
        raise ReportError(failure.error, failure.error)


def _summary_text(summary: IngestSummary, language: Language) -> str:
    text = filled(
        texts.INGEST_DONE,
        language,
        added=len(summary.added),
        updated=len(summary.updated),
        removed=len(summary.removed),
        unchanged=summary.unchanged,
        failed=len(summary.failed),
        chunks=summary.chunks,
        seconds=summary.seconds,
    )
    lines = [f"! {failure.source}: {failure.error}" for failure in summary.failed[:_FAILURES]]
    return "\n".join([text, *lines])
