"""Takes the sums of the errors by day, gives both versions' errors of each day on the same rows."""

from __future__ import annotations

import math
from collections.abc import Iterator

from generator.estimates.facts import NO_LABELS, dated, number, target_unit
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import COLUMN
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Column, Table
from generator.stats.arrays import ratio

NOT_BOTH = "no day has rows that both versions scored and whose outcome is known"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the error of this and of the previous version by day, over the rows that both scored."""
    head = head_of(ledger, target_unit(project))
    rows = tuple(_rows(ledger, head))
    columns = (
        Column(key="date", label="Date"),
        Column(key="rows", label="Rows of both", unit="rows"),
        Column(key="own", label=f"{head.metric.title}, this version", unit=head.unit),
        Column(key="previous", label=f"{head.metric.title}, previous version", unit=head.unit),
    )
    title = "Both versions by day on the same rows"
    table = Table(id="previous.daily", title=title, columns=columns, rows=rows, reason="" if rows else NOT_BOTH)
    return Evidence(facts=tuple(cell for row in rows for cell in row if isinstance(cell, Fact)), tables=(table,))


def _rows(ledger: Ledger, head: Head) -> Iterator[tuple[Cell, ...]]:
    losses = ledger.production.losses
    for place, date in dated(ledger) if losses else ():
        assert losses is not None
        day = losses.day[place]
        n, before = float(day[COLUMN["previous_n"]]), float(day[COLUMN["previous_e2"]])
        if not n:
            continue
        own = before + float(day[COLUMN["previous_d"]])
        yield (
            date.isoformat(),
            number(f"previous.daily.rows.{date}", n, label=f"Rows that both versions scored on {date}", unit="rows"),
            *(
                _error(f"previous.daily.{key}.{date}", square, n, head)
                for key, square in (("own", own), ("previous", before))
            ),
        )


def _error(id: str, square: float, n: float, head: Head) -> Fact:
    mean = ratio(square, n)
    value = math.sqrt(max(mean, 0.0)) if head.ratio.root else mean
    return number(id, value, label=head.metric.name.capitalize(), unit=head.unit, n=n, reason=NO_LABELS)


ANALYSIS = Analysis(id="previous_days", title="Both versions by day", run=run)
