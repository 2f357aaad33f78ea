"""Takes a ledger, gives what its bins tell of each feature: stability index, distances, quantiles."""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from generator.estimates.features import FeatureEstimates, Groups, standard_error
from generator.records.aggregates import FloatArray
from generator.records.ledger import Aggregates, Ledger, NumericCells
from generator.stats.arrays import divide
from generator.stats.bins import Binned, held_quantile, ks, sharp_quantile, wasserstein
from generator.stats.cluster import fold, jackknife_variance, leave_one_out_sums
from generator.stats.grid import bounds
from generator.stats.psi import NOT_COMPUTABLE, Psi, psi_clustered, psi_terms
from generator.subjects.drift._atoms import place_of

QUANTILES = (0.05, 0.5, 0.95)
RARE = 0.01
"""Levels below this share of the reference are one bin."""
EXPECTED = 5.0
"""Rows a bin should be expected to hold on either side (methods 9)."""
UNKNOWN = Binned(value=math.nan, low=math.nan, high=math.nan)


@dataclass(frozen=True, kw_only=True, eq=False)
class Distances:
    """One numeric feature: KS, Wasserstein distance in its own unit, and Q05, Q50, Q95 of both sides."""

    ks: Binned
    w1: Binned
    reference: tuple[Binned, ...]
    production: tuple[Binned, ...]


def stability(ledger: Ledger, reference: Aggregates, groups: Groups) -> tuple[list[Psi], list[int]]:
    """Return the stability index of every feature, numeric ones first, and its number of bins."""
    numeric = [_of_deciles(ledger, reference, groups, j) for j in range(len(ledger.plan.numeric))]
    categorical = [_of_levels(ledger, reference, groups, k) for k in range(len(ledger.plan.categorical))]
    pairs = numeric + categorical
    return [psi for psi, _ in pairs], [bins for _, bins in pairs]


def by_day(ledger: Ledger, reference: Aggregates) -> list[tuple[FloatArray | None, FloatArray | None]]:
    """Return by feature, numeric ones first, the reference's rows by bin (B,) and those of each day (D, B)."""
    plan, production = ledger.plan, ledger.production
    made: list[tuple[FloatArray | None, FloatArray | None]] = []
    for j, edges in enumerate(plan.deciles[: len(plan.numeric)]):
        q = _deciles(reference.group, j, len(edges) + 1)
        before = None if q is None else q.sum(axis=0)
        if reference.group is None and _has_bins(ledger, reference, j):
            before = _of_grid(ledger, reference, j)
        made.append((before, _deciles(production.day, j, len(edges) + 1)))
    for k in range(len(plan.categorical)):
        start, stop = plan.offsets[k], plan.offsets[k + 1] - 1
        whole, slots = reference.slots[start:stop], production.slots_day
        if slots is None or not whole.sum() > 0:
            made.append((None, None))
            continue
        pool = _pooling(whole)
        made.append((whole @ pool, slots[:, start:stop] @ pool))
    return made


def distances(ledger: Ledger, reference: Aggregates) -> list[Distances]:
    """Return distances and quantiles of every numeric feature, from the fine grid."""
    p, q = ledger.production.grid, reference.grid
    if p is None or q is None:
        none = (UNKNOWN,) * len(QUANTILES)
        return [Distances(ks=UNKNOWN, w1=UNKNOWN, reference=none, production=none) for _ in ledger.plan.numeric]
    return [
        _distance(q[j], p[j], bounds(ledger.plan.grid[j]), reference.group is not None, _has_bins(ledger, reference, j))
        for j in range(len(ledger.plan.numeric))
    ]


def _distance(q: FloatArray, p: FloatArray, edges: FloatArray, rows: bool, bins: bool) -> Distances:
    def read(counts: FloatArray, at: float) -> Binned:
        return held_quantile(counts, edges, at, q) if rows else sharp_quantile(counts, edges, at)

    return Distances(
        ks=ks(q, p) if bins else UNKNOWN,
        w1=wasserstein(q, p, edges) if bins else UNKNOWN,
        reference=tuple(read(q, at) for at in QUANTILES),
        production=tuple(read(p, at) for at in QUANTILES),
    )


def _of_deciles(ledger: Ledger, reference: Aggregates, groups: Groups, j: int) -> tuple[Psi, int]:
    bins = len(ledger.plan.deciles[j]) + 1
    p, q = _deciles(ledger.production.group, j, bins), _deciles(reference.group, j, bins)
    if p is not None and reference.group is None and _has_bins(ledger, reference, j):
        return psi_clustered(_of_grid(ledger, reference, j), fold(p, groups.folds)), bins
    if p is None or q is None or bins < 2:
        return NOT_COMPUTABLE, bins
    index = psi_clustered if place_of(ledger.plan.deciles[j]) is None else partial(_with_rare, groups=groups)
    return index(q.sum(axis=0), fold(p, groups.folds), fold(q, groups.folds)), bins


