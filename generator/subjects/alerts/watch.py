"""Takes the alert rules, services and critical segments, gives the dashboard and what stands beside the alerts."""

from __future__ import annotations

from collections.abc import Iterator

from generator.records.decision import Decision, Decisions, GateVerdict
from generator.records.evidence import Evidence
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Project, SegmentLimit, Service
from generator.records.quality import quality
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.subjects.alerts._sql import of_every_version
from generator.subjects.kit.facts import columns, declared, derived, table
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.limits.healthy import rows_a_day
from generator.subjects.limits.quantities import NAMES, SIGNS, unit_of_objective
from generator.subjects.limits.rules import LEVELS, rule_levels
from generator.subjects.segments.found import Segments
from generator.subjects.verdict import kept_mark, note_of, service_states
from generator.subjects.windows.found import Measure, Recent

ALERTS = ("alert", "further alert")
NO_RULES = lacking("no alert rules declared", "alerts.rules")
MINUTES_A_MONTH = 30 * 24 * 60
SHOWN = (
    ("Error, whole period", "headline.production"),
    ("Error, recent days", "headline.recent"),
    ("MAE, whole period", "performance.mae.production"),
    ("Bias, whole period", "performance.bias.production"),
    ("Mean shift over all features", "drift.mean_abs_change"),
    ("Largest mean shift", "drift.largest.mean_change"),
    ("Missing rate over all features", "missing.overall.production"),
    ("Largest missing rate", "missing.largest.production"),
    ("Rows with an unseen category", "unseen.any.share"),
    ("Change of the mean prediction", "prediction.mean_change"),
    ("Predictions outside the allowed output", "prediction.outside.share"),
    ("Predictions a day", "data.production.per_day"),
)


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Return the dashboard, and the limits of services and of critical segments."""
    at = known(evidence, earlier)
    over = derived(
        "watch.high_risk.count",
        len(at.rows("drift.high_risk")),
        unit="count",
        label="Inputs over a declared limit",
        method="features over a declared limit on mean or spread",
    )
    segments = _segments(at, project)
    return Decisions(
        facts=(over, _firing(at), *_shared(project, at)),
        tables=(
            _services(project, at),
            segments,
            _others(segments, at, project),
            _dashboard(at),
        ),
    )


def _shared(project: Project, at: Known) -> tuple[Fact, ...]:
    """What this version's rules would see, and do, in the first stage with traffic, were only its answers logged."""
    first = next((one for one in project.settings.rollout.stages if one.traffic), None)
    per_day, share = rows_a_day(at), None
    if first is not None and (first.traffic or 1.0) < 1:
        share = first.traffic_from or first.traffic
    rows = None if share is None or per_day is None else share * per_day
    found: dict[str, dict[str, None]] = {"fire": {}, "silent": {}}
    for level, seen in ((one, rows) for one in rule_levels(project) if rows is not None):
        if level.limit.metric == "rows":
            if level.limit.breached(seen) and not of_every_version("rows", project):
                found["fire"][level.rule.id] = None
        elif (level.limit.minimum_n or 0) > seen * level.limit.window_days:
            found["silent"][level.rule.id] = None
    method, held = "first stage with traffic, its share at first × rows a day", "rules held against these rows"
    return (
        derived("watch.shared.share", share, unit="share", method=method, reason="no stage has a part of the traffic"),
        derived("watch.shared.rows", rows, unit="rows", method=method, reason="no stage has a part of the traffic"),
        *(
            derived(f"watch.shared.{key}", ", ".join(names) or None, method=held, reason="none")
            for key, names in found.items()
        ),
    )


def _firing(at: Known) -> Fact:
    rules = (row for id in ("alerts.sheets", "alerts.further") for row in at.rows(id))
    marks = [row["status"] for row in rules if row["kind"] in ALERTS]
    firing = sum(isinstance(mark, Mark) and mark.status in LEVELS for mark in marks)
    return derived(
        "watch.firing.count",
        firing if marks else None,
        unit="count",
        label="Alerts that fire in their newest window",
        n=len(marks) or None,
        method="rules that send messages of which a level fires",
        reason=NO_RULES,
    )


def _dashboard(at: Known) -> Table:
    """The rules and, below them, what belongs on a dashboard whether a rule watches it or not."""
    heads = columns("metric", "current: Now", "yellow", "red", "status")
    ruled: list[tuple[Cell, ...]] = [
        (row["metric"], row["current"], row["yellow"], row["red"], row["status"]) for row in at.rows("alerts.dashboard")
    ]
    shown = ((words, at.fact(id)) for words, id in SHOWN)
    more = [
        (words, fact, (), (), Mark(status="info", word="shown only"))
        for words, fact in shown
        if number_of(fact) is not None
    ]
    return table("watch.dashboard", "Dashboard", heads, (*ruled, *more), reason=NO_RULES)


