"""How the reader is taught: what it starts from, what an epoch is made of, for how many steps.

The start has seen the old sets only, no author's question: whoever is left out of a course is unseen by the reader it
ends with. (Clauses of the national and half of the provincial reports were in the old sets; some texts of a5 and a10
are parts of such reports. Their questions were not.)
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from config.errors import UsageError
from rag.reader.adapter import ADAPTER, write_adapter
from rag.training.authored import Author
from rag.training.examples import Group
from rag.training.replay import Sets, training_groups
from rag.training.taught import Mined, taught_groups

if TYPE_CHECKING:
    from rag.reader.network import ReaderNetwork
    from rag.training.encode import Encoder

SEED = 1
_RATE = 1e-4  # of the first stage, on the old sets alone; each stage that goes on from there is slower
_OTHERS, _OLD_BESIDE = 1500, 600  # questions of other authors, and groups of the old sets, in an epoch of that
OLD = 0.3  # share of an epoch's groups that are of the old sets
EPOCHS = 3.0
_EARLIER = Path("prototypes") / "reader" / "reader-fp16.safetensors"


@dataclass(frozen=True, slots=True)
class Course:
    """What is taught: the authors' questions with what misleads in them, among groups of the old sets."""

    authors: Sequence[Author]
    mined: Mined
    old: Sequence[Group]
    share: float = OLD
    name: ClassVar[str] = "taught"
    rate: ClassVar[float] = 5e-5

    def epoch(self, number: int) -> list[Group]:
        """The groups of an epoch: every question once, and the next of the old ones."""
        taught = list(taught_groups(self.authors, self.mined, random.Random(f"{SEED}/taught/{number}")))
        count = min(len(self.old), round(len(taught) * self.share / (1 - self.share)))
        at = number * count
        return taught + [self.old[(at + i) % len(self.old)] for i in range(count)]

    def steps(self, epochs: float = EPOCHS) -> int:
        """The steps of so many epochs."""
        from rag.training.train import GROUPS_A_STEP

        return round(epochs * len(self.epoch(0)) / GROUPS_A_STEP)


@dataclass(frozen=True, slots=True)
class Further:
    """What a taught reader is taught further: every question of those authors that are new to it, and a part of all
    others' beside."""

    new: Sequence[Author]
    others: Sequence[Author]
    mined: Mined
    old: Sequence[Group]
    name: ClassVar[str] = "further"
    rate: ClassVar[float] = 3e-5

    def epoch(self, number: int) -> list[Group]:
        """The groups of an epoch: the new authors', other authors' drawn anew, and the next of the old sets."""
        rng = random.Random(f"{SEED}/{self.name}/{number}")
        count = min(len(self.old), _OLD_BESIDE)
        at = number * count
        old = [self.old[(at + i) % len(self.old)] for i in range(count)]
        return [*taught_groups([*self.new, *self._drawn(rng)], self.mined, rng), *old]

    def _drawn(self, rng: random.Random) -> list[Author]:
        every = [(author, question) for author in self.others for question in author.questions]
        drawn = rng.sample(every, min(_OTHERS, len(every)))
        return [replace(author, questions=tuple(q for of, q in drawn if of is author)) for author in self.others]


def further(authors: Sequence[Author], new: Collection[str], misleading: Mined, old: Sequence[Group]) -> Further:
    """The lessons of all these authors, of whom those of the names `new` are new to the reader."""
    newer = [author for author in authors if author.name in new]
    return Further(newer, [author for author in authors if author.name not in new], misleading, old)


def teach(reader: ReaderNetwork, encoder: Encoder, folder: Path, course: Course | Further, steps: int) -> None:
    """Teach the reader, going on from what `folder` holds of this course."""
    from rag.training.train import Stage, Trainer

    folder.mkdir(parents=True, exist_ok=True)
    Trainer(reader, encoder, folder).run(Stage(course.name, course.epoch, steps, course.rate))


def taught(work: Path, adapter: Path = ADAPTER) -> tuple[ReaderNetwork, Encoder]:
    """A reader as it was taught, the shipped one unless told otherwise: to be measured or taught further."""
    from rag.reader import network

    folder, encoder = _seeded(work)
    return network.load(folder, adapter, later=network.TAUGHT_LATER), encoder


def start(data: Path, sets: Sets, work: Path) -> tuple[ReaderNetwork, Encoder]:
    """The reader before any author's question, with heads for all that is to be taught.

    It is the shipped one as long as that one is such a reader, then the one kept in the work folder, made again from
    the old sets where it is lost.
    """
    from rag.reader import network

    folder, encoder = _seeded(work)
    kept = work / "start.safetensors"
    if not kept.exists() and "evidence" not in network.load(folder, ADAPTER).outputs:
        shutil.copyfile(ADAPTER, kept)
    if not kept.exists():
        _first_stage(data, sets, folder, encoder, kept)
    return network.load(folder, kept, later=network.TAUGHT_LATER), encoder


def write_reader(reader: ReaderNetwork, work: Path, path: Path) -> None:
    """Write what the reader adds to the bundled encoder."""
    from rag.training.train import changed

    base = encoder_weights(work)
    write_adapter(path, base, changed(reader, base))


def encoder_weights(work: Path) -> dict[str, Any]:
    """The bundled encoder's tensors by their names in a reader, float32 arrays; the encoder is unpacked into `work`."""
    from rag.reader import network

    return network.base_of(network.untrained(_encoder(work)))


def _first_stage(data: Path, sets: Sets, folder: Path, encoder: Encoder, kept: Path) -> None:
    """Read the old sets, starting from the prototype's weights."""
    from rag.reader import network
    from rag.training.train import GROUPS_A_STEP, Stage, Trainer, start_from

    earlier = data / _EARLIER
    if not earlier.exists():
        raise UsageError(f"缺少起始权重 {earlier}", f"the weights training starts from are missing: {earlier}")
    reader = network.untrained(folder, later=())
    start_from(reader, earlier)
    groups = training_groups(data, sets)
    stage = Stage("read", lambda _: groups, len(groups) // GROUPS_A_STEP, _RATE)
    Trainer(reader, encoder, kept.parent).run(stage)
    write_reader(reader, kept.parent, kept)


def _seeded(work: Path) -> tuple[Path, Encoder]:
    """(the bundled encoder's folder, what puts texts into its tokens), with chance seeded."""
    import torch
    from tokenizers import Tokenizer

    from rag.training.encode import Encoder

    torch.manual_seed(SEED)
    folder = _encoder(work)
    return folder, Encoder(Tokenizer.from_file(str(folder / "tokenizer.json")))


def _encoder(work: Path) -> Path:
    """The bundled encoder as training libraries read it."""
    from ingest.embedding import bundled

    folder = work / "encoder"
    if not (folder / "config.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        bundled.write_sentence_transformer(folder)
    return folder
