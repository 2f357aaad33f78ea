"""Takes the sums of some days and of all rows, gives the value of a metric on these days and how two windows differ."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from generator.estimates.intervals import COLUMN, Estimate, Ratio, Sums, estimate
from generator.estimates.score_intervals import Statistic, pseudo_days, row_variance
from generator.estimates.score_sums import Scores
from generator.records.aggregates import FloatArray
from generator.stats.arrays import divide, floats
from generator.stats.cluster import ar1_day_variance, two_way, two_way_df
from generator.stats.detection import window_design_effect
from generator.stats.distributions import t_two_sided
from generator.stats.intervals import Interval, log_interval, share_interval, t_interval

GROUPS = 32
"""Groups of entities that the degrees of freedom of a window are taken from."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A metric on the recent and on the earlier days, their difference with its interval, and its two-sided p-value.

    The change is relative for a metric on the log scale, else a difference.
    """

    earlier: Estimate
    recent: Estimate
    change: Interval
    p: float


def in_window(ratio: Ratio, sums: Sums, part: FloatArray) -> Estimate:
    """Return the metric of some days' loss sums (D, M); entities repeat less in a shorter window."""
    whole = estimate(ratio, sums)
    n, top, bottom = (float(part[:, COLUMN[name]].sum()) for name in ("n", ratio.top, ratio.bottom))
    if n <= 1 or bottom <= 0 or ratio.square is None:
        return replace(whole, value=math.nan)
    value, mean = ratio.of(top, bottom), top / n
    row = ratio.carried(max(float(part[:, COLUMN[ratio.square]].sum()) / n - mean**2, 0.0) / n, value)
    days = ar1_day_variance(
        divide(part[:, COLUMN[ratio.top]], part[:, COLUMN[ratio.bottom]]), part[:, COLUMN[ratio.bottom]]
    )
    repeated = _repeated(whole, sums.total("n"), sums.entities, n)
    variance = two_way(row * repeated, ratio.carried(days.se2, value), row)
    df = two_way_df(GROUPS, days.d_eff)
    around = (log_interval if ratio.log else t_interval)(value, variance, df)
    return _estimate(value, around, variance, row, df, n, sums.independent)


def in_score_window(
    statistic: Statistic, scores: Scores, whole: Estimate, days: FloatArray, row_of: Statistic | None = None
) -> Estimate:
    """Return a share of some days' score sums (D, B, 6) beside that of all days; its variance is that of the share.

    With `row_of`, which gives the variance among independent rows, it is a difference and has no bounds.
    """
    part = replace(scores, day=days, group=days.sum(axis=0, keepdims=True))
    value, n = statistic(part.total), part.labelled
    if n <= 1 or not math.isfinite(value) or not math.isfinite(whole.variance):
        return replace(whole, value=math.nan)
    found = ar1_day_variance(*pseudo_days(statistic, part, value))
    row = row_of(part.total) if row_of else row_variance(statistic, part.total)
    repeated = _repeated(whole, scores.labelled, scores.entities, n)
    variance = two_way(row * repeated, found.se2, row)
    df = two_way_df(GROUPS, found.d_eff)
    return _estimate(
        value, (t_interval if row_of else share_interval)(value, variance, df), variance, row, df, n, scores.independent
    )


def in_level_window(
    statistic: Callable[[FloatArray], float], whole: Estimate, entities: float, part: FloatArray
) -> Estimate:
    """Return a difference of some days' loss sums (D, M) beside that of all days; a row varies as all rows do."""
    rows = part[:, COLUMN["n"]]
    n, value = float(rows.sum()), statistic(part)
    if n <= 1 or not math.isfinite(value) or not math.isfinite(whole.variance):
        return replace(whole, value=math.nan)
    without = floats([statistic(np.delete(part, day, axis=0)) for day in range(len(part))])
    days = ar1_day_variance(value + divide(n - rows, rows) * (value - without), rows)
    row = whole.row_variance * whole.n / n
    variance = two_way(row * _repeated(whole, whole.n, entities, n), days.se2, row)
    df = two_way_df(GROUPS, days.d_eff)
    around = t_interval(value, variance, df)
    of_days = replace(whole, value=value, low=around.low, high=around.high, n=int(n))
    return replace(of_days, variance=variance, row_variance=row, df=df)


def turned(earlier: Estimate, recent: Estimate, *, log: bool) -> Turn:
    """Return how two windows differ, each with the correlation of its own days."""
    a, b = earlier.value, recent.value
    known = (a > 0 and b > 0) if log else True
    gap = math.log(b / a) if log and known else b - a
    variance = earlier.variance + recent.variance if known else math.nan
    df = _welch(earlier, recent)
    around = t_interval(gap, variance, df)
    p = t_two_sided(gap / math.sqrt(variance), df) if variance > 0 and df > 0 else math.nan
    if log:
        middle, low, high = (math.expm1(end) for end in (around.estimate, around.low, around.high))
        around = Interval(estimate=middle, low=low, high=high)
    return Turn(earlier=earlier, recent=recent, change=around, p=p)


def _welch(earlier: Estimate, recent: Estimate) -> float:
    parts = [(one.variance, one.df) for one in (earlier, recent)]
    spread = sum(variance**2 / df for variance, df in parts if df > 0)
    return sum(variance for variance, _ in parts) ** 2 / spread if spread > 0 else math.nan


def _repeated(whole: Estimate, n: float, entities: float, part: float) -> float:
    effect = whole.variance / whole.row_variance if whole.row_variance > 0 else 1.0
    per_entity = n / max(entities, 1.0)
    return window_design_effect(max(effect, 1.0), per_entity, per_entity * part / n)


def _estimate(
    value: float, around: Interval, variance: float, row: float, df: float, n: float, independent: bool
) -> Estimate:
    within = "rows taken as independent" if independent else "repeated entities"
    return Estimate(
        value=value,
        low=around.low,
        high=around.high,
        variance=variance,
        row_variance=row,
        df=df,
        n=int(n),
        method=f"95 % interval from {within} and day-to-day variation within these days",
    )
