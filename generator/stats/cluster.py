"""Takes aggregates by entity-hash group and by day, gives variances that respect both."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generator.stats.arrays import FloatArray, floats
from generator.stats.moments import Moments, pool
from generator.stats.trend import Detrended, detrend

GROUPS = 64
FEWEST_GROUPS = 8
ENTITIES_PER_GROUP = 5
WEEK = 7
DAYS_FOR_WEEKDAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVariance:
    """Squared standard error of a mean over days, lag-one correlation, effective days and d.f."""

    se2: float
    phi: float
    d_eff: float
    df: float


def fold_groups(counts_of_entities: ArrayLike) -> int:
    """Number of hash groups (64, 32, 16 or 8) to fold to so that every group should hold 5 entities; else 0.

    `counts_of_entities` is the distinct entities per group, any shape, or their total. Entities fall into
    groups as a Poisson count, and the largest number of groups is taken for which fewer than one group is
    expected to hold under 5 of them: 64 from about 832 entities, 32 from 356, 16 from 148, 8 from 61.
    """
    total = float(np.nansum(floats(counts_of_entities)))
    groups = GROUPS
    while groups >= FEWEST_GROUPS:
        if groups * _poisson_below(ENTITIES_PER_GROUP, total / groups) < 1.0:
            return groups
        groups //= 2
    return 0


def fold(array: ArrayLike, groups: int) -> FloatArray:
    """Sum an additive array over groups with equal g mod `groups`: (64, ...) becomes (groups, ...)."""
    values = floats(array)
    return floats(values.reshape(len(values) // groups, groups, *values.shape[1:]).sum(axis=0))


def fold_moments(parts: Moments, groups: int) -> Moments:
    """The same folding for moments, (64, ...) to (groups, ...)."""

    def split(a: FloatArray) -> FloatArray:
        return a.reshape(len(a) // groups, groups, *a.shape[1:])

    return pool(
        Moments(
            n=split(parts.n),
            mean=split(parts.mean),
            m2=split(parts.m2),
            m3=split(parts.m3),
            m4=split(parts.m4),
        )
    )


def leave_one_out_sums(array: ArrayLike) -> FloatArray:
    """Additive totals without group g, for each group g of the first axis; same shape as `array`."""
    values = floats(array)
    return floats(values.sum(axis=0) - values)


def jackknife_variance(theta_leave_one_out: ArrayLike) -> FloatArray:
    """Delete-a-group jackknife variance (G-1)/G sum (theta_g - mean)^2 (Kott 2001).

    The first axis holds the G values computed without group g; the result has the other axes. nan when G < 2
    or any value is nan.
    """
    theta = floats(theta_leave_one_out)
    groups = theta.shape[0]
    if groups < 2 or theta.size == 0:
        return np.full(theta.shape[1:], np.nan)
    deviation = np.where(np.isfinite(theta), theta, np.nan)
    deviation = deviation - deviation.mean(axis=0)
    return floats((groups - 1) / groups * (deviation**2).sum(axis=0))


def jackknife_covariance(theta_leave_one_out: ArrayLike) -> FloatArray:
    """Delete-a-group jackknife covariance matrix (k, k) of k statistics given as (G, k) (Kott 2001)."""
    theta = floats(theta_leave_one_out)
    groups = theta.shape[0]
    if groups < 2:
        return np.full((theta.shape[1], theta.shape[1]), np.nan)
    deviation = theta - theta.mean(axis=0)
    return floats((groups - 1) / groups * deviation.T @ deviation)


def ar1_day_variance(daily: ArrayLike, weights: ArrayLike | None = None) -> DayVariance:
    """Variance of the (weighted) mean of a daily statistic whose days follow each other as an AR(1).

    `daily` is (D,) in calendar order, nan for a day without data; `weights` are rows per day. A line or a
    step is taken out first, then day-of-week means when D >= 28, so the result describes the mean of this
    window and a trend is not read as correlation. The lag-one correlation is corrected for its small-sample
    bias (Kendall 1954; Marriott & Pope 1954), the variance for the loss of degrees of freedom under
    correlation; weights enter by linearising the ratio sum(wx)/sum(w). Fewer than 5 days with data: nan.
    """
    x = floats(daily)
    w = np.ones_like(x) if weights is None else np.nan_to_num(floats(weights))
    seen = np.isfinite(x) & (w > 0)
    days = int(seen.sum())
    if days < 5:
        return DayVariance(se2=math.nan, phi=math.nan, d_eff=math.nan, df=math.nan)
    w = np.where(seen, w, 0.0) / w[seen].mean()
    flat = detrend(np.where(seen, x, np.nan))
    residual, used = without_weekdays(flat, days)
    influence = np.where(seen, w * residual, 0.0)
    phi = corrected_phi(influence, seen, flat.phi_bias)
    return _day_variance(float((influence**2).sum()), phi, days, used)


def two_way(v_entity: float, v_day: float, v_row: float) -> float:
    """Two-way cluster variance max(Ve + Vd - Vr, Ve, Vd) (Cameron, Gelbach & Miller 2011).

    A direction that is nan is left out; nan when both are.
    """
    if math.isnan(v_entity) or math.isnan(v_day):
        return v_day if math.isnan(v_entity) else v_entity
    return max(v_entity + v_day - (0.0 if math.isnan(v_row) else v_row), v_entity, v_day)


def two_way_df(groups: int, d_eff: float) -> float:
    """Degrees of freedom that go with `two_way`: min(G - 1, max(d_eff - 1, 3)).

    A missing direction is left out.
    """
    by_entity = groups - 1.0 if groups > 1 else math.inf
    by_day = math.inf if math.isnan(d_eff) else max(d_eff - 1.0, 3.0)
    df = min(by_entity, by_day)
    return df if math.isfinite(df) else math.nan


def _poisson_below(k: int, mean: float) -> float:
    term = total = math.exp(-mean)
    for i in range(1, k):
        term *= mean / i
        total += term
    return total


def without_weekdays(flat: Detrended, days: int) -> tuple[FloatArray, int]:
    """Residuals (D,) without day-of-week means when there are 28 `days`, and the parameters taken out in all."""
    residual, used = flat.residual, flat.parameters
    if days < DAYS_FOR_WEEKDAYS:
        return residual, used
    weekday = np.arange(residual.size) % WEEK
    known = np.isfinite(residual)
    sums = np.bincount(weekday[known], residual[known], WEEK)
    counts = np.bincount(weekday[known], minlength=WEEK)
    means = sums / np.maximum(counts, 1)
    return residual - means[weekday], used + int((counts > 0).sum()) - 1


def corrected_phi(c: FloatArray, seen: NDArray[np.bool_], bias: tuple[float, float], least: float = 0.0) -> float:
    """Lag-one correlation of residuals (D,), 0 on days not seen, without its bias; within [least, 0.9]."""
    total = float((c**2).sum())
    pairs = int((seen[1:] & seen[:-1]).sum())
    if total == 0.0 or pairs == 0:
        return 0.0
    phi = float((c[1:] * c[:-1]).sum()) / total
    return min(max(phi + (bias[0] + bias[1] * phi) / c.size, least), 0.9)


def _day_variance(squares: float, phi: float, days: int, used: int) -> DayVariance:
    inflation = (1.0 + phi) / (1.0 - phi)
    d_eff = days / inflation
    s2 = squares / max(days - used, 1) / variance_shrink(phi, days)
    df = max((days - used + 1) / inflation - 1.0, 3.0)
    return DayVariance(se2=s2 / d_eff, phi=phi, d_eff=d_eff, df=df)


def variance_shrink(phi: float, days: int) -> float:
    """Share of the variance that AR(1) days show about their own mean, within [0.3, 1]."""
    inflation = (1.0 + phi) / (1.0 - phi)
    return min(max(1.0 - (inflation - 1.0) / (days - 1), 0.3), 1.0)
