"""Takes the design of a control chart and the size of a shift, gives how long it runs until it signals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats
from generator.stats.distributions import normal_cdf, normal_cdf_array, normal_density_array, normal_tail

NODES = 200
LONGEST_RUN = 1e9


def shewhart_run_length(limit: float, shift: float = 0.0, two_sided: bool = False) -> float:
    """Mean days to a value beyond `limit` SDs when the mean is `shift` SDs off (Shewhart 1931)."""
    chance = normal_tail(limit - shift) + (normal_tail(limit + shift) if two_sided else 0.0)
    return 1.0 / chance if chance > 0 else math.inf


def cusum_run_length(h: float, k: float, shift: float = 0.0, start: float = 0.0, nodes: int = NODES) -> float:
    """Mean days until the upper CUSUM max(0, C + z - k) exceeds h, from `start` (Page 1954).

    Independent normal days with known mean and SD, all in daily SDs. Integral equation on Gauss-Legendre
    nodes (Goel & Wu 1971); runs longer than a billion days are inf.
    """
    if h <= 0.0:
        return shewhart_run_length(k, shift)
    x, w = _nodes(0.0, h, nodes)
    places = np.concatenate([[0.0], x])
    kernel = np.empty((nodes + 1, nodes + 1))
    kernel[:, 0] = normal_cdf_array(k - places - shift)
    kernel[:, 1:] = normal_density_array(x + k - places[:, None] - shift) * w
    runs = np.linalg.solve(np.eye(nodes + 1) - kernel, np.ones(nodes + 1))
    ahead = float(normal_density_array(x + k - start - shift) @ (w * runs[1:]))
    return _bounded(1.0 + normal_cdf(k - start - shift) * float(runs[0]) + ahead)


def cusum_path(z: ArrayLike, k: float, start: float = 0.0) -> FloatArray:
    """Upper CUSUM (D,) of standardised days, without restarts (Page 1954).

    A day that is nan changes nothing.
    """
    level, path = start, []
    for value in floats(z).tolist():
        level = level if math.isnan(value) else max(0.0, level + value - k)
        path.append(level)
    return floats(path)


def _nodes(low: float, high: float, nodes: int) -> tuple[FloatArray, FloatArray]:
    x, w = np.polynomial.legendre.leggauss(nodes)
    half = (high - low) / 2.0
    return floats(low + half * (x + 1.0)), floats(half * w)


def _bounded(run: float) -> float:
    return run if 0.0 < run < LONGEST_RUN or math.isnan(run) else math.inf


def _limit(run_of: Callable[[float], float], target: float, lowest: float = 0.0) -> float:
    low, high = lowest, 1.0
    if not run_of(low) < target < LONGEST_RUN:
        return math.nan
    while run_of(high) < target:
        low, high = high, 2.0 * high
    while high - low > 1e-7:
        middle = (low + high) / 2.0
        low, high = (middle, high) if run_of(middle) < target else (low, middle)
    return (low + high) / 2.0
