"""Work beside the main thread, so that a prompt stays alive and Ctrl-C is heard at once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from ingest.running import beside

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
    most = _AHEAD * workers
    news, stopped = threading.Event(), threading.Event()
    room = threading.Semaphore(most * together)
    come: deque[S] = deque()
    groups: deque[Future[Iterable[T]]] = deque()

    def read() -> None:
        for row in rows:
            room.acquire()
            if stopped.is_set():
                return
            come.append(row)
            news.set()

    def tell(_: Future[Any]) -> None:
        news.set()

    pool = ThreadPoolExecutor(workers, thread_name_prefix="rows")
    reading = beside(read)
    reading.add_done_callback(tell)
    try:
        while not reading.done() or come or groups:  # in this order: all rows have come once it is done
            news.wait()
            news.clear()  # before anything is looked at: what changes from here on is news again
            while groups and groups[0].done():
                yield from groups.popleft().result()
            while come and len(groups) < most:
                group = [come.popleft() for _ in range(min(together, len(come)))]
                room.release(len(group))
                groups.append(pool.submit(work, group))
                groups[-1].add_done_callback(tell)
        reading.result()
    finally:
        stopped.set()
        room.release()
        pool.shutdown(wait=False, cancel_futures=True)
