"""Takes the planned charts, gives their facts and the tables that hold designed limits against declared ones."""

from dataclasses import dataclass

import numpy as np

from generator.records.fact import SIMULATION, Fact, Sentence, missing
from generator.records.project import Project
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.charts._in_force import false_alarms_of
from generator.subjects.charts._plan import Planned
from generator.subjects.charts._reach import CATASTROPHES, NEVER, PATHS, SEEN_WITHIN, Seen, chart_path
from generator.subjects.charts._stakes import PlanStakes, finite
from generator.subjects.kit.facts import dated, derived, flag
from generator.subjects.kit.known import Known
from generator.subjects.limits.messages import MOSTLY

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_SERIES = "no metric has a daily series"
SIMULATED = "simulated years drawn from what the supplied days leave open"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ToldChart:
    """A planned chart as facts, by name."""

    plan: Planned
    facts: dict[str, Fact]

    def __getitem__(self, name: str) -> Fact:
        return self.facts[name]


def tell(plan: Planned, stakes: PlanStakes, at: Known, project: Project) -> ToldChart:
    """Return every fact of a chart; ids `alerts.<id>.designed.<name>`."""
    found = {**_base(plan), **_limits(plan), **_seen(plan), **_today(plan), **_money(plan, stakes)}
    for level, _ in plan.declared:
        found[f"{level.name}.false_alarms"] = false_alarms_of(level, at, project)
    return ToldChart(plan=plan, facts=found)


def _fact(
    plan: Planned, name: str, value: object, label: str, unit: str = "", method: str = "", **more: object
) -> Fact:
    number = value if isinstance(value, (int, float)) else None
    if isinstance(number, float):
        number = finite(number)
    if number is not None and unit == "share" and isinstance(number, float) and name == "single_day" and number > 1:
        number = None
    reason = plan.one.reason or "beyond what the metric can be"
    return derived(
        QUANTITY("alerts.{id}.designed.{name}", id=plan.one.id, name=name, label=label, title=plan.one.title),
        number,
        unit=unit,
        method=method,
        reason=str(more.pop("reason", "")) or reason,
        **more,  # type: ignore[arg-type]  # low, high, n, simulated
    )


def _facts(plan: Planned, *rows: tuple[str, object, str, str, str]) -> dict[str, Fact]:
    """Return facts by name, each of its value, label, unit and method."""
    return {name: _fact(plan, name, value, label, unit, method) for name, value, label, unit, method in rows}


def _base(plan: Planned) -> dict[str, Fact]:
    base, one = plan.one.base, plan.one
    level, unit = one.metric_of(base.level) if base else None, one.kind.unit
    matters = plan.material if plan.material is not None or not base else one.metric_of(base.level + base.sd)
    quantity = QUANTITY("alerts.{id}.designed.provisional", id=one.id, title=one.title)
    return {
        **_facts(
            plan,
            ("level", level, "Level when all is well", unit, one.source),
            ("sd", _step(plan), "Usual step from day to day", unit, "one daily standard deviation above the level"),
            ("material", matters, "Value from which it matters", unit, plan.why),
        ),
        "provisional": flag(quantity, base.provisional if base else None, reason=one.reason),
    }


def _step(plan: Planned) -> float | None:
    base = plan.one.base
    if base is None:
        return None
    return abs(plan.one.metric_of(base.level + base.sd) - plan.one.metric_of(base.level))


def _limits(plan: Planned) -> dict[str, Fact]:
    one, base, reach, seen = plan.one, plan.one.base, plan.reach, plan.seen
    method = (
        "sum of daily excesses over the allowance, in usual steps; cheapest limit, or the one with "
        "the wanted false alarms"
    )
    day, single = (None, None)
    if base and reach and seen:
        day, single = (one.metric_of(base.level + k * base.sd) for k in (reach.k, reach.single_day))
    unit, often = one.kind.unit, f"{CATASTROPHES:g} false alarms a year"
    return {
        **_facts(
            plan,
            ("threshold", seen.h if seen else None, "Limit of the chart", "sd", method),
            ("allowance", day, "A day adds to the chart above", unit, "level + half the change that matters"),
            ("single_day", single, "A single day is an alarm beyond", unit, often),
        ),
        "smallest_visible": _visible(plan),
    }


