"""Takes the next run and what makes triggers fire, gives its window and how much of it lies after the change began."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.evidence import Claim, Finding, finding
from generator.records.fact import Fact, segment_of
from generator.records.project import Project
from generator.records.timeline import Dated
from generator.results.words import quantities
from generator.subjects.calendar._board import Board, Bound, Wanted
from generator.subjects.calendar._plans import delay_of, known_up_to, waits
from generator.subjects.calendar._rollouts import GOES_ON, RETRAINING, TRAINING
from generator.subjects.calendar._workdays import Date, days_on
from generator.subjects.kit.facts import dated, derived, flag
from generator.subjects.kit.known import Known

QUANTITY = quantities(__file__)
NEXT = 3
"""Runs that the calendar prints in full."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """The window of a run: its days, and from which day on they can hold the change."""

    first: Date
    last: Date
    onset: Date | None

    @property
    def days(self) -> int:
        """Return the days of the window."""
        return (self.last - self.first).days + 1

    @property
    def after(self) -> int | None:
        """Return how many days, at most, lie after the change began; None where its beginning is not in the rows."""
        return None if self.onset is None else max((self.last - max(self.onset, self.first)).days + 1, 0)

    @property
    def learns(self) -> bool | None:
        """Return whether more than half of the days can hold the change."""
        return None if self.after is None else 2 * self.after > self.days


def onset_of(project: Project, at: Known) -> Date | None:
    """Return the first day of the earliest window that fires; None where the rows begin no sooner, or none fires."""
    triggers = project.settings.retraining.triggers
    ids = ("data.production.start", *(f"retraining.trigger.{segment_of(one.id)}.since" for one in triggers))
    begun, *fired = map(at.date, ids)
    found = (days_on(day, 1 - one.window_days) for day, one in zip(fired, triggers, strict=True) if day is not None)
    first = min(found, default=None)
    return None if first is None or (begun is not None and first <= begun) else first


def learned(project: Project, run: datetime.date, at: Known) -> Learned | None:
    """Return the window of a run; None unless it is of a declared number of days."""
    training = project.settings.retraining.training
    if training.kind != "rolling" or training.days is None:
        return None
    last = known_up_to(run, at)
    return Learned(first=days_on(last, 1 - training.days), last=last, onset=onset_of(project, at))


def window_facts(project: Project, runs: tuple[Dated, ...], at: Known) -> Iterator[Fact]:
    """Yield the window of the next run, what it can learn, and the runs that could learn more."""
    own = [learned(project, one.start, at) for one in runs[:2]]
    found, after = own[0] if own else None, own[1] if len(own) > 1 else None
    judges = project.settings.retraining.training.holdout_days
    little = found is not None and found.learns is False
    half = days_on(found.onset, found.days // 2 + max(1, delay_of(at))) if found and found.onset else None
    yield dated(QUANTITY("calendar.window.first"), found.first if found else None)
    yield dated(QUANTITY("calendar.window.last"), found.last if found else None)
    stages, nearly_all = waits(at)
    yield derived(QUANTITY("calendar.window.wait"), delay_of(at) if 0 < stages < nearly_all else None)
    yield derived(QUANTITY("calendar.window.days"), found.days if found else None)
    yield dated(QUANTITY("calendar.window.onset"), found.onset if found else None)
    yield derived(QUANTITY("calendar.window.after"), found.after if found else None)
    yield flag(QUANTITY("calendar.window.learns"), found.learns if found else None)
    yield dated(QUANTITY("calendar.window.half"), half if little else None)
    judged = days_on(runs[0].start, judges) if runs and judges is not None else None
    yield dated(QUANTITY("calendar.window.judged"), judged)
    yield dated(QUANTITY("calendar.window.next"), runs[1].start if len(runs) > 1 else None)
    yield derived(QUANTITY("calendar.window.next_after"), after.after if after else None)
    yield derived(QUANTITY("calendar.window.shorter"), 2 * (found.after or 0) - 1 if found and little else None)
    yield flag(QUANTITY("calendar.window.waits"), any(GOES_ON in one.moved for one in runs[:NEXT]) if runs else None)
    again = _again(project, runs, judged, half if little else None, at)
    yield dated(QUANTITY("calendar.window.again"), again)
    own_again = learned(project, again, at) if again else None
    yield derived(QUANTITY("calendar.window.again_after"), own_again.after if own_again else None)


def _again(project: Project, runs: tuple[Dated, ...], judged: Date | None, half: Date | None, at: Known) -> Date | None:
    """Return the first day of a run after a version that failed, while a trigger fires; None unless it is sooner."""
    triggers = project.settings.retraining.triggers
    firing = [one for one in triggers if at.fact(f"retraining.trigger.{segment_of(one.id)}.fired").value is True]
    if judged is None or not firing:
        return None
    rests = days_on(runs[0].start, firing[0].cooldown_days or 0)
    bounds = [Bound(day=day, why=TRAINING) for day in (days_on(judged, 1), rests, half) if day]
    one = Wanted(id="again", kind="run", title=RETRAINING, first=tuple(bounds), release=True)
    start = Board(project.settings.calendar).put(one).start
    return start if len(runs) < 2 or start < runs[1].start else None


def window_finding(facts: dict[str, Fact]) -> Iterator[Finding]:
    """Yield that most of the next run's window lies before the change that it answers."""
    days, onset, after = (facts[f"calendar.window.{name}"] for name in ("days", "onset", "after"))
    if facts["calendar.window.learns"].value is False:
        words = ("Of the ", days, " that the next run trains on, at most ", after, " lie on or after ", onset)
        yield finding(
            "timeline.window",
            "timeline",
            "watch",
            "window of the next retraining",
            (*words, ", when the change began that it answers: it may not learn the change."),
            Claim(what="days", relation="below", value=after, baseline=days),
        )
