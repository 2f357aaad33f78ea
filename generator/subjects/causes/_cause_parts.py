"""Takes losses by the cells that tell causes, gives the parts of the change of the error with their limits."""

from dataclasses import dataclass

import numpy as np

from generator.estimates.features import Groups, reference_variance
from generator.records.aggregates import FloatArray
from generator.records.cells import CELL_LOSSES, CauseSums
from generator.records.ledger import Ledger
from generator.stats.arrays import divide
from generator.stats.attribution import Attribution, attribution
from generator.stats.cluster import fold, jackknife_variance, leave_one_out_sums

N, E2, E4 = (CELL_LOSSES.index(name) for name in ("n", "e2", "e4"))
FEWEST_A_CELL = 5
"""Rows a cell on average, on either side, from which on segment levels are told apart too."""
PARTS = ("new_categories", "missing", "mix", "relation")
"""The parts in the order of the cells' axes: new levels, missing values, other rows, and the loss within cells."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """The change of the mean squared error in parts (4,), with standard errors; inputs are the first three together."""

    before: float
    after: float
    value: FloatArray
    se: FloatArray
    inputs: tuple[float, float]
    total: tuple[float, float]
    by_level: FloatArray
    """Part of the relation by segment level (L,), with"""
    level_se: FloatArray
    level_rows: FloatArray
    """Production rows by segment level."""
    levels: tuple[str, ...]
    cells: int
    scale: float
    """What the reference's squared errors were multiplied by to be those of validation; 1 where it has no level."""


def parts_of(ledger: Ledger, validation: float, groups: Groups) -> Parts | None:
    """Return the parts of the change since `validation`, a mean squared error; None without labels on both sides.

    Each period of production is held against the whole reference; the parts are the means over the periods' rows.
    """
    reference, production = ledger.reference, ledger.production
    if reference is None or reference.causes is None or production.causes is None:
        return None
    before, after, levels = _together(reference.causes, production.causes)
    if not (before[..., N].sum() > 0 and after[..., N].sum() > 0):
        return None
    known = float(before[..., E2].sum() / before[..., N].sum())
    scale = validation / known if known > 0 else 1.0
    before = before * scale ** np.arange(3)
    old, new = before.sum(axis=0), after.sum(axis=0)
    whole, flat = _attributed(old, new), new.sum(axis=0)
    value, by_level = _split(whole, len(levels))
    variance = jackknife_variance(_left_out(before, after, groups, len(levels)))
    if before.shape[0] == 1:
        variance = variance + _reference_part(ledger, variance, whole, old, flat, len(levels), fixed=scale != 1.0)
    se = np.sqrt(variance)
    return Parts(
        before=whole.before,
        after=whole.after,
        value=value,
        se=se[:4],
        by_level=by_level,
        level_se=se[6:],
        inputs=(float(value[:3].sum()), float(se[4])),
        total=(whole.after - whole.before, float(se[5])),
        level_rows=flat[..., N].reshape(-1, len(levels)).sum(axis=0),
        levels=levels,
        cells=int(((old[..., N] > 0) & (flat[..., N] > 0)).sum()),
        scale=scale,
    )


def _together(before: CauseSums, after: CauseSums) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return sums by group (G, 2, gaps, tiers · levels, 3), after by period too, and the levels told apart."""
    same = before.levels == after.levels and len(after.levels) > 1
    enough = all(one.sums[..., N].sum() >= FEWEST_A_CELL * one.sums[0, :, 0, ..., N].size for one in (before, after))
    levels = after.levels if same and enough else ("",)
    sides = [one.sums if len(levels) > 1 else one.sums.sum(axis=5, keepdims=True) for one in (before, after)]
    flat = [side.reshape(*side.shape[:4], -1, len(CELL_LOSSES)) for side in sides]
    return flat[0].sum(axis=1), flat[1], levels


def _attributed(old: FloatArray, new: FloatArray) -> Attribution:
    """Return the attribution of each period (T, …) of `new` to `old`, averaged by rows."""
    found = [attribution(old[..., N], old[..., E2], one[..., N], one[..., E2]) for one in new if one[..., N].sum() > 0]
    rows = np.array([n for one in new if (n := one[..., N].sum()) > 0])
    weight = rows / rows.sum()
    mix, relation, slope = (
        np.tensordot(weight, np.stack([getattr(one, name) for one in found]), axes=1)
        for name in ("mix", "relation", "slope")
    )
    after = float(weight @ [one.after for one in found])
    return Attribution(before=found[0].before, after=after, mix=mix, relation=relation, slope=slope)


def _split(whole: Attribution, levels: int) -> tuple[FloatArray, FloatArray]:
    by_level: FloatArray = whole.relation.reshape(-1, levels).sum(axis=0)
    return np.append(whole.mix, whole.relation.sum()), by_level


def _left_out(before: FloatArray, after: FloatArray, groups: Groups, levels: int) -> FloatArray:
    """Return the parts, inputs, total and levels without each group of entities, (G, 6 + L); nan for too few groups."""
    folds = min(groups.folds, after.shape[0])
    if folds < 2:
        return np.full((2, 6 + levels), np.nan)
    new = leave_one_out_sums(fold(after, folds))
    shape = (folds, *before.shape[1:])
    old = leave_one_out_sums(fold(before, folds)) if before.shape[0] > 1 else np.broadcast_to(before[0], shape)
    return np.stack([_row(_attributed(a, b), levels) for a, b in zip(old, new, strict=True)])


def _row(whole: Attribution, levels: int) -> FloatArray:
    value, by_level = _split(whole, levels)
    return np.concatenate([value, [value[:3].sum(), value.sum()], by_level])


def _reference_part(
    ledger: Ledger,
    variance: FloatArray,
    whole: Attribution,
    old: FloatArray,
    new: FloatArray,
    levels: int,
    *,
    fixed: bool,
) -> FloatArray:
    """Return what the reference's own chance adds to each variance, its design effect that of production.

    `fixed` where the mean before is declared, and hence does not vary.
    """
    squares, mean = (divide(old[..., k], old[..., N], empty=0.0) for k in (E4, E2))
    of_mean = divide(np.maximum(squares - mean**2, 0.0), old[..., N], empty=0.0)
    slopes = [*whole.slope, whole.slope[:3].sum(axis=0), whole.slope.sum(axis=0) * (0.0 if fixed else 1.0)]
    row0 = np.array([(slope**2 * of_mean).sum() for slope in slopes])
    by_level = (whole.slope[3] ** 2 * of_mean).reshape(-1, levels).sum(axis=0)
    n, e2, e4 = (float(new[..., k].sum()) for k in (N, E2, E4))
    row1 = np.full(6 + levels, max(e4 / n - (e2 / n) ** 2, 0.0) / n)
    total = np.full(6 + levels, variance[5])
    return reference_variance(ledger, total, row1, np.concatenate([row0, by_level]))
