"""Takes p-values, gives adjusted ones; a nan is left out of the family and stays nan."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generator.stats.arrays import FloatArray, floats


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Adjusted p-values, same shape, for the false discovery rate (Benjamini & Hochberg 1995)."""
    return _step_up(floats(p_values), harmonic=False)


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
