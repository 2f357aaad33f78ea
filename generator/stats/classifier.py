"""Takes rows of two sides by entity group, gives how well a classifier tells the sides apart, out of fold."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from generator.stats.arrays import FloatArray, divide, floats
from generator.stats.calibration import cox
from generator.stats.cluster import jackknife_variance, leave_one_out_sums

FOLDS = 5
CLIP = 1e-3
"""Probabilities are kept this far from 0 and 1 before they become ratios of densities."""
PERMUTED = 1_000
"""Held-out rows of a fold in which a column is shuffled."""
AT_ONCE = 20_000
"""Rows that are judged together: a call costs as much as some thousand rows."""
TREES = {
    "max_iter": 60,
    "max_leaf_nodes": 16,
    "min_samples_leaf": 20,
    "l2_regularization": 1.0,
    "early_stopping": False,
}
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Separation:
    """How well the sides are told apart; nan where no held-out fold has rows of both."""

    auc: float
    auc_se: float
    ess: float
    """Share of the first side that is left once its rows are weighted to look like the second: 1 for like sides."""
    ess_se: float
    importance: FloatArray
    """What shuffling each column (P,) takes from the area under the curve."""


def separation(x: FloatArray, second: Flags, group: Whole, texts: Flags, seed: int) -> Separation:
    """Tell rows of the `second` side by their columns `x` (n, P): a two-sample test (Lopez-Paz & Oquab 2017).

    `x` holds nan for missing, and whole numbers from 0 to 254 in the columns marked in `texts`. Each row is judged by
    boosted trees that know no row of its `group`; standard errors leave out a group at a time, trees as they are.
    """
    rng = np.random.default_rng(seed)
    score, fold, lost = np.full(second.size, np.nan), np.zeros(second.size, dtype=np.int64), []
    for number, (train, test) in enumerate(_folds(x, second, group)):
        trees = _fitted(x[train], second[train], texts, seed)
        score[test], fold[test] = trees.predict_proba(x[test])[:, 1], number
        lost.append(_lost(trees, x[test[:PERMUTED]], second[test[:PERMUTED]], rng))
    groups = np.unique(group)
    area = out_of_fold_auc(score, second, fold)
    left = np.array([out_of_fold_auc(score[kept], second[kept], fold[kept]) for g in groups for kept in [group != g]])
    ess, ess_se = _effective(score, second, np.searchsorted(groups, group))
    return Separation(
        auc=area,
        auc_se=float(np.sqrt(jackknife_variance(left))),
        ess=ess,
        ess_se=ess_se,
        importance=floats(np.nanmean(lost, axis=0)) if np.isfinite(area) else np.full(x.shape[1], np.nan),
    )


def out_of_fold_auc(score: FloatArray, second: Flags, fold: Whole) -> float:
    """Return the share of pairs of a fold, one row of each side, whose scores are in order; ties count half.

    Pairs across folds are left out: other trees scored them. nan without a pair.
    """
    right = pairs = 0.0
    for number in np.unique(fold):
        here = (fold == number) & np.isfinite(score)
        ones = float((here & second).sum())
        both = ones * float((here & ~second).sum())
        right += float(rankdata(score[here])[second[here]].sum()) - ones * (ones + 1.0) / 2.0 if both else 0.0
        pairs += both
    return right / pairs if pairs else float("nan")


def effective_share(ratios: FloatArray) -> float:
    """Return the effective share of rows of p weighted to look like q, 1/E_q[q/p], from ratios q/p at rows of q.

    The same as (sum w)^2/(n sum w^2) over rows of p (Kish 1965), and right where p has no row like those of q.
    """
    return min(1.0, float(1.0 / ratios.mean())) if ratios.size else float("nan")


def _folds(x: FloatArray, second: Flags, group: Whole) -> Iterator[tuple[Whole, Whole]]:
    """Yield rows to learn from and rows held out; only where there is something of both sides to learn."""
    from sklearn.model_selection import GroupKFold

    for train, test in GroupKFold(n_splits=FOLDS).split(x, groups=group):
        if 0 < second[train].sum() < train.size:
            yield train, test


def _fitted(x: FloatArray, second: Flags, texts: Flags, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    known = texts if texts.any() else None
    return HistGradientBoostingClassifier(**TREES, categorical_features=known, random_state=seed).fit(x, second)


def _lost(trees: Any, x: FloatArray, second: Flags, rng: np.random.Generator) -> FloatArray:
    """Return what the area loses when one column after the other is shuffled (Breiman 2001), (P,)."""
    rows, width = x.shape
    fold = np.zeros(rows, dtype=np.int64)
    whole, lost, step = out_of_fold_auc(trees.predict_proba(x)[:, 1], second, fold), np.zeros(width), AT_ONCE // rows
    for start in range(0, width, step):
        chosen = range(start, min(start + step, width))
        moved = np.stack([x] * len(chosen))
        for place, column in enumerate(chosen):
            moved[place, :, column] = rng.permutation(x[:, column])
        scores = trees.predict_proba(moved.reshape(-1, width))[:, 1].reshape(len(chosen), rows)
        lost[start : start + step] = [whole - out_of_fold_auc(score, second, fold) for score in scores]
    return lost


def _effective(score: FloatArray, second: Flags, group: Whole) -> tuple[float, float]:
    """Return the effective share with its error, from scores calibrated at equal weight of the sides (Cox 1958).

    Sides that are told without error need no calibration, and give none.
    """
    known = np.isfinite(score)
    chosen = known & second
    ones, others = float(chosen.sum()), float((known & ~second).sum())
    if not (ones and others):
        return float("nan"), float("nan")
    weight = np.where(second, 0.5 / ones, 0.5 / others) * (ones + others)
    found = cox(weight[known], (weight * second)[known], score[known])
    shift, slope = found.intercept, max(found.slope, 0.0)
    if not np.isfinite(slope):
        shift, slope = float(np.log(others / ones)), 1.0
    odds = np.log(score[chosen]) - np.log1p(-score[chosen])
    p = np.clip(1.0 / (1.0 + np.exp(-shift - slope * odds)), CLIP, 1.0 - CLIP)
    ratios, width = p / (1.0 - p), int(group.max()) + 1
    sums = [np.bincount(group[chosen], weights=w, minlength=width) for w in (ratios, np.ones(ratios.size))]
    left = leave_one_out_sums(np.stack(sums, axis=1))
    shares = np.minimum(1.0, divide(left[:, 1], left[:, 0]))
    return effective_share(ratios), float(np.sqrt(jackknife_variance(shares)))
