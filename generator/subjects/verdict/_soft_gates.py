"""Takes policies, services and plans, gives the gates that make conditions: data, drift, services, rollback, alerts."""

import datetime
from collections.abc import Iterator
from dataclasses import replace

from generator.records.decision import Gate, GateVerdict
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Project, Repeat, Service
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import TOO_LATE, Known
from generator.subjects.limits.formulas import OF_ERRORS
from generator.subjects.limits.measured import production
from generator.subjects.limits.quantities import SIGNS, holds, target_unit
from generator.subjects.performance.found import Performance
from generator.subjects.verdict._controls import NAMES as CONTROLS
from generator.subjects.verdict._controls import allowed, next_steps, reaches
from generator.subjects.verdict._judge import at_most, counted, judge
from generator.subjects.verdict._recent import AskedGate, in_worse_window
from generator.subjects.windows.found import Measure, Recent

QUANTITY, TABLE = quantities(__file__), tables(__file__)

PERIODS: dict[Repeat, int] = {
    "daily": 1,
    "weekly": 7,
    "two-weekly": 14,
    "monthly": 31,
    "quarterly": 92,
    "yearly": 366,
}
AREAS: dict[str, tuple[str, ...]] = {
    "accuracy": tuple(metric for metric in OF_ERRORS if metric != "base_rate"),
    "drift": ("mean_change", "sd_change", "psi", "mean_prediction"),
    "missing values": ("missing", "missing_points"),
    "new categories": ("unseen",),
    "volume and latency": ("rows", "latency_p95", "throughput", "availability"),
    "business": ("revenue",),
}
ROOM = 0.1
"""Share of the rarer outcome by which the mean probability may be off."""
PREPARE = (
    "show that the previous version loads and scores today's data",
    "write the steps of a rollback",
    "name who decides on a rollback",
    "state the time to restore",
    "hold a drill",
)
"""What brings about each thing that a rollback needs, in the order of `readiness`."""
RECUR = "say how often a drill is due"
ALWAYS = ("accuracy", "drift", "missing values")


def soft_gates(project: Project, at: Known) -> Iterator[Gate]:
    """Yield every soft gate that looks beyond the error."""
    yield _data_quality(at)
    yield _drift(project, at)
    yield _drift_impact(project, at)
    yield _services(project, at)
    yield _rollback(project, at)
    yield _monitoring(project, at)


def _none_allowed(id: str, why: str) -> Fact:
    return derived(QUANTITY("gates.{id}.bound", id=id), 0, method=why)


def _data_quality(at: Known) -> Gate:
    left = at.fact("data.left_out.count")
    if left.number:
        words = "no kind of row is left out of the figures beyond one in a hundred"
        cure = "have the producers mend what is left out: the table of rows that figures leave out names each kind"
        bound = _none_allowed("data_quality", words)
        return at_most("data_quality", "Data quality", left, bound, why=(words,), remedy=(cure,))
    flagged = at.fact("missing.count.flagged")
    restore = "have the producers restore the values, or declare fallbacks with their limits"
    return at_most(
        "data_quality",
        "Data quality",
        flagged,
        _none_allowed("data_quality", "no feature over its missing-value limit"),
        why=("no feature may be over the declared limits on missing values",),
        remedy=(restore if flagged.value is not None else f"say what may be missing: {flagged.reason}",),
    )


def _drift(project: Project, at: Known) -> Gate:
    policy = project.settings.policies.drift
    by_policy = policy.severe_mean_change is not None or policy.severe_sd_change is not None
    id = "drift.count.declared_severe" if by_policy else "drift.count.severe"
    words = "the team's own policy calls no feature severe" if by_policy else "no feature drifted severely"
    found = at.fact(id)
    clear = "clear the drifted features with their producers, or retrain on rows that hold them"
    return at_most(
        "drift",
        "Drift of the inputs",
        found,
        _none_allowed("drift", words),
        why=(words,),
        remedy=(clear if found.value is not None else f"have the drift measured: {found.reason}",),
    )


def _drift_impact(project: Project, at: Known) -> Gate:
    if project.settings.data.task == "binary":
        return _level_of_probabilities(at)
    found = at.shelf[Performance]
    ends = (found.levels.acceptable, found.head.validation)
    known = all(end.number is not None for end in ends)
    between = (ends[0].number or 0.0) - (ends[1].number or 0.0)
    room = derived(
        QUANTITY("gates.drift_impact.bound"),
        between if known and between >= 0 else None,
        unit=target_unit(project),
        source=", ".join(end.id for end in ends),
        reason="the acceptable error lies below that of the validation, which leaves no room"
        if known
        else "validation and acceptable error are not both declared",
    )
    bias = production(at.shelf, "bias")
    labelled = bias.number is not None
    why = (
        (
            "the part of the shift that the target did not follow is the bias; it is material beyond the room left by "
            "the objective"
        )
        if labelled
        else (
            "a shift of the mean prediction beyond the room left by the objective is material; without labels it is "
            "not known whether the target followed"
        )
    )
    gate = judge(
        "drift_impact",
        "Lean of the predictions" if labelled else "What the drift does to the predictions",
        bias if labelled else at.fact("drift.impact.total"),
        room,
        hard=False,
        why=(why,),
        remedy=("recalibrate the level of the predictions, or retrain",),
        metric="bias",
    )
    return replace(gate, evidence=(*gate.evidence, "drift.impact.total"))


