"""Takes an option with a rhythm, gives the gaps between its runs in the next twelve months, as rollouts let them be."""

from __future__ import annotations

import math
from itertools import pairwise

from generator.records.fact import Fact
from generator.records.project import Option, Project
from generator.subjects.calendar import Plans, dated_runs
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


def gaps(option: Option, project: Project, at: Known, *, at_once: bool) -> tuple[int, ...] | None:
    """Return the days between dated runs, one fewer than runs; None without days, a rhythm, or room for a rollout."""
    if at.as_of is None or option.every_days is None or not fits(option, at):
        return None
    every = longest_gap(option, project)
    runs = dated_runs(Plans(project=project, at=at, today=at.as_of, interval=every, at_once=at_once))
    return tuple((after.start - before.start).days for before, after in pairwise(runs)) if runs else None


def asked_by_gap(project: Project, at: Known, *, at_once: bool) -> int:
    """Return the runs of twelve months that have a day without a rhythm: a trigger's now, and the longest gap's."""
    longest = project.settings.retraining.maximum_gap_days
    if at.as_of is None or (longest is None and not at_once):
        return 0
    return len(dated_runs(Plans(project=project, at=at, today=at.as_of, interval=longest, at_once=at_once)))
