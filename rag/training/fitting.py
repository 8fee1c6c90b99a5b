"""Fit the judge: which features earn their place, what each weighs, and from which probability on an answer is sure.

Everything that is measured here is measured on authors that weren't fitted on: each is left out in turn. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.judge.judge import Judge, Node
from rag.training.judging import Judged, Row, by_author

_RIDGE, _RIDGE_OF_RANKING = 0.1, 0.3  # scikit-learn's C
_RIVALS = 12  # sentences that each right one is held against
_TREES, _STEP, _LEAVES, _A_LEAF, _RIDGE_OF_TREES = 100, 0.06, 8, 15, 3.0  # as many questions at least in a leaf
_STILL = 1e-9
_FEW = 20  # questions of which the share of wrong ones says something
_LEAST = 2e-4  # what a feature must take off the log loss of authors left out to be kept
_WRONG_IF_SURE = 0.03  # the share of what is called sure that may be wrong
_HARDLY = 0.01  # of the questions: by less two thresholds differ by chance
_NEVER = 1.01

_FOR = frozenset(
    {
        "relevance",
        "margin",
        "proof",
        "alone",
        "told",
        "retrieved",
        "words",
        "words_beside",
        "words_above",
        "same_place",
        "same_year",
        "pointed",
        "settled",
        "ahead",
    }
)
_AGAINST = frozenset(
    {
        "elsewhere",
        "words_unknown",
        "other_place",
        "other_year",
        "year_told",
        "other_period",
        "other_rank",
        "wrong_kind",
        "no_name",
        "planned",
        "no_plan",
        "growth",
        "newly",
        "denied",
        "other_body",
        "other_ordinal",
        "for_each",
        "other_way",
        "other_post",
        "other_name",
        "left_out",
        "thing_missing",
        "day_missing",
        "word_missing",
        "echoed",
        "other_measure",
        "no_body",
        "other_label",
        "opposite",
        "opposite_beside",
        "earlier",
        "part",
    }
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question's best sentence with its probability, as a judge says that wasn't fitted on its author."""

    row: Row
    best: Judged
    probability: float

    @property
    def right(self) -> bool:
        return self.best.right

    @property
    def wrong(self) -> bool:
        """It holds nothing of the answer, not even a part; a part of it is neither right nor wrong."""
        return not self.best.right and not self.best.facts


def fit(rows: Sequence[Row], names: Sequence[str], trees: bool = True) -> Judge:
    """The judge of these features, of lines alone or with trees; thresholds still to be set."""
    ranking = _ranking(rows, names)
    first = np.array([_first(row, names, ranking) for row in _with(rows)])
    right = np.array([row.sentences[_at(row, names, ranking)].right for row in _with(rows)])
    weights, bias = _regression(first, right, np.ones(len(right)), _RIDGE, names)
    return Judge(
        ranking={name: round(float(w), 4) for name, w in zip(names, ranking, strict=True)},
        weights={name: round(float(w), 4) for name, w in zip(names, weights, strict=True)},
        bias=round(bias, 4),
        sure=_NEVER,
        likely=_NEVER,
        trees=_trees(first, right, names) if trees else (),
    )


def _ranking(rows: Sequence[Row], names: Sequence[str]) -> Floats:
    """Weights that put a question's right sentences before its others: a logistic regression over their differences."""
    apart, weight = [], []
    for row in _with(rows):
        x = _features(row, names)
        right = np.array([sentence.right for sentence in row.sentences])
        if right.any() and not right.all():
            pairs = (x[right][:, None, :] - x[~right][None, :_RIVALS, :]).reshape(-1, len(names))
            apart.append(pairs)
            weight.append(np.full(len(pairs), 1 / len(pairs)))
    pairs, each = np.concatenate(apart), np.concatenate(weight)
    both, truth = np.concatenate([pairs, -pairs]), np.repeat([True, False], len(pairs))
    return _regression(both, truth, np.concatenate([each, each]), _RIDGE_OF_RANKING, names)[0]


def _regression(
    x: Floats, y: npt.NDArray[np.bool_], weight: Floats, c: float, names: Sequence[str]
) -> tuple[Floats, float]:
    """(weights, bias) of a logistic regression with ridge, fitted on features of like spread and told in their own.

    What can only speak for an answer, or against it, never weighs the other way: it is left out then.
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    spread = x.std(axis=0)
    kept = spread > _STILL  # a feature that never changes weighs nothing
    sign = np.array(_signs(names))
    while True:
        model = LogisticRegression(C=c, max_iter=3000).fit(x[:, kept] / spread[kept], y, sample_weight=weight)
        weights = np.zeros(len(names))
        weights[kept] = model.coef_[0] / spread[kept]
        wrong = weights * sign < 0
        if not wrong.any():
            return weights, float(model.intercept_[0])
        kept &= ~wrong


def _trees(x: Floats, y: npt.NDArray[np.bool_], names: Sequence[str]) -> list[Node]:
    """Boosted trees that say how likely the sentence is right; the first node is what they start from.

    What can only speak for an answer, or against it, never counts the other way in any of them.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]

    model = HistGradientBoostingClassifier(
        max_iter=_TREES,
        learning_rate=_STEP,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=_A_LEAF,
        l2_regularization=_RIDGE_OF_TREES,
        monotonic_cst=_signs(names),
        early_stopping=False,
    ).fit(x, y)
    grown = [_node(predictor.nodes, 0, names) for (predictor,) in model._predictors]
    return [round(float(model._baseline_prediction[0, 0]), 4), *grown]


