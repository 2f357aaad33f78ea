"""Takes sums of training rows, gives them so that no cell in them tells of fewer rows than is allowed.

Entity groups are joined until each has enough rows; what is left small, a rare column in a group, a rare level, keeps
its count and takes the mean and the spread of all rows.
"""

from dataclasses import replace

import numpy as np

from generator.records.aggregates import FloatArray, IntArray, Moments
from generator.records.ledger import LOSSES, Aggregates, LossSums, NumericCells
from generator.stats.arrays import divide
from generator.stats.moments import merge

NAMES = ("n", "mean", "m2", "m3", "m4")
"""The fields of moments."""


def blurred(sums: Aggregates, smallest: int) -> Aggregates:
    """Return compact sums of which each group, level and column that tells a mean has at least `smallest` rows.

    Where a column has fewer values in all, even its own mean is 0, and its count says why.
    """
    total = _without_few(sums.total, smallest)
    group, slots, entities, infinite = sums.group, sums.slots_group, sums.entities, sums.infinite
    if group is not None:
        to = _joined(group.rows, smallest)
        group = _hidden(_moved(group, to), total, smallest)
        slots = None if slots is None else _added(slots, to)
        entities = None if entities is None else _added(entities, to)
        infinite = None if infinite is None else replace(infinite, group=_added(infinite.group, to))
    level = None if sums.level is None else _hidden(sums.level, total, smallest)
    losses = None if sums.losses is None else _losses(sums.losses, smallest)
    held = replace(sums, total=total, group=group, slots_group=slots, entities=entities, infinite=infinite)
    return replace(held, level=level, losses=losses)


def _joined(rows: FloatArray, smallest: int) -> IntArray:
    """Return for each group the one it goes into: itself, or the next that has enough rows together with it."""
    to, waiting, count, last = np.arange(rows.size), list[int](), 0.0, -1
    for place in np.flatnonzero(rows):
        waiting.append(int(place))
        count += rows[place]
        if count >= smallest:
            to[waiting], last, waiting, count = place, int(place), [], 0.0
    if waiting and last >= 0:
        to[waiting] = last
    return to


def _added(values: FloatArray, to: IntArray) -> FloatArray:
    out = np.zeros_like(values)
    np.add.at(out, to, values)
    return out


def _moved(cells: NumericCells, to: IntArray) -> NumericCells:
    moments = cells.moments
    for place in np.flatnonzero(to != np.arange(to.size)):
        moments = _into(moments, int(place), int(to[place]))
    deciles = None if cells.deciles is None else _added(cells.deciles, to)
    return NumericCells(rows=_added(cells.rows, to), moments=moments, deciles=deciles)


def _into(moments: Moments, source: int, target: int) -> Moments:
    def at(place: int) -> Moments:
        return Moments(**{name: getattr(moments, name)[place] for name in NAMES})

    both, out = merge(at(source), at(target)), {name: getattr(moments, name).copy() for name in NAMES}
    for name, values in out.items():
        values[target], values[source] = getattr(both, name), 0.0
    return Moments(**out)


def _hidden(cells: NumericCells, total: Moments, smallest: int) -> NumericCells:
    """Return cells in which a column with few values has the mean and the spread that it has in all rows."""
    moments = cells.moments
    few = (moments.n > 0) & (moments.n < smallest)
    share = divide(moments.n, np.broadcast_to(total.n, moments.n.shape), empty=0.0)
    usual = {name: getattr(total, name) * share for name in NAMES[2:]} | {"mean": total.mean}
    made = {name: np.where(few, usual[name], getattr(moments, name)) for name in NAMES[1:]}
    return replace(cells, moments=Moments(n=moments.n, **made))


def _without_few(total: Moments, smallest: int) -> Moments:
    few = (total.n > 0) & (total.n < smallest)
    return Moments(n=total.n, **{name: np.where(few, 0.0, getattr(total, name)) for name in NAMES[1:]})


def _losses(losses: LossSums, smallest: int) -> LossSums:
    """Return the sums of losses without those of levels that few rows have."""
    rows, labelled = LOSSES.index("rows"), LOSSES.index("n")

    def emptied(values: FloatArray) -> FloatArray:
        n = values[..., labelled]
        few = (values[..., rows] < smallest) | ((n > 0) & (n < smallest))
        return np.where(few[..., None], 0.0, values)

    return replace(losses, day_level=emptied(losses.day_level), group_level=emptied(losses.group_level))
