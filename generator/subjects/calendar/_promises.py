"""Takes the roadmap, gives the days by which it promises stages, and what the dates worked out make of each entry."""

import datetime
import re
from collections.abc import Mapping

from generator.records.fact import segment_of
from generator.records.project import Delivery, Milestone, Project, Stage
from generator.records.table import Table
from generator.records.timeline import Timeline
from generator.results.words import tables
from generator.subjects.calendar._board import Bound
from generator.subjects.calendar._plans import Plans
from generator.subjects.calendar._workdays import Date

TABLE = tables(__file__)

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ROADMAP = "roadmap"
LAUNCH = "launch"


def promised(plans: Plans) -> Mapping[str, tuple[Bound, ...]]:
    """Return the latest first days of stages by name: an entry's first stage begins, its last one ends as promised."""
    found: dict[str, tuple[Bound, ...]] = {}
    for item in plans.project.settings.context.roadmap:
        said, stages = _days(item.when or ""), _named(item, plans.project)
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


def roadmap(project: Project, found: Timeline) -> Table:
    """Return the entries of the roadmap, each with what the worked-out dates make of it."""
    rows = (
        (one.name, one.when or "", one.status or "", one.owner or "", _reading(one, project, found))
        for one in project.settings.context.roadmap
    )
    reason = f"not declared ({project.file}: context.roadmap)"
    return TABLE("calendar.roadmap", rows, reason=reason)


def delivery(project: Project, found: Timeline) -> Table:
    """Return the stages of integration and delivery, each with the days worked out for the stages that it is about."""
    rows = (
        (
            one.name,
            one.detail or "",
            one.gate or "",
            one.status or "",
            one.owner or "",
            _worked_out(one, project, found),
        )
        for one in project.settings.context.delivery
    )
    reason = f"not declared ({project.file}: context.delivery)"
    return TABLE("calendar.delivery", rows, reason=reason)


def _worked_out(item: Delivery | Milestone, project: Project, found: Timeline) -> str:
    """Return from when to when the stages last that an entry is about; nothing where no date is worked out for it."""
    placed = _placed(item, project, found)
    if not placed or not found.launch:
        return "behind it, by its state" if found.launch and _named(item, project) else ""
    return f"{placed[0][0]} to {placed[-1][1]}"


def _placed(item: Delivery | Milestone, project: Project, found: Timeline) -> list[tuple[Date, Date]]:
    named = _named(item, project)
    return [(one.start, one.end) for stage in named if (one := found.of(f"stage.{segment_of(stage.name)}"))]


def _reading(item: Milestone, project: Project, found: Timeline) -> str:
    """Return where an entry and the dates part; that they agree; nothing where no date is worked out for it."""
    said = _days(item.when or "")
    if item.kind == "recalibration":
        level = found.start("level")
        return f"▲ {level}" if level else "▲ not due: no recalibration is asked for"
    if item.kind == "monitoring" and said:
        by = found.start(f"due.{LAUNCH}")
        return f"▲ due by {by}" if by and said[-1] > by else "● in time" if by else ""
    worked_out, placed = _worked_out(item, project, found), _placed(item, project, found)
    if not said or not worked_out:
        return ""
    kept = bool(placed) and placed[0][0] == said[0] and (len(said) == 1 or placed[-1][1] <= said[-1])
    if not placed:
        return f"▲ out of date: {worked_out}"
    return "● as worked out" if kept else f"▲ {worked_out}"


def _named(item: Delivery | Milestone, project: Project) -> tuple[Stage, ...]:
    return tuple(stage for stage in project.settings.rollout.stages if stage.name in item.stages)


def _days(text: str) -> list[Date]:
    """Return the days that a text names; what is no day of the calendar is none."""
    found = []
    for match in DAY.findall(text):
        try:
            found.append(datetime.date.fromisoformat(match))
        except ValueError:
            continue
    return found
