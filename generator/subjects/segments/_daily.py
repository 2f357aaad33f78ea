"""Takes the ledger and the segment that is watched, gives its error by day."""

import datetime

from generator.estimates.facts import NO_LABELS, dated, number
from generator.estimates.headline import Head
from generator.estimates.intervals import COLUMN
from generator.estimates.pairs import Day
from generator.records.aggregates import FloatArray
from generator.records.ledger import Ledger
from generator.records.project import Project
from generator.results.words import quantities

QUANTITY = quantities(__file__)


def watched(project: Project, worst: tuple[str, str]) -> tuple[str, str]:
    """Return segment and level whose error is followed by day: the first critical one declared, else the worst."""
    critical = project.settings.objectives.critical_segments
    return (critical[0].segment, critical[0].level) if critical else worst


def days(ledger: Ledger, where: tuple[str, str], head: Head) -> tuple[Day, ...]:
    """Return the error of one level by day; days without its rows have no value."""
    losses, cells = ledger.production.losses, ledger.plan.cells
    if losses is None or where not in cells:
        return ()
    by_day, column = losses.day_level, cells.index(where)
    return tuple(_day(f"{where[0]} {where[1]}", date, by_day[place, column], head) for place, date in dated(ledger))


def _day(name: str, date: datetime.date, sums: FloatArray, head: Head) -> Day:
    n = float(sums[COLUMN["n"]])
    error = number(
        QUANTITY("segments.daily.error.{date}", date=date, title=head.metric.title, name=name),
        head.ratio.of(float(sums[COLUMN["e2"]]), n),
        unit=head.unit,
        n=n,
        reason=NO_LABELS,
    )
    return Day(
        date=date,
        rows=number(QUANTITY("segments.daily.rows.{date}", date=date, name=name), n),
        values={head.metric.metric: error},
    )
