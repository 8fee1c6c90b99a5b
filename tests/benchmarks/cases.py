"""Folders of cases, each with its reports and questions: how many are answered right, and which are not.

usage: cases.py FOLDER|FILE [NAME…] [--together]

A case is a folder with `files/` and `case.json`: `questions` of `question`, `expect` (answered, not_found, any),
`answers` (a list of facts, each a list of forms) and, where it matters, `docs` and `history`. Each case has an index of
its own; `--together` puts all reports into one. A file holds a case a line: `name`, `files` (texts by their names) and
`questions`; `cases.jsonl` beside this module are 140 by two authors who knew nothing of the project.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from config.settings import Settings
from ingest.embedding.embed import Embedder
from ingest.pipeline import ingest
from rag.commands.evaluate import fold
from rag.engine import Engine
from rag.reader.reader import Reader
from rag.records import Answer


def main() -> None:
    """Print a line for each question that isn't answered right, and the count."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("folder", type=Path, metavar="FOLDER|FILE")
    options.add_argument("names", nargs="*")
    options.add_argument("--together", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        _ask(given, _unpacked(given.folder, Path(scratch)) if given.folder.is_file() else given.folder)


def _unpacked(file: Path, folder: Path) -> Path:
    """The cases of a file as a folder holds them."""
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        case = folder / row["name"].replace("/", "-")
        for name, text in row["files"].items():
            path = case / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (case / "case.json").write_text(json.dumps({"questions": row["questions"]}, ensure_ascii=False), "utf-8")
    return folder


def _ask(given: argparse.Namespace, folder: Path) -> None:
    cases = [path.parent for path in sorted(folder.glob("*/case.json"))]
    chosen = [case for case in cases if not given.names or any(case.name.startswith(name) for name in given.names)]
    settings = Settings(models_dir=Path(os.environ.get("WENBAO_MODELS_DIR", ".wenbao/models")))
    embedder = Embedder.open(settings, _say)
    reader = Reader.open(settings, _say)
    right = asked = 0
    for group in [chosen] if given.together else [[case] for case in chosen]:
        with tempfile.TemporaryDirectory() as scratch:
            for said in _asked(group, settings, Path(scratch), embedder, reader):
                asked += 1
                right += said is None
                if said is not None:
                    print(said, flush=True)
    print(f"right {right} of {asked}")


def _asked(
    cases: list[Path], settings: Settings, scratch: Path, embedder: Embedder, reader: Reader | None
) -> Iterator[str | None]:
    """None for each question answered right, else what was said."""
    reports = scratch / "reports"
    for case in cases:
        shutil.copytree(case / "files", reports / case.name if len(cases) > 1 else reports)
    own = settings.model_copy(update={"reports_dir": reports, "data_dir": scratch / "data"})
    summary = ingest(own, [], _Silent(), embedder=embedder)
    for failure in summary.failed:
        print(f"   ({cases[0].name}) {failure.source}: {failure.error}")
    with closing(Engine(own, _say, embedder, reader)) as engine:
        for case in cases:
            for row in json.loads((case / "case.json").read_text(encoding="utf-8"))["questions"]:
                yield _judged(case.name, row, engine)


def _judged(case: str, row: dict[str, Any], engine: Engine) -> str | None:
    from config.errors import UsageError

    try:
        answer = engine.ask(row["question"], row.get("history") or [])
    except UsageError as exc:
        return None if row["expect"] == "any" else f"{case}\t{row['question']}\t{exc}"
    if is_right(row, answer):
        return None
    quoted = " / ".join(citation.quote for citation in answer.citations or answer.nearest[:1])
    said = f"{answer.status} {answer.certainty} {answer.short_answer!r} {answer.answer!r} [{quoted}] {answer.reason}"
    return f"{case}\t{row['question']}\twanted {row['answers'] or row['expect']}\n\t{said}"


def is_right(row: dict[str, Any], answer: Answer) -> bool:
    """Refused where it should be; else every fact in the short answer, where there is one, or else in the answer."""
    if row["expect"] == "any":
        return True
    if row["expect"] == "not_found":
        return answer.status == "not_found"
    if answer.status != "answered":
        return False
    text = fold(answer.answer)
    short = fold(answer.short_answer or answer.answer)
    told = all(any(fold(form) in text for form in fact) for fact in row["answers"])
    headline = any(fold(form) in short for fact in row["answers"] for form in fact)
    docs = row.get("docs")
    return told and headline and (not docs or any(c.source.endswith(tuple(docs)) for c in answer.citations))


class _Silent:
    def notify(self, message: object) -> None:
        pass

    def embedding(self, done: int, total: int) -> None:
        pass


def _say(message: Any) -> None:
    print(message.en, file=sys.stderr)


if __name__ == "__main__":
    main()
