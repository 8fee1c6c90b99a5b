"""What the reader is worth to people it didn't learn from: `make reader-cv`. Leaves authors out in turn.

Each fold is taught all other authors, without any report that a left-out author used too, from a start that has seen
no author at all. Training and measuring go on where they were. A reader that is there already is measured with
`--adapter FILE` on the authors named in `--folds`, by which it must not have been taught; with `--further STEPS` it is
taught first, by the project's own authors that a fold doesn't leave out, beside what it knows. The figures are printed
as a table, and kept as JSON lines in the work folder, in a file of each way of training; beside each fold's figures
stands its adapter, which the judge is fitted on (rag.training.judges).
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from config.errors import UsageError, WenbaoError
from config.logs import quiet_libraries
from config.settings import Settings
from ingest.durable import digest
from rag.reader.adapter import ADAPTER
from rag.reader.prepare import open_graph, prepare
from rag.training import course, worth
from rag.training.authored import MEASURING, OWN_NAMES, Author, Document, Question, apart, read_authors
from rag.training.everything import NEWS, Hits, Silent, all_documents, mined, retrieved
from rag.training.examples import Group
from rag.training.judged import Read, Row, judge, kept_rows, reading, served, to_read, write_row
from rag.training.replay import Sets, read_sets, training_groups
from rag.training.taught import passages

_SEED = 1
_OWN = "+".join(sorted(OWN_NAMES - MEASURING))
_CHUNK = 280  # characters, as the product cuts unless told otherwise


def main(
    data: Annotated[Path, typer.Argument(help="the folder with data/ and prototypes/")],
    work: Annotated[Path, typer.Option(help="where checkpoints are kept")] = Path(".wenbao/reader-training"),
    together: Annotated[int, typer.Option(help="authors left out in one fold")] = 2,
    folds: Annotated[str, typer.Option(help="only these folds, as a7+a10,a1+a2")] = "",
    steps: Annotated[int, typer.Option(help="steps of training a fold; 0 for three epochs")] = 0,
    questions: Annotated[int, typer.Option(help="questions measured of each author; 0 measures all")] = 0,
    share: Annotated[float, typer.Option(min=0, max=0.9, help="share of the old sets in training")] = course.OLD,
    untaught: Annotated[
        bool, typer.Option("--untaught", help="measure what training starts from, and train nothing")
    ] = False,
    adapter: Annotated[
        Path | None, typer.Option(help="measure the reader of this adapter, and train nothing; needs --folds")
    ] = None,
    further: Annotated[int, typer.Option(min=0, help="with --adapter: teach it so many steps further first")] = 0,
    new: Annotated[str, typer.Option(help="with --further: the authors it doesn't know yet, as c2+c4")] = _OWN,
    served: Annotated[bool, typer.Option("--served", help="with --adapter: as the 8-bit graph that is served")] = False,
    models: Annotated[Path | None, typer.Option(help="prepared models; in the work folder if not said")] = None,
) -> None:
    """Train and measure every fold, then print a table of the authors left out and their mean."""
    quiet_libraries()
    try:
        work.mkdir(parents=True, exist_ok=True)
        if adapter and not folds:
            raise UsageError("请用 --folds 指明要测量的作者", "name the authors to measure it on with --folds")
        models = models or work / "models"
        held = _material(data, work, models, untaught=untaught or (adapter is not None and not further))
        plan = _Plan(None if untaught else steps, questions, share, adapter, models if served else None, further, new)
        rows: list[Row] = []
        for names in folds_of([author.name for author in held.authors], together, folds):
            rows += _fold(plan, held, names)
            _show(rows, work / f"figures-{plan.name}.jsonl")
    except WenbaoError as exc:
        typer.echo(exc.text("en"), err=True)
        raise typer.Exit(exc.exit_code) from exc


def folds_of(names: Sequence[str], together: int, only: str = "") -> list[tuple[str, ...]]:
    """The authors of each fold. Neighbours wrote alike, so a fold takes its authors from apart."""
    if only:
        return [tuple(fold.split("+")) for fold in only.split(",")]
    count = -(-len(names) // together)
    return [tuple(names[i::count]) for i in range(count)]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What every fold does: its steps (0: three epochs, None: untaught), questions an author, share of old sets; or the
    adapter that is measured, where the 8-bit graph is made of it, and the steps that it is taught further before."""

    steps: int | None
    questions: int
    share: float
    adapter: Path | None = None
    models: Path | None = None
    further: int = 0
    new: str = ""

    @property
    def name(self) -> str:
        if self.adapter is not None and self.further:
            return f"further-{self.further}-steps-{digest(self.adapter)[:8]}"
        if self.adapter is not None:
            return f"{self.adapter.stem}-{digest(self.adapter)[:8]}-{'served' if self.models else 'exact'}"
        return "untaught" if self.steps is None else f"{self.steps}-steps-{self.share}-old"

    def folder(self, names: Sequence[str]) -> str:
        """Where a fold's training and reading are kept."""
        return f"{self.name}-without-{'+'.join(names)}"


