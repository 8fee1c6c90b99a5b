"""From the shared data to the shipped adapter: `make reader`. Interrupted, it goes on where it was.

Data that came later is taught on top of what is shipped: `make reader ARGS='--further 600 --new c13+c14'`.

What the reader is worth `make reader-cv` measures, on authors left out; the judge is fitted by `make judge`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from config.errors import WenbaoError
from config.logs import quiet_libraries
from rag.reader.adapter import ADAPTER
from rag.training import course
from rag.training.authored import MEASURING, OWN_NAMES, read_authors
from rag.training.everything import NEWS, all_documents, mined, retrieved
from rag.training.replay import read_sets, training_groups

_OWN = "+".join(sorted(OWN_NAMES - MEASURING))


def main(
    data: Annotated[Path, typer.Argument(help="the folder with data/ and prototypes/")],
    work: Annotated[Path, typer.Option(help="where checkpoints are kept")] = Path(".wenbao/reader-training"),
    epochs: Annotated[float, typer.Option(help="how often every authored question is read")] = course.EPOCHS,
    further: Annotated[
        int, typer.Option(min=0, help="steps that the shipped reader is taught further, instead of anew")
    ] = 0,
    new: Annotated[str, typer.Option(help="with --further: the authors it doesn't know yet, as c2+c4")] = _OWN,
    models: Annotated[Path | None, typer.Option(help="prepared models; in the work folder if not said")] = None,
) -> None:
    """Train the reader on all authors beside the old sets, from one that knew only these, and write its adapter."""
    quiet_libraries()
    try:
        work.mkdir(parents=True, exist_ok=True)
        sets = read_sets(data)
        authors = [author for author in read_authors(data) if author.name not in MEASURING]
        documents = all_documents(authors, data / NEWS)
        questions = [question for author in authors for question in author.questions]
        hits = retrieved(documents, questions, models or work / "models", work)
        misleading, old = mined(hits, authors), training_groups(data, sets)
        if further:
            reader, encoder = course.taught(work)
            lessons = course.further(authors, new.split("+"), misleading, old)
            course.teach(reader, encoder, work / "further", lessons, further)
        else:
            reader, encoder = course.start(data, sets, work)
            every = course.Course(authors, misleading, old)
            course.teach(reader, encoder, work / "all", every, every.steps(epochs))
        course.write_reader(reader, work, ADAPTER)
        print(f"{ADAPTER}: {ADAPTER.stat().st_size / 1e6:.1f} MB", file=sys.stderr, flush=True)
    except WenbaoError as exc:
        typer.echo(exc.text("en"), err=True)
        raise typer.Exit(exc.exit_code) from exc


if __name__ == "__main__":
    typer.run(main)
