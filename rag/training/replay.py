"""The sets that the reader learned from before anybody's own questions, and what of them is held out.

Question sets about encyclopedia articles, and questions made from clauses of government reports. They go on being read
beside the authored questions, so that what they taught isn't lost.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from rag.training.examples import Group, QuestionSet, groups_of, read_set
from rag.training.harder import harder_groups
from rag.training.misleading import more_misleading, report_groups
from rag.training.reports import read_reports

SETS = ("drcd-dev", "cmrc2018-trial", "cmrc2018-dev-half")
_SEED = 1
_ROUNDS = 2  # every question is read so many times, each time with other passages cut around its answer
_PER_REPORT = 40

Sets = Mapping[str, QuestionSet]


def read_sets(data: Path) -> dict[str, QuestionSet]:
    """Every set by its name. Raises UsageError where one is missing."""
    return {name: read_set(data / "data" / name) for name in SETS}


def training_groups(data: Path, sets: Sets) -> list[Group]:
    """What is trained on; held-out folds and provincial question files aren't in it."""
    folds = [sets[name].fold(held_out=False) for name in SETS]
    texts = read_reports(data / "data")
    groups: list[Group] = []
    for turn in range(_ROUNDS):
        rng = random.Random(f"{_SEED}/{turn}")
        asked = [more_misleading(group, rng) for fold in folds for group in groups_of(fold, rng)]
        reports = list(report_groups(texts, rng, _PER_REPORT))
        groups += [*asked, *reports, *harder_groups(asked, reports, folds, rng)]
    random.Random(_SEED).shuffle(groups)
    return groups


def held_out_groups(data: Path, sets: Sets, each: int) -> list[Group]:
    """Groups of held-out articles and of provincial reports that weren't trained on, at most `each` of both."""
    rng = random.Random(_SEED)
    asked = [more_misleading(group, rng) for name in SETS for group in groups_of(sets[name].fold(held_out=True), rng)]
    reports = list(report_groups(read_reports(data / "data", held_out=True), rng, _PER_REPORT))
    chosen = rng.sample(asked, min(each, len(asked))) + rng.sample(reports, min(each, len(reports)))
    rng.shuffle(chosen)
    return chosen
