"""Takes the team's tables and the delay of the truth, gives the alerts on the monitoring itself, with their queries."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Sequence

from generator.records.fact import Fact, Sentence
from generator.records.gauges import OUTCOMES_DAY, PREDICTIONS_DAY, RUN, Gauge, labels_of
from generator.records.project import Level, Project
from generator.records.table import Cell, Table
from generator.subjects.alerts._sheet import SILENT, Sheet
from generator.subjects.alerts._sheet_levels import answer, fires_series, value_series
from generator.subjects.alerts._sql import day_of, in_service, key_of, labelled, tables_of
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
HOLD_MINUTES = 15
SLACK_HOURS = 12
"""Hours that a run may be late before its silence is told."""
LATE_HOURS = 6
"""Hours after the time at which a day closes until it is told that it did not; silences are multiples of it."""


def liveness_table(watched: Sequence[Sheet], at: Known, project: Project) -> Table:
    """Return one row an alert that tells that nothing can be told; `watched` are the rules that send alerts."""
    reason = "no column says when a prediction was made (data.time)"
    of_rows = _of_rows(at, project) if project.settings.data.time else ()
    of_job = _of_job(watched, at, project) if project.settings.data.time or watched else ()
    return table("alerts.liveness", "Alerts on the monitoring itself", HEADS, (*of_rows, *of_job), reason=reason)


def hold() -> Fact:
    """Return how long a silence lasts before it is told."""
    method = "longer than a job or an exporter takes to start anew"
    return derived("alerts.liveness.hold", HOLD_MINUTES, unit="minutes", method=method)


def _of_rows(at: Known, project: Project) -> Iterator[tuple[Cell, ...]]:
    step, closes = step_days(at), _closing_hours(project)
    what = "with predictions of this version"
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


def _of_job(watched: Sequence[Sheet], at: Known, project: Project) -> Iterator[tuple[Cell, ...]]:
    hours = 24 * step_days(at) + SLACK_HOURS
    silent = _hours("no-values", hours, "hours of a step and half a day")
    fires: Sentence = ("the job has exposed no new values for ", silent)
    run, asks = RUN.name + labels_of(model=project.settings.model.name), _asks("yellow", project)
    title = "The monitoring job did not run"
    yield ("no-values", "no-values", title, fires, *asks, _silence(run, hours), run, silent, "", ())
    if watched:
        count = derived("alerts.liveness.rules", len(watched), unit="count", method="rules that send alerts")
        fires = ("the job runs, yet one of the ", count, " alerts has no value, or nothing is said of a level")
        gone = f"max by (model, rule) ({_absences(watched, project)}) and on (model) max by (model) ({run})"
        yield ("rule-without-value", "", "An alert without a value", fires, *asks, gone, "", (), "", ())


def _absences(watched: Sequence[Sheet], project: Project) -> str:
    names = (
        name
        for sheet in watched
        for name in (
            value_series(sheet, project),
            *(fires_series(sheet, one.level.name, project) for one in sheet.levels),
        )
    )
    return " or ".join(f"absent({name})" for name in names)


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
    return f"(SELECT {day_of(project)} FROM {predictions} AS p WHERE {in_service(project)}) AS scored"
