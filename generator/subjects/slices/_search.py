"""Takes losses by pair of feature parts, gives the slices that err more: searched in one half, estimated in the other.

Even entity groups are searched with the score of SliceLine (Sagadeeva & Boehm 2021), odd ones give the numbers, so
that a slice is not believed for having been the worst of thousands.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from generator.estimates.features import FALSE_DISCOVERIES, adjusted
from generator.records.aggregates import FloatArray
from generator.records.cells import BLOCKS, SliceSums, pairs_of
from generator.stats.arrays import divide
from generator.stats.cluster import jackknife_variance, leave_one_out_sums
from generator.stats.distributions import t_quantile, t_two_sided
from generator.stats.slices import slice_score

ROWS, E2, LOSS = range(3)
WEIGHTS = (0.95, 0.99)
"""How much the error weighs against the size of a slice: half of those carried over are large, half may be small."""
CARRIED, EACH = 20, 3
"""Slices that are estimated, and of them those that may share one feature."""
FEWEST, LEAST_SHARE, FEWEST_BLOCKS = 200, 0.01, 6
MARGIN = 0.05
"""A slice is worth a name from a typical error this much above that of the other rows on."""
Part = tuple[int, int]
"""A feature and one of its parts, by place."""


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One slice of one or two parts: all its rows, and the held-out ratio of typical errors, slice over other rows."""

    parts: tuple[Part, ...]
    rows: float
    held_out: float
    rmse: float
    """Of the held-out rows in the slice,"""
    rest: float
    """and of those outside it."""
    log_ratio: float
    se: float
    low: float
    high: float
    p: float
    adjusted: float = float("nan")

    @property
    def confirmed(self) -> bool:
        """Whether the slice surely errs more, by the margin at least, with all that were estimated counted."""
        return self.adjusted <= FALSE_DISCOVERIES


