"""Takes the plan and the sums of a statistics file, gives what does not fit together in them."""

from collections.abc import Iterator
from itertools import chain

import numpy as np

from generator.records.aggregates import FloatArray, Moments
from generator.records.ledger import GROUPS, LOSSES, SCORES, Aggregates, NumericCells, Plan

MOST_ROWS = 10**15
Shape = tuple[int, ...]
Part = tuple[str, FloatArray | None, Shape]
"""Name, values and expected shape."""


def misfit(plan: Plan, sums: Aggregates) -> str:
    """Return the first thing that cannot be so in what a statistics file holds; nothing where all fits."""
    return next(chain(_of_plan(plan), _of_rows(sums), _of_shapes(plan, sums), _of_counts(sums)), "")


def _of_plan(plan: Plan) -> Iterator[str]:
    if len(set(plan.features)) < len(plan.features):
        yield "a feature stands in it twice"
    if not len(plan.deciles) == len(plan.grid) == len(plan.columns) or len(plan.levels) != len(plan.categorical):
        yield "it has edges or levels of other features than it names"
    lists = (*plan.deciles, *plan.grid, plan.error_edges, *(np.array(s.cuts, dtype=float) for s in plan.segments))
    lists = lists if plan.scores is None else (*lists, plan.scores)
    for edges in lists:
        if edges.ndim != 1 or not np.isfinite(edges).all() or (np.diff(edges) <= 0).any():
            yield "edges in it do not rise"
    if not plan.error_edges.size or plan.error_edges[0] <= 0:
        yield "it has no edges of errors"
    if not all(segment.levels for segment in plan.segments):
        yield "a segment in it has no levels"


def _of_rows(sums: Aggregates) -> Iterator[str]:
    if not 0 < sums.rows < MOST_ROWS:
        yield "its number of rows cannot be so"


def _of_shapes(plan: Plan, sums: Aggregates) -> Iterator[str]:
    for name, values, shape in _parts(plan, sums):
        if values is not None and values.shape != shape:
            yield f"{name} has the shape {values.shape}, not {shape}"


def _parts(plan: Plan, sums: Aggregates) -> Iterator[Part]:
    columns, slots, cells = len(plan.columns), plan.offsets[-1], len(plan.cells)
    yield from (("nulls", sums.nulls, (columns,)), ("nans", sums.nans, (columns,)), ("slots", sums.slots, (slots,)))
    yield from (("slots_group", sums.slots_group, (GROUPS, slots)), ("entities", sums.entities, (GROUPS,)))
    if sums.infinite is not None:
        yield from (("infinite", sums.infinite.day, (1, columns)), ("infinite", sums.infinite.group, (GROUPS, columns)))
    yield ("errors", sums.errors, (1, 2 * (len(plan.error_edges) + 1)))
    yield from _of_moments("total", sums.total, (columns,))
    yield from _of_cells("level", sums.level, cells, columns)
    yield from _of_cells("group", sums.group, GROUPS, columns)
    if sums.grid is not None:
        yield ("grid", np.zeros(len(sums.grid)), (columns,))
        yield from (("grid", c, (2 * e.size + 1,)) for c, e in zip(sums.grid, plan.grid, strict=False))
    if sums.losses is not None:
        yield from (("losses", part, (1, len(LOSSES))) for part in (sums.losses.day, sums.losses.group))
        wide = (sums.losses.day_level, sums.losses.group_level)
        yield from (("losses", part, (1, cells, len(LOSSES))) for part in wide)
    if sums.pairs is not None:
        features = len(plan.paired)
        each = (sums.pairs.n, sums.pairs.s, sums.pairs.q, sums.pairs.x)
        yield from (("pairs", part, (1, features, features)) for part in each)
    if sums.scores is not None:
        bins = 0 if plan.scores is None else plan.scores.size + 1
        yield from (("scores", part, (1, bins, len(SCORES))) for part in (sums.scores.day, sums.scores.group))
    if sums.design is not None:
        size = sums.design.mean.shape[-1] if sums.design.mean.ndim else 0
        yield from (("design", sums.design.mean, (1, size)), ("design", sums.design.comoment, (1, size, size)))


def _of_cells(name: str, cells: NumericCells | None, length: int, columns: int) -> Iterator[Part]:
    if cells is None:
        return
    yield (name, cells.rows, (length,))
    yield (name, cells.deciles, (length, columns, 10))
    yield from _of_moments(name, cells.moments, (length, columns))


def _of_moments(name: str, moments: Moments, shape: Shape) -> Iterator[Part]:
    yield from ((name, part, shape) for part in (moments.n, moments.mean, moments.m2, moments.m3, moments.m4))


def _of_counts(sums: Aggregates) -> Iterator[str]:
    """Yield what is counted and below zero, or no number."""
    cells = [one for one in (sums.level, sums.group) if one is not None]
    counts = [sums.slots, sums.slots_group, sums.entities, sums.errors, sums.total.n, sums.total.m2, *(sums.grid or ())]
    counts += [] if sums.infinite is None else [sums.infinite.group]
    counts += [part for one in cells for part in (one.rows, one.deciles, one.moments.n, one.moments.m2)]
    for values in counts:
        if values is not None and not (np.isfinite(values) & (values >= 0)).all():
            yield "a count in it is below zero, or no number"
    if not np.isfinite(sums.total.mean).all() or (sums.total.n > sums.rows).any():
        yield "its totals cannot be so"
