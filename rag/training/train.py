"""Training, resumable at any moment, the same on every run.

The order of examples comes from the seed and the epoch, so a checkpoint needs only the step it was
taken at. Where the processor (or GPU) multiplies bfloat16 natively, products are computed in it;
weights and their updates stay in float32.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from rag.reader.network import ReaderNetwork
from rag.training.damage import damaged
from rag.training.encode import Batch, Encoded, Encoder, collate
from rag.training.examples import Example, Group
from rag.training.losses import loss_of

GROUPS_A_STEP = 8
FROZEN_LAYERS = 4  # the lowest layers and the embeddings stay as they are: they know words, not questions
_DAMAGED = 0.08  # share of the examples that are read damaged
_BUCKET = 20  # steps whose groups are sorted by length together, so that padding is small
_SEED = 0
_CHECKPOINT = 20  # steps
_WARM_UP = 30  # steps
_HEADS_FASTER = 5.0
_ROUNDING = 2e-3


Epoch = Callable[[int], Sequence[Group]]
"""The groups of an epoch, by its number from 0; of the same number always the same."""


@dataclass(frozen=True, slots=True)
class Stage:
    """After the warm-up the rate falls linearly from `rate` to nothing."""

    name: str
    epoch: Epoch
    steps: int
    rate: float


class Trainer:
    """Trains a network through stages, keeping its state in `folder`, written `every` so many steps."""

    def __init__(self, network: ReaderNetwork, encoder: Encoder, folder: Path, *, every: int = _CHECKPOINT) -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._network = network.to(self._device)
        self._encoder = encoder
        self._folder = folder
        self._every = every
        self._half = self._device.type == "cuda" or multiplies_bfloat16()
        freeze(network)

    def run(self, stage: Stage) -> None:
        """Train a stage from where it was left to its end."""
        checkpoint = self._folder / f"{stage.name}.pt"
        optimizer = self._optimizer(stage.rate)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer,
            lambda step: min((step + 1) / _WARM_UP, 1 - step / stage.steps),
        )
        done = self._resume(checkpoint, optimizer, schedule)
        if done >= stage.steps:
            return
        self._network.train()
        started, mean = time.monotonic(), 0.0
        for step, batch in enumerate(self._batches(stage), start=1):
            if step > stage.steps:
                return
            if step <= done:
                continue
            torch.manual_seed(step)  # what dropout leaves out is the same when a run goes on where it was
            loss = self._step(batch)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_([p for p in self._network.parameters() if p.requires_grad], 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            mean = loss.item() if step == done + 1 else 0.97 * mean + 0.03 * loss.item()
            if step % 10 == 0:
                pace = (time.monotonic() - started) / (step - done)
                line = f"{stage.name} {step}/{stage.steps}  loss {mean:.3f}  {pace:.1f} s a step"
                print(line, file=sys.stderr, flush=True)
            if step % self._every == 0 or step == stage.steps:
                state = {
                    "step": step,
                    "network": trained(self._network),
                    "optimizer": optimizer.state_dict(),
                    "schedule": schedule.state_dict(),
                }
                _save(state, checkpoint)

    def _resume(
        self,
        checkpoint: Path,
        optimizer: torch.optim.Optimizer,
        schedule: torch.optim.lr_scheduler.LRScheduler,
    ) -> int:
        """The steps of the stage that are done, with the state they left."""
        if not checkpoint.exists():
            return 0
        state = torch.load(checkpoint, map_location=self._device, weights_only=True)
        self._network.load_state_dict(state["network"], strict=False)
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        return int(state["step"])

    def _optimizer(self, rate: float) -> torch.optim.Optimizer:
        named = [(name, p) for name, p in self._network.named_parameters() if p.requires_grad]
        return torch.optim.AdamW(
            [
                {"params": [p for name, p in named if name.startswith("encoder.")], "lr": rate},
                {"params": [p for name, p in named if not name.startswith("encoder.")], "lr": rate * _HEADS_FASTER},
            ],
            weight_decay=0.01,
        )

    def _batches(self, stage: Stage) -> Iterator[Batch]:
        """Batches without end, epoch after epoch: of each group its first example and one of the others."""
        epoch = 0
        while True:
            rng = random.Random(f"{_SEED}/{stage.name}/{epoch}")
            order = list(stage.epoch(epoch))
            rng.shuffle(order)
            pairs = [(g[0], rng.choice(g[1:])) if len(g) > 1 else (g[0],) for g in order]
            read = [tuple(self._encode(example, rng) for example in pair) for pair in pairs]
            batches = []
            for at in range(0, len(read), GROUPS_A_STEP * _BUCKET):
                bucket = sorted(read[at : at + GROUPS_A_STEP * _BUCKET], key=lambda pair: max(len(e.ids) for e in pair))
                batches += [bucket[i : i + GROUPS_A_STEP] for i in range(0, len(bucket), GROUPS_A_STEP)]
            rng.shuffle(batches)
            for batch in batches:
                yield collate(batch, self._device)
            epoch += 1

    def _encode(self, example: Example, rng: random.Random) -> Encoded:
        return self._encoder.encode(damaged(example, rng) if rng.random() < _DAMAGED else example)

    def _step(self, batch: Batch) -> torch.Tensor:
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._half):
            said = self._network(batch.ids, batch.mask)
        return loss_of({name: value.float() for name, value in zip(self._network.outputs, said, strict=True)}, batch)


def multiplies_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 natively."""
    cpu = torch.cpu
    return bool(cpu._is_amx_tile_supported() or cpu._is_avx512_bf16_supported())


def freeze(network: ReaderNetwork) -> None:
    """Only the upper layers and the heads learn."""
    for parameter in network.encoder.parameters():
        parameter.requires_grad = False
    for layer in network.encoder.encoder.layer[FROZEN_LAYERS:]:
        for parameter in layer.parameters():
            parameter.requires_grad = True


def trained(network: ReaderNetwork) -> dict[str, torch.Tensor]:
    """What training changes."""
    return {name: p.detach().cpu() for name, p in network.named_parameters() if p.requires_grad}


def changed(network: ReaderNetwork, base: Mapping[str, npt.NDArray[np.float32]]) -> dict[str, npt.NDArray[np.float32]]:
    """What the network has that `base` hasn't: its heads, and the encoder's tensors that differ."""
    state = {name: value.detach().cpu().numpy() for name, value in network.state_dict().items()}
    # What the earlier reader never trained differs by the rounding of its float16 weights only.
    return {
        name: value
        for name, value in state.items()
        if name not in base or np.abs(value - base[name]).max() > _ROUNDING * np.abs(base[name]).max()
    }


def _save(state: dict[str, object], path: Path) -> None:
    draft = path.with_suffix(".draft")
    torch.save(state, draft)
    draft.replace(path)


def start_from(network: ReaderNetwork, weights: Path) -> None:
    """Continue from an earlier reader's weights (encoder layers and heads, as safetensors)."""
    from safetensors.torch import load_file

    parts = {"b": "encoder", "rel": "relevance", "span": "span"}
    state = {}
    for name, value in load_file(weights).items():
        part, _, rest = name.partition(".")
        state[f"{parts.get(part, part)}.{rest}"] = value.float()
    unknown = network.load_state_dict(state, strict=False).unexpected_keys
    if unknown:
        raise ValueError(f"{weights} holds unknown tensors: {', '.join(unknown[:3])}")
