"""Takes the retraining triggers and the evidence, gives whether they hold now, since when, and how often."""

import datetime
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generator.records.decision import JudgedTrigger
from generator.records.fact import SAMPLING, Fact, Sentence, missing, segment_of
from generator.records.project import Project, Trigger
from generator.records.reason import lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats import detection
from generator.subjects.kit.facts import dated, declared, derived, flag
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.quantities import in_words
from generator.subjects.limits.readings import Reading, fires_now, read
from generator.subjects.limits.rules import trigger_limit
from generator.subjects.limits.series import step_days
from generator.subjects.limits.steps import WORTHLESS, beneath, disputed
from generator.subjects.limits.watched import watched_id
from generator.subjects.retraining._ageing import DAYS_A_YEAR
from generator.subjects.retraining._paced import cycle, most

QUANTITY, TABLE = quantities(__file__), tables(__file__)

AT_ONCE = "Retrain, on the day that section 1 names"
"""What is done about a trigger that holds, whatever else its text weighs: there is one answer for now."""
NO_TRIGGERS = lacking("no retraining triggers declared", "retraining.triggers")


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldTrigger:
    """A trigger held against the data."""

    trigger: Trigger
    reading: Reading
    fired: Fact

    @property
    def value(self) -> JudgedTrigger:
        """Return the trigger as the value that documents and companions share."""
        return JudgedTrigger(
            id=self.trigger.id,
            kind="retraining",
            metric=self.trigger.metric,
            operator=self.trigger.operator,
            threshold=self.reading.limit.threshold,
            fired=self.fired,
            evidence=(self.reading.current.id,),
        )


def hold_all(at: Known, project: Project) -> tuple[HeldTrigger, ...]:
    """Hold every declared trigger against the data."""
    triggers = project.settings.retraining.triggers
    return tuple(_hold(trigger, index, at, project) for index, trigger in enumerate(triggers))


def _hold(trigger: Trigger, index: int, at: Known, project: Project) -> HeldTrigger:
    head = f"retraining.trigger.{segment_of(trigger.id)}"
    reading = read(trigger_limit(trigger, index, at, project), at, project, f"{head}.current")
    return HeldTrigger(
        trigger=trigger, reading=reading, fired=fires_now(reading, f"{head}.fired", f"{trigger.id} fires now")
    )


def watched_facts(held: tuple[HeldTrigger, ...]) -> tuple[Fact, Fact]:
    """Return the rules that watch triggers, and the triggers of which the rows say nothing by day."""
    told = [one for one in held if one.reading.observed and one.reading.limit.threshold.number is not None]
    rules = ", ".join(watched_id(one.trigger.id) for one in told)
    others = ", ".join(one.trigger.id for one in held if one not in told)
    return (
        derived(QUANTITY("retraining.watched"), rules or None),
        derived(QUANTITY("retraining.unwatched"), others or None),
    )


def fires_any(held: tuple[HeldTrigger, ...]) -> Fact:
    """Return whether any trigger asks for a retraining now."""
    states = [one.reading.fires for one in held]
    value = True if True in states else False if False in states else None
    return flag(
        QUANTITY("retraining.now"),
        value,
        source=", ".join(one.fired.id for one in held),
        reason="no trigger can be evaluated on the data" if held else NO_TRIGGERS,
    )


def triggered_a_year(held: tuple[HeldTrigger, ...], at: Known) -> Fact:
    """Return the runs a year that the triggers would ask for at the pace of the supplied days."""
    id, label = "retraining.triggered_per_year", "Triggered retrainings a year"
    observed, step = max((one.reading.observed for one in held), default=0), step_days(at)
    if not observed:
        return missing(id, "no trigger has a daily series", label=label, unit="per year")
    days = sorted({day for one in held for day in one.reading.days})
    rate = detection.poisson_rate(_episodes(days, step), observed * step / DAYS_A_YEAR)
    return derived(
        id,
        rate.estimate,
        unit="per year",
        label=label,
        low=rate.low,
        high=rate.high,
        range=SAMPLING,
        n=observed,
        method="firings that do not follow on one another, in the supplied days, scaled to a year; exact Poisson",
        source=", ".join(one.fired.id for one in held),
    )


def most_a_year(at: Known) -> Fact:
    """Return the runs of a year that rollouts let be."""
    shortest = cycle(at)
    return derived(QUANTITY("retraining.most_per_year"), most(at), source=shortest.id, reason=shortest.reason)


