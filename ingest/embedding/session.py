"""Run a prepared model: the only module that knows onnxruntime."""

from __future__ import annotations

import importlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ModelError
from ingest.embedding.tokens import Tokenize, open_tokenizer, tokenizer_digest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

GRAPH = "onnx/model.onnx"
SERVED = "onnx/"
"""Whatever lies there is served: the graph, its tables, the tokenizer."""
_TABLES = "tables.bin"
_LARGE = 1 << 20  # bytes; a smaller table stays in the graph's own file
_NARROW = 32  # columns; what fewer come out of, such as a head's two logits, costs nothing and stays exact


class Session:
    """A loaded graph and its tokenizer. Raises ModelError when they can't be loaded.

    Every text runs alone, on one thread: nothing is spent on padding, and its vector depends on nothing
    but itself (int8 scales are taken over all that runs together). Several threads may call at once.
    """

    def __init__(
        self, folder: Path, max_tokens: int, graph: str = GRAPH, threads: int = 1, like: Session | None = None
    ) -> None:
        """`threads`: how many one run may use; 0 for all processors.

        The tokenizer of `like` is used if it is the same.
        """
        import onnxruntime

        self.max_tokens = max_tokens
        try:
            self._tokenizer_digest = tokenizer_digest(folder)
            same = like is not None and like._tokenizer_digest == self._tokenizer_digest
            self.tokenize: Tokenize = like.tokenize if like is not None and same else open_tokenizer(folder)
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 4
            options.intra_op_num_threads = threads
            self._session = onnxruntime.InferenceSession(
                str(folder / graph), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as exc:
            raise ModelError(
                f"无法加载模型 {folder}:{exc};请删除该目录后重试",
                f"can't load the model in {folder}: {exc}; delete that folder and try again",
            ) from exc

    def run(self, text: str) -> Vectors:
        """The vector of a text, (dim,); a longer text is cut at the model's limit."""
        import numpy as np

        ids = np.array([self.tokenize(text).cut(self.max_tokens).ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        vector: Vectors = self._session.run(["embedding"], feed)[0][0]
        return vector


def import_native() -> None:
    """Import what serves a model; the sessions opened afterwards may be opened in any thread."""
    for name in ("numpy", "onnxruntime", "tokenizers"):
        importlib.import_module(name)


def rewrite_for_opening(graph: Path) -> None:
    """Put a graph into the form in which it opens fastest: optimized already, its large tables in a file beside it.

    Of such a file only what is looked up is ever read into memory. Replaces the file `graph`.
    """
    import onnxruntime

    draft = graph.with_name(f".{graph.name}.draft")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(draft)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", _TABLES)
    options.add_session_config_entry("session.optimized_model_external_initializers_min_size_in_bytes", str(_LARGE))
    onnxruntime.InferenceSession(str(graph), sess_options=options, providers=["CPUExecutionProvider"])
    draft.replace(graph)


def quantize_layers(full: Path, quantized: Path) -> None:
    """Write a graph whose matrix products with weights are computed in int8, scaled by column; small ones aren't."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    graph = onnx.load(str(full)).graph
    narrow = {tensor.name for tensor in graph.initializer if len(tensor.dims) == 2 and tensor.dims[1] < _NARROW}
    logging.getLogger().addFilter(_not_about_preprocessing)
    try:
        quantize_dynamic(
            full,
            quantized,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=[node.name for node in graph.node if node.name and narrow.intersection(node.input)],
            # The type of an output that shape inference doesn't know, as behind a 4-bit table.
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    finally:
        logging.getLogger().removeFilter(_not_about_preprocessing)


def _not_about_preprocessing(record: logging.LogRecord) -> bool:
    return "pre-processing before quantization" not in record.getMessage()
