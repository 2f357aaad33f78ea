"""Takes the roadmap and the dated stages of the rollout, gives the entries that promise earlier days than the plan."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from generator.records.fact import Fact, segment_of
from generator.records.project import Item, Project, Stage
from generator.records.table import Cell, Table
from generator.subjects.calendar._workdays import Date
from generator.subjects.kit.facts import columns, table
from generator.subjects.kit.known import Known, date_of

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NONE = "no entry of the roadmap promises a stage of the rollout for earlier days"


def roadmap_table(project: Project, at: Known) -> Table:
    """Return the entries with their days and those of the stages they name."""
    rows = (row for item in project.settings.context.roadmap for row in _late(item, project, at))
    heads = columns("*entry: Roadmap", "said: It says", "planned: The stages need")
    return table("calendar.roadmap", "Roadmap against the rollout", heads, rows, reason=NONE)


def _late(item: Item, project: Project, at: Known) -> Iterator[tuple[Cell, ...]]:
    said = _days(item.when or "")
    named = _named(item, project.settings.rollout.stages)
    if not named and len(said) > 1 and said[0] == project.settings.rollout.start:
        named = project.settings.rollout.stages
    facts = [fact for stage in named for fact in _edges(stage, at) if date_of(fact) is not None]
    if not said or not facts:
        return
    first, last = min(facts, key=_day), max(facts, key=_day)
    if _day(first) > said[0] or _day(last) > said[-1]:
        yield (item.name, item.when or "", (first, " to ", last))


def _named(item: Item, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the stages whose first word stands in the name of the entry."""
    words = set(re.findall(r"\w+", item.name.casefold()))
    return tuple(stage for stage in stages if words & set(re.findall(r"\w+", stage.name.casefold())[:1]))


def _edges(stage: Stage, at: Known) -> tuple[Fact, ...]:
    return tuple(at.fact(f"rollout.{segment_of(stage.name)}.{edge}") for edge in ("start", "end"))


def _day(fact: Fact) -> Date:
    return date_of(fact) or Date.max


def _days(text: str) -> list[Date]:
    """Return the days that a text names; what is no day of the calendar is none."""
    found = []
    for match in DAY.findall(text):
        try:
            found.append(datetime.date.fromisoformat(match))
        except ValueError:
            continue
    return found
