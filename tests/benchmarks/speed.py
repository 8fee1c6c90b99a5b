"""How fast asking and ingesting are, next to the pipeline one would write by hand: `make bench` prints it.

usage: python tests/benchmarks/speed.py FOLDER [--pairs N] [--reports N]   (the development data's folder)
       python tests/benchmarks/speed.py FOLDER --large   (100,000 chunks with synthetic vectors instead)
The yardstick is FOLDER/bench/reference.py with the same model folder and the same reports. Both sides take
turns, so that whatever else the machine does meets both; a ratio is the median over the pairs, above 1
where wenbao is faster. Wall time first, processor time (user and system) in brackets.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings, load_settings
from ingest.embedding.prepare import prepare

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "2025年地区生产总值的增长目标是多少？"
ROUNDS = 3  # of the questions in one warm batch
LARGE_REPORTS, CHUNKS_EACH, SENTENCE = 2000, 50, 60
# The reference's search, but a question at a time, as someone asks.
ONE_BY_ONE = """
import json, sys, chromadb
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu")
collection = chromadb.PersistentClient(sys.argv[2]).get_collection("reports")
for line in open(sys.argv[3], encoding="utf-8"):
    vector = model.encode(["query: " + json.loads(line)["question"]], normalize_embeddings=True)
    hit = collection.query(query_embeddings=vector, n_results=10)
    print(json.dumps([m["source"] for m in hit["metadatas"][0]]), flush=True)
"""


@dataclass(frozen=True)
class Run:
    """One process, from its start to its end."""

    wall: float
    cpu: float
    peak_mb: float
    out: str


def main() -> None:
    """Print every figure. Exits with 2 when the data isn't there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--reports", type=int, default=None, help="only the first N reports and their questions")
    parser.add_argument("--large", action="store_true")
    arguments = parser.parse_args()
    data = arguments.folder / "data" / "provincial-reports-2025"
    reference = arguments.folder / "bench" / "reference.py"
    if not arguments.large and not (data.is_dir() and reference.is_file()):
        print(
            f"no development data in {arguments.folder}: set DATA=FOLDER, as in make bench DATA=../shared",
            file=sys.stderr,
        )
        sys.exit(2)
    with tempfile.TemporaryDirectory(prefix="wenbao-speed-") as work:
        if arguments.large:
            large(Path(work))
        else:
            compare(data, reference.resolve(), Path(work), arguments.pairs, arguments.reports)


def compare(data: Path, reference: Path, work: Path, pairs: int, limit: int | None) -> None:
    """Ingest, cold ask, warm search and memory against the reference."""
    reports, questions = work / "reports", work / "questions.jsonl"
    reports.mkdir()
    for path in sorted((data / "reports").iterdir())[:limit]:
        shutil.copy(path, reports)
    asked = rows((data / "questions.jsonl").read_text("utf-8"))
    asked = [row for row in asked if all((reports / name).exists() for name in row["docs"])]
    gold = {row["id"]: {Path(name).stem for name in row["docs"]} for row in asked}
    questions.write_text("".join(json.dumps(row) + "\n" for row in asked), "utf-8")
    models = load_settings().models_path.absolute()
    settings = Settings(reports_dir=reports, models_dir=models, embedding_model="bundled")
    model = prepare(settings, lambda message: print(message.en, file=sys.stderr)).folder
    env = {k: v for k, v in os.environ.items() if not k.startswith("WENBAO_")}
    env |= {"PYTHONPATH": str(ROOT), "WENBAO_MODELS_DIR": str(models), "WENBAO_REPORTS_DIR": str(settings.reports_dir)}
    ours = [sys.executable, "-m", "rag"]

    ingests = []
    for pair in range(pairs):
        env["WENBAO_DATA_DIR"], store = str(work / f"ours{pair}"), str(work / f"reference{pair}")
        theirs = [sys.executable, str(reference), "--model", str(model), "--store", store]
        ingests.append(
            (run([*theirs, "ingest", str(settings.reports_dir)], work, env), run([*ours, "ingest"], work, env))
        )
    report("ingest", ingests)

    found = (
        run([*theirs, "search", str(questions)], work, env),
        run([*ours, "search", "--batch", str(questions), "-k", "30"], work, env),
    )
    recalls = [recall_at_5(gold, one.out) for one in found]
    print(f"recall@5         reference {recalls[0]:.3f}, wenbao {recalls[1]:.3f}  ({len(gold)} questions)", flush=True)

    asks = [
        (run([*theirs, "ask", QUESTION], work, env), run([*ours, "ask", QUESTION], work, env)) for _ in range(pairs)
    ]
    report("cold ask", asks)
    one_by_one = [sys.executable, "-c", ONE_BY_ONE, str(model), store]
    warm(one_by_one, [*ours, "search", "--batch"], work, env, questions, pairs)


def run(command: list[str], cwd: Path, env: dict[str, str]) -> Run:
    """Run a process to its end. A refusal (exit code 3) is an answer; any other failure ends the benchmark."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in (0, 3):
            sys.exit(f"{' '.join(command)}\n{err.read().decode(errors='replace')[-2000:]}")
        peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
        return Run(wall, usage.ru_utime + usage.ru_stime, peak, out.read().decode("utf-8"))


def report(name: str, pairs: list[tuple[Run, Run]]) -> None:
    """One line: the median ratio of the pairs, and each side's median time and peak memory."""
    wall = statistics.median(theirs.wall / ours.wall for theirs, ours in pairs)
    cpu = statistics.median(theirs.cpu / ours.cpu for theirs, ours in pairs)
    sides = []
    for side, label in enumerate(("reference", "wenbao")):
        runs = [pair[side] for pair in pairs]
        seconds, busy = (statistics.median(getattr(r, key) for r in runs) for key in ("wall", "cpu"))
        sides.append(f"{label} {seconds:.2f} s ({busy:.2f}), peak {max(r.peak_mb for r in runs):.0f} MB")
    print(f"{name:16s} {wall:.1f}x ({cpu:.1f}x)  {'; '.join(sides)}  ({len(pairs)} pairs)", flush=True)


