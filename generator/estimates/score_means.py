"""Takes score bins, gives means over outcomes that are weighted by bin, with intervals.

Such a mean is a ratio of two sums, so that its variances have a closed form: thousands are made for a cost curve.
"""

import math
from dataclasses import dataclass

import numpy as np

from generator.estimates.intervals import FEWEST, Estimate, folded, left_out, method_of
from generator.estimates.score_sums import Scores, outcomes
from generator.records.aggregates import FloatArray
from generator.stats.arrays import divide, floats
from generator.stats.cluster import (
    ar1_day_variance,
    jackknife_variance,
    leave_one_out_sums,
    two_way,
    two_way_df,
)
from generator.stats.intervals import t_interval


@dataclass(frozen=True, kw_only=True, eq=False)
class Weights:
    """What each positive and each negative of a bin counts, (B,) each."""

    positive: FloatArray
    negative: FloatArray


def everyone(bins: int) -> Weights:
    """Return one for each row."""
    return Weights(positive=np.ones(bins), negative=np.ones(bins))


def mean_of(scores: Scores, top: Weights, bottom: Weights) -> Estimate:
    """Return sum(top)/sum(bottom) over the labelled rows, with a 95 % interval over entities and days."""
    group = np.column_stack([_sums(scores.group, top), _sums(scores.group, bottom)])
    day = np.column_stack([_sums(scores.day, top), _sums(scores.day, bottom)])
    total, weight = (float(value) for value in group.sum(axis=0))
    if weight <= 0:
        return _nothing()
    value = total / weight
    row = _row_variance(scores.total, top, bottom, value) / weight**2
    groups = left_out(group[:, 1], scores.entities)
    entity = math.nan
    if groups >= FEWEST:
        left = leave_one_out_sums(folded(group, groups))
        entity = float(jackknife_variance(divide(left[:, 0], left[:, 1])))
    days = ar1_day_variance(divide(day[:, 0], day[:, 1]), day[:, 1])
    variance = two_way(entity, days.se2, row)
    df = two_way_df(groups, days.d_eff)
    limits = t_interval(value, variance, df)
    return Estimate(
        value=value,
        low=limits.low,
        high=limits.high,
        variance=variance,
        row_variance=row,
        df=df,
        n=int(weight),
        method=method_of(groups, math.isnan(days.se2), scores.independent),
    )


def _sums(sums: FloatArray, weights: Weights) -> FloatArray:
    """Return the weighted sum of each cell of (..., B, 6)."""
    positives, negatives = outcomes(sums)
    return floats(positives @ weights.positive + negatives @ weights.negative)


def _row_variance(total: FloatArray, top: Weights, bottom: Weights, value: float) -> float:
    """Return the sum of squares about the ratio, rows taken as independent."""
    positives, negatives = outcomes(total)
    squares = positives @ (top.positive - value * bottom.positive) ** 2
    squares += negatives @ (top.negative - value * bottom.negative) ** 2
    return float(squares)


def _nothing() -> Estimate:
    nan = math.nan
    return Estimate(value=nan, low=nan, high=nan, variance=nan, row_variance=nan, df=nan, n=0, method="")
