"""One pass over the rows: score, compare with the labels, add up; nothing but sums leaves this stage."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from generator.engines import Engine
from generator.measure.clock import clock
from generator.measure.contrast import contrast, rescored
from generator.measure.cost import kept_cost, measure_cost
from generator.measure.golden import golden
from generator.measure.importance import shuffled
from generator.measure.inputs import OpenInputs, check_unchanged, duplicates, look_at, open_inputs, sources
from generator.measure.labels import count_labels
from generator.measure.leads import check_horizons
from generator.measure.levels import check_decisions, check_levels
from generator.measure.passes import count, fresh_plan, plan_reference
from generator.measure.probe import probed
from generator.measure.requests import count_requests
from generator.measure.sample import Sample
from generator.measure.statistics import write_statistics
from generator.records.ledger import Aggregates, Clock, Ledger, Plan
from generator.records.plugin import Counting, Reader
from generator.records.project import Project
from generator.records.threads import one_core_a_sum
from generator.records.watch import Watch, unwatched
from generator.scoring import one_process

NO_COUNTS: Mapping[str, Counting] = {}


def measure(
    project: Project,
    engine: Engine,
    readers: Sequence[Reader],
    *,
    as_of: datetime.date | None = None,
    jobs: int = 1,
    sums_alone: bool = False,
    watch: Watch = unwatched,
    counts: Mapping[str, Counting] = NO_COUNTS,
) -> Ledger:
    """Return the ledger of the project's production rows beside that of its reference, as of a day.

    With `sums_alone` nothing is asked of samples of rows, and no slices are sought.
    """
    with one_core_a_sum():
        return _measured(project, engine, readers, as_of, jobs, sums_alone, watch, counts)


def _measured(
    project: Project,
    engine: Engine,
    readers: Sequence[Reader],
    as_of: datetime.date | None,
    jobs: int,
    sums_alone: bool,
    watch: Watch,
    counts: Mapping[str, Counting],
) -> Ledger:
    look_at(project, engine)
    with one_process():
        opened = replace(open_inputs(project, engine, readers), watch=watch, counts=counts)
        check_horizons(opened)
    when, until = clock(opened, as_of)
    opened = replace(opened, until=until)
    rows = project.settings.data.reference
    training = (
        replace(
            open_inputs(project, engine, readers, rows, (opened.model, opened.previous)), watch=watch, counts=counts
        )
        if rows
        else None
    )
    plan, reference, trained = plan_reference(opened, training, jobs=jobs)
    if reference is not None:
        check_levels(opened, plan)
    labels = count_labels(opened, jobs=jobs)
    production, sample = count(opened, plan, reference, labels, jobs=jobs, sliced=not sums_alone)
    check_decisions(opened, plan, production)
    held_out, unseen = _held_out(opened, plan, reference, trained, readers, jobs)
    ledger = Ledger(
        plan=plan,
        production=production,
        reference=reference,
        linear=opened.linear,
        runs_code=opened.runs_code,
        conduct=None if opened.model is None else opened.model.conduct,
        cost=kept_cost(opened),
        scored=opened.model is not None,
        previous_scored=opened.previous is not None,
        duplicates=duplicates(opened),
        entity_groups=opened.roles.entity is not None,
        clock=when,
        sources=sources(opened, production, reference),
        labels=labels,
        requests=count_requests(project, engine, jobs=jobs),
        held_out=held_out,
    )
    if not sums_alone:
        ledger = replace(
            ledger,
            golden=golden(plan, reference, opened.model, opened.previous),
            probe=probed(project, plan, trained, sample),
            contrast=contrast(project.settings.data, plan, unseen, sample, trained, stored=opened.model is None),
            shuffled=shuffled(opened.model, plan, sample, trained),
            rescored=rescored(sample),
        )
    check_unchanged(engine)
    return ledger


def _held_out(
    opened: OpenInputs,
    plan: Plan,
    reference: Aggregates | None,
    trained: Sample | None,
    readers: Sequence[Reader],
    jobs: int,
) -> tuple[Aggregates | None, Sample | None]:
    """Return sums and sample of the rows out of sample: those given, else the reference where it is declared that."""
    data = opened.project.settings.data
    if data.held_out:
        models = opened.model, opened.previous
        found = open_inputs(opened.project, opened.engine, readers, data.held_out, models)
        return count(replace(found, watch=opened.watch, counts=opened.counts), plan, reference, jobs=jobs)
    if data.reference_is != "held_out" or reference is None:
        return None, None
    dated = reference.losses is not None and reference.losses.day.shape[0] == reference.days.size
    return (reference if dated else replace(reference, days=np.array([-1]))), trained


def profile(
    project: Project, engine: Engine, readers: Sequence[Reader], rows: Path, *, jobs: int = 1, watch: Watch = unwatched
) -> bytes:
    """Return the training statistics of the table `rows`, read with the project's roles and model, as JSON."""
    with one_core_a_sum():
        opened = replace(open_inputs(project, engine, readers, str(rows.absolute())), watch=watch)
        smallest = project.settings.privacy.small_cell
        plan = fresh_plan(opened, smallest=smallest)
        check_levels(opened, plan)
        sums, _ = count(opened, plan, None, jobs=jobs)
        return write_statistics(plan, sums, prepared=rows.name, smallest=smallest)


def cost(project: Project, engine: Engine, readers: Sequence[Reader], today: datetime.date) -> bytes:
    """Return the time that the project's model takes on this machine, on one core, as JSON."""
    with one_core_a_sum():
        return measure_cost(project, engine, readers, today)


def trained(project: Project, engine: Engine, readers: Sequence[Reader], today: datetime.date, *, jobs: int) -> Ledger:
    """Return a ledger of what training alone tells: no row of production counts, unless nothing else shows the plan."""
    with one_core_a_sum():
        opened, rows = open_inputs(project, engine, readers), project.settings.data.reference
        models = opened.model, opened.previous
        plan, reference, _ = plan_reference(
            opened, open_inputs(project, engine, readers, rows, models) if rows else None, jobs=jobs
        )
        return Ledger(
            plan=plan,
            production=reference or count(opened, plan, None, jobs=jobs)[0],
            reference=reference,
            linear=opened.linear,
            scored=opened.model is not None,
            previous_scored=opened.previous is not None,
            duplicates=None,
            entity_groups=opened.roles.entity is not None,
            clock=Clock(as_of=today),
        )
