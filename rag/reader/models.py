"""The models that questions need, read from disk beside whatever else is being opened.

Reading a prepared model is native code, so another thread may import and open things meanwhile. Whoever starts early
(`Models(…)` before `Engine` is even imported) waits least.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from config.settings import Settings
from ingest import running
from ingest.embedding.embed import Embedder
from ingest.embedding.prepare import Notify, is_prepared
from ingest.embedding.session import import_native
from rag.reader import prepare
from rag.reader.reader import Reader


class Models:
    """The embedder and the reader that the settings name, each opened once. Any thread may ask for them."""

    def __init__(
        self,
        settings: Settings,
        notify: Notify,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        *,
        reads: bool = True,
    ) -> None:
        """Begins to open what is prepared and not given; `reads=False` leaves the reader until a question needs it."""
        self._settings, self._notify = settings, notify
        self._embedder, self._reader = embedder, reader
        self.reads = reads
        self._opening = threading.Lock()
        self._loading: Future[Embedder] | None = None
        running.need(models=True)
        import_native()  # in this thread: two that import NumPy at once may find half of it
        known = embedder is not None or is_prepared(settings)
        read = reader is not None or not (reads and settings.reader) or prepare.is_prepared(settings)
        self.prepared = known and read
        """Whether nothing has to be prepared, which takes a minute: whoever asks may first miss the index."""
        if embedder is None and known:
            beside = ThreadPoolExecutor(1, thread_name_prefix="models")
            self._loading = beside.submit(Embedder.open, settings, notify)
            if reads and settings.reader and read:
                beside.submit(self.reader)
            beside.shutdown(wait=False)

    def embedder(self) -> Embedder:
        """Raises ModelError or StorageError."""
        with self._opening:
            return self._open_embedder()

    def reader(self) -> Reader | None:
        """None where the settings switch it off. Raises ModelError or StorageError."""
        with self._opening:
            if self._reader is None and self._settings.reader:
                self._reader = Reader.open(self._settings, self._notify, like=self._open_embedder().session)
            return self._reader

    def _open_embedder(self) -> Embedder:
        if self._embedder is None:
            opening = self._loading
            self._embedder = opening.result() if opening else Embedder.open(self._settings, self._notify)
        return self._embedder