def _has_bins(ledger: Ledger, reference: Aggregates, j: int) -> bool:
    """Return whether the reference's rows by bin are known: given rows, or quantiles of which none repeats."""
    if reference.grid is None or not reference.grid[j].sum() > 0:
        return False
    return reference.group is not None or ledger.plan.deciles[j].size > 0


def _of_grid(ledger: Ledger, reference: Aggregates, j: int) -> FloatArray:
    """Return the reference's rows by decile bin, from the fine grid that holds every decile edge."""
    assert reference.grid is not None
    edges = np.searchsorted(ledger.plan.grid[j], ledger.plan.deciles[j])
    below = np.concatenate([[0.0], np.cumsum(reference.grid[j])])[2 * edges + 1]
    whole = reference.grid[j].sum()
    return np.diff(np.concatenate([[0.0], below, [whole]]))


def _deciles(cells: NumericCells | None, j: int, bins: int) -> FloatArray | None:
    return None if cells is None or cells.deciles is None else cells.deciles[:, j, :bins]


def _of_levels(ledger: Ledger, reference: Aggregates, groups: Groups, k: int) -> tuple[Psi, int]:
    start, stop = ledger.plan.offsets[k], ledger.plan.offsets[k + 1] - 1
    p, q = ledger.production.slots_group, reference.slots_group
    whole = reference.slots[start:stop]
    if p is None or not whole.sum() > 0:
        return NOT_COMPUTABLE, stop - start
    pool = _pooling(whole)
    by_group = None if q is None else fold(q[:, start:stop] @ pool, groups.folds)
    counts = fold(p[:, start:stop] @ pool, groups.folds)
    return _with_rare(whole @ pool, counts, by_group, groups=groups), pool.shape[1]


def _with_rare(q: FloatArray, p: FloatArray, q_groups: FloatArray | None, *, groups: Groups) -> Psi:
    """Return the index over all bins of which some, such as unseen levels, are hardly expected at all.

    What chance gives is known of the other bins only: in a rare bin the covariance of production over the
    reference share grows without bound once production fills it. The rare bins are tested by their share.
    """
    usual = (q * p.sum() / q.sum() >= EXPECTED) & (q >= EXPECTED)
    whole = psi_clustered(q, p, q_groups)
    if not p[:, ~usual].sum() > 0:
        return whole
    known = psi_clustered(q[usual], p[:, usual], None if q_groups is None else q_groups[:, usual])
    left_q = q if q_groups is None else leave_one_out_sums(q_groups)
    spread = jackknife_variance(psi_terms(left_q, leave_one_out_sums(p)).sum(axis=-1))
    chance = 0.0 if np.isnan(known.null_mean) else known.null_mean
    se = float(np.sqrt(spread + 2.0 * chance**2 / max(1, int(usual.sum()) - 1)))
    half = groups.quantile(0.975) * se
    debiased = whole.raw - chance if groups.count else math.nan
    tests = [x for x in (known.p_value, _p_of_share(q, p, ~usual, groups)) if math.isfinite(x)]
    return Psi(
        raw=whole.raw,
        null_mean=chance,
        debiased=debiased,
        se=se,
        low=debiased - half,
        high=debiased + half,
        p_value=min(1.0, len(tests) * min(tests)) if tests else math.nan,
    )


def _p_of_share(q: FloatArray, p: FloatArray, rare: NDArray[np.bool_], groups: Groups) -> float:
    """Return the p-value of "the rare bins hold the share of rows that they hold in the reference"."""
    left = leave_one_out_sums(p)
    share = p[:, rare].sum() / p.sum()
    se = standard_error(divide(left[:, rare].sum(axis=1), left.sum(axis=1)))
    gap = np.array([share - q[rare].sum() / q.sum()])
    return float(groups.p_values(FeatureEstimates(value=gap, se=se[None]))[0])


def _pooling(counts: FloatArray) -> FloatArray:
    """Return the matrix (slots, bins) that keeps levels of at least 1 % and unseen apart, pools the rare ones."""
    share = counts / counts.sum()
    own = share >= RARE
    own[-1] = True
    places = np.where(own, np.cumsum(own) - 1, own.sum())
    pool: FloatArray = np.zeros((len(counts), int(places.max()) + 1))
    pool[np.arange(len(counts)), places] = 1.0
    return pool
