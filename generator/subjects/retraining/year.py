"""Takes the recommended option and the dated runs, gives what the next twelve months cost, no more than is dated."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, missing, segment_of
from generator.records.project import Option, Project
from generator.records.timeline import Timeline
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.retraining._ageing import DAYS_A_YEAR, Ageing, ageing, lost

HEAD = "retraining.recommended"
DATED = "runs dated in the next twelve months"


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Price the dated runs, and what the model loses between them."""
    at = known(evidence, earlier)
    found, _ = ageing(at, at.fact("retraining.decay.money"), at.fact("retraining.run.cost"))
    name = at.fact(f"{HEAD}.name").value
    option = next((one for one in project.settings.retraining.options if one.title == name), None)
    runs = _runs(option, earlier.timeline, at)
    cost, staleness = _cost(runs, at), _staleness(option, earlier.timeline, found, at)
    return Decisions(facts=(runs, cost, staleness, _total(cost, staleness)))


def _dated(option: Option | None, timeline: Timeline | None) -> tuple[int, ...] | None:
    """Return the gaps in days between dated runs; None for an option that only triggers start."""
    if option is None or option.every_days is None or timeline is None:
        return None
    return tuple((after.start - before.start).days for before, after in pairwise(timeline.kind("run")))


def _runs(option: Option | None, timeline: Timeline | None, at: Known) -> Fact:
    expected = at.fact(f"retraining.{segment_of(option.id)}.runs_per_year" if option else f"{HEAD}.name")
    scheduled = option is not None and option.every_days is not None and timeline is not None
    expects, cycle = number_of(expected), at.number("rollout.cycle")
    most = DAYS_A_YEAR / cycle if cycle else math.inf
    return derived(
        f"{HEAD}.runs_per_year",
        len(timeline.kind("run")) if scheduled and timeline else None if expects is None else min(expects, most),
        unit="per year",
        label="Runs of the next twelve months",
        method=DATED if scheduled else f"{expected.method}, at most as many as a rollout lets",
        reason=expected.reason or "no option is recommended",
        simulated=expected.origin == "simulated" and not scheduled,
    )


def _cost(runs: Fact, at: Known) -> Fact:
    cost, count = at.fact("retraining.run.cost"), number_of(runs)
    each = number_of(cost)
    return derived(
        f"{HEAD}.cost_per_year",
        None if count is None or each is None else count * each,
        unit="money",
        label="Cost of the runs of the next twelve months",
        method="runs × cost of a run",
        source=f"{runs.id}, {cost.id}",
        reason=runs.reason or cost.reason,
    )


def _staleness(option: Option | None, timeline: Timeline | None, found: Ageing | None, at: Known) -> Fact:
    """What the model loses a year at the gaps that are dated, each day of a gap by its age."""
    label, id = "Loss by ageing in the next twelve months", f"{HEAD}.staleness_per_year"
    rate = at.fact(f"retraining.{segment_of(option.id)}.staleness_per_year" if option else f"{HEAD}.name")
    gaps = _dated(option, timeline)
    if not gaps or found is None or found.state == "absent":
        why = rate.reason or "no option is recommended"
        return replace(rate, id=id, label=label) if number_of(rate) is not None else missing(id, why, unit="money")
    losses = (sum(gap * found.staleness(gap, share) for gap in gaps) / sum(gaps) for share in (None, 0.025, 0.975))
    return lost(
        id, label, *losses, method=f"mean loss of a day between the {DATED} × {DAYS_A_YEAR}, growth cut off at zero"
    )


def _total(cost: Fact, staleness: Fact) -> Fact:
    runs, lost = number_of(cost), number_of(staleness)
    both = runs is not None and lost is not None
    return derived(
        f"{HEAD}.total_per_year",
        (runs or 0.0) + (lost or 0.0) if both else None,
        unit="money",
        label="Cost of the next twelve months",
        method="runs and ageing together",
        source=f"{cost.id}, {staleness.id}",
        low=(runs or 0.0) + staleness.low if both and staleness.low is not None else None,
        high=(runs or 0.0) + staleness.high if both and staleness.high is not None else None,
        range=staleness.range,
        reason=cost.reason or staleness.reason,
    )


DECISION = Decision(id="year", title="What the next twelve months of retraining cost", run=run)
