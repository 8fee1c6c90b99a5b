"""What a reader says of the passages that the search finds for a question, beside what is true of them.

Everything the figures need, kept as one JSON line a question, so that a measuring that was interrupted goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.reader.graph import Graph, Logits, logits_of
from rag.reader.reader import headed, likeliest, margin_of
from rag.training.authored import Document, Question
from rag.training.encode import Encoder
from rag.training.everything import Hit
from rag.training.examples import Example, sentences
from rag.training.taught import Passage, proving, unproved

if TYPE_CHECKING:
    from rag.reader.network import ReaderNetwork

READ = 10  # passages read for a question
Read = Callable[[Sequence[Example]], Sequence[Logits]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage: the mean log odds of its tokens being evidence; the places of the question's evidence
    sentences that it is one of; whether it holds every fact; whether the passage's best span stands in it."""

    evidence: float
    proves: tuple[int, ...]
    facts: bool
    best: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A passage as read: `score` is the search's, None for one it didn't find. `said` is its best span's text.

    `proves`: it holds the answer, be it of another report that says the same. `near`: it holds the near-miss. `own`: it
    is of the question's own report. `span` is the right answer's text where it is one run of characters.
    """

    score: float | None
    relevance: float
    margin: float
    polarity: float
    said: str
    span: str
    proves: bool
    near: bool
    own: bool
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A question and what was read for it; `wanted` is how many sentences prove its answer."""

    id: str
    author: str
    kind: str
    wanted: int
    facts: int
    yes: bool | None
    passages: tuple[Judged, ...]


def judge(question: Question, found: Sequence[tuple[Passage, float | None]], read: Read) -> Row:
    """Read the passages for the question, and hold what is said against what is true."""
    examples = [proving(question, passage) or unproved(question, passage) for passage, _ in found]
    text = question.document.report.text
    proofs = [text[start:end].strip() for start, end in question.evidence]
    passages = tuple(
        _judged(question, passage, score, example, logits, proofs)
        for (passage, score), example, logits in zip(found, examples, read(examples), strict=True)
    )
    return Row(
        question.id,
        question.document.author,
        question.kind,
        len(question.evidence),
        len(question.facts),
        question.yes,
        passages,
    )


def to_read(
    question: Question, hits: Sequence[Hit], documents: Mapping[str, Document], cut: Sequence[Passage]
) -> list[tuple[Passage, float | None]]:
    """The passages that were found, then those of its own report that prove or nearly answer and weren't."""
    found: list[tuple[Passage, float | None]] = [
        (Passage(documents[hit.source], hit.start, hit.end, hit.section), hit.score) for hit in hits[:READ]
    ]
    known = {(passage.document.source, passage.start) for passage, _ in found}
    unfound = [passage for passage in cut if (passage.document.source, passage.start) not in known]
    telling = [passage for passage in unfound if proving(question, passage) or _is_near(question, passage)]
    return found + [(passage, None) for passage in telling]


def reading(reader: ReaderNetwork, encoder: Encoder) -> Read:
    """Reads examples with the network as it was trained, all of a question's in one batch."""
    import torch

    from rag.training.encode import collate
    from rag.training.train import multiplies_bfloat16

    device = next(reader.eval().parameters()).device
    half = device.type == "cuda" or multiplies_bfloat16()

    def read(examples: Sequence[Example]) -> list[Logits]:
        encoded = [encoder.encode(example) for example in examples]
        batch = collate([[each] for each in encoded], device)
        with torch.no_grad(), torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
            values = reader(batch.ids, batch.mask)
        said = {name: value.float().cpu().numpy() for name, value in zip(reader.outputs, values, strict=True)}
        return [
            logits_of(
                {name: value[i] for name, value in said.items()},
                [each.offset + j for j, (a, b) in enumerate(each.spans) if b > a],
                [(a, b) for a, b in each.spans if b > a],
            )
            for i, each in enumerate(encoded)
        ]

    return read


def served(graph: Graph) -> Read:
    """Reads examples with the 8-bit graph, as the product does."""

    def read(examples: Sequence[Example]) -> list[Logits]:
        heads = [headed(example.title, example.section, example.date) for example in examples]
        texts = [head + example.passage for head, example in zip(heads, examples, strict=True)]
        return [
            _behind(logits, len(head))
            for head, logits in zip(heads, graph.read(examples[0].question, texts) if examples else (), strict=True)
        ]

    return read


def _behind(logits: Logits, head: int) -> Logits:
    """The logits of what stands behind so many characters, counted from there."""
    kept = [j for j, (start, end) in enumerate(logits.spans) if end > start >= head]
    return replace(
        logits,
        start=logits.start[kept],
        end=logits.end[kept],
        spans=tuple((logits.spans[j][0] - head, logits.spans[j][1] - head) for j in kept),
        evidence=logits.evidence[kept] if logits.evidence is not None else None,
    )


def kept_rows(path: Path) -> dict[str, Row]:
    """The rows that are written already, by question."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {row.id: row for row in map(_row, lines)}


def write_row(row: Row, path: Path) -> None:
    """Add a row to the file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def _row(line: str) -> Row:
    row: dict[str, Any] = json.loads(line)
    passages = tuple(
        Judged(**{**passage, "sentences": tuple(_sentence(each) for each in passage["sentences"])})
        for passage in row["passages"]
    )
    return Row(**{**row, "passages": passages})


def _sentence(row: dict[str, Any]) -> Sentence:
    return Sentence(**{**row, "proves": tuple(row["proves"])})


def _is_near(question: Question, passage: Passage) -> bool:
    same = passage.document is question.document
    return same and question.near is not None and passage.start <= question.near[0] < passage.end


def _judged(
    question: Question,
    passage: Passage,
    score: float | None,
    example: Example,
    logits: Logits,
    proofs: Sequence[str],
) -> Judged:
    best, spans = likeliest(logits, 0, 0)
    first = spans[0] if spans else None
    own = passage.document is question.document
    said = tuple(_sentences(question, passage.text, logits, proofs, first.start if first else -1))
    return Judged(
        score=score,
        relevance=logits.relevance,
        margin=margin_of(logits, best),
        polarity=logits.polarity or 0.0,
        said=passage.text[first.start : first.end] if first else "",
        span=example.answer,
        proves=example.answered or (not own and any(sentence.proves for sentence in said)),
        near=_is_near(question, passage),
        own=own,
        sentences=said,
    )


def _sentences(question: Question, text: str, logits: Logits, proofs: Sequence[str], best: int) -> Iterator[Sentence]:
    for start, end in sentences(text):
        own = text[start:end].strip()
        if not own:
            continue
        inside = [j for j, (a, b) in enumerate(logits.spans) if a < end and b > start]
        known = logits.evidence is not None and inside
        yield Sentence(
            evidence=float(logits.evidence[inside].mean()) if known and logits.evidence is not None else 0.0,
            proves=tuple(i for i, proof in enumerate(proofs) if _one_in_the_other(own, proof, question.facts)),
            facts=bool(question.facts) and all(any(form in own for form in forms) for forms in question.facts),
            best=start <= best < end,
        )


def _one_in_the_other(sentence: str, proof: str, facts: Sequence[Sequence[str]]) -> bool:
    """A long sentence may be cut where a chunk ends, and an author's sentence may be more than one of ours: of those
    the one that holds a fact proves it, or where none is told the most of it."""
    telling = any(form in sentence for forms in facts for form in forms) if facts else 2 * len(sentence) > len(proof)
    return proof in sentence or (sentence in proof and telling)
