"""Text to vectors: float32 (n, dim), unit length, so that a dot product is the cosine similarity.

Serving needs only onnxruntime and tokenizers; preparing the model is `ingest.embedding.prepare`'s job.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from config.settings import Settings
from ingest.embedding.prepare import Notify, PreparedModel, prepare
from ingest.embedding.session import Session

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

Progress = Callable[[int, int], None]
"""Called with (done, total) while texts are embedded."""


class Embedder:
    """Questions and passages to vectors, each with the prefix its model was trained on."""

    def __init__(self, model: PreparedModel, query_prefix: str, passage_prefix: str) -> None:
        self.name = model.name
        self.dim = model.dim
        self._query_prefix, self._passage_prefix = query_prefix, passage_prefix
        identity = "\0".join((model.fingerprint, query_prefix, passage_prefix))
        self.fingerprint = hashlib.sha256(identity.encode()).hexdigest()[:16]
        self.session = Session(model.folder, model.max_tokens)

    @classmethod
    def open(cls, settings: Settings, notify: Notify) -> Embedder:
        """The settings' model, prepared first if needed. Raises ModelError or StorageError."""
        model = prepare(settings, notify)
        query, passage = settings.query_prefix, settings.passage_prefix
        return cls(
            model,
            model.query_prefix if query is None else query,
            model.passage_prefix if passage is None else passage,
        )

    def question(self, text: str) -> Vectors:
        """The vector of a question, (dim,)."""
        return self.session.run(self._query_prefix + text)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """The vectors of questions, (len(texts), dim)."""
        import numpy as np

        return np.stack([self.question(text) for text in texts])

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages, (len(texts), dim), computed on all processors."""
        import numpy as np

        vectors = np.empty((len(texts), self.dim), np.float32)
        workers = ThreadPoolExecutor(os.cpu_count())
        try:
            computed = workers.map(lambda text: self.session.run(self._passage_prefix + text), texts)
            for at, vector in enumerate(computed):
                vectors[at] = vector
                if progress is not None:
                    progress(at + 1, len(texts))
        finally:
            workers.shutdown(cancel_futures=True)  # whoever stops watching waits for none that hasn't begun
        return vectors
