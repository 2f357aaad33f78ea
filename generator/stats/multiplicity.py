"""Takes p-values, gives adjusted ones; a nan is left out of the family and stays nan."""

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Adjusted p-values, same shape, for the false discovery rate (Benjamini & Hochberg 1995)."""
    p = floats(p_values)
    known = np.isfinite(p)
    order = np.argsort(p[known], kind="stable")
    scaled = p[known][order] * order.size / np.arange(1, order.size + 1)
    adjusted = np.empty(order.size)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    placed = np.full(p.shape, np.nan)
    placed[known] = adjusted
    return placed
