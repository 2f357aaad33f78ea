"""Takes tables, rules and the delay of the truth, gives the alerts on the monitoring itself, and what is recorded."""

import datetime
import math
from collections.abc import Iterator, Sequence

from generator.records.fact import Fact, Sentence
from generator.records.gauges import (
    ASKED,
    FIRES,
    FIRING,
    LIVENESS,
    OUTAGE,
    OUTCOMES_DAY,
    PREDICTIONS_DAY,
    RUN,
    Gauge,
    labels_of,
)
from generator.records.project import Project
from generator.records.reason import Reason, lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.alerts._burn import Burn
from generator.subjects.alerts._receivers import on_one
from generator.subjects.alerts._sheet import HOLD_MINUTES, Sheet
from generator.subjects.alerts._sheet_levels import asks, fires_series, value_series
from generator.subjects.alerts._sql import answered, day_of, key_of, labelled, scored, tables_of
from generator.subjects.kit.facts import dated, derived
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.formulas import label_delay
from generator.subjects.limits.series import from_facts, step_days

QUANTITY, TABLE = quantities(__file__), tables(__file__)

SLACK_HOURS = 12
"""Hours that a run may be late before its silence is told."""
LATE_HOURS = 6
"""Hours after the time at which a day closes until it is told that it did not; silences are multiples of it."""
GONE = 0.5
"""Share of its usual values that each input of a source has lost when the source is out: most of them."""


def recording_table(watched: Sequence[Sheet], burns: Sequence[Burn], project: Project) -> Table:
    """Return what Prometheus records: the levels by rule alone, and what it asks itself, a query or bad requests."""
    model = labels_of(model=project.settings.model.name)
    levels = (FIRING, "", f"max by (model, rule, level, source) ({FIRES.name}{model})")
    asked = {(ASKED, one.rule.id, " ".join((one.rule.query or "").split())) for one in watched if one.rule.live}
    shares = sorted({row for one in burns for row in one.recordings} | asked)
    return TABLE("alerts.recordings", (levels, *shares) if watched else (), reason="nothing is exposed")


def outcomes_until(at: Known) -> datetime.date | None:
    """Return the newest day whose outcomes are in."""
    return at.date("labels.mature.until") or max((*from_facts(at, "rmse"), *from_facts(at, "brier")), default=None)


def source_table(watched: Sequence[Sheet], at: Known) -> Table:
    """Return by day what each source has lost, and whether it is out; nothing where no rule is watched."""
    rows = (
        (row["date"], row["source"], row["gone"], "yes" if (number_of(row["gone"]) or 0.0) > GONE else "")
        for row in (at.rows("missing.sources") if watched else ())
        if number_of(row["gone"]) is not None
    )
    return TABLE("alerts.sources", rows, reason="no day tells of a declared source")


def liveness_table(
    watched: Sequence[Sheet], burns: Sequence[Burn], sources: Table, at: Known, project: Project
) -> Table:
    """Return one row an alert that tells that nothing can be told; `watched` are the rules."""
    reason = lacking("no column says when a prediction was made", "data.time")
    of_rows = _of_rows(at, project) if project.settings.data.time else ()
    of_job = _of_job(watched, burns, sources, at, project) if project.settings.data.time or watched else ()
    return TABLE("alerts.liveness", (*of_rows, *of_job), reason=reason)


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
    asked = asks("red", project)
    sql = f"SELECT max(day) AS newest FROM {_scored(project)}"
    newest = at.date("data.production.end")
    yield _stale("no-predictions", PREDICTIONS_DAY, what, 24 * step + closes, asked, sql, newest, project)
    late = number_of(label_delay(at, project))
    if late is not None and not project.settings.data.acted_on:
        hours, what = 24 * (math.ceil(late) + step) + closes, "whose outcomes are in"
        asked = asks("yellow", project)
        sql = f"WITH {labelled(project)}\nSELECT max(day) AS newest FROM labelled" if key_of(project) else ""
        newest = outcomes_until(at)
        yield _stale("no-outcomes", OUTCOMES_DAY, what, hours, asked, sql, newest, project)


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
    asked: tuple[Cell, ...],
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
    return (id, id, title, fires, *asked, _silence(series, hours), series, silent, (), sql, day)


def _silence(series: str, hours: int) -> str:
    return f"time() - max({series}) > {hours * 3600} or absent({series})"


def _of_job(
    watched: Sequence[Sheet], burns: Sequence[Burn], sources: Table, at: Known, project: Project
) -> Iterator[tuple[Cell, ...]]:
    hours = 24 * step_days(at) + SLACK_HOURS
    silent = _hours("no-values", hours, "hours of a step and half a day")
    fires: Sentence = ("the job has exposed no new values for ", silent)
    run, asked = RUN.name + labels_of(model=project.settings.model.name), asks("yellow", project)
    title = "The monitoring job did not run"
    yield ("no-values", "no-values", title, fires, *asked, _silence(run, hours), run, silent, (), "", ())
    if sources.rows:
        yield _outage(watched, at, project)
    if watched:
        fires = ("the job runs, yet a rule has no value, or nothing is said of a level",)
        silences = _absences(watched, burns, sources, project)
        gone = f"max by (model, rule) ({silences}) and on (model) max by (model) ({run})"
        yield ("rule-without-value", "", "An alert without a value", fires, *asked, gone, "", (), (), "", ())


def _outage(watched: Sequence[Sheet], at: Known, project: Project) -> tuple[Cell, ...]:
    """Return the alert, one a source, that outlasts those on its inputs, which it holds back."""
    most = derived(QUANTITY("alerts.liveness.source_gone"), GONE)
    fires: Sentence = (
        "of each input of a source more than ",
        most,
        " of the usual values are gone on the newest closed day",
    )
    labels = labels_of(model=project.settings.model.name, rule=OUTAGE, level=LIVENESS)
    windows = max((sheet.rule.recovery for sheet in on_one(watched)), default=1)
    keep = derived(QUANTITY("alerts.liveness.source_kept"), (windows - 1) * 24 * step_days(at) + 2 * LATE_HOURS)
    asked = asks("red", project)
    condition = f"{FIRING}{labels} == 1"
    return (OUTAGE, OUTAGE, "A source is out", fires, *asked, condition, FIRES.name + labels, (), keep, "", ())


def _absences(watched: Sequence[Sheet], burns: Sequence[Burn], sources: Table, project: Project) -> str:
    counted = dict.fromkeys(name for one in burns for name in (one.value, one.series))
    names = dict.fromkeys(
        name
        for sheet in watched
        for name in (
            value_series(sheet, project),
            *(fires_series(sheet, one.level.name, project) for one in sheet.levels),
        )
    )
    outage = (FIRES.name + labels_of(model=project.settings.model.name, rule=OUTAGE, level=LIVENESS),)
    return " or ".join(f"absent({name})" for name in (*names, *counted, *(outage if sources.rows else ())))


def _hours(id: str, value: int, method: str) -> Fact:
    return derived(f"alerts.liveness.{id}.hours", value, unit="hours", method=method)


def _scored(project: Project) -> str:
    predictions = tables_of(project).predictions
    return (
        f"(SELECT {day_of(project)} FROM {predictions} AS p\n"
        f"  WHERE {answered(project)} AND {scored(project)}) AS scored"
    )
