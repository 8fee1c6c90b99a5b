"""Updates on their way in: journalled before Telegram is told that they arrived, judged before any handler runs.

Three parts of python-telegram-bot's machinery are replaced by ones that can't lose or let through anything:
the request that polls, the queue that updates go through, and the processor around every handler.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from telegram import Message, Update
from telegram.ext import BaseUpdateProcessor
from telegram.request import HTTPXRequest

from config.errors import StateUnavailable, WenbaoError
from config.settings import Settings
from rag.telegram.receiving.access import Access, Reading, Verdict
from rag.telegram.receiving.clock import Clock
from rag.telegram.state.journal import Journal

_log = logging.getLogger(__name__)

KINDS = ("message", "callback_query")
_CONCURRENT = 256
_ATTEMPTS = 3  # processes that may go down while they work on an update; after these it is given up with a word
_UNTIL_WRITABLE = 2.0  # seconds between two tries to write the journal
_UNTIL_WRITTEN = 5.0  # seconds between two tries of what was in work when the state couldn't be written
_PAUSES = (30.0, 60.0, 120.0, 240.0, 480.0)  # seconds after which what wasn't delivered is tried again

Stuck = Callable[[Update, StateUnavailable], Awaitable[None]]
"""Hears, at every try, of an update for which the state can't be written."""
Over = Callable[[], Awaitable[None]]
"""Hears that it can be written again."""


class PollRequest(HTTPXRequest):
    """The connection that polls: notes each contact, and replaces an update that can't be read by an empty one.

    Otherwise one such update would drop all that came with it, and come again for ever. `refused` is called
    when Telegram says that there is no such bot, after which python-telegram-bot stops polling silently. Every reply
    sets the `clock`.
    """

    def __init__(self, *, refused: Callable[[int], None], timeout: float, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        hooks = {"event_hooks": {"response": [self._clock.replied]}}
        super().__init__(connection_pool_size=1, read_timeout=timeout, connect_timeout=timeout, httpx_kwargs=hooks)
        self._refused = refused
        self.contact = time.monotonic()

    def now(self) -> float:
        """The time, in seconds since 1970, as Telegram has it."""
        return self._clock.now()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **kwargs)
        if code in (401, 404):
            self._refused(code)
        elif code == 200:
            self.contact = time.monotonic()
            payload = await _readable(payload, self._clock.polled)
        return code, payload


async def _readable(payload: bytes, polled: Callable[[Sequence[Any]], None]) -> bytes:
    """The reply with every update that can't be read reduced to its number; `polled` sees them all."""
    try:
        reply = json.loads(payload)
        updates = reply["result"]
    except (ValueError, KeyError, TypeError):
        return payload
    if not isinstance(updates, list):
        return payload
    polled(updates)
    poison = []
    for n, update in enumerate(updates):
        if not _parses(update):
            poison.append(n)
        await asyncio.sleep(0)  # a hundred of them must not hold up everything else
    for n in poison:
        number = updates[n].get("update_id") if isinstance(updates[n], dict) else None
        _log.error("update %s can't be read and is skipped", number)
        updates[n] = {"update_id": number}
    reply["result"] = [update for update in updates if isinstance(update["update_id"], int)]
    return json.dumps(reply).encode() if poison else payload


def _parses(update: object) -> bool:
    try:
        return isinstance(update, dict) and isinstance(Update.de_json(update).update_id, int)
    except Exception:  # noqa: BLE001  # whatever the library's parser trips over
        return False


class JournalQueue(asyncio.Queue[object]):
    """The queue of updates; what is put in is journalled first, and what is known already isn't taken twice.

    While the journal can't be written nothing more is taken in: `stuck` hears of it at every try, `over` afterwards.
    """

    def __init__(
        self,
        journal: Journal,
        stuck: Stuck,
        over: Over,
        pause: float = _UNTIL_WRITABLE,
    ) -> None:
        super().__init__()
        self._journal, self._stuck, self._over, self._pause = journal, stuck, over, pause

    async def put(self, item: object) -> None:
        if isinstance(item, Update):
            if item.message is None and item.callback_query is None:
                return
            if not await self._journalled(item):
                _log.info("update %s came again and is dropped", item.update_id)
                return
        await super().put(item)
        await asyncio.sleep(0)

    async def _journalled(self, update: Update) -> bool:
        """Whether the update is new; not before that is written down."""
        waited = False
        while True:
            try:
                new = self._journal.receive(update.update_id, update.to_json())
            except StateUnavailable as exc:
                waited = True
                await self._stuck(update, exc)
                await asyncio.sleep(self._pause)
                continue
            if waited:
                await self._over()
            return new

    async def put_again(self, update: Update) -> None:
        """An update of an earlier process that is in the journal already."""
        await super().put(update)


