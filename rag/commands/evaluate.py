"""Measure answers against questions whose facts and reports are known. Pure, apart from asking.

A question is right when every fact is in the answer, at least one citation is from a report that holds them, and
the answer is brief; one that the reports don't answer is right when it is refused. What is wrong weighs the more the
surer it was said, so answers are counted by their grade.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal, get_args

from config.errors import UsageError
from ingest.entry import objects
from ingest.language.script import to_simplified
from rag.records import Answer

_BRIEF = 600  # characters; nobody reads a page in a chat
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")

Ask = Callable[[str, Sequence[str]], Answer]
AskWithout = Callable[[str, Sequence[str], Sequence[str]], Answer]
"""(question, history, sources not to be looked in) → the answer."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A question with its facts, each in every accepted form; none when it must be refused."""

    id: str
    question: str
    type: str
    lang: str
    answers: tuple[tuple[str, ...], ...]
    docs: tuple[str, ...]
    history: tuple[str, ...]


Verdict = Literal["right", "partly", "wrong though sure", "wrong though likely", "refused wrongly", "refused rightly"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question fared: `partly` where some of its facts are in an answer that cites the right report."""

    gold: Gold
    verdict: Verdict
    facts: bool
    cited: bool
    citations: int
    good_citations: int
    seconds: float

    @property
    def right(self) -> bool:
        return self.verdict in ("right", "refused rightly")


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over a group of questions; latencies in milliseconds."""

    questions: int
    right: int
    verdicts: dict[Verdict, int]
    answerable: int
    facts: int
    cited: int
    citations: int
    good_citations: int
    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How many questions were asked of reports that can't answer them, and how many of them were answered."""

    asked: int
    sure: int
    likely: int

    @property
    def text(self) -> str:
        return f"asked of all reports but their own: {self.asked}; answered: {self.sure} sure, {self.likely} likely"


def read_gold(path: Path) -> list[Gold]:
    """The rows of a JSONL file. Raises UsageError naming the line that can't be used."""
    rows = []
    for n, row in objects(path):
        try:
            rows.append(_gold(row, n))
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise UsageError(
                f'{path} 第 {n} 行不是 {{"question","answers",…}} 形式的 JSON({exc})',
                f'{path}, line {n}: not JSON of the form {{"question","answers",…}} ({exc})',
            ) from exc
    if not rows:
        raise UsageError(f"{path} 中没有问题", f"{path} holds no questions")
    return rows


def measure(rows: Iterable[Gold], ask: Ask) -> list[Outcome]:
    """Ask every question; one that can't be asked counts as refused."""
    return [_outcome(gold, _asked(gold, ask)) for gold in rows]


def calibrate(rows: Iterable[Gold], sources: Sequence[str], ask: AskWithout) -> Calibration:
    """Ask every question that has an answer of all reports but those that give it: what then is answered is wrong."""
    answerable = [gold for gold in rows if gold.answers and gold.docs]
    grades = []
    for gold in answerable:
        own = [
            source for source in sources if {PurePosixPath(source).name, PurePosixPath(source).stem} & set(gold.docs)
        ]
        try:
            answer = ask(gold.question, gold.history, own)
        except UsageError:
            continue
        grades.append(answer.certainty)
    return Calibration(len(grades), sure=grades.count("sure"), likely=grades.count("likely"))


def score(outcomes: Sequence[Outcome]) -> Score:
    """What the outcomes of a group come to."""
    answerable = [o for o in outcomes if o.gold.answers]
    times = sorted(o.seconds * 1000 for o in outcomes)
    return Score(
        questions=len(outcomes),
        right=sum(o.right for o in outcomes),
        verdicts={verdict: sum(o.verdict == verdict for o in outcomes) for verdict in VERDICTS},
        answerable=len(answerable),
        facts=sum(o.facts for o in answerable),
        cited=sum(o.cited for o in answerable),
        citations=sum(o.citations for o in answerable),
        good_citations=sum(o.good_citations for o in answerable),
        median_ms=round(times[len(times) // 2], 1) if times else 0.0,
        p95_ms=round(times[int(len(times) * 0.95)], 1) if times else 0.0,
    )


def table(outcomes: Sequence[Outcome]) -> dict[str, Score]:
    """The score of every type, of every language, and of all (`all`, last)."""
    groups: dict[str, list[Outcome]] = {}
    for name in ("type", "lang"):
        for o in sorted(outcomes, key=lambda o: str(getattr(o.gold, name))):
            groups.setdefault(f"{name}:{getattr(o.gold, name)}", []).append(o)
    groups["all"] = list(outcomes)
    return {name: score(group) for name, group in groups.items()}


def as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The table, and the questions that went wrong by their ids."""
    return {
        "scores": {name: asdict(group) for name, group in table(outcomes).items()},
        "wrong": [o.gold.id for o in outcomes if not o.right],
    }


def as_text(outcomes: Sequence[Outcome]) -> str:
    """The table for a terminal."""
    head = ("", "questions", *VERDICTS, "facts", "cited", "citations", "ms", "p95 ms")
    rows = [head]
    for name, s in table(outcomes).items():
        rows.append(
            (
                name,
                str(s.questions),
                *(str(s.verdicts[verdict]) for verdict in VERDICTS),
                f"{s.facts}/{s.answerable}",
                f"{s.cited}/{s.answerable}",
                f"{s.good_citations}/{s.citations}",
                f"{s.median_ms:.0f}",
                f"{s.p95_ms:.0f}",
            )
        )
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(lines)


def fold(text: str) -> str:
    """Simplified script, half width, no thousands separators: answers may come in the asker's script."""
    return _THOUSANDS.sub("", to_simplified(unicodedata.normalize("NFKC", text)))


def _gold(row: dict[str, Any], n: int) -> Gold:
    answers = row["answers"]
    if not isinstance(answers, list) or not isinstance(row["question"], str):
        raise TypeError("question and answers")
    history = row.get("history") or []
    if not isinstance(history, list) or not all(isinstance(each, str) for each in history):
        raise TypeError("history")
    # A flat list is one fact in its accepted forms, as in reading-comprehension sets.
    facts = [answers] if answers and all(isinstance(form, str) for form in answers) else answers
    docs = row.get("docs") or ([row["doc_id"]] if row.get("doc_id") else [])
    return Gold(
        id=str(row.get("id", n)),
        question=row["question"],
        type=str(row.get("type") or "?"),
        lang=str(row.get("lang") or "?"),
        answers=tuple(tuple(map(str, forms)) for forms in facts),
        docs=tuple(PurePosixPath(str(doc)).name for doc in docs),
        history=tuple(history),
    )


def _asked(gold: Gold, ask: Ask) -> Answer | None:
    try:
        return ask(gold.question, gold.history)
    except UsageError:
        return None


def _outcome(gold: Gold, answer: Answer | None) -> Outcome:
    text = fold(f"{answer.answer}\n{answer.short_answer or ''}") if answer is not None else ""
    sources = [PurePosixPath(c.source) for c in answer.citations] if answer is not None else []
    good = sum(source.name in gold.docs or source.stem in gold.docs for source in sources)
    held = [any(fold(form) in text for form in forms) for forms in gold.answers]
    cited = bool(good) if gold.docs else bool(sources)
    return Outcome(
        gold=gold,
        verdict=_verdict(gold, answer, held, cited),
        facts=bool(text) and all(held),
        cited=cited,
        citations=len(sources),
        good_citations=good,
        seconds=answer.took_ms.get("total", 0.0) / 1000 if answer is not None else 0.0,
    )


def _verdict(gold: Gold, answer: Answer | None, held: Sequence[bool], cited: bool) -> Verdict:
    if answer is None or answer.status != "answered":
        return "refused wrongly" if gold.answers else "refused rightly"
    if gold.answers and cited and any(held):
        return "right" if all(held) and len(answer.answer) <= _BRIEF else "partly"
    return "wrong though likely" if answer.certainty == "likely" else "wrong though sure"
