"""Examples to tensors, laid out as the reader sees them at run time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from rag.reader.network import MAX_TOKENS
from rag.reader.reader import headed
from rag.training.examples import Example

MAX_QUESTION = 64
_BOS, _PAD, _EOS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids; `offset` is the passage's first token, `spans` its tokens' characters in the passage."""

    ids: list[int]
    offset: int
    spans: list[tuple[int, int]]
    start: int
    end: int
    answered: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """(batch, tokens) ids and mask; `outside` marks the tokens no answer may start or end at."""

    ids: torch.Tensor
    mask: torch.Tensor
    outside: torch.Tensor
    start: torch.Tensor
    end: torch.Tensor
    answered: torch.Tensor
    pairs: tuple[torch.Tensor, torch.Tensor]


class Encoder:
    """Tokenizes question, title and passage: `<s> question </s></s> 《title》passage </s>`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()

    def encode(self, example: Example) -> Encoded:
        question = self._tokenizer.encode(example.question, add_special_tokens=False).ids[:MAX_QUESTION]
        head = headed(example.title, example.section)
        passage = self._tokenizer.encode(head + example.passage, add_special_tokens=False)
        room = MAX_TOKENS - len(question) - 4
        ids = [_BOS, *question, _EOS, _EOS, *passage.ids[:room], _EOS]
        spans = [(max(0, a - len(head)), max(0, b - len(head))) for a, b in passage.offsets[:room]]
        offset = len(question) + 3
        touched = [i for i, (a, b) in enumerate(spans) if b > example.start and a < example.end and b > a]
        if not example.answered or not touched:
            return Encoded(ids, offset, spans, 0, 0, example.answered)
        return Encoded(ids, offset, spans, offset + touched[0], offset + touched[-1], True)


def collate(groups: Sequence[Sequence[Encoded]], device: torch.device) -> Batch:
    """A padded batch of groups; `pairs` are the rows (answered, misleading) of each group."""
    rows = [encoded for group in groups for encoded in group]
    width = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), width), _PAD)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    outside = torch.ones((len(rows), width), dtype=torch.bool)
    for i, row in enumerate(rows):
        ids[i, : len(row.ids)] = torch.tensor(row.ids)
        mask[i, : len(row.ids)] = 1
        outside[i, 0] = False
        for j, (a, b) in enumerate(row.spans):
            outside[i, row.offset + j] = a == b
    right: list[int] = []
    wrong: list[int] = []
    at = 0
    for group in groups:
        right += [at] * (len(group) - 1)
        wrong += range(at + 1, at + len(group))
        at += len(group)
    return Batch(
        ids.to(device),
        mask.to(device),
        outside.to(device),
        torch.tensor([row.start for row in rows], device=device),
        torch.tensor([row.end for row in rows], device=device),
        torch.tensor([row.answered for row in rows], device=device),
        (torch.tensor(right, device=device, dtype=torch.long), torch.tensor(wrong, device=device, dtype=torch.long)),
    )
