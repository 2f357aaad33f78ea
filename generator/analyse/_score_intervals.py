"""Takes a statistic of score bins, gives its estimate with an interval that respects entities and days.

A statistic is any smooth function of the sums of the bins (B, 6). The direction of the entities is the jackknife over
their groups; that of the days the variance of the daily pseudo-values, which for a ratio are the daily ratios; and
what both have in common is the variance among independent rows, by the infinitesimal jackknife (Jaeckel 1972).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from generator.analyse._intervals import FEWEST, Estimate, folded, method_of
from generator.analyse._score_sums import N_P, PQ, ROWS, N, P, Scores, Y
from generator.records.aggregates import FloatArray
from generator.stats.arrays import divide, floats
from generator.stats.cluster import (
    ar1_day_variance,
    fold_groups,
    jackknife_variance,
    leave_one_out_sums,
    two_way,
    two_way_df,
)
from generator.stats.intervals import Interval, log_interval, share_interval, t_interval

Statistic = Callable[[FloatArray], float]
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
    without = np.array([statistic(total - day) if n > 0 else math.nan for day, n in zip(scores.day, rows, strict=True)])
    rest = rows.sum() - rows
    return floats(value + divide(rest, rows) * (value - without)), floats(rows)


def row_variance(statistic: Statistic, total: FloatArray) -> float:
    """Return the variance of the statistic were all rows independent: what one more row of each kind would change."""
    n, value = float(total[:, N].sum()), statistic(total)
    squares = 0.0
    mean_p, mean_pq = divide(total[:, P], total[:, ROWS], empty=0.0), divide(total[:, PQ], total[:, ROWS], empty=0.0)
    for outcome, counts in ((1.0, total[:, Y]), (0.0, total[:, N] - total[:, Y])):
        for place in np.flatnonzero(counts > 0):
            more = total.copy()
            more[place, [ROWS, P, PQ, N, N_P, Y]] += (1.0, mean_p[place], mean_pq[place], 1.0, mean_p[place], outcome)
            squares += float(counts[place]) * ((n + 1.0) * (statistic(more) - value)) ** 2
    return squares / n**2 if n > 0 else math.nan


def usable_groups(scores: Scores) -> int:
    """Return how many groups the jackknife leaves out in turn; 0 where there are too few entities."""
    occupied = int((scores.group[..., N].sum(axis=1) > 0).sum())
    enough = min(fold_groups(scores.entities), scores.group.shape[0])
    return enough or (occupied if occupied >= FEWEST else 0)


def _entity_variance(statistic: Statistic, group: FloatArray, groups: int) -> float:
    if groups < FEWEST:
        return math.nan
    parts = leave_one_out_sums(folded(group, groups))
    return float(jackknife_variance([statistic(part) for part in parts]))


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
