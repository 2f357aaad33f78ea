"""Takes the alert rules and services, gives what engineers build: metric catalogue, panels and error budgets."""

from __future__ import annotations

import datetime

from generator.records.decision import Decision, Decisions, GateVerdict
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.project import Project, SegmentLimit, Service
from generator.records.quality import quality
from generator.records.table import Cell, Mark, Table
from generator.subjects.kit.facts import columns, declared, derived, table
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.limits.formulas import formula_of, rows_of
from generator.subjects.limits.quantities import NAMES, SIGNS, unit_of_objective
from generator.subjects.limits.readings import read
from generator.subjects.limits.rules import LEVELS, RuleLevel, rule_levels, title_of
from generator.subjects.verdict._soft_gates import kept_mark, note_of, service_states

NO_RULES = "no alert rules declared (alerts.rules)"
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
Fired = dict[str, frozenset[datetime.date] | None]


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """List every rule with its formula, cost and marginal value, and every service with its budget."""
    at = known(evidence, earlier)
    over = derived(
        "watch.high_risk.count",
        len(at.rows("drift.high_risk")),
        unit="count",
        label="Inputs over a declared limit",
        method="features over a declared limit on mean or spread",
    )
    return Decisions(
        facts=(over, _firing(at)),
        tables=(
            _catalogue(at, project),
            _panels(at, project),
            _services(project, at),
            _segments(at, project),
            _dashboard(at),
        ),
    )


def _firing(at: Known) -> Fact:
    marks = [row["status"] for row in at.rows("alerts.dashboard")]
    firing = sum(isinstance(mark, Mark) and mark.status in LEVELS for mark in marks)
    return derived(
        "watch.firing.count",
        firing if marks else None,
        unit="count",
        label="Rules that fire on the last day",
        n=len(marks) or None,
        method="rules of which a level holds at the end of the data",
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
        (words, fact, "no alert", "no alert", Mark(status="info", word="shown only"))
        for words, fact in shown
        if number_of(fact) is not None
    ]
    return table("watch.dashboard", "Dashboard", heads, (*ruled, *more), reason=NO_RULES)


def _segments(at: Known, project: Project) -> Table:
    heads = columns("segment", "level", "metric", "rows", "current: Now", "limit", "status", "*why")
    limits = project.settings.objectives.critical_segments
    rows = (_segment(limit, index, at, project) for index, limit in enumerate(limits))
    return table(
        "watch.segments",
        "Critical segments",
        heads,
        rows,
        reason="no critical segments declared (objectives.critical_segments)",
    )


def _segment(limit: SegmentLimit, index: int, at: Known, project: Project) -> tuple[Cell, ...]:
    place = f"{segment_of(limit.segment)}.{segment_of(limit.level)}"
    current, path = at.fact(f"segments.{place}.{limit.metric}"), f"objectives.critical_segments.{index}.acceptable"
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
        at.fact(f"segments.{place}.n"),
        current,
        bound,
        mark,
        limit.why or (),
    )


def _lowest(project: Project) -> dict[str, RuleLevel]:
    first: dict[str, RuleLevel] = {}
    for level in rule_levels(project):
        first.setdefault(level.rule.id, level)
    return first


def _catalogue(at: Known, project: Project) -> Table:
    heads = columns(
        "id",
        "title: Metric",
        "group",
        "*purpose: Decision it drives",
        "*formula",
        "*population",
        "window",
        "minimum_n: Minimum rows",
        "owner",
        "cost: False alarms",
        "alone: Fired alone",
        "*query",
    )
    levels = _lowest(project)
    fired = {id: _days(level, at, project) for id, level in levels.items()}
    rows = (_row(level, fired, at, project) for level in levels.values())
    return table("watch.catalogue", "Metric catalogue", heads, rows, reason=NO_RULES)


def _row(level: RuleLevel, fired: Fired, at: Known, project: Project) -> tuple[Cell, ...]:
    rule, head = level.rule, f"watch.{segment_of(level.rule.id)}"
    at_rule = project.settings.alerts.rules.index(rule)
    window = declared(project, f"{head}.window", rule.window_days, f"alerts.rules.{at_rule}.window_days", unit="days")
    minimum = declared(project, f"{head}.minimum_n", rule.minimum_n, f"alerts.rules.{at_rule}.minimum_n", unit="rows")
    return (
        rule.id,
        title_of(rule),
        rule.group or "",
        rule.decision or "not declared",
        formula_of(rule.metric, project),
        rows_of(rule.metric, rule.features),
        window,
        minimum if rule.minimum_n else "none set",
        rule.owner or project.settings.project.owner or "not declared",
        at.fact(f"{level.id}.false_alarms_per_month"),
        _alone(level, fired),
        _queries(at).get(rule.id, "none"),
    )


def _days(level: RuleLevel, at: Known, project: Project) -> frozenset[datetime.date] | None:
    """The days the rule fired at its lowest level; None where that cannot be told."""
    if level.rule.metric == "alerts_per_day":
        return None
    reading = read(level.limit, at, project, f"{level.id}.reading")
    return frozenset(reading.days) if reading.observed else None


def _alone(level: RuleLevel, fired: Fired) -> Fact:
    own = fired[level.rule.id]
    others = frozenset[datetime.date]().union(*(days or () for id, days in fired.items() if id != level.rule.id))
    counts_others = level.rule.metric == "alerts_per_day"
    return derived(
        f"watch.{segment_of(level.rule.id)}.alone",
        None if own is None else len(own - others),
        unit="days",
        label=f"Days only {title_of(level.rule)} fired",
        method="days this rule fired at its lowest level and no other did",
        reason="it counts the other rules" if counts_others else "no daily series of this metric",
    )


def _queries(at: Known) -> dict[str, str]:
    """Return by rule where its query stands, or the team's own, which nothing here has run."""
    found = {}
    for row in at.rows("alerts.queries"):
        text = {"generated": f"in queries.sql under {row['id']}", "none": "none"}
        found[str(row["id"])] = text.get(str(row["state"]), f"{row['state']}: {row['query']}")
    return found


def _panels(at: Known, project: Project) -> Table:
    queries = _queries(at)
    heads = columns("panel", "lines", "*query")
    rows = (
        (
            title_of(level.rule),
            " and ".join(one.name for one in rule_levels(project) if one.rule is level.rule),
            queries.get(level.rule.id, "none"),
        )
        for level in _lowest(project).values()
    )
    return table("watch.panels", "Panels", heads, rows, reason=NO_RULES)


def _services(project: Project, at: Known) -> Table:
    heads = columns("service", "objective", "measured", "status", "budget: Bad time in thirty days", "*note")
    rows = (_service(at, *state) for state in service_states(project, at))
    return table("watch.services", "Service levels", heads, rows, reason="no services declared (services)")


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