def triggered_cost(triggered: Fact, run: Fact, room: Fact, scheduled: Fact) -> Fact:
    """Return what triggered runs cost a year at the pace of the supplied days, beside scheduled ones."""
    rate, one = number_of(triggered), number_of(run)
    left = max((room.number or math.inf) - (scheduled.number or 0.0), 0.0)
    return derived(
        QUANTITY("retraining.triggered_cost_per_year"),
        None if rate is None or one is None else min(rate, left) * one,
        source=f"{triggered.id}, {run.id}, {room.id}",
        reason=triggered.reason or run.reason,
    )


def needed(recommended: Mapping[str, Fact], now: Fact, added: Fact, project: Project) -> tuple[Fact, Fact]:
    """Return what all runs cost a year, `added` ones where triggers fire beside a rhythm, and if it is too much."""
    scheduled = recommended["retraining.recommended.cost_per_year"]
    besides = now.value is True and recommended["retraining.recommended.scheduled"].value is True
    own, more = scheduled.number, (added.number or 0.0) if besides else 0.0
    together = None if own is None else own + more
    budget = project.settings.retraining.budget_per_year
    return (
        derived(
            QUANTITY("retraining.needed_per_year"),
            together,
            source=f"{scheduled.id}, {added.id}",
            reason=scheduled.reason,
        ),
        flag(
            QUANTITY("retraining.over_budget"),
            None if together is None or budget is None else together > budget,
            source="retraining.budget_per_year",
            reason=scheduled.reason or lacking("no budget declared", "retraining.budget_per_year"),
        ),
    )


def _episodes(days: Iterable[datetime.date], step: int) -> int:
    count, last = 0, None
    for day in days:
        if last is None or (day - last).days > step:
            count += 1
        last = day
    return count


def firing_table(held: tuple[HeldTrigger, ...]) -> Table:
    """Return the triggers that fire now, the one that decides first."""
    firing = sorted((one for one in held if one.reading.fires), key=lambda one: one.trigger.priority or len(held))
    rows = ((one.trigger.id, _condition(one), since(one), one.reading.current) for one in firing)
    return TABLE("retraining.firing", rows, reason="no trigger fires")


def triggers_table(held: tuple[HeldTrigger, ...], at: Known, project: Project) -> Table:
    """Return the table of all triggers."""
    rows = (_trigger_row(one, index, at, project) for index, one in enumerate(held))
    return TABLE("retraining.triggers", rows, reason=NO_TRIGGERS)


def _trigger_row(one: HeldTrigger, index: int, at: Known, project: Project) -> tuple[Cell, ...]:
    trigger = one.trigger
    head, path = f"retraining.trigger.{segment_of(trigger.id)}", f"retraining.triggers.{index}"
    against, lower = disputed(f"retraining.{trigger.id}", at, project), beneath(one.reading.limit, at)
    cooldown = declared(project, f"{head}.cooldown", trigger.cooldown_days, f"{path}.cooldown_days", unit="days")
    return (
        trigger.id,
        (
            *_condition(one),
            *(("; ▲ ", *against) if against else ()),
            *((f"; ▲ {WORTHLESS}: ", *lower) if lower else ()),
        ),
        one.reading.current,
        one.fired,
        since(one),
        _state(one),
        declared(project, f"{head}.priority", trigger.priority, f"{path}.priority", unit="count"),
        AT_ONCE if one.reading.fires else trigger.action or "not declared",
        trigger.approver or "not declared",
        cooldown,
    )


def _condition(one: HeldTrigger) -> Sentence:
    return (*in_words(one.reading.limit), f" (now that of {one.reading.worst})" if one.reading.worst else "")


def since(one: HeldTrigger) -> Fact:
    """Return since when a trigger fires."""
    return dated(
        QUANTITY("retraining.trigger.{id}.since", id=segment_of(one.trigger.id)),
        one.reading.since,
        reason=one.fired.reason or ("no daily series" if one.reading.fires else "it does not fire"),
    )


def _state(one: HeldTrigger) -> Sentence:
    if one.reading.fires is None:
        return ("cannot be told",)
    if not one.reading.fires:
        return ("no",)
    return ("yes, since ", since(one)) if one.reading.since else ("yes",)
