"""What is laid out on the calendar: the project's plans on the day of the build, and a change of them to try."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from generator.records.fact import Fact, segment_of
from generator.records.project import REACH, Project, Stage
from generator.subjects.calendar._board import Bound
from generator.subjects.calendar._workdays import Date, days_on, year_after
from generator.subjects.kit.known import Known, date_of, number_of

UNNAMED = "not declared"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanChange:
    """So many days fewer for a stage; where none is named, so many days that the rollout begins sooner."""

    stage: str = ""
    days: int = 0


AS_PLANNED = PlanChange()


@dataclass(frozen=True, kw_only=True, slots=True)
class Plans:
    """The project, what is known of it, the day of the build, and a change to try."""

    project: Project
    at: Known
    today: Date
    interval: int | None = None
    """The days from one run to the next."""
    asked: Date | None = None
    """The first day of the run that a trigger asks for now."""
    change: PlanChange = AS_PLANNED

    @property
    def end(self) -> Date:
        """Return the last day that is looked at."""
        return year_after(self.today)

    @property
    def tomorrow(self) -> Bound:
        """Return the first day on which anything can be."""
        return Bound(day=days_on(self.today, 1), why="the day after the build")

    @property
    def owner(self) -> str:
        """Return who answers for what nobody else does."""
        return self.project.settings.project.owner or UNNAMED

    @property
    def start(self) -> Date | None:
        """Return the day on which the rollout is to begin."""
        start = self.project.settings.rollout.start
        if start is None or self.change.stage or not self.change.days:
            return start
        return min(start, max(days_on(start, -self.change.days), self.tomorrow.day))

    def past(self, stage: Stage) -> bool:
        """Return whether the version is known to be farther than a stage of its launch."""
        return REACH.index(stage.reach) < REACH.index(self.project.settings.state.stage)

    def goes_on(self, stage: Stage) -> bool:
        """Return whether the version is known to be in a stage of this kind, which is dated from now on."""
        return stage.reach == self.project.settings.state.stage

    @property
    def to_launch(self) -> tuple[Stage, ...]:
        """Return the stages of the launch: of one that is still to be dated only those that are not past."""
        stages, start = self.project.settings.rollout.stages, self.start
        ahead = start is not None and start >= self.today
        return tuple(one for one in stages if not (ahead and self.past(one)))

    @property
    def expiry(self) -> Date | None:
        """Return the day on which the documents of this build expire."""
        days = self.project.settings.calendar.valid_days
        return None if days is None else days_on(self.today, days)

    def length(self, stage: Stage) -> int | None:
        """Return the days that a stage takes, where they are known; a change leaves it those that it needs."""
        head = f"rollout.{segment_of(stage.name)}"
        planned, needed = (number_of(self.at.fact(f"{head}.days_{name}")) for name in ("planned", "needed"))
        fewer = self.change.days if self.change.stage == stage.name else 0
        return None if planned is None else int(max(planned - fewer, needed or 1))


def delay_of(at: Known) -> int:
    """Return the days until nearly every outcome is known."""
    return math.ceil(max(waits(at)))


def waits(at: Known) -> tuple[float, float]:
    """Return the days that stages wait for outcomes, and those until nearly every outcome is known."""
    stages, nearly_all = (number_of(at.fact(id)) or 0.0 for id in ("rollout.maturity", "data.labels.delay.p99"))
    return stages, nearly_all


def known_up_to(run: Date, at: Known) -> Date:
    """Return the last day of which a run knows the outcomes: those of the day before are known at the soonest."""
    return days_on(run, -max(1, delay_of(at)))


def learnable(at: Known, now: Fact, since: Iterable[Fact]) -> Date | None:
    """Return the first day of a run asked for `now`: it knows the outcomes of the window that first made one fire."""
    if now.value is not True or at.as_of is None:
        return None
    fired = [day for day in map(date_of, since) if day is not None]
    known_from = [days_on(min(fired), max(1, delay_of(at)))] if fired else []
    return max((days_on(at.as_of, 1), *known_from))


def as_declared(day: Date) -> Bound:
    """Return a day that the project declares."""
    return Bound(day=day, why="as declared")
