"""Takes opened inputs, gives the plan and the sums: one pass over production, and what the reference needs."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa

from generator.errors import InputError, Problem
from generator.measure import state
from generator.measure.causes import fit_segment
from generator.measure.inputs import OpenInputs, folded_over, scan_of
from generator.measure.lens import BatchColumns, Lens, Naive
from generator.measure.levels import text_features
from generator.measure.plan import plan_from_reference, plan_from_rows, with_predictions
from generator.measure.sample import Sample
from generator.measure.sketch import nothing, sketching, stride
from generator.measure.slices import slice_plan
from generator.measure.statistics import LARGEST, PROFILED, read_statistics
from generator.measure.summaries import summarised_plan, summarised_sums
from generator.measure.summary_files import is_summary, read_summaries
from generator.records.aggregates import FloatArray, Moments
from generator.records.inputs import read_input
from generator.records.ledger import ROLES, SCORES, TARGET, Aggregates, LabelCounts, NumericCells, Plan
from generator.records.project import Data


def plan_reference(
    opened: OpenInputs, reference: OpenInputs | None, *, jobs: int
) -> tuple[Plan, Aggregates | None, Sample | None]:
    """Return the plan of the pass, the reference sums on it, from statistics, from rows, or none, and its sample."""
    data = opened.project.settings.data
    if data.reference_stats and is_summary(data.reference_stats):
        return *_summarised(opened, data.reference_stats), None
    if data.reference_stats:
        plan, sums = read_statistics(_statistics(opened, data.reference_stats), data.reference_stats)
        _check_features(opened, plan, data.reference_stats)
        _check_task(opened, plan, data.reference_stats)
        wanted = plan_from_reference(data, plan, sums)
        causes = None if sums.causes is None else fit_segment(sums.causes, plan, wanted)
        return wanted, replace(sums, level=_realigned(sums.level, plan, wanted), causes=causes), None
    if reference is not None:
        plan = fresh_plan(reference, smallest=opened.project.settings.privacy.small_cell)
        return plan, *count(reference, plan, None, jobs=jobs)
    return fresh_plan(opened), None, None


def count(
    opened: OpenInputs,
    plan: Plan,
    reference: Aggregates | None,
    labels: LabelCounts | None = None,
    *,
    jobs: int,
    sliced: bool = False,
) -> tuple[Aggregates, Sample]:
    """Return the sums of the opened table on `plan`, of slices too if `sliced`, and a sample of its rows.

    Raises InputError for a table without rows.
    """
    lens = _lens(opened, plan, reference, labels)
    if sliced:
        rows = opened.engine.rows(opened.table)
        lens = replace(lens, slicing=slice_plan(plan, reference, opened.linear, opened.project.settings.data, rows))
    folded = folded_over(
        opened, scan_of(opened, plan.numeric, plan.categorical), partial(_partial, lens), state.merge, jobs
    )
    if folded is None:
        raise _no_rows(opened)
    sums = state.finish(folded)
    _check_positive(opened, sums)
    return sums, folded.sample


def _summarised(opened: OpenInputs, name: str) -> tuple[Plan, Aggregates]:
    """Return the plan and the sums of statistics that tell a part only; production rows give the other edges."""
    data = opened.project.settings.data
    known = read_summaries(_statistics(opened, name), name, data.target)
    told = {f: "categorical" if one.levels else "numeric" for f, one in known.features.items() if one.tells}
    if not set(known.features) & set(opened.features):
        what = "the training statistics know none of the features"
        raise InputError(what, where=name, hint=f"they know {', '.join(list(known.features)[:12])}")
    if not known.rows and opened.model is not None:
        known = replace(known, rows=opened.model.rows or 0)
    plan = summarised_plan(fresh_plan(opened, told), known)
    return plan, summarised_sums(plan, known)


def _statistics(opened: OpenInputs, name: str) -> bytes:
    return read_input(opened.project, name, most=LARGEST, hint=PROFILED)


def fresh_plan(opened: OpenInputs, told: Mapping[str, str] | None = None, *, smallest: int = 1) -> Plan:
    """Return a plan whose edges come from the opened table itself; `told` are kinds that a file tells.

    A level of fewer than `smallest` rows has no name in it, and counts as one that was never seen.
    """
    numeric, categorical = kinds(opened, told or {})
    scan = scan_of(opened, numeric, categorical)
    rows = opened.engine.rows(opened.table)
    if rows == 0:
        raise _no_rows(opened)
    data, exact = opened.project.settings.data, _decided(opened)
    split = {segment.column for segment in data.segments}
    wanted = replace(scan, text=tuple(c for c in scan.text if c in split or c in categorical))
    seen = folded_over(opened, wanted, *sketching(wanted, rows)) or nothing(wanted)
    plan = plan_from_rows(data, seen.without_few(smallest), scan.numeric, numeric, categorical, exact)
    if opened.model is None:
        return plan
    lens = _lens(opened, plan, None)
    predictions = folded_over(opened, scan, partial(_predictions, lens, stride(rows)), _append)
    return plan if predictions is None else with_predictions(plan, predictions, exact)


def _decided(opened: OpenInputs) -> tuple[float, ...]:
    """Return the probabilities at which something is decided."""
    decision = opened.project.settings.decision
    own = () if decision.threshold is None else (decision.threshold,)
    return (*own, *(tier.above for tier in decision.tiers))


def _partial(lens: Lens, batch: pa.RecordBatch) -> state.FoldState:
    return state.partial(BatchColumns(lens, batch).rows(), lens)


def _predictions(lens: Lens, step: int, batch: pa.RecordBatch) -> FloatArray:
    return BatchColumns(lens, batch).prediction()[::step]


def _append(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.concatenate([a, b])


def _lens(opened: OpenInputs, plan: Plan, reference: Aggregates | None, labels: LabelCounts | None = None) -> Lens:
    settings = opened.project.settings
    limits = settings.objectives.extreme_errors
    named = settings.privacy.list_entities and bool(limits) and opened.roles.entity is not None
    return Lens(
        plan=plan,
        roles=opened.roles,
        model=opened.model,
        previous=opened.previous,
        naive=_naive(opened.project.settings.data, plan, reference),
        extreme=min(limits) if named else None,
        rules=settings.data.features,
        threshold=settings.decision.threshold,
        immature=None if labels is None else labels.days[~labels.mature],
        counts=opened.counts,
    )


def _naive(data: Data, plan: Plan, reference: Aggregates | None) -> Naive | None:
    """Return the reference mean of the target; by level of the first segment where that is declared."""
    target = len(plan.numeric) + ROLES.index(TARGET)
    if reference is None or not reference.total.n[target] > 0:
        return None
    first, overall = plan.segments[0], float(reference.total.mean[target])
    if data.naive == "mean" or first.hidden or reference.level is None:
        return Naive(segment=None, means=np.array([overall]))
    part = slice(0, len(first.levels))
    n, mean = reference.level.moments.n[part, target], reference.level.moments.mean[part, target]
    return Naive(segment=first.name, means=np.where(n > 0, mean, overall))


def kinds(opened: OpenInputs, told: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the numeric and the categorical features: as declared, else as told, else as the values read."""
    texts = dict.fromkeys(text_features(opened), "categorical")
    declared = {**texts, **told} | {f.name: f.kind for f in opened.project.settings.data.features if f.kind}
    open_ones = tuple(f for f in opened.features if f not in declared)
    numbers = set(opened.engine.numeric(opened.table, open_ones))
    numeric = tuple(f for f in opened.features if declared.get(f) == "numeric" or f in numbers)
    return numeric, tuple(f for f in opened.features if f not in set(numeric))


