"""Takes a level of a sheet, gives its row: when it fires, whom it calls, what it costs, when it would have fired."""

import datetime
from collections.abc import Iterator

from generator.records.fact import Fact, Sentence, segment_of
from generator.records.gauges import ASKED, FIRES, FIRING, VALUE, labels_of
from generator.records.project import Level, Project
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.alerts._alert_levels import RELATIVE, Evaluated
from generator.subjects.alerts._sheet import Sheet
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import number_of
from generator.subjects.limits.quantities import SIGNS
from generator.subjects.limits.rules import IN_SUMMARY, SEVERITIES, SILENT, LevelName, RuleLevel

QUANTITY, TABLE = quantities(__file__), tables(__file__)

SPELL = "days that follow one another, whose windows breach the threshold as often in a row as the rule asks"
NONE_FIRED = "no rule with a daily series fires in the supplied days"
SHOWN = 3
"""Spells of firing that a sheet names, the last ones; a table beside the documents has all."""


def level_table(sheets: tuple[Sheet, ...], project: Project, reason: str) -> Table:
    """Return every level of every rule."""
    rows = (_row(sheet, one, project) for sheet in sheets for one in sheet.levels)
    return TABLE("alerts.sheet_levels", rows, reason=reason)


def fires_when(level: RuleLevel) -> Sentence:
    """Return the sign and the number that a value is held against."""
    return (f"{SIGNS[level.limit.operator]} ", level.limit.threshold)


def _row(sheet: Sheet, one: Evaluated, project: Project) -> tuple[Cell, ...]:
    level = one.level
    return (
        sheet.rule.id,
        level.name,
        fires_when(level),
        level.severity,
        goes_to(sheet, level, project),
        () if level.severity == IN_SUMMARY else answer(level.level, project) or ("not declared",),
        one.false_alarms,
        one.visible if sheet.limit.metric in RELATIVE or number_of(one.visible) is None else ("a true ", one.visible),
        one.delay,
        _fired(one),
        status(one),
    )


def receiver(level: RuleLevel, project: Project) -> str:
    """Return where the messages of a level go."""
    return level.rule.channel or project.settings.alerts.channels.alerts or "not declared"


def goes_to(sheet: Sheet, level: RuleLevel, project: Project) -> str:
    """Return where a level is told: by its message, or where the rule sends none in the daily summary."""
    return receiver(level, project) if sheet.sends else project.settings.alerts.channels.daily_summary or "not declared"


def answer(level: Level | None, project: Project) -> Sentence:
    """Return how soon a level asks for an answer, in the team's words where it has any."""
    if level is None or level.respond:
        return (level.respond,) if level and level.respond else ()
    if level.respond_within_hours is None:
        return ()
    at = [item.name for item in project.settings.alerts.levels].index(level.name)
    id, path = f"alerts.level.{segment_of(level.name)}.respond", f"alerts.levels.{at}.respond_within_hours"
    return (declared(project, id, level.respond_within_hours, path, unit="hours"),)


def status(one: Evaluated) -> Mark:
    """Return what the supplied days say of a level."""
    if one.reading.fires:
        return Mark(status=one.level.name, word="firing now")
    if one.reading.fires is None:
        return Mark(status="info", word="no data")
    if one.reading.days:
        return Mark(status="watch", word="fired before")
    return Mark(status="green", word="quiet")


def expression(sheet: Sheet, level: RuleLevel, project: Project) -> str:
    """Return the condition of an alerting rule of Prometheus on the series that the job exposes, or on what it asks."""
    if sheet.rule.live:
        return f"{value_series(sheet, project)} {level.limit.operator} {number_of(level.limit.threshold)!r}"
    labels = labels_of(model=project.settings.model.name, rule=sheet.rule.id, level=level.name)
    return f"{FIRING}{labels} == 1"


def fires_series(sheet: Sheet, level: str, project: Project) -> str:
    """Return the series that is one while a level fires and else nought; of what Prometheus asks itself the value."""
    if sheet.rule.live:
        return value_series(sheet, project)
    return FIRES.name + labels_of(model=project.settings.model.name, rule=sheet.rule.id, level=level)


def value_series(sheet: Sheet, project: Project) -> str:
    """Return the series that is the value of a rule."""
    return (ASKED if sheet.rule.live else VALUE.name) + labels_of(model=project.settings.model.name, rule=sheet.rule.id)


def _fired(one: Evaluated) -> Sentence:
    if not one.reading.observed:
        return ("cannot be told: no values by day",)
    if not one.reading.days:
        return ("none of ", _observed(one))
    words: list[str | Fact] = []
    found = spells(one.reading.days)
    if len(found) > SHOWN:
        words.append("earlier ones")
    for first, last in found[-SHOWN:]:
        head = f"{one.level.id}.fired.{first}"
        words += [", " if words else "", _day(f"{head}.first", first, one)]
        words += [" to ", _day(f"{head}.last", last, one)] if last > first else []
    return (*words, ": ", one.days, " of ", _observed(one))


def _observed(one: Evaluated) -> Fact:
    method = "supplied days with a full window of enough rows"
    return derived(f"{one.level.id}.days_observed", one.reading.observed, unit="days", method=method)


def _day(id: str, day: datetime.date, one: Evaluated) -> Fact:
    label = "First day it would have fired" if id.endswith("first") else "Last day it would have fired"
    return derived(id, day, unit="date", label=label, method=SPELL, source=one.level.limit.threshold.id)


def fired_table(sheets: tuple[Sheet, ...], reason: str) -> Table:
    """Return from when to when each level would have fired."""
    rows = (row for sheet in sheets for one in sheet.levels for row in _spells(sheet, one))
    return TABLE("alerts.fired", rows, reason=NONE_FIRED if sheets else reason)


def _spells(sheet: Sheet, one: Evaluated) -> Iterator[tuple[Cell, ...]]:
    for first, last in spells(one.reading.days):
        head = f"{one.level.id}.fired.{first}"
        days = derived(
            QUANTITY("{head}.days", head=head),
            (last - first).days + 1,
            method=SPELL,
            source=one.level.limit.threshold.id,
        )
        yield (
            sheet.rule.id,
            sheet.title,
            one.level.name,
            _day(f"{head}.first", first, one),
            _day(f"{head}.last", last, one),
            days,
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


def asks(name: LevelName, project: Project) -> tuple[str, str, Sentence]:
    """Return severity, receiver and answer of an alert that no rule declares, by the levels that call somebody."""
    level, alerts = _level(project, name), project.settings.alerts
    declared = level.severity if level else "none"
    return (
        SEVERITIES[name] if declared == "none" else declared,
        alerts.channels.alerts or "not declared",
        answer(level, project) or ("not declared",),
    )


def _level(project: Project, name: LevelName) -> Level | None:
    """Return the gravest level for red, and the mildest that somebody is called for in place of yellow."""
    levels = [one for one in project.settings.alerts.levels if one.severity not in ("none", *SILENT)]
    return (min if name == "red" else max)(levels, key=lambda one: one.severity, default=None)
