"""How well and how fast the shipped reader reads; nothing is asserted here.

usage: python tests/benchmarks/reading.py FOLDER [N]   (the folder with data/; N questions of each set, or all)
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from config.errors import WenbaoError
from config.settings import load_settings
from ingest.embedding.embed import Embedder
from rag.reader.prepare import prepare
from rag.reader.reader import Reader, ToRead
from rag.training.examples import QuestionSet, read_set
from rag.training.measure import SETS, figures

_TIMED = 20
_PASSAGES = 12


def main(data: Path, limit: int | None) -> None:
    settings = load_settings()
    reader = Reader(prepare(settings, lambda message: print(message.en, file=sys.stderr)))
    sets = {name: read_set(data / "data" / name) for name in SETS}
    print(cost(reader, sets["cmrc2018-trial"]), flush=True)
    embedder = Embedder.open(settings, lambda message: print(message.en, file=sys.stderr))
    work = settings.models_path
    for line in figures(reader, data, sets, Path(__file__).parents[2] / "seeds", embedder, work, limit):
        print(line, flush=True)


def cost(reader: Reader, questions: QuestionSet) -> str:
    """Milliseconds for a question and a dozen chunks, within the default budget and nothing settled early."""
    passages = [ToRead(document.text[:280], document.title) for document in questions.documents]
    took = []
    for i, asked in enumerate(questions.questions[: _TIMED + 1]):
        started = time.perf_counter(), time.process_time()
        reader.read(asked.question, passages[i : i + _PASSAGES], settled=2.0)
        took.append((time.perf_counter() - started[0], time.process_time() - started[1]))
    wall, cpu = (statistics.median(times) * 1000 for times in zip(*took[1:], strict=True))
    return f"a question, {_PASSAGES} chunks of 280 characters: {wall:.0f} ms, {cpu:.0f} ms of processor time"


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else None)
    except WenbaoError as exc:
        sys.exit(exc.text("en"))
