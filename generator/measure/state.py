"""The state that batches are folded into: `partial` of one batch, `merge` of two states, `finish` at the end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.measure import cells
from generator.measure.align import add_rows, merge_cells, merge_design, union
from generator.measure.causes import cause_sums, merge_causes
from generator.measure.contract import contract_sums, merge_contract
from generator.measure.frame import bin_codes, grid_counts
from generator.measure.lens import BY_PREDICTION, Lens, Rows
from generator.measure.losses import error_buckets
from generator.measure.sample import Sample, merged, sample_of
from generator.measure.scores import merge_scores, score_sums
from generator.measure.slices import merge_slices, slice_sums
from generator.records.aggregates import FloatArray, IntArray, Moments
from generator.records.ledger import (
    FEW_GROUPS,
    GROUPS,
    LOSSES,
    Aggregates,
    InfiniteSums,
    LossSums,
    NumericCells,
    PairSums,
    Plan,
)
from generator.stats import moments

SKETCH = 1024
"""Distinct entities kept by group; beyond it their number is estimated from the smallest hashes."""
UNSEEN_KEPT = 1000
EXTREMES_KEPT = 10_000


@dataclass(frozen=True, kw_only=True, eq=False)
class FoldState:
    """Sums so far, per group the smallest entity hashes, and a sample of the rows."""

    sums: Aggregates
    sketch: tuple[NDArray[np.uint64], ...]
    sample: Sample


def partial(rows: Rows, lens: Lens) -> FoldState:
    """Return the state of one batch."""
    plan, slicing = lens.plan, lens.slicing
    days, day = np.unique(rows.days, return_inverse=True)
    table = cells.matrix(rows.values)
    total, (by_day, by_level, by_group) = _numeric(rows, plan, table, (days.size, day))
    width = plan.offsets[-1]
    places = [codes + start for codes, start in zip(rows.slots, plan.offsets, strict=False)]
    slots_group = _slots(places, rows.group, GROUPS, width)
    nulls = np.array([null.sum() for null in rows.nulls], dtype=np.float64)
    ordered = [np.sort(column[~np.isnan(column)]) for column in rows.values]
    return FoldState(
        sums=Aggregates(
            rows=rows.count,
            days=days,
            day=by_day,
            level=by_level,
            group=by_group,
            total=total,
            nulls=nulls,
            nans=rows.count - total.n - nulls,
            grid=tuple(grid_counts(column, edges) for column, edges in zip(ordered, plan.grid, strict=True)),
            slots_day=_slots(places, day, days.size, width),
            slots_group=slots_group,
            slots=slots_group.sum(axis=0),
            unseen=_unseen(rows, plan),
            losses=_losses(rows, plan, (days.size, day)),
            errors=_errors(rows, plan),
            missing_losses=_missing_losses(rows, plan),
            pairs=_pairs(rows, plan, table),
            design=None if rows.design is None else cells.design_moments(rows.design, rows.group, GROUPS),
            design_day=None if rows.design is None else cells.design_moments(rows.design, day, days.size),
            entities=None,
            extremes=_extremes(rows, lens.extreme),
            causes=cause_sums(rows, plan),
            slices=None if slicing is None else slice_sums(rows, plan, slicing),
            acted=_acted(rows, plan),
            scores=score_sums(rows, plan, (days.size, day)),
            infinite=_infinite(rows, (days.size, day)),
            crossed=_crossed(rows, len(plan.cells), (days.size, day)),
            contract=contract_sums(rows, plan, lens.rules, (days.size, day)),
            own={id: count(rows, plan) for id, count in lens.counts.items()},
        ),
        sketch=tuple(np.unique(rows.hashes[rows.group == g])[:SKETCH] for g in range(GROUPS)),
        sample=sample_of(rows, plan),
    )


def merge(a: FoldState, b: FoldState) -> FoldState:
    """Return the state of both; any order and any split of the rows gives the same counts."""
    x, y = a.sums, b.sums
    days, (from_a, from_b) = union(x.days, y.days)
    size = days.size

    def by_day(p: FloatArray, q: FloatArray) -> FloatArray:
        return add_rows(p, from_a, size) + add_rows(q, from_b, size)

    assert x.day and y.day and x.level and y.level and x.group and y.group and x.losses and y.losses
    assert x.grid is not None and y.grid is not None and x.slots_day is not None and y.slots_day is not None
    assert x.slots_group is not None and y.slots_group is not None and x.errors is not None and y.errors is not None
    assert x.missing_losses is not None and y.missing_losses is not None and x.infinite and y.infinite
    sums = Aggregates(
        rows=x.rows + y.rows,
        days=days,
        day=merge_cells(x.day, y.day, from_a, from_b, size),
        level=merge_cells(x.level, y.level),
        group=merge_cells(x.group, y.group),
        total=moments.merge(x.total, y.total),
        nulls=x.nulls + y.nulls,
        nans=x.nans + y.nans,
        grid=tuple(p + q for p, q in zip(x.grid, y.grid, strict=True)),
        slots_day=by_day(x.slots_day, y.slots_day),
        slots_group=x.slots_group + y.slots_group,
        slots=x.slots + y.slots,
        unseen={name: _most({**_plus(x.unseen[name], y.unseen[name])}, UNSEEN_KEPT) for name in x.unseen},
        losses=LossSums(
            day=by_day(x.losses.day, y.losses.day),
            group=x.losses.group + y.losses.group,
            day_level=by_day(x.losses.day_level, y.losses.day_level),
            group_level=x.losses.group_level + y.losses.group_level,
        ),
        errors=x.errors + y.errors,
        missing_losses=x.missing_losses + y.missing_losses,
        pairs=_add_pairs(x.pairs, y.pairs),
        design=merge_design(x.design, y.design),
        design_day=merge_design(x.design_day, y.design_day, from_a, from_b, size),
        entities=None,
        extremes=None
        if x.extremes is None or y.extremes is None
        else _most(_plus(x.extremes, y.extremes), EXTREMES_KEPT),
        causes=merge_causes(x.causes, y.causes),
        slices=merge_slices(x.slices, y.slices),
        acted=None if x.acted is None or y.acted is None else x.acted + y.acted,
        scores=merge_scores(x.scores, y.scores, from_a, from_b, size),
        infinite=InfiniteSums(day=by_day(x.infinite.day, y.infinite.day), group=x.infinite.group + y.infinite.group),
        crossed=None if x.crossed is None or y.crossed is None else by_day(x.crossed, y.crossed),
        contract=merge_contract(x.contract, y.contract, from_a, from_b, size),
        own={id: sums + y.own[id] for id, sums in x.own.items()},
    )
    sketch = tuple(np.unique(np.concatenate(pair))[:SKETCH] for pair in zip(a.sketch, b.sketch, strict=True))
    return FoldState(sums=sums, sketch=sketch, sample=merged(a.sample, b.sample))


def finish(state: FoldState) -> Aggregates:
    """Return the sums, with the number of distinct entities by group."""
    return replace(state.sums, entities=np.array([_distinct(hashes) for hashes in state.sketch]))


def _distinct(hashes: NDArray[np.uint64]) -> float:
    """Return the number of distinct hashes: exact below SKETCH, else (k − 1)/k-th smallest of the group's range."""
    if len(hashes) < SKETCH:
        return float(len(hashes))
    span = float(hashes[-1] & np.uint64((1 << 58) - 1)) / float(1 << 58)
    return (SKETCH - 1) / span


