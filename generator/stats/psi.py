"""Takes counts on shared bins, gives the population stability index with its bias, interval and p-value."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, divide, floats
from generator.stats.cluster import jackknife_covariance, jackknife_variance, leave_one_out_sums
from generator.stats.distributions import f_tail, t_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class Psi:
    """A stability index in nats: as computed, less its mean without drift, with the limits of the latter.

    `debiased` and `low` can be below zero, which means no sign of drift. `p_value` tests "no drift".
    """

    raw: float
    null_mean: float
    debiased: float
    se: float
    low: float
    high: float
    p_value: float


NOT_COMPUTABLE = Psi(
    raw=math.nan,
    null_mean=math.nan,
    debiased=math.nan,
    se=math.nan,
    low=math.nan,
    high=math.nan,
    p_value=math.nan,
)


def psi_terms(ref: ArrayLike, prod: ArrayLike, *, add: float = 0.5) -> FloatArray:
    """Contribution of each bin to the index, shape (B,)."""
    return _terms(_shares(floats(prod), add), _shares(floats(ref), add))


def psi_clustered(
    ref_counts: ArrayLike,
    prod_by_group: ArrayLike,
    ref_by_group: ArrayLike | None = None,
    *,
    add: float = 0.5,
    level: float = 0.95,
) -> Psi:
    """Index with interval and p-value that respect repeated entities (second-order Rao & Scott 1981, as an F).

    `ref_counts` (B,), `prod_by_group` (G, B) counts by entity-hash group. With `ref_by_group` (G, B), of the
    same hash, both sides are left out jointly and `ref_counts` is not used; without it the reference rows
    count as independent. Limits and p-value are nan with fewer than 2 groups or no rows.
    """
    groups = floats(prod_by_group)
    ref_groups = None if ref_by_group is None else floats(ref_by_group)
    ref = floats(ref_counts) if ref_groups is None else ref_groups.sum(axis=0)
    used = (ref + groups.sum(axis=0)) != 0
    ref, groups = ref[used], groups[:, used]
    if not (ref.sum() > 0 and groups.sum() > 0):
        return NOT_COMPUTABLE
    left_ref = None if ref_groups is None else leave_one_out_sums(ref_groups[:, used])
    return _clustered(ref, groups, left_ref, add, level)


def _clustered(ref: FloatArray, groups: FloatArray, left_ref: FloatArray | None, add: float, level: float) -> Psi:
    p, q = _shares(groups.sum(axis=0), add), _shares(ref, add)
    p_left = _shares(leave_one_out_sums(groups), add)
    q_left = q if left_ref is None else _shares(left_ref, add)
    covariance = jackknife_covariance(p_left - q_left)
    variance = float(jackknife_variance(_psi_of(p_left, q_left)))
    spread = np.sqrt(divide(q * (1.0 - q), p * (1.0 - p), empty=1.0))
    covariance = covariance * np.outer(spread, spread)  # as without drift: a bin that filled up would drown the test
    if left_ref is None:
        n = float(ref.sum())
        covariance = covariance + (np.diag(q) - np.outer(q, q)) / n
        variance += _delta_term(q, p) / n
    design = divide(covariance, np.sqrt(np.outer(q, q)))
    t1, t2 = float(np.trace(design)), float((design**2).sum())
    raw = float(_psi_of(p, q))
    p_value = _p_of(raw, t1, t2, groups.shape[0])
    se = math.sqrt(variance + 2.0 * t2) if variance >= 0 else math.nan
    return _result(raw, t1, se, t_quantile(0.5 + level / 2.0, groups.shape[0] - 1.0), p_value)


def _p_of(raw: float, t1: float, t2: float, groups: int) -> float:
    """P-value of `raw` over its mean `t1` without drift: an F, as the covariance is estimated (Thomas & Rao 1987).

    A chi-square in its place rejects three times too often at p = 0.001, which is where many features are judged.
    """
    df = t1**2 / t2 if t2 > 0 else math.nan
    return f_tail(raw / t1, df, df * (groups - 1)) if t1 > 0 else math.nan


def _result(raw: float, null_mean: float, se: float, quantile: float, p_value: float) -> Psi:
    debiased = raw - null_mean
    return Psi(
        raw=raw,
        null_mean=null_mean,
        debiased=debiased,
        se=se,
        low=debiased - quantile * se,
        high=debiased + quantile * se,
        p_value=p_value,
    )


def _shares(counts: FloatArray, add: float) -> FloatArray:
    counts = counts + add
    return divide(counts, counts.sum(axis=-1, keepdims=True))


def _terms(p: FloatArray, q: FloatArray) -> FloatArray:
    p, q = np.broadcast_arrays(p, q)
    both = (p > 0) & (q > 0)
    log_ratio = np.log(np.where(both, p, 1.0) / np.where(both, q, 1.0))
    one_sided = np.where(p == q, 0.0, np.where(np.isnan(p + q), np.nan, np.inf))
    return floats(np.where(both, (p - q) * log_ratio, one_sided))


def _psi_of(p: FloatArray, q: FloatArray) -> FloatArray:
    return floats(_terms(p, q).sum(axis=-1))


def _delta_term(p: FloatArray, q: FloatArray) -> float:
    """Variance of one row's influence on the index through its own side `p`."""
    if not (p > 0).all() or not (q > 0).all():
        return math.nan
    slope = np.log(p / q) + 1.0 - q / p
    return float((p * slope**2).sum() - (p * slope).sum() ** 2)
