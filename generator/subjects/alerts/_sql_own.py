"""Takes the team's own query, or a limit on one segment, gives the statement that holds it against the limits."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from generator.records.fact import Fact, segment_of
from generator.records.project import Project, Rule, SegmentLimit
from generator.records.quality import quality
from generator.subjects.alerts._sql import OF_OUTCOMES, closed, judged, key_of, on_outcomes, quoted, text
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.quantities import Limit, population, unit_of_objective
from generator.subjects.limits.rules import RuleLevel
from generator.subjects.limits.series import from_facts, step_days

SELECTS = re.compile(r"(?i)\s*(select|with)\b")


def wrapped(levels: tuple[RuleLevel, ...], project: Project) -> str | None:
    """Return the team's query of a day and a value, between them the input where one counts; None for another language.

    Its window is its own; days are closed, and every level is judged as elsewhere.
    """
    rule = levels[0].rule
    if rule.query is None or not SELECTS.match(rule.query):
        return None
    over = population(rule.metric, rule.features)
    single = over in ("each", "critical")
    names = "day, feature, value" if single or over == "mean" else "day, value"
    value = "max(value)" if single else "avg(value)"
    more = ", feature" if single else ""
    named = ", (array_agg(feature ORDER BY value DESC NULLS LAST))[1] AS feature" if single else ""
    return (
        f"WITH own({names}) AS (\n  {rule.query.strip().rstrip(';')}),\n"
        f"judged AS (SELECT CAST(day AS DATE) AS day, NULL AS n, {value} AS value{named}\n"
        f"  FROM own WHERE {closed('CAST(day AS DATE)', project)} GROUP BY 1)\n{judged(levels, more)}"
    )


def outcomes_until(at: Known) -> datetime.date | None:
    """Return the newest day whose outcomes are in."""
    return at.date("labels.mature.until") or max((*from_facts(at, "rmse"), *from_facts(at, "brier")), default=None)


def segments_window(at: Known) -> Fact:
    """Return how many days the recent ones are, which are the window of limits on segments."""
    first, last = at.date("windows.recent.start"), at.date("windows.recent.end")
    return derived(
        "alerts.segments.window",
        (last - first).days + 1 if first and last else None,
        unit="days",
        label="Window of the limits on segments",
        method="as long as the recent days, which a group that gets worse is seen in first",
    )


def of_segments(at: Known, project: Project) -> Iterator[tuple[str, str, str]]:
    """Yield id, title and statement of each limit on a segment that the tables can tell."""
    window = number_of(segments_window(at))
    if window is None or not key_of(project) or project.settings.data.time is None or project.settings.data.acted_on:
        return
    for index, limit in enumerate(project.settings.objectives.critical_segments):
        inside = _inside(limit, at, project)
        if inside and limit.metric in OF_OUTCOMES:
            level = _level(limit, index, int(window), project)
            title = f"{limit.metric} where {limit.segment} is {limit.level}"
            yield f"segment-{limit.level}", title, on_outcomes((level,), step_days(at), project, inside)


def _level(limit: SegmentLimit, index: int, window: int, project: Project) -> RuleLevel:
    id = f"watch.segments.{segment_of(limit.segment)}.{segment_of(limit.level)}.limit"
    unit, path = unit_of_objective(limit.metric, project), f"objectives.critical_segments.{index}.acceptable"
    held = Limit(
        metric=limit.metric,
        features="none",
        operator="<" if quality(limit.metric).floor else ">",
        threshold=declared(project, id, limit.acceptable, path, unit=unit),
        window_days=window,
    )
    return RuleLevel(rule=Rule(id=f"segment-{limit.level}", metric=limit.metric), name="red", limit=held, level=None)


def _inside(limit: SegmentLimit, at: Known, project: Project) -> str:
    """Return the condition that a prediction is of the segment; empty where nothing tells it."""
    own = next((one for one in project.settings.data.segments if limit.segment in (one.name, one.column)), None)
    if own is None:
        return ""
    column = f"p.{quoted(own.column)}"
    if not own.quantiles:
        return f"{column} = {text(limit.level)}"
    head = f"reference.segment.{segment_of(limit.segment)}.{segment_of(limit.level)}"
    low, high = at.number(f"{head}.from"), at.number(f"{head}.below")
    ends = [f"{column} {sign} {end!r}" for sign, end in ((">=", low), ("<", high)) if end is not None]
    return " AND ".join(ends)
