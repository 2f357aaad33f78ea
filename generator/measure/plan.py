"""Takes the project, a sketch of reference rows or a reference plan; gives the plan of the pass."""

from dataclasses import replace

import numpy as np

from generator.errors import InputError
from generator.measure.lens import BY_COMPLETE, BY_PREDICTION, BY_UNSEEN
from generator.measure.scores import score_edges
from generator.measure.sketch import LEVELS, Sketch, decile_edges, error_edges, fine_edges, input_edges
from generator.records.aggregates import FloatArray
from generator.records.ledger import MISSING, PREDICTION, TARGET, UNSEEN, Aggregates, Plan, SegmentPlan
from generator.records.project import Data, Segment
from generator.stats.bins import quantile
from generator.stats.grid import bounds

EMPTY = np.zeros(0)


def plan_from_rows(
    data: Data,
    seen: Sketch,
    read: tuple[str, ...],
    numeric: tuple[str, ...],
    categorical: tuple[str, ...],
    exact: tuple[float, ...] = (),
) -> Plan:
    """Return a plan whose edges and levels come from sketched rows; `read` names the columns of the sample.

    A binary model's score bins have edges at the `exact` probabilities too.
    """
    columns = {name: seen.values[:, index] for index, name in enumerate(read)}
    roles = {TARGET: columns.get(data.target, EMPTY), PREDICTION: columns.get(data.prediction or "", EMPTY)}
    values = [columns[name] for name in numeric] + [roles[TARGET], roles[PREDICTION]]
    spread = roles[TARGET][~np.isnan(roles[TARGET])]
    levels = tuple(_levels(seen.texts.get(name, {})) for name in categorical)
    plan = Plan(
        numeric=numeric,
        categorical=categorical,
        levels=levels,
        deciles=(*(input_edges(v) for v in values[: len(numeric)]), *(decile_edges(v) for v in values[len(numeric) :])),
        grid=tuple(fine_edges(v) for v in values),
        error_edges=error_edges(float(spread.std()) if spread.size else 1.0),
    )
    segments = tuple(_segment(s, plan, columns.get(s.column), seen.texts.get(s.column)) for s in data.segments)
    if data.task == "binary":
        plan = replace(plan, scores=score_edges(roles[PREDICTION], exact))
    return with_own_segments(replace(plan, segments=segments))


def plan_from_reference(data: Data, reference: Plan, sums: Aggregates) -> Plan:
    """Return the reference's plan with the project's segments; raises InputError for a segment it cannot split by."""
    kept = {segment.name: segment for segment in reference.segments if not segment.hidden}
    segments = []
    for segment in data.segments:
        known = kept.get(segment.name or segment.column)
        same = known is not None and known.column == segment.column and len(known.cuts) == len(segment.quantiles)
        segments.append(known if known is not None and same else _derived(segment, reference, sums))
    return with_own_segments(replace(reference, segments=tuple(segments)))


def with_predictions(plan: Plan, predictions: FloatArray, exact: tuple[float, ...] = ()) -> Plan:
    """Return the plan with edges for predictions that the model, not a column, gives."""
    deciles = (*plan.deciles[:-1], decile_edges(predictions))
    scores = score_edges(predictions, exact) if plan.binary else None
    grid = (*plan.grid[:-1], fine_edges(predictions))
    return with_own_segments(replace(plan, deciles=deciles, grid=grid, scores=scores))


def with_own_segments(plan: Plan) -> Plan:
    """Return the plan with the program's own splits behind the team's."""
    cuts = tuple(float(edge) for edge in plan.deciles[-1])
    tiers = tuple(str(index + 1) for index in range(len(cuts) + 1))
    own = (
        SegmentPlan(name=BY_PREDICTION, column="", levels=(*tiers, MISSING), cuts=cuts, hidden=True),
        SegmentPlan(name=BY_UNSEEN, column="", levels=("known", "unseen"), hidden=True),
        SegmentPlan(name=BY_COMPLETE, column="", levels=("complete", "incomplete"), hidden=True),
    )
    return replace(plan, segments=tuple(s for s in plan.segments if not s.hidden) + own)


def _levels(rows: dict[str, int]) -> tuple[str, ...]:
    most = sorted(rows, key=lambda level: (-rows[level], level))[:LEVELS]
    return tuple(sorted(most))


def _segment(segment: Segment, plan: Plan, numbers: FloatArray | None, texts: dict[str, int] | None) -> SegmentPlan:
    if segment.quantiles:
        if numbers is None:
            raise _no_split(segment, "its quantiles need a numeric column")
        finite = numbers[~np.isnan(numbers)]
        cuts = tuple(float(q) for q in np.quantile(finite, segment.quantiles)) if finite.size else ()
        return _tiers(segment, cuts)
    if texts is None:
        raise _no_split(segment, "a numeric column needs `quantiles` to split it")
    return SegmentPlan(
        name=segment.name or segment.column, column=segment.column, levels=(*_levels(texts), UNSEEN, MISSING)
    )


def _derived(segment: Segment, reference: Plan, sums: Aggregates) -> SegmentPlan:
    if not segment.quantiles:
        if segment.column not in reference.categorical:
            raise _no_split(segment, "the reference statistics know no levels of it")
        levels = reference.levels[reference.categorical.index(segment.column)]
        return SegmentPlan(
            name=segment.name or segment.column, column=segment.column, levels=(*levels, UNSEEN, MISSING)
        )
    if segment.column not in reference.numeric or sums.grid is None:
        raise _no_split(segment, "the reference statistics know no quantiles of it")
    index = reference.numeric.index(segment.column)
    cuts = tuple(quantile(sums.grid[index], bounds(reference.grid[index]), q).value for q in segment.quantiles)
    return _tiers(segment, cuts)


def _tiers(segment: Segment, cuts: tuple[float, ...]) -> SegmentPlan:
    names = segment.tiers or tuple(f"tier {index + 1}" for index in range(len(cuts) + 1))
    return SegmentPlan(name=segment.name or segment.column, column=segment.column, levels=(*names, MISSING), cuts=cuts)


def _no_split(segment: Segment, why: str) -> InputError:
    return InputError(
        f"rows cannot be split by {segment.column}: {why}",
        where="data.segments",
        hint="name a categorical feature, or a numeric one with `quantiles`",
    )
