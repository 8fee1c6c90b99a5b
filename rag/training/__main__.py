"""From the shared data to the shipped artifact: `make reader`. Interrupted, it goes on where it was."""

from __future__ import annotations

import json
import random
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from config.errors import Message, UsageError, WenbaoError
from config.logs import quiet_libraries
from config.settings import Settings
from ingest.embedding.embed import Embedder
from rag.reader.adapter import CALIBRATION
from rag.reader.prepare import prepare
from rag.reader.reader import Reader
from rag.training import measure
from rag.training.examples import Group, QuestionSet, groups_of, read_set
from rag.training.harder import harder_groups
from rag.training.measure import NEUTRAL, SETS, figures
from rag.training.misleading import more_misleading, report_groups
from rag.training.reports import read_reports

SEED = 1
_ROUNDS = 2  # every question is read so many times, each time with other passages cut around its answer
_PER_REPORT = 40
_RATE = 1e-4
_MEASURED = 100  # groups the calibration is fitted on and shown by, of sets and of reports each


def main(
    data: Annotated[Path, typer.Argument(help="the folder with data/ and prototypes/")],
    work: Annotated[Path, typer.Option(help="where checkpoints are kept")] = Path(".wenbao/reader-training"),
    seeds: Annotated[Path, typer.Option(help="the reports of the seed questions")] = Path("seeds"),
    limit: Annotated[int, typer.Option(help="questions measured of each set; 0 measures all")] = 0,
) -> None:
    """Train the reader, write its artifact, calibrate it, and print a figure for every set."""
    quiet_libraries()
    try:
        sets = {name: read_set(data / "data" / name) for name in SETS}
        work.mkdir(parents=True, exist_ok=True)
        _train(data, sets, work)
        settings = Settings(models_dir=work / "models")
        prepared = prepare(settings, _notify)
        _calibrate(Reader(prepared, NEUTRAL), held_out_groups(data, sets, _MEASURED))
        for line in figures(Reader(prepared), data, sets, seeds, Embedder.open(settings, _notify), work, limit or None):
            print(line, flush=True)
    except WenbaoError as exc:
        typer.echo(exc.text("en"), err=True)
        raise typer.Exit(exc.exit_code) from exc


def training_groups(data: Path, sets: dict[str, QuestionSet]) -> list[Group]:
    """What is trained on; held-out folds and provincial question files aren't in it."""
    folds = [sets[name].fold(held_out=False) for name in SETS]
    texts = read_reports(data / "data")
    groups: list[Group] = []
    for turn in range(_ROUNDS):
        rng = random.Random(f"{SEED}/{turn}")
        asked = [more_misleading(group, rng) for fold in folds for group in groups_of(fold, rng)]
        reports = list(report_groups(texts, rng, _PER_REPORT))
        groups += [*asked, *reports, *harder_groups(asked, reports, folds, rng)]
    random.Random(SEED).shuffle(groups)
    return groups


def _train(data: Path, sets: dict[str, QuestionSet], work: Path) -> None:
    import torch
    from tokenizers import Tokenizer

    from ingest.embedding import bundled
    from rag.reader import network
    from rag.reader.adapter import ADAPTER, write_adapter
    from rag.training.encode import Encoder
    from rag.training.train import GROUPS_A_STEP, Stage, Trainer, changed, start_from

    folder = work / "encoder"
    if not (folder / "config.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        bundled.write_sentence_transformer(folder)
    start = data / "prototypes" / "reader" / "reader-fp16.safetensors"
    if not start.exists():
        raise UsageError(f"缺少起始权重 {start}", f"the weights training starts from are missing: {start}")
    torch.manual_seed(SEED)
    reader = network.untrained(folder)
    base = {name: value.clone().numpy() for name, value in reader.state_dict().items() if name.startswith("encoder.")}
    start_from(reader, start)
    trainer = Trainer(reader, Encoder(Tokenizer.from_file(str(folder / "tokenizer.json"))), work)
    groups = training_groups(data, sets)
    trainer.run(Stage("read", groups, len(groups) // GROUPS_A_STEP, _RATE))
    write_adapter(ADAPTER, base, changed(reader, base))
    _say(f"{ADAPTER}: {ADAPTER.stat().st_size / 1e6:.1f} MB")


def held_out_groups(data: Path, sets: dict[str, QuestionSet], each: int) -> list[Group]:
    """Groups of held-out articles and of provincial reports that weren't trained on, at most `each` of both."""
    rng = random.Random(SEED)
    asked = [more_misleading(group, rng) for name in SETS for group in groups_of(sets[name].fold(held_out=True), rng)]
    reports = list(report_groups(read_reports(data / "data", held_out=True), rng, _PER_REPORT))
    chosen = rng.sample(asked, min(each, len(asked))) + rng.sample(reports, min(each, len(reports)))
    rng.shuffle(chosen)
    return chosen


def _calibrate(reader: Reader, held_out: list[Group]) -> None:
    """Fit the calibration on half of the held-out groups and show it on the other half."""
    half = len(held_out) // 2
    fitted, shown = measure.judged(reader, held_out[:half]), measure.judged(reader, held_out[half:])
    calibration = measure.calibrate(fitted)
    CALIBRATION.write_text(json.dumps(asdict(calibration), indent=2) + "\n", encoding="utf-8")
    print("relevance said / answered / passages (held out, not fitted on)")
    for said, answered, count in measure.reliability(calibration, shown):
        print(f"  {said:.2f} / {answered:.2f} / {count}")
    positive, negative = (
        [calibration.probability(relevance, margin) for relevance, margin, answered in shown if answered == wanted]
        for wanted in (True, False)
    )
    print(f"held-out passages: relevance AUC {measure.auc(positive, negative):.3f}", flush=True)


def _notify(message: Message) -> None:
    _say(message.en)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    typer.run(main)
