"""Takes activities, intervals, holidays and freezes, gives the dated calendar of twelve months."""

from __future__ import annotations

import datetime
import math

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.project import Activity, Project
from generator.records.table import Cell, Table
from generator.subjects.calendar._events import (
    RETRAINING,
    Event,
    events,
    is_retraining,
    retraining_events,
    rollout_days,
)
from generator.subjects.calendar._roadmap import roadmap_table
from generator.subjects.calendar._workdays import Date
from generator.subjects.kit.facts import columns, dated, derived, flag, table
from generator.subjects.kit.known import Known, known, number_of

NO_DATE = "the as-of date is not known: the data have no dates"
NO_DATES = "nothing is declared that has a rhythm or a date"
EVERY_DAY = "every working day"
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
            *_rollout(project, at),
        ),
        tables=(
            _dates(dates, today),
            _retrainings(runs, at),
            _obligations(project, dates, today),
            roadmap_table(project, at),
        ),
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


def _rollout(project: Project, at: Known) -> tuple[Fact, ...]:
    """Return when the rollout ends, how long it takes, and whether that is longer than the interval between runs."""
    span, interval = rollout_days(project, at), number_of(at.fact("retraining.recommended.interval"))
    days = (span[1] - span[0]).days + 1 if span else None
    reason = "no stage of the rollout is dated (rollout.stages, rollout.start)"
    return (
        dated(
            "calendar.rollout.end",
            span[1] if span else None,
            label="End of the rollout",
            method="the last day of its last dated stage",
            reason=reason,
        ),
        derived(
            "calendar.rollout.days",
            days,
            unit="days",
            label="Days the rollout takes",
            method="from the first day of its first stage to the last day of its last",
            reason=reason,
        ),
        flag(
            "calendar.rollout.longer",
            None if days is None or interval is None else days > interval,
            label="The rollout takes longer than the interval between two retrainings",
            method="days of the rollout against the recommended interval",
            reason=reason,
        ),
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
    return table("calendar.dates", "The next twelve months", heads, rows, reason=NO_DATES if today else NO_DATE)


def _duration(event: Event) -> Cell:
    if event.hours is None:
        return ""
    return derived(f"calendar.duration.{segment_of(event.activity)}", event.hours, unit="hours", method="as declared")


def _retrainings(runs: tuple[Event, ...], at: Known) -> Table:
    known_by = (number_of(at.fact(id)) for id in ("rollout.maturity", "data.labels.delay.p99"))
    delay = math.ceil(max(days or 0.0 for days in known_by))
    rows = (
        (
            _date_fact(one),
            dated(
                f"calendar.cut_off.{one.day.isoformat()}",
                one.day - datetime.timedelta(days=1 + delay),
                label="Outcomes known up to",
                method="last whole day before the retraining, less the days until 99 outcomes in 100 are known",
            ),
            one.owner,
            one.deputy,
            one.note,
        )
        for one in runs[:NEXT]
    )
    reason = "no interval is recommended, and no trigger fires" if at.as_of else NO_DATE
    heads = columns("date", "cut_off: Outcomes known up to", "owner", "deputy", "*note: Why this day")
    return table("calendar.retraining", "Next retrainings", heads, rows, reason=reason)


def _obligations(project: Project, dates: tuple[Event, ...], today: Date | None) -> Table:
    """Return the next date of everything that is repeated, and every date that comes once."""
    activities = {one.title: one for one in project.settings.calendar.activities if not is_retraining(one)}
    shown, seen = list[Event](), set[str]()
    for one in dates:
        if one.activity == RETRAINING or (one.activity in activities and one.activity in seen):
            continue
        seen.add(one.activity)
        shown.append(one)
    rows = [_obligation(one, activities.get(one.activity)) for one in shown]
    rows += [
        (EVERY_DAY, one.title, one.every, one.owner or "", one.deputy or "", one.outputs or "")
        for one in activities.values()
        if one.every == "daily"
    ]
    heads = columns("date", "*activity: What", "frequency: How often", "owner: Who", "deputy", "*leads: Leads to")
    return table(
        "calendar.obligations", "Dates that oblige somebody", heads, rows, reason=NO_DATES if today else NO_DATE
    )


def _obligation(one: Event, activity: Activity | None) -> tuple[Cell, ...]:
    often = activity.every if activity else "once"
    leads = "; ".join(text for text in (one.note, activity.outputs if activity else "") if text)
    return (_date_fact(one), one.activity, often, one.owner, one.deputy, leads)


DECISION = Decision(id="calendar", title="Calendar of twelve months", run=run)
