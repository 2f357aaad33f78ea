"""Takes a statistic of score bins, gives its estimate with an interval that respects entities and days.

A statistic is any smooth function of the sums of the bins (B, 6). The direction of the entities is the jackknife over
their groups; that of the days the variance of the daily pseudo-values, which for a ratio are the daily ratios; and
what both have in common is the variance among independent rows, by the infinitesimal jackknife (Jaeckel 1972).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.estimates.intervals import FEWEST, Estimate, folded, left_out, method_of
from generator.estimates.score_sums import N_P, PQ, ROWS, N, P, Scores, Y
from generator.records.aggregates import FloatArray
from generator.stats.arrays import divide, floats
from generator.stats.cluster import (
    ar1_day_variance,
    jackknife_variance,
    leave_one_out_sums,
    two_way,
    two_way_df,
)
from generator.stats.intervals import Interval, log_interval, share_interval, t_interval

Statistic = Callable[[FloatArray], float]
AT_ONCE = 32
"""Sets of bins a statistic of many is given at a time, which bounds the memory."""


@dataclass(frozen=True, slots=True)
class Many:
    """A statistic that takes many sets of bins (..., B, 6) at once; called with one it gives a number."""

    of: Callable[[FloatArray], FloatArray]

    def __call__(self, sums: FloatArray) -> float:
        """Return the statistic of one set of bins (B, 6)."""
        return float(self.of(sums))


Scale = Literal["share", "ratio", "difference"]
"""How limits are made: inside (0, 1), above zero, or anywhere."""


def estimate_scores(statistic: Statistic, scores: Scores, scale: Scale = "share", row: float | None = None) -> Estimate:
    """Return the statistic over all rows; nan where it has none.

    `row` is the variance were all rows independent, where it is known without looking at each kind of row. Of a share
    and a ratio the variance is that of the logarithm, as elsewhere.
    """
    value = statistic(scores.total)
    if not math.isfinite(value):
        return _absent(scores)
    groups = usable_groups(scores)
    entity = _entity_variance(statistic, scores.group, groups)
    days = ar1_day_variance(*pseudo_days(statistic, scores, value))
    if row is None:
        row = math.nan if math.isnan(days.se2) else row_variance(statistic, scores.total)
    variance = two_way(entity, days.se2, row)
    df = two_way_df(groups, days.d_eff)
    around = _limits(value, variance, df, scale)
    size = 1.0 if scale == "difference" or value == 0 else value**2
    return Estimate(
        value=value,
        low=around.low,
        high=around.high,
        variance=variance / size,
        row_variance=row / size,
        df=df,
        n=int(scores.labelled),
        method=method_of(groups, math.isnan(days.se2), scores.independent),
    )


def pseudo_days(statistic: Statistic, scores: Scores, value: float) -> tuple[FloatArray, FloatArray]:
    """Return a value a day whose weighted mean is the statistic, to first order, and the rows behind it.

    A day without labels, or without which there is no statistic, is nan.
    """
    rows = scores.day[..., N].sum(axis=1)
    total = scores.total
    without = np.full(rows.shape, math.nan)
    without[rows > 0] = _each(statistic, total - scores.day[rows > 0])
    rest = rows.sum() - rows
    return floats(value + divide(rest, rows) * (value - without)), floats(rows)


def row_variance(statistic: Statistic, total: FloatArray) -> float:
    """Return the variance of the statistic were all rows independent: what one more row of each kind would change."""
    n, value = float(total[:, N].sum()), statistic(total)
    mean_p, mean_pq = divide(total[:, P], total[:, ROWS], empty=0.0), divide(total[:, PQ], total[:, ROWS], empty=0.0)
    squares = 0.0
    for outcome, counts in ((1.0, total[:, Y]), (0.0, total[:, N] - total[:, Y])):
        filled = np.flatnonzero(counts > 0)
        ones = np.ones(filled.size)
        rows = np.stack([ones, mean_p[filled], mean_pq[filled], ones, mean_p[filled], outcome * ones], axis=-1)
        for first in range(0, filled.size, AT_ONCE):
            part = filled[first : first + AT_ONCE]
            more = _by_column(total, part.size)
            more[np.arange(part.size)[:, None], part[:, None], [ROWS, P, PQ, N, N_P, Y]] += rows[
                first : first + AT_ONCE
            ]
            changes = (n + 1.0) * (_each(statistic, more) - value)
            squares += float((counts[part] * changes**2).sum())
    return squares / n**2 if n > 0 else math.nan


def _by_column(total: FloatArray, times: int) -> FloatArray:
    """Return so many copies of bins (B, 6), each column of all of them on end: a statistic reads one at a time."""
    return np.moveaxis(np.repeat(np.ascontiguousarray(total.T)[:, None], times, axis=1), 0, -1)


def _each(statistic: Statistic, many: FloatArray) -> FloatArray:
    """Return the statistic of each of many sets of bins (K, B, 6)."""
    return statistic.of(many) if isinstance(statistic, Many) else floats([statistic(one) for one in many])


def usable_groups(scores: Scores) -> int:
    """Return how many groups the jackknife leaves out in turn; 0 where there are too few entities."""
    return left_out(scores.group[..., N].sum(axis=1), scores.entities)


def _entity_variance(statistic: Statistic, group: FloatArray, groups: int) -> float:
    if groups < FEWEST:
        return math.nan
    parts = leave_one_out_sums(folded(group, groups))
    return float(jackknife_variance(_each(statistic, parts)))


def _limits(value: float, variance: float, df: float, scale: Scale) -> Interval:
    if scale == "difference":
        return t_interval(value, variance, df)
    if scale == "share":
        return share_interval(value, variance, df)
    return log_interval(value, variance / value**2 if value > 0 else math.nan, df)


def _absent(scores: Scores) -> Estimate:
    nan = math.nan
    return Estimate(
        value=nan, low=nan, high=nan, variance=nan, row_variance=nan, df=nan, n=int(scores.labelled), method=""
    )
