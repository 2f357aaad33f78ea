"""Settings → numbers and dates that cannot be meant: shares above one, negative times, the year 9999."""

import datetime
import re
from collections.abc import Iterator

from generator.load.complaint import Complaint
from generator.load.walk import Single, values
from generator.load.wording import LARGEST
from generator.records.project import Settings

YEARS = range(1970, 2101)
NOT_NEGATIVE = {"hours", "minutes", "ms", "days", "months", "count"}
PAID = re.compile("cost|loss|budget|rate")
"""In the name of an amount of money: it is paid or allowed, and never below zero."""
SCALE = {"likelihood", "impact"}
AT_LEAST_ONE = {"every_days", "soak_minutes", "period_days", "horizon_months"}


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every number or date outside what its unit allows."""
    for single in values(settings):
        if isinstance(single.value, datetime.date):
            yield from _date(single, single.value)
        elif isinstance(single.value, (int, float)) and not isinstance(single.value, bool):
            yield from _number(single, single.value)


def _date(single: Single, day: datetime.date) -> Iterator[Complaint]:
    if day.year not in YEARS:
        yield Complaint(
            single.path,
            f"is {day.isoformat()}, which cannot be meant",
            f"write a date between {YEARS[0]} and {YEARS[-1]}, or leave the key away",
        )


def _number(single: Single, value: float) -> Iterator[Complaint]:
    key = single.path[-1]
    if abs(value) > LARGEST:
        yield Complaint(single.path, f"is {value:g}, which cannot be meant", "write a smaller number")
    elif single.unit == "share" and not 0 <= value <= 1:
        cure = f"write {value / 100:g} for {value:g} %" if 1 < value <= 100 else "write 0.25 for 25 %"
        yield Complaint(single.path, f"is {value:g}, which is no share between 0 and 1", cure)
    elif key in SCALE and not 1 <= value <= 5:
        yield Complaint(single.path, f"is {value:g}, which is not on the scale", "write 1 (low) to 5 (high)")
    elif key in AT_LEAST_ONE and value < 1:
        yield Complaint(single.path, f"is {value:g}", "write 1 or more")
    elif single.unit in NOT_NEGATIVE and value < 0:
        measured = "" if single.unit == "count" else f" {single.unit}"
        yield Complaint(single.path, f"is {value:g}{measured}", "write 0 or more")
    elif single.unit == "money" and value < 0 and PAID.search(str(key)):
        yield Complaint(single.path, f"is {value:g}", "write what is paid as 0 or more")
