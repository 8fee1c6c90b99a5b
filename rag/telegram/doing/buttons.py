"""What the buttons under answers do: the source in its surroundings, related passages, votes, sending again.

A button carries an action and an opaque token; what the token means is in the state, together with the chat
it was made for. A token that isn't known, or comes from another chat or person, does nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message
from telegram.error import TelegramError

from config.errors import IndexUnavailable, Language, ReportError, UsageError
from ingest.records import CleanReport
from rag.show.labels import CHANGED, GONE, sentence
from rag.telegram.answering import Answering
from rag.telegram.doing.asking import Asking
from rag.telegram.receiving.access import Access
from rag.telegram.receiving.addressing import topic
from rag.telegram.receiving.heard import Command, Heard
from rag.telegram.sending import messages, texts
from rag.telegram.sending.layout import Span, one_line, pieces
from rag.telegram.sending.messages import Quoted
from rag.telegram.sending.outbox import Outbox, Place, Undelivered
from rag.telegram.shelf.uploads import Uploads
from rag.telegram.state.questions import Questions
from rag.telegram.state.tokens import Button, Tokens

_log = logging.getLogger(__name__)

_CANDIDATES = 12  # passages fetched to show a handful that the answer didn't use
_PICTURES = 3  # pages of one quote that are sent
_CAPTION = 200  # characters of a file's name below a picture
_VOTES = {"up": 1, "down": -1}
_EVEN_LATE = {"up", "down", "cancel"}  # still meant when the bot was away and hears of them much later

Press = Callable[[CallbackQuery, Button, Language, Sequence[str]], Awaitable[None]]


class Buttons:
    """Acts on pressed buttons."""

    def __init__(
        self,
        tokens: Tokens,
        questions: Questions,
        access: Access,
        answering: Answering,
        asking: Asking,
        uploads: Uploads,
        outbox: Outbox,
    ) -> None:
        self._tokens, self._questions, self._access = tokens, questions, access
        self._answering, self._asking, self._outbox = answering, asking, outbox
        self._uploads = uploads
        self._apologized: set[tuple[int, int]] = set()
        self._actions: dict[str, tuple[str, Press]] = {
            "source": ("answer", self._source),
            "page": ("answer", self._page),
            "picture": ("answer", self._picture),
            "related": ("answer", self._related),
            "up": ("answer", self._vote),
            "down": ("answer", self._vote),
            "again": ("again", self._again),
            "list": ("list", self._list),
            "confirm": ("change", uploads.confirm),
            "cancel": ("change", uploads.cancel),
            "undo": ("change", uploads.undo),
        }

    @property
    def commands(self) -> dict[str, Command]:
        """The list of reports is turned over by its buttons."""
        return {"sources": self._sources}

    async def press(self, query: CallbackQuery, language: Language) -> None:
        """Do what a button says, if it is one of ours, from this chat, and pressed by who may."""
        action, _, rest = (query.data or "").partition(":")
        token, *arguments = rest.split(":")
        kind, act = self._actions.get(action, ("", None))
        button = self._tokens.pressed(token) if act is not None else None
        chat = None if query.message is None else query.message.chat.id
        mine = button is not None and button.kind == kind and button.chat == chat
        if act is None or button is None or not mine or button.user not in (0, query.from_user.id):
            await _acknowledge(query, texts.STALE_BUTTON.text(language), alert=True)
            return
        if kind == "change" and not self._access.admin(query.from_user.id):  # no longer one
            await _acknowledge(query, texts.STALE_BUTTON.text(language), alert=True)
            return
        in_time = await _acknowledge(query, texts.THANKS.text(language) if action in _VOTES else None)
        if in_time or action in _EVEN_LATE or (kind == "change" and self._uploads.begun(button)):
            await act(query, button, language, [action, *arguments])
        else:
            await self._too_late(query, language)

    async def give_up(self, query: CallbackQuery) -> None:
        """What this press asks for ended every process that tried."""
        button = self._tokens.pressed((query.data or "").partition(":")[2].partition(":")[0])
        if button is not None and button.kind == "change":
            await self._uploads.give_up(button)

    async def _too_late(self, query: CallbackQuery, language: Language) -> None:
        """Say, once below each message, that a press came too late: who pressed may no longer want it."""
        if query.message is None:
            return
        where = query.message.chat.id, query.message.message_id
        if where not in self._apologized:
            self._apologized.add(where)
            await self._reply(query, [Span(texts.LATE_PRESS.text(language))])

    async def _vote(self, query: CallbackQuery, button: Button, language: Language, arguments: Sequence[str]) -> None:
        del language
        self._questions.vote(button.data["question"], query.from_user.id, _VOTES[arguments[0]])

    async def _again(self, query: CallbackQuery, button: Button, language: Language, arguments: Sequence[str]) -> None:
        del arguments
        question = self._questions.question(button.data["question"])
        if question is not None and query.message is not None:
            await self._asking.again(question, query.message.chat.type, language)

    async def _related(self, query: CallbackQuery, button: Button, language: Language, _: Sequence[str]) -> None:
        try:
            passages = await self._answering.search(button.data["search"], _CANDIDATES)
        except (IndexUnavailable, UsageError):
            await self._reply(query, [Span(texts.UNAVAILABLE.text(language))])
            return
        await self._reply(query, messages.related_spans(passages, _quotes(button), language))

    async def _source(self, query: CallbackQuery, button: Button, language: Language, _: Sequence[str]) -> None:
        for quoted in _quotes(button)[:1]:
            spans, keyboard = await self._view(button, 0, messages.page_of(quoted), language)
            await self._reply(query, spans, keyboard)

    async def _page(self, query: CallbackQuery, button: Button, language: Language, arguments: Sequence[str]) -> None:
        quotes = _quotes(button)
        try:
            number, page = int(arguments[1]), int(arguments[2])
        except (IndexError, ValueError):
            return
        if not 0 <= number < len(quotes) or query.message is None:
            return
        spans, keyboard = await self._view(
            button, number, messages.page_of(quotes[number]) if page < 0 else page, language
        )
        await self._outbox.edit(query.message.chat.id, query.message.message_id, pieces(spans)[0], keyboard)

    async def _view(
        self, button: Button, number: int, page: int, language: Language
    ) -> tuple[list[Span], InlineKeyboardMarkup | None]:
        """A page of the report that citation `number` (from 0) quotes, and the buttons to its neighbours."""
        quotes = _quotes(button)
        report = await self._report(quotes[number].source)
        if report is None or not quotes[number].stands_in(report):
            return [Span(sentence(GONE if report is None else CHANGED, language))], None
        spans, pages = messages.page_spans(report, quotes[number], page, language)
        row = [
            InlineKeyboardButton(label, callback_data=f"page:{button.token}:{number}:{to}")
            for label, to in (("◀", page - 1), ("▶", page + 1))
            if 0 <= to < pages
        ]
        others = [
            InlineKeyboardButton(f"[{n + 1}]", callback_data=f"page:{button.token}:{n}:-1")
            for n in range(len(quotes))
            if n != number
        ]
        rows = [part for part in (row, others[:8]) if part]
        if report.confidence(quotes[number].start, quotes[number].end) is not None:
            label = texts.B_PICTURE.text(language)
            rows.insert(0, [InlineKeyboardButton(label, callback_data=f"picture:{button.token}:{number}")])
        return spans, InlineKeyboardMarkup(rows) if rows else None

    async def _picture(
        self, query: CallbackQuery, button: Button, language: Language, arguments: Sequence[str]
    ) -> None:
        """The pages that a quote was recognised on, or one line that says why they can't be shown."""
        quotes = _quotes(button)
        number = int(arguments[1]) if len(arguments) > 1 and arguments[1].isdecimal() else len(quotes)
        if number >= len(quotes) or query.message is None:
            return
        quoted, place = quotes[number], _below(query.message)
        report = await self._report(quoted.source)
        if report is None or not quoted.stands_in(report):
            await self._reply(query, [Span(sentence(GONE if report is None else CHANGED, language))])
            return
        try:
            pictures = await self._answering.pictures(report, quoted.start, quoted.end)
        except ReportError as exc:
            await self._reply(query, [Span(exc.text(language))])
            return
        source = one_line(quoted.source, _CAPTION)
        try:
            for page, picture in pictures[:_PICTURES]:
                caption = messages.filled(texts.PICTURE, language, source=source, page=page)
                await self._outbox.send_photo(place, picture, caption)
        except Undelivered as exc:
            _log.error("a picture was not delivered: %s", exc)
            await self._reply(query, [Span(texts.NO_PICTURE.text(language))])

    async def _report(self, source: str) -> CleanReport | None:
        try:
            return await self._answering.report(source)
        except IndexUnavailable:
            return None

    async def _list(self, query: CallbackQuery, button: Button, language: Language, arguments: Sequence[str]) -> None:
        page = int(arguments[1]) if len(arguments) > 1 and arguments[1].isdecimal() else 0
        spans, keyboard = await self._reports_page(button.token, page, language)
        if query.message is not None:
            await self._outbox.edit(query.message.chat.id, query.message.message_id, pieces(spans)[0], keyboard)

    async def _sources(self, heard: Heard, _: str) -> None:
        token = self._tokens.make("list", heard.place.chat, 0, {})
        try:
            spans, keyboard = await self._reports_page(token, 0, heard.language)
        except IndexUnavailable as exc:
            _log.error("no list of reports: %s", exc)
            await self._outbox.say(heard.place, texts.UNAVAILABLE.text(heard.language))
            return
        await self._outbox.send(heard.place, pieces(spans)[0], keyboard)

    async def _reports_page(
        self, token: str, page: int, language: Language
    ) -> tuple[list[Span], InlineKeyboardMarkup | None]:
        """A page of `/sources` with the buttons to its neighbours."""
        spans, pages = messages.sources_spans(await self._answering.reports(), page, language)
        row = [
            InlineKeyboardButton(label, callback_data=f"list:{token}:{to}")
            for label, to in (("◀", page - 1), ("▶", page + 1))
            if 0 <= to < pages
        ]
        return spans, InlineKeyboardMarkup([row]) if row else None

    async def _reply(
        self, query: CallbackQuery, spans: Sequence[Span], keyboard: InlineKeyboardMarkup | None = None
    ) -> None:
        """A new message below the one whose button was pressed."""
        if query.message is None:
            return
        place = _below(query.message)
        replies = pieces(spans)
        for number, part in enumerate(replies, 1):
            await self._outbox.send(place, part, keyboard if number == len(replies) else None)


def _below(message: MaybeInaccessibleMessage) -> Place:
    """Where a reply to the message with the button goes."""
    thread = topic(message) if isinstance(message, Message) else None
    return Place(message.chat.id, thread, message.message_id)


def _quotes(button: Button) -> list[Quoted]:
    return [Quoted(*fields) for fields in button.data["quotes"]]


async def _acknowledge(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> bool:
    """False when Telegram says that the button was pressed too long ago; that is the only date a press has."""
    try:
        await query.answer(text, show_alert=alert)
    except TelegramError as exc:  # where it is only the network, what the button does is done all the same
        _log.info("a press was not acknowledged: %s", exc)
        return "too old" not in str(exc)
    return True
