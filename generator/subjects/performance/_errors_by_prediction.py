"""Takes the loss sums by tenth of the predictions, gives how the error runs along them."""

from __future__ import annotations

from generator.estimates.facts import number
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import COLUMN, estimate
from generator.estimates.whole import of_level
from generator.records.ledger import Ledger
from generator.records.table import Cell, Column, Table


def by_prediction(ledger: Ledger, unit: str) -> Table:
    """Return error and bias by tenth of the predictions; `unit` is that of the target."""
    head = head_of(ledger, unit)
    columns = (
        Column(key="decile", label="Tenth of the predictions"),
        Column(key="low", label="From", unit=unit),
        Column(key="high", label="To", unit=unit),
        Column(key="rows", label="Rows", unit="rows"),
        Column(key="error", label=head.metric.title),
        Column(key="bias", label="Mean error"),
    )
    start = 0
    rows: list[tuple[Cell, ...]] = []
    for segment in ledger.plan.segments:
        if segment.name == "(prediction)" and ledger.production.losses is not None:
            rows = [
                row
                for i in range(len(segment.cuts) + 1)
                if (row := _decile(ledger, start, i, segment.cuts, head, unit))
            ]
        start += len(segment.levels)
    return Table(
        id="errors.by_prediction",
        title="Errors along the predictions",
        columns=columns,
        rows=tuple(rows),
        reason="" if rows else "needs labels and the reference distribution of the predictions",
    )


def _decile(
    ledger: Ledger, start: int, index: int, cuts: tuple[float, ...], head: Head, unit: str
) -> tuple[Cell, ...] | None:
    sums = of_level(ledger, start + index)
    if sums is None or sums.group[:, COLUMN["n"]].sum() < 30:
        return None
    found = estimate(head.ratio, sums)
    name = f"errors.by_prediction.{index + 1}"
    edges = (None, *cuts, None)
    ends = [
        () if edge is None else number(f"{name}.{end}", edge, label=end, unit=unit, source="training statistics")
        for end, edge in (("low", edges[index]), ("high", edges[index + 1]))
    ]
    return (
        str(index + 1),
        *ends,
        number(f"{name}.rows", sums.total("n"), label="Rows", unit="rows"),
        number(
            f"{name}.{head.metric.metric}",
            found.value,
            label=head.metric.name.capitalize(),
            unit=head.unit,
            low=found.low,
            high=found.high,
            n=found.n,
            method=found.method,
        ),
        number(f"{name}.bias", sums.total("e") / sums.total("n"), label="Mean error", unit=unit, n=found.n),
    )
