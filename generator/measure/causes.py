"""Takes rows ready to be summed, gives their losses by the cells that tell why an error changed."""

import numpy as np

from generator.measure.align import add_rows, union
from generator.measure.cells import sums
from generator.measure.lens import Rows
from generator.records.aggregates import FloatArray, IntArray
from generator.records.cells import CAUSE_GROUPS, CELL_LOSSES, GAPS, PERIOD, TIERS, CauseSums
from generator.records.ledger import GROUPS, LOSSES, Plan

MOST_LEVELS = 24
"""A segment of more levels would leave too few rows a cell; its levels are not told apart."""


def cause_sums(rows: Rows, plan: Plan) -> CauseSums:
    """Return the losses of labelled rows by group and cell."""
    levels, place = _segment(rows, plan)
    periods, period = np.unique(np.where(rows.days < 0, -1, rows.days // PERIOD), return_inverse=True)
    shape = (CAUSE_GROUPS, periods.size, 2, GAPS, TIERS, len(levels))
    absent, new = np.zeros(rows.count, dtype=np.int64), np.zeros(rows.count, dtype=np.int64)
    for column in rows.given[: len(plan.numeric)]:
        absent += np.isnan(column)
    for codes, known in zip(rows.slots, plan.levels, strict=True):
        absent += codes == len(known) + 1
        new |= codes == len(known)
    gaps = np.minimum(np.ceil(np.log2(absent + 1.0)), GAPS - 1).astype(np.int64)
    tier = np.minimum(np.searchsorted(plan.deciles[-1], rows.values[-1], side="right") // 2, TIERS - 1)
    cell = np.ravel_multi_index((rows.group // (GROUPS // CAUSE_GROUPS), period, new, gaps, tier, place), shape)
    columns = [LOSSES.index(name) for name in CELL_LOSSES]
    made = sums([cell], int(np.prod(shape)), rows.losses[:, columns])
    return CauseSums(levels=levels, periods=periods, sums=made.reshape(*shape, len(CELL_LOSSES)))


def merge_causes(a: CauseSums | None, b: CauseSums | None) -> CauseSums | None:
    """Return the sums of both."""
    if a is None or b is None:
        return None
    periods, places = union(a.periods, b.periods)
    by_period = (
        add_rows(one.sums.swapaxes(0, 1), place, periods.size) for one, place in zip((a, b), places, strict=True)
    )
    return CauseSums(levels=a.levels, periods=periods, sums=sum(by_period, np.zeros(())).swapaxes(0, 1))


def fit_segment(causes: CauseSums, known: Plan, wanted: Plan) -> CauseSums:
    """Return the sums without segment levels when those of the wanted plan are another column's."""
    one, other = (plan.segments[0] if plan.segments else None for plan in (known, wanted))
    if one is not None and other is not None and (one.name, one.column) == (other.name, other.column):
        return causes
    return CauseSums(levels=("",), periods=causes.periods, sums=causes.sums.sum(axis=5, keepdims=True))


def _segment(rows: Rows, plan: Plan) -> tuple[tuple[str, ...], IntArray]:
    first = plan.segments[0] if plan.segments else None
    if first is None or first.hidden or len(first.levels) > MOST_LEVELS:
        return ("",), np.zeros(rows.count, dtype=np.int64)
    return first.levels, rows.levels[0]


def of_one_group(causes: CauseSums) -> CauseSums:
    """Return the sums with all groups and periods in one."""
    whole: FloatArray = causes.sums.sum(axis=(0, 1), keepdims=True)
    return CauseSums(levels=causes.levels, periods=np.array([-1]), sums=whole)
