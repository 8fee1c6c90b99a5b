"""A line typed by a person: editing, history, completion. The only module that knows prompt_toolkit."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from config import files

_COLONS = (":", "：")


class Candidate(NamedTuple):
    """What the last `replaces` characters before the cursor may become, and what that is."""

    text: str
    replaces: int
    meaning: str = ""


Suggest = Callable[[str], Iterable[Candidate] | None]
"""What may follow a beginning of a command; None where it is the path of a file."""


class Prompt:
    """Reads lines; commands are completed while they are typed, earlier questions suggested."""

    def __init__(self, words: str, history: Path | None, suggest: Suggest, toolbar: Callable[[], str]) -> None:
        self._session: PromptSession[str] = PromptSession(
            words,
            history=_history(history),
            auto_suggest=AutoSuggestFromHistory(),
            completer=_Commands(suggest),
            complete_while_typing=Condition(self._is_command),
            bottom_toolbar=toolbar,
            style=Style.from_dict({"bottom-toolbar": "noreverse"}),
            color_depth=ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None,
            reserve_space_for_menu=6,
        )

    def read(self, began: Callable[[], None]) -> str:
        """The next line; a pasted text of several lines is one. `began` is called once the prompt stands.

        Raises EOFError on Ctrl-D, KeyboardInterrupt on Ctrl-C.
        """
        # Its own handler of SIGINT prints a traceback where Ctrl-C comes just as a line has ended; Python's doesn't.
        return self._session.prompt(pre_run=began, handle_sigint=False)

    def refresh(self) -> None:
        """Draw the toolbar again; any thread may ask for it."""
        self._session.app.invalidate()

    def _is_command(self) -> bool:
        return self._session.default_buffer.text.startswith(_COLONS)


class _Commands(Completer):
    def __init__(self, suggest: Suggest) -> None:
        self._suggest = suggest
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        line = document.text_before_cursor
        if not line.startswith(_COLONS):
            return
        candidates = self._suggest(line)
        if candidates is None:
            path = line.partition(" ")[2]
            yield from self._paths.get_completions(Document(path), complete_event)
            return
        for text, replaces, meaning in candidates:
            yield Completion(text, -replaces, display_meta=meaning)


class _File(FileHistory):
    """A history file that takes what can be written and goes on without what can't."""

    def store_string(self, string: str) -> None:
        with contextlib.suppress(OSError):
            super().store_string(string.encode("utf-8", "replace").decode("utf-8"))


def _history(path: Path | None) -> History:
    """The history file, readable by its owner only; in memory where there can be none."""
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        with files.opened(path):  # a pipe would wait for whoever reads it
            return _File(str(path))
    except OSError:
        return InMemoryHistory()
