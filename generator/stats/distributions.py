"""Takes quantiles and probabilities, gives the distribution values the other modules need, as plain floats.

Thin typed doors to `scipy.special`, which vectorises; outside the domain the value is nan.
"""

import importlib
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats


class _Special:
    """`scipy.special`, loaded with the first question: what is made of results alone asks none."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module("scipy.special"), name)


special = _Special()


def normal_cdf(x: float) -> float:
    """Probability that a standard normal is at most `x`."""
    return float(special.ndtr(x))


def normal_tail(x: float) -> float:
    """Probability that a standard normal exceeds `x`, exact far in the tail."""
    return float(special.ndtr(-x))


def normal_two_sided(z: float) -> float:
    """Two-sided p-value of a standard normal statistic."""
    return float(2.0 * special.ndtr(-abs(z)))


def normal_quantile(p: float) -> float:
    """Quantile of the standard normal at probability `p` in (0, 1)."""
    return float(special.ndtri(p)) if 0.0 < p < 1.0 else math.nan


def t_quantile(p: float, df: float) -> float:
    """Quantile of Student's t; `df` may be fractional or infinite (then normal), nan when not positive."""
    if math.isinf(df) and df > 0:
        return normal_quantile(p)
    return float(special.stdtrit(df, p)) if df > 0 and 0.0 < p < 1.0 else math.nan


def t_two_sided(t: float, df: float) -> float:
    """Two-sided p-value of a Student t statistic with `df` degrees of freedom."""
    if math.isinf(df) and df > 0:
        return normal_two_sided(t)
    return float(2.0 * special.stdtr(df, -abs(t))) if df > 0 else math.nan


def chi2_tail(x: float, df: float) -> float:
    """Probability that a chi-square with (fractional) `df` exceeds `x`; nan unless `df` is positive."""
    if not df > 0 or math.isnan(x):
        return math.nan
    return float(special.gammaincc(df / 2.0, max(x, 0.0) / 2.0))


def chi2_shifted_tail(x: float, df: float, centre: float) -> float:
    """Probability that a chi-square with `df` and noncentrality `centre` exceeds `x`."""
    return float(1.0 - special.chndtr(x, df, centre)) if df > 0 and x >= 0 and centre >= 0 else math.nan


def chi2_centre(x: float, df: float, p: float) -> float:
    """Noncentrality at which a chi-square with `df` exceeds `x` with chance `p`; 0 where it does so without any."""
    return 0.0 if chi2_tail(x, df) >= p else float(special.chndtrinc(x, df, 1.0 - p))


def f_tail(x: float, df1: float, df2: float) -> float:
    """Probability that an F with (fractional) degrees of freedom exceeds `x`; nan unless both are positive."""
    if not (df1 > 0 and df2 > 0) or math.isnan(x):
        return math.nan
    return float(special.betainc(df2 / 2.0, df1 / 2.0, df2 / (df2 + df1 * max(x, 0.0))))


def chi2_quantile(p: float, df: float) -> float:
    """Quantile of a chi-square with `df` (fractional allowed) degrees of freedom."""
    return float(2.0 * special.gammaincinv(df / 2.0, p)) if df > 0 and 0.0 <= p < 1.0 else math.nan


def beta_quantile(p: float, a: float, b: float) -> float:
    """Quantile of a Beta(a, b)."""
    return float(special.betaincinv(a, b, p)) if a > 0 and b > 0 and 0.0 <= p <= 1.0 else math.nan


def binomial_tail(k: float, n: float, p: float) -> float:
    """Probability of more than `k` successes in `n` trials."""
    if k < 0:
        return 1.0
    return 0.0 if k >= n else float(special.betainc(k + 1.0, n - k, p))


def binomial_mass(n: int, p: float) -> FloatArray:
    """Probability of 0, 1, ... n successes, shape (n + 1,)."""
    k = np.arange(n + 1, dtype=np.float64)
    log_mass = _log_choose(n, k) + special.xlogy(k, p) + special.xlog1py(n - k, -p)
    return floats(np.exp(log_mass))


def beta_binomial_mass(n: int, a: float, b: float) -> FloatArray:
    """Probability of 0, 1, ... n successes when the success rate is itself Beta(a, b), shape (n + 1,)."""
    k = np.arange(n + 1, dtype=np.float64)
    return floats(np.exp(_log_choose(n, k) + special.betaln(k + a, n - k + b) - special.betaln(a, b)))


def normal_cdf_array(x: ArrayLike) -> FloatArray:
    """Probability that a standard normal is at most each `x`, same shape."""
    return floats(special.ndtr(floats(x)))


def normal_quantile_array(p: ArrayLike) -> FloatArray:
    """Quantile of the standard normal at each `p` in (0, 1), same shape."""
    return floats(special.ndtri(floats(p)))


def _log_choose(n: int, k: FloatArray) -> FloatArray:
    return floats(-special.betaln(n - k + 1.0, k + 1.0) - math.log(n + 1.0))