def _level_of_probabilities(at: Known) -> Gate:
    """Return the gate on calibration in the large: mean probability against share of positives, in two windows."""
    rate = production(at.shelf, "base_rate").number
    room = derived(
        "gates.drift_impact.bound",
        None if rate is None else ROOM * min(rate, 1 - rate),
        unit="points",
        label="Gap between mean probability and share of positives that is let pass",
        method="a tenth of the share of the rarer outcome",
        source="performance.base_rate.production",
        reason="the share of positives is not known",
    )
    asked = AskedGate(
        id="drift_impact",
        title="Level of the probabilities",
        whole=at.fact("calibration.in_the_large.gap"),
        turned=at.shelf[Recent].measures.get(Measure(metric="bias")),
        bound=room,
        hard=False,
        metric="in_the_large",
        why=(
            "the mean probability has to agree with the share of positives to within a tenth of the rarer outcome: "
            "beyond that every threshold and every expected value is off",
        ),
        remedy=("recalibrate the probabilities, or retrain",),
    )
    (gate,) = in_worse_window((asked,))
    return replace(gate, evidence=(*gate.evidence, "drift.impact.total"))


def service_states(project: Project, at: Known) -> tuple[tuple[Service, Fact, Fact, GateVerdict], ...]:
    """Return every declared service with its objective, what was measured of it, and whether that keeps it."""
    return tuple(_state(project, at, index, service) for index, service in enumerate(project.settings.services))


def _state(project: Project, at: Known, index: int, service: Service) -> tuple[Service, Fact, Fact, GateVerdict]:
    head, path = f"services.{segment_of(service.id)}", f"services.{index}"
    objective = declared(
        project,
        f"{head}.objective",
        service.objective,
        f"{path}.objective",
        unit=service.unit,
        label=f"{service.title}, objective",
    )
    counted = at.facts.get(f"{head}.measured")
    if counted is not None and counted.value is not None and counted.origin != "declared":
        return service, objective, counted, _kept(service, counted, at.fact(f"{head}.burn"))
    measured = declared(
        project,
        f"{head}.measured",
        service.measured,
        f"{path}.measured",
        unit=service.unit,
        label=f"{service.title}, measured",
    )
    if at.is_ahead(service.measured_on):
        return service, objective, measured, "inconclusive"
    return service, objective, measured, _kept(service, measured, at.fact(f"{head}.burn"))


def note_of(service: Service, at: Known) -> Sentence:
    """Return the note on a service, with the day of a measurement that comes too late to count."""
    late: Sentence = ()
    if at.is_ahead(service.measured_on):
        late = (f"measured on {service.measured_on}, {TOO_LATE}",)
    note: Sentence = (service.note,) if service.note else ()
    return (*note, *(("; ",) if note and late else ()), *late)


def _kept(service: Service, measured: Fact, burn: Fact) -> GateVerdict:
    """A counted share passes or fails with its whole interval; else the value in the objective's unit decides."""
    if burn.low is not None and burn.high is not None:
        return "pass" if burn.high <= 1 else "fail" if burn.low > 1 else "inconclusive"
    value = measured.number
    if value is None:
        return "inconclusive"
    return "pass" if holds(service.operator, value, service.objective) else "fail"


def services_table(project: Project, at: Known) -> Table:
    """Return the services with their objectives and what was measured."""
    rows: list[tuple[Cell, ...]] = []
    for service, objective, measured, state in service_states(project, at):
        rows.append(
            (
                service.title,
                (f"{SIGNS[service.operator]} ", objective),
                measured,
                kept_mark(state, measured),
                note_of(service, at),
            )
        )
    return TABLE("services.all", rows, reason=lacking("no services declared", "services"))


def kept_mark(state: GateVerdict, measured: Fact) -> Mark:
    """Return the status of a service level in words."""
    unsure = "not measured" if measured.value is None else "cannot be told yet"
    return Mark(status=state, word={"pass": "kept", "fail": "missed"}.get(state, unsure))