def _visible(plan: Planned) -> Fact:
    """The smallest change that the chart shows beyond what chance shows, or that it cannot tell."""
    one, base, reach, seen = plan.one, plan.one.base, plan.reach, plan.seen
    change = None
    if base and reach and seen:
        change = abs(one.metric_of(base.level + reach.visible(seen.h) * base.sd) - one.metric_of(base.level))
    return _fact(
        plan,
        "smallest_visible",
        change,
        "Smallest lasting change it sees",
        one.kind.unit,
        f"seen within {SEEN_WITHIN} days in four of five cases beyond those in which chance alone fires (Abbott 1925)",
        reason=MOSTLY if change is not None else "",
    )


def _seen(plan: Planned) -> dict[str, Fact]:
    seen = plan.seen
    half = 1.96 * seen.error if seen else 0.0
    found = {
        "false_alarms": _fact(
            plan,
            "false_alarms_per_month",
            seen.per_year / 12 if seen else None,
            "False alarms a month",
            "per month",
            SIMULATED,
            simulated=seen is not None,
            n=PATHS if seen else None,
            low=max(0.0, (seen.per_year - half) / 12) if seen else None,
            high=(seen.per_year + half) / 12 if seen else None,
            range=SIMULATION,
        ),
        "q90": _fact(
            plan,
            "false_alarms_q90_per_month",
            seen.q90 / 12 if seen else None,
            "False alarms a month, one case in ten has more",
            "per month",
            SIMULATED,
        ),
    }
    for index, name in enumerate(("delay", "delay_2x", "delay_3x")):
        words = ("", " at twice the change that matters", " at three times it")[index]
        found[name] = _delay(plan, name, seen, index, f"Delay{words}")
    for level, declared in plan.declared:
        head = f"alerts.{plan.one.id}.{level.name}.compared"
        found[f"{level.name}.delay"] = days_fact(
            f"{head}.delay",
            declared.delays[0],
            f"Delay, {plan.one.title}, {level.name}",
            "mean days from the change that matters to the message, its windows filling and the truth coming in",
        )
    return found


def _delay(plan: Planned, name: str, seen: Seen | None, index: int, label: str) -> Fact:
    id = f"alerts.{plan.one.id}.designed.{name}"
    if seen is None:
        return missing(id, plan.one.reason, label=f"{label}, {plan.one.title}", unit="days")
    return days_fact(
        id,
        seen.delays[index],
        f"{label}, {plan.one.title}",
        "mean days from the onset to the alarm, zero start, the truth coming in among them, simulated",
    )


def days_fact(id: str, value: float, label: str, method: str) -> Fact:
    """Return a mean delay as a fact; one as long as the simulated year is none."""
    return derived(
        id,
        value if value < 0.98 * NEVER else None,
        unit="days",
        label=label,
        method=method,
        simulated=True,
        reason="not seen within a year",
    )


def _today(plan: Planned) -> dict[str, Fact]:
    one, reach, seen = plan.one, plan.reach, plan.seen
    path = chart_path(one, reach.k) if reach else np.zeros(0)
    fired = path > seen.h if seen else np.zeros(0, dtype=np.bool_)
    first = one.days[int(np.argmax(fired))] if fired.any() else None
    return {
        "days_fired": _fact(
            plan,
            "days_fired",
            int(fired.sum()) if seen else None,
            "Days it would have fired",
            "days",
            "supplied days with the chart above its limit",
            n=len(path) or None,
        ),
        "state": _fact(
            plan,
            "state",
            float(path[-1] / seen.h) if seen and path.size else None,
            "Chart today against its limit",
            "share",
            "last day; above 100 % it fires",
        ),
        "first_fired": dated(
            QUANTITY("alerts.{id}.designed.first_fired", id=one.id, title=one.title),
            first,
            reason="it would not have fired" if seen else one.reason,
        ),
    }


