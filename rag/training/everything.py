"""What the product's own search finds among all documents together: passages that mislead, and those to be read.

The reports of every author and the news beside them become one index, made by the product's ingest and searched
by its engine with nothing read. What was found for the questions is kept in the work folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from config.errors import Message
from config.settings import Settings
from ingest.pipeline import ingest
from rag.engine import Engine
from rag.question.understand import as_it_stands
from rag.training.authored import Author, Document, Question, document_of, rows_of
from rag.training.taught import Mined, Passage

NEWS = Path("data") / "association-news" / "docs.jsonl"
FOUND = 12  # passages kept for a question
_AT_ONCE = 64  # questions


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: its report's file, its place there, its heading, and the score in [0, 1]."""

    source: str
    start: int
    end: int
    section: str
    score: float


Hits = dict[str, list[Hit]]


class Silent:
    """Watches an ingest and says nothing."""

    def notify(self, message: Message) -> None:
        """Nothing."""

    def embedding(self, done: int, total: int) -> None:
        """Nothing."""


def all_documents(authors: Sequence[Author], news: Path) -> list[Document]:
    """Every text once: those of the authors, and the news that none of them used."""
    documents = [document for author in authors for document in author.documents]
    used = {document.twin for document in documents}
    rows = rows_of(news) if news.exists() else iter(())
    return documents + [document_of(row, "news") for row in rows if row["id"] not in used]


def retrieved(documents: Sequence[Document], questions: Sequence[Question], models: Path, work: Path) -> Hits:
    """What is found for each question, best first, from the work folder where it is known already."""
    kept = work / f"found-{_digest(documents, questions)}.json"
    if not kept.exists():
        hits = _search(documents, questions, models, work / "index")
        kept.write_text(json.dumps({q: [asdict(h) for h in some] for q, some in hits.items()}), encoding="utf-8")
    rows = json.loads(kept.read_text(encoding="utf-8"))
    return {question: [Hit(**hit) for hit in some] for question, some in rows.items()}


def mined(hits: Hits, authors: Iterable[Author]) -> Mined:
    """The passages of these authors' reports that were found for each of their questions, but for its own report's."""
    authors = list(authors)
    documents = {document.source: document for author in authors for document in author.documents}
    return {
        question.id: [
            Passage(documents[hit.source], hit.start, hit.end, hit.section)
            for hit in hits.get(question.id, ())
            if hit.source in documents and hit.source != question.document.source
        ]
        for author in authors
        for question in author.questions
    }


def _search(documents: Sequence[Document], questions: Sequence[Question], models: Path, folder: Path) -> Hits:
    settings = Settings(reports_dir=folder / "reports", data_dir=folder, models_dir=models, reader=False)
    for document in documents:
        path = settings.reports_dir / document.source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document.delivered, encoding="utf-8")
    ingest(settings, (), Silent())
    engine = Engine(settings, Silent().notify)
    try:
        hits: Hits = {}
        for at in range(0, len(questions), _AT_ONCE):
            some = questions[at : at + _AT_ONCE]
            passages = engine.search_each([as_it_stands(question.text) for question in some], FOUND)
            for question, each in zip(some, passages, strict=True):
                hits[question.id] = [
                    Hit(p.chunk.source, p.chunk.start, p.chunk.end, p.chunk.section or "", p.score) for p in each
                ]
        return hits
    finally:
        engine.close()


def _digest(documents: Sequence[Document], questions: Sequence[Question]) -> str:
    held = hashlib.sha256()
    for part in (*(d.source + d.report.sha256 for d in documents), *(q.id + q.text for q in questions)):
        held.update(part.encode())
    return held.hexdigest()[:12]
