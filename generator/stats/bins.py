"""Takes counts on shared bins and their edges, gives distances between them and quantiles."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, divide, floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Binned:
    """A value read from bins, between the least and the greatest that rows with these counts can have."""

    value: float
    low: float
    high: float


def ks(ref: ArrayLike, prod: ArrayLike) -> Binned:
    """Kolmogorov-Smirnov distance max |F1 - F0| at the bin edges, which is also its lower bound.

    The upper bound lets every row sit anywhere in its bin. Counts (B,); no rows on a side: nan.
    """
    q, p = _pair(ref, prod)
    high1, high0 = np.cumsum(p), np.cumsum(q)
    low1, low0 = high1 - p, high0 - q
    value = _largest(np.abs(high1 - high0))
    worst = np.maximum(high1 - low0, high0 - low1)
    return Binned(value=value, low=value, high=_largest(np.minimum(worst, 1.0)))


def wasserstein(ref: ArrayLike, prod: ArrayLike, edges: ArrayLike) -> Binned:
    """First Wasserstein distance, in the unit of the feature, with rows spread evenly within bins.

    The exact distance differs by at most sum(width (p + q)/2). Counts (B,), edges (B + 1,). Outer bins
    without a finite edge are closed at their finite one; if either side has rows there, `high` is inf.
    """
    q, p = _pair(ref, prod)
    if math.isnan(q.sum() + p.sum()):
        return Binned(value=math.nan, low=math.nan, high=math.nan)
    bounds = floats(edges)
    unbounded = ~(np.isfinite(bounds[:-1]) & np.isfinite(bounds[1:]))
    width = np.diff(_closed(bounds))
    d1 = np.cumsum(p - q)
    d0 = d1 - (p - q)
    a0, a1 = np.abs(d0), np.abs(d1)
    crossing = divide(a0**2 + a1**2, 2.0 * (a0 + a1), empty=0.0)
    value = float((width * np.where(d0 * d1 >= 0, (a0 + a1) / 2.0, crossing)).sum())
    error = float((width * (p + q) / 2.0).sum())
    high = math.inf if ((p + q)[unbounded] > 0).any() else value + error
    return Binned(value=value, low=max(0.0, value - error), high=high)


def quantile(counts: ArrayLike, edges: ArrayLike, q: float) -> Binned:
    """Quantile by linear interpolation within its bin; its bounds are the edges of the bins around it.

    The bounds hold the least value with a share q at or below it, and the usual quantile, which lies between
    two neighbouring rows (Hyndman & Fan 1996, types 1 and 7). Counts (B,), edges (B + 1,). In an outer bin
    without a finite edge the value is the finite one. No rows: nan.
    """
    c, bounds = floats(counts), floats(edges)
    total = float(c.sum())
    if not total > 0:
        return Binned(value=math.nan, low=math.nan, high=math.nan)
    cumulative = np.cumsum(c)
    filled = np.flatnonzero(c > 0)
    part = min(max(q, 0.0), 1.0)
    target, rank = part * total, part * (total - 1.0) + 1.0
    places = np.searchsorted(cumulative[filled], [target, math.floor(rank), math.ceil(rank)])
    found = filled[np.minimum(places, filled.size - 1)]
    b = int(found[0])
    closed = _closed(bounds)
    share = min(max((target - float(cumulative[b] - c[b])) / float(c[b]), 0.0), 1.0)
    value = float(closed[b] + share * (closed[b + 1] - closed[b]))
    return Binned(value=value, low=float(bounds[found.min()]), high=float(bounds[found.max() + 1]))


def held_quantile(counts: ArrayLike, edges: ArrayLike, q: float, known: ArrayLike) -> Binned:
    """Quantile whose bin has `known` rows (B,) on either side of it or is one of the values themselves; else nan.

    Beyond the outermost known rows a bin has no value at one of its ends, and a line through it invents some.
    """
    found, held = quantile(counts, edges, q), np.flatnonzero(floats(known) > 0)
    if not math.isfinite(found.value) or found.low == found.high == found.value:
        return found
    bounds = floats(edges)
    inside = held.size and bounds[held[0] + 1] <= found.low and found.high <= bounds[held[-1]]
    return found if inside else Binned(value=math.nan, low=found.low, high=found.high)


def sharp_quantile(counts: ArrayLike, edges: ArrayLike, q: float, widest: float = 0.05) -> Binned:
    """Quantile whose bin holds at most the share `widest` of the rows, or has no width; else nan.

    A quantile far inside a large bin is a guess: the 99th percentile is not to be had from deciles.
    """
    found = quantile(counts, edges, q)
    c, bounds = floats(counts), floats(edges)
    if not math.isfinite(found.value) or np.isclose(bounds, found.value, rtol=1e-9, atol=0.0).any():
        return found
    after = int(np.searchsorted(bounds, found.value))
    inside = (bounds[:-1] >= bounds[after - 1]) & (bounds[1:] <= bounds[after])
    if not c[inside].sum() > widest * c.sum():
        return found
    return Binned(value=math.nan, low=found.low, high=found.high)


def _pair(ref: ArrayLike, prod: ArrayLike) -> tuple[FloatArray, FloatArray]:
    q, p = floats(ref), floats(prod)
    return divide(q, q.sum()), divide(p, p.sum())


def _largest(values: FloatArray) -> float:
    return float(values.max()) if values.size else math.nan


def _closed(edges: FloatArray) -> FloatArray:
    finite = edges[np.isfinite(edges)]
    return np.clip(edges, finite[0], finite[-1]) if finite.size else np.zeros_like(edges)
