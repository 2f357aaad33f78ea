"""Takes calibrated probabilities per score bin, or a triangle of late labels, gives what labels will show."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, IntArray, divide, floats, ratio
from generator.stats.discrimination import auc


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """Expected confusion counts and the metrics that follow from them; nan where a metric has no rows."""

    true_positive: float
    false_positive: float
    true_negative: float
    false_negative: float
    accuracy: float
    f1: float
    auc: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainLadder:
    """Development factors (J - 1,), expected final count of each cohort (I,), and what is still to come in all.

    `se` (I,) and `outstanding_se` are standard errors of the final counts, and of what is still to come.
    """

    factors: FloatArray
    ultimate: FloatArray
    outstanding: float
    se: FloatArray
    outstanding_se: float


def estimate_performance(n: ArrayLike, p: ArrayLike, predicted: ArrayLike) -> Estimated:
    """Performance without labels from calibrated probabilities (confidence-based estimation; Garg et al.

    2022).

    `n` rows, mean calibrated probability `p` and decision `predicted` (0 or 1) of each bin (B,), lowest
    calibrated probability first. Right only as long as P(y | x) stays: blind to concept drift.
    """
    rows, share, acted = floats(n), floats(p), floats(predicted) > 0
    share = np.where(rows > 0, share, 0.0)
    hits, others = rows * share, rows * (1.0 - share)
    tp, fp = float(hits[acted].sum()), float(others[acted].sum())
    fn, tn = float(hits[~acted].sum()), float(others[~acted].sum())
    total = tp + fp + fn + tn
    return Estimated(
        true_positive=tp,
        false_positive=fp,
        true_negative=tn,
        false_negative=fn,
        accuracy=ratio(tp + tn, total),
        f1=ratio(2.0 * tp, 2.0 * tp + fp + fn),
        auc=auc(hits, others).value,
    )


def f1_se(true_positive: float, false_positive: float, false_negative: float) -> float:
    """Standard error of F1 from confusion counts of independent rows, by the delta method; no positives at all: nan.

    F1 does not change with the scale of the counts, so the multinomial's covariance drops out.
    """
    total = 2.0 * true_positive + false_positive + false_negative
    if not total > 0:
        return math.nan
    hit, miss = 2.0 / total - 4.0 * true_positive / total**2, -2.0 * true_positive / total**2
    return math.sqrt(true_positive * hit**2 + (false_positive + false_negative) * miss**2)


def chain_ladder(triangle: ArrayLike) -> ChainLadder:
    """Final counts of cohorts whose labels are still arriving, with their standard errors (Mack 1993).

    `triangle` (I, J) holds cumulative counts by cohort and label age, nan where not yet known. A factor
    without data is 1, and adds no error.
    """
    c = floats(triangle)
    both = np.isfinite(c[:, 1:]) & np.isfinite(c[:, :-1])
    later = np.where(both, c[:, 1:], 0.0).sum(axis=0)
    earlier = np.where(both, c[:, :-1], 0.0).sum(axis=0)
    factors = divide(later, earlier, empty=1.0)
    to_go = np.concatenate([np.cumprod(factors[::-1])[::-1], [1.0]])
    known = np.isfinite(c)
    last = np.where(known.any(axis=1), c.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1), -1)
    latest = np.where(last >= 0, c[np.arange(c.shape[0]), last], np.nan)
    ultimate = latest * to_go[last]
    errors = _mack_errors(c, factors, last, np.where(both, c[:, :-1], 0.0))
    return ChainLadder(
        factors=factors,
        ultimate=ultimate,
        outstanding=float(np.nansum(ultimate - latest)),
        se=errors[0],
        outstanding_se=errors[1],
    )


def _mack_errors(c: FloatArray, factors: FloatArray, last: IntArray, base: FloatArray) -> tuple[FloatArray, float]:
    """Standard errors of the final counts (I,) and of their sum; `base` (I, J - 1) is what factors were made of."""
    sums, spread = base.sum(axis=0), _variances(c, factors, base)
    filled = c.copy()
    for j in range(len(factors)):
        filled[:, j + 1] = np.where(j + 1 > last, filled[:, j] * factors[j], c[:, j + 1])
    ultimate, ahead = filled[:, -1], np.arange(len(factors)) >= last[:, None]
    rate = divide(spread, factors**2, empty=0.0)
    own = np.where(ahead, rate * (divide(1.0, filled[:, :-1], empty=0.0) + divide(1.0, sums, empty=0.0)), 0.0)
    squared = np.where(last < 0, np.nan, ultimate**2 * np.nansum(own, axis=1))
    shared = np.where(ahead, 2.0 * rate * divide(1.0, sums, empty=0.0), 0.0).sum(axis=1)
    known = np.where(np.isfinite(ultimate), ultimate, 0.0)
    younger = np.array([known[(last < mine) & (last >= 0)].sum() for mine in last])
    alike = np.array([known[index + 1 :][last[index + 1 :] == mine].sum() for index, mine in enumerate(last)])
    total = np.nansum(squared) + float((known * (younger + alike) * shared).sum())
    return np.sqrt(squared), math.sqrt(float(total))


def _variances(c: FloatArray, factors: FloatArray, base: FloatArray) -> FloatArray:
    """Mack's variances of the factors (J - 1,); one that rests on a single cohort is taken from those before it."""
    single = divide(c[:, 1:], c[:, :-1], empty=0.0)
    rows = (base > 0).sum(axis=0)
    squares = np.where(base > 0, base * (np.nan_to_num(single) - factors) ** 2, 0.0).sum(axis=0)
    spread = np.where(rows > 1, divide(squares, np.maximum(rows - 1, 1)), 0.0)
    for j in np.flatnonzero(rows <= 1):
        if j >= 2 and spread[j - 2] > 0:
            spread[j] = min(spread[j - 1] ** 2 / spread[j - 2], spread[j - 2], spread[j - 1])
    return spread
