"""Takes a ledger, gives how mean and spread of every numeric feature moved, with standard errors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.estimates.features import FeatureEstimates, Groups
from generator.records.aggregates import FloatArray
from generator.records.ledger import Aggregates, Ledger
from generator.stats.arrays import divide
from generator.stats.cluster import fold_moments, jackknife_variance
from generator.stats.moments import Moments, leave_one_out, sd

Flags = NDArray[np.bool_]
CONSTANT = 1e-12
"""A spread below this share of the mean is rounding, not variation."""
RATIO_SCALE = 0.5
"""A relative change means something from this |mean|/SD on (methods 1.1)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shift:
    """Per numeric feature (P,): rows, mean and SD on both sides, and the changes between them."""

    n0: FloatArray
    n1: FloatArray
    mean0: FloatArray
    mean1: FloatArray
    sd0: FloatArray
    sd1: FloatArray
    scale: FloatArray
    """|mean0|, by which changes of means are told; 0 where it is near zero against the spread, so that none is."""
    mean_change: FeatureEstimates
    """(mean1 − mean0)/scale, nan where that is 0."""
    sd_change: FeatureEstimates
    smd: FeatureEstimates
    """(mean1 − mean0)/SD0; infinite when a constant has moved."""
    gap: FeatureEstimates
    """mean1 − mean0."""
    log_sd: FeatureEstimates
    """ln(SD1/SD0)."""
    mean_abs_change: FeatureEstimates
    """Mean of |mean change| over the features, one value."""


def shift_of(ledger: Ledger, reference: Aggregates, groups: Groups, *, in_percent: bool) -> Shift:
    """Return the shifts; entity groups of both sides are left out together where the reference has them.

    `in_percent`: relative changes of means are told however near to zero a mean is, since limits on them are declared.
    """
    width = len(ledger.plan.numeric)
    m0, m1 = first(reference.total, width), first(ledger.production.total, width)
    far = ~(np.abs(means(m0)) < (0.0 if in_percent else RATIO_SCALE) * spread(m0))  # an unknown spread says nothing
    whole = _changes(m0, m1, far)
    left = _left_out(ledger.production, reference, groups, far)
    variance = jackknife_variance(left)
    if reference.group is None:
        variance = variance + _reference_term(m0, m1, whole)
    se = np.sqrt(variance)
    parts = [FeatureEstimates(value=whole[k], se=se[k]) for k in range(5)]
    known = np.isfinite(whole[0])
    size, sizes = np.abs(whole[0][known]), np.abs(left[:, 0, known])
    average = FeatureEstimates(
        value=_mean(size), se=np.sqrt(jackknife_variance(_mean(sizes))) if size.size else np.array(np.nan)
    )
    return Shift(
        n0=m0.n,
        n1=m1.n,
        mean0=means(m0),
        mean1=means(m1),
        sd0=spread(m0),
        sd1=spread(m1),
        scale=np.where(far, np.abs(means(m0)), 0.0),
        mean_change=parts[0],
        sd_change=parts[1],
        smd=parts[2],
        gap=parts[3],
        log_sd=parts[4],
        mean_abs_change=average,
    )


def first(moments: Moments, width: int) -> Moments:
    """Return the moments of the first `width` columns."""
    n, mean, m2, m3, m4 = (
        array[..., :width] for array in (moments.n, moments.mean, moments.m2, moments.m3, moments.m4)
    )
    return Moments(n=n, mean=mean, m2=m2, m3=m3, m4=m4)


def means(moments: Moments) -> FloatArray:
    """Return means, nan where there are no values."""
    mean: FloatArray = np.where(moments.n == 0, np.nan, moments.mean)  # n is unknown where statistics do not tell it
    return mean


def spread(moments: Moments) -> FloatArray:
    """Return standard deviations: exactly 0 for constants, nan for fewer than two values."""
    value = sd(moments)
    exact: FloatArray = np.where(value <= CONSTANT * np.abs(moments.mean), 0.0, value)
    return exact


def _changes(m0: Moments, m1: Moments, far: Flags) -> FloatArray:
    """Return mean change, SD change, SMD, gap and log SD ratio, (…, 5, P)."""
    mean0, mean1, sd0, sd1 = means(m0), means(m1), spread(m0), spread(m1)
    gap = mean1 - mean0
    ratio = divide(sd1, sd0)
    smd = np.where((sd0 == 0) & (gap != 0), np.copysign(np.inf, gap), divide(gap, sd0))
    log = np.where(ratio > 0, np.log(np.where(ratio > 0, ratio, 1.0)), np.nan)
    change = divide(gap, np.where(far, np.abs(mean0), 0.0))
    changes: FloatArray = np.stack(np.broadcast_arrays(change, ratio - 1.0, smd, gap, log), axis=-2)
    return changes


def _left_out(production: Aggregates, reference: Aggregates, groups: Groups, far: Flags) -> FloatArray:
    width = far.size
    if production.group is None:
        return np.full((1, 5, width), np.nan)
    m1 = leave_one_out(fold_moments(first(production.group.moments, width), groups.folds))
    if reference.group is None:
        return _changes(first(reference.total, width), m1, far)
    return _changes(leave_one_out(fold_moments(first(reference.group.moments, width), groups.folds)), m1, far)


def _reference_term(m0: Moments, m1: Moments, whole: FloatArray) -> FloatArray:
    """Return what the reference's own sampling adds to the variances, (5, P), by the delta method."""
    n, sd0 = m0.n, spread(m0)
    of_mean = divide(sd0**2, n)
    of_sd = divide(0.5, n)
    scale = divide(m1.mean, m0.mean**2)
    terms = (scale**2 * of_mean, (whole[1] + 1.0) ** 2 * of_sd, divide(1.0, n) + whole[2] ** 2 * of_sd, of_mean, of_sd)
    return np.stack(terms)


def _mean(values: FloatArray) -> FloatArray:
    return np.asarray(values.mean(axis=-1) if values.shape[-1] else np.nan, dtype=np.float64)
