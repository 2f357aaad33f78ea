"""Takes the alert rules, services and critical segments, gives the dashboard and what stands beside the alerts."""

from generator.records.decision import Decision, Decisions, GateVerdict
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.project import Project, Service
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.alerts._sql import of_every_version
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.limits.quantities import SIGNS
from generator.subjects.limits.rules import LEVELS, rule_levels
from generator.subjects.limits.series import rows_a_day
from generator.subjects.verdict import kept_mark, note_of, service_states

QUANTITY, TABLE = quantities(__file__), tables(__file__)

ALERTS = ("alert", "further alert")
NO_RULES = lacking("no alert rules declared", "alerts.rules")
MINUTES_A_MONTH = 30 * 24 * 60
SHOWN = (
    ("MAE, whole period", "performance.mae.production"),
    ("Bias, whole period", "performance.bias.production"),
    ("Mean shift over all features", "drift.mean_abs_change"),
    ("Largest mean shift", "drift.largest.mean_change"),
    ("Missing rate over all features", "missing.overall.production"),
    ("Largest missing rate", "missing.largest.production"),
    ("Rows with a new category", "unseen.any.share"),
    ("Change of the mean prediction", "prediction.mean_change"),
    ("Predictions outside the allowed output", "prediction.outside.share"),
    ("Predictions a day", "data.production.per_day"),
)


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Return the dashboard, and the limits of services and of critical segments."""
    at = known(evidence, earlier)
    over = derived(QUANTITY("watch.high_risk.count"), len(at.rows("drift.high_risk")))
    return Decisions(
        facts=(over, _firing(at), *_shared(project, at)),
        tables=(
            _services(project, at),
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
    return derived(QUANTITY("watch.firing.count"), firing if marks else None, n=len(marks) or None, reason=NO_RULES)


def _dashboard(at: Known) -> Table:
    """The rules and, below them, what belongs on a dashboard whether a rule watches it or not."""
    ruled: list[tuple[Cell, ...]] = [
        (row["metric"], row["current"], row["yellow"], row["red"], row["status"]) for row in at.rows("alerts.dashboard")
    ]
    shown = ((words, at.fact(id)) for words, id in SHOWN)
    more = [
        (words, fact, (), (), Mark(status="info", word="shown only"))
        for words, fact in shown
        if number_of(fact) is not None
    ]
    return TABLE("watch.dashboard", (*ruled, *more), reason=NO_RULES)


def _services(project: Project, at: Known) -> Table:
    rows = (_service(at, *state) for state in service_states(project, at))
    return TABLE("watch.services", rows, reason=lacking("no services declared", "services"))


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
        QUANTITY("watch.services.{service}.budget", service=segment_of(service.id), title=service.title),
        (1 - service.objective) * MINUTES_A_MONTH,
        source=objective.id,
    )


DECISION = Decision(id="watch", title="What the monitoring is built from", run=run)
