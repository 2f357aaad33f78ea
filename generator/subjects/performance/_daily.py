"""Takes the loss sums by day, gives the course of the error: day by day, by thirds, its slope."""

from __future__ import annotations

import math

import numpy as np

from generator.estimates.facts import NO_LABELS, dated, estimated, number
from generator.estimates.headline import Head
from generator.estimates.intervals import COLUMN, Sums
from generator.estimates.window_estimates import in_window
from generator.estimates.windows import NAMES, NO_THIRDS, THIRDS, windows
from generator.records.aggregates import FloatArray
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.table import Cell, Column, Mark, Table
from generator.stats.arrays import divide
from generator.stats.cluster import ar1_day_variance
from generator.stats.intervals import Interval, t_interval


def run(ledger: Ledger, sums: Sums | None, head: Head, unit: str) -> Evidence:
    """Return daily errors, the thirds of the window and the slope."""
    table, facts = _daily(ledger, sums, head, unit)
    parts = _thirds(ledger, sums, head)
    return Evidence(facts=(*facts, *parts, _slope(sums, head)), tables=(table, _thirds_table(parts, head)))


def _daily(ledger: Ledger, sums: Sums | None, head: Head, unit: str) -> tuple[Table, list[Fact]]:
    columns = (
        Column(key="date", label="Date"),
        Column(key="rows", label="Rows", unit="rows"),
        Column(key="error", label=head.metric.title, unit=head.unit),
        Column(key="mae", label="Mean absolute error", unit=unit),
        Column(key="bias", label="Mean error", unit=unit),
    )
    rows = [] if sums is None else [_day(ledger, place, date.isoformat(), head, unit) for place, date in dated(ledger)]
    reason = "" if rows else (NO_LABELS if sums is None else "the rows have no dates")
    table = Table(id="performance.daily", title="Errors by day", columns=columns, rows=tuple(rows), reason=reason)
    return table, [cell for row in rows for cell in row if isinstance(cell, Fact)]


def _day(ledger: Ledger, place: int, date: str, head: Head, unit: str) -> tuple[Cell, ...]:
    assert ledger.production.losses is not None
    day = ledger.production.losses.day[place]
    n = float(day[COLUMN["n"]])
    values = {
        "rows": (float(day[COLUMN["rows"]]), "rows", "Rows"),
        head.metric.metric: (head.ratio.of(day[COLUMN["e2"]], n), head.unit, head.metric.name.capitalize()),
        "mae": (day[COLUMN["abs"]] / n if n else math.nan, unit, "Mean absolute error"),
        "bias": (day[COLUMN["e"]] / n if n else math.nan, unit, "Mean error"),
    }
    facts = [
        number(f"performance.daily.{name}.{date}", value, label=f"{label} on {date}", unit=kind, n=n, reason=NO_LABELS)
        for name, (value, kind, label) in values.items()
    ]
    return (date, *facts)


def _thirds(ledger: Ledger, sums: Sums | None, head: Head) -> list[Fact]:
    cut, losses = windows(ledger), ledger.production.losses
    found = []
    for name in THIRDS:
        places = cut.of(name)
        if places is None or sums is None or losses is None:
            label = f"{head.metric.name.capitalize()}, {NAMES[name]}"
            found.append(number(head.id(name), math.nan, label=label, unit=head.unit, reason=NO_THIRDS))
            continue
        part = in_window(head.ratio, sums, losses.day[places])
        label = f"{head.metric.name.capitalize()}, {NAMES[name]} of the window"
        found.append(estimated(head.id(name), part, label=label, unit=head.unit))
    return found


def _thirds_table(facts: list[Fact], head: Head) -> Table:
    columns = (
        Column(key="window", label="Part of the window"),
        Column(key="rows", label="Rows", unit="rows"),
        Column(key="error", label=head.metric.title),
        Column(key="change", label="Against the first", unit="change"),
        Column(key="status", label="Reading"),
    )
    told = [(name, fact) for name, fact in zip(THIRDS, facts, strict=True) if fact.value is not None]
    rows = tuple(_third(name, fact, told[0][1], head) for name, fact in told)
    return Table(
        id="performance.thirds",
        title="The window in thirds",
        columns=columns,
        rows=rows,
        reason="" if rows else NO_THIRDS,
    )


def _third(name: str, fact: Fact, first: Fact, head: Head) -> tuple[Cell, ...]:
    assert isinstance(fact.value, float | int) and isinstance(first.value, float | int)
    rows = number(f"performance.rows.{name}", float(fact.n or 0), label=f"Rows, {NAMES[name]}", unit="rows")
    change = number(
        head.id(f"{name}_change"),
        fact.value / first.value - 1 if first.value else math.nan,
        label=f"{head.metric.name.capitalize()}, {NAMES[name]} against the first",
        unit="change",
        origin="derived",
    )
    if fact is first:
        return (NAMES[name], rows, fact, (), ())
    worse = fact.low is not None and first.high is not None and fact.low > first.high
    mark = Mark(status="confirmed", word="worse") if worse else Mark(status="info", word="no clear change")
    return (NAMES[name], rows, fact, change, mark)


def _slope(sums: Sums | None, head: Head) -> Fact:
    """Return the slope of the daily error, with the variance of its residuals' mean carried to the slope."""
    daily = np.zeros(0) if sums is None else _by_day(sums, head)
    seen = np.isfinite(daily)
    id, label = head.id("trend"), f"Change of the {head.metric.name} a day"
    unit = f"{head.unit} a day" if head.unit and head.unit != "money" else head.unit
    if seen.sum() < 10:
        return number(id, math.nan, label=label, unit=unit, reason="needs at least ten days with labels")
    found = _fit(np.flatnonzero(seen).astype(np.float64), daily[seen])
    return number(
        id,
        found.estimate,
        label=label,
        unit=unit,
        low=found.low,
        high=found.high,
        n=int(seen.sum()),
        method="straight line through the daily values, errors of neighbouring days correlated",
    )


def _fit(x: FloatArray, y: FloatArray) -> Interval:
    slope, level = np.polyfit(x, y, 1)
    residual = y - (slope * x + level)
    days = ar1_day_variance(residual)
    spread = float(((x - x.mean()) ** 2).mean())
    return t_interval(float(slope), days.se2 / spread, max(len(x) - 2.0, 1.0))


def _by_day(sums: Sums, head: Head) -> FloatArray:
    mean = divide(sums.day[:, COLUMN["e2"]], sums.day[:, COLUMN["n"]])
    return np.sqrt(mean) if head.ratio.root else mean
