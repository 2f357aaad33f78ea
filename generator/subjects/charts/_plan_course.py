"""Takes the chart of the headline metric, gives its course, its trade-off and what its limit rests on, as tables."""

from __future__ import annotations

from generator.records.table import Cell, Mark, Table
from generator.subjects.charts._plan import FACTORS, Price, cheapest
from generator.subjects.charts._plan_facts import NO_SERIES, SIMULATED, Told, days_fact
from generator.subjects.charts._reach import LIMITS, NEVER, chart_path
from generator.subjects.charts._stakes import Stakes, finite
from generator.subjects.kit.facts import columns, derived, table


def series_table(told: Told | None) -> Table:
    """Return the headline metric by day with its chart, for the figure."""
    heads = columns("date", "value", "chart", "fired", "limit", "allowance", "single_day: One day beyond", "level")
    rows = () if told is None or told.plan.seen is None or told.plan.reach is None else _series(told)
    return table("alerts.chart", "Chart of the error by day", heads, rows, reason=NO_SERIES)


def _series(told: Told) -> tuple[tuple[Cell, ...], ...]:
    one, reach, seen = told.plan.one, told.plan.reach, told.plan.seen
    assert reach is not None and seen is not None
    path, head = chart_path(one, reach.k), f"alerts.{one.id}.designed"
    return tuple(
        (
            day.isoformat(),
            derived(
                f"{head}.value.{day.isoformat()}",
                finite(value),
                unit=one.kind.unit,
                reason="no rows on this day",
                label=f"{one.title} on {day.isoformat()}",
                method="as measured",
            ),
            derived(
                f"{head}.chart.{day.isoformat()}",
                level,
                unit="sd",
                label=f"Chart on {day.isoformat()}",
                method="sum of daily excesses over the allowance, never below zero",
            ),
            Mark(status="red", word="fires") if level > seen.h else Mark(status="ok", word="quiet"),
            told["threshold"],
            told["allowance"],
            told["single_day"],
            told["level"],
        )
        for day, value, level in zip(one.days, one.values.tolist(), path.tolist(), strict=True)
    )


def trade_off_table(told: Told | None) -> Table:
    """Return false alarms a month against delay over all limits of the headline chart, for the figure."""
    heads = columns("point", "limit", "false_alarms: False alarms a month", "delay")
    rows: list[tuple[Cell, ...]] = []
    if told is not None and told.plan.reach is not None:
        reach, head = told.plan.reach, f"alerts.{told.plan.one.id}.trade_off"
        points = zip(LIMITS.tolist(), reach.per_year.tolist(), reach.delays[0].tolist(), strict=True)
        for index, (limit, rate, delay) in enumerate(points, start=1):
            if rate > 0.01 and delay < 0.9 * NEVER:
                rows.append(
                    (
                        "chart",
                        derived(f"{head}.{index}.limit", limit, unit="sd", label="Limit", method=SIMULATED),
                        derived(
                            f"{head}.{index}.false_alarms",
                            rate / 12,
                            unit="per month",
                            label="False alarms a month at this limit",
                            method=SIMULATED,
                        ),
                        derived(
                            f"{head}.{index}.delay", delay, unit="days", label="Delay at this limit", method=SIMULATED
                        ),
                    )
                )
        rows += [("designed", told["threshold"], told["false_alarms"], told["delay"])] if told.plan.seen else []
        rows += [
            (level.name, level.limit.threshold, told[f"{level.name}.false_alarms"], told[f"{level.name}.delay"])
            for level, _ in told.plan.declared
        ]
    return table("alerts.trade_off", "False alarms against delay", heads, rows, reason=NO_SERIES)


def sensitivity_table(told: Told | None, stakes: Stakes) -> Table:
    """Return the cheapest limit of the headline chart with each guess varied."""
    heads = columns(
        "*guess: If",
        "limit: Cheapest limit",
        "false_alarms: False alarms a month",
        "delay",
        "cost: Cost a year",
        "declared: Declared rule",
        "saving: Difference a year",
    )
    rows: list[tuple[Cell, ...]] = []
    if told is not None and told.plan.price is not None and told.plan.reach is not None:
        price = told.plan.price
        for key, words, changed in _varied(price):
            rows.append((words, *_resolved(told, key, changed)))
    reason = stakes.false_alarm.reason or stakes.loss_per_day.reason or NO_SERIES
    return table("alerts.sensitivity", "What the cheapest limit rests on", heads, rows, reason=reason)


def _varied(price: Price) -> list[tuple[str, str, Price]]:
    few, many = FACTORS

    def losses(factor: float) -> tuple[tuple[float, float, int, float], ...]:
        return tuple((rate * factor, loss, size, found) for rate, loss, size, found in price.losses)

    def priced(alarm: float, factor: float = 1.0) -> Price:
        return Price(false_alarm=alarm, response=price.response, losses=losses(factor))

    cost = price.false_alarm
    return [
        ("base", "everything is as declared", price),
        ("fewer", "degradations are three times rarer, or three times milder", priced(cost, few)),
        ("more", "degradations are three times more frequent, or three times graver", priced(cost, many)),
        ("cheap", "a false alarm costs a third", priced(cost * few)),
        ("dear", "a false alarm costs three times as much", priced(cost * many)),
    ]


def _resolved(told: Told, key: str, price: Price) -> tuple[Cell, ...]:
    reach, first, head = told.plan.reach, told.plan.first, f"alerts.{told.plan.one.id}.sensitivity.{key}"
    assert reach is not None
    seen = reach.at(cheapest(reach, price))
    own, theirs = price.of(seen), price.of(first[1]) if first else None
    none = "no level is declared for it"
    return (
        derived(f"{head}.limit", seen.h, unit="sd", label="Cheapest limit", method=SIMULATED),
        derived(
            f"{head}.false_alarms",
            seen.per_year / 12,
            unit="per month",
            label="False alarms a month",
            method=SIMULATED,
            simulated=True,
        ),
        days_fact(f"{head}.delay", seen.delays[0], "Delay", "mean days after the change that matters"),
        derived(f"{head}.cost", own, unit="money", label="Cost a year", method="as in the design"),
        derived(
            f"{head}.declared",
            theirs,
            unit="money",
            label="Cost a year, declared",
            method="as in the design",
            reason=none,
        ),
        derived(
            f"{head}.saving",
            None if theirs is None else theirs - own,
            unit="money",
            label="Difference a year",
            method="declared less designed",
            reason=none,
        ),
    )
