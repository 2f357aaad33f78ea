"""Takes p-values, gives adjusted ones; a nan is left out of the family and stays nan."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generator.stats.arrays import FloatArray, floats


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Adjusted p-values, same shape, for the false discovery rate (Benjamini & Hochberg 1995)."""
    return _step_up(floats(p_values), harmonic=False)


def benjamini_yekutieli(p_values: ArrayLike) -> FloatArray:
    """Adjusted p-values for the false discovery rate under any dependence (Benjamini & Yekutieli 2001)."""
    return _step_up(floats(p_values), harmonic=True)


def holm(p_values: ArrayLike) -> FloatArray:
    """Adjusted p-values for the chance of any false rejection (Holm 1979)."""
    p = floats(p_values)
    known, order = _ordered(p)
    m = order.size
    adjusted = np.maximum.accumulate(p[known][order] * (m - np.arange(m)))
    return _placed(p, known, order, adjusted)


def bonferroni(p_values: ArrayLike) -> FloatArray:
    """Adjusted p-values min(1, m p) (Dunn 1961)."""
    p = floats(p_values)
    return np.minimum(1.0, p * float(np.isfinite(p).sum()))


def cauchy_combination(p_values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """One p-value from several, valid in the tail under dependence (Liu & Xie 2020).

    A p-value of 1 counts as 1 - 1/(2m), so that one dull test cannot hide the others. None known: nan.
    """
    p = floats(p_values).ravel()
    known = np.isfinite(p)
    w = np.ones_like(p) if weights is None else floats(weights).ravel()
    p, w = p[known], w[known]
    if p.size == 0 or not w.sum() > 0:
        return math.nan
    p = np.clip(p, 1e-300, 1.0 - 0.5 / p.size)
    tiny = p < 1e-15
    scores = np.where(tiny, 1.0 / (p * np.pi), np.tan((0.5 - np.where(tiny, 0.5, p)) * np.pi))
    statistic = float((w / w.sum() * scores).sum())
    return 0.5 - math.atan(statistic) / math.pi if statistic < 1e15 else 1.0 / (statistic * math.pi)


def false_coverage_level(selected: int, tested: int, q: float = 0.05) -> float:
    """Level for the intervals of the selected ones, 1 - R q/m (Benjamini & Yekutieli 2005); nan if none."""
    return 1.0 - selected * q / tested if 0 < selected <= tested else math.nan


def _step_up(p: FloatArray, harmonic: bool) -> FloatArray:
    known, order = _ordered(p)
    m = order.size
    rank = np.arange(1, m + 1)
    factor = m * (float((1.0 / rank).sum()) if harmonic else 1.0)
    scaled = p[known][order] * factor / rank
    adjusted = np.minimum.accumulate(scaled[::-1])[::-1]
    return _placed(p, known, order, adjusted)


def _ordered(p: FloatArray) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    known = np.isfinite(p)
    return known, np.argsort(p[known], kind="stable")


def _placed(p: FloatArray, known: NDArray[np.bool_], order: NDArray[np.intp], adjusted: FloatArray) -> FloatArray:
    values = np.empty(order.size)
    values[order] = np.minimum(adjusted, 1.0)
    placed = np.full(p.shape, np.nan)
    placed[known] = values
    return placed
