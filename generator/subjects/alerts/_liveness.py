"""Takes the team's tables and the delay of the truth, gives the alerts on the monitoring itself, with their queries."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from generator.records.fact import Fact, Sentence
from generator.records.project import Level, Project
from generator.records.table import Cell, Table
from generator.subjects.alerts._sheet import SILENT, Sheet
from generator.subjects.alerts._sheet_levels import answer, fires_series, labels, of_model, value_series
from generator.subjects.alerts._sql import day_of, in_service, key_of, labelled, tables_of
from generator.subjects.kit.facts import columns, derived, table
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
)
HOLD_MINUTES = 15
SLACK_HOURS = 12
"""Hours that a run may be late before its silence is told."""


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
    step = step_days(at)
    old = _days("no-predictions", step, "from one day with predictions to the next")
    fires: Sentence = ("the newest prediction of this version is older than ", old)
    yield (
        *("no-predictions", "no-predictions", "No predictions", fires, *_asks("red", project)),
        *_said("no-predictions", project),
        _newest(_scored(project), step),
    )
    late = number_of(label_delay(at, project))
    if late is not None and key_of(project) and not project.settings.data.acted_on:
        limit = math.ceil(late) + step
        waits = _days("no-outcomes", limit, "days until the truth of a day is in, and one step of the data")
        fires = ("the newest day whose outcomes are in is older than ", waits)
        yield (
            *("no-outcomes", "no-outcomes", "No outcomes", fires, *_asks("yellow", project)),
            *_said("no-outcomes", project),
            f"WITH {labelled(project)}\n{_newest('labelled', limit)}",
        )


def _said(id: str, project: Project) -> tuple[Cell, ...]:
    """What the job says of an alert that is a statement of its own, and that it says nothing."""
    series = f"model_rule_fires{{{labels(id, project)}}}"
    return (f"max({series}) == 1 or absent({series})", series, ())


def _of_job(watched: Sequence[Sheet], at: Known, project: Project) -> Iterator[tuple[Cell, ...]]:
    hours = 24 * step_days(at) + SLACK_HOURS
    silent = derived("alerts.liveness.no-values.hours", hours, unit="hours", method="hours of a step and half a day")
    fires: Sentence = ("the job has exposed no new values for ", silent)
    run, asks = f"model_rule_run_timestamp_seconds{{{of_model(project)}}}", _asks("yellow", project)
    late = f"time() - max({run}) > {hours * 3600} or absent({run})"
    yield ("no-values", "no-values", "The monitoring job did not run", fires, *asks, late, run, silent, "")
    if watched:
        count = derived("alerts.liveness.rules", len(watched), unit="count", method="rules that send alerts")
        fires = ("the job runs, yet one of the ", count, " alerts has no value, or nothing is said of a level")
        gone = f"max by (model, rule) ({_absences(watched, project)}) and on (model) max by (model) ({run})"
        yield ("rule-without-value", "", "An alert without a value", fires, *asks, gone, "", (), "")


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


def _days(id: str, value: int, method: str) -> Fact:
    return derived(f"alerts.liveness.{id}.days", value, unit="days", method=method)


def _scored(project: Project) -> str:
    predictions = tables_of(project).predictions
    return f"(SELECT {day_of(project)} FROM {predictions} AS p WHERE {in_service(project)}) AS scored"


def _newest(rows: str, limit: int) -> str:
    return (
        "SELECT max(day) AS newest, current_date - max(day) AS value,\n"
        f"  coalesce(current_date - max(day) > {limit}, TRUE) AS fires\nFROM {rows}"
    )
