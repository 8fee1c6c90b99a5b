"""Kills and faults without end: `make sweep` prints what went wrong of how many, and nothing is asserted here.

usage: sweep.py PART… [--times N] [--seed N] [--log FILE]

PART is `ingest` (kills of `wenbao ingest` at random moments), `ask` (kills of what asks) or `faults` (each fault once,
tests/benchmarks/faults.py). Real processes, over small reports in folders of their own. Each round is drawn from the
seed, the part and its number alone, so one can be had again; with --log rounds that stand in the file aren't repeated,
so that a sweep can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import faults  # noqa: E402  # found beside this file
import signals  # noqa: E402
from programs import STARTING, Workplace, ended_well, leftovers, run  # noqa: E402

from config.errors import WenbaoError  # noqa: E402  # found through the path above
from config.settings import Settings  # noqa: E402
from ingest.embedding.embed import Embedder  # noqa: E402
from ingest.index.generations import generations, root_of  # noqa: E402
from ingest.index.published import Index  # noqa: E402
from ingest.pipeline import ingest  # noqa: E402
from rag.engine import Engine  # noqa: E402
from rag.reader.prepare import prepare as prepare_reader  # noqa: E402
from rag.reader.reader import Reader  # noqa: E402

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
DOCTOR_EVERY = 20  # rounds; it looks at everything and takes its time
ASKED_EVERY = 4  # rounds in which a process of its own asks as well
INGESTED_EVERY = 8  # rounds in which the next ingest is a process of its own as well
QUESTION = "第{0}区科协举办讲座多少场?"
TEXT = "第{0}区科协工作总结\n第{0}区科协举办讲座{1}场。\n"
TIMES = {"ingest": 300, "ask": 100}

Round = tuple[str, Callable[[], Iterator[str]]]


class Office:
    """A folder of small reports with its index, which every round changes a little."""

    def __init__(self, place: Workplace, embedder: Embedder, reader: Reader | None) -> None:
        self.place, self.embedder, self.reader = place, embedder, reader
        self.settings = Settings(reports_dir=place.reports, data_dir=place.data, models_dir=place.models)
        self.published = self.told = {n: n + 10 for n in range(12)}
        self.write(self.told)
        self.catch_up()

    def write(self, told: dict[int, int]) -> None:
        """The reports that tell these figures."""
        for path in self.place.reports.iterdir():
            path.unlink()
        for n, figure in told.items():
            (self.place.reports / f"{n}.txt").write_text(TEXT.format(n, figure), encoding="utf-8")
        self.told = told

    def change(self, draw: random.Random) -> None:
        """Some reports are new, some changed, some gone."""
        told = dict(self.told)
        for _ in range(draw.randint(1, 12)):
            told[draw.randrange(40)] = draw.randrange(10, 990)
        for n in draw.sample(sorted(told), min(len(told) - 4, draw.randint(0, 4))):
            del told[n]
        self.write(told)

    def catch_up(self) -> None:
        """An ingest to its end, in this process."""
        ingest(self.settings, [], _Silent(), embedder=self.embedder)
        self.published = self.told

    def wrong(self) -> Iterator[str]:
        """What is wrong with the published index: it must be what it was before or what it was to become."""
        try:
            with closing(Index.open(self.settings)) as index:
                found = {
                    int(entry.source[:-4]): int(index.report(entry.source).text.split("讲座")[1].split("场")[0])
                    for entry in index.reports()
                }
            if found not in (self.published, self.told):
                yield f"an index of neither state: {found}"
            with closing(Engine(self.settings, _quiet, self.embedder, self.reader)) as engine:
                n = min(found)
                answer = engine.ask(QUESTION.format(n))
                if f"{found[n]}场" not in answer.answer:
                    yield f"asked {QUESTION.format(n)}: {answer.answer or answer.reason}"
        except WenbaoError as exc:
            yield f"the index: {exc}"


class _Silent:
    def notify(self, message: object) -> None:
        pass

    def embedding(self, done: int, total: int) -> None:
        pass


def _quiet(_: object) -> None:
    pass


def kill_ingest(office: Office, draw: random.Random, number: int) -> Iterator[str]:
    """One kill of an ingest: the index answers, the next ingest finishes, and little is left behind."""
    ended = None
    while ended is None or ended.signalled is None:  # one that came to its end before the signal is no kill
        office.catch_up()
        office.change(draw)
        after = draw.random() * office.place.limit("ingest")
        ended = run(office.place, ["ingest"], signal_after=(draw.choice(SIGNALS), after))
        office.place.took("ingest", ended)
        yield from ended_well(ended, (0,))
    yield from leftovers(office.place)
    yield from office.wrong()
    left = generations(root_of(office.settings))
    if len(left) > 3:
        yield f"{len(left)} generations right after"
    if number % ASKED_EVERY == 0:
        n = min(office.published.keys() & office.told.keys())
        yield from ended_well(run(office.place, ["ask", QUESTION.format(n), "--json"]), (0,))
    if number % DOCTOR_EVERY == 0:
        looked = run(office.place, ["doctor"])
        yield from ended_well(looked, (0,))
    if number % INGESTED_EVERY == 0:
        yield from ended_well(run(office.place, ["ingest"]), (0,))
    office.catch_up()
    yield from office.wrong()
    if len(left := generations(root_of(office.settings))) > 2:
        yield f"{len(left)} generations after the next ingest"
    yield from leftovers(office.place, 0)


def kill_ask(office: Office, draw: random.Random, number: int) -> Iterator[str]:
    """One kill of what asks: the index stays as it was, byte for byte, and answers."""
    n = draw.choice(sorted(office.told))
    words, typed = draw.choice(
        (
            (["ask", QUESTION.format(n)], ""),
            (["search", QUESTION.format(n)], ""),
            (["chat"], f"{QUESTION.format(n)}\n" * 3),
            (["ask", "--batch", "-"], f'{{"id":1,"question":"{QUESTION.format(n)}"}}\n' * 20),
            (["sources"], ""),
            (["status"], ""),
        )
    )
    before = _bytes(office.place.data)
    ended = None
    while ended is None or ended.signalled is None:
        after = draw.random() * office.place.limit(words[0])
        ended = run(office.place, words, typed=typed, signal_after=(draw.choice(SIGNALS), after))
        office.place.took(words[0], ended)
        yield from ended_well(ended, (0,))
    yield from leftovers(office.place)
    if _bytes(office.place.data) != before:
        yield "files of the index changed"
    yield from office.wrong()
    if number % ASKED_EVERY == 0:
        asked = run(office.place, ["ask", QUESTION.format(n), "--json"])
        yield from ended_well(asked, (0,))
        if f"{office.told[n]}场" not in asked.stdout:
            yield f"answered {asked.stdout[:200]}"
    if number % DOCTOR_EVERY == 0:
        yield from ended_well(run(office.place, ["doctor"]), (0,))
    yield from leftovers(office.place, 0)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def main() -> None:
    """Run the parts."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("parts", nargs="+", choices=("ingest", "ask", "faults"))
    options.add_argument("--times", type=int)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--first", type=int, default=0, help="the number of the first kill")
    options.add_argument("--log", type=Path)
    options.add_argument("--only", default="", help="only rounds whose names hold this")
    given = options.parse_args()
    signals.heeded()
    models = Path(os.environ.get("WENBAO_MODELS_DIR", ROOT / ".wenbao" / "models")).absolute()
    settings = Settings(models_dir=models)
    embedder = Embedder.open(settings, _quiet)
    prepare_reader(settings, _quiet)
    reader = Reader.open(settings, _quiet)
    for part in given.parts:
        print(f">> {part}: again with --seed {given.seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="sweep-") as folder:
            office = Office(Workplace(Path(folder), models), embedder, reader)
            rounds = _rounds(part, office, given.seed, given.first, given.times)
            chosen = [(name, work) for name, work in rounds if given.only in name]
            _Log(given.log, part, given.seed).run(chosen)


def _rounds(part: str, office: Office, seed: int, first: int, times: int | None) -> list[Round]:
    """What a part tries, each by its name."""
    if part == "faults":
        return [(name, partial(faults.tried, name, office.place)) for name in faults.NAMES]
    kill = kill_ingest if part == "ingest" else kill_ask
    numbers = range(first, first + (times or TIMES[part]))
    return [(str(n), partial(kill, office, random.Random(f"{seed} {part} {n}"), n)) for n in numbers]


class _Log:
    """What has been tried, in a file where one is given."""

    def __init__(self, path: Path | None, part: str, seed: int) -> None:
        self._path, self._key = path, {"part": part, "seed": seed}
        lines = path.read_text(encoding="utf-8").splitlines() if path is not None and path.exists() else []
        rows = [json.loads(line) for line in lines]
        self._rows = [row for row in rows if self._key.items() <= row.items()]

    def run(self, rounds: list[Round]) -> None:
        """Try what hasn't been tried, and print the sum of all."""
        done = {row["round"] for row in self._rows}
        for name, work in rounds:
            if name in done:
                continue
            began = time.monotonic()
            STARTING.clear()
            wrong = list(work())
            took = round(time.monotonic() - began, 1)
            row: dict[str, Any] = self._key | {"round": name, "wrong": wrong, "starting": len(STARTING), "s": took}
            self._rows.append(row)
            for each in wrong:
                print(f"{name}: {each}", flush=True)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        bad = [row for row in self._rows if row["wrong"]]
        starting = sum(row.get("starting", 0) for row in self._rows)
        print(f"{self._key['part']}: {len(self._rows)} tried, {len(bad)} with something wrong", flush=True)
        print(f"{starting} interrupted in Python's own start, before any line of ours", flush=True)


if __name__ == "__main__":
    main()
