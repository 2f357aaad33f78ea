"""Takes rows of two sides with their losses, gives what the change of the mean loss owes to other inputs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.stats.arrays import FloatArray, floats

FOLDS = 5
PAIRED = 10
"""Columns whose products with one another are looked at: those that moved most."""
RIDGE = 1.0
"""Penalty of the classifier on standardised columns, in rows."""
CLIP = 1e-3
"""Probabilities are kept this far from 0 and 1 before they become ratios of densities."""
STEPS, SMALL = 60, 1e-7
"""Newton's steps: at most, and the largest change of the last one."""
SHRUNK = 0.25
"""A curve leads the next step as well where the last one was at most so large as the one before (Shamanskii 1967)."""
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reweighted:
    """Mean losses by part of the rows: `before`, the same weighted to the inputs of after, and `after`.

    `means` is (3, L) by level, each level's share of the mean over all rows, so that levels add up; `left_out`
    (G, 3, L) the same without each group of entities, on both sides and in the fit of the weights.
    """

    means: FloatArray
    left_out: FloatArray
    ess: float
    """Share of the rows before that is left once they are weighted (Kish 1965): 1 for like sides."""


def reweighted(x: FloatArray, loss: FloatArray, second: Flags, group: Whole, level: Whole, levels: int) -> Reweighted:
    """Weight the losses of the first side to the inputs of the second (Shimodaira 2000; Cai et al. 2023).

    `x` (n, P) are columns without gaps, `group` (n,) entities 0..G−1 on both sides alike, `level` (n,) places 0..L−1.
    Weights are odds of a logistic classifier of second order, fitted on other groups than those it judges. Leaving out
    a group refits it by one Newton step, so that the spread of the left-out means holds that of the weights.
    """
    z = _expanded(x, second)
    odds = _odds(z, second, group)
    groups = odds.shape[0] - 1
    whole = _means(odds[-1], loss, second, level, levels)
    parts = [
        _means(odds[g][kept], loss[kept], second[kept], level[kept], levels)
        for g in range(groups)
        for kept in [group != g]
    ]
    w = odds[-1][~second]
    return Reweighted(means=whole, left_out=np.stack(parts), ess=float(w.sum() ** 2 / (w.size * (w**2).sum())))


def _means(odds: FloatArray, loss: FloatArray, second: Flags, level: Whole, size: int) -> FloatArray:
    """Return each level's part of the mean loss before, of the weighted one, and after, (3, L)."""
    first = ~second

    def share(weight: FloatArray) -> FloatArray:
        return floats(np.bincount(level, weights=weight * loss, minlength=size) / weight.sum())

    return np.stack([share(first.astype(float)), share(np.where(first, odds, 0.0)), share(second.astype(float))])


def _expanded(x: FloatArray, second: Flags) -> FloatArray:
    """Return standardised columns, their squares, and products of those that moved most, standardised too."""
    z = _standard(x)
    moved = np.abs(z[second].mean(axis=0) - z[~second].mean(axis=0))
    many = ((z != z.min(axis=0)) & (z != z.max(axis=0))).any(axis=0)
    places = [int(k) for k in np.argsort(-moved, kind="stable") if many[k]][:PAIRED]
    pairs = [z[:, i] * z[:, j] for n, i in enumerate(places) for j in places[n + 1 :]]
    made = np.column_stack([z, z[:, many] ** 2, *pairs])
    return np.column_stack([np.ones(len(x)), _standard(made)])


def _standard(x: FloatArray) -> FloatArray:
    spread = x.std(axis=0)
    kept = spread > 1e-12
    return floats(np.clip((x[:, kept] - x[:, kept].mean(axis=0)) / spread[kept], -8.0, 8.0))


def _odds(z: FloatArray, second: Flags, group: Whole) -> FloatArray:
    """Return the odds (G + 1, n) of the second side, without each group and, in the last row, with all of them."""
    groups = int(group.max()) + 1
    fold = group % FOLDS
    out = np.empty((groups + 1, second.size))
    every = _fitted(z, second, np.zeros(z.shape[1]))
    for k in range(FOLDS):
        test = fold == k
        train = ~test
        beta = _fitted(z[train], second[train], every)
        steps = _without(z[train], second[train], group[train], groups, beta)
        chance = 1.0 / (1.0 + np.exp(-np.clip(z[test] @ (beta + steps).T, -30.0, 30.0)))
        p = np.clip(chance, CLIP, 1.0 - CLIP)
        out[:, test] = (p / (1.0 - p)).T
    return out


def _fitted(z: FloatArray, second: Flags, beta: FloatArray) -> FloatArray:
    """Return the penalised logistic coefficients (P,) of equally heavy sides by Newton's method, from `beta` on.

    The curve only leads the steps, so that seven digits of it are enough; the slope has all of them.
    """
    rough = z.astype(np.float32)
    penalty = np.full(z.shape[1], RIDGE)
    penalty[0] = 0.0
    weight = _weights(second)
    curve, last = None, np.inf
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(z @ beta, -30.0, 30.0)))
        gradient = z.T @ (weight * (second - p)) - penalty * beta
        if curve is None:
            curve = _curve(rough, weight * p * (1.0 - p) + 1e-9) + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, gradient)
        beta = beta + step
        size = np.abs(step).max()
        if size < SMALL:
            break
        curve, last = curve if size <= SHRUNK * last < np.inf else None, size
    return beta


def _curve(z: NDArray[np.floating[Any]], bend: FloatArray) -> FloatArray:
    """Return the products (P, P) of columns over rows of weight `bend`; half of them is worked out."""
    heavy = z * np.sqrt(bend).astype(z.dtype)[:, None]
    return floats(heavy.T @ heavy)


def _weights(second: Flags) -> FloatArray:
    ones = float(second.sum())
    return np.where(second, 0.5 * second.size / ones, 0.5 * second.size / (second.size - ones))


def _without(z: FloatArray, second: Flags, group: Whole, groups: int, beta: FloatArray) -> FloatArray:
    """Return by what the coefficients change without each group, one Newton step each, (G + 1, P); the last is 0."""
    p = 1.0 / (1.0 + np.exp(-np.clip(z @ beta, -30.0, 30.0)))
    weight = _weights(second)
    slope, bend = weight * (second - p), weight * p * (1.0 - p) + 1e-9
    penalty = np.full(beta.size, RIDGE + 1e-9)
    penalty[0] = 1e-9
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups + 1))
    whole = _curve(z, bend) + np.diag(penalty)
    steps = np.zeros((groups + 1, beta.size))
    for g in range(groups):
        rows = order[starts[g] : starts[g + 1]]
        part = z[rows]
        steps[g] = np.linalg.solve(whole - _curve(part, bend[rows]), -(part.T @ slope[rows]))
    return steps
