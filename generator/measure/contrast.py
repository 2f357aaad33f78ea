"""Takes samples of rows before and after, gives their errors, those before also weighted to the inputs of after."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.measure.frame import group_of
from generator.measure.probe import Columns, columns_of, values_of
from generator.measure.sample import Sample, chosen, joined
from generator.measure.still import StillInputs, still_inputs
from generator.records.aggregates import FloatArray, IntArray
from generator.records.cells import Contrast, HeldInputs, Repeated, Rescored
from generator.records.ledger import Plan
from generator.records.project import Data
from generator.stats.cluster import fold_groups, jackknife_variance
from generator.stats.distributions import t_quantile

LEAST = 200
"""Labelled rows of a side below which nothing is told."""
MOST_GROUPS = 32
LEAST_SHARE = 0.01
"""Share of the rows from which on a level, or missing values, have a column of their own."""
MOST_LEVELS = 24
"""A segment of more levels would leave too few rows each; its levels are not told apart."""
MORE, TIMES = 0.01, 2.0
"""A prediction is repeated where it has surely this share of the rows more than among like rows before, as stored ones
that are not the model's are told from there on, and so many times theirs: weights are seldom wrong by that factor."""
EQUAL = 1e-3
"""Share of the predictions' spread up to which two predictions of a row are the same."""


def contrast(
    data: Data, plan: Plan, held_out: Sample | None, production: Sample, trained: Sample | None, *, stored: bool
) -> Contrast | None:
    """Return the errors of production against those of held-out rows, else of its last third against its first.

    None without enough labelled rows on both sides. Of the training rows `trained` only the entities are looked at.
    `stored` where the predictions stand in a column and no model says what they should be.
    """
    after = production.labelled
    columns = columns_of(data, plan)
    y = values_of(after, plan, columns)
    if held_out is not None and len(held_out.labelled.keys):
        before = held_out.labelled
        x = values_of(before, plan, columns)
        still = still_inputs(x, y, before, after, columns, whole=_is_whole(held_out) and _is_whole(production))
        values = np.concatenate([x, y])
        return _contrast(plan, columns, values, before, after, trained, still, "held_out", stored=stored)
    days = np.unique(after.days[after.days >= 0])
    if days.size < 6:
        return None
    first, _, last = (np.flatnonzero(np.isin(after.days, part)) for part in np.array_split(days, 3))
    before = chosen(after, first)
    still = still_inputs(y[first], y, before, after, columns, whole=_is_whole(production))
    if still is not None:
        still = replace(still, rows=still.rows[last])
    values = np.concatenate([y[first], y[last]])
    return _contrast(plan, columns, values, before, chosen(after, last), None, still, "first_third", stored=stored)


def _is_whole(side: Sample) -> bool:
    return len(side.keys) < side.most


def rescored(sample: Sample) -> Rescored | None:
    """Return how the predictions in a column compare with those of the opened model; None without both."""
    there = ~np.isnan(sample.stored - sample.prediction)
    if not there.any():
        return None
    spread = float(np.std(sample.prediction[there]))
    apart = np.abs(sample.stored - sample.prediction)[there] > EQUAL * spread
    known = chosen(sample, np.flatnonzero(there & ~np.isnan(sample.target)))
    losses = np.column_stack([(made - known.target) ** 2 for made in (known.prediction, known.stored)])
    groups = min(fold_groups(np.unique(known.entities).size), MOST_GROUPS)
    group = group_of(known.entities) % max(groups, 1)
    left = [losses[group != g].mean(axis=0) for g in range(groups)]
    return Rescored(
        rows=len(known.keys),
        apart=float(apart.mean()),
        means=losses.mean(axis=0) if len(losses) else np.full(2, np.nan),
        left_out=np.stack(left) if left else np.full((2, 2), np.nan),
    )


def _contrast(
    plan: Plan,
    columns: Columns,
    values: FloatArray,
    before: Sample,
    after: Sample,
    trained: Sample | None,
    still: StillInputs | None,
    against: str,
    *,
    stored: bool,
) -> Contrast | None:
    from generator.stats.reweighting import reweighted

    levels = _levels(plan)
    rows = len(before.keys), len(after.keys)
    groups = min((fold_groups(np.unique(side.entities).size) for side in (before, after)), default=0)
    if min(rows) < LEAST or not groups:
        return None
    groups = min(groups, MOST_GROUPS)
    both = joined(before, after)
    second = np.arange(sum(rows)) >= rows[0]
    level = both.level if len(levels) > 1 else np.zeros(sum(rows), dtype=np.int64)
    x, group = _filled(values, len(columns.numeric)), group_of(both.entities) % groups
    loss = (both.prediction - both.target) ** 2
    held, kept = _held(still, loss, second, group)
    repeated = None
    if stored and (held is None or not held.alone):
        repeated, kept = _repeated(x, both.prediction, loss, second, group, kept)
    found = reweighted(x[kept], loss[kept], second[kept], group[kept], level[kept], len(levels))
    return Contrast(
        against="held_out" if against == "held_out" else "first_third",
        means=found.means,
        left_out=found.left_out,
        ess=float("nan") if held is not None and held.alone else found.ess,
        rows=rows,
        levels=levels,
        level_rows=np.bincount(level[second], minlength=len(levels)).astype(np.float64),
        new_entities=_new(after, before),
        unknown=(_new(before, trained), _new(after, trained)),
        held=held,
        repeated=repeated,
    )