def _money(plan: Planned, stakes: PlanStakes) -> dict[str, Fact]:
    price, seen, first = plan.price, plan.seen, plan.first
    reason = stakes.false_alarm.reason or "no risk that this metric would show is priced, nor the loss from errors"
    label = "Cost a year"
    own = price.of(seen) if price and seen else None
    theirs = price.of(first[1]) if price and first else None
    method = "false alarms × their cost + real degradations × loss a day × days until answered"
    found = {
        "cost": _fact(plan, "cost_per_year", own, label, "money", method, reason=reason if seen else ""),
        "saving": _fact(
            plan,
            "saving_per_year",
            theirs - own if own is not None and theirs is not None else None,
            "Saved a year against the declared level",
            "money",
            "cost of the declared rule less that of the chart",
            reason=reason if first else "no level is declared for it",
        ),
    }
    if first:
        found["first.cost"] = derived(
            QUANTITY(
                "alerts.{id}.{name}.compared.cost_per_year",
                id=plan.one.id,
                name=first[0].name,
                label=label,
                title=plan.one.title,
            ),
            theirs,
            method=method,
            reason=reason,
        )
    return found


def designed_table(every: tuple[ToldChart, ...]) -> Table:
    """Return the declared and the designed limit of every metric side by side; first those that have both."""
    return TABLE("alerts.designed", map(_designed_row, sorted(every, key=_comparable)), reason=NO_SERIES)


def _comparable(told: ToldChart) -> int:
    return 0 if told.plan.first else 1 if told.plan.one.levels else 2 if told.plan.seen else 3


def _designed_row(told: ToldChart) -> tuple[Cell, ...]:
    first, one = told.plan.first, told.plan.one
    declared: Cell = _in_force(told) if one.levels else "none"
    if told.plan.seen is None:
        return (one.title, declared, (), (), (), one.reason, (), (), (), ())
    chart: Sentence = ("days beyond ", told["allowance"], " add up; limit ", told["threshold"])
    ours = (chart, told["false_alarms"], told["delay"], told["cost"])
    if first is None:
        return (one.title, declared, (), (), (), *ours, ())
    name = first[0].name
    theirs = (told[f"{name}.false_alarms"], told[f"{name}.delay"], told["first.cost"])
    return (one.title, declared, *theirs, *ours, told["saving"])


def _in_force(told: ToldChart) -> Sentence:
    level = told.plan.first[0] if told.plan.first else told.plan.one.levels[0]
    side = "above" if level.limit.upward else "below"
    return (f"{level.name}: {side} ", level.limit.threshold)


def charts_table(every: tuple[ToldChart, ...]) -> Table:
    """Return what each chart stands on, what it sees, and where it is today."""
    rows = (_chart_row(told) for told in every)
    return TABLE("alerts.charts", rows, reason=NO_SERIES)


def _chart_row(told: ToldChart) -> tuple[Cell, ...]:
    one = told.plan.one
    if told.plan.seen is None:
        return (one.title, *((),) * 13, _status(told))
    return (
        one.title,
        told["level"],
        told["sd"],
        told["material"],
        told["single_day"],
        told["q90"],
        told["delay_2x"],
        told["delay_3x"],
        told["smallest_visible"],
        told["days_fired"],
        told["first_fired"],
        told["state"],
        one.origin,
        told.plan.why,
        _status(told),
    )


def _status(told: ToldChart) -> Mark:
    state = told["state"].number
    if state is None:
        return Mark(status="info", word=told.plan.one.reason)
    if state > 1:
        return Mark(status="red", word="above its limit")
    word = "quiet, provisional" if told["provisional"].value else "quiet"
    return Mark(status="green", word=word)
