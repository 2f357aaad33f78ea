"""Takes bins ordered by score, gives the monotone fit of their rates and the band a calibrated model stays in."""

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, divide, floats
from generator.stats.distributions import binomial_mass


def pool_adjacent_violators(values: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Weighted least-squares fit that never falls, same shape (B,) (Ayer et al. 1955).

    Values of weight 0 take the fit of the bin before them, or the first one after if there is none before.
    """
    y = floats(values)
    w = np.ones_like(y) if weights is None else floats(weights)
    used = np.flatnonzero(w > 0)
    if used.size == 0:
        return np.full(y.shape, np.nan)
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(y[used].tolist(), w[used].tolist(), strict=True):
        block = (value, weight, 1)
        while blocks and blocks[-1][0] >= block[0]:
            mean, mass, count = blocks.pop()
            total = mass + block[1]
            block = ((mean * mass + block[0] * block[1]) / total, total, count + block[2])
        blocks.append(block)
    fitted = np.repeat([b[0] for b in blocks], [b[2] for b in blocks])
    nearest = np.clip(np.searchsorted(used, np.arange(y.size), side="right") - 1, 0, None)
    return floats(fitted[nearest])


def isotonic_rates(n: ArrayLike, positives: ArrayLike) -> FloatArray:
    """Calibrated probability of each score bin (B,), isotonic in the score (Zadrozny & Elkan 2002).

    None: nan.
    """
    rows = floats(n)
    return pool_adjacent_violators(divide(positives, rows, empty=0.0), rows)


def consistency_band(n: ArrayLike, p: ArrayLike, level: float = 0.9) -> tuple[FloatArray, FloatArray]:
    """Observed shares that a calibrated model shows in each bin with chance `level` (Broecker & Smith 2007).

    Binomial quantiles of n rows at probability p, divided by n; nan for bins without rows.
    """
    limits = [
        _binomial_limits(int(rows), float(share), level) for rows, share in zip(floats(n), floats(p), strict=True)
    ]
    array = floats(limits).reshape(-1, 2)
    return array[:, 0], array[:, 1]


def _binomial_limits(rows: int, share: float, level: float) -> tuple[float, float]:
    if rows <= 0:
        return np.nan, np.nan
    cumulative = np.cumsum(binomial_mass(rows, share))
    tail = (1.0 - level) / 2.0
    low = int(np.searchsorted(cumulative, tail))
    high = int(np.searchsorted(cumulative, 1.0 - tail))
    return min(low, rows) / rows, min(high, rows) / rows
