"""Takes pairwise sums of both sides, gives the correlations of all pairs and how surely they changed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.estimates.features import FeatureEstimates, Groups, adjusted, grade, reference_variance
from generator.records.aggregates import FloatArray
from generator.records.ledger import Ledger, PairSums
from generator.stats.arrays import divide
from generator.stats.cluster import fold, jackknife_variance, leave_one_out_sums
from generator.stats.correlation import correlation_from_sums

MARGIN = 0.1
FEWEST = 200
"""Rows on either side from which on a pair is tested (methods 9)."""
CLOSEST = 1.0 - 1e-9
"""A correlation of one would be infinitely far from any other."""
Places = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """All pairs (K,) of numeric features: places of both, rows and correlation on both sides, change and test."""

    first: Places
    second: Places
    n0: FloatArray
    n1: FloatArray
    reference: FloatArray
    production: FloatArray
    change: FeatureEstimates
    p: FloatArray
    grades: NDArray[np.int64]
    groups: Groups
    method: str


def pairs_of(ledger: Ledger, groups: Groups) -> Pairs | None:
    """Return the pairs; None without two numeric features or without sums on both sides."""
    paired, reference = ledger.plan.paired, ledger.reference
    width = len(paired)
    if width < 2 or reference is None or reference.pairs is None or ledger.production.pairs is None:
        return None
    places = np.triu_indices(width, 1)
    sums1, sums0 = _pick(ledger.production.pairs, *places), _pick(reference.pairs, *places)
    together = sums0.shape[1] == sums1.shape[1]
    r0, r1 = _correlation(sums0.sum(axis=1)), _correlation(sums1.sum(axis=1))
    change = _change(r0, r1)
    left0 = r0[None] if not together else _correlation(_left(sums0, groups))
    variance = jackknife_variance(_change(left0, _correlation(_left(sums1, groups))))
    n0, n1 = sums0[0].sum(axis=0), sums1[0].sum(axis=0)
    if not together:
        variance = variance + _reference_term(ledger, variance, (r0, r1), (n0, n1))
    return _tested(
        (paired[places[0]], paired[places[1]]), (n0, n1), (r0, r1), change, np.sqrt(variance), groups, together
    )


def _tested(
    places: tuple[Places, Places],
    n: tuple[FloatArray, FloatArray],
    r: tuple[FloatArray, FloatArray],
    change: FloatArray,
    se: FloatArray,
    groups: Groups,
    together: bool,
) -> Pairs:
    enough = (n[0] >= FEWEST) & (n[1] >= FEWEST)
    p = adjusted(np.where(enough, groups.p_values(FeatureEstimates(value=change[1], se=se[1])), np.nan))
    value = np.where(enough, change[0], np.nan)
    lower = np.abs(value) - groups.quantile(0.95) * se[0]
    carried = "" if together else ", the design effect carried over to training"
    return Pairs(
        first=places[0],
        second=places[1],
        n0=n[0],
        n1=n[1],
        reference=r[0],
        production=r[1],
        change=FeatureEstimates(value=value, se=se[0]),
        p=p,
        grades=grade(np.abs(value) / MARGIN, lower / MARGIN, p),
        groups=groups,
        method=f"Fisher z, {groups.method}{carried}",
    )


def _pick(pairs: PairSums, i: Places, j: Places) -> FloatArray:
    """Return the sums of `correlation_from_sums` for each pair, (6, G, K)."""
    return np.stack(
        [pairs.n[:, i, j], pairs.s[:, i, j], pairs.s[:, j, i], pairs.q[:, i, j], pairs.q[:, j, i], pairs.x[:, i, j]]
    )


def _left(sums: FloatArray, groups: Groups) -> FloatArray:
    return np.stack([leave_one_out_sums(fold(one, groups.folds)) for one in sums])


def _correlation(sums: FloatArray) -> FloatArray:
    return correlation_from_sums(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5])


def _change(r0: FloatArray, r1: FloatArray) -> FloatArray:
    """Return the change of the correlation and of its Fisher z, (…, 2, K)."""
    z0, z1 = np.arctanh(np.clip(r0, -CLOSEST, CLOSEST)), np.arctanh(np.clip(r1, -CLOSEST, CLOSEST))
    return np.stack(np.broadcast_arrays(r1 - r0, z1 - z0), axis=-2)


def _reference_term(
    ledger: Ledger, variance: FloatArray, r: tuple[FloatArray, FloatArray], n: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """Return what the reference's own sampling adds to the variances of both changes, (2, K)."""
    rows = [divide(1.0, np.maximum(count - 3.0, 1.0)) for count in n]
    slope = [np.stack([(1.0 - one**2) ** 2, np.ones_like(one)]) for one in r]
    return reference_variance(ledger, variance, slope[1] * rows[1], slope[0] * rows[0])
