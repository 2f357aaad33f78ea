"""Takes estimates of many segments with their variances, gives shrunken estimates."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generator.stats.arrays import FloatArray, floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shrunk:
    """Common mean with its standard error, and shrunken values (S,).

    `weight` is the share taken from the common mean (0 = raw value kept), `post` the shrunken estimate and
    `var` its variance; nan for segments without an estimate or variance.
    """

    mean: float
    se: float
    weight: FloatArray
    post: FloatArray
    var: FloatArray


def tau2_reml(estimates: ArrayLike, variances: ArrayLike) -> float:
    """Variance between segments by restricted maximum likelihood (Viechtbauer 2005), not below 0.

    Nan if under two.
    """
    y, v = _known(estimates, variances)
    if y.size < 2:
        return math.nan

    def score(tau2: float) -> float:
        w = 1.0 / (v + tau2)
        mean = float((w * y).sum() / w.sum())
        return float((w**2 * (y - mean) ** 2).sum() - w.sum() + (w**2).sum() / w.sum())

    return _root(score, y)


def empirical_bayes(estimates: ArrayLike, variances: ArrayLike, tau2: float | None = None) -> Shrunk:
    """Shrink each segment towards the common mean (Efron & Morris 1975), the normal-normal case.

    `tau2` defaults to the REML estimate. `var` includes the uncertainty of the common mean, not that of tau2.
    With one segment there is nothing to shrink towards: it is returned as it is. None: nan.
    """
    y, v = floats(estimates), floats(variances)
    known = _usable(y, v)
    weight, post, var = (np.full(y.shape, np.nan) for _ in range(3))
    count = int(known.sum())
    if count == 0:
        return Shrunk(mean=math.nan, se=math.nan, weight=weight, post=post, var=var)
    if count == 1:
        mean, se = _pooled(y[known], v[known], 0.0)
        weight[known], post[known], var[known] = 0.0, y[known], v[known]
        return Shrunk(mean=mean, se=se, weight=weight, post=post, var=var)
    between = tau2_reml(y, v) if tau2 is None else tau2
    mean, se = _pooled(y[known], v[known], between)
    share = v[known] / (v[known] + between)
    weight[known] = share
    post[known] = mean + (1.0 - share) * (y[known] - mean)
    var[known] = (1.0 - share) * v[known] + share**2 * se**2
    return Shrunk(mean=mean, se=se, weight=weight, post=post, var=var)


def _usable(y: FloatArray, v: FloatArray) -> NDArray[np.bool_]:
    return np.isfinite(y) & np.isfinite(v) & (v > 0)


def _known(estimates: ArrayLike, variances: ArrayLike) -> tuple[FloatArray, FloatArray]:
    y, v = floats(estimates), floats(variances)
    known = _usable(y, v)
    return y[known], v[known]


def _pooled(y: FloatArray, v: FloatArray, tau2: float) -> tuple[float, float]:
    w = 1.0 / (v + tau2)
    return float((w * y).sum() / w.sum()), 1.0 / math.sqrt(float(w.sum()))


def _root(falling: Callable[[float], float], y: FloatArray) -> float:
    """Zero above 0 of a function that is positive before it and negative after it.

    0 when it starts negative.
    """
    if falling(0.0) <= 0.0:
        return 0.0
    low, high = 0.0, float(y.var(ddof=1))
    while falling(high) > 0.0:
        low, high = high, 2.0 * high
    while high - low > 1e-14 * high:
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        low, high = (middle, high) if falling(middle) > 0.0 else (low, middle)
    return (low + high) / 2.0
