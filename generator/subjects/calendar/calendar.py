"""Takes activities, intervals, holidays and freezes, gives the dated calendar of twelve months."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.project import Activity, Project
from generator.records.table import Cell, Table
from generator.subjects.calendar._events import RETRAINING, Event, events, is_retraining, retraining_events
from generator.subjects.calendar._workdays import Date
from generator.subjects.kit.facts import columns, dated, declared, derived, flag, table
from generator.subjects.kit.known import Known, known

NO_DATE = "the as-of date is not known: the data have no dates"
NEXT = 3


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Date everything that is to be done in the next twelve months."""
    at = known(evidence, earlier)
    today = at.as_of
    runs = retraining_events(project, at, today) if today else ()
    dates = events(project, at, today, runs) if today else ()
    coming, words = _next_retraining(runs, at, today)
    return Decisions(
        facts=(
            _valid_until(project, today),
            dated("calendar.next_retraining", coming, **words),
            dated("retraining.recommended.next", coming, **words),
            _before_launch(project, coming),
        ),
        tables=(_dates(dates, today), _retrainings(runs, today), _rules(project, dates)),
    )


def _next_retraining(runs: tuple[Event, ...], at: Known, today: Date | None) -> tuple[Date | None, dict[str, str]]:
    interval = at.fact("retraining.recommended.interval")
    words = {
        "label": "Next retraining",
        "method": "first working day outside freezes, at once when a trigger fires",
        "reason": NO_DATE if today is None else interval.reason or "no retraining within twelve months",
    }
    return (runs[0].day if runs else None), words


def _before_launch(project: Project, coming: Date | None) -> Fact:
    """Return whether the next retraining comes before the decision, or before the rollout where none is dated."""
    by = project.settings.context.decide_by or project.settings.rollout.start
    return flag(
        "retraining.before_launch",
        None if by is None or coming is None else coming < by,
        label="A retraining comes before the launch",
        method="the next retraining against the day of the decision, else the start of the rollout",
        reason="neither context.decide_by nor rollout.start is declared, or no retraining is dated",
    )


def _valid_until(project: Project, today: Date | None) -> Fact:
    days = project.settings.calendar.valid_days
    return dated(
        "calendar.valid_until",
        today + datetime.timedelta(days=days) if today and days is not None else None,
        label="Valid until",
        method="as-of date + declared days",
        reason=NO_DATE if today is None else f"not declared ({project.file}: calendar.valid_days)",
    )


def _date_fact(event: Event) -> Fact:
    return dated(
        f"calendar.date.{event.day.isoformat()}.{segment_of(event.activity)}",
        event.day,
        label=event.activity,
        method="declared rhythm, moved to a working day",
    )


def _dates(dates: tuple[Event, ...], today: Date | None) -> Table:
    heads = columns("date", "*activity", "owner", "deputy", "duration", "*note")
    rows = ((_date_fact(one), one.activity, one.owner, one.deputy, _duration(one), one.note) for one in dates)
    reason = "nothing is declared that has a rhythm or a date" if today else NO_DATE
    return table("calendar.dates", "The next twelve months", heads, rows, reason=reason)


def _duration(event: Event) -> Cell:
    if event.hours is None:
        return ""
    return derived(f"calendar.duration.{segment_of(event.activity)}", event.hours, unit="hours", method="as declared")


def _retrainings(runs: tuple[Event, ...], today: Date | None) -> Table:
    rows = (
        (
            _date_fact(one),
            dated(
                f"calendar.cut_off.{one.day.isoformat()}",
                one.day - datetime.timedelta(days=1),
                label="Data up to",
                method="last whole day before the retraining",
            ),
        )
        for one in runs[:NEXT]
    )
    reason = "no interval is recommended, and no trigger fires" if today else NO_DATE
    return table("calendar.retraining", "Next retrainings", columns("date", "cut_off: Data up to"), rows, reason=reason)


def _rules(project: Project, dates: tuple[Event, ...]) -> Table:
    heads = columns("*activity", "frequency", "owner", "deputy", "*inputs", "*outputs", "next")
    activities = project.settings.calendar.activities
    rows = (_rule(activity, index, project, dates) for index, activity in enumerate(activities))
    return table(
        "calendar.rules",
        "Recurring activities",
        heads,
        rows,
        reason="no recurring activities declared (calendar.activities)",
    )


def _rule(activity: Activity, index: int, project: Project, dates: tuple[Event, ...]) -> tuple[Cell, ...]:
    names = (activity.title, RETRAINING) if is_retraining(activity) else (activity.title,)
    coming: Iterator[Event] = (one for one in dates if one.activity in names)
    first = next(coming, None)
    following: Cell = _date_fact(first) if first else "every working day" if activity.every == "daily" else "not dated"
    return (
        activity.title,
        declared(project, f"calendar.rule.{index}.every", activity.every, f"calendar.activities.{index}.every"),
        activity.owner or project.settings.project.owner or "not declared",
        activity.deputy or "not declared",
        activity.inputs or "not declared",
        activity.outputs or "not declared",
        following,
    )


DECISION = Decision(id="calendar", title="Calendar of twelve months", run=run)
