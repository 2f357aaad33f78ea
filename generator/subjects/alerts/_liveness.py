"""Takes tables, the delay of the truth and counters, gives the alerts on the monitoring itself and on error budgets."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Sequence

from generator.records.fact import Fact, Sentence, segment_of
from generator.records.gauges import BAD, FIRES, FIRING, OUTCOMES_DAY, PREDICTIONS_DAY, RUN, Gauge, labels_of
from generator.records.project import Counters, Level, Project, Service
from generator.records.reason import Reason, lacking
from generator.records.table import Cell, Table
from generator.stats import slo
from generator.subjects.alerts._sheet import SILENT, Sheet
from generator.subjects.alerts._sheet_levels import answer, fires_series, value_series
from generator.subjects.alerts._sheet_rows import address
from generator.subjects.alerts._sql import answered, day_of, key_of, labelled, scored, tables_of
from generator.subjects.alerts._sql_own import outcomes_until
from generator.subjects.kit.facts import columns, dated, derived, table
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.closing import label_delay
from generator.subjects.limits.rules import SEVERITIES, LevelName
from generator.subjects.limits.series import step_days

HEADS = columns(
    "id",
    "rule",
    "title: What",
    "*limit: Fires when",
    "severity",
    "receiver",
    "respond: Answer within",
    "*expression: Expression",
    "series",
    "silent: Silent for",
    "*query: SQL",
    "newest: Newest day",
)
BURNS = columns(
    "id",
    "rule",
    "level",
    "title: What",
    "limit: Fires when",
    "severity",
    "receiver",
    "respond: Answer within",
    "*meaning: Means",
    "*expression: Expression",
    "series",
    "value",
    "runbook",
)
LEVEL_OF: dict[str, LevelName] = {"page": "red", "ticket": "yellow"}
HOLD_MINUTES = 15
SLACK_HOURS = 12
"""Hours that a run may be late before its silence is told."""
NO_COUNTERS = lacking("no service declares counters that it exposes", "services.counters")
LATE_HOURS = 6
"""Hours after the time at which a day closes until it is told that it did not; silences are multiples of it."""


def burn_table(project: Project) -> Table:
    """Return one row an alert on an error budget: two windows of counters that the service itself exposes."""
    own = [one for one in project.settings.services if one.counters is not None]
    rows = (row for one in own for row in _burns(one, project))
    return table("alerts.burn", "Burn rates of error budgets", BURNS, rows, reason=NO_COUNTERS)


def _burns(service: Service, project: Project) -> Iterator[tuple[Cell, ...]]:
    rule, promised = f"burn-{service.id}", service.promised
    for one in slo.burn_alerts(service.period_days):
        if promised is None or not promised < 1.0 or not slo.reachable(promised, one.burn):
            continue
        level, windows = LEVEL_OF[one.severity], [_window(60 * hours) for hours in (one.long_hours, one.short_hours)]
        value, series = (recorded(window, rule, project) for window in windows)
        long, short = map(_said, windows)
        id, share = f"{rule}-{windows[0]}", one.burn * (1.0 - promised)
        source = f"services.{segment_of(service.id)}.target"
        bad = derived(f"alerts.{id}.bad", share, unit="share", method="burn × bad share allowed", source=source)
        burn = derived(f"alerts.{id}.burn", one.burn, method="share of the budget that one long window may spend")
        means: Sentence = (f"over {long} and {short} at once: the budget is spent ", burn, " times as fast as allowed")
        beyond = f"max by (model, rule) ({value} > {share:.6g} and {series} > {share:.6g})"
        title, where = f"{service.title}, bad requests over {long}", address("alert-burn", project)
        yield (id, rule, level, title, ("> ", bad), *_asks(level, project), means, beyond, series, value, where)


def recorded(window: str, rule: str, project: Project) -> str:
    """Return the series of the share of bad requests over a window."""
    return f"{BAD}{window}" + labels_of(model=project.settings.model.name, rule=rule)


def recording_table(sends: bool, burns: Table, project: Project) -> Table:
    """Return what Prometheus records: the levels by rule alone, and each share of bad requests that alerts compare."""
    heads = columns("record", "rule", "*expression: Expression")
    model = labels_of(model=project.settings.model.name)
    levels = (FIRING, "", f"max by (model, rule, level) ({FIRES.name}{model})")
    counters = {f"burn-{one.id}": one.counters for one in project.settings.services if one.counters is not None}
    found = {(str(row[key]), str(row["rule"])): None for row in burns.records for key in ("series", "value")}
    shares = ((name.partition("{")[0], rule, _share(name, counters[rule])) for name, rule in sorted(found))
    return table("alerts.recordings", "Recording rules", heads, (levels, *shares) if sends else (), reason=NO_COUNTERS)


def _share(name: str, of: Counters) -> str:
    """Return the share of requests that were not good; where none was good so far, there is no such counter yet."""
    window = name.partition("{")[0].removeprefix(BAD)
    good, total = (f"sum(rate({selector}[{window}]))" for selector in (of.good, of.total))
    return f"1 - ({good} or 0 * {total}) / {total}"


def _window(minutes: float) -> str:
    """Return a window as Prometheus writes it."""
    for unit, length in (("d", 1440), ("h", 60)):
        if minutes % length == 0 and minutes > length * (unit == "d"):
            return f"{minutes / length:.0f}{unit}"
    return f"{minutes:.0f}m"


def _said(window: str) -> str:
    """Return a window as people write it."""
    return f"{window[:-1]} {window[-1].replace('m', 'min')}"


def liveness_table(watched: Sequence[Sheet], burns: Table, at: Known, project: Project) -> Table:
    """Return one row an alert that tells that nothing can be told; `watched` are the rules."""
    reason = lacking("no column says when a prediction was made", "data.time")
    of_rows = _of_rows(at, project) if project.settings.data.time else ()
    of_job = _of_job(watched, burns, at, project) if project.settings.data.time or watched else ()
    return table("alerts.liveness", "Alerts on the monitoring itself", HEADS, (*of_rows, *of_job), reason=reason)


def run_by(project: Project) -> Fact:
    """Return within how long of its end a day has to be told: later the next one's silence is an alert."""
    method = "the closing of the day and six hours more, in steps of six; half a day where no closing is declared"
    hours = _closing_hours(project) if project.settings.data.time else None
    return derived(
        "alerts.liveness.run_by",
        hours,
        unit="hours",
        method=method,
        reason=Reason("data.time is not declared", ("data.time",)),
    )


