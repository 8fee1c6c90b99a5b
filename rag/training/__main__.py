"""From the shared data to the shipped artifact: `make reader`. Interrupted, it goes on where it was."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from config.errors import Message, WenbaoError
from config.logs import quiet_libraries
from config.settings import Settings
from ingest.embedding.embed import Embedder
from rag.reader.adapter import ADAPTER, CALIBRATION
from rag.reader.prepare import prepare
from rag.reader.reader import Reader
from rag.training import calibrating, course
from rag.training.authored import read_authors
from rag.training.everything import NEWS, all_documents, found, mined
from rag.training.examples import Group
from rag.training.measure import figures
from rag.training.replay import Sets, held_out_groups, read_sets, training_groups
from rag.training.sameness import auc

_MEASURED = 100  # groups the calibration is fitted on and shown by, of sets and of reports each


def main(
    data: Annotated[Path, typer.Argument(help="the folder with data/ and prototypes/")],
    work: Annotated[Path, typer.Option(help="where checkpoints are kept")] = Path(".wenbao/reader-training"),
    seeds: Annotated[Path, typer.Option(help="the reports of the seed questions")] = Path("seeds"),
    limit: Annotated[int, typer.Option(help="questions measured of each set; 0 measures all")] = 0,
    epochs: Annotated[float, typer.Option(help="how often every authored question is read")] = course.EPOCHS,
) -> None:
    """Train the reader, write its artifact, calibrate it, and print a figure for every set."""
    quiet_libraries()
    try:
        sets = read_sets(data)
        work.mkdir(parents=True, exist_ok=True)
        settings = Settings(models_dir=work / "models")
        _train(data, sets, work, settings.models_path, epochs)
        prepared = prepare(settings, _notify)
        _calibrate(Reader(prepared, calibrating.NEUTRAL), held_out_groups(data, sets, _MEASURED))
        for line in figures(Reader(prepared), data, sets, seeds, Embedder.open(settings, _notify), work, limit or None):
            print(line, flush=True)
    except WenbaoError as exc:
        typer.echo(exc.text("en"), err=True)
        raise typer.Exit(exc.exit_code) from exc


def _train(data: Path, sets: Sets, work: Path, models: Path, epochs: float) -> None:
    """All authors beside the old sets, from the reader that knew only these."""
    authors = read_authors(data)
    documents = all_documents(authors, data / NEWS)
    reader, encoder = course.start(data, sets, work)
    hits = found(documents, [question for author in authors for question in author.questions], models, work)
    taught = course.Course(authors, mined(hits, authors), training_groups(data, sets))
    course.teach(reader, encoder, work / "all", taught, taught.steps(epochs))
    course.write_reader(reader, work, ADAPTER)
    _say(f"{ADAPTER}: {ADAPTER.stat().st_size / 1e6:.1f} MB")


def _calibrate(reader: Reader, held_out: Sequence[Group]) -> None:
    """Fit the calibration on half of the held-out groups and show it on the other half."""
    half = len(held_out) // 2
    fitted, shown = calibrating.judged(reader, held_out[:half]), calibrating.judged(reader, held_out[half:])
    calibration = calibrating.calibrate(fitted)
    CALIBRATION.write_text(json.dumps(asdict(calibration), indent=2) + "\n", encoding="utf-8")
    print("relevance said / answered / passages (held out, not fitted on)")
    for said, answered, count in calibrating.reliability(calibration, shown):
        print(f"  {said:.2f} / {answered:.2f} / {count}")
    positive, negative = (
        [calibration.probability(relevance, margin) for relevance, margin, answered in shown if answered == wanted]
        for wanted in (True, False)
    )
    print(f"held-out passages: relevance AUC {auc(positive, negative):.3f}", flush=True)


def _notify(message: Message) -> None:
    _say(message.en)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    typer.run(main)
