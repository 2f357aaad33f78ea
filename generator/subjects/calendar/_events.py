"""Takes the project's calendar and plans, gives the dated events of the next twelve months."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.records.project import Activity, Project
from generator.subjects.calendar._workdays import Date, each, every, working_day, year_after
from generator.subjects.kit.known import Known, number_of

RETRAINING = "Retraining"
DRILL = "Rollback drill"
ENOUGH_DAYS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happens on a day."""

    day: Date
    activity: str
    owner: str
    deputy: str = ""
    hours: float | None = None
    note: str = ""


def events(project: Project, at: Known, today: Date, retrainings: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return every event of twelve months in order; daily activities are left to their rule."""
    end = year_after(today)
    found = (
        *_activities(project, today, end, bool(retrainings)),
        *retrainings,
        *_drills(project, today, end),
        *_once(project, at, today),
    )
    return tuple(sorted((one for one in _unique(found) if one.day <= end), key=lambda one: (one.day, one.activity)))


def _unique(found: Iterable[Event]) -> tuple[Event, ...]:
    """Keep one of the events that obstacles moved to the same day."""
    kept: dict[tuple[Date, str], Event] = {}
    for one in found:
        kept.setdefault((one.day, one.activity), one)
    return tuple(kept.values())


def retraining_events(project: Project, at: Known, today: Date) -> tuple[Event, ...]:
    """Return the retrainings of twelve months: at once when a trigger fires, then at the recommended interval."""
    interval, now = number_of(at.fact("retraining.recommended.interval")), at.fact("retraining.now").value
    if interval is None and now is not True:
        return ()
    start, days = _last_run(project, today, int(interval or 0)), []
    if now is True:
        start = working_day(today + datetime.timedelta(days=1), project.settings.calendar, release=True)[0]
        days.append(start)
    days += list(each(int(interval), start, year_after(today))) if interval else []
    plan = project.settings.retraining
    return _unique(
        _moved(
            project,
            day,
            RETRAINING,
            plan.owner,
            plan.deputy,
            None,
            "a trigger fires" if index == 0 and now is True else "",
            release=True,
        )
        for index, day in enumerate(days)
        if day > today
    )


def _last_run(project: Project, today: Date, interval: int) -> Date:
    """The scheduled run at or before today, counted from the release of the model; today where none is declared."""
    released = project.settings.model.released
    if released is None or released > today or interval <= 0:
        return today
    return released + datetime.timedelta(days=(today - released).days // interval * interval)


def _moved(
    project: Project,
    day: Date,
    activity: str,
    owner: str | None,
    deputy: str | None,
    hours: float | None,
    note: str,
    *,
    release: bool,
) -> Event:
    possible, obstacle = working_day(day, project.settings.calendar, release=release)
    notes = [note] if note else []
    if obstacle:
        notes.append(f"moved from {day.isoformat()} ({obstacle})")
    return Event(
        day=possible,
        activity=activity,
        owner=owner or project.settings.project.owner or "not declared",
        deputy=deputy or "not declared",
        hours=hours,
        note="; ".join(notes),
    )


def is_retraining(activity: Activity) -> bool:
    """Return whether a declared activity is the retraining, which follows the recommended interval."""
    return "retrain" in activity.title.lower()


def _activities(project: Project, today: Date, end: Date, scheduled: bool) -> Iterator[Event]:
    for activity in project.settings.calendar.activities:
        if activity.every == "daily" or (scheduled and is_retraining(activity)):
            continue
        for day in every(activity.every, activity.first or today, today, end):
            yield _moved(
                project,
                day,
                activity.title,
                activity.owner,
                activity.deputy,
                activity.duration_hours,
                "",
                release=is_retraining(activity),
            )


def _drills(project: Project, today: Date, end: Date) -> Iterator[Event]:
    """Drills in step with the last one; one that is overdue, or was never held, comes first.

    Where a drill is among the declared activities, only that first one is added.
    """
    plan = project.settings.rollback
    if plan.drill_every is None:
        return
    tomorrow = today + datetime.timedelta(days=1)
    due = list(every(plan.drill_every, plan.last_drill, plan.last_drill, end)) if plan.last_drill else []
    note = "never held" if plan.last_drill is None else "overdue" if due and due[0] <= today else ""
    first = tomorrow if note else due[0] if due else tomorrow
    declared = [activity for activity in project.settings.calendar.activities if "drill" in activity.title.lower()]
    if note or not declared:
        owner = declared[0].owner if declared else plan.decides
        yield _moved(project, first, DRILL, owner, declared[0].deputy if declared else None, None, note, release=True)
    if declared:
        return
    for day in every(plan.drill_every, first, first, end):
        yield _moved(project, day, DRILL, plan.decides, None, None, "", release=True)


def _once(project: Project, at: Known, today: Date) -> Iterator[Event]:
    context, rollout, calendar = project.settings.context, project.settings.rollout, project.settings.calendar
    start, days = at.date("data.production.start"), number_of(at.fact("data.production.days"))
    single: list[tuple[Date | None, str, bool]] = [
        (context.decide_by, "Decision on the launch", False),
        (rollout.start, "Rollout begins", True),
    ]
    if start is not None and days is not None and days < ENOUGH_DAYS:
        sixty = start + datetime.timedelta(days=ENOUGH_DAYS)
        single.append((max(sixty, today + datetime.timedelta(days=1)), "Recalibration of the alert thresholds", False))
    if calendar.valid_days is not None:
        expiry = today + datetime.timedelta(days=calendar.valid_days)
        owner = project.settings.project.owner or "not declared"
        yield Event(
            day=expiry,
            activity="These documents expire",
            owner=owner,
            deputy="not declared",
            note="build them again before",
        )
    for day, activity, release in single:
        if day is not None and day > today:
            decider = project.settings.people.memo_to if day == context.decide_by else None
            yield _moved(project, day, activity, decider, None, None, "", release=release)
