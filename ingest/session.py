"""Run a prepared model: the only module that knows onnxruntime and the tokenizer."""

from __future__ import annotations

import importlib
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ModelError
from ingest.durable import digest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from tokenizers import Tokenizer

    Vectors = npt.NDArray[np.float32]

GRAPH = "onnx/model.onnx"
TOKENIZER = "onnx/tokenizer.json"


class Session:
    """A loaded graph and its tokenizer. Raises ModelError when they can't be loaded.

    Every text runs alone, on one thread: nothing is spent on padding, and its vector depends on nothing
    but itself (int8 scales are taken over all that runs together). Several threads may call at once.
    """

    def __init__(
        self, folder: Path, max_tokens: int, graph: str = GRAPH, threads: int = 1, like: Session | None = None
    ) -> None:
        """`threads`: how many one run may use; 0 for all processors.

        The tokenizer of `like` is used if it is the same: a large one takes half a second and 250 MB.
        """
        import onnxruntime

        self.max_tokens = max_tokens
        try:
            self._tokenizer_digest = digest(folder / TOKENIZER)
            shared = like
            if shared and (shared._tokenizer_digest != self._tokenizer_digest or shared.max_tokens < max_tokens):
                shared = None
            with ThreadPoolExecutor(1) as beside:  # both are read by native code, each about as long as the other
                path = folder / TOKENIZER
                reading = beside.submit(lambda: shared._tokenizer if shared else _tokenizer(path, max_tokens))
                options = onnxruntime.SessionOptions()
                options.log_severity_level = 4
                options.intra_op_num_threads = threads
                self._session = onnxruntime.InferenceSession(
                    str(folder / graph), sess_options=options, providers=["CPUExecutionProvider"]
                )
                self._tokenizer = reading.result()
        except Exception as exc:
            raise ModelError(
                f"无法加载模型 {folder}:{exc};请删除该目录后重试",
                f"can't load the model in {folder}: {exc}; delete that folder and try again",
            ) from exc

    def run(self, text: str) -> Vectors:
        """The vector of a text, (dim,); a longer text is cut at the model's limit."""
        import numpy as np

        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        vector: Vectors = self._session.run(["embedding"], feed)[0][0]
        return vector


def import_native() -> None:
    """Import what serves a model; the sessions opened afterwards may be opened in any thread."""
    for name in ("numpy", "onnxruntime", "tokenizers"):
        importlib.import_module(name)


def _tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def quantize_layers(full: Path, quantized: Path) -> None:
    """Write a graph whose matrix products with weights are computed in int8, scaled by column."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().addFilter(_not_about_preprocessing)
    try:
        quantize_dynamic(
            full,
            quantized,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            # The type of an output that shape inference doesn't know, as behind a 4-bit table.
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    finally:
        logging.getLogger().removeFilter(_not_about_preprocessing)


def _not_about_preprocessing(record: logging.LogRecord) -> bool:
    return "pre-processing before quantization" not in record.getMessage()
