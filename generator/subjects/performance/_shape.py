"""Takes error buckets and moments, gives what they say of the errors' distribution."""

import math

import numpy as np

from generator.estimates.facts import NO_LABELS, number
from generator.estimates.headline import Head
from generator.estimates.intervals import COLUMN, Estimate, Sums, folded, usable_groups
from generator.records.aggregates import FloatArray
from generator.records.fact import Fact
from generator.records.ledger import ROLES, TARGET, Ledger
from generator.stats.arrays import divide
from generator.stats.bins import Binned, quantile
from generator.stats.cluster import jackknife_variance, leave_one_out_sums
from generator.stats.grid import absolute_bounds, absolute_counts
from generator.stats.intervals import log_interval, t_interval
from generator.stats.moments import leave_one_out


def error_quantile(ledger: Ledger, share: float) -> tuple[Binned, float]:
    """Return a quantile of |error| with the bounds of its bucket, and its jackknife variance on the log scale."""
    counts, edges = ledger.production.errors, ledger.plan.error_edges
    if counts is None or counts.sum() == 0:
        return Binned(value=math.nan, low=math.nan, high=math.nan), math.nan
    whole = quantile(absolute_counts(counts.sum(axis=0)), absolute_bounds(edges), share)
    groups = 32 if (counts.sum(axis=1) > 0).sum() >= 32 else 0
    if not groups:
        return whole, math.nan
    parts = leave_one_out_sums(folded(absolute_counts(counts), groups))
    values = [quantile(part, absolute_bounds(edges), share).value for part in parts]
    return whole, float(jackknife_variance(np.log(np.maximum(values, 1e-300))))


def median_absolute(ledger: Ledger, sums: Sums) -> Estimate:
    """Return the median of |error| from the buckets, with a jackknife interval over entity groups."""
    found, variance = error_quantile(ledger, 0.5)
    n = int(sums.total("n"))
    interval = log_interval(found.value, variance, 31.0)
    return Estimate(
        value=found.value,
        low=interval.low,
        high=interval.high,
        variance=variance,
        row_variance=math.nan,
        df=31.0,
        n=n,
        method="from log-spaced error buckets, off by at most half a percent",
    )


def r_squared(ledger: Ledger, sums: Sums) -> Estimate:
    """Return 1 − squared error over squared deviation of the target; jackknife over entity groups."""
    group = ledger.production.group
    assert group is not None
    column = len(ledger.plan.numeric) + ROLES.index(TARGET)
    total = ledger.production.total
    value = 1.0 - float(divide(sums.total("e2"), total.m2[column]))
    squares, variance = _target_squares(ledger, column), math.nan
    if usable_groups(sums) >= 8:
        errors = leave_one_out_sums(sums.group[:, COLUMN["e2"]])
        variance = float(jackknife_variance(1.0 - divide(errors, squares)))
    interval = t_interval(value, variance, 31.0)
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        variance=variance,
        row_variance=math.nan,
        df=31.0,
        n=int(sums.total("n")),
        method="one less squared error over squared deviation of the target",
    )


def kurtosis(sums: Sums | None, head: Head) -> Fact:
    """Return the kurtosis of the errors about their mean, 3 for a normal distribution."""
    value = math.nan
    if sums is not None:
        n = sums.total("n")
        m1, m2, m3, m4 = (sums.total(name) / n for name in ("e", "e2", "e3", "e4"))
        spread = m2 - m1**2
        fourth = m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4
        value = fourth / spread / spread if spread > 1e-12 * max(m2, 1e-300) else math.nan
    return number(
        head.id("kurtosis"),
        value,
        label="Weight of large errors (kurtosis; three for a normal distribution)",
        method="fourth over squared second central moment",
        reason=NO_LABELS if sums is None else "errors do not vary",
    )


def _target_squares(ledger: Ledger, column: int) -> FloatArray:
    group = ledger.production.group
    assert group is not None
    return leave_one_out(group.moments).m2[:, column]
