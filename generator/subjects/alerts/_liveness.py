"""Takes the team's tables and the delay of the truth, gives the alerts on the monitoring itself, with their queries."""

from __future__ import annotations

import math
from collections.abc import Iterator

from generator.records.fact import Fact, Sentence
from generator.records.project import Level, Project
from generator.records.table import Cell, Table
from generator.subjects.alerts._sheet import SILENT
from generator.subjects.alerts._sheet_levels import answer
from generator.subjects.alerts._sql import day_of, in_service, key_of, labelled, tables_of
from generator.subjects.kit.facts import columns, derived, table
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.closing import label_delay
from generator.subjects.limits.rules import SEVERITIES, LevelName
from generator.subjects.limits.series import step_days

HEADS = columns(
    "id",
    "title: What",
    "*limit: Fires when",
    "severity",
    "receiver",
    "respond: Answer within",
    "*expression: Expression",
    "*query: SQL",
)
SLACK_HOURS = 12
"""Hours that a run may be late before its silence is told."""


def liveness_table(at: Known, project: Project) -> Table:
    """Return one row an alert that tells that nothing can be told."""
    reason = "no column says when a prediction was made (data.time)"
    rows = _rows(at, project) if project.settings.data.time else ()
    return table("alerts.liveness", "Alerts on the monitoring itself", HEADS, rows, reason=reason)


def _rows(at: Known, project: Project) -> Iterator[tuple[Cell, ...]]:
    step = step_days(at)
    old = _days("no-predictions", step, "from one day with predictions to the next")
    fires: Sentence = ("the newest prediction of this version is older than ", old)
    yield _row("no-predictions", "No predictions", fires, "red", _newest(_scored(project), step), project)
    late = number_of(label_delay(at, project))
    if late is not None and key_of(project) and not project.settings.data.acted_on:
        limit = math.ceil(late) + step
        waits = _days("no-outcomes", limit, "days until the truth of a day is in, and one step of the data")
        fires = ("the newest day whose outcomes are in is older than ", waits)
        known = f"WITH {labelled(project)}\n{_newest('labelled', limit)}"
        yield _row("no-outcomes", "No outcomes", fires, "yellow", known, project)
    hours = 24 * step + SLACK_HOURS
    silent = derived("alerts.liveness.no-values.hours", hours, unit="hours", method="hours of a step and half a day")
    fires = ("the job has exposed no new values for ", silent)
    yield _row("no-values", "The monitoring job did not run", fires, "yellow", "", project, hours)


def _row(
    id: str, title: str, fires: Sentence, name: LevelName, query: str, project: Project, hours: int | None = None
) -> tuple[Cell, ...]:
    level, alerts = _level(project, name), project.settings.alerts
    declared = level.severity if level else "none"
    model = f'model="{project.settings.model.name}"'
    of = f'{model},rule="{id}"' if hours is None else model
    compared = f"model_rule_fires{{{of}}}" if hours is None else f"model_rule_run_timestamp_seconds{{{of}}}"
    expression = (
        f"max({compared}) == 1 or absent({compared})"
        if hours is None
        else f"time() - max({compared}) > {hours * 3600} or absent({compared})"
    )
    return (
        id,
        title,
        fires,
        SEVERITIES[name] if declared == "none" else declared,
        alerts.channels.alerts or "not declared",
        answer(level, project) or ("not declared",),
        expression,
        query,
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
