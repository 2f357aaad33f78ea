"""Takes samples of rows before and after, gives rows after whose inputs stand still or are those of earlier rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.measure.frame import hash_rows
from generator.measure.probe import Columns
from generator.measure.sample import Sample
from generator.records.aggregates import FloatArray, IntArray

USUAL, LEAST, TOLD = 0.02, 0.01, 0.05
"""An input stands still where at most the first share of the rows before did, and of those after the second do, or more
where it happened before: at the third nothing that did is a reason."""
BY_RUNS, BY_COPIES = 10.0, 4.0
"""How many times what may have been usual before is not: a run is counted once and found in three rows."""
SHARED = 0.2
"""Share of rows without dates that have one and the same number, from which on it stands still."""
FEWEST, FEWEST_OWN = 5, 50
"""Threes of days before below which nothing tells how an input usually behaves: of all rows together, of entities."""
VARIED = 10
"""Different values before from which on an input can stand still for all entities together."""
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class StillInputs:
    """Which rows after (n,) have inputs that stand still or are copied, and how many of those before had."""

    rows: Flags
    usual: float
    inputs: tuple[str, ...]
    """The inputs that stand still."""
    copied: float
    """Share of the rows after all of whose inputs are those of an earlier row; 0 where that was so before."""


def still_inputs(
    x: FloatArray, y: FloatArray, before: Sample, after: Sample, columns: Columns, *, whole: bool
) -> StillInputs | None:
    """Return what stands still or is copied after and was not before, of the columns x and y; None where nothing is.

    `whole` where these are all rows, so that each copy stands beside its original.
    """
    if not x.size or not y.size:
        return None
    spaced = 2.0 * _spacing(after) >= _spacing(before)
    own_x, own_y = (_thrice(each, _units(side), side.days, FEWEST_OWN) for each, side in ((x, before), (y, after)))
    all_x, all_y = (_together(each, side.days) for each, side in ((x, before), (y, after)))
    told = [_new(then, now.rows) for then, now in ((own_x, own_y), (all_x, all_y))]
    own = told[0] & spaced
    every = np.array([k < len(columns.numeric) and one and _varied(x[:, k]) for k, one in enumerate(told[1])])
    copy_x, copy_y = _copies(x, y, before.days, after.days)
    copied = _are_new(copy_x, copy_y)
    copy_x, copy_y = copy_x & copied, (copy_y | _of_batches(copy_y, after.days) & (not whole)) & copied
    if not (own.any() or every.any() or copied):
        return None
    return StillInputs(
        rows=own_y.rows[:, own].any(axis=1) | all_y.rows[:, every].any(axis=1) | copy_y,
        usual=float((own_x.rows[:, own].any(axis=1) | all_x.rows[:, every].any(axis=1) | copy_x).mean()),
        inputs=tuple(name for name, one in zip(columns.names, own | every, strict=True) if one),
        copied=float(copy_y.mean()),
    )


def _new(before: "_Runs", after: Flags) -> Flags:
    least = np.clip(BY_RUNS * before.likely, LEAST, TOLD)
    return np.asarray((before.rate <= USUAL) & (after.mean(axis=0) >= least))


def _are_new(before: Flags, after: Flags) -> bool:
    """Return whether more rows are copies than a larger number of earlier rows explains."""
    n, m = before.size, after.size
    likely = (before.sum() + 3.0) / n * (2.0 * n + m) / n
    least = max(float(np.clip(BY_COPIES * likely, LEAST, TOLD)), 2.0 * likely)
    return bool(before.mean() <= USUAL and after.mean() >= least)


def _varied(before: FloatArray) -> bool:
    return np.unique(before[~np.isnan(before)]).size >= VARIED


def _units(rows: Sample) -> IntArray:
    return np.asarray(np.unique(rows.entities, return_inverse=True)[1])


@dataclass(frozen=True, kw_only=True, eq=False)
class _Runs:
    """Which values (n, P) are the only one of their unit on three days in a row, and how often that is so (P,)."""

    rows: Flags
    rate: FloatArray
    """Of all threes of days; nan for too few."""
    likely: FloatArray
    """The largest rate that so many threes are likely to have shown."""


def _together(values: FloatArray, days: IntArray) -> _Runs:
    """Return which values all rows had on three days in a row, or many rows without dates have."""
    if (days >= 0).any():
        return _thrice(values, np.zeros_like(days), days, FEWEST)
    shared = _shared(values)
    return _Runs(rows=shared, rate=shared.mean(axis=0), likely=np.full(values.shape[1], TOLD))


def _thrice(values: FloatArray, unit: IntArray, days: IntArray, fewest: int) -> _Runs:
    order = np.lexsort((days, unit))
    change = np.flatnonzero((np.diff(unit[order]) != 0) | (np.diff(days[order]) != 0)) + 1
    starts = np.concatenate([[0], change]).astype(np.int64)
    low, high = (one.reduceat(values[order], starts, axis=0) for one in (np.minimum, np.maximum))
    own, out = unit[order][starts], np.zeros(low.shape, dtype=bool)
    same = (low[1:] == high[:-1]) & (low[1:] == high[1:]) & (low[:-1] == high[:-1]) & (own[1:] == own[:-1])[:, None]
    three, possible = same[1:] & same[:-1], int((own[2:] == own[:-2]).sum())
    for k in range(3):
        out[k : len(three) + k] |= three
    found = np.empty(values.shape, dtype=bool)
    found[order] = np.repeat(out, np.diff(np.append(starts, len(values))), axis=0)
    none = np.full(values.shape[1], np.nan)
    rate, likely = ((three.sum(axis=0) + more) / possible if possible >= fewest else none for more in (0.0, 3.0))
    return _Runs(rows=found, rate=rate, likely=likely)


def _shared(values: FloatArray) -> Flags:
    """Return which values (n, P) of rows without dates many others have."""
    found = np.zeros(values.shape, dtype=bool)
    for k in range(values.shape[1]):
        told, n = np.unique(values[:, k], return_counts=True)
        found[:, k] = np.isin(values[:, k], told[(n >= SHARED * len(values)) & ~np.isnan(told)])
    return found


def _spacing(rows: Sample) -> float:
    """Return the days that usually lie between two rows of an entity; 0 where none has two."""
    order = np.lexsort((rows.days, rows.entities))
    gap = np.diff(rows.days[order])[np.diff(rows.entities[order]) == 0]
    return float(np.median(gap[gap > 0])) if (gap > 0).any() else 0.0


def _of_batches(copy: Flags, days: IntArray) -> Flags:
    """Return which rows are of a day with many copies: of a large table not every original is looked at."""
    _, place = np.unique(days, return_inverse=True)
    share = np.bincount(place, weights=copy) / np.bincount(place)
    return np.asarray((days >= 0) & (share[place] >= TOLD))


def _copies(x: FloatArray, y: FloatArray, before: IntArray, after: IntArray) -> tuple[Flags, Flags]:
    """Return which rows of each side have all inputs of a row of an earlier day; without dates of another row."""
    both, days, size = np.concatenate([x, y]), np.concatenate([before, after]), len(x)
    key = np.unique(hash_rows(list(both.T), len(both)), return_inverse=True)[1]
    if (days < 0).any():
        then, now = (np.bincount(part, minlength=key.max() + 1) for part in (key[:size], key[size:]))
        return then[key[:size]] > 1, (then[key[size:]] > 0) | (now[key[size:]] > 1)
    first = np.full(key.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, key, days)
    copy = days > first[key]
    return copy[:size], copy[size:]
