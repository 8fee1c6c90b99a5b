"""Ingest in a process of its own, so that the bot keeps answering whatever a file does to the parsers.

Run as `python -m rag.telegram.shelf.ingesting`, this module is that process: requests as lines of JSON on stdin,
and for each lines of JSON on stdout: what is in progress, and last the summary or the error. It stays for a
while after a request, since admins seldom send one file, and the model and dictionaries are loaded then.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import IndexBusy, Message, ReportError, WenbaoError
from config.process import command
from ingest.records import Failure, IngestSummary
from rag.telegram.sending import texts
from rag.telegram.shelf.files import Shelf
from rag.telegram.state.changes import Change

if TYPE_CHECKING:
    from config.settings import Settings
    from ingest.embedding.embed import Embedder
    from ingest.index.draft import Writer

_STAYS = 120.0  # seconds for which the process waits for another request
_STDOUT = 1
_PATIENCE = 60.0  # seconds to wait for another ingest: one that outlived its bot, or one in a terminal
_ERRORS = {kind.__name__: kind for kind in (IndexBusy, ReportError)}
Progress = Callable[[int, int], Awaitable[None]]


class IngestEnded(WenbaoError):
    """The process ended without a word; what it was doing may be half done."""


class Ingesting:
    """Talks to that process; one request at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._leaving: asyncio.TimerHandle | None = None

    async def run(
        self, paths: Sequence[Path], progress: Progress | None = None, *, root: Path | None = None
    ) -> IngestSummary:
        """Mirror the reports directory or ingest `paths`; with `root` say what ingesting them from there would do.

        Raises WenbaoError, IndexBusy while another ingest writes, IngestEnded when the process ended.
        """
        return await self._request({"paths": _texts(paths), "root": root and str(root)}, progress)

    async def swap(
        self, shelf: Shelf, change: Change, paths: Sequence[Path], progress: Progress | None = None, *, back: bool
    ) -> IngestSummary:
        """Bring a change about, or take it `back`, and ingest, in one step for every other ingest.

        When it can't be ingested, all is as it was. Raises as `run`, ReportError when the file can't be taken in.
        """
        request = {"change": dataclasses.asdict(change), "shelf": str(shelf.folder.absolute()), "back": back}
        return await self._request({"paths": _texts(paths), **request}, progress)

    async def _request(self, request: Mapping[str, Any], progress: Progress | None) -> IngestSummary:
        async with self._turn:
            if self._leaving is not None:
                self._leaving.cancel()
            child = await self._running()
            try:
                summary = await _converse(child, request, progress)
            except WenbaoError:
                raise
            except BaseException:  # nobody knows what it would say next
                await self._end()
                raise
            finally:
                self._leaving = asyncio.get_running_loop().call_later(_STAYS, self.leave)
            return summary

    def leave(self) -> None:
        """Let the process end; the next request starts another."""
        if self._child is not None and self._child.stdin is not None and not self._turn.locked():
            self._child.stdin.close()
            self._child = None

    async def _running(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                *command("rag.telegram.shelf.ingesting"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=1 << 24,
                start_new_session=True,  # a signal to the bot lets it finish what it is doing
            )
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def _converse(
    child: asyncio.subprocess.Process, request: Mapping[str, Any], progress: Progress | None
) -> IngestSummary:
    if child.stdin is None or child.stdout is None:
        raise AssertionError("no pipes")
    with contextlib.suppress(ConnectionError):  # it has ended; what it left on stdout says why
        child.stdin.write(json.dumps(request).encode() + b"\n")
        await child.stdin.drain()
    async for line in child.stdout:
        event = json.loads(line)
        if "embedded" in event and progress is not None:
            await progress(*event["embedded"])
        elif "error" in event:
            raise _ERRORS.get(event["kind"], WenbaoError)(*event["error"])
        elif "summary" in event:
            return _summary(event["summary"])
    code = await child.wait()
    raise IngestEnded(texts.NO_INGEST_CHILD.zh.format(code=code), texts.NO_INGEST_CHILD.en.format(code=code))


def _summary(fields: dict[str, Any]) -> IngestSummary:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
    failures = {name: tuple(Failure(**failure) for failure in fields[name]) for name in ("failed", "incomplete")}
    return IngestSummary(**{**values, **failures})


class _Reporter:
    """Watches an ingest and writes what it sees as JSON lines."""

    def notify(self, message: Message) -> None:
        print(message.en, file=sys.stderr, flush=True)

    def embedding(self, done: int, total: int) -> None:
        _write({"embedded": [done, total]})


def _write(event: Mapping[str, Any]) -> None:
    line = json.dumps(event).encode() + b"\n"
    while line:
        line = line[os.write(_STDOUT, line) :]


def _child() -> None:
    from config.logs import quiet_libraries

    sys.stdout = sys.stderr  # what a library prints is no event
    quiet_libraries()
    embedder: Embedder | None = None
    for line in sys.stdin:
        try:
            embedder = _serve(json.loads(line), embedder)
        except WenbaoError as exc:
            _write({"error": list(exc.message), "kind": type(exc).__name__})


def _serve(request: dict[str, Any], embedder: Embedder | None) -> Embedder | None:
    """Do what is asked; the model, once it had to be loaded."""
    from config.settings import load_settings
    from ingest.embedding.embed import Embedder
    from ingest.pipeline import ingest

    reporter = _Reporter()
    settings = load_settings()
    paths = [Path(path) for path in request["paths"]]
    if request.get("root"):
        settings = settings.model_copy(update={"reports_dir": Path(request["root"])})
        summary = ingest(settings, paths, reporter, dry_run=True)
    else:
        embedder = embedder or Embedder.open(settings, reporter.notify)
        with contextlib.ExitStack() as stack:
            writer = _writer(stack, settings)
            mirror = functools.partial(ingest, settings, observer=reporter, embedder=embedder, writer=writer)
            if "change" in request:
                shelf = Shelf(Path(request["shelf"]), settings.reports_dir)
                summary = _swap(shelf, Change(**request["change"]), paths, mirror, back=request["back"])
            else:
                summary = mirror(paths)
    _write({"summary": dataclasses.asdict(summary)})
    return embedder


def _writer(stack: contextlib.ExitStack, settings: Settings) -> Writer:
    """The right to write, for as long as `stack` is open. Raises IndexBusy after waiting for it."""
    from ingest.index.draft import writing

    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return stack.enter_context(writing(settings))
        except IndexBusy:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _swap(
    shelf: Shelf, change: Change, paths: list[Path], mirror: Callable[[list[Path]], IngestSummary], *, back: bool
) -> IngestSummary:
    if back:
        shelf.swap_back(change)
        return mirror(paths)
    try:
        shelf.swap_in(change)
        summary = mirror(paths)
    except BaseException:
        shelf.swap_back(change)
        raise
    try:
        require(summary, change.name)
    except WenbaoError:  # it was published without this report
        shelf.swap_back(change)
        mirror([shelf.place(change)] if shelf.kept(change).exists() else [])
        raise
    return summary


def require(summary: IngestSummary, name: str) -> None:
    """Raises ReportError when the ingest couldn't take this file in."""
    failure = next((failure for failure in summary.failed if failure.source == name), None)
    if failure is not None:
        raise ReportError(failure.error, failure.error)


def _texts(paths: Sequence[Path]) -> list[str]:
    return [str(path.absolute()) for path in paths]


if __name__ == "__main__":
    _child()
