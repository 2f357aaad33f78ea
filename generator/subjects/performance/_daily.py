"""Takes the loss sums by day, gives the course of the error: day by day, by thirds, its slope."""

import datetime
import math
from collections.abc import Iterator

from generator.estimates.facts import NO_LABELS, date_of, dated, estimated, number
from generator.estimates.headline import Head
from generator.estimates.intervals import COLUMN, Sums
from generator.estimates.pairs import Day
from generator.estimates.window_estimates import in_window
from generator.estimates.windows import NAMES, NO_THIRDS, THIRDS, windows
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.results.words import quantities
from generator.subjects.performance.found import Third

QUANTITY = quantities(__file__)


def days(ledger: Ledger, sums: Sums | None, head: Head, unit: str) -> tuple[Day, ...]:
    """Return the errors of every day; none without labels or without dates."""
    return () if sums is None else tuple(_day(ledger, place, date, head, unit) for place, date in dated(ledger))


def _day(ledger: Ledger, place: int, date: datetime.date, head: Head, unit: str) -> Day:
    assert ledger.production.losses is not None
    day = ledger.production.losses.day[place]
    n = float(day[COLUMN["n"]])
    values = {
        "rows": (float(day[COLUMN["rows"]]), "rows", "Rows"),
        head.metric.metric: (head.ratio.of(day[COLUMN["e2"]], n), head.unit, head.metric.name.capitalize()),
        "mae": (day[COLUMN["abs"]] / n if n else math.nan, unit, "Mean absolute error"),
        "bias": (day[COLUMN["e"]] / n if n else math.nan, unit, "Mean error"),
    }
    facts = {
        name: number(
            QUANTITY("performance.daily.{name}.{date}", name=name, date=date, label=label),
            value,
            unit=kind,
            n=n,
            reason=NO_LABELS,
        )
        for name, (value, kind, label) in values.items()
    }
    return Day(date=date, rows=facts.pop("rows"), values=facts)


def thirds(ledger: Ledger, sums: Sums | None, head: Head) -> Iterator[Third]:
    """Yield the error of each third of the window, and how it differs from the first that has one."""
    cut, losses = windows(ledger), ledger.production.losses
    first: float | None = None
    for name in THIRDS:
        places, label = cut.of(name), f"{head.metric.name.capitalize()}, {NAMES[name]}"
        if places is None or sums is None or losses is None:
            yield Third(
                window=name,
                start=None,
                end=None,
                error=number(head.id(name), math.nan, label=label, unit=head.unit, reason=NO_THIRDS),
            )
            continue
        part = in_window(head.ratio, sums, losses.day[places])
        error = estimated(head.id(name), part, label=f"{label} of the window", unit=head.unit)
        change = None if first is None else _change(name, part.value, first, head)
        first = part.value if first is None and error.number is not None else first
        rows = number(QUANTITY("performance.rows.{name}", name=name, names=NAMES[name]), float(part.n))
        start, end = (date_of(int(ledger.production.days[place])) for place in (places[0], places[-1]))
        yield Third(window=name, start=start, end=end, error=error, rows=rows, change=change)


def _change(name: str, value: float, first: float, head: Head) -> Fact:
    return number(
        head.id(f"{name}_change"),
        value / first - 1 if first else math.nan,
        label=f"{head.metric.name.capitalize()}, {NAMES[name]} against the first",
        unit="change",
        origin="derived",
    )
