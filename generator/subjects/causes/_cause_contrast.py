"""Takes errors weighted to production's inputs, gives what inputs and relation add to the error, with their errors."""

import math
from dataclasses import dataclass

import numpy as np

from generator.estimates.intervals import COLUMN
from generator.estimates.windows import THIRDS, windows
from generator.records.aggregates import FloatArray, IntArray
from generator.records.cells import Aside, Contrast
from generator.records.ledger import Aggregates, Ledger
from generator.stats.arrays import divide
from generator.stats.cluster import ar1_day_variance, jackknife_variance, two_way, two_way_df

NOTHING = np.zeros(2), np.zeros((1, 2))
"""The errors of no rows, whole and by group left out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ErrorSplit:
    """The change of the mean squared error in its parts, each (value, standard error), and by level of a segment."""

    before: float
    after: float
    inputs: tuple[float, float]
    relation: tuple[float, float]
    asides: dict[str, tuple[float, float]]
    """What held inputs and repeated predictions add, where there are any; the others are parts of the rows without."""
    total: tuple[float, float]
    by_level: FloatArray
    level_se: FloatArray
    level_rows: FloatArray
    levels: tuple[str, ...]
    df: float


def split_of(ledger: Ledger, found: Contrast) -> ErrorSplit:
    """Return the parts; days that all rows share are in the errors of the relation and of the whole change."""
    means, left = found.means.sum(axis=1), found.left_out.sum(axis=2)
    days, rows, effective = _day_variances(ledger, found)
    groups = found.left_out.shape[0]
    by_level = found.means[2] - found.means[1]
    level = jackknife_variance(found.left_out[:, 2] - found.left_out[:, 1])

    def part(value: float, left_out: FloatArray, shared: float) -> tuple[float, float]:
        return float(value), math.sqrt(two_way(float(jackknife_variance(left_out)), shared, rows))

    told = [(key, one) for key, one in (("held", found.held), ("repeated", found.repeated)) if one is not None]
    if any(one.alone for _, one in told):
        means, left, by_level = means * np.nan, left * np.nan, by_level * np.nan
    steps = [*((one.means, one.left_out) for _, one in told), (means[[0, 2]], left[:, [0, 2]])]
    asides = {
        key: part(*_step(one, NOTHING if one.alone else steps[k + 1]), math.nan) for k, (key, one) in enumerate(told)
    }
    ends, ends_left = steps[0]
    return ErrorSplit(
        before=float(ends[0]),
        after=float(ends[1]),
        inputs=part(means[1] - means[0], left[:, 1] - left[:, 0], math.nan),
        relation=part(means[2] - means[1], left[:, 2] - left[:, 1], days),
        asides=asides,
        total=part(ends[1] - ends[0], ends_left[:, 1] - ends_left[:, 0], days),
        by_level=by_level,
        level_se=np.sqrt(level),
        level_rows=found.level_rows,
        levels=found.levels,
        df=two_way_df(groups, effective),
    )


def _step(one: Aside, rest: tuple[FloatArray, FloatArray]) -> tuple[float, FloatArray]:
    """Return what rows add to the change of the error beyond that of the `rest`, whole and by group left out."""
    own, left = one.means - rest[0], one.left_out - rest[1]
    return float(own[1] - own[0]), left[:, 1] - left[:, 0]


def _day_variances(ledger: Ledger, found: Contrast) -> tuple[float, float, float]:
    """Return the variance of the difference of the mean losses by days, and by rows, and the fewer effective days."""
    production, held_out = ledger.production, ledger.held_out
    if found.against == "first_third":
        parts = [windows(ledger).of(name) for name in (THIRDS[0], THIRDS[-1])]
        sides = [_daily(production, places) for places in parts if places is not None]
    else:
        sides = [_daily(one, np.flatnonzero(one.days >= 0)) for one in (production, held_out) if one is not None]
    known = [one for one in sides if math.isfinite(one[0])]
    if not known:
        return math.nan, math.nan, math.nan
    return sum(day for day, _, _ in known), sum(row for _, row, _ in known), min(days for *_, days in known)


def _daily(sums: Aggregates, places: IntArray) -> tuple[float, float, float]:
    if sums.losses is None or sums.losses.day.shape[0] != sums.days.size:
        return math.nan, math.nan, math.nan
    e2, e4, n = (sums.losses.day[places, COLUMN[name]] for name in ("e2", "e4", "n"))
    found, rows = ar1_day_variance(divide(e2, n), n), float(n.sum())
    row = max(float(e4.sum()) / rows - (float(e2.sum()) / rows) ** 2, 0.0) / rows if rows else math.nan
    return found.se2, row, found.d_eff
