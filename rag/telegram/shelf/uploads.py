"""Admins change the reports from a chat: upload, replace, remove, mirror; each seen first and undone later.

A file is checked and described before anything changes, and every change can be taken back until the
retention days are over. The files are the job of `rag.telegram.shelf.files`, the ingest runs in
`rag.telegram.shelf.ingesting`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from config.errors import IndexBusy, Language, ReportError, WenbaoError
from config.settings import Settings
from ingest.console import summary_line
from ingest.records import IngestSummary
from rag.telegram.answering import Answering
from rag.telegram.receiving.heard import Command, Heard
from rag.telegram.sending import texts
from rag.telegram.sending.layout import Piece, Span, pieces
from rag.telegram.sending.messages import filled, size
from rag.telegram.sending.outbox import Outbox, Place, Undelivered, Unreachable
from rag.telegram.shelf.files import Shelf, sha256_of
from rag.telegram.shelf.ingesting import IngestEnded, Ingesting, Progress, require
from rag.telegram.shelf.offered import Offered
from rag.telegram.state.changes import Change, Changes
from rag.telegram.state.tokens import Button, Tokens

_log = logging.getLogger(__name__)

_TELEGRAM_LIMIT = 20 << 20  # bytes a bot may download
_EDITS = 2  # progress edits of one ingest
_LIVE = ("proposed", "running", "done", "undoing", "failed")  # changes whose files are still needed, if there are any
_FAILURES = 10  # failed files that a summary names


class Uploads:
    """Every change of the reports directory that starts in a chat."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        changes: Changes,
        tokens: Tokens,
        answering: Answering,
        outbox: Outbox,
    ) -> None:
        self._settings, self._changes, self._tokens = settings, changes, tokens
        self._shelf = Shelf(folder, settings.reports_dir)
        self._answering, self._outbox = answering, outbox
        self._ingesting = Ingesting()
        self._running: set[str] = set()
        self.commands: dict[str, Command] = {"ingest": self._mirror, "remove": self._propose_removal}

    # what admins send

    async def offer(self, heard: Heard, offered: Offered) -> None:
        """Download a file, check it, and ask whether it shall be added."""
        place, user, language, name = heard.place, heard.user.id, heard.language, offered.name
        limit = min(_TELEGRAM_LIMIT, self._settings.max_file_mb << 20)
        if offered.size == 0:
            await self._outbox.say(place, filled(texts.UPLOAD_EMPTY, language, name=name))
            return
        if offered.size is not None and offered.size > limit:
            values = {"name": name, "size": size(offered.size), "limit": size(limit)}
            await self._outbox.say(place, filled(texts.UPLOAD_TOO_LARGE, language, **values))
            return
        shown = {"name": name, "size": "?" if offered.size is None else size(offered.size)}
        note = _Note(self._outbox, place)
        await note.put(filled(texts.UPLOAD_SEEN, language, **shown))
        change = secrets.token_hex(8)
        staged = self._shelf.staged(change, name)
        try:
            data = await self._download(offered.file, limit)
            if not data:
                await note.put(filled(texts.UPLOAD_EMPTY, language, name=name))
                return
            await asyncio.to_thread(self._shelf.stage, staged, data)
            text, keyboard = await self._plan(change, staged, user, place.chat, shown, language)
        except TelegramError as exc:
            _log.warning("an upload could not be downloaded: %s", type(exc).__name__)
            text, keyboard = filled(texts.UPLOAD_DOWNLOAD_FAILED, language, name=name), None
        except WenbaoError as exc:
            text, keyboard = filled(texts.UPLOAD_REFUSED, language, name=name, reason=exc.text(language)), None
        if keyboard is None:
            await asyncio.to_thread(self._shelf.drop, change)
        await note.put(text, keyboard)

    async def _propose_removal(self, heard: Heard, name: str) -> None:
        """Ask whether a report shall be removed."""
        place, user, language = heard.place, heard.user.id, heard.language
        known = [entry.source for entry in await self._answering.reports()]
        matching = [source for source in known if name in (source, PurePosixPath(source).name)]
        if not name or len(matching) != 1:
            text = filled(texts.REMOVE_UNKNOWN, language, name=name) if name else texts.REMOVE_HOW.text(language)
            await self._outbox.say(place, text)
            return
        change = Change(secrets.token_hex(8), user, "remove", matching[0], "proposed", None)
        self._changes.propose(change)
        text = filled(texts.REMOVE_PLAN, language, name=matching[0])
        await self._outbox.say(place, text, self._choice(change.id, place.chat, user, language))

    async def _mirror(self, heard: Heard, _: str) -> None:
        """Bring the index up to date with the reports directory."""
        note, language = _Note(self._outbox, heard.place), heard.language
        await note.put(texts.INGEST_RUNNING.text(language))
        try:
            summary = await self._ingesting.run([], self._progress(note, "", language))
        except WenbaoError as exc:
            await note.put(filled(texts.INGEST_FAILED, language, reason=exc.text(language)))
            return
        await note.put(_summary_text(summary, language))

    def close(self) -> None:
        """Let the ingest process go."""
        self._ingesting.leave()

    async def clear(self) -> None:
        """Delete what earlier processes left of changes that can neither be made nor undone any more."""
        await asyncio.to_thread(self._shelf.drop_all_but, self._changes.in_states(*_LIVE))

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

    def begun(self, button: Button) -> bool:
        """Whether what this button says was begun, by a process that was stopped meanwhile, and has to be finished."""
        change = self._changes.get(button.data["change"])
        return change is not None and change.state in ("running", "undoing")

    async def give_up(self, button: Button) -> None:
        """What this button says ended every process that tried: put back what it may have changed."""
        change = self._changes.get(button.data["change"])
        if change is not None and change.state == "running":
            await self._put_back(change)
            await self._fail(change)
        elif change is not None:
            self._changes.advance(change.id, ("undoing",), "done")

    async def cancel(self, query: CallbackQuery, button: Button, language: Language, _: Sequence[str]) -> None:
        change = self._changes.get(button.data["change"])
        if change is None or not self._changes.advance(change.id, ("proposed",), "cancelled"):
            return
        await asyncio.to_thread(self._shelf.drop, change.id)
        await self._note(query).put(filled(texts.UPLOAD_CANCELLED, language, name=change.name))

    @contextlib.contextmanager
    def _claim(self, button: Button, expected: Sequence[str], state: str) -> Iterator[Change | None]:
        """The button's change, once however often it is pressed; after a restart it may be gone on with."""
        change = self._changes.get(button.data["change"])
        if change is None or change.id in self._running or not self._changes.advance(change.id, expected, state):
            yield None
            return
        self._running.add(change.id)
        try:
            yield change
        finally:
            self._running.discard(change.id)

    async def _carry_out(self, change: Change, note: _Note, language: Language) -> None:
        """Put the file in its place, or take it away, and ingest; when that fails all is as it was."""
        await note.put(filled(texts.UPLOAD_RUNNING, language, name=change.name), once=True)
        try:
            summary = await self._swap(change, note, language, back=False)
        except IndexBusy as exc:
            self._changes.advance(change.id, ("running",), "proposed")
            text = _failure_text(change, exc, language)
            await note.put(text, self._choice(change.id, note.chat, change.user, language))
            return
        except WenbaoError as exc:
            if isinstance(exc, IngestEnded):
                await self._put_back(change)
            _log.warning("%s of a report failed: %s", change.kind, exc)
            text = _failure_text(change, exc, language)
            if not await self._fail(change):
                days = self._settings.telegram_retention_days
                text += "\n" + filled(texts.NOT_BACK, language, path=self._shelf.kept(change), days=days)
            await note.put(text)
            return
        except Exception:
            await self._put_back(change)
            await self._fail(change)
            raise
        self._changes.advance(change.id, ("running",), "done")
        done = filled(texts.REMOVE_DONE if change.kind == "remove" else texts.UPLOAD_DONE, language, name=change.name)
        await note.put(f"{done}\n\n{_summary_text(summary, language)}", self._undo_button(change, note, language))

    async def _take_back(self, change: Change, note: _Note, language: Language) -> None:
        """Put back what was there before, unless someone changed the file since."""
        try:
            now = await asyncio.to_thread(sha256_of, self._shelf.place(change))
            before = await asyncio.to_thread(sha256_of, self._shelf.kept(change))
            if now not in {change.after, before}:
                self._changes.advance(change.id, ("undoing",), "kept")
                await note.put(filled(texts.UNDO_CHANGED, language, name=change.name))
                return
            summary = await self._swap(change, note, language, back=True)
        except WenbaoError as exc:
            self._changes.advance(change.id, ("undoing",), "done")
            text = filled(texts.INGEST_FAILED, language, reason=exc.text(language))
            await note.put(text, self._undo_button(change, note, language))
            return
        except Exception:
            self._changes.advance(change.id, ("undoing",), "done")
            raise
        self._changes.advance(change.id, ("undoing",), "undone")
        undone = filled(texts.UNDONE, language, name=change.name)
        await note.put(f"{undone}\n\n{_summary_text(summary, language)}")

    async def _swap(self, change: Change, note: _Note, language: Language, *, back: bool) -> IngestSummary:
        """Bring a change about or take it back. Ingests only its file, or everything when nothing is published yet."""
        target = self._shelf.place(change)
        stands = await asyncio.to_thread(self._shelf.kept(change).exists) if back else change.kind == "upload"
        paths = [target] if stands and await self._answering.reports() else []
        return await self._ingesting.swap(
            self._shelf, change, paths, self._progress(note, change.name, language), back=back
        )

    async def _fail(self, change: Change) -> bool:
        """It ends here; False when the report that was there isn't back, and stands only on the shelf."""
        self._changes.advance(change.id, ("running",), "failed")
        if await asyncio.to_thread(self._shelf.drop_if_back, change):
            return True
        _log.error("what a failed %s replaced is in %s", change.kind, self._shelf.kept(change))
        return False

    async def _put_back(self, change: Change) -> None:
        """After a change whose ingest didn't come to an end."""
        target = self._shelf.place(change)
        try:
            kept = await asyncio.to_thread(self._shelf.kept(change).exists)
            await self._ingesting.swap(self._shelf, change, [target] if kept else [], back=True)
        except WenbaoError as exc:
            _log.error("%s could not be put back: %s", change.kind, exc)

    async def _download(self, file_id: str, limit: int) -> bytes:
        too_large = ReportError(f"文件大于 {size(limit)}", f"the file is larger than {size(limit)}")
        try:
            file = await self._outbox.bot.get_file(file_id)
        except BadRequest as exc:
            if "too big" not in str(exc):
                raise
            raise too_large from exc
        if (file.file_size or 0) > limit:
            raise too_large
        data = bytes(await file.download_as_bytearray())
        if len(data) > limit:
            raise too_large
        return data

    async def _plan(
        self,
        change: str,
        staged: Path,
        user: int,
        chat: int,
        shown: dict[str, str],
        language: Language,
    ) -> tuple[str, InlineKeyboardMarkup | None]:
        """What adding this file would do, and the buttons that decide. Raises WenbaoError when it can't be added."""
        digest = await asyncio.to_thread(sha256_of, staged)
        same = next((entry.source for entry in await self._answering.reports() if entry.sha256 == digest), None)
        if same is not None:
            return filled(texts.UPLOAD_DUPLICATE, language, name=staged.name, source=same), None
        summary = await self._ingesting.run([staged], root=staged.parent)
        require(summary, staged.name)
        self._changes.propose(Change(change, user, "upload", staged.name, "proposed", digest))
        exists = (self._settings.reports_dir / staged.name).exists()
        plan = texts.UPLOAD_PLAN_UPDATE if exists else texts.UPLOAD_PLAN_NEW
        text = filled(plan, language, chunks=summary.embedded, **shown)
        return text, self._choice(change, chat, user, language)

    # talking

    def _progress(self, note: _Note, name: str, language: Language) -> Progress:
        """Shows how far an ingest is, in a few edits."""
        edits = 0

        async def progress(done: int, total: int) -> None:
            nonlocal edits
            if edits < _EDITS and done < total and done * (_EDITS + 1) >= total * (edits + 1) and note.spare():
                edits += 1
                await note.put(filled(texts.UPLOAD_PROGRESS, language, name=name, done=done, total=total), once=True)

        return progress

    def _undo_button(self, change: Change, note: _Note, language: Language) -> InlineKeyboardMarkup:
        token = self._tokens.make("change", note.chat, change.user, {"change": change.id})
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(texts.B_UNDO.text(language), callback_data=f"undo:{token}")]]
        )

    def _choice(self, change: str, chat: int, user: int, language: Language) -> InlineKeyboardMarkup:
        token = self._tokens.make("change", chat, user, {"change": change})
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
        """Show this; failing to is only logged. With `once` it is left out when the chat or the network is busy."""
        piece: Piece = pieces([Span(text)])[0]
        try:
            shown = self._message is not None and await self._outbox.edit(
                self.chat, self._message, piece, keyboard, once=once
            )
        except (Undelivered, Unreachable) as exc:
            _log.warning("a note to chat %s was not delivered: %s", self.chat, type(exc).__name__)
            return
        if not shown and not once:
            self._message = await self._outbox.say(self._place, piece.text, keyboard)


def _failure_text(change: Change, error: WenbaoError, language: Language) -> str:
    words = texts.REMOVE_FAILED if change.kind == "remove" else texts.UPLOAD_FAILED
    return filled(words, language, name=change.name, reason=error.text(language))


def _summary_text(summary: IngestSummary, language: Language) -> str:
    text = summary_line(summary).text(language)
    lines = [f"! {failure.source}: {failure.error}" for failure in (*summary.failed, *summary.incomplete)[:_FAILURES]]
    return "\n".join([text, *lines])