class Intake(BaseUpdateProcessor):
    """Runs the handlers of an update if it may pass, and closes its entry in the journal.

    `put_again` takes an update whose answer wasn't delivered back into the queue, after each of `pauses` (seconds)
    in turn; after the last one it is left to the next process. One for which the state couldn't be written comes back
    every `until_written` seconds, for as long as that takes: `stuck` hears of it each time, `over` when it is done.
    """

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        access: Access,
        read: Reading,
        *,
        turn_away: Callable[[Update], Awaitable[None]],
        too_late: Callable[[Message], Awaitable[None]],
        give_up: Callable[[Update], Awaitable[None]],
        put_again: Callable[[Update], Awaitable[None]],
        stuck: Stuck,
        over: Over,
        pauses: Sequence[float] = _PAUSES,
        until_written: float = _UNTIL_WRITTEN,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(_CONCURRENT)
        self._patience = settings.telegram_backlog_minutes * 60
        self._journal, self._access, self._read = journal, access, read
        self._turn_away, self._too_late, self._give_up = turn_away, too_late, give_up
        self._put_again, self._pauses, self._now = put_again, pauses, now
        self._stuck, self._over, self._until_written = stuck, over, until_written
        self._open: set[int] = set()
        self._off: set[int] = set()  # put off while they were worked on
        self._waited: set[int] = set()  # put off before and not done yet
        self._begun: dict[int, int] = {}  # update → how many processes have begun with it, this one included
        self._tries: dict[int, int] = {}
        self._resting: set[asyncio.Task[None]] = set()

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        for task in self._resting:  # the next process takes them up
            task.cancel()

    def leave_open(self, update: Update) -> None:
        """What was asked isn't delivered and shall be tried again."""
        self._open.add(update.update_id)

    async def put_off(self, update: Update, error: StateUnavailable) -> None:
        """What was asked waits until the state can be written."""
        self._off.add(update.update_id)
        self._waited.add(update.update_id)
        await self._stuck(update, error)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Fails closed: whatever goes wrong while judging, the handlers' coroutine is never awaited."""
        outcome = "received"  # whatever cancels this, the next process takes it up
        try:
            if isinstance(update, Update):
                outcome = await self._dealt_with(update, coroutine)
        except StateUnavailable as exc:
            if isinstance(update, Update):
                await self.put_off(update, exc)
        except Exception:  # noqa: BLE001  # one update must never end the others
            outcome = "failed"
            _log.exception("an update was not dealt with")
        finally:
            if hasattr(coroutine, "close"):
                coroutine.close()
            closed = isinstance(update, Update) and self._closed(update, outcome)
        if closed and isinstance(update, Update) and update.update_id in self._waited:
            self._waited.discard(update.update_id)
            await self._over()

    async def _dealt_with(self, update: Update, coroutine: Awaitable[Any]) -> str:
        """Judge an update, and await its handlers if it may pass; what the journal is to say of it."""
        verdict = self._access.judge(update, self._read)
        if update.update_id not in self._begun:
            self._begun[update.update_id] = self._journal.begin(update.update_id)
        attempts = self._begun[update.update_id]
        if attempts > _ATTEMPTS:
            _log.error(
                "update %s is given up: %s processes ended while working on it", *(update.update_id, attempts - 1)
            )
            if verdict is Verdict.ADMITTED and attempts == _ATTEMPTS + 1:  # once: saying so may be what ends them
                await self._give_up(update)
            return "skipped"
        if verdict is Verdict.REFUSED:
            await self._turn_away(update)
            return "refused"
        if verdict is not Verdict.ADMITTED:
            return "ignored"
        if update.message is not None and self._stale(update):
            await self._too_late(update.message)
            return "skipped"
        await coroutine
        return "done"

    def _closed(self, update: Update, outcome: str) -> bool:
        """Whether the journal says that nothing is to be done about an update any more."""
        try:
            return self._close(update, outcome)
        except StateUnavailable as exc:  # it stays open there, and the next process looks at it again
            _log.error("update %s can't be closed: %s", update.update_id, exc)
            return False

    def _close(self, update: Update, outcome: str) -> bool:
        """Whether it is done. Raises StateUnavailable."""
        number = update.update_id
        off, undelivered = number in self._off, number in self._open
        self._off.discard(number)
        self._open.discard(number)
        if off:
            self._later(self._rest(update, self._until_written))
        elif undelivered:
            self._try_later(update)
        if off or undelivered or outcome == "received":
            if number in self._begun:
                self._journal.put_back(number)
                del self._begun[number]
            return False
        self._tries.pop(number, None)
        self._begun.pop(number, None)
        try:
            self._journal.finish(number, outcome)
        except StateUnavailable:
            self._later(self._finish_later(number, outcome))
            raise
        return True

    def _try_later(self, update: Update) -> None:
        tries = self._tries.get(update.update_id, 0)
        if tries == len(self._pauses):
            _log.error("update %s is left to the next process", update.update_id)
            return
        self._tries[update.update_id] = tries + 1
        self._later(self._rest(update, self._pauses[tries]))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._resting.add(task)
        task.add_done_callback(self._resting.discard)

    async def _rest(self, update: Update, seconds: float) -> None:
        await asyncio.sleep(seconds)
        try:
            await self._put_again(update)
        except WenbaoError as exc:
            _log.error("update %s is left to the next process: %s", update.update_id, exc)

    async def _finish_later(self, number: int, outcome: str) -> None:
        """What is done isn't done again by the next process, should there be room to say so before."""
        while True:
            await asyncio.sleep(self._until_written)
            with contextlib.suppress(StateUnavailable):
                self._journal.finish(number, outcome)
                return

    def _stale(self, update: Update) -> bool:
        """Whether it waited too long before this process saw it."""
        message = update.message
        if message is None or update.update_id in self._tries or update.update_id in self._waited:
            return False
        return self._now() - message.date.timestamp() > self._patience
