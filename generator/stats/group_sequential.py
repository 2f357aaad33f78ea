"""Takes a number of equally spaced looks, gives the limits that keep the error rate over all of them."""

import math
from collections.abc import Callable

import numpy as np

from generator.stats.arrays import FloatArray, floats
from generator.stats.distributions import normal_cdf_array, normal_density_array

NODES = 120


def error_over_looks(limits: FloatArray) -> float:
    """Chance that |z| exceeds its limit at any of equally spaced looks without an effect.

    Recursive integration of the density that is still inside (Armitage, McPherson & Rowe 1969).
    """
    inside = 1.0
    x, density = np.zeros(1), np.ones(1)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    for look, limit in enumerate(limits, start=1):
        edge = float(limit) * math.sqrt(look)
        stay = normal_cdf_array(edge - x) - normal_cdf_array(-edge - x)
        inside = float(stay @ density)
        ahead = edge * nodes
        density = (normal_density_array(ahead[:, None] - x) @ density) * edge * weights
        x = ahead
    return 1.0 - inside


def _limits(looks: int, alpha: float, shape: Callable[[int], float]) -> FloatArray:
    form = floats([shape(look) for look in range(1, looks + 1)])
    low, high = 0.5, 8.0
    while high - low > 1e-9:
        middle = (low + high) / 2.0
        low, high = (middle, high) if error_over_looks(middle * form) > alpha else (low, middle)
    return floats((low + high) / 2.0 * form)
