"""How well scans and photographs are read: each page of `tests/files/written` that a scanner or a camera delivered.

    python tests/benchmarks/recognition.py

Needs `wenbao[ocr]`. A page's characters are counted without blanks, marks in either width.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from ingest.cleaning.normalize import normalize  # noqa: E402
from ingest.formats import sources  # noqa: E402

FILES = ROOT / "tests" / "files"


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("。", ".").replace("、", ",")


def distance(said: str, read: str) -> int:
    """The characters to put in, leave out or change in what was read, wherever it stands in it."""
    row = [0] * (len(read) + 1)
    for n, char in enumerate(said, 1):
        before, row[0] = row[0], n
        for m, other in enumerate(read, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (char != other))
    return min(row)


def main() -> None:
    rows = [json.loads(line) for line in (FILES / "written.jsonl").read_text(encoding="utf-8").splitlines()]
    pages = [row for row in rows if "lines" in row]
    print(f"{'page':24} error  figures  confidence  CPU s")
    for row in pages:
        data = (FILES / "written" / row["file"]).read_bytes()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = used.ru_utime + used.ru_stime
        report = normalize(sources.parse(row["file"], data))
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        read = plain(report.text)
        said = [plain(line) for line in row["lines"]]
        wrong = sum(distance(line, read) for line in said) / sum(map(len, said))
        found = sum(plain(figure) in read for figure in row["figures"])
        mean = sum(line.confidence for line in report.recognised) / max(1, len(report.recognised))
        spent = used.ru_utime + used.ru_stime - began
        print(
            f"{row['file']:24} {wrong:5.1%}  {found}/{len(row['figures'])}      {mean:.3f}       {spent:.1f}",
            flush=True,
        )
    print(f"most memory of a page: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"{time.perf_counter() - began:.0f} s")
