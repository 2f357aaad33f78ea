"""Takes values or counts, gives their moments and their stability index the direct way."""

import math

import numpy as np
from numpy.typing import ArrayLike

from generator.records.aggregates import Moments
from generator.stats.arrays import QUIET, divide, floats
from generator.stats.psi import psi_terms


def empty(shape: tuple[int, ...] = ()) -> Moments:
    """Moments of no values at all, the neutral element of `merge`."""
    n, mean, m2, m3, m4 = np.zeros((5, *shape))
    return Moments(n=floats(n), mean=floats(mean), m2=floats(m2), m3=floats(m3), m4=floats(m4))


@QUIET
def of(values: ArrayLike) -> Moments:
    """Moments along the first axis by two passes; values that are not finite are left out, column by column."""
    x = np.atleast_1d(floats(values))
    finite = np.isfinite(x)
    x = np.where(finite, x, 0.0)
    n = floats(finite.sum(axis=0))
    mean = divide(x.sum(axis=0), n, empty=0.0)
    mean = mean + divide(np.where(finite, x - mean, 0.0).sum(axis=0), n, empty=0.0)
    d = np.where(finite, x - mean, 0.0)
    d2 = d * d
    m2, m3, m4 = (floats(power.sum(axis=0)) for power in (d2, d2 * d, d2 * d2))
    return Moments(n=n, mean=mean, m2=m2, m3=m3, m4=m4)


def psi(ref: ArrayLike, prod: ArrayLike, *, add: float = 0.5) -> float:
    """Population stability index of two count vectors; bins empty on both sides are left out."""
    q, p = floats(ref), floats(prod)
    used = (q + p) != 0
    return float(psi_terms(q[used], p[used], add=add).sum()) if q.sum() > 0 and p.sum() > 0 else math.nan
