"""What a reader is worth, of what it said for questions it didn't learn from. Pure.

Shares are in [0, 1]; NaN where there is nothing to measure. Ranking and threshold are the plainest there are: no rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.training.judged import Judged, Row, Sentence
from rag.training.sameness import auc, bare, overlap

_MARGIN, _SCORE, _EVIDENCE = 0.3, 6.0, 0.5  # what counts beside the log odds of relevance
_NOT_THE_BEST = 4.0  # off where the passage's best span stands elsewhere
_FEW = 3  # sentences of evidence that an answer may have to be counted for recall

Figures = dict[str, float]


def figures(rows: Sequence[Row]) -> Figures:
    """Every figure of these questions, by its name."""
    answerable = [row for row in rows if row.wanted]
    few = [row for row in answerable if row.wanted <= _FEW]
    proving = [p for row in answerable for p in row.passages if p.proves]
    spans = [p for p in proving if p.span]
    return {
        "questions": float(len(rows)),
        "AUC near": _auc(_relevances(answerable, _proves), _relevances(rows, _near)),
        "AUC same report": _auc(_relevances(answerable, _proves), _relevances(answerable, _own_else)),
        "AUC other reports": _auc(_relevances(answerable, _proves), _relevances(answerable, _other)),
        "AUC answerable": _auc(
            *(_bests(row for row in rows if bool(row.wanted) == wanted) for wanted in (True, False))
        ),
        **{f"evidence in {k}": _mean(float(_all_evidence(row, k)) for row in few) for k in (1, 3, 5)},
        "best holds the fact": _mean(float(ranked(r)[0][1].facts) for r in answerable if r.facts == 1 and ranked(r)),
        "EM": _mean(float(bare(p.said) == bare(p.span)) for p in spans),
        "F1": _mean(overlap(p.said, p.span) for p in spans),
        "polarity": _mean(float(_says_yes(row) == row.yes) for row in answerable if row.yes is not None),
        "right": right(rows),
    }


def ranked(row: Row) -> list[tuple[float, Sentence]]:
    """The sentences of the passages that were found, with their scores, best first."""
    scored = [
        (_score(passage, sentence), sentence)
        for passage in row.passages
        if passage.score is not None
        for sentence in passage.sentences
    ]
    return sorted(scored, key=lambda each: -each[0])


def right(rows: Sequence[Row]) -> float:
    """The share that is right with the one threshold that is best for them: the best sentence holds every fact (proves
    the answer, where there is no fact), and what nothing answers is refused."""
    outcomes = sorted(((score, _gain(row, best)) for row in rows for score, best in ranked(row)[:1]), reverse=True)
    sure = sum(not row.wanted for row in rows)  # everything is refused
    best = sure
    for _, gained in outcomes:
        sure += gained
        best = max(best, sure)
    return best / len(rows) if rows else math.nan


def table(by_author: Sequence[tuple[str, Figures]]) -> str:
    """A Markdown table, a row an author, and their mean in the last one."""
    names = list(by_author[0][1])
    mean = {name: _mean(f[name] for _, f in by_author if not math.isnan(f[name])) for name in names}
    lines = [f"| left out | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for author, values in [*by_author, ("mean", mean)]:
        cells = (f"{values[name]:.0f}" if name == "questions" else f"{values[name]:.3f}" for name in names)
        lines.append(f"| {author} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _score(passage: Judged, sentence: Sentence) -> float:
    found = _SCORE * (passage.score or 0.0)
    read = passage.relevance + _MARGIN * passage.margin + _EVIDENCE * sentence.evidence
    return read + found - (0.0 if sentence.best else _NOT_THE_BEST)


def _gain(row: Row, best: Sentence) -> int:
    """What answering this question instead of refusing it adds to those that are right."""
    if not row.wanted:
        return -1
    return int(best.facts if row.facts else bool(best.proves))


def _all_evidence(row: Row, k: int) -> bool:
    shown = {i for _, sentence in ranked(row)[:k] for i in sentence.proves}
    return len(shown) == row.wanted


def _says_yes(row: Row) -> bool:
    """What the passage says that is the most relevant of those that prove the answer."""
    proving = [passage for passage in row.passages if passage.proves]
    return bool(proving) and max(proving, key=lambda passage: passage.relevance).polarity > 0


def _bests(rows: Iterable[Row]) -> list[float]:
    """Each question's best relevance among what was found."""
    return [max((p.relevance for p in row.passages if p.score is not None), default=-math.inf) for row in rows]


def _relevances(rows: Iterable[Row], which: Callable[[Judged], bool]) -> list[float]:
    return [passage.relevance for row in rows for passage in row.passages if which(passage)]


def _proves(passage: Judged) -> bool:
    return passage.proves


def _near(passage: Judged) -> bool:
    return passage.near


def _own_else(passage: Judged) -> bool:
    return passage.own and not passage.proves


def _other(passage: Judged) -> bool:
    return not passage.own and not passage.proves


def _auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    return auc(positive, negative) if positive and negative else math.nan


def _mean(values: Iterable[float] | Iterator[float]) -> float:
    held = list(values)
    return sum(held) / len(held) if held else math.nan
