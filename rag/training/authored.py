"""Questions that people wrote about reports, with what answers them located in the reports as the product cleans them.

A folder is an author: `docs.jsonl`, `questions.jsonl` and perhaps `more.jsonl`. Whatever is measured is measured on
authors that weren't trained on; `apart` leaves out of the others every report that a left-out author also used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import UsageError
from ingest.cleaning.normalize import normalize
from ingest.formats import sources
from ingest.language.script import to_simplified
from ingest.records import CleanReport

FOLDER = Path("data") / "report-questions"
OWN = Path(__file__).with_name("authors")  # what is the project's own: reports and questions that hardly differ
OWN_NAMES = frozenset(folder.name for folder in OWN.glob("c*/"))
MEASURING = frozenset({"c12", "c16"})  # by whom neither reader nor judge is taught: what is shipped is measured on them
QUESTIONS = ("questions.jsonl", "more.jsonl")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SAME = 120  # letters at the end of two texts, of which one is a copy of the other

Run = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """A report of an author's: `delivered` is the text of its file, `twin` its name in another collection."""

    id: str
    author: str
    delivered: str
    report: CleanReport
    date: str
    twin: str = ""

    @property
    def source(self) -> str:
        """Its file in the folder of all reports."""
        return f"{self.author}/{self.id}.txt"

    @property
    def ending(self) -> str:
        """What two copies of a text have in common, whatever title stands above them."""
        return re.sub(r"\W+", "", self.report.text[-3 * _SAME :])[-_SAME:]


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one report; runs are of the cleaned report's text.

    `facts` are the forms that each fact may have. `evidence` is empty where nothing answers; then `near` is the
    sentence that looks most like an answer, where the author named one. `yes` is set for questions of yes or no.
    """

    id: str
    document: Document
    kind: str
    text: str
    facts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Run, ...] = ()
    near: Run | None = None
    yes: bool | None = None

    @property
    def answerable(self) -> bool:
        return bool(self.evidence)


@dataclass(frozen=True, slots=True)
class Author:
    """All that one author wrote."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]


def read_authors(data: Path) -> list[Author]:
    """Every author's folder, by number, then the project's own. Raises UsageError where there is none."""
    folders = sorted((data / FOLDER).glob("a*/"), key=lambda folder: (len(folder.name), folder.name))
    if not folders:
        raise UsageError(f"缺少数据 {data / FOLDER}", f"there is no data in {data / FOLDER}; set DATA=FOLDER")
    return [read_author(folder) for folder in (*folders, *sorted(OWN.glob("c*/")))]


def read_author(folder: Path) -> Author:
    """One author. Questions whose evidence doesn't stand in the cleaned report are left out."""
    documents = {row["id"]: document_of(row, folder.name) for row in rows_of(folder / "docs.jsonl")}
    rows = [row for name in QUESTIONS if (folder / name).exists() for row in rows_of(folder / name)]
    asked = (question_of(row, documents[row["doc"]]) for row in rows if row["doc"] in documents)
    return Author(folder.name, tuple(documents.values()), tuple(question for question in asked if question))


def document_of(row: Mapping[str, Any], author: str) -> Document:
    """The report as it is delivered to the product: its title as first line, then its text."""
    title, text = str(row.get("title") or ""), str(row["text"])
    delivered = f"{title}\n\n{text}" if title and not text.startswith(title) else text
    report = normalize(sources.parse(f"{author}/{row['id']}.txt", delivered.encode()))
    said = _DAY.match(str(row.get("date") or "")) or _DAY.match(title)
    return Document(
        row["id"], author, delivered, report, said[0] if said else report.date or "", str(row.get("from") or "")
    )


def question_of(row: Mapping[str, Any], document: Document) -> Question | None:
    """The question in full; None where its evidence can't be found in the report."""
    evidence = [run_of(sentence, document.report.text) for sentence in row.get("evidence") or ()]
    if None in evidence:
        return None
    return Question(
        id=row["id"],
        document=document,
        kind=row["type"],
        text=to_simplified(row.get("standalone") or row["question"]),
        facts=tuple(tuple(map(to_simplified, forms)) for forms in row.get("facts") or ()),
        evidence=tuple(sorted(run for run in evidence if run)),
        near=run_of(row["near"], document.report.text) if row.get("near") else None,
        yes=row.get("yes"),
    )


def run_of(sentence: str, text: str) -> Run | None:
    """Where a sentence stands in a cleaned text, its white space and script as they may be."""
    sentence = to_simplified(sentence).strip()
    at = text.find(sentence)
    if at >= 0:
        return at, at + len(sentence)
    found = re.search(r"\s*".join(map(re.escape, re.sub(r"\s+", "", sentence))), text) if sentence else None
    return found.span() if found else None


def apart(authors: Sequence[Author], left_out: Iterable[str]) -> tuple[list[Author], list[Author]]:
    """(to be trained on, left out): no report of a left-out author, nor a copy of one, is among the first."""
    names = set(left_out)
    unseen = [author for author in authors if author.name in names]
    theirs = {mark for author in unseen for document in author.documents for mark in _marks(document)}
    return [_without(author, theirs) for author in authors if author.name not in names], unseen


def _without(author: Author, theirs: set[str]) -> Author:
    kept = tuple(document for document in author.documents if not _marks(document) & theirs)
    ids = {document.id for document in kept}
    return Author(author.name, kept, tuple(q for q in author.questions if q.document.id in ids))


def _marks(document: Document) -> set[str]:
    return {mark for mark in (document.twin, document.ending) if mark}


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON lines file. Raises UsageError where there is none."""
    if not path.exists():
        raise UsageError(f"缺少数据 {path}", f"{path} is missing")
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
