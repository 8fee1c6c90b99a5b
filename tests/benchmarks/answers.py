"""`wenbao eval` over every development set: each set's reports in an index of their own, then its questions.

usage: answers.py DATA_FOLDER
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from config.settings import Settings
from ingest.console import Progress
from ingest.pipeline import ingest
from rag.commands.evaluate import as_text, measure, read_gold
from rag.engine import Engine

HELD_OUT = Path(__file__).with_name("held_out")
LOOKED_AT = Path(__file__).with_name("looked_at")


def main(data: Path) -> None:
    """Print a table for every set found."""
    seeds = Path(__file__).resolve().parents[2] / "seeds"
    news = data / "association-news"
    governments = [data / "provincial-reports-2025", data / "national-reports"]
    sets = [
        ("seeds", [seeds], data / "seeds-dev.jsonl"),
        *((f"held out: {path.stem}", [news], path) for path in sorted(HELD_OUT.glob("*.jsonl"))),
        *(
            (f"held out: {path.parent.name}", [path.parent], path)
            for path in sorted(HELD_OUT.glob("*/questions.jsonl"))
        ),
        *((f"looked at: {path.stem}", [news], path) for path in sorted(LOOKED_AT.glob("news*.jsonl"))),
        ("looked at: governments", governments, LOOKED_AT / "governments.jsonl"),
        *((f"looked at: {path.parent.name}", [path.parent], path) for path in LOOKED_AT.glob("*/questions.jsonl")),
        ("as staff ask, of news and seeds", [news, seeds], news / "staff-dev.jsonl"),
        *((path.parent.name, [path.parent], path) for path in sorted(data.glob("*/questions.jsonl"))),
    ]
    for name, folders, questions in sets:
        if not questions.is_file():
            print(f"{name}: no {questions}", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as scratch:
            print(f"\n{name}\n{_measured(folders, questions, Path(scratch))}", flush=True)


def _measured(folders: Sequence[Path], questions: Path, scratch: Path) -> str:
    reports = scratch / "reports"
    for folder in folders:
        _deliver(folder, reports)
    models = Path(os.environ.get("WENBAO_MODELS_DIR", ".wenbao/models"))
    settings = Settings(reports_dir=reports, data_dir=scratch / "data", models_dir=models)
    watcher = Progress(settings)
    ingest(settings, [], watcher)
    engine = Engine(settings, watcher.notify)
    try:
        return as_text(measure(read_gold(questions), engine.ask))
    finally:
        engine.close()


def _deliver(folder: Path, reports: Path) -> None:
    """Put the reports of a set beside each other: files, in a folder of their own or not, or rows of docs.jsonl."""
    if not (folder / "docs.jsonl").is_file():
        shutil.copytree(folder / "reports" if (folder / "reports").is_dir() else folder, reports, dirs_exist_ok=True)
        return
    reports.mkdir(exist_ok=True)
    for line in (folder / "docs.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        (reports / f"{row['id']}.txt").write_text(row["text"], encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "data")
