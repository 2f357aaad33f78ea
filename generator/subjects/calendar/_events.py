"""Takes the project's calendar and plans, gives the dated events of the next twelve months."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.records.fact import segment_of
from generator.records.project import Activity, Project
from generator.subjects.calendar._runs import run_days
from generator.subjects.calendar._workdays import Date, every, working_day, year_after
from generator.subjects.kit.known import Known, date_of, number_of, text_of

RETRAINING = "Retraining"
DRILL = "Rollback drill"
ROLLOUT = "Rollout"
OF_SUMMARY = "in the executive summary: "
BEFORE = "before the rollout, which no decision starts without them; "
HOLDS = "launch"
"""What a condition holds back that is due before the rollout."""
ENOUGH = "sixty days of data are there"
ENOUGH_DAYS = 60
NOTICE = datetime.timedelta(days=7)
"""Between a build and a drill that it finds due."""


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
        *_stages(project, at, today),
        *_conditions(at, today),
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
    interval, now = number_of(at.fact("retraining.recommended.interval")), at.fact("retraining.now").value is True
    plan = project.settings.retraining
    days = run_days(project, today, int(interval) if interval else None, rollout_days(project, at), at_once=now)
    owner = plan.owner or project.settings.project.owner or "not declared"
    return tuple(
        Event(day=day, activity=RETRAINING, owner=owner, deputy=plan.deputy or "", note=note) for day, note in days
    )


def rollout_days(project: Project, at: Known) -> tuple[Date, Date] | None:
    """Return the first and the last day of the rollout, the last stage included as far as its days are known."""
    found = [
        at.date(f"rollout.{segment_of(stage.name)}.{edge}")
        for stage in project.settings.rollout.stages
        for edge in ("start", "end")
    ]
    days = [day for day in found if day is not None]
    return (min(days), max(days)) if days else None


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
        deputy=deputy or "",
        hours=hours,
        note="; ".join(notes),
    )


def is_retraining(activity: Activity) -> bool:
    """Return whether a declared activity is the retraining, which follows the recommended interval."""
    return "retrain" in activity.title.lower()


def _activities(project: Project, today: Date, end: Date, scheduled: bool) -> Iterator[Event]:
    due, note = _first_drill(project, today)
    for activity in project.settings.calendar.activities:
        if activity.every == "daily" or (scheduled and is_retraining(activity)):
            continue
        late = due is not None and note and is_drill(activity)
        first, start = (due, due) if late and due else (activity.first or today, today)
        for day in every(activity.every, first, start, end):
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


def is_drill(activity: Activity) -> bool:
    """Return whether a declared activity is the drill, which keeps its interval from the last one."""
    return "drill" in activity.title.lower()


def _first_drill(project: Project, today: Date) -> tuple[Date | None, str]:
    """Return the next drill, and why it is due at once if it is: then a week on, or sooner where one is declared."""
    plan = project.settings.rollback
    if plan.drill_every is None:
        return None, ""
    due = next(every(plan.drill_every, plan.last_drill, plan.last_drill, Date.max)) if plan.last_drill else None
    note = "never held" if due is None else "overdue" if due <= today else ""
    if due is not None and not note:
        return due, ""
    meant = (one.first for one in project.settings.calendar.activities if is_drill(one))
    return min([today + NOTICE, *(day for day in meant if day is not None and day > today)]), note


def _drills(project: Project, today: Date, end: Date) -> Iterator[Event]:
    """Drills in step with the last one; one that is overdue, or was never held, comes first.

    Where a drill is among the declared activities, only that first one is added.
    """
    plan, (first, note) = project.settings.rollback, _first_drill(project, today)
    if plan.drill_every is None or first is None:
        return
    declared = [activity for activity in project.settings.calendar.activities if is_drill(activity)]
    if note or not declared:
        owner, deputy = (declared[0].owner, declared[0].deputy) if declared else (plan.decides, None)
        yield _moved(project, first, declared[0].title if declared else DRILL, owner, deputy, None, note, release=True)
    if declared:
        return
    for day in every(plan.drill_every, first, first, end):
        yield _moved(project, day, DRILL, plan.decides, None, None, "", release=True)


def _once(project: Project, at: Known, today: Date) -> Iterator[Event]:
    context, rollout, calendar = project.settings.context, project.settings.rollout, project.settings.calendar
    start, days = at.date("data.production.start"), number_of(at.fact("data.production.days"))
    single: list[tuple[Date | None, str, str, bool]] = [(context.decide_by, "Decision on the launch", "", False)]
    if not rollout.stages:
        single.append((rollout.start, ROLLOUT, "", True))
    if start is not None and days is not None and days < ENOUGH_DAYS:
        sixty = start + datetime.timedelta(days=ENOUGH_DAYS)
        single.append(
            (
                max(sixty, today + datetime.timedelta(days=1)),
                "First recalibration of thresholds",
                ENOUGH,
                False,
            )
        )
    if calendar.valid_days is not None:
        expiry = today + datetime.timedelta(days=calendar.valid_days)
        owner = project.settings.project.owner or "not declared"
        yield Event(
            day=expiry,
            activity="These documents expire",
            owner=owner,
            note="build them again before",
        )
    for day, activity, note, release in single:
        if day is not None and day > today:
            decider = project.settings.people.memo_to if day == context.decide_by else None
            yield _moved(project, day, activity, decider, None, None, note, release=release)


def _stages(project: Project, at: Known, today: Date) -> Iterator[Event]:
    """Each stage of the rollout on its first day, which the gate of the stage before has to allow."""
    owner, gate = project.settings.project.owner or "not declared", ""
    for stage in project.settings.rollout.stages:
        day = at.date(f"rollout.{segment_of(stage.name)}.start")
        if day is not None and day > today:
            note = f"{stage.name} begins" + (f"; first: {gate}" if gate else "")
            yield Event(day=day, activity=ROLLOUT, owner=owner, note=note)
        gate = stage.gate or ""


def _conditions(at: Known, today: Date) -> Iterator[Event]:
    """The conditions of the launch by the day on which they are due."""
    due: dict[Date, list[tuple[str, str]]] = {}
    holding = set[Date]()
    for row in at.rows("conditions.all"):
        day = date_of(row["due"])
        if day is not None and day > today:
            due.setdefault(day, []).append((text_of(row["id"]), re.split("[,;]", text_of(row["owner"]))[0]))
            holding |= {day} if text_of(row.get("blocks")) == HOLDS else set()
    for day, found in sorted(due.items()):
        owners = ", ".join(dict.fromkeys(owner for _, owner in found))
        note = (BEFORE if day in holding else "") + OF_SUMMARY + ", ".join(id for id, _ in found)
        yield Event(day=day, activity="Conditions due", owner=owners, note=note)
