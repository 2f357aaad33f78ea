"""Takes losses by pair of feature parts, gives the slices that err more: searched in one half, estimated in the other.

Even entity groups are searched with the score of SliceLine (Sagadeeva & Boehm 2021), odd ones give the numbers, so
that a slice is not believed for having been the worst of thousands.
"""

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

ROWS, LOSS = range(2)
FEW = 0.5
"""A tenth with a smaller share of others than that takes all of its rows for like ones."""
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
    found = _candidates(sums)
    need = max(FEWEST, LEAST_SHARE * float(found.whole[ROWS].sum()))
    rows, loss = found.sums[:, ROWS, 0], found.sums[:, LOSS, 0]
    enough = (found.sums[:, ROWS].sum(axis=1) >= need) & (rows > 0)
    mean, total = float(divide(found.whole[LOSS, 0], found.whole[ROWS, 0])), float(found.whole[ROWS, 0])
    chosen: list[int] = []
    for weight in WEIGHTS:
        score = np.where(enough, slice_score(loss, rows, mean, total, weight), -np.inf)
        order = [int(k) for k in np.argsort(-score, kind="stable") if score[k] > 0]
        chosen = _spread_out(found, order, chosen, len(chosen) + CARRIED // len(WEIGHTS))
    made = [one for k in chosen if np.isfinite((one := _estimate(found, k)).p)]
    p = adjusted(np.array([one.p for one in made]))
    tested = [replace(one, adjusted=float(q)) for one, q in zip(made, p, strict=True)]
    return int(enough.sum()), tuple(sorted(_without_subsets(tested), key=lambda one: -one.low))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Candidates:
    parts: list[tuple[Part, ...]]
    sums: FloatArray
    """Rows and loss by slice and block (S, 2, BLOCKS)."""
    whole: FloatArray
    """The same of all rows (2, BLOCKS)."""
    errors: FloatArray
    """Typical error in a slice and outside it by half (S, 2, 2)."""
    like: FloatArray
    """By half, ln of the typical error over that of other rows of like prediction (S, 2)."""
    chance: FloatArray
    """By half, how many times the variance grows since those others are a sample too (S, 2)."""


def _cells(sums: SliceSums) -> list[FloatArray]:
    """Return rows and loss by block, then rows and squared error by half and tenth, of each pair, (a, b, …)."""
    made, many = [], sums.n_tenths.size * BLOCKS // sums.n.size
    for (i, j, start), (_, _, stop) in pairwise(pairs_of(sums.features)):
        shape = (len(sums.features[i].parts), len(sums.features[j].parts), -1)
        first, last = start // BLOCKS * many, stop // BLOCKS * many
        parts = [sums.n[start:stop], sums.loss[start:stop], sums.n_tenths[first:last], sums.e2_tenths[first:last]]
        made.append(np.concatenate([part.reshape(shape) for part in parts], axis=2))
    return made


def _compared(tenths: FloatArray, whole: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return errors, likeness and chance of `_Candidates` from rows and squared error by half and tenth.

    The mean of the ratios by row, or the ratio of the means, whichever is less: in the first rows of small errors count
    as much as others, the second is what the error itself does.
    """
    (n, e2), (n_all, e2_all) = (np.moveaxis(one.reshape(-1, 2, 2, one.shape[-1] // 4), 1, 0) for one in (tenths, whole))
    few = n_all - n < FEW * n_all
    others = n_all - np.where(few, 0.0, n)
    usual = divide(e2_all - np.where(few, 0.0, e2), others)
    rows, rest = n.sum(axis=-1), n_all.sum(axis=-1) - n.sum(axis=-1)
    errors = [divide(e2.sum(axis=-1), rows), divide(e2_all.sum(axis=-1) - e2.sum(axis=-1), rest)]
    by_row = divide(np.where(n > 0, divide(e2, usual), 0.0).sum(axis=-1), rows)
    of_means = divide(e2.sum(axis=-1), np.where(n > 0, n * usual, 0.0).sum(axis=-1))
    ratio = np.minimum(by_row, of_means)
    chance = 1.0 + divide((n * divide(n, others, empty=0.0)).sum(axis=-1), rows, empty=0.0)
    return np.sqrt(np.stack(errors, axis=-1)), 0.5 * np.log(np.where(ratio > 0, ratio, np.nan)), chance


def _candidates(sums: SliceSums) -> _Candidates:
    """Return every part of a feature, from the first pair that has it, then every pair of parts."""
    parts: list[tuple[Part, ...]] = []
    made: list[FloatArray] = []
    cells, pairs = _cells(sums), pairs_of(sums.features)[:-1]
    for feature in range(len(sums.features)):
        place = next(k for k, (i, j, _) in enumerate(pairs) if feature in (i, j))
        made.append(cells[place].sum(axis=1 if pairs[place][0] == feature else 0))
        parts += [((feature, part),) for part in range(len(sums.features[feature].parts))]
    for (i, j, _), values in zip(pairs, cells, strict=True):
        made.append(values.reshape(-1, values.shape[-1]))
        parts += [((i, a), (j, b)) for a in range(values.shape[0]) for b in range(values.shape[1])]
    every, whole = np.concatenate(made), cells[0].sum(axis=(0, 1))
    errors, like, chance = _compared(every[:, 2 * BLOCKS :], whole[2 * BLOCKS :])
    return _Candidates(
        parts=parts,
        sums=every[:, : 2 * BLOCKS].reshape(-1, 2, BLOCKS),
        whole=whole[: 2 * BLOCKS].reshape(2, BLOCKS),
        errors=errors,
        like=like,
        chance=chance,
    )


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


def _estimate(found: _Candidates, k: int) -> Slice:
    """Return a slice with its held-out numbers; limits and p by leaving out blocks of entity groups.

    It errs more than rows of like prediction did before, of which the chance is known, and than others of them do now.
    """
    inside = found.sums[k, :, 1:].T
    outside = found.whole[:, 1:].T - inside
    used = outside[:, ROWS] + inside[:, ROWS] > 0
    value, left = float(_log_ratio(inside.sum(axis=0), outside.sum(axis=0))), np.array([np.nan])
    like, chance = float(found.like[k, 1]), 1.0
    if like < value:
        value, chance = like, float(found.chance[k, 1])
    blocks = int((inside[:, ROWS] > 0).sum())
    if blocks >= FEWEST_BLOCKS:
        left = _log_ratio(leave_one_out_sums(inside[used]), leave_one_out_sums(outside[used]))
    se, df = float(np.sqrt(jackknife_variance(left) * chance)), float(max(blocks - 1, 1))
    half = t_quantile(0.975, df) * se
    return Slice(
        parts=found.parts[k],
        rows=float(found.sums[k, ROWS].sum()),
        held_out=float(inside[:, ROWS].sum()),
        rmse=float(found.errors[k, 1, 0]),
        rest=float(found.errors[k, 1, 1]),
        log_ratio=value,
        se=se,
        low=value - half,
        high=value + half,
        p=_above((value - float(np.log1p(MARGIN))) / se, df) if se > 0 else float("nan"),
    )


def _above(t: float, df: float) -> float:
    """Return the one-sided p-value of a t statistic."""
    return t_two_sided(t, df) / 2.0 if t > 0 else 1.0 - t_two_sided(t, df) / 2.0


def _log_ratio(inside: FloatArray, outside: FloatArray) -> FloatArray:
    """Return ln of the ratio of typical losses from (…, 2) sums."""
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
