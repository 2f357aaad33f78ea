"""Takes the sums of two predictions of the same rows, gives the error of one over the other's, with an interval."""

import math
from dataclasses import dataclass

import numpy as np

from generator.estimates.intervals import Ratio, Sums, folded, in_turn, usable_groups
from generator.records.aggregates import FloatArray
from generator.records.ledger import LOSSES
from generator.stats.arrays import divide
from generator.stats.cluster import ar1_day_variance, jackknife_variance, leave_one_out_sums, two_way, two_way_df
from generator.stats.intervals import log_interval

FEWEST = 8


@dataclass(frozen=True, kw_only=True)
class Paired:
    """This model's error over the other's on the rows that both predicted, with its 95 % limits."""

    value: float
    low: float
    high: float
    n: float
    method: str


def paired(name: str, sums: Sums, ratio: Ratio) -> Paired:
    """Return the ratio of the errors of this model and of `name`; shocks that hit both cancel in the interval."""
    other, n = sums.total(f"{name}_e2"), sums.total(f"{name}_n")
    value = ratio.of(other + sums.total(f"{name}_d"), other)
    variance, df = _variance(name, sums, 0.5 if ratio.root else 1.0)
    around = log_interval(value, variance, df)
    method = f"ratio on the same rows, {in_turn(sums.independent)} and day-to-day variation"
    return Paired(value=value, low=around.low, high=around.high, n=n, method=method)


def _variance(name: str, sums: Sums, power: float) -> tuple[float, float]:
    """Return the variance of ln(ratio of errors), which are squared ones to a `power`, and its degrees of freedom."""
    columns = [LOSSES.index(f"{name}_e2"), LOSSES.index(f"{name}_d")]
    groups, entity = usable_groups(sums), math.nan
    if groups >= FEWEST:
        parts = leave_one_out_sums(folded(sums.group[:, columns], groups))
        entity = float(jackknife_variance(power * _log(parts[:, 0] + parts[:, 1], parts[:, 0])))
    daily = sums.day[:, columns]
    rows = sums.day[:, LOSSES.index(f"{name}_n")]
    days = ar1_day_variance(power * _log(daily[:, 0] + daily[:, 1], daily[:, 0]), rows)
    return two_way(entity, days.se2, math.nan), two_way_df(groups, days.d_eff)


def _log(top: FloatArray, bottom: FloatArray) -> FloatArray:
    ratio = divide(top, bottom)
    return np.log(np.where(ratio > 0, ratio, np.nan))