def warm(theirs: list[str], ours: list[str], work: Path, env: dict[str, str], questions: Path, pairs: int) -> None:
    """Seconds a question: a whole batch's time without that of a batch of two, over the questions more.

    The two are in the two languages asked, so that what either reads once has been read.
    The sides run one after the other, never at once: threads of the one that wait busily would slow the other down.
    """
    lines = questions.read_text("utf-8").splitlines(keepends=True)
    few, many = work / "few.jsonl", work / "many.jsonl"
    languages = {json.loads(line)["lang"]: line for line in lines}
    few.write_text("".join(languages.values()), "utf-8")
    many.write_text("".join([*languages.values(), *lines * ROUNDS]), "utf-8")

    def a_question(command: list[str]) -> float:
        one, all_ = (run([*command, str(path)], work, env).wall for path in (few, many))
        return (all_ - one) / (len(lines) * ROUNDS)

    taken = [(a_question(theirs), a_question(ours)) for _ in range(pairs)]
    ratio = statistics.median(a / b for a, b in taken)
    medians = [1000 * statistics.median(pair[side] for pair in taken) for side in (0, 1)]
    print(
        f"warm search      {ratio:.1f}x  reference {medians[0]:.1f} ms, wenbao {medians[1]:.1f} ms a question"
        f"  ({len(lines)} questions {ROUNDS} times, {pairs} pairs)",
        flush=True,
    )


def recall_at_5(gold: dict[str, set[str]], out: str) -> float:
    """The share of questions with one of their reports among the first five different ones found."""
    right = 0
    for row in rows(out):
        sources = list(dict.fromkeys(Path(hit["source"]).stem for hit in row["hits"]))
        right += bool(gold[row["id"]] & set(sources[:5]))
    return right / len(gold)


def rows(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def large(work: Path) -> None:
    """100,000 chunks through the index's own interface: how long they take to write, open and search."""
    import numpy as np

    from ingest.index.draft import writing
    from ingest.index.published import Index
    from ingest.offsets import MappedText
    from ingest.pipeline import build_settings
    from ingest.records import Chunk, CleanReport
    from rag.search.fuse import CANDIDATES, fuse

    settings = Settings(data_dir=work, reports_dir=work)
    rng = np.random.default_rng(4)
    centres = unit(rng.standard_normal((500, 384)))

    def vectors(count: int) -> np.ndarray:
        return unit(centres[rng.integers(0, len(centres), count)] + 0.05 * rng.standard_normal((count, 384)))

    ids: list[str] = []
    stored = []
    started = time.perf_counter()
    with writing(settings) as writer:
        draft = writer.draft(fresh=True)
        for number in range(LARGE_REPORTS):
            source = f"{number:05d}.txt"
            # Han characters spread over the whole block, so that lexical search has something to tell apart.
            points = rng.integers(0x4E00, 0x4E00 + 4000, (CHUNKS_EACH, SENTENCE - 1))
            text = "".join("".join(map(chr, line)) + "。" for line in points)
            pieces = [
                Chunk(
                    hashlib.sha256(f"{source}\0{at}".encode()).hexdigest()[:32],
                    source,
                    at,
                    at + SENTENCE,
                    text[at : at + SENTENCE],
                    None,
                )
                for at in range(0, len(text), SENTENCE)
            ]
            clean = CleanReport(
                source, hashlib.sha256(text.encode()).hexdigest(), text, MappedText.of(text), None, None
            )
            ids += [piece.id for piece in pieces]
            stored.append(vectors(len(pieces)))
            draft.put(clean, pieces, stored[-1])
        draft.publish(build_settings(settings, "synthetic"))
    written = time.perf_counter() - started
    started = time.perf_counter()
    index = Index.open(settings)
    opened = time.perf_counter() - started
    asked = ["".join(map(chr, rng.integers(0x4E00, 0x4E00 + 4000, 12))) for _ in range(400)]
    asking = vectors(len(asked))
    taken = []
    for vector, question in zip(asking, asked, strict=True):
        started = time.perf_counter()
        hits = fuse(index.nearest(vector[None, :], CANDIDATES)[0], index.matching(question, CANDIDATES))[:20]
        index.chunks([id_ for id_, _ in hits])
        taken.append(1000 * (time.perf_counter() - started))
    hits = index.nearest(asking, CANDIDATES)
    exact = np.argpartition(asking @ np.concatenate(stored).T, -CANDIDATES, axis=1)[:, -CANDIDATES:]
    same = [len({id_ for id_, _ in found} & {ids[i] for i in row}) for found, row in zip(hits, exact, strict=True)]
    index.close()
    print(
        f"{LARGE_REPORTS * CHUNKS_EACH} chunks: written and published in {written:.0f} s, opened in {opened:.2f} s, "
        f"hybrid search of 20: median {statistics.median(taken):.1f} ms, "
        f"p95 {sorted(taken)[int(0.95 * len(taken))]:.1f} ms; of the {CANDIDATES} nearest vectors "
        f"{statistics.mean(same) / CANDIDATES:.2%} are found"
    )


def unit(vectors):
    import numpy as np

    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


if __name__ == "__main__":
    main()
