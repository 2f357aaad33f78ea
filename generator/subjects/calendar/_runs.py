"""Takes an interval, the calendar and the rollout, gives the days on which the model is trained anew."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from generator.records.project import Project
from generator.subjects.calendar._workdays import Date, obstacle, working_day, year_after

AT_ONCE = "a trigger fires"
ROLLOUT = "the rollout goes on until"


def run_days(
    project: Project, today: Date, interval: int | None, rollout: tuple[Date, Date] | None, *, at_once: bool
) -> tuple[tuple[Date, str], ...]:
    """Return the runs of twelve months, each with what moved it.

    A run comes no later than an interval after the one before: weekends and freezes bring it forward. During a rollout,
    the dated one or that of the run before, which takes as long, it waits for the end of it, but no longer than the
    longest gap allowed.
    """
    last, days = _last_run(project, today, interval or 0), list[tuple[Date, str]]()
    if at_once:
        last = working_day(today + datetime.timedelta(days=1), project.settings.calendar, release=True)[0]
        days.append((last, AT_ONCE))
    return (*days, *(_scheduled(project, last, today, interval, rollout) if interval else ()))


def _scheduled(
    project: Project, last: Date, today: Date, interval: int, rollout: tuple[Date, Date] | None
) -> Iterator[tuple[Date, str]]:
    end = year_after(today)
    while (day := last + datetime.timedelta(days=interval)) <= end:
        after = _after(day, last, rollout, project)
        first = max(last + datetime.timedelta(days=max(1, interval // 2)), today + datetime.timedelta(days=1))
        if rollout is not None and day > rollout[1]:
            first = max(first, rollout[1] + datetime.timedelta(days=1))
        found, reason = _allowed(after or day, after or first, project)
        if after is not None and rollout is not None:
            reason = f"{ROLLOUT} {rollout[1].isoformat()}"
        yield found, f"moved from {day.isoformat()} ({reason})" if reason else ""
        last, rollout = found, _rollout_of(found, rollout)


def _rollout_of(run: Date, rollout: tuple[Date, Date] | None) -> tuple[Date, Date] | None:
    """Return the days of the rollout that follows a run: those dated where it is still to come, else as many."""
    if rollout is None or run < rollout[0]:
        return rollout
    return run + datetime.timedelta(days=1), run + datetime.timedelta(days=1) + (rollout[1] - rollout[0])


def _after(day: Date, last: Date, rollout: tuple[Date, Date] | None, project: Project) -> Date | None:
    """Return the day after the rollout if the run falls into it and may wait so long."""
    if rollout is None or not rollout[0] <= day <= rollout[1]:
        return None
    after, longest = rollout[1] + datetime.timedelta(days=1), project.settings.retraining.maximum_gap_days
    return None if longest is not None and (after - last).days > longest else after


def _allowed(day: Date, first: Date, project: Project) -> tuple[Date, str]:
    """Return the nearest day from `day` back to `first` on which a release is allowed, else the next one after."""
    calendar = project.settings.calendar
    why = obstacle(day, calendar, release=True)
    for back in range(max(0, (day - first).days) + 1):
        sooner = day - datetime.timedelta(days=back)
        if not obstacle(sooner, calendar, release=True):
            return sooner, why
    return working_day(day, calendar, release=True)[0], why


def _last_run(project: Project, today: Date, interval: int) -> Date:
    """The scheduled run at or before today, counted from the release of the model; today where none is declared."""
    released = project.settings.model.released
    if released is None or released > today or interval <= 0:
        return today
    return released + datetime.timedelta(days=(today - released).days // interval * interval)