def _numeric(
    rows: Rows, plan: Plan, table: cells.Matrix, day: tuple[int, IntArray]
) -> tuple[Moments, tuple[NumericCells, NumericCells, NumericCells]]:
    days, levels = day[0], len(plan.cells)
    places = [day[1], *(place + days for place in rows.levels), rows.group + days + levels]
    size = days + levels + GROUPS
    number = cells.rows_of(places, size)
    total, values = cells.moments(places, size, number, table)
    codes = [bin_codes(column, edges) for column, edges in zip(rows.values, plan.deciles, strict=True)]
    parts = cells.split(values, [(0, days), (days, days + levels), (days + levels, size)])
    return total, (
        NumericCells(rows=number[:days], moments=parts[0], deciles=_deciles(codes, day[1], days)),
        NumericCells(rows=number[days : days + levels], moments=parts[1]),
        NumericCells(rows=number[days + levels :], moments=parts[2], deciles=_deciles(codes, rows.group, GROUPS)),
    )


def _deciles(codes: list[NDArray[np.uint8]], cell: IntArray, size: int) -> FloatArray:
    return np.stack([cells.counts(cell, size, column, 11)[:, :10] for column in codes], axis=1)


def _slots(places: list[IntArray], cell: IntArray, size: int, width: int) -> FloatArray:
    total = np.zeros((size, width))
    for codes in places:
        total += cells.counts(cell, size, codes, width)
    return total


def _losses(rows: Rows, plan: Plan, day: tuple[int, IntArray]) -> LossSums:
    days, levels, width = day[0], len(plan.cells), len(LOSSES)
    crossed = [*(day[1] * levels + place for place in rows.levels)]
    crossed += [rows.group * levels + place + days * levels for place in rows.levels]
    plain = cells.sums([day[1], rows.group + days], days + GROUPS, rows.losses)
    cross = np.zeros(((days + GROUPS) * levels, width))
    if crossed:
        cross = cells.sums(crossed, (days + GROUPS) * levels, rows.losses)
    return LossSums(
        day=plain[:days],
        group=plain[days:],
        day_level=cross[: days * levels].reshape(days, levels, width),
        group_level=cross[days * levels :].reshape(GROUPS, levels, width),
    )