@dataclass(frozen=True, slots=True)
class _Material:
    """What every fold draws from."""

    data: Path
    work: Path
    sets: Sets
    authors: Sequence[Author]
    documents: Sequence[Document]
    hits: Hits
    old: Sequence[Group]


def _material(data: Path, work: Path, models: Path, *, untaught: bool) -> _Material:
    authors, sets = read_authors(data), read_sets(data)
    documents = all_documents(authors, data / NEWS)
    hits = retrieved(documents, [question for author in authors for question in author.questions], models, work)
    return _Material(data, work, sets, authors, documents, hits, [] if untaught else training_groups(data, sets))


def _fold(plan: _Plan, held: _Material, names: tuple[str, ...]) -> list[Row]:
    """Teach the others, then read for those left out."""
    taught, unseen = apart(held.authors, {*names, *MEASURING})
    unseen = [author for author in unseen if author.name in names]
    folder = held.work / plan.folder(names)
    folder.mkdir(exist_ok=True)
    wanted = [question for author in unseen for question in _some(author, plan.questions)]
    if plan.adapter is not None and not plan.further:
        return _read(held, wanted, _reads(plan.adapter, held.work, plan.models), folder / "rows.jsonl")
    if plan.adapter is not None:
        reader, encoder = course.taught(held.work, plan.adapter)
        lessons: course.Further | course.Course = course.further(
            taught, plan.new.split("+"), mined(held.hits, taught), held.old
        )
        course.teach(reader, encoder, folder, lessons, plan.further)
    else:
        reader, encoder = course.start(held.data, held.sets, held.work)
        if plan.steps is None:
            return _read(held, wanted, reading(reader, encoder), folder / "rows.jsonl")
        lessons = course.Course(taught, mined(held.hits, taught), held.old, plan.share)
        course.teach(reader, encoder, folder, lessons, plan.steps or lessons.steps())
    course.write_reader(reader, held.work, folder / ADAPTER.name)
    return _read(held, wanted, reading(reader, encoder), folder / "rows.jsonl")


def _reads(adapter: Path, work: Path, models: Path | None) -> Read:
    """What reads with an adapter: in full precision, or as the graph made of it among the `models`."""
    if models is None:
        return reading(*course.taught(work, adapter))
    prepared = prepare(Settings(models_dir=models), Silent().notify, adapter)
    return served(open_graph(prepared))


def _read(held: _Material, wanted: Sequence[Question], read: Read, path: Path) -> list[Row]:
    """A row for each question, from the file where it is there already."""
    documents = {document.source: document for document in held.documents}
    kept = kept_rows(path)
    for done, question in enumerate(wanted):
        if question.id not in kept:
            cut = passages(question.document, _CHUNK)
            kept[question.id] = judge(question, to_read(question, held.hits[question.id], documents, cut), read)
            write_row(kept[question.id], path)
        if done % 50 == 0:
            print(f"{path.parent.name}: read for {done} of {len(wanted)} questions", file=sys.stderr, flush=True)
    return [kept[question.id] for question in wanted]


def _some(author: Author, count: int) -> Sequence[Question]:
    """All of an author's questions, or so many of them; fewer are always among more."""
    drawn = list(author.questions)
    random.Random(_SEED).shuffle(drawn)
    return drawn[: count or None]


def _show(rows: Sequence[Row], path: Path) -> None:
    """Print the table of the authors measured so far, and keep their figures."""
    names = list(dict.fromkeys(row.author for row in rows))
    by_author = [(name, worth.figures([row for row in rows if row.author == name])) for name in names]
    lines = [json.dumps({"left out": name, **each}, ensure_ascii=False) for name, each in by_author]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(worth.table(by_author), flush=True)


if __name__ == "__main__":
    typer.run(main)
