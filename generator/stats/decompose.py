"""Takes losses of cells and limits of an interval, gives what changed and a three-valued verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats
from generator.stats.distributions import normal_quantile

Verdict = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decomposition:
    """Mean loss before and after, and per cell (C,) the part of its share and of its loss."""

    before: float
    after: float
    mix: FloatArray
    within: FloatArray


def kitagawa(
    weights0: ArrayLike,
    losses0: ArrayLike,
    weights1: ArrayLike,
    losses1: ArrayLike,
    standard: Literal["symmetric", "reference"] = "symmetric",
) -> Decomposition:
    """Split a change of mean loss over cells into mix and within (Kitagawa 1955).

    Weights (C,) are rows or shares. `symmetric` weighs each part by the average of the two sides;
    `reference` prices the mix at the old losses and the losses at the new shares. Both parts add up exactly.
    A cell empty on one side takes its loss from the other (its change is all mix); a side without rows gives
    nan.
    """
    w0, w1 = _shares(weights0), _shares(weights1)
    l0, l1 = floats(losses0), floats(losses1)
    l0, l1 = _filled(l0, w0, l1), _filled(l1, w1, l0)
    if standard == "symmetric":
        mix, within = (w1 - w0) * (l0 + l1) / 2.0, (w0 + w1) / 2.0 * (l1 - l0)
    else:
        mix, within = (w1 - w0) * l0, w1 * (l1 - l0)
    return Decomposition(before=float((w0 * l0).sum()), after=float((w1 * l1).sum()), mix=mix, within=within)


def verdict(low: float, high: float, limit: float, larger_is_worse: bool = True) -> Verdict:
    """Judge an interval against a limit: all of it worse fails, all of it better passes, else inconclusive.

    One-sided tests in both directions (Berger & Hsu 1996). An unknown end is inconclusive on its side.
    """
    if not larger_is_worse:
        low, high, limit = -high, -low, -limit
    if low > limit:
        return "fail"
    return "pass" if high < limit else "inconclusive"


def n_to_resolve(
    n: float, estimate: float, low: float, high: float, limit: float, level: float = 0.95, power: float = 0.8
) -> float:
    """Sample size at which a verdict is reached with chance `power` if the estimate is the truth.

    `low` and `high` are the two-sided `level` limits found with `n` (any unit of size: rows, days); widths
    are taken to fall with the root of it. An estimate on the limit never resolves: inf. Unknown or no width:
    nan.
    """
    width, gap = high - low, abs(estimate - limit)
    if not (width > 0 and n > 0) or math.isnan(gap):
        return math.nan
    if gap == 0.0:
        return math.inf
    z = normal_quantile(0.5 + level / 2.0)
    se = width / 2.0 / z
    return float(math.ceil(n * ((z + normal_quantile(power)) * se / gap) ** 2))


def _shares(weights: ArrayLike) -> FloatArray:
    w = floats(weights)
    total = float(w.sum())
    return w / total if total > 0 else np.full(w.shape, np.nan)


def _filled(losses: FloatArray, weights: FloatArray, other: FloatArray) -> FloatArray:
    filled = np.where(weights == 0, other, losses)
    return np.where((weights == 0) & np.isnan(filled), 0.0, filled)
