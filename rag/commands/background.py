"""Work beside the main thread, so that a prompt stays alive and Ctrl-C is heard at once."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")

_AHEAD = 2  # groups taken in advance for each worker, so that none has to wait for the next


def in_order(
    rows: Iterable[S], work: Callable[[list[S]], Iterable[T]], workers: int, together: int = 1
) -> Generator[T, None, None]:
    """What `work` makes of the rows, in their order and each as soon as it is there, several groups at a time.

    A group is what rows have come, at most `together`. Rows are taken a few in advance, in a thread that nobody has to
    wait for: the next row may be long in coming. What `rows` or `work` raises is raised here, when it is its turn.
    """
    made: queue.SimpleQueue[Future[Iterable[T]] | None] = queue.SimpleQueue()
    room = threading.Semaphore(_AHEAD * workers)
    stopped = threading.Event()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="rows")

    def feed() -> None:
        try:
            with contextlib.closing(_gathered(rows, together)) as groups:
                for group in groups:
                    room.acquire()
                    if stopped.is_set():
                        return
                    made.put(pool.submit(work, group))
        except BaseException as exc:  # noqa: BLE001  # raised again where the rows are read
            failed: Future[Iterable[T]] = Future()
            failed.set_exception(exc)
            made.put(failed)
        made.put(None)

    threading.Thread(target=feed, daemon=True).start()
    try:
        while (future := made.get()) is not None:
            yield from future.result()
            room.release()
    finally:
        stopped.set()
        room.release()
        pool.shutdown(wait=False, cancel_futures=True)


class _End:
    """Stands behind the last row: why there is no further one."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def _gathered(rows: Iterable[S], most: int) -> Generator[list[S], None, None]:
    """The rows in groups of at most `most`: what has come meanwhile stands together, and nothing is waited for."""
    come: queue.SimpleQueue[S | _End] = queue.SimpleQueue()
    space = threading.Semaphore(_AHEAD * most)
    stopped = threading.Event()

    def take() -> None:
        end = _End(None)
        try:
            for row in rows:
                space.acquire()
                if stopped.is_set():
                    return
                come.put(row)
        except BaseException as exc:  # noqa: BLE001  # raised again where the rows are read
            end = _End(exc)
        come.put(end)

    threading.Thread(target=take, daemon=True).start()
    try:
        group: list[S] = []
        while not isinstance(row := come.get(), _End):
            space.release()
            group.append(row)
            if len(group) == most or come.empty():
                yield group
                group = []
        if group:
            yield group
        if row.error is not None:
            raise row.error
    finally:
        stopped.set()
        space.release()


class Task(Generic[T]):
    """A call in a thread of its own. Nobody has to wait for it: it doesn't keep the process alive."""

    def __init__(self, work: Callable[[], T], finished: Callable[[], None] = lambda: None) -> None:
        self._work, self._finished = work, finished
        self._done = threading.Event()
        self._result: T | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as exc:  # noqa: BLE001  # raised again where the result is asked for
            self._error = exc
        finally:
            self._done.set()
            self._finished()

    @property
    def done(self) -> bool:
        return self._done.is_set()

    @property
    def failed(self) -> bool:
        return self.done and self._error is not None

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it is done, at the latest after `seconds`. KeyboardInterrupt passes through."""
        return self._done.wait(seconds)

    def result(self) -> T:
        """What the call returned, once it has; raises what it raised."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # set by then
