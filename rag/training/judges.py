"""Fit the judge on what the readers of `make reader-cv` say of the authors they weren't taught: `make judge`.

Prints what each feature weighs, how often a probability is right, and the grades, all on authors that neither reader
nor judge were fitted on; then writes the weights of a judge fitted on all authors.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from config.errors import UsageError, WenbaoError
from config.logs import quiet_libraries
from config.settings import Settings
from rag.engine import Engine
from rag.evidence import pointing
from rag.judge.features import FEATURES
from rag.judge.judge import WEIGHTS, Judge
from rag.reader.adapter import ADAPTER
from rag.reader.prepare import prepare
from rag.reader.reader import Reader
from rag.training import fitting, judging
from rag.training import pointing as places
from rag.training.authored import OWN_NAMES, Author, Question, read_authors
from rag.training.everything import NEWS, Silent, all_documents, retrieved
from rag.training.fitting import Outcome
from rag.training.judging import Row, Trial

_ALL = "read,unread,pointing"
_MISLEADING = 0.45  # an author of whose questions nothing answers more than this share wrote them to mislead
_SEED = 1
_OF_THE_READER = ("relevance", "margin", "proof", "alone", "told", "settled", "ahead", "elsewhere", "echoed", "pointed")


def main(
    data: Annotated[Path, typer.Argument(help="the folder with data/")],
    work: Annotated[Path, typer.Option(help="where `make reader-cv` kept its folds")] = Path(".wenbao/reader-training"),
    folds: Annotated[str, typer.Option(help="the way of training whose folds are used, as 800-steps-0.3-old")] = "",
    questions: Annotated[int, typer.Option(help="questions of each author but the project's own; 0 for all")] = 0,
    own: Annotated[int, typer.Option(help="questions of each of the project's own authors; 0 for all")] = 0,
    only: Annotated[str, typer.Option(help="fit only these: read, unread, pointing; with commas between")] = _ALL,
    share: Annotated[float, typer.Option(help="share that is also asked where nothing answers")] = 0.5,
    earning: Annotated[
        bool, typer.Option("--earning", help="leave out features without which authors left out are judged as well")
    ] = False,
    models: Annotated[Path | None, typer.Option(help="prepared models; in the work folder if not said")] = None,
) -> None:
    """Fit and measure the judge, print what it is worth, and write its weights."""
    quiet_libraries()
    try:
        settings = Settings(data_dir=work / "index", models_dir=models or work / "models")
        settings = settings.model_copy(update={"reports_dir": work / "index" / "reports"})
        authors = read_authors(data)
        documents = all_documents(authors, data / NEWS)
        retrieved(documents, [q for a in authors for q in a.questions], settings.models_path, work)  # makes the index
        drawn = [q for author in authors for q in _drawn(author, own if author.name in OWN_NAMES else questions)]
        trials = list(judging.variants(drawn, documents, share))
        held = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        for name in {"read", "unread"} & set(only.split(",")):
            read = name == "read"
            rows = _read(settings, _adapters(work, folds), trials) if read else _unread(settings, work, trials)
            print(f"\n## {name}: {len(rows)} questions of {len(judging.by_author(rows))} authors")
            features = [f for f in FEATURES if read or f not in _OF_THE_READER]
            kept = fitting.earning(rows, features) if earning else fitting.weighing(rows, features)
            held[name] = asdict(_fitted(rows, kept))
        WEIGHTS.write_text(written(held), encoding="utf-8")
        if "pointing" in only:
            pointed = _pointing(settings, _adapters(work, folds), authors)
            pointing.WEIGHTS.write_text(json.dumps(pointed, indent=2) + "\n", encoding="utf-8")
    except WenbaoError as exc:
        typer.echo(exc.text("en"), err=True)
        raise typer.Exit(exc.exit_code) from exc


def written(judges: Mapping[str, Mapping[str, object]]) -> str:
    """The judges as their file holds them: a tree a line."""
    trees = {name: [json.dumps(tree) for tree in judge.get("trees", ())] for name, judge in judges.items()}  # type: ignore[attr-defined]
    text = json.dumps({name: {**judge, "trees": f"@{name}"} for name, judge in judges.items()}, indent=2)
    for name, lines in trees.items():
        text = text.replace(f'"@{name}"', "[" + ",".join(f"\n      {line}" for line in lines) + "]")
    return text + "\n"


def _adapters(work: Path, folds: str) -> list[tuple[Path, list[str]]]:
    """(the folder of a fold with its adapter, the authors left out of it)."""
    found = sorted(work.glob(f"{folds or '*-steps-*'}-without-*/{ADAPTER.name}"))
    if not found:
        raise UsageError(f"{work} 中没有可用的训练折", f"there are no folds in {work}; run `make reader-cv` first")
    return [(path.parent, path.parent.name.partition("without-")[2].split("+")) for path in found]


def _read(settings: Settings, folds: Sequence[tuple[Path, list[str]]], trials: Sequence[Trial]) -> list[Row]:
    """The rows of every author that a reader wasn't taught by, as such a reader saw them."""
    rows, done = [], set[str]()
    for folder, names in folds:
        unseen = [trial for trial in trials if trial.question.document.author in set(names) - done]
        done.update(names)
        reader = Reader(prepare(settings, Silent().notify, folder / ADAPTER.name))
        rows += _rows(settings, reader, unseen, folder / "judging.jsonl")
    return rows


