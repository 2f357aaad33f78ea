"""Takes values, or the moments of parts, gives mergeable central moments and what follows from them."""

import numpy as np
from numpy.typing import NDArray

from generator.records.aggregates import Moments as Moments
from generator.stats.arrays import QUIET, FloatArray, divide, floats

ROUNDING = 16.0 * float(np.finfo(np.float64).eps)  # a relative spread below this is rounding, not variation


@QUIET
def merge(a: Moments, b: Moments) -> Moments:
    """Moments of the union of two disjoint sets, element by element (Chan et al. 1979; Pebay 2008)."""
    a_mean, b_mean = np.where(a.n > 0, a.mean, b.mean), np.where(b.n > 0, b.mean, a.mean)
    n = a.n + b.n
    d = b_mean - a_mean
    c2, c3, c4 = _between(a, b, d)
    return Moments(
        n=n,
        mean=floats(a_mean + d * divide(b.n, n, empty=0.0)),
        m2=a.m2 + b.m2 + c2,
        m3=a.m3 + b.m3 + c3,
        m4=a.m4 + b.m4 + c4,
    )


@QUIET
def pool(parts: Moments, axis: int = 0) -> Moments:
    """Moments of all the parts along one axis (groups, days) merged at once (Pebay 2008)."""
    n = parts.n.sum(axis=axis)
    mean = divide((parts.n * parts.mean).sum(axis=axis), n, empty=0.0)
    shift = np.where(parts.n > 0, parts.mean - np.expand_dims(mean, axis), 0.0)
    mean = mean + divide((parts.n * shift).sum(axis=axis), n, empty=0.0)
    d = np.where(parts.n > 0, parts.mean - np.expand_dims(mean, axis), 0.0)
    m2 = parts.m2 + parts.n * d**2
    m3 = parts.m3 + 3.0 * d * parts.m2 + parts.n * d**3
    m4 = parts.m4 + 4.0 * d * parts.m3 + 6.0 * d**2 * parts.m2 + parts.n * d**4
    return Moments(n=n, mean=mean, m2=m2.sum(axis=axis), m3=m3.sum(axis=axis), m4=m4.sum(axis=axis))


@QUIET
def remove(total: Moments, part: Moments) -> Moments:
    """Moments of what is left of `total` without `part`, the inverse of `merge`; broadcasts.

    Cancellation can lose digits when the part dominates; even moments are kept at or above zero.
    """
    n = np.maximum(total.n - part.n, 0.0)
    left = n > 0
    mean = np.where(left, total.mean + (total.mean - part.mean) * divide(part.n, n, empty=0.0), 0.0)
    d = np.where(part.n > 0, mean - part.mean, 0.0)
    m2 = _kept(left, total.m2 - part.m2 - d**2 * (part.n * divide(n, part.n + n, empty=0.0)))
    no_third = Moments(n=n, mean=mean, m2=m2, m3=np.zeros_like(m2), m4=np.zeros_like(m2))
    m3 = np.where(left, total.m3 - part.m3 - _between(part, no_third, d)[1], 0.0)
    no_fourth = Moments(n=n, mean=mean, m2=m2, m3=m3, m4=np.zeros_like(m2))
    m4 = _kept(left, total.m4 - part.m4 - _between(part, no_fourth, d)[2])
    return Moments(n=n, mean=mean, m2=m2, m3=m3, m4=m4)


def leave_one_out(parts: Moments) -> Moments:
    """Moments of everything but part g, for each part g of the first axis; same shape as `parts`."""
    return remove(pool(parts), parts)


@QUIET
def variance(moments: Moments, ddof: int = 1) -> FloatArray:
    """Variance M2/(n - ddof); nan where n <= ddof."""
    degrees = moments.n - ddof
    return divide(moments.m2, np.where(degrees > 0, degrees, 0.0))


def sd(moments: Moments, ddof: int = 1) -> FloatArray:
    """Standard deviation, in the unit of the values; nan where n <= ddof."""
    return floats(np.sqrt(variance(moments, ddof)))


def _between(a: Moments, b: Moments, d: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Terms that the distance `d` of the two means adds to the sums M2, M3 and M4."""
    n = a.n + b.n
    wa, wb = divide(a.n, n, empty=0.0), divide(b.n, n, empty=0.0)
    nab = a.n * wb
    c2 = d**2 * nab
    c3 = d**3 * nab * (wa - wb) + 3.0 * d * (wa * b.m2 - wb * a.m2)
    c4 = (
        d**4 * nab * (wa * wa - wa * wb + wb * wb)
        + 6.0 * d**2 * (wa * wa * b.m2 + wb * wb * a.m2)
        + 4.0 * d * (wa * b.m3 - wb * a.m3)
    )
    return floats(c2), floats(c3), floats(c4)


def _kept(left: NDArray[np.bool_], value: FloatArray) -> FloatArray:
    return np.where(left, np.maximum(value, 0.0), 0.0)
