"""Takes a day and the project's calendar, gives the working day on which it can happen, and series of such days."""

import datetime
from collections.abc import Iterator

from generator.records.project import Calendar, Repeat
from generator.records.public_holidays import public_holidays

Date = datetime.date
FRIDAY = 4
LAST = Date(9998, 12, 31)
"""The last day that anything is put on: what is a year after it can still be written."""
MONTHS: dict[Repeat, int] = {"monthly": 1, "quarterly": 3, "yearly": 12}
DAYS: dict[Repeat, int] = {"daily": 1, "weekly": 7, "two-weekly": 14}


def days_on(day: Date, days: int) -> Date:
    """Return the day so many days on, or where the calendar ends sooner its last or first one."""
    return Date.fromordinal(min(max(day.toordinal() + days, Date.min.toordinal()), max(day, LAST).toordinal()))


def obstacle(day: Date, calendar: Calendar, *, release: bool) -> str:
    """Return why nothing can happen on `day`, empty when it can; freezes only stop releases."""
    if day.weekday() > FRIDAY:
        return "weekend"
    if day in calendar.holidays:
        return "holiday"
    if calendar.country and (name := public_holidays(calendar.country, calendar.region, day.year).get(day)):
        return f"holiday: {name}"
    frozen = next((freeze for freeze in calendar.freezes if freeze.start <= day <= freeze.end), None)
    if release and frozen is not None:
        return f"freeze: {frozen.reason}" if frozen.reason else "freeze"
    return ""


def working(day: Date, calendar: Calendar) -> Date:
    """Return the first working day from `day` on; the day itself where a year has none."""
    days = (day + datetime.timedelta(days=on) for on in range(366))
    return next((one for one in days if not obstacle(one, calendar, release=False)), day)


def every(repeat: Repeat, first: Date, start: Date, end: Date) -> Iterator[Date]:
    """Yield the days of a repeated activity after `start` up to `end`, in step with `first`."""
    index = 0
    while (day := _step(repeat, first, index)) <= end:
        if day > start:
            yield day
        index += 1


def year_after(day: Date) -> Date:
    """Return the same day twelve months on."""
    return add_months(day, 12)


def add_months(day: Date, months: int) -> Date:
    """Return the day `months` on, the last of its month where that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    next_month = Date(year + month // 11, (month + 1) % 12 + 1, 1)
    last = (next_month - datetime.timedelta(days=1)).day
    return Date(year, month + 1, min(day.day, last))


def _step(repeat: Repeat, first: Date, index: int) -> Date:
    if repeat in DAYS:
        return first + datetime.timedelta(days=DAYS[repeat] * index)
    return add_months(first, MONTHS[repeat] * index)
