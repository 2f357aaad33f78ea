"""Takes the alert rules and the data, gives how many alerts a day they make, counted per feature and per rule."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from generator.records.fact import Fact, missing, segment_of
from generator.records.project import Metric, Project
from generator.results.words import quantities
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known, date_of, number_of
from generator.subjects.limits.healthy import Chance
from generator.subjects.limits.quantities import Limit, population
from generator.subjects.limits.readings import Reading, read, read_series, whole_period_values
from generator.subjects.limits.rules import IN_SUMMARY, RuleLevel, rule_levels
from generator.subjects.limits.series import TABLES, Series, days_of
from generator.subjects.limits.watched import watched_levels

QUANTITY = quantities(__file__)

METHOD_FEATURE = "an alert for every feature over the lowest threshold of its rule, one for every other firing rule"
METHOD_RULE = "an alert for every declared rule of which a level that sends messages fires"


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Alerts on each day of the data under both ways of counting; empty where no rule has a daily series."""

    per_feature: dict[datetime.date, float]
    per_rule: dict[datetime.date, float]
    rules: int
    """Rules that can fire at all."""


def count_alerts(known: Known, project: Project) -> Counts:
    """Count the alerts of all rules but those that count alerts themselves, day by day."""
    per_feature: dict[datetime.date, float] = {}
    per_rule: dict[datetime.date, float] = {}
    lowest = _lowest_levels(project)
    for level in lowest:
        reading = read(level.limit, known, project, f"{level.id}.current")
        if not reading.observed:
            continue
        features = _features_over(level.limit, known, project, reading.days)
        for day in days_of(known):
            fires = day in reading.days
            per_rule[day] = per_rule.get(day, 0) + fires
            over = features.get(day) if features is not None else None
            per_feature[day] = per_feature.get(day, 0) + (fires if over is None else over)
    return Counts(per_feature=per_feature, per_rule=per_rule, rules=len(lowest))


def read_watched(counts: Counts, known: Known, project: Project) -> tuple[tuple[RuleLevel, Reading], ...]:
    """Return every watched level with what the rows say of it; what no rule declares has to be told by some row."""
    found = []
    for level in watched_levels(known, project):
        id = f"alerts.{segment_of(level.rule.id)}.current"
        reading = read_counted(level.limit, counts, known, project, id)
        if level.path or reading.observed:
            found.append((level, reading))
    return tuple(found)


def read_counted(limit: Limit, counts: Counts, known: Known, project: Project, id: str) -> Reading:
    """Hold a limit against the data, one on alerts a day against the alerts counted per rule."""
    if limit.metric != "alerts_per_day":
        return read(limit, known, project, id)
    if not counts.per_rule:
        return Reading(limit=limit, current=missing(id, "no rule has a daily series"), fires=None)
    days = tuple(counts.per_rule)
    series = Series(
        metric=limit.metric, days=days, values=tuple(counts.per_rule.values()), rows=(None,) * len(days), pool="mean"
    )
    return read_series(limit, series, project, id)


def chance_of_counts(limit: Limit, counts: Counts) -> Chance:
    """Return why it is not told how often a healthy model breaches a limit on alerts a day, counted per rule."""
    if beyond_all(limit, counts):
        return Chance(value=None, reason="it cannot hold: it asks for more alerts than there are rules")
    return Chance(value=None, reason="how often several rules fire together is not known")


def beyond_all(limit: Limit, counts: Counts) -> bool:
    """Return whether a limit asks for more alerts a day, counted per rule, than there are rules."""
    return limit.upward and not limit.breached(counts.rules)


def days_over(counts: dict[datetime.date, float], limit: Limit) -> int:
    """Return the number of days whose alerts breach the limit."""
    return sum(limit.breached(count) for count in counts.values())


def count_facts(counts: Counts) -> tuple[Fact, Fact]:
    """Return the mean number of alerts a day, counted per feature and counted per rule."""
    return (
        _mean("alerts.per_day.per_feature", counts.per_feature, "Alerts a day, counted per feature", METHOD_FEATURE),
        _mean("alerts.per_day.per_rule", counts.per_rule, "Alerts a day, counted per rule", METHOD_RULE),
    )


def day_facts(counts: Counts, limit: Limit, head: str) -> tuple[Fact, Fact]:
    """Return on how many days an alerts-a-day limit is breached under both ways of counting."""
    ways = (("per_feature", counts.per_feature, METHOD_FEATURE), ("per_rule", counts.per_rule, METHOD_RULE))
    first, second = (
        derived(
            QUANTITY("{head}.days_fired_{way}", head=head, way=way),
            days_over(days, limit) if days else None,
            n=len(days) or None,
            method=method,
            source=limit.threshold.id,
        )
        for way, days, method in ways
    )
    return first, second


def _mean(id: str, days: dict[datetime.date, float], label: str, method: str) -> Fact:
    if not days:
        return missing(id, "no rule has a daily series", label=label)
    return derived(id, sum(days.values()) / len(days), label=label, n=len(days), method=f"{method}; mean over days")


def _lowest_levels(project: Project) -> list[RuleLevel]:
    first: dict[str, RuleLevel] = {}
    for level in rule_levels(project):
        if level.called != IN_SUMMARY:
            first.setdefault(level.rule.id, level)
    return list(first.values())


def _features_over(
    limit: Limit, known: Known, project: Project, fired: Collection[datetime.date]
) -> dict[datetime.date, float] | None:
    """Features over the threshold by day: as counted by the analysis.

    Where it does not count them, those over it in the whole period, on the days on which the rule fires.
    """
    chosen = population(limit.metric, limit.features)
    if chosen not in ("each", "critical"):
        return None
    declared, column = _counted_limit(limit.metric, project)
    if chosen == "each" and declared is not None and limit.threshold.number == declared:
        rows = ((date_of(row.get("date")), number_of(row.get(column))) for row in known.rows(TABLES[limit.metric]))
        counted = {day: count for day, count in rows if day is not None and count is not None}
        if counted:
            return counted
    values = whole_period_values(limit.metric, limit.features, known, project)
    over = max(1.0, float(sum(limit.breached(value) for value in values.values())))
    return {day: over if day in fired else 0.0 for day in days_of(known)}


def _counted_limit(metric: Metric, project: Project) -> tuple[float | None, str]:
    """The declared limit over which the analyses count features by day, and the column that holds the counts."""
    policies = project.settings.policies
    limits: dict[Metric, tuple[float | None, str]] = {
        "mean_change": (policies.drift.yellow_mean_change, "over"),
        "sd_change": (policies.drift.severe_sd_change, "over"),
        "missing": (policies.missing.red, "over"),
        "missing_points": (policies.missing.flag_points, "risen"),
    }
    return limits.get(metric, (None, ""))