def search(sums: SliceSums) -> tuple[int, tuple[Slice, ...]]:
    """Return how many slices were looked at, and those carried over, the worst first, without subsets of others.

    The design effect of all rows does not raise the rows that a slice needs: a bad slice raises it, and would hide
    itself. What rows of one entity are worth, the held-out blocks tell.
    """
    found, whole = _candidates(sums), _cells(sums)[0].sum(axis=(0, 1))
    need = max(FEWEST, LEAST_SHARE * float(whole[ROWS].sum()))
    rows, loss = found.sums[:, ROWS, 0], found.sums[:, LOSS, 0]
    enough = (found.sums[:, ROWS].sum(axis=1) >= need) & (rows > 0)
    mean, total = float(divide(whole[LOSS, 0], whole[ROWS, 0])), float(whole[ROWS, 0])
    chosen: list[int] = []
    for weight in WEIGHTS:
        score = np.where(enough, slice_score(loss, rows, mean, total, weight), -np.inf)
        order = [int(k) for k in np.argsort(-score, kind="stable") if score[k] > 0]
        chosen = _spread_out(found, order, chosen, len(chosen) + CARRIED // len(WEIGHTS))
    made = [one for k in chosen if np.isfinite((one := _estimate(found, k, whole)).p)]
    p = adjusted(np.array([one.p for one in made]))
    tested = [replace(one, adjusted=float(q)) for one, q in zip(made, p, strict=True)]
    return int(enough.sum()), tuple(sorted(_without_subsets(tested), key=lambda one: -one.low))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Candidates:
    parts: list[tuple[Part, ...]]
    sums: FloatArray
    """Rows, squared error and loss by slice and block (S, 3, BLOCKS)."""


def _cells(sums: SliceSums) -> list[FloatArray]:
    """Return rows, squared error and loss of each pair of features, (a, b, 3, BLOCKS)."""
    made = []
    for (i, j, start), (_, _, stop) in pairwise(pairs_of(sums.features)):
        shape = (len(sums.features[i].parts), len(sums.features[j].parts), BLOCKS)
        parts = [values[start:stop].reshape(shape) for values in (sums.n, sums.e2, sums.loss)]
        made.append(np.stack(parts, axis=2))
    return made


def _candidates(sums: SliceSums) -> _Candidates:
    """Return every part of a feature, from the first pair that has it, then every pair of parts."""
    parts: list[tuple[Part, ...]] = []
    made = []
    cells, pairs = _cells(sums), pairs_of(sums.features)[:-1]
    for feature in range(len(sums.features)):
        place = next(k for k, (i, j, _) in enumerate(pairs) if feature in (i, j))
        made.append(cells[place].sum(axis=1 if pairs[place][0] == feature else 0))
        parts += [((feature, part),) for part in range(len(sums.features[feature].parts))]
    for (i, j, _), values in zip(pairs, cells, strict=True):
        made.append(values.reshape(-1, 3, BLOCKS))
        parts += [((i, a), (j, b)) for a in range(values.shape[0]) for b in range(values.shape[1])]
    return _Candidates(parts=parts, sums=np.concatenate(made))


def _spread_out(found: _Candidates, order: list[int], chosen: list[int], most: int) -> list[int]:
    """Return `chosen` with the best of `order`, at most EACH of one feature: twenty views of one say no more."""
    chosen = list(chosen)
    used = Counter(feature for k in chosen for feature, _ in found.parts[k])
    for k in order:
        if len(chosen) == most:
            break
        features = [feature for feature, _ in found.parts[k]]
        if k not in chosen and all(used[feature] < EACH for feature in features):
            chosen.append(k)
            used.update(features)
    return chosen


def _estimate(found: _Candidates, k: int, whole: FloatArray) -> Slice:
    """Return a slice with its held-out numbers; limits and p by leaving out blocks of entity groups."""
    inside = found.sums[k, :, 1:].T
    outside = whole[:, 1:].T - inside
    used = outside[:, ROWS] + inside[:, ROWS] > 0
    value, left = float(_log_ratio(inside.sum(axis=0), outside.sum(axis=0))), np.array([np.nan])
    blocks = int((inside[:, ROWS] > 0).sum())
    if blocks >= FEWEST_BLOCKS:
        left = _log_ratio(leave_one_out_sums(inside[used]), leave_one_out_sums(outside[used]))
    se, df = float(np.sqrt(jackknife_variance(left))), float(max(blocks - 1, 1))
    half = t_quantile(0.975, df) * se
    return Slice(
        parts=found.parts[k],
        rows=float(found.sums[k, ROWS].sum()),
        held_out=float(inside[:, ROWS].sum()),
        rmse=_root(inside),
        rest=_root(outside),
        log_ratio=value,
        se=se,
        low=value - half,
        high=value + half,
        p=_above((value - float(np.log1p(MARGIN))) / se, df) if se > 0 else float("nan"),
    )


def _root(sums: FloatArray) -> float:
    return float(np.sqrt(divide(sums[:, E2].sum(), sums[:, ROWS].sum())))


def _above(t: float, df: float) -> float:
    """Return the one-sided p-value of a t statistic."""
    return t_two_sided(t, df) / 2.0 if t > 0 else 1.0 - t_two_sided(t, df) / 2.0


def _log_ratio(inside: FloatArray, outside: FloatArray) -> FloatArray:
    """Return ln of the ratio of typical losses from (…, 3) sums."""
    each = [divide(sums[..., LOSS], sums[..., ROWS]) for sums in (inside, outside)]
    ratio = divide(each[0], each[1])
    log: FloatArray = 0.5 * np.log(np.where(ratio > 0, ratio, np.nan))
    return log


def _without_subsets(slices: list[Slice]) -> list[Slice]:
    """Return the slices without those whose wider slice errs as much, give or take one standard error."""
    kept = []
    for one in slices:
        wider = [o for o in slices if set(o.parts) < set(one.parts) and o.confirmed]
        if not any(one.log_ratio - one.se <= o.log_ratio for o in wider):
            kept.append(one)
    return kept