def _held(
    still: StillInputs | None, loss: FloatArray, second: NDArray[np.bool_], group: IntArray
) -> tuple[HeldInputs | None, NDArray[np.bool_]]:
    """Return what is told of inputs that stand still or are copied, and the rows to compare."""
    every = np.ones(second.size, dtype=bool)
    if still is None or not still.rows.any():
        return None, every
    kept = np.concatenate([every[~second], ~still.rows])
    told = HeldInputs(
        share=float(still.rows.mean()),
        usual=still.usual,
        inputs=still.inputs,
        copied=still.copied,
        **_whole(loss, second, group, every, kept),
    )
    return told, every if told.alone else kept


def _whole(
    loss: FloatArray, second: NDArray[np.bool_], group: IntArray, among: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> dict[str, Any]:
    """Return the errors of both sides `among` some rows, and whether too few are `kept` for a comparison."""
    few = np.sum(kept & second) < LEAST or np.unique(group[kept & second]).size <= group.max()
    left = [_sides(loss, second, among & (group != g)) for g in range(int(group.max()) + 1)]
    return {"means": _sides(loss, second, among), "left_out": np.stack(left), "alone": bool(few)}


def _repeated(
    x: FloatArray,
    prediction: FloatArray,
    loss: FloatArray,
    second: NDArray[np.bool_],
    group: IntArray,
    among: NDArray[np.bool_],
) -> tuple[Repeated | None, NDArray[np.bool_]]:
    """Return what is told of predictions that rows now share though their inputs differ, and the rows to compare."""
    from generator.stats.reweighting import reweighted

    after = second & among
    values, rows = np.unique(prediction[after], return_counts=True)
    values = values[rows >= MORE * after.sum()]
    of = [after & (prediction == value) for value in values]
    values = values[[2 * len(np.unique(x[own], axis=0)) >= own.sum() for own in of]]
    if not values.size:
        return None, among
    at = np.searchsorted(values, prediction)
    place = np.where(values[np.minimum(at, values.size - 1)] == prediction, at, values.size)
    ones = np.ones(int(among.sum()))
    found = reweighted(x[among], ones, second[among], group[among], place[among], values.size + 1)
    more = found.means[2] - found.means[1]
    half = np.sqrt(jackknife_variance(found.left_out[:, 2] - found.left_out[:, 1]))
    sure = more - t_quantile(0.975, found.left_out.shape[0] - 1.0) * half > MORE
    sure &= found.means[2] >= TIMES * found.means[1]
    sure[-1] = False
    if not sure.any():
        return None, among
    kept = among & ~sure[place]
    told = Repeated(
        values=int(sure.sum()),
        share=float(found.means[2][sure].sum()),
        usual=float(found.means[1][sure].sum()),
        **_whole(loss, second, group, among, kept),
    )
    return told, among if told.alone else kept


def _sides(loss: FloatArray, second: NDArray[np.bool_], kept: NDArray[np.bool_]) -> FloatArray:
    return np.array([loss[kept & ~second].mean(), loss[kept & second].mean()])


def _new(rows: Sample, among: Sample | None) -> float:
    """Return the share of rows whose entity is not `among` some others; nan where these are only a part of a table."""
    if among is None or len(among.keys) == among.most:
        return float("nan")
    return float(np.mean(~np.isin(rows.entities, among.entities)))


def _levels(plan: Plan) -> tuple[str, ...]:
    first = plan.segments[0] if plan.segments else None
    return ("",) if first is None or first.hidden or len(first.levels) > MOST_LEVELS else first.levels


def _filled(values: FloatArray, numbers: int) -> FloatArray:
    """Return columns without gaps: means for missing numbers, a column for these, and one a level of a text."""
    made: list[FloatArray] = []
    for column in values[:, :numbers].T:
        absent = np.isnan(column)
        made.append(np.where(absent, 0.0 if absent.all() else np.nanmean(column), column))
        made += [absent.astype(np.float64)] if absent.mean() >= LEAST_SHARE else []
    for place in range(numbers, values.shape[1]):
        made += _levelled(values[:, place])
    return np.column_stack(made) if made else np.zeros((len(values), 0))


def _levelled(column: FloatArray) -> list[FloatArray]:
    codes: IntArray = np.where(np.isnan(column), -1, column).astype(np.int64)
    found, n = np.unique(codes, return_counts=True)
    common: NDArray[np.int64] = found[n >= LEAST_SHARE * codes.size]
    return [(codes == code).astype(np.float64) for code in common[1:]]
