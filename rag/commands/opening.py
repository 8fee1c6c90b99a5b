"""How the commands that ask reports open what they ask."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from ingest import console
from rag.commands import browse

if TYPE_CHECKING:
    from config.settings import Settings
    from rag.engine import Engine
    from rag.reader.models import Models
    from rag.search.filters import Filter

NO_ANSWER = 3
"""The exit code where the reports don't tell what was asked."""


def models_for(settings: Settings, *, reads: bool = True) -> Models:
    """The models, read from disk while the rest of the program is still being imported."""
    from rag.reader.models import Models

    return Models(settings, console.Progress(settings).notify, reads=reads)


def opened(settings: Settings, only: Filter, models: Models) -> Engine:
    """The engine; before it is opened, what a filter leaves is said on stderr, or NothingSelected raised."""
    if only:
        console.note(browse.scope_of(settings, only).text(settings.language))
    # What is imported and opened stays to the end: looking for garbage among it only takes time.
    if models.prepared:
        gc.disable()
    try:
        from rag.engine import Engine

        engine = Engine(settings, console.Progress(settings).notify, models=models)
        gc.freeze()
    finally:
        gc.enable()
    return engine
