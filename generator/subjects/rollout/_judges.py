"""Takes a stage, gives what judges it, and after how many of its days: rollback conditions, and alerts of its gate."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.project import Condition, Project, Rule, Stage
from generator.subjects.kit.known import Known
from generator.subjects.limits.formulas import OF_ERRORS, closing


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """The days that a stage has to last, and what for; without days, what can never be had in it."""

    days: int | None
    why: str


def judges(project: Project, at: Known, stage: Stage, daily: float | None, late: int, before: int) -> Iterator[Need]:
    """Yield what each judge of a stage needs: its least rows from the stage, and its window.

    Both versions score every row, so that a window may reach back into the days `before`; one that compares them on a
    part of the traffic begins with it. Outcomes come `late`.
    """
    for one in project.settings.rollback.conditions:
        if _watches(one, stage, project):
            wait = late if one.metric in OF_ERRORS else 0
            yield _need(one, (daily or 0.0) * (one.traffic or 1.0), wait, before if one.traffic is None else 0)
    for rule in project.settings.alerts.rules:
        if rule.id in stage.judged_by:
            wait = math.ceil(closing(rule.metric, at, project)) + rule.consecutive - 1
            yield _need(rule, daily or 0.0, wait, before)


def _watches(condition: Condition, stage: Stage, project: Project) -> bool:
    """Whether a condition can go back from a stage: one with traffic, of the share that it compares on where one is."""
    if not stage.traffic or condition.traffic is None:
        return bool(stage.traffic)
    shares = [one.mean_traffic for one in project.settings.rollout.stages]
    if any(math.isclose(share, condition.traffic) for share in shares):
        return math.isclose(stage.mean_traffic, condition.traffic)
    return stage.traffic < 1


def _need(one: Condition | Rule, daily: float, wait: int, before: int) -> Need:
    """Return the days until so many rows a day give it its least rows, and a full window; none where they never do."""
    least, window = one.minimum_n or 0, one.window_days
    if least and daily and daily * window < least:
        return Need(days=None, why=one.id)
    rows = math.ceil(least / daily - 1e-9) if daily else 0
    return Need(days=max(rows + wait, math.ceil(window) + wait - before, 1), why=f"{one.id} can be judged")