def _segments(at: Known, project: Project) -> Table:
    heads = columns("segment", "level", "metric", "current: Now", "limit", "status", "*why")
    limits = project.settings.objectives.critical_segments
    rows = (_segment(limit, index, at, project) for index, limit in enumerate(limits))
    return table(
        "watch.segments",
        "Critical segments",
        heads,
        rows,
        reason=lacking("no critical segments declared", "objectives.critical_segments"),
    )


def _segment(limit: SegmentLimit, index: int, at: Known, project: Project) -> tuple[Cell, ...]:
    place = f"{segment_of(limit.segment)}.{segment_of(limit.level)}"
    own = at.shelf[Recent].measures.get(Measure(metric=limit.metric, segment=limit.segment, level=limit.level))
    current = at.shelf[Segments].of(limit.segment, limit.level, limit.metric) if own is None else own.recent
    path = f"objectives.critical_segments.{index}.acceptable"
    bound = declared(
        project, f"watch.segments.{place}.limit", limit.acceptable, path, unit=unit_of_objective(limit.metric, project)
    )
    value = number_of(current)
    mark = Mark(status="inconclusive", word="no data")
    if value is not None:
        metric = quality(limit.metric)
        beyond = Mark(status="red", word="below" if metric.floor else "over")
        mark = beyond if metric.beyond(value, limit.acceptable) else Mark(status="green", word="within")
    return (
        limit.segment,
        limit.level,
        NAMES[limit.metric],
        current,
        bound,
        mark,
        limit.why or (),
    )


def _others(segments: Table, at: Known, project: Project) -> Table:
    """What is watched without a sheet: further rules, limits of segments, the loss budget, a row each."""
    heads = columns("id", "kind", "*what", "limit", "severity", "current: Value", "status", "receiver: Goes to")
    rows = (*_further(at), *_conditions(segments, at, project))
    return table("watch.others", "Conditions and diagnostics", heads, rows, reason="nothing is watched but the alerts")


def _further(at: Known) -> Iterator[tuple[Cell, ...]]:
    for row in at.rows("alerts.further"):
        yield tuple(row[key] for key in ("id", "kind", "title", "limits", "severity", "current", "status", "receiver"))


def _conditions(segments: Table, at: Known, project: Project) -> Iterator[tuple[Cell, ...]]:
    to, window = project.settings.alerts.channels.daily_summary or "not declared", at.fact("alerts.segments.window")
    for row, declared_limit in zip(segments.records, project.settings.objectives.critical_segments, strict=True):
        sign = "< " if quality(declared_limit.metric).floor else "> "
        limit: Sentence = (sign, row["limit"]) if isinstance(row["limit"], Fact) else ()
        what: Sentence = (f"{row['metric']} where {row['segment']} is {row['level']}, over ", window)
        yield (f"segment-{row['level']}", "condition", what, limit, (), row["current"], row["status"], to)
    burn, month = at.fact("alerts.loss_budget.burn"), at.fact("alerts.loss_budget.month")
    if number_of(burn) is not None:
        mark = (
            Mark(status="watch", word="too fast")
            if (number_of(burn) or 0.0) > 1
            else Mark(status="green", word="within")
        )
        loss = "Loss from errors, as a multiple of the pace that the budget of thirty days allows"
        yield ("loss-budget", "condition", loss, (month, " in thirty days"), (), burn, mark, to)


def _services(project: Project, at: Known) -> Table:
    heads = columns("service", "objective", "measured", "status", "budget: Bad time in thirty days", "*note")
    rows = (_service(at, *state) for state in service_states(project, at))
    return table("watch.services", "Service levels", heads, rows, reason=lacking("no services declared", "services"))


def _service(at: Known, service: Service, objective: Fact, measured: Fact, state: GateVerdict) -> tuple[Cell, ...]:
    shown = measured if number_of(measured) is not None else ()
    return (
        service.title,
        (f"{SIGNS[service.operator]} ", objective),
        shown,
        kept_mark(state, measured),
        _budget(service, objective),
        note_of(service, at),
    )


def _budget(service: Service, objective: Fact) -> Cell:
    """The bad minutes a month that a share of good ones allows; nothing for other objectives."""
    if service.unit != "share" or service.operator not in (">", ">="):
        return ()
    return derived(
        f"watch.services.{segment_of(service.id)}.budget",
        (1 - service.objective) * MINUTES_A_MONTH,
        unit="minutes",
        label=f"Error budget, {service.title}",
        method="(1 − objective) × minutes of thirty days",
        source=objective.id,
    )


DECISION = Decision(id="watch", title="What the monitoring is built from", run=run)
