"""`wenbao eval` over every development set: each set's reports in an index of their own, then its questions.

usage: answers.py DATA_FOLDER
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from config.settings import Settings
from ingest.console import Progress
from ingest.pipeline import ingest
from rag.commands.evaluate import as_text, measure, read_gold
from rag.engine import Engine

HELD_OUT = Path(__file__).with_name("held_out")


def main(data: Path) -> None:
    """Print a table for every set found."""
    seeds = Path(__file__).resolve().parents[2] / "seeds"
    news = data / "association-news"
    found = sorted(data.glob("*/questions.jsonl"))
    sets = [
        ("seeds", seeds, data / "seeds-dev.jsonl"),
        ("news, questions that nothing was ever fitted on or changed for", news, HELD_OUT / "news.jsonl"),
        *((path.parent.name, path.parent, path) for path in found),
    ]
    for name, folder, questions in sets:
        if not questions.is_file():
            print(f"{name}: no {questions}", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as scratch:
            print(f"\n{name}\n{_measured(folder, questions, Path(scratch))}", flush=True)


def _measured(folder: Path, questions: Path, scratch: Path) -> str:
    reports = folder / "reports" if (folder / "reports").is_dir() else folder
    if (folder / "docs.jsonl").is_file():
        reports = scratch / "reports"
        reports.mkdir()
        for line in (folder / "docs.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            (reports / f"{row['id']}.txt").write_text(row["text"], encoding="utf-8")
    models = Path(os.environ.get("WENBAO_MODELS_DIR", ".wenbao/models"))
    settings = Settings(reports_dir=reports, data_dir=scratch / "data", models_dir=models)
    watcher = Progress(settings)
    ingest(settings, [], watcher)
    engine = Engine(settings, watcher.notify)
    try:
        return as_text(measure(read_gold(questions), engine.ask))
    finally:
        engine.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "data")
