"""Takes sums by entity group and by day, gives an estimate with an interval that respects both directions."""

import math
from dataclasses import dataclass

import numpy as np

from generator.records.aggregates import FloatArray
from generator.records.ledger import LOSSES
from generator.stats.arrays import divide
from generator.stats.cluster import (
    ar1_day_variance,
    fold,
    fold_groups,
    jackknife_variance,
    leave_one_out_sums,
    two_way,
    two_way_df,
)
from generator.stats.intervals import log_interval, t_interval

FEWEST = 8
COLUMN = {name: index for index, name in enumerate(LOSSES)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Sums:
    """Loss sums of one set of rows: by entity group (G, M) and by day (D, M); `entities` is their number.

    Without an entity column rows are grouped by content: `independent` says that they were taken as such.
    """

    group: FloatArray
    day: FloatArray
    entities: float
    independent: bool = False

    def total(self, column: str) -> float:
        """Return the sum of a loss column over all rows."""
        return float(self.group[:, COLUMN[column]].sum())


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value with its 95 % limits (nan where not computable), the variance behind them, and how they were made."""

    value: float
    low: float
    high: float
    variance: float
    row_variance: float
    df: float
    n: int
    method: str


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A metric as a function of sum(top)/sum(bottom): `root` for its square root, `log` for limits on the log scale.

    `square` is the column with the squares of `top`, for the variance among independent rows.
    """

    top: str
    bottom: str
    square: str | None = None
    root: bool = False
    log: bool = True

    def of(self, top: float, bottom: float) -> float:
        """Return the metric of two sums; nan where `bottom` is 0."""
        if bottom <= 0:
            return math.nan
        return math.sqrt(top / bottom) if self.root else float(top / bottom)

    def slope(self, value: float) -> float:
        """Return the derivative of the metric, or of its logarithm, by the mean it is made from."""
        if not self.log:
            return 1.0
        if not value > 0:
            return math.nan
        return 0.5 / value**2 if self.root else 1.0 / value

    def carried(self, variance: float, value: float) -> float:
        """Return the variance of the metric, or of its logarithm, from that of the mean it is made from."""
        slope = self.slope(value)
        return variance * slope * slope


RMSE = Ratio(top="e2", bottom="n", square="e4", root=True)
BRIER = Ratio(top="e2", bottom="n", square="e4")
MAE = Ratio(top="abs", bottom="n", square="e2")
BIAS = Ratio(top="e", bottom="n", square="e2", log=False)
LOG_LOSS = Ratio(top="log", bottom="n", square="log2")
WAPE = Ratio(top="abs", bottom="abs_y")
RATIOS: dict[str, Ratio] = {
    "rmse": RMSE,
    "mae": MAE,
    "wape": WAPE,
    "bias": BIAS,
    "brier": BRIER,
    "log_loss": LOG_LOSS,
}
"""Metrics that are told of all rows, by their names in fact ids, which are those of `records.quality`."""


def estimate(ratio: Ratio, sums: Sums) -> Estimate:
    """Return the metric over all rows of `sums`; the value is nan without labelled rows."""
    n = sums.total("n")
    top, bottom = _column(sums.group, ratio.top), _column(sums.group, ratio.bottom)
    value = ratio.of(top.sum(), bottom.sum())
    groups = usable_groups(sums)
    entity = _entity_variance(ratio, top, bottom, groups)
    row = _row_variance(ratio, sums, value)
    days = ar1_day_variance(*_daily(ratio, sums))
    day = ratio.carried(days.se2, value)
    variance = two_way(entity, day, row)
    df = two_way_df(groups, days.d_eff if not math.isnan(day) else math.nan)
    interval = (log_interval if ratio.log else t_interval)(value, variance, df)
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        variance=variance,
        row_variance=row,
        df=df,
        n=int(n),
        method=method_of(groups, math.isnan(day), sums.independent),
    )


def usable_groups(sums: Sums) -> int:
    """Return how many groups the jackknife leaves out in turn; 0 where there are too few entities."""
    return left_out(_column(sums.group, "n"), sums.entities)


def left_out(rows: FloatArray, entities: float) -> int:
    """Return how many of the groups with these rows are left out in turn; 0 where there are too few.

    Sets of fewer entities than fill eight groups use every occupied hash group as one cluster, and so do sums that
    hold fewer groups than their entities would fill: training statistics hold one.
    """
    occupied, enough = int((rows > 0).sum()), fold_groups(entities)
    return enough if 0 < enough <= rows.size else occupied if occupied >= FEWEST else 0


def entities_in(group_rows: FloatArray) -> float:
    """Return about how many entities the occupied of 64 hash groups hold."""
    occupied, groups = int((group_rows > 0).sum()), group_rows.shape[0]
    return math.inf if occupied == groups else -groups * math.log(1.0 - occupied / groups)


def folded(values: FloatArray, groups: int) -> FloatArray:
    """Return `values` (64, …) summed to `groups`, or only the occupied groups where that is their number."""
    if groups in {64, 32, 16, 8} and 64 % groups == 0:
        return fold(values, groups)
    return values[values.reshape(values.shape[0], -1).any(axis=1)]


def _entity_variance(ratio: Ratio, top: FloatArray, bottom: FloatArray, groups: int) -> float:
    if groups < FEWEST:
        return math.nan
    pair = leave_one_out_sums(folded(np.column_stack([top, bottom]), groups))
    theta = divide(pair[:, 0], pair[:, 1])
    if ratio.root:
        theta = np.sqrt(np.maximum(theta, 0.0))
    if ratio.log:
        theta = np.log(np.where(theta > 0, theta, np.nan))
    return float(jackknife_variance(theta))


def _row_variance(ratio: Ratio, sums: Sums, value: float) -> float:
    n = sums.total("n")
    if ratio.square is None or n <= 1:
        return math.nan
    mean = sums.total(ratio.top) / n
    return ratio.carried(max(sums.total(ratio.square) / n - mean * mean, 0.0) / n, value)


def _daily(ratio: Ratio, sums: Sums) -> tuple[FloatArray, FloatArray]:
    bottom = _column(sums.day, ratio.bottom)
    return divide(_column(sums.day, ratio.top), bottom), bottom


def _column(values: FloatArray, name: str) -> FloatArray:
    return values[:, COLUMN[name]]


def in_turn(independent: bool) -> str:
    """Return what the jackknife left out, and what that takes for granted."""
    kind = "row groups (rows taken as independent)" if independent else "entity groups"
    return f"{kind} left out in turn"


def method_of(groups: int, no_days: bool, independent: bool) -> str:
    """Return what an interval was made from."""
    parts = [f"{groups} {in_turn(independent)}"] if groups else []
    parts += [] if no_days else ["day-to-day variation"]
    few = "rows" if independent else "entities"
    return "95 % interval from " + " and ".join(parts) if parts else f"no interval: too few {few} and days"
