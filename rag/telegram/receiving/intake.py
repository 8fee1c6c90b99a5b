"""Updates on their way in: journalled before Telegram is told that they arrived, judged before any handler runs.

Three parts of python-telegram-bot's machinery are replaced by ones that can't lose or let through anything:
the request that polls, the queue that updates go through, and the processor around every handler.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Message, Update
from telegram.ext import BaseUpdateProcessor
from telegram.request import HTTPXRequest

from config.errors import StorageError, WenbaoError
from config.settings import Settings
from rag.telegram.receiving.access import Access, Reading, Verdict
from rag.telegram.receiving.clock import Clock
from rag.telegram.state.journal import Journal

_log = logging.getLogger(__name__)

KINDS = ("message", "callback_query")
_CONCURRENT = 256
_ATTEMPTS = 3  # processes that may go down while they work on an update; after these it is given up with a word
_UNTIL_WRITABLE = 2.0  # seconds between two tries to write the journal
_PAUSES = (30.0, 60.0, 120.0, 240.0, 480.0)  # seconds after which what wasn't delivered is tried again


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
        stuck: Callable[[Update, StorageError], Awaitable[None]],
        over: Callable[[], Awaitable[None]],
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
            except StorageError as exc:
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
    in turn; after the last one it is left to the next process.
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
        pauses: Sequence[float] = _PAUSES,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(_CONCURRENT)
        self._patience = settings.telegram_backlog_minutes * 60
        self._journal, self._access, self._read = journal, access, read
        self._turn_away, self._too_late, self._give_up = turn_away, too_late, give_up
        self._put_again, self._pauses, self._now = put_again, pauses, now
        self._open: set[int] = set()
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

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Fails closed: whatever goes wrong while judging, the handlers' coroutine is never awaited."""
        admitted, outcome = False, "done"
        try:
            if not isinstance(update, Update):
                return
            verdict = self._access.judge(update, self._read)
            attempts = self._begun(update)
            admitted = verdict is Verdict.ADMITTED and not self._stale(update) and attempts <= _ATTEMPTS
            if admitted:
                await coroutine
            elif attempts > _ATTEMPTS:
                outcome = "skipped"
                _log.error(
                    "update %s is given up: %s processes ended while working on it", *(update.update_id, attempts - 1)
                )
                if verdict is Verdict.ADMITTED and attempts == _ATTEMPTS + 1:  # once: saying so may be what ends them
                    await self._give_up(update)
            elif verdict is Verdict.REFUSED:
                outcome = "refused"
                await self._turn_away(update)
            elif verdict is Verdict.ADMITTED and update.message is not None:
                outcome = "skipped"
                await self._too_late(update.message)
            else:
                outcome = "ignored"
        except asyncio.CancelledError:
            outcome = "received"  # the next process takes it up
            raise
        except Exception:  # noqa: BLE001  # one update must never end the others
            outcome = "failed"
            _log.exception("an update was not dealt with")
        finally:
            if not admitted and hasattr(coroutine, "close"):
                coroutine.close()
            if isinstance(update, Update):
                try:
                    self._close(update, outcome)
                except StorageError as exc:  # it stays open there, and the next process looks at it again
                    _log.error("update %s can't be closed: %s", update.update_id, exc)

    def _begun(self, update: Update) -> int:
        """How many processes have begun with it. Raises StorageError, and it is tried again later."""
        try:
            return self._journal.begin(update.update_id)
        except StorageError:
            self.leave_open(update)
            raise

    def _close(self, update: Update, outcome: str) -> None:
        if update.update_id in self._open:
            self._open.discard(update.update_id)
            self._try_later(update)
            self._journal.put_back(update.update_id)
        elif outcome == "received":
            self._journal.put_back(update.update_id)
        else:
            self._tries.pop(update.update_id, None)
            self._journal.finish(update.update_id, outcome)

    def _try_later(self, update: Update) -> None:
        tries = self._tries.get(update.update_id, 0)
        if tries == len(self._pauses):
            _log.error("update %s is left to the next process", update.update_id)
            return
        self._tries[update.update_id] = tries + 1
        task = asyncio.create_task(self._rest(update, self._pauses[tries]))
        self._resting.add(task)
        task.add_done_callback(self._resting.discard)

    async def _rest(self, update: Update, seconds: float) -> None:
        await asyncio.sleep(seconds)
        try:
            await self._put_again(update)
        except WenbaoError as exc:
            _log.error("update %s is left to the next process: %s", update.update_id, exc)

    def _stale(self, update: Update) -> bool:
        """Whether it waited too long before this process saw it."""
        message = update.message
        if message is None or update.update_id in self._tries:
            return False
        return self._now() - message.date.timestamp() > self._patience
