"""How fast and how well cleaning works: `make bench` prints it; nothing is asserted here.

usage: python tests/benchmarks/cleaning.py FOLDER   (the development data's folder)
Per set of clean texts: MB of UTF-8 a second on one core, and edits and dropped spans in 100,000 characters
(script folding and spacing apart), which should be none. Per set of dirty/clean pairs: how many of the
clauses that pinyin removal and script folding alone don't bring back come out right, and how many sound
ones are harmed.
"""

from __future__ import annotations

import json
import re
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from ingest.cleaning.normalize import normalize
from ingest.language.pinyin import without_annotations
from ingest.language.script import to_simplified
from ingest.language.vocabulary import load_lexicon
from ingest.records import RawReport

_CLEAN = ("cmrc2018-trial", "cmrc2018-dev-half", "drcd-dev", "provincial-reports-2025", "national-reports")
_DIRTY = ("dirty-text/dev.jsonl",)
_UNCOUNTED = {"script", "spacing"}
_SHORTEST = 4  # characters of a clause worth counting


def main(folder: Path) -> None:
    """Print every set's figures. Exits with 1 when the data isn't there."""
    if not folder.is_dir():
        sys.exit(f"no development data in {folder}: set DATA=FOLDER, for example make bench DATA=../shared")
    load_lexicon()  # the dictionaries are read once, not per text
    normalize(RawReport("", "報(bào)告", ""))
    for name in _CLEAN:
        texts = list(_texts(folder / "data" / name))
        started = time.process_time()
        reports = [normalize(RawReport("", text, "")) for text in texts]
        seconds = time.process_time() - started
        size = sum(len(text.encode()) for text in texts)
        edits = sum(edit.kind not in _UNCOUNTED for report in reports for edit in report.edits)
        dropped = sum(len(report.dropped) for report in reports)
        per = 100_000 / sum(map(len, texts))
        print(
            f"{name:26s} {size / 1e6:5.2f} MB  {size / 1e6 / seconds:5.2f} MB/s"
            f"  edits {edits * per:.2f}, dropped {dropped * per:.2f} in 100,000 characters"
        )
    for name in _DIRTY:
        _restored(name, folder / "data" / name)


def _restored(name: str, path: Path) -> None:
    slips = right = sound = harmed = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        naive = _words(without_annotations(pair["dirty"]))
        cleaned = _words(normalize(RawReport("", pair["dirty"], "")).text)
        clauses = [
            words for part in re.split(r"[。！？；，,\n]", pair["clean"]) if len(words := _words(part)) >= _SHORTEST
        ]
        for clause in clauses:
            if clause in naive:
                sound += 1
                harmed += clause not in cleaned
            else:
                slips += 1
                right += clause in cleaned
    print(
        f"{name:26s} slipped clauses restored {right}/{slips} = {right / slips:.3f}; sound ones harmed {harmed}/{sound}"
    )


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", "", to_simplified(unicodedata.normalize("NFKC", text)))


def _texts(folder: Path) -> Iterator[str]:
    if (folder / "docs.jsonl").exists():
        for line in (folder / "docs.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]
    else:
        for path in sorted(folder.rglob("*.txt")):
            yield path.read_text(encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
