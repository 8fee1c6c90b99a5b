"""Run a prepared model: the only module that knows onnxruntime and the tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

GRAPH = "onnx/model.onnx"
TOKENIZER = "onnx/tokenizer.json"


class Session:
    """A loaded graph and its tokenizer. Raises ModelError when they can't be loaded."""

    def __init__(self, folder: Path, *, max_tokens: int, pad_id: int, pad_token: str) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            self._tokenizer.enable_truncation(max_tokens)
            self._tokenizer.enable_padding(pad_id=pad_id, pad_token=pad_token)
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 4
            self._session = onnxruntime.InferenceSession(
                str(folder / GRAPH), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as exc:
            raise ModelError(
                f"无法加载模型 {folder}:{exc};请删除该目录后重试",
                f"can't load the model in {folder}: {exc}; delete that folder and try again",
            ) from exc

    def run(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, (len(texts), dim); longer texts are cut at the model's limit."""
        import numpy as np

        encoded = self._tokenizer.encode_batch(list(texts))
        feed = {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
            "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
        }
        vectors: Vectors = self._session.run(["embedding"], feed)[0]
        return vectors
