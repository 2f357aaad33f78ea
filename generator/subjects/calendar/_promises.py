"""Takes the roadmap, gives the days by which it promises stages of the rollout."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from generator.records.fact import segment_of
from generator.records.project import Item, Stage
from generator.subjects.calendar._board import Bound
from generator.subjects.calendar._plans import Plans
from generator.subjects.calendar._workdays import Date

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ROADMAP = "roadmap"


def promised(plans: Plans) -> Mapping[str, tuple[Bound, ...]]:
    """Return the latest first days of stages by name: an entry's first stage begins, its last one ends as promised."""
    found: dict[str, tuple[Bound, ...]] = {}
    for item in plans.project.settings.context.roadmap:
        said, stages = _days(item.when or ""), _named(item, plans)
        if not said or not stages:
            continue
        for stage, day, ends in ((stages[0], said[0], False), (stages[-1], said[-1], True)):
            bound = Bound(
                day=day,
                why=f"“{item.name}” on the roadmap {'ends' if ends else 'begins'}",
                rule=f"{ROADMAP}.{segment_of(item.name)}",
                ease="the roadmap says later days",
                ends=ends,
            )
            if plans.length(stage) or not ends:
                found[stage.name] = (*found.get(stage.name, ()), bound)
    return found


def _named(item: Item, plans: Plans) -> tuple[Stage, ...]:
    """Return the stages whose first word stands in the name of the entry; all, where it begins with the rollout."""
    stages, said = plans.project.settings.rollout.stages, _days(item.when or "")
    words = set(re.findall(r"\w+", item.name.casefold()))
    named = tuple(stage for stage in stages if words & set(re.findall(r"\w+", stage.name.casefold())[:1]))
    whole = len(said) > 1 and said[0] == plans.project.settings.rollout.start
    return named or (stages if whole else ())


def _days(text: str) -> list[Date]:
    """Return the days that a text names; what is no day of the calendar is none."""
    found = []
    for match in DAY.findall(text):
        try:
            found.append(datetime.date.fromisoformat(match))
        except ValueError:
            continue
    return found
