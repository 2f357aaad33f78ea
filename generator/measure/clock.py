"""Takes the days that the rows have and the day asked for, gives the one day of the build and what it leaves out."""

import datetime
from collections.abc import Mapping
from itertools import pairwise

from generator.engines import Scan
from generator.errors import InputError
from generator.measure.frame import LAST_DAY, LAST_YEAR
from generator.measure.inputs import OpenInputs
from generator.records.ledger import Clock
from generator.records.project import Project

EPOCH = datetime.date(1970, 1, 1).toordinal()
APART_DAYS, APART_TIMES = 30, 3
"""A last day is far from the others beyond so many days, and so many times the longest other gap."""
APART_SHARE = 0.01
"""So few of the rows lie on days that are far from the others; more of them are a time of their own."""


def clock(
    opened: OpenInputs, asked: datetime.date | None = None, today: datetime.date | None = None
) -> tuple[Clock, int | None]:
    """Return the clock: the day asked for, else the last day that can be believed, else a date of the project file.

    Beside it stands the last day, since 1970-01-01, whose rows are read; None where all are.

    Raises InputError without any day, when none of the rows is old enough, and where there is no room for a plan.
    """
    days = _days(opened)
    if opened.project.settings.data.time and not days:
        hint = "at least one row below the header"
        raise InputError("the table has no rows", where=opened.table.name, hint=hint)
    dated = {day: rows for day, rows in days.items() if 0 <= day <= LAST_DAY}
    undated = days.get(-1, 0) if opened.project.settings.data.time else None
    if not dated or set(days) - set(dated) - {-1}:
        return Clock(as_of=_fit(asked or _declared(opened.project, dated), asked), undated=undated), None
    newest = max(dated)
    until = _number(asked) if asked else _believed(dated, _number(today or datetime.date.today()))
    if min(dated) > until:
        first, last = date_of(min(dated)), date_of(newest)
        raise InputError(
            f"none of the rows is of {date_of(until)} or before: their days run from {first} to {last}",
            where="--as-of" if asked else opened.table.name,
            hint=f"a day from {first} on",
        )
    after = sum(rows for day, rows in dated.items() if day > until)
    disbelieved = date_of(newest) if asked is None and newest > until else None
    return Clock(as_of=_fit(date_of(until), asked), after=after, undated=undated, last=disbelieved), until


def _days(opened: OpenInputs) -> Mapping[int, int]:
    data = opened.project.settings.data
    if data.time is None:
        return {}
    zone = opened.project.settings.project.time_zone
    scan = Scan(table=opened.table, numeric=(), text=(), time=data.time, time_format=data.time_format, zone=zone)
    return opened.engine.days(scan)


def _believed(rows: Mapping[int, int], today: int) -> int:
    """Return the last day that is neither after tomorrow nor far from the others; the last of all where none is."""
    days = sorted(rows)
    known = [day for day in days if day <= today + 1] or days
    total = sum(rows[day] for day in known)
    for place in range(len(known) - 1, 1, -1):
        gap = known[place] - known[place - 1]
        usual = max(b - a for a, b in pairwise(known[:place]))
        beyond = sum(rows[day] for day in known[place:])
        if beyond > max(APART_SHARE * total, 1):
            break
        if gap > max(APART_DAYS, APART_TIMES * usual):
            return known[place - 1]
    return known[-1]


def _declared(project: Project, dated: Mapping[int, int]) -> datetime.date:
    if dated:
        return date_of(max(dated))
    data, model = project.settings.data, project.settings.model
    for date in (data.validation and data.validation.end, data.training and data.training.end, model.released):
        if date:
            return date
    why = f"no row has a date in column {data.time} that can be read" if data.time else "the rows have no time column"
    cure = "declare how times are written under data.time_format" if data.time else "name the time column"
    raise InputError(
        f"no date to report on: {why}, and the project file names no date",
        where="data.time",
        hint=f"{cure}, or build with --as-of YYYY-MM-DD",
    )


def _fit(day: datetime.date, asked: datetime.date | None) -> datetime.date:
    if day.year > LAST_YEAR:
        raise InputError(
            f"{day} cannot be reported on: a plan looks months ahead",
            where="--as-of" if asked else "dossier.yaml",
            hint=f"a day until the end of {LAST_YEAR}",
        )
    return day


def _number(day: datetime.date) -> int:
    return day.toordinal() - EPOCH


def date_of(number: int) -> datetime.date:
    """Return the day of a number of days since 1970-01-01."""
    return datetime.date.fromordinal(number + EPOCH)
