"""Takes an option, gives its runs of the next twelve months and how old their versions are while they serve."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from generator.records.fact import Fact
from generator.records.project import Option, Project
from generator.subjects.calendar import Date, Plans, dated_runs
from generator.subjects.kit.known import Known
from generator.subjects.retraining._ageing import DAYS_A_YEAR


def longest_gap(option: Option, project: Project) -> int | None:
    """Return the days after which a run comes at the latest: the rhythm, at most the declared longest gap."""
    days = (option.every_days, project.settings.retraining.maximum_gap_days)
    return min((one for one in days if one is not None), default=None)


def cycle(at: Known) -> Fact:
    """Return the fewest days from one retraining to the next: until a version has all the traffic."""
    return at.fact("rollout.cycle")


def most(at: Known) -> int | None:
    """Return the runs that rollouts let be in twelve months, the first on their first day."""
    shortest = cycle(at).number
    return 1 + (DAYS_A_YEAR - 1) // math.ceil(shortest) if shortest else None


def fits(option: Option, at: Known) -> bool:
    """Return whether a new version is rolled out before the next run."""
    return option.every_days is None or option.every_days >= (cycle(at).number or 0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """The runs of the next twelve months, the days between them, and the ages in days between which versions serve."""

    runs: int
    gaps: tuple[int, ...]
    spells: tuple[tuple[float, float], ...]


def paced(option: Option, project: Project, at: Known, pace: Fact) -> int | None:
    """Return the days between the runs of an option without a rhythm, at the pace of its triggers; None without one.

    No fewer than a rollout takes; None too where the longest gap comes sooner.
    """
    if option.every_days is not None or not pace.number:
        return None
    shortest, latest = math.ceil(cycle(at).number or 0.0), longest_gap(option, project)
    days = max(round(DAYS_A_YEAR / pace.number), shortest)
    return days if latest is None or days < latest else None


def year(option: Option, project: Project, at: Known, *, asked: Date | None, days: int | None = None) -> Year | None:
    """Return the year of an option by `days`, its rhythm or the longest gap; None without any, a day, or a run.

    Where a rollout takes longer than the rhythm, every run comes as if none were in its way.
    """
    every = days or longest_gap(option, project)
    if at.as_of is None or every is None:
        return None
    late = 0.0 if (kept := fits(option, at)) else cycle(at).number or 0.0
    plans = Plans(project=project if kept else _unrolled(project), at=at, today=at.as_of, interval=every, asked=asked)
    runs = dated_runs(plans)
    served = [(one.run, (one.serves - one.run).days + late, one.serves) for one in runs if one.serves]
    spells = tuple(
        (age, age + (after[2] - before[2]).days) for before, after in pairwise(served) for age in (before[1],)
    )
    gaps = tuple((after.run - before.run).days for before, after in pairwise(runs))
    return Year(runs=len(runs), gaps=gaps, spells=spells) if runs else None


def _unrolled(project: Project) -> Project:
    rollout = replace(project.settings.rollout, stages=(), start=None)
    return replace(project, settings=replace(project.settings, rollout=rollout))
