"""Takes the score bins of a binary model, gives sums over outcomes weighted by bin, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generator.analyse._intervals import FEWEST, Estimate, folded, in_turn
from generator.records.aggregates import FloatArray
from generator.records.ledger import SCORES, Ledger
from generator.stats.arrays import divide, floats
from generator.stats.cluster import (
    ar1_day_variance,
    fold_groups,
    jackknife_variance,
    leave_one_out_sums,
    two_way,
    two_way_df,
)
from generator.stats.intervals import t_interval

PLACE = {name: index for index, name in enumerate(SCORES)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Bins:
    """Labelled rows by score bin: positives and negatives by group (G, B) and by day (D, B); `edges` (B + 1,)."""

    edges: FloatArray
    group_positives: FloatArray
    group_negatives: FloatArray
    day_positives: FloatArray
    day_negatives: FloatArray
    entities: float
    independent: bool

    @property
    def positives(self) -> FloatArray:
        """Return the positives of each bin (B,)."""
        return floats(self.group_positives.sum(axis=0))

    @property
    def negatives(self) -> FloatArray:
        """Return the negatives of each bin (B,)."""
        return floats(self.group_negatives.sum(axis=0))

    @property
    def rows(self) -> float:
        """Return the labelled rows."""
        return float(self.group_positives.sum() + self.group_negatives.sum())

    def place(self, threshold: float) -> int:
        """Return the first bin acted on from `threshold`: the edge nearest to it."""
        return int(np.argmin(np.abs(self.edges - threshold)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Weights:
    """What each positive and each negative of a bin counts, (B,) each."""

    positive: FloatArray
    negative: FloatArray


def bins_of(ledger: Ledger) -> Bins | None:
    """Return the labelled rows by bin; None for a regression and without a label."""
    scores, entities = ledger.production.scores, ledger.production.entities
    if scores is None or ledger.plan.scores is None or entities is None:
        return None
    days = scores.day[ledger.production.days >= 0]
    n, y = PLACE["n"], PLACE["y"]
    if scores.group[..., n].sum() == 0:
        return None
    return Bins(
        edges=np.concatenate([[0.0], ledger.plan.scores, [math.inf]]),
        group_positives=scores.group[..., y],
        group_negatives=scores.group[..., n] - scores.group[..., y],
        day_positives=days[..., y],
        day_negatives=days[..., n] - days[..., y],
        entities=float(entities.sum()),
        independent=not ledger.entity_groups,
    )


def mean_of(bins: Bins, top: Weights, bottom: Weights) -> Estimate:
    """Return sum(top)/sum(bottom) over the labelled rows, with a 95 % interval over entities and days."""
    group = np.column_stack([_sum(bins, top, by_day=False), _sum(bins, bottom, by_day=False)])
    day = np.column_stack([_sum(bins, top, by_day=True), _sum(bins, bottom, by_day=True)])
    total, weight = (float(value) for value in group.sum(axis=0))
    if weight <= 0:
        return _nothing()
    value, row = total / weight, _row_variance(bins, top, bottom, total / weight, weight)
    groups = fold_groups(bins.entities) or _occupied(group[:, 1])
    entity = math.nan
    if groups >= FEWEST:
        left = leave_one_out_sums(folded(group, groups))
        entity = float(jackknife_variance(divide(left[:, 0], left[:, 1])))
    days = ar1_day_variance(divide(day[:, 0], day[:, 1]), day[:, 1])
    variance = two_way(entity, days.se2, row)
    df = two_way_df(groups, days.d_eff)
    limits = t_interval(value, variance, df)
    return Estimate(
        value=value, low=limits.low, high=limits.high, variance=variance, row_variance=row, df=df, n=int(weight),
        method=f"95 % interval from {in_turn(bins.independent)} and day-to-day variation",
    )  # fmt: skip


def everyone(bins: Bins) -> Weights:
    """Return one for each row."""
    one = np.ones(len(bins.edges) - 1)
    return Weights(positive=one, negative=one)


def _sum(bins: Bins, weights: Weights, *, by_day: bool) -> FloatArray:
    positives, negatives = (
        (bins.day_positives, bins.day_negatives) if by_day else (bins.group_positives, bins.group_negatives)
    )
    found: FloatArray = positives @ weights.positive + negatives @ weights.negative
    return found


def _row_variance(bins: Bins, top: Weights, bottom: Weights, value: float, weight: float) -> float:
    """Return the variance of the ratio were all rows independent."""
    squares = bins.positives @ (top.positive - value * bottom.positive) ** 2
    squares += bins.negatives @ (top.negative - value * bottom.negative) ** 2
    return float(squares) / weight**2


def _occupied(rows: FloatArray) -> int:
    found = int((rows > 0).sum())
    return found if found >= FEWEST else 0


def _nothing() -> Estimate:
    nan = math.nan
    return Estimate(value=nan, low=nan, high=nan, variance=nan, row_variance=nan, df=nan, n=0, method="")
