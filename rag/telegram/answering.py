"""Questions and look-ups off the event loop: a bounded number of threads around the one engine.

The engine is opened by the first that needs it, so the bot runs, and says so, while there is no index yet.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from config.errors import IndexMissing, Message
from config.settings import Settings
from ingest.formats.originals import page_pictures
from ingest.index.catalog import ReportEntry
from ingest.index.generations import read_failures, read_pointer, read_summary
from ingest.records import CleanReport
from rag.answers.table import By, Table
from rag.engine import Engine
from rag.records import Answer, Passage

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

_WARM_UP = "多少"
_WAITING = 200  # questions that may wait for a thread


class Overloaded(Exception):
    """Too many questions wait already."""


@dataclass(frozen=True, slots=True)
class IndexState:
    """What `/status` says about the index."""

    generation: str
    reports: int
    chunks: int
    failed: tuple[str, ...]


class Answering:
    """The engine behind threads. Raises IndexUnavailable or ModelError when there is nothing to answer from."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._questions = ThreadPoolExecutor(settings.telegram_workers, "question")
        self._lookups = ThreadPoolExecutor(1, "lookup")
        self._opening = threading.Lock()
        self._engine: Engine | None = None
        self._began: dict[int, float] = {}
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Questions that have no thread yet."""
        return self._waiting

    @property
    def active(self) -> int:
        """Questions that are being worked on."""
        return len(self._began)

    @property
    def longest(self) -> float:
        """Seconds for which the oldest of them has been worked on."""
        now = time.monotonic()
        return max((now - began for began in list(self._began.values())), default=0.0)

    @property
    def generation(self) -> str | None:
        """The generation that answered last; None before the first."""
        engine = self._engine
        return None if engine is None else engine.generation

    async def ask(self, text: str, history: Sequence[str]) -> Answer:
        """The cited answer or the refusal. Raises UsageError for an unusable question, and Overloaded."""
        return await self._in_turn(lambda engine: engine.ask(text, history))

    async def table(self, indicator: str, by: By) -> Table:
        """What the reports tell of an indicator. Raises UsageError for an unusable one, and Overloaded."""
        return await self._in_turn(lambda engine: engine.table(indicator, by))

    async def search(self, text: str, k: int) -> list[Passage]:
        return await self._look_up(lambda engine: engine.search(text, k))

    async def report(self, source: str) -> CleanReport:
        return await self._look_up(lambda engine: engine.report(source))

    async def pictures(self, report: CleanReport, start: int, end: int) -> list[tuple[int, bytes]]:
        """The pages that the cleaned text from `start` to `end` was recognised on; see `page_pictures`."""
        options = self._settings
        span, limits = report.mapped.raw_span(start, end), (options.max_file_mb << 20, options.parse_seconds)
        return await asyncio.to_thread(page_pictures, report, *span, options.reports_dir, *limits)

    async def _in_turn(self, use: Callable[[Engine], _T]) -> _T:
        """What somebody waits for, in a thread as soon as one is free. Raises Overloaded when too many wait."""
        if self._waiting >= _WAITING:
            raise Overloaded
        self._waiting += 1
        loop = asyncio.get_running_loop()

        def work() -> _T:
            loop.call_soon_threadsafe(self._started)
            me = threading.get_ident()
            self._began[me] = time.monotonic()
            try:
                return use(self._open())
            finally:
                del self._began[me]

        return await loop.run_in_executor(self._questions, work)

    async def warm_up(self) -> None:
        """Open the engine and answer something, so that the first question finds everything loaded."""
        await self._look_up(lambda engine: engine.ask(_WARM_UP))

    async def reports(self) -> list[ReportEntry]:
        """Every report in the published index; none when nothing was published yet."""
        try:
            return await self._look_up(lambda engine: engine.reports())
        except IndexMissing:
            return []

    async def state(self) -> IndexState:
        return await self._look_up(self._state)

    def close(self) -> None:
        self._questions.shutdown(wait=True, cancel_futures=True)
        self._lookups.shutdown(wait=True, cancel_futures=True)
        if self._engine is not None:
            self._engine.close()

    def _started(self) -> None:
        self._waiting -= 1

    async def _look_up(self, use: Callable[[Engine], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._lookups, lambda: use(self._open()))

    def _open(self) -> Engine:
        with self._opening:
            if self._engine is None:
                read_pointer(self._settings)  # where there is no index, that is said before a model is loaded
                self._engine = Engine(self._settings, _notify)
                _log.info("answering from %s", self._engine.generation)
            return self._engine

    def _state(self, engine: Engine) -> IndexState:
        entries = engine.reports()
        failed = read_failures(read_summary(self._settings))
        chunks = sum(entry.chunks for entry in entries)
        return IndexState(engine.generation, len(entries), chunks, tuple(failure.source for failure in failed))


def _notify(message: Message) -> None:
    _log.info("%s", message.en)