def _node(nodes: npt.NDArray[np.void], at: int, names: Sequence[str]) -> Node:
    """A node of a tree as scikit-learn keeps it, as the judge reads it."""
    node = nodes[at]
    if node["is_leaf"]:
        return round(float(node["value"]), 4)
    low, high = (_node(nodes, int(node[side]), names) for side in ("left", "right"))
    return [names[int(node["feature_idx"])], round(float(node["num_threshold"]), 5), low, high]


def _signs(names: Sequence[str]) -> list[int]:
    """For each feature whether it can only speak for an answer (1), only against it (-1), or both (0)."""
    return [-1 if name in _AGAINST else 1 if name in _FOR else 0 for name in names]


def left_out(rows: Sequence[Row], names: Sequence[str], trees: bool = True) -> list[Outcome]:
    """Each question's outcome with the judge fitted on the other authors."""
    found = []
    for author, own in by_author(rows).items():
        judge = fit([row for row in rows if row.author != author], names, trees)
        found += outcomes(own, judge)
    return found


def outcomes(rows: Sequence[Row], judge: Judge) -> list[Outcome]:
    """Each question's best sentence as a judge sees it; none for questions for which nothing was found."""
    found = []
    for row in _with(rows):
        verdicts = [(judge.weigh(sentence.features), sentence) for sentence in row.sentences]
        verdict, best = max(verdicts, key=lambda each: each[0].rank)
        found.append(Outcome(row, best, verdict.probability))
    return found


def log_loss(some: Sequence[Outcome]) -> float:
    """The mean log loss of the probabilities that the best sentence is right."""
    p = np.clip([outcome.probability for outcome in some], 1e-6, 1 - 1e-6)
    y = np.array([outcome.right for outcome in some])
    return float(-np.mean(np.where(y, np.log(p), np.log(1 - p))))


def earning(rows: Sequence[Row], names: Sequence[str]) -> list[str]:
    """The features without which authors left out are judged worse: the one that earns least goes, again and again."""
    kept = list(names)
    loss = log_loss(left_out(rows, kept, trees=False))
    while len(kept) > 1:
        tried = [(log_loss(left_out(rows, [n for n in kept if n != name], trees=False)), name) for name in kept]
        least, name = min(tried)
        if least - loss > _LEAST:
            break
        kept.remove(name)
        loss = min(loss, least)
    return kept


def weighing(rows: Sequence[Row], names: Sequence[str]) -> list[str]:
    """The features that weigh anything in a judge of the others that do."""
    kept = list(names)
    while True:
        judge = fit(rows, kept, trees=False)
        weighty = [name for name in kept if judge.ranking[name] or judge.weights[name]]
        if len(weighty) == len(kept):
            return kept
        kept = weighty


def thresholds(some: Sequence[Outcome]) -> tuple[float, float]:
    """(sure, likely), the least probabilities of the grades, for questions as they are asked.

    So few of what is sure are wrong; and with `likely` most questions come out right, answered rightly or refused
    rightly. Of thresholds that hardly differ in that it is the greatest: nothing is shown in vain.
    """
    order = sorted((o for o in some if o.row.variant == "asked"), key=lambda o: -o.probability)
    sure, wrong = _NEVER, 0
    for count, outcome in enumerate(order, 1):
        wrong += outcome.wrong
        if count >= _FEW and wrong <= _WRONG_IF_SURE * count:
            sure = outcome.probability
    well = sum(not o.row.answerable for o in order)  # where nothing is answered
    came_out = []
    for outcome in order:
        well += outcome.right - (not outcome.row.answerable)
        came_out.append((well, outcome.probability))
    most = max((well for well, _ in came_out), default=0)
    likely = next((p for well, p in came_out if well >= most - _HARDLY * len(order)), _NEVER)
    return round(sure, 3), round(min(likely, sure), 3)


def reliability(some: Sequence[Outcome], tenths: int = 10) -> list[tuple[float, float, int]]:
    """(mean probability said, share that was right, questions) for tenths of the probability."""
    bins: Mapping[int, list[Outcome]] = {i: [] for i in range(tenths)}
    for outcome in some:
        bins[min(tenths - 1, int(outcome.probability * tenths))].append(outcome)
    return [
        (sum(o.probability for o in b) / len(b), sum(o.right for o in b) / len(b), len(b)) for b in bins.values() if b
    ]


def spreads(rows: Sequence[Row], names: Sequence[str]) -> dict[str, float]:
    """Each feature's standard deviation over the best sentences: what its weight comes to."""
    x = np.array([[s.features[name] for name in names] for row in _with(rows) for s in row.sentences[:3]])
    return dict(zip(names, map(float, x.std(axis=0)), strict=True))


def share(each: Iterable[bool]) -> float:
    """How many of them are so; NaN of none."""
    held = list(each)
    return sum(held) / len(held) if held else float("nan")


def _features(row: Row, names: Sequence[str]) -> Floats:
    """(sentences, features)."""
    return np.array([[sentence.features[name] for name in names] for sentence in row.sentences])


def _at(row: Row, names: Sequence[str], ranking: Floats) -> int:
    """The place of the sentence that is ranked first."""
    return int(np.argmax(_features(row, names) @ ranking))


def _first(row: Row, names: Sequence[str], ranking: Floats) -> Floats:
    """The features of the sentence that is ranked first."""
    first: Floats = _features(row, names)[_at(row, names, ranking)]
    return first


def _with(rows: Sequence[Row]) -> list[Row]:
    """The rows for which anything was found."""
    return [row for row in rows if row.sentences]
