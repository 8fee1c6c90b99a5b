"""Examples to tensors, laid out as the reader sees them at run time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    """Token ids; `offset` is the passage's first token, `spans` its tokens' characters in the passage.

    `start` and `end` are tokens, both 0 for "no answer here", None where nothing is known of the span. `evidence` says
    of each of the passage's tokens whether it proves the answer.
    """

    ids: list[int]
    offset: int
    spans: list[tuple[int, int]]
    start: int | None
    end: int | None
    answered: bool
    evidence: list[bool]
    yes: bool | None


@dataclass(frozen=True, slots=True)
class Batch:
    """(batch, tokens) ids and mask; `outside` marks the tokens no answer may start or end at.

    `evidence` is 1 for the tokens that prove the answer, of the passage's own. Of `start`
    and `end` only rows of `spanned` count, of `yes` only those of `polar`. `pairs` are the rows (answered, misleading)
    of each group.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    outside: torch.Tensor
    start: torch.Tensor
    end: torch.Tensor
    answered: torch.Tensor
    spanned: torch.Tensor
    evidence: torch.Tensor
    yes: torch.Tensor
    polar: torch.Tensor
    pairs: tuple[torch.Tensor, torch.Tensor]


class Encoder:
    """Tokenizes question, title and passage: `<s> question </s></s> 《title》（date）section：passage </s>`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()

    def encode(self, example: Example) -> Encoded:
        question = self._tokenizer.encode(example.question, add_special_tokens=False).ids[:MAX_QUESTION]
        head = headed(example.title, example.section, example.date)
        passage = self._tokenizer.encode(head + example.passage, add_special_tokens=False)
        room = MAX_TOKENS - len(question) - 4
        ids = [_BOS, *question, _EOS, _EOS, *passage.ids[:room], _EOS]
        spans = [(max(0, a - len(head)), max(0, b - len(head))) for a, b in passage.offsets[:room]]
        offset = len(question) + 3
        start, end = _tokens(example, spans, offset)
        evidence = [b > a and any(a < last and b > first for first, last in example.proof) for a, b in spans]
        return Encoded(ids, offset, spans, start, end, example.answered, evidence, example.yes)


def _tokens(example: Example, spans: Sequence[tuple[int, int]], offset: int) -> tuple[int | None, int | None]:
    """The first and last token of the answer; nothing where it has no span, or one beyond what is read."""
    if not example.answered:
        return 0, 0
    touched = [i for i, (a, b) in enumerate(spans) if b > example.start and a < example.end and b > a]
    return (offset + touched[0], offset + touched[-1]) if example.has_span and touched else (None, None)


def collate(groups: Sequence[Sequence[Encoded]], device: torch.device) -> Batch:
    """A padded batch of groups."""
    rows = [encoded for group in groups for encoded in group]
    width = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), width), _PAD)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    outside = torch.ones((len(rows), width), dtype=torch.bool)
    evidence = torch.zeros((len(rows), width))
    for i, row in enumerate(rows):
        ids[i, : len(row.ids)] = torch.tensor(row.ids)
        mask[i, : len(row.ids)] = 1
        own = slice(row.offset, row.offset + len(row.spans))
        outside[i, own] = torch.tensor([a == b for a, b in row.spans], dtype=torch.bool)
        outside[i, 0] = False
        evidence[i, own] = torch.tensor(row.evidence, dtype=torch.float)
    right, wrong = _pairs(groups)

    def each(values: Iterable[object], dtype: torch.dtype) -> torch.Tensor:
        return torch.tensor(list(values), dtype=dtype, device=device)

    return Batch(
        ids=ids.to(device),
        mask=mask.to(device),
        outside=outside.to(device),
        start=each((row.start or 0 for row in rows), torch.long),
        end=each((row.end or 0 for row in rows), torch.long),
        answered=each((row.answered for row in rows), torch.bool),
        spanned=each((row.start is not None for row in rows), torch.bool),
        evidence=evidence.to(device),
        yes=each((float(row.yes or False) for row in rows), torch.float),
        polar=each((row.answered and row.yes is not None for row in rows), torch.bool),
        pairs=(each(right, torch.long), each(wrong, torch.long)),
    )


def _pairs(groups: Sequence[Sequence[Encoded]]) -> tuple[list[int], list[int]]:
    """The rows of each group's answered examples, each against every misleading one."""
    right: list[int] = []
    wrong: list[int] = []
    at = 0
    for group in groups:
        places = range(at, at + len(group))
        for i in places:
            against = [j for j in places if group[i - at].answered and not group[j - at].answered]
            right += [i] * len(against)
            wrong += against
        at += len(group)
    return right, wrong
