"""Work beside the main thread, so that a prompt stays alive and Ctrl-C is heard at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


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
