"""Takes the ledger and the segment that is watched, gives its error by day."""

from __future__ import annotations

from generator.estimates.facts import NO_LABELS, dated, number
from generator.estimates.headline import Head
from generator.estimates.intervals import COLUMN
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.project import Project
from generator.records.table import Cell, Column, Table


def watched(project: Project, worst: tuple[str, str]) -> tuple[str, str]:
    """Return segment and level whose error is followed by day: the first critical one declared, else the worst."""
    critical = project.settings.objectives.critical_segments
    return (critical[0].segment, critical[0].level) if critical else worst


def daily_table(ledger: Ledger, where: tuple[str, str], head: Head) -> Table:
    """Return the error of one level by day; days without its rows have no value."""
    losses, cells = ledger.production.losses, ledger.plan.cells
    found = dated(ledger) if losses is not None and where in cells else []
    rows: list[tuple[Cell, ...]] = []
    for place, date in found:
        assert losses is not None
        day = losses.day_level[place, cells.index(where)]
        rows.append((date.isoformat(), *_day(f"{where[0]} {where[1]}", date.isoformat(), day.tolist(), head)))
    return (
        absent_daily("the rows have no dates, or none of this segment")
        if not rows
        else Table(
            id="segments.daily",
            title=f"Error by day, {where[0]} {where[1]}",
            columns=_columns(head.metric.title, head.unit),
            rows=tuple(rows),
        )
    )


def absent_daily(reason: str) -> Table:
    """Return the same table without rows."""
    title = "Error of a segment by day"
    return Table(id="segments.daily", title=title, columns=_columns("Error", ""), rows=(), reason=reason)


def _columns(title: str, unit: str) -> tuple[Column, ...]:
    return (
        Column(key="date", label="Date"),
        Column(key="rows", label="Rows", unit="rows"),
        Column(key="error", label=title, unit=unit),
    )


def _day(name: str, date: str, sums: list[float], head: Head) -> tuple[Fact, Fact]:
    n = sums[COLUMN["n"]]
    value = head.ratio.of(sums[COLUMN["e2"]], n)
    return (
        number(f"segments.daily.rows.{date}", n, label=f"Labelled rows, {name}, on {date}", unit="rows"),
        number(
            f"segments.daily.error.{date}",
            value,
            label=f"{head.metric.title}, {name}, on {date}",
            unit=head.unit,
            n=n,
            reason=NO_LABELS,
        ),
    )
