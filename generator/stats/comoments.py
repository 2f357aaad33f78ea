"""Takes rows of k columns, or the co-moments of parts, gives mergeable means and cross products."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from generator.records.aggregates import CoMoments as CoMoments
from generator.stats.arrays import QUIET, FloatArray, divide, floats


@QUIET
def co_of(rows: ArrayLike) -> CoMoments:
    """Co-moments of rows of shape (n, k); rows with any value that is not finite are left out."""
    x = floats(rows)
    x = x[np.isfinite(x).all(axis=1)]
    k = x.shape[1]
    if x.shape[0] == 0:
        return CoMoments(n=floats(0.0), mean=np.zeros(k), comoment=np.zeros((k, k)))
    mean = x.mean(axis=0)
    mean = mean + (x - mean).mean(axis=0)
    d = x - mean
    return CoMoments(n=floats(x.shape[0]), mean=mean, comoment=d.T @ d)


@QUIET
def merge_co(a: CoMoments, b: CoMoments) -> CoMoments:
    """Co-moments of the union of two disjoint sets of rows (Chan, Golub & LeVeque 1979; Pebay 2008)."""
    a_mean = np.where(a.n[..., None] > 0, a.mean, b.mean)
    b_mean = np.where(b.n[..., None] > 0, b.mean, a.mean)
    n, d = a.n + b.n, b_mean - a_mean
    share = divide(b.n, n, empty=0.0)
    cross = (a.n * share)[..., None, None] * _outer(d)
    mean = floats(a_mean + d * share[..., None])
    return CoMoments(n=n, mean=mean, comoment=a.comoment + b.comoment + cross)


@QUIET
def pool_co(parts: CoMoments, axis: int = 0) -> CoMoments:
    """Co-moments of all the parts along one of the leading axes merged at once (Pebay 2008)."""
    n = parts.n.sum(axis=axis)
    weight = parts.n[..., None]
    mean = divide((weight * parts.mean).sum(axis=axis), n[..., None], empty=0.0)
    d = np.where(weight > 0, parts.mean - np.expand_dims(mean, axis), 0.0)
    comoment = (parts.comoment + weight[..., None] * _outer(d)).sum(axis=axis)
    return CoMoments(n=n, mean=mean, comoment=comoment)


@QUIET
def remove_co(total: CoMoments, part: CoMoments) -> CoMoments:
    """Co-moments of what is left of `total` without `part`, the inverse of `merge_co`; broadcasts."""
    n = np.maximum(total.n - part.n, 0.0)
    left = (n > 0)[..., None]
    mean = total.mean + (total.mean - part.mean) * divide(part.n, n, empty=0.0)[..., None]
    mean = np.where(left, mean, 0.0)
    d = np.where(left & (part.n[..., None] > 0), mean - part.mean, 0.0)
    cross = (part.n * divide(n, n + part.n, empty=0.0))[..., None, None] * _outer(d)
    comoment = np.where(left[..., None], total.comoment - part.comoment - cross, 0.0)
    return CoMoments(n=n, mean=mean, comoment=comoment)


def leave_one_out_co(parts: CoMoments) -> CoMoments:
    """Co-moments of everything but part g, for each part g of the first axis; same shape as `parts`."""
    total = pool_co(parts)
    return remove_co(CoMoments(n=total.n[None], mean=total.mean[None], comoment=total.comoment[None]), parts)


@QUIET
def covariance(co: CoMoments, ddof: int = 1) -> FloatArray:
    """Covariance matrix (..., k, k); nan where n <= ddof."""
    degrees = co.n - ddof
    return divide(co.comoment, np.where(degrees > 0, degrees, 0.0)[..., None, None])


@QUIET
def second_moment(co: CoMoments) -> FloatArray:
    """Second moment about zero X'X/n, shape (..., k, k); nan where n is 0."""
    return divide(co.comoment, co.n[..., None, None]) + _outer(co.mean)


def _outer(d: FloatArray) -> FloatArray:
    return floats(d[..., :, None] * d[..., None, :])
