"""Takes the sums of the errors by day, gives both versions' errors of each day on the same rows."""

import math
from collections.abc import Iterator

from generator.estimates.facts import NO_LABELS, dated, number, target_unit
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import COLUMN
from generator.records.evidence import Evidence
from generator.records.fact import Fact, facts_of
from generator.records.headline import named
from generator.records.ledger import Ledger
from generator.records.plugin import Subject
from generator.records.project import Project
from generator.results.words import tables
from generator.stats.arrays import ratio
from generator.subjects.performance.found import BothDay, BothDays

TABLE = tables(__file__)

NOT_BOTH = "no day has rows that both versions scored and whose outcome is known"


def find(project: Project, ledger: Ledger) -> BothDays:
    """Return the error of this and of the previous version by day, over the rows that both scored."""
    head = head_of(ledger, target_unit(project))
    return BothDays(headline=head.metric.metric, unit=head.unit, days=tuple(_days(ledger, head)))


def show(found: BothDays) -> Evidence:
    """Return every fact and the table of the days."""
    rows = ((day.date.isoformat(), day.rows, day.own, day.previous) for day in found.days)
    error = named(found.headline).title
    days = TABLE("previous.daily", rows, reason=NOT_BOTH, error=error, unit=found.unit)
    return Evidence(facts=tuple(facts_of(found)), tables=(days,))


def _days(ledger: Ledger, head: Head) -> Iterator[BothDay]:
    losses = ledger.production.losses
    for place, date in dated(ledger) if losses else ():
        assert losses is not None
        day = losses.day[place]
        n, before = float(day[COLUMN["previous_n"]]), float(day[COLUMN["previous_e2"]])
        if n:
            label = f"Rows that both versions scored on {date}"
            yield BothDay(
                date=date,
                rows=number(f"previous.daily.rows.{date}", n, label=label, unit="rows"),
                own=_error(f"previous.daily.own.{date}", before + float(day[COLUMN["previous_d"]]), n, head),
                previous=_error(f"previous.daily.previous.{date}", before, n, head),
            )


def _error(id: str, square: float, n: float, head: Head) -> Fact:
    mean = ratio(square, n)
    value = math.sqrt(max(mean, 0.0)) if head.ratio.root else mean
    return number(id, value, label=head.metric.name.capitalize(), unit=head.unit, n=n, reason=NO_LABELS)


SUBJECT = Subject(id="previous_days", title="Both versions by day", find=find, show=show)