def _realigned(cells: NumericCells | None, known: Plan, wanted: Plan) -> NumericCells | None:
    """Return the reference's level cells in the order of the wanted plan, empty where it has none."""
    if cells is None:
        return None
    places = {cell: index for index, cell in enumerate(known.cells)}
    where = np.array([places.get(cell, -1) for cell in wanted.cells], dtype=np.int64)
    there = where >= 0

    def pick(values: FloatArray) -> FloatArray:
        return np.where(there.reshape(-1, *[1] * (values.ndim - 1)), values[where], 0.0)

    m = cells.moments
    moments = Moments(n=pick(m.n), mean=pick(m.mean), m2=pick(m.m2), m3=pick(m.m3), m4=pick(m.m4))
    return NumericCells(rows=pick(cells.rows), moments=moments)


def _check_features(opened: OpenInputs, plan: Plan, name: str) -> None:
    unknown = [f for f in opened.features if f not in set(plan.features)]
    lacking = [f for f in plan.features if f not in opened.schema]
    problems = [Problem(what=f"the training statistics know no feature {f}", where=name, hint=AGAIN) for f in unknown]
    problems += [
        Problem(what=f"column {f} of the training statistics is missing", where=opened.table.name, hint=AGAIN)
        for f in lacking
    ]
    if problems:
        raise InputError("statistics and rows do not belong together", problems=tuple(problems))


def _check_task(opened: OpenInputs, plan: Plan, name: str) -> None:
    task = opened.project.settings.data.task
    if plan.binary != (task == "binary"):
        known = "a binary model" if plan.binary else "a regression"
        raise InputError(
            f"the training statistics are those of {known}, and data.task is {task}", where=name, hint=AGAIN
        )


def _check_positive(opened: OpenInputs, sums: Aggregates) -> None:
    """Raise InputError when a declared positive value is not to be found among the outcomes."""
    data = opened.project.settings.data
    if data.positive is None or sums.scores is None:
        return
    labelled, positives = (float(sums.scores.group[..., SCORES.index(name)].sum()) for name in ("n", "y"))
    if labelled and not positives:
        what = f"none of the {labelled:.0f} known outcomes in column {data.target} is {data.positive!r}"
        raise InputError(
            what,
            where=opened.table.name,
            hint="data.positive is the value that counts as 1, as it is written in the file",
        )


AGAIN = "profile the training rows again with today's features"


def _no_rows(opened: OpenInputs) -> InputError:
    return InputError("the table has no rows", where=opened.table.name, hint="at least one row below the header")