def _unread(settings: Settings, work: Path, trials: Sequence[Trial]) -> list[Row]:
    without = settings.model_copy(update={"reader": False})
    return _rows(without, None, trials, work / "judging-unread.jsonl")


def _pointing(
    settings: Settings, folds: Sequence[tuple[Path, list[str]]], authors: Sequence[Author]
) -> dict[str, float]:
    """What tells the right figure of a sentence from its others; prints what it is worth."""
    rows = []
    engine = Engine(settings.model_copy(update={"reader": False}), Silent().notify)
    try:
        for folder, names in folds:
            reader = Reader(prepare(settings, Silent().notify, folder / ADAPTER.name))
            unseen = [question for author in authors if author.name in names for question in author.questions]
            found = (places.row_of(question, engine.query, reader.read) for question in unseen)
            rows += [row for row in found if row is not None]
    finally:
        engine.close()
    told = places.left_out(rows)
    print(f"\n## pointing: {len(rows)} sentences, right {fitting.share(right for _, right in told):.3f}")
    for least in (0.5, 0.6, 0.7, 0.8, 0.9):
        some = [right for said, right in told if said >= least]
        print(f"  from {least}: {len(some) / len(told):.2f} of them, right {fitting.share(some):.3f}")
    return places.fit(rows)


def _rows(settings: Settings, reader: Reader | None, trials: Sequence[Trial], path: Path) -> list[Row]:
    engine = Engine(settings, Silent().notify, reader=reader)
    try:
        return judging.collect(trials, engine.examine, path)
    finally:
        engine.close()


def _drawn(author: Author, count: int) -> list[Question]:
    questions = list(author.questions)
    random.Random(_SEED).shuffle(questions)
    return questions[: count or None]


def _fitted(rows: Sequence[Row], names: Sequence[str]) -> Judge:
    """The judge of all authors, with thresholds of judges that weren't fitted on whom they judged; prints its worth."""
    outcomes = fitting.left_out(rows, names)
    plain = {author for author, own in judging.by_author(rows).items() if not _misleads(own)}
    sure, likely = fitting.thresholds([outcome for outcome in outcomes if outcome.row.author in plain])
    judge = replace(fitting.fit(rows, names), sure=sure, likely=likely)
    print(f"log loss {fitting.log_loss(outcomes):.4f} · bias {judge.bias} · sure from {sure} · likely from {likely}")
    spread = fitting.spreads(rows, names)
    print("feature: weight and what a spread of it comes to, among a question's sentences and among questions")
    for name, weight in sorted(judge.weights.items(), key=lambda each: -abs(each[1]) * spread[each[0]]):
        rank = judge.ranking[name]
        print(f"  {name:15} {rank:8.3f} {rank * spread[name]:7.3f}   {weight:8.3f} {weight * spread[name]:7.3f}")
    print("probability said / right / questions")
    for said, right, count in fitting.reliability(outcomes):
        print(f"  {said:.2f} / {right:.2f} / {count}")
    for author in judging.by_author(rows):
        print(_line(author, [o for o in outcomes if o.row.author == author], judge))
    print(_line("all", outcomes, judge), flush=True)
    return judge


def _misleads(rows: Sequence[Row]) -> bool:
    """Whether an author's questions were written to mislead: they tell features apart, not how sure one may be."""
    asked = [row for row in rows if row.variant == "asked"]
    return fitting.share(not row.answerable for row in asked) > _MISLEADING


def _line(name: str, outcomes: Sequence[Outcome], judge: Judge) -> str:
    """How a group of questions fared."""
    able = [o for o in outcomes if o.row.answerable]
    unable = [o for o in outcomes if not o.row.answerable]
    sure = [o for o in outcomes if o.probability >= judge.sure]
    best = fitting.share(o.right for o in able)
    return (
        f"{name:4} questions {len(outcomes):4}  best sentence right {best:.3f}  "
        f"sure {len(sure) / len(outcomes):.3f} wrong of them {fitting.share(not o.right for o in sure):.3f}  "
        f"answered {fitting.share(o.probability >= judge.likely for o in able):.3f}  "
        f"unanswerable answered {fitting.share(o.probability >= judge.likely for o in unable):.3f} "
        f"surely {fitting.share(o.probability >= judge.sure for o in unable):.3f}"
    )


if __name__ == "__main__":
    typer.run(main)
