"""The reader as a network: the bundled encoder with up to five heads on top.

Graph: input_ids, attention_mask (batch, tokens) → start, end (batch, tokens) logits and relevance (batch,) logit; of
a reader that was taught them also evidence (batch, tokens), whether a token stands in a sentence that proves the
answer, and polarity (batch,), whether the answer is yes. The first token's start and end logits mean "no answer here".
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from rag.reader.adapter import read_adapter

MAX_TOKENS = 320
ALWAYS = ("start", "end", "relevance")
TAUGHT_LATER = ("evidence", "polarity")
_OF_THE_PAIR = ("relevance", "polarity")  # the outputs without a value for each token
_SELDOM = -2.0  # the log odds that a token is evidence, before anything is learned


class ReaderNetwork(torch.nn.Module):
    """Question and passage are read jointly: `<s> question </s></s> passage </s>`.

    `later` are those of TAUGHT_LATER that it has; calling it gives the tensors of `outputs`, in that order.
    """

    def __init__(self, encoder: Any, later: Iterable[str] = TAUGHT_LATER) -> None:
        super().__init__()
        hidden = int(encoder.config.hidden_size)
        later = tuple(later)
        self.outputs = (*ALWAYS, *(name for name in TAUGHT_LATER if name in later))
        self.encoder = encoder
        self.span = torch.nn.Linear(hidden, 2)
        self.relevance = torch.nn.Sequential(
            torch.nn.Linear(hidden, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1)
        )
        if "evidence" in self.outputs:
            self.evidence = torch.nn.Linear(hidden, 1)
            torch.nn.init.zeros_(self.evidence.weight)
            torch.nn.init.constant_(self.evidence.bias, _SELDOM)
        if "polarity" in self.outputs:
            self.polarity = torch.nn.Sequential(
                torch.nn.Linear(hidden, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1)
            )

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        span, first = self.span(hidden), hidden[:, 0]
        said = [span[..., 0], span[..., 1], self.relevance(first).squeeze(-1)]
        if "evidence" in self.outputs:
            said.append(self.evidence(hidden).squeeze(-1))
        if "polarity" in self.outputs:
            said.append(self.polarity(first).squeeze(-1))
        return tuple(said)


def untrained(folder: Path, later: Iterable[str] = TAUGHT_LATER) -> ReaderNetwork:
    """The encoder of a sentence-transformers folder under heads that know nothing yet."""
    import transformers

    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    # Without dropout of its weights, attention is computed in one fused step, in training too.
    encoder = transformers.AutoModel.from_pretrained(
        str(folder), attn_implementation="sdpa", add_pooling_layer=False, attention_probs_dropout_prob=0.0
    )
    return ReaderNetwork(encoder, later)


def base_of(reader: ReaderNetwork) -> dict[str, Any]:
    """The encoder's own tensors by their names in the reader, as arrays of their own."""
    return {f"encoder.{name}": value.clone().numpy() for name, value in reader.encoder.state_dict().items()}


def load(folder: Path, adapter: Path, later: Iterable[str] | None = None) -> ReaderNetwork:
    """The reader: the encoder in `folder` with the adapter added. Raises OSError or ValueError.

    It has the heads that the adapter holds; with `later` given it has those, and one that the adapter lacks knows
    nothing yet.
    """
    reader = untrained(folder)
    tensors = read_adapter(adapter, base_of(reader))
    held = {name.partition(".")[0] for name in tensors}
    reader = ReaderNetwork(reader.encoder, held if later is None else later)
    known = reader.load_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()}, strict=False)
    lacking = {name.partition(".")[0] for name in known.missing_keys} - set(TAUGHT_LATER)
    if lacking or known.unexpected_keys:
        raise ValueError(f"{adapter} lacks {sorted(lacking)} or holds too much: {known.unexpected_keys[:3]}")
    return reader.eval()


def export(reader: ReaderNetwork, path: Path) -> None:
    """Write the network as an ONNX graph in full precision, its outputs named as in `reader.outputs`."""
    ids = torch.ones(2, 16, dtype=torch.int64)
    names = ("input_ids", "attention_mask")
    of_tokens = [name for name in reader.outputs if name not in _OF_THE_PAIR]
    with torch.no_grad():
        # dynamo=False: torch's newer exporter needs the package onnxscript and gains nothing here.
        torch.onnx.export(
            reader.eval(),
            (ids, ids),
            str(path),
            input_names=list(names),
            output_names=list(reader.outputs),
            dynamic_axes={
                **{name: {0: "batch", 1: "tokens"} for name in (*names, *of_tokens)},
                **{name: {0: "batch"} for name in reader.outputs if name in _OF_THE_PAIR},
            },
            opset_version=17,
            dynamo=False,
        )
