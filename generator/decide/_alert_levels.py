"""Takes one level of an alert rule, gives what it would have done and how many false alarms it would give."""

from __future__ import annotations

from dataclasses import dataclass

from generator.decide._counting import Counts, chance_of_counts, read_counts
from generator.decide._facts import derived
from generator.decide._healthy import Chance, alarms_a_month, healthy_breach, setting
from generator.decide._known import Known, number_of
from generator.decide._quantities import unit_of
from generator.decide._readings import Reading, days_fired, read
from generator.decide._rules import RuleLevel, rule_levels
from generator.decide._visible import RELATIVE, change_to, days_to_see, smallest_visible
from generator.records.fact import SIMULATION, Fact, missing, segment_of
from generator.records.project import Project


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluated:
    """A level with everything that is known of it."""

    level: RuleLevel
    reading: Reading
    days: Fact
    chance: Chance
    false_alarms: Fact
    delay: Fact
    visible: Fact

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts of the level in the order of the contract."""
        return (self.level.limit.threshold, self.days, self.false_alarms, self.delay, self.visible)


def evaluate_all(counts: Counts, at: Known, project: Project) -> tuple[Evaluated, ...]:
    """Hold every declared level of every rule against the data."""
    return tuple(_evaluate(level, counts, at, project) for level in rule_levels(project))


def chance_of(level: RuleLevel, per_day: float | None, counts: Counts, at: Known, project: Project) -> Chance:
    """Return the chance that a healthy model breaches a level in one window at a daily volume."""
    if level.limit.metric == "alerts_per_day":
        return chance_of_counts(level.limit, counts)
    return healthy_breach(level.limit, per_day, at, project)


def _evaluate(level: RuleLevel, counts: Counts, at: Known, project: Project) -> Evaluated:
    id = f"alerts.{segment_of(level.rule.id)}.current"
    counting = level.limit.metric == "alerts_per_day"
    reading = read_counts(level.limit, counts, project, id) if counting else read(level.limit, at, project, id)
    per_day = at.number("data.production.per_day")
    chance = chance_of(level, per_day, counts, at, project)
    delay, visible = _sight(level, reading.current.reason, per_day, at, project)
    return Evaluated(
        level=level,
        reading=reading,
        days=days_fired(reading, f"{level.id}.days_fired", "Days it would have fired"),
        chance=chance,
        false_alarms=alarm_fact(f"{level.id}.false_alarms_per_month", chance, level),
        delay=delay,
        visible=visible,
    )


def alarm_fact(id: str, chance: Chance, level: RuleLevel) -> Fact:
    """Return the false alarms a month of a level as a fact."""
    times, ends = level.limit.consecutive, chance.ends
    return derived(
        id,
        alarms_a_month(chance.value, times),
        unit="per month",
        label="False alarms a month",
        method=f"{chance.method}; days independent" if chance.method else "",
        source=level.limit.threshold.id,
        reason=chance.reason,
        simulated=ends is not None,
        low=alarms_a_month(ends[0], times) if ends else None,
        high=alarms_a_month(ends[1], times) if ends else None,
        range=SIMULATION,
    )


def _sight(level: RuleLevel, blind: str, per_day: float | None, at: Known, project: Project) -> tuple[Fact, Fact]:
    """Expected days to the alert when the metric is at the red level, and the smallest change that is seen."""
    ids = (f"{level.id}.delay", f"{level.id}.smallest_visible")
    bound = number_of(level.limit.threshold)
    unit = "change" if level.limit.metric in RELATIVE else unit_of(level.limit.metric, project)
    if bound is None or per_day is None:
        reason = level.limit.threshold.reason or "the number of rows a day is not known"
        return missing(ids[0], reason, unit="days"), missing(ids[1], reason, unit=unit)
    where = setting(level.limit, bound, per_day, at, project)
    red = level.rule.red if level.rule.red is not None else bound
    smallest = smallest_visible(where)
    return (
        derived(
            ids[0],
            days_to_see(where, red),
            unit="days",
            label="Expected delay",
            source=level.limit.threshold.id,
            method="expected wait for the alert with the metric at the rule's highest level, window filled first",
            reason=blind or "how this metric scatters by chance is not known, or the level is never seen",
        ),
        derived(
            ids[1],
            change_to(where, smallest) if smallest and level.limit.metric in RELATIVE else smallest,
            unit=unit,
            label="Smallest visible change",
            source=level.limit.threshold.id,
            method="true level that one window shows with a chance of 80 %; of shifts for the median feature",
            reason=blind or "how this metric scatters by chance is not known",
        ),
    )


def total_false_alarms(levels: tuple[Evaluated, ...]) -> Fact:
    """Return the false alarms a month of all rules together, of each its lowest level."""
    lowest: dict[str, Fact] = {}
    for one in levels:
        lowest.setdefault(one.level.rule.id, one.false_alarms)
    values = [value for value in map(number_of, lowest.values()) if value is not None]
    return derived(
        "alerts.total.false_alarms_per_month",
        sum(values) if values else None,
        unit="per month",
        label="False alarms a month, all rules",
        n=len(values) or None,
        method="sum over the rules for which it can be worked out, of each its lowest level",
        reason="it can be worked out for no rule" if levels else "no alert rules declared (alerts.rules)",
    )
