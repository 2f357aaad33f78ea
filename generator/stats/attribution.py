"""Takes shares and losses of cells on two sides, gives what of the change of the mean loss is whose."""

import math
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, divide, floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attribution:
    """Parts of a change of mean loss that add up to it exactly.

    `mix` (K,) is the part of each axis's shares given the axes before it, `relation` that of the losses within cells,
    by cell (shape of the cells); `slope` (K + 1, cells) is the derivative of each part, that of the relation last, by
    the losses before.
    """

    before: float
    after: float
    mix: FloatArray
    relation: FloatArray
    slope: FloatArray


def attribution(n0: ArrayLike, sums0: ArrayLike, n1: ArrayLike, sums1: ArrayLike) -> Attribution:
    """Share out a change of mean loss among the axes of cells and the losses in them (Shapley values).

    `n` and `sums` are rows and summed losses by cell, axes in the order in which shares are conditioned: the first
    alone, the second given the first, and so on. Every order of exchanging old for new counts alike (Shorrocks
    2013), so no order is preferred. The loss of a cell that is empty on one side is that of the other side less the
    change in the cells that both have. A side without rows gives nan.
    """
    w0, w1 = floats(n0), floats(n1)
    if not (w0.sum() > 0 and w1.sum() > 0):
        return _nothing(w0)
    loss0, loss1, pooled = _filled(w0, floats(sums0), w1, floats(sums1))
    sides = list(zip(_conditions(w0, w1), _conditions(w1, w0), strict=True))
    axes = len(sides)
    shares = {s: reduce(np.multiply, [sides[k][k in s] for k in range(axes)]) for s in _subsets(range(axes))}
    by_old, by_new = np.zeros((2, axes + 1, *w0.shape))
    for chosen, share in shares.items():
        for k in set(range(axes)) - chosen:
            moved = shares[chosen | {k}] - share
            by_old[k] += moved * _weight(len(chosen), axes + 1)
            by_new[k] += moved * _weight(len(chosen) + 1, axes + 1)
        by_old[axes] -= _weight(len(chosen), axes + 1) * share
        by_new[axes] += _weight(len(chosen), axes + 1) * share
    cells = by_old * loss0 + by_new * loss1
    slope = np.where(w0 > 0, by_old + np.where(w1 > 0, 0.0, by_new), 0.0)
    through = (by_old * (w0 == 0) - by_new * (w1 == 0)).reshape(axes + 1, -1).sum(axis=1)
    return Attribution(
        before=float(floats(sums0).sum() / w0.sum()),
        after=float(floats(sums1).sum() / w1.sum()),
        mix=floats(cells[:axes].reshape(axes, -1).sum(axis=1)),
        relation=floats(cells[axes]),
        slope=floats(slope + np.multiply.outer(through, pooled)),
    )


def _nothing(shape: FloatArray) -> Attribution:
    none = np.full(shape.shape, math.nan)
    return Attribution(
        before=math.nan,
        after=math.nan,
        mix=np.full(shape.ndim, math.nan),
        relation=none,
        slope=np.full((shape.ndim + 1, *shape.shape), math.nan),
    )


def _filled(
    w0: FloatArray, sums0: FloatArray, w1: FloatArray, sums1: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return mean losses of both sides without gaps, and the weight of each cell in the change that fills them."""
    loss0, loss1 = divide(sums0, w0), divide(sums1, w1)
    pooled = divide(w0 * w1, w0 + w1, empty=0.0)
    pooled = divide(pooled, pooled.sum(), empty=0.0)
    gap = float((pooled * np.nan_to_num(loss0 - loss1)).sum())
    old = np.where(w0 > 0, loss0, loss1 + gap)
    new = np.where(w1 > 0, loss1, loss0 - gap)
    return np.nan_to_num(old), np.nan_to_num(new), pooled


def _conditions(own: FloatArray, other: FloatArray) -> list[FloatArray]:
    """Return the shares of each axis given those before it, broadcast to the cells; `other` fills empty conditions."""
    made = []
    for k in range(own.ndim):
        behind, at = tuple(range(k + 1, own.ndim)), tuple(range(k, own.ndim))
        sides = [divide(w.sum(axis=behind, keepdims=True), w.sum(axis=at, keepdims=True)) for w in (own, other)]
        share = np.nan_to_num(np.where(np.isnan(sides[0]), sides[1], sides[0]))
        made.append(floats(np.broadcast_to(share, own.shape)))
    return made


def _subsets(items: range) -> list[frozenset[int]]:
    return [frozenset(found) for size in range(len(items) + 1) for found in combinations(items, size)]


def _weight(before: int, players: int) -> float:
    """Return the share of orders in which exactly these `before` players of all stand before a given one."""
    return math.factorial(before) * math.factorial(players - before - 1) / math.factorial(players)
