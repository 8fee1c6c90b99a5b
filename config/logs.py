"""Keep other libraries quiet: what users read on the screen is wenbao's own."""

from __future__ import annotations

import logging
import os
import warnings


def quiet_libraries() -> None:
    """Silence progress bars, load reports and warnings of the model and store libraries.

    Must run before they are imported: they read these variables at import. Errors still surface,
    as exceptions, at the boundary that called the library.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    os.environ.setdefault("TQDM_DISABLE", "1")
    for name in ("chromadb", "transformers", "sentence_transformers", "torch", "huggingface_hub", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"(torch|transformers|sentence_transformers|chromadb|onnxruntime)\b.*")