def _crossed(rows: Rows, levels: int, day: tuple[int, IntArray]) -> FloatArray:
    """Return labelled rows and squared errors by day, few groups and level, (D, FEW_GROUPS, S, 2)."""
    size = day[0] * FEW_GROUPS * levels
    if not levels:
        return np.zeros((day[0], FEW_GROUPS, 0, 2))
    start = (day[1] * FEW_GROUPS + rows.group % FEW_GROUPS) * levels
    columns = [LOSSES.index(name) for name in ("n", "e2")]
    found = cells.sums([start + place for place in rows.levels], size, rows.losses[:, columns])
    return found.reshape(day[0], FEW_GROUPS, levels, 2)


def _errors(rows: Rows, plan: Plan) -> FloatArray:
    width = 2 * (len(plan.error_edges) + 1)
    bucket = error_buckets(rows.error, plan.error_edges)
    seen = bucket >= 0
    return cells.counts(rows.group[seen], GROUPS, bucket[seen], width)


def _missing_losses(rows: Rows, plan: Plan) -> FloatArray:
    absent = [np.flatnonzero(np.isnan(column)) for column in rows.given[: len(plan.numeric)]]
    absent += [np.flatnonzero(codes == len(ls) + 1) for codes, ls in zip(rows.slots, plan.levels, strict=True)]
    columns = [LOSSES.index(name) for name in ("n", "e2", "abs")]
    out = np.zeros((GROUPS, len(absent), 3))
    for j, where in enumerate(absent):
        if where.size:
            for k, column in enumerate(columns):
                out[:, j, k] = np.bincount(rows.group[where], weights=rows.losses[where, column], minlength=GROUPS)
    return out


def _pairs(rows: Rows, plan: Plan, table: cells.Matrix) -> PairSums:
    """Return the pair sums of the features that are paired, each moved to the middle of its grid."""
    paired = plan.paired
    middles = np.array([float(np.median(edges)) if len(edges) else 0.0 for edges in plan.grid])
    kept = np.isin(table.gaps, paired)
    gaps = np.searchsorted(paired, table.gaps[kept])
    return cells.pair_sums(table.moved(middles)[:, paired], gaps, table.absent[:, kept], rows.group)


def _infinite(rows: Rows, day: tuple[int, IntArray]) -> InfiniteSums:
    found = [np.flatnonzero(np.isinf(column)) for column in rows.given]
    by_day, by_group = (
        np.stack([np.bincount(cell[at], minlength=size) for at in found], axis=1).astype(np.float64)
        for cell, size in ((day[1], day[0]), (rows.group, GROUPS))
    )
    return InfiniteSums(day=by_day, group=by_group)


def _unseen(rows: Rows, plan: Plan) -> dict[str, dict[str, int]]:
    found = {}
    for name, levels, texts in zip(plan.categorical, plan.levels, rows.texts, strict=True):
        number = np.bincount(texts.codes[texts.codes >= 0], minlength=len(texts.values))
        known = set(levels)
        new = {v: int(n) for v, n in zip(texts.values, number, strict=False) if v not in known and n}
        found[name] = _most(new, UNSEEN_KEPT)
    return found


def _acted(rows: Rows, plan: Plan) -> FloatArray | None:
    """Return rows, and rows acted on, by tenth of the prediction, (T, 2)."""
    if rows.acted is None:
        return None
    names = [segment.name for segment in plan.segments]
    place = names.index(BY_PREDICTION)
    start = sum(len(segment.levels) for segment in plan.segments[:place])
    tier, size = rows.levels[place] - start, len(plan.segments[place].levels)
    parts = [np.bincount(tier[chosen], minlength=size) for chosen in (np.ones(rows.count, dtype=np.bool_), rows.acted)]
    return np.stack(parts, axis=1).astype(np.float64)


def _extremes(rows: Rows, limit: float | None) -> dict[str, int] | None:
    if limit is None or rows.entity is None:
        return None
    codes = rows.entity.codes[np.abs(rows.error) > limit]
    number = np.bincount(codes[codes >= 0], minlength=len(rows.entity.values))
    return {rows.entity.values[i]: int(number[i]) for i in np.flatnonzero(number)}


def _plus(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, int]:
    return {key: a.get(key, 0) + b.get(key, 0) for key in {**a, **b}}


def _most(numbers: dict[str, int], kept: int) -> dict[str, int]:
    if len(numbers) <= kept:
        return numbers
    return dict(sorted(numbers.items(), key=lambda item: (-item[1], item[0]))[:kept])


def _add_pairs(a: PairSums | None, b: PairSums | None) -> PairSums | None:
    if a is None or b is None:
        return None
    return PairSums(n=a.n + b.n, s=a.s + b.s, q=a.q + b.q, x=a.x + b.x)
