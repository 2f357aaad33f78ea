"""Takes the alert rules, gives each as a query over the team's tables, and what it says of the supplied days."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import segment_of
from generator.records.project import Project
from generator.records.table import Cell, Table
from generator.subjects.alerts._sql import OF_OUTCOMES, key_of, on_outcomes, on_predictions
from generator.subjects.alerts._sql_features import EXPECTED, on_features
from generator.subjects.kit.facts import columns, derived, table
from generator.subjects.kit.known import Known, known
from generator.subjects.limits.formulas import OF_ERRORS
from generator.subjects.limits.quantities import OF_FEATURES, unit_of
from generator.subjects.limits.readings import Reading, read
from generator.subjects.limits.rules import RuleLevel, rule_levels, title_of
from generator.subjects.limits.series import step_days

NO_RULES = "no alert rules declared (alerts.rules)"
NONE_FIRED = "no rule with a daily series fires in the supplied days"
SPELL = "days that follow one another, whose windows breach the threshold as often in a row as the rule asks"
NO_SERIES = "no rule has a daily series"


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Return the queries, what each rule reads on each day, and the days from which to which each level fires."""
    at = known(evidence, earlier)
    rules = {
        id: tuple(levels) for id, levels in itertools.groupby(rule_levels(project), key=lambda level: level.rule.id)
    }
    readings = [
        (level, read(level.limit, at, project, f"queries.{segment_of(level.rule.id)}.{level.name}"))
        for levels in rules.values()
        for level in levels
        if level.limit.metric != "alerts_per_day"
    ]
    return Decisions(
        tables=(
            _queries([(levels, _sql(levels, at, project)) for levels in rules.values()]),
            _values(readings, project),
            _fired(readings),
        )
    )


def _sql(levels: tuple[RuleLevel, ...], at: Known, project: Project) -> str | None:
    """Return the query of a rule; None where the two tables do not hold what it looks at."""
    metric, data = levels[0].limit.metric, project.settings.data
    if data.time is None or data.acted_on:
        return None
    if metric in EXPECTED and metric in OF_FEATURES:
        return on_features(levels, at, project)
    if metric in ("rows", "mean_prediction"):
        return on_predictions(levels, step_days(at), project)
    told = metric in OF_OUTCOMES or metric in ("auc", "precision_at_top")
    return on_outcomes(levels, step_days(at), project) if told and metric in OF_ERRORS and key_of(project) else None


def _queries(rules: list[tuple[tuple[RuleLevel, ...], str | None]]) -> Table:
    heads = columns("id", "rule", "state", "*query")
    rows = ((levels[0].rule.id, title_of(levels[0].rule), *_told(levels[0], sql)) for levels, sql in rules)
    return table("alerts.queries", "Queries of the rules", heads, rows, reason=NO_RULES)


def _told(level: RuleLevel, sql: str | None) -> tuple[str, str]:
    if sql is not None:
        return "generated", sql
    return ("declared, not run", level.rule.query) if level.rule.query else ("none", "")


def _values(readings: list[tuple[RuleLevel, Reading]], project: Project) -> Table:
    heads = columns("id", "rule", "date", "value")
    seen: dict[str, tuple[RuleLevel, Reading]] = {}
    for level, reading in readings:
        seen.setdefault(level.rule.id, (level, reading))
    rows = (row for level, reading in seen.values() for row in _days(level, reading, project))
    return table("alerts.values", "What each rule reads by day", heads, rows, reason=NO_SERIES)


def _days(level: RuleLevel, reading: Reading, project: Project) -> Iterator[tuple[Cell, ...]]:
    head, unit = f"queries.{segment_of(level.rule.id)}", unit_of(level.limit.metric, project)
    for day, value in reading.values:
        fact = derived(f"{head}.{day}", value, unit=unit, method=reading.current.method, source=reading.current.source)
        yield (level.rule.id, title_of(level.rule), day.isoformat(), fact)


def _fired(readings: list[tuple[RuleLevel, Reading]]) -> Table:
    heads = columns("id", "rule", "level", "first: From", "last: To", "days")
    rows = (row for level, reading in readings for row in _spells(level, reading))
    reason = NONE_FIRED if readings else NO_RULES
    return table("alerts.fired", "Days on which each level would have fired", heads, rows, reason=reason)


def _spells(level: RuleLevel, reading: Reading) -> Iterator[tuple[Cell, ...]]:
    """Yield the runs of days, without a day between them, on which a level fires."""
    for first, last in spells(reading.days):
        id = f"{level.id}.fired.{first}"
        yield (
            level.rule.id,
            title_of(level.rule),
            level.name,
            *(
                derived(f"{id}.{key}", value, unit=unit, label=label, method=SPELL, source=level.limit.threshold.id)
                for key, value, unit, label in (
                    ("first", first, "date", "First day it would have fired"),
                    ("last", last, "date", "Last day it would have fired"),
                    ("days", (last - first).days + 1, "days", "Days it would have fired"),
                )
            ),
        )


def spells(days: tuple[datetime.date, ...]) -> list[tuple[datetime.date, datetime.date]]:
    """Return the first and the last day of every run of days that follow one another."""
    runs: list[tuple[datetime.date, datetime.date]] = []
    for day in days:
        if runs and (day - runs[-1][1]).days == 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


DECISION = Decision(id="queries", title="Rules as queries, and when they fire", run=run)