def hold() -> Fact:
    """Return how long a silence lasts before it is told."""
    method = "longer than a job or an exporter takes to start anew"
    return derived("alerts.liveness.hold", HOLD_MINUTES, unit="minutes", method=method)


def _of_rows(at: Known, project: Project) -> Iterator[tuple[Cell, ...]]:
    step, closes = step_days(at), _closing_hours(project)
    what = "with predictions of any version"
    asks = _asks("red", project)
    sql = f"SELECT max(day) AS newest FROM {_scored(project)}"
    newest = at.date("data.production.end")
    yield _stale("no-predictions", PREDICTIONS_DAY, what, 24 * step + closes, asks, sql, newest, project)
    late = number_of(label_delay(at, project))
    if late is not None and not project.settings.data.acted_on:
        hours, what, asks = 24 * (math.ceil(late) + step) + closes, "whose outcomes are in", _asks("yellow", project)
        sql = f"WITH {labelled(project)}\nSELECT max(day) AS newest FROM labelled" if key_of(project) else ""
        newest = outcomes_until(at)
        yield _stale("no-outcomes", OUTCOMES_DAY, what, hours, asks, sql, newest, project)


def _closing_hours(project: Project) -> int:
    """Return the hours after a day's end within which it has to be told."""
    closes = project.settings.alerts.closes_at
    if closes is None:
        return SLACK_HOURS
    hour, minute = map(int, closes.split(":"))
    return LATE_HOURS * math.ceil((hour + minute / 60) / LATE_HOURS + 1)


def _stale(
    id: str,
    gauge: Gauge,
    what: str,
    hours: int,
    asks: tuple[Cell, ...],
    sql: str,
    newest: datetime.date | None,
    project: Project,
) -> tuple[Cell, ...]:
    """Return the alert that the newest day is too old."""
    silent = _hours(
        id, hours, "until a day is told: its truth, one step of the data, the closing of the day, half a day"
    )
    fires: Sentence = (f"the newest closed day {what} ended more than ", silent, " ago")
    title = id.replace("-", " ").capitalize()
    series = gauge.name + labels_of(model=project.settings.model.name)
    day = dated(f"alerts.liveness.{id}.newest", newest, method=gauge.says, reason="there is none yet")
    return (id, id, title, fires, *asks, _silence(series, hours), series, silent, sql, day)


def _silence(series: str, hours: int) -> str:
    return f"time() - max({series}) > {hours * 3600} or absent({series})"


def _of_job(watched: Sequence[Sheet], burns: Table, at: Known, project: Project) -> Iterator[tuple[Cell, ...]]:
    hours = 24 * step_days(at) + SLACK_HOURS
    silent = _hours("no-values", hours, "hours of a step and half a day")
    fires: Sentence = ("the job has exposed no new values for ", silent)
    run, asks = RUN.name + labels_of(model=project.settings.model.name), _asks("yellow", project)
    title = "The monitoring job did not run"
    yield ("no-values", "no-values", title, fires, *asks, _silence(run, hours), run, silent, "", ())
    if watched:
        rules = len(watched) + len({row["rule"] for row in burns.records})
        count = derived("alerts.liveness.rules", rules, unit="count", method="alerting rules on a value")
        fires = ("the job runs, yet one of the ", count, " rules has no value, or nothing is said of a level")
        gone = f"max by (model, rule) ({_absences(watched, burns, project)}) and on (model) max by (model) ({run})"
        yield ("rule-without-value", "", "An alert without a value", fires, *asks, gone, "", (), "", ())


def _absences(watched: Sequence[Sheet], burns: Table, project: Project) -> str:
    counted = dict.fromkeys(str(row[key]) for row in burns.records for key in ("value", "series"))
    names = [
        name
        for sheet in watched
        for name in (
            value_series(sheet, project),
            *(fires_series(sheet, one.level.name, project) for one in sheet.levels),
        )
    ]
    return " or ".join(f"absent({name})" for name in (*names, *counted))


def _asks(name: LevelName, project: Project) -> tuple[Cell, ...]:
    level, alerts = _level(project, name), project.settings.alerts
    declared = level.severity if level else "none"
    return (
        SEVERITIES[name] if declared == "none" else declared,
        alerts.channels.alerts or "not declared",
        answer(level, project) or ("not declared",),
    )


def _level(project: Project, name: LevelName) -> Level | None:
    """Return the gravest level for red, and the mildest that somebody is called for in place of yellow."""
    levels = [one for one in project.settings.alerts.levels if one.severity not in ("none", *SILENT)]
    return (min if name == "red" else max)(levels, key=lambda one: one.severity, default=None)


def _hours(id: str, value: int, method: str) -> Fact:
    return derived(f"alerts.liveness.{id}.hours", value, unit="hours", method=method)


def _scored(project: Project) -> str:
    predictions = tables_of(project).predictions
    return (
        f"(SELECT {day_of(project)} FROM {predictions} AS p\n"
        f"  WHERE {answered(project)} AND {scored(project)}) AS scored"
    )
