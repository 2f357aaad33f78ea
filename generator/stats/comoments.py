"""Takes rows of k columns, or the co-moments of parts, gives mergeable means and cross products."""

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
def covariance(co: CoMoments, ddof: int = 1) -> FloatArray:
    """Covariance matrix (..., k, k); nan where n <= ddof."""
    degrees = co.n - ddof
    return divide(co.comoment, np.where(degrees > 0, degrees, 0.0)[..., None, None])


def _outer(d: FloatArray) -> FloatArray:
    return floats(d[..., :, None] * d[..., None, :])
