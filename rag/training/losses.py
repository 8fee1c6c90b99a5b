"""What training makes small: one loss for each of the reader's outputs, and one for the order within a group. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch.nn import functional

from rag.training.encode import Batch

_SPAN, _NO_SPAN = 0.5, 0.1  # weights beside the loss of relevance
_RANK = 0.5
_EVIDENCE = 1.0
_POLARITY = 0.5
_OUTSIDE = -1e4  # the logit of a token where no answer may start or end

Said = Mapping[str, torch.Tensor]


def loss_of(said: Said, batch: Batch) -> torch.Tensor:
    """The sum of the losses of what was `said`, the network's outputs by name, in float32."""
    loss = functional.binary_cross_entropy_with_logits(said["relevance"], batch.answered.float())
    loss = loss + _of_spans(said, batch) + _RANK * _of_order(said["relevance"], batch)
    if "evidence" in said:
        loss = loss + _EVIDENCE * _of_evidence(said["evidence"], batch)
    if "polarity" in said and batch.polar.any():
        loss = loss + _POLARITY * functional.binary_cross_entropy_with_logits(
            said["polarity"][batch.polar], batch.yes[batch.polar]
        )
    return loss


def _of_spans(said: Said, batch: Batch) -> torch.Tensor:
    ends = (
        functional.cross_entropy(said[name].masked_fill(batch.outside, _OUTSIDE), wanted, reduction="none")
        for name, wanted in (("start", batch.start), ("end", batch.end))
    )
    weight = torch.where(batch.answered, _SPAN, _NO_SPAN) * batch.spanned
    return (sum(ends) * weight).sum() / batch.answered.sum().clamp(min=1)


def _of_order(relevance: torch.Tensor, batch: Batch) -> torch.Tensor:
    right, wrong = batch.pairs
    return functional.softplus(relevance[wrong] - relevance[right]).sum() / max(1, len(right))


def _of_evidence(logits: torch.Tensor, batch: Batch) -> torch.Tensor:
    """The mean over the rows of each row's mean over its passage's tokens."""
    own = ~batch.outside
    own[:, 0] = False
    each = functional.binary_cross_entropy_with_logits(logits, batch.evidence, reduction="none") * own
    return (each.sum(1) / own.sum(1).clamp(min=1)).mean()