def _services(project: Project, at: Known) -> Gate:
    states = [state for *_, state in service_states(project, at)]
    over_budget = (at.fact("features.latency.headroom").number or 0.0) < 0
    settled: GateVerdict = "inconclusive"
    if over_budget or "fail" in states:
        settled = "fail"
    elif states and "inconclusive" not in states:
        settled = "pass"
    return counted(
        "services",
        "Services",
        _count("services.met", states.count("pass"), "service levels that are kept"),
        derived(
            QUANTITY("gates.services.declared"), len(states) or None, reason=lacking("no services declared", "services")
        ),
        settled,
        why=("every declared service level, and the latency budgets against the serving objective",),
        remedy=(
            "measure the services under load, and mend those that miss their level"
            if states
            else "say what the services promise, under services",
        ),
        evidence=("features.latency.headroom",),
    )


def _count(name: str, value: int, method: str) -> Fact:
    return derived(f"gates.{name}", value, unit="count", label=method.capitalize(), method=method)


def readiness(project: Project, at: Known) -> tuple[tuple[str, bool | None], ...]:
    """Return what a rollback needs, and whether it is there; None where that is not known."""
    plan = project.settings.rollback
    available = at.fact("rollback.previous.available").value
    return (
        ("the previous version loads and scores today's data", available if isinstance(available, bool) else None),
        ("the steps are written", bool(plan.steps)),
        ("who decides is named", plan.decides is not None),
        ("the time to restore is stated", plan.restore_minutes is not None),
        ("the last drill is recent enough", _drilled(project, at.as_of)),
    )


def _drilled(project: Project, today: datetime.date | None) -> bool | None:
    plan = project.settings.rollback
    if plan.last_drill is None:
        return False
    if plan.drill_every is None or today is None:
        return None
    return (today - plan.last_drill).days <= PERIODS[plan.drill_every]


def _rollback(project: Project, at: Known) -> Gate:
    items = readiness(project, at)
    states = [state for _, state in items]
    blocking = states[0] is False or states[1] is False or not reaches(project, "rollback", "built")
    settled: GateVerdict = "fail" if blocking else "pass" if all(state is True for state in states) else "inconclusive"
    drill, holder = map(at.fact, ("calendar.drill", "calendar.drill.owner"))
    held: Sentence = ("hold the drill of ", drill, f" ({holder.value})") if drill.value else (PREPARE[-1],)
    prepare: tuple[Sentence, ...] = (*((step,) for step in PREPARE[:-1]), (RECUR,) if states[-1] is None else held)
    build: tuple[Sentence, ...] = () if reaches(project, "rollback", "built") else (("set up the rollback",),)
    steps = (*build, *(step for step, state in zip(prepare, states, strict=True) if state is not True))
    return counted(
        "rollback",
        "Rollback readiness",
        _count("rollback.met", states.count(True), "things a rollback needs and has"),
        _count("rollback.needed", len(states), "things a rollback needs"),
        settled,
        why=("previous version scored in this build, steps, decision maker, time to restore, recent drill",),
        remedy=tuple(part for index, step in enumerate(steps) for part in (*(("; ",) if index else ()), *step)),
        evidence=("rollback.previous.available",),
    )


def _monitoring(project: Project, at: Known) -> Gate:
    """Every area needs a rule that has data, and rules watch nothing before monitoring and alerts are live.

    Areas beyond the three that always count are needed only where they have rules.
    """
    covered = {area: _covered(area, project, at) for area in AREAS}
    needed = {area: state for area, state in covered.items() if area in ALWAYS or state is not None}
    bare = [area for area, state in needed.items() if state is None]
    blind = [area for area, state in needed.items() if state is False]
    stage, _ = allowed(project)
    lacking = bare or not reaches(project, "monitoring", "built")
    settled: GateVerdict = "fail" if lacking else "inconclusive" if blind or stage != "full" else "pass"
    remedy = [f"add rules for {', '.join(bare)}"] if bare else []
    remedy += next_steps(project)
    remedy += [f"connect data to the rules on {', '.join(blind)}"] if blind else []
    seen = sum(state is True for state in needed.values())
    return counted(
        "monitoring",
        "Monitoring",
        _count("monitoring.covered", seen, "areas with a rule that has data"),
        _count("monitoring.needed", len(needed), "areas that need one"),
        settled,
        why=(
            "accuracy, drift and missing values each need a rule with data, other areas where rules are declared; "
            "a shadow run needs monitoring built, part of the traffic alerts and rollback tested and on-call by name, "
            "full traffic all of them live",
        ),
        remedy=("; ".join(remedy),),
        evidence=tuple(f"readiness.{name}.state" for name in CONTROLS),
    )


def _covered(area: str, project: Project, at: Known) -> bool | None:
    """Whether a rule of an area has data; None where it has no rule."""
    own = [rule for rule in project.settings.alerts.rules if rule.metric in AREAS[area]]
    return any(at.fact(f"alerts.{segment_of(rule.id)}.current").number is not None for rule in own) if own else None
