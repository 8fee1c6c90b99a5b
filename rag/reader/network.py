"""The reader as a network: the bundled encoder with a span head and a relevance head on top.

Graph: input_ids, attention_mask (batch, tokens) → start, end (batch, tokens) logits and relevance
(batch,) logit. The first token's start and end logits mean "no answer here".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from rag.reader.adapter import read_adapter

MAX_TOKENS = 320


class ReaderNetwork(torch.nn.Module):
    """Question and passage are read jointly: `<s> question </s></s> passage </s>`."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        hidden = int(encoder.config.hidden_size)
        self.encoder = encoder
        self.span = torch.nn.Linear(hidden, 2)
        self.relevance = torch.nn.Sequential(
            torch.nn.Linear(hidden, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1)
        )

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        span = self.span(hidden)
        return span[..., 0], span[..., 1], self.relevance(hidden[:, 0]).squeeze(-1)


def untrained(folder: Path) -> ReaderNetwork:
    """The encoder of a sentence-transformers folder under heads that know nothing yet."""
    import transformers

    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    # Without dropout of its weights, attention is computed in one fused step, in training too.
    encoder = transformers.AutoModel.from_pretrained(
        str(folder), attn_implementation="sdpa", add_pooling_layer=False, attention_probs_dropout_prob=0.0
    )
    return ReaderNetwork(encoder)


def load(folder: Path, adapter: Path) -> ReaderNetwork:
    """The reader: the encoder in `folder` with the adapter added. Raises OSError or ValueError."""
    reader = untrained(folder)
    base = {name: value.numpy() for name, value in reader.encoder.state_dict().items()}
    tensors = read_adapter(adapter, {f"encoder.{name}": value for name, value in base.items()})
    reader.load_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()})
    return reader.eval()


def export(reader: ReaderNetwork, path: Path, outputs: Sequence[str]) -> None:
    """Write the network as an ONNX graph in full precision."""
    ids = torch.ones(2, 16, dtype=torch.int64)
    names = ("input_ids", "attention_mask")
    with torch.no_grad():
        # dynamo=False: torch's newer exporter needs the package onnxscript and gains nothing here.
        torch.onnx.export(
            reader.eval(),
            (ids, ids),
            str(path),
            input_names=list(names),
            output_names=list(outputs),
            dynamic_axes={
                **{name: {0: "batch", 1: "tokens"} for name in (*names, *outputs[:2])},
                outputs[2]: {0: "batch"},
            },
            opset_version=17,
            dynamo=False,
        )
