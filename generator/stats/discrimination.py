"""Takes positives and negatives per score bin, lowest score first, gives how well the score ranks them."""

import math

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, divide, floats, ratio
from generator.stats.bins import Binned


def auc(positives: ArrayLike, negatives: ArrayLike) -> Binned:
    """Area under the ROC curve from bins (B,), ties within a bin counting half (Hanley & McNeil 1982).

    Bounds let the rows of a bin be ordered in any way; a bin per distinct score makes the value exact. One
    class only: nan.
    """
    p, n = floats(positives), floats(negatives)
    within = ratio(float((p * n).sum()) / 2.0, float(p.sum() * n.sum()))
    value = float(areas(p, n))
    return Binned(value=value, low=value - within, high=value + within)


def areas(positives: FloatArray, negatives: FloatArray) -> FloatArray:
    """The area alone, of many sets of bins (..., B)."""
    below = np.cumsum(negatives, axis=-1) - negatives
    above = (positives * (below + negatives / 2.0)).sum(axis=-1)
    return divide(above, positives.sum(axis=-1) * negatives.sum(axis=-1))


def delong_se(positives: ArrayLike, negatives: ArrayLike) -> float:
    """Standard error of the AUC from bins for independent rows (DeLong et al. 1988).

    Nan if under two of a class.
    """
    p, n = floats(positives), floats(negatives)
    total_p, total_n = float(p.sum()), float(n.sum())
    if total_p < 2 or total_n < 2:
        return math.nan
    over_negatives = (np.cumsum(n) - n / 2.0) / total_n
    under_positives = 1.0 - (np.cumsum(p) - p / 2.0) / total_p
    return math.sqrt(_variance(over_negatives, p) / total_p + _variance(under_positives, n) / total_n)


def average_precisions(positives: ArrayLike, negatives: ArrayLike) -> FloatArray:
    """Mean precision over the recall steps of bins (..., B), highest score first (Zhu 2004); no positives: nan."""
    p, n = (floats(counts)[..., ::-1] for counts in (positives, negatives))
    precision = divide(np.cumsum(p, axis=-1), np.cumsum(p + n, axis=-1), empty=0.0)
    return divide((p * precision).sum(axis=-1), p.sum(axis=-1))


def captures(positives: FloatArray, negatives: FloatArray, share: float) -> FloatArray:
    """The same of many sets of bins (..., B)."""
    p, n = positives[..., ::-1], negatives[..., ::-1]
    rows = p + n
    wanted = min(max(share, 0.0), 1.0) * rows.sum(axis=-1, keepdims=True)
    taken = np.clip(divide(wanted - (np.cumsum(rows, axis=-1) - rows), rows, empty=0.0), 0.0, 1.0)
    return floats((p * taken).sum(axis=-1))


def precision_at(positives: ArrayLike, negatives: ArrayLike, share: float) -> FloatArray:
    """Share of positives among the top `share` of rows (..., B); never above `precision_bound`. No rows: nan."""
    p, n = floats(positives), floats(negatives)
    return divide(captures(p, n, share), share * (p + n).sum(axis=-1))


def lift_at(positives: ArrayLike, negatives: ArrayLike, share: float) -> FloatArray:
    """Precision at the top `share` over the base rate; no positives: nan."""
    p, n = floats(positives), floats(negatives)
    return divide(precision_at(p, n, share), divide(p.sum(axis=-1), (p + n).sum(axis=-1)))


def gain_at(positives: ArrayLike, negatives: ArrayLike, share: float) -> FloatArray:
    """Share of all positives that the top `share` of rows holds; no positives: nan."""
    p, n = floats(positives), floats(negatives)
    return divide(captures(p, n, share), p.sum(axis=-1))


def precision_bound(base_rate: float, share: float) -> float:
    """Largest precision any score can have at the top `share`: min(1, base rate/share), a counting identity."""
    return min(1.0, base_rate / share) if share > 0 else math.nan


def _variance(values: FloatArray, weights: FloatArray) -> float:
    total = float(weights.sum())
    mean = float((weights * values).sum()) / total
    return float((weights * (values - mean) ** 2).sum()) / (total - 1.0)
