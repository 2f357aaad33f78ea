"""Takes a figure as a document prints it, gives its value, its unit and how far its digits are rounded."""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from generator.stats.rounded import DATE, Rounded, exact
from generator.stats.rounded import rounded as around

NUMBER = r"(?:\d{1,3}(?:[,\u202f\u00a0' ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
PRINTED = re.compile(
    r"(?P<bound><=|>=|<|>|≤|≥|under|below|over|above|up to|at most|at least)?\s*"
    r"(?P<sign>[-+−])?\s*(?P<money>[$€£])?\s*(?P<sign2>[-−])?"
    rf"(?P<number>{NUMBER})\s*(?P<scale>k|K|M|m(?=$)|bn|B|thousand\b|million\b|billion\b)?\s*"
    r"(?P<rest>[^\s\d.,-].{0,40})?"
)
SCALES = {
    "k": 10**3, "K": 10**3, "thousand": 10**3, "M": 10**6, "m": 10**6, "million": 10**6, "B": 10**9, "bn": 10**9,
    "billion": 10**9,
}  # fmt: skip
BOUNDS = {
    "≤": "<=",
    "≥": ">=",
    "under": "<",
    "below": "<",
    "over": ">",
    "above": ">",
    "up to": "<=",
    "at most": "<=",
    "at least": ">=",
}
UNITS = {
    "%": "share",
    "percent": "share",
    "per cent": "share",
    "pp": "points",
    "points": "points",
    "percentage points": "points",
    "percentage point": "points",
    "ms": "ms",
    "milliseconds": "ms",
    "s": "seconds",
    "sec": "seconds",
    "second": "seconds",
    "seconds": "seconds",
    "min": "minutes",
    "minute": "minutes",
    "minutes": "minutes",
    "h": "hours",
    "hour": "hours",
    "hours": "hours",
    "day": "days",
    "d": "days",
    "days": "days",
    "week": "weeks",
    "weeks": "weeks",
    ":1": "to 1",
    "to 1": "to 1",
    ": 1": "to 1",
    "x": "to 1",
    "×": "to 1",
}
TIMES = ("ms", "seconds", "minutes", "hours", "days", "weeks")
HUNDREDTHS = ("share", "points")


class NotPrinted(ValueError):
    """A text that shows no figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A figure as printed: its value with its rounding, its unit, its sign if one is shown, and the bound it states.

    `unit` is a unit of notation, `money`, or any other text; `bound` is one of < <= > >= or empty.
    """

    number: Rounded
    unit: str
    signed: bool = False
    bound: str = ""


def read(text: str, *, counted: bool = False) -> Printed:
    """Return the figure that a text such as `$248.2M`, `+1.3 pp`, `361:1`, `< 200 ms` or `2024-12-01` shows.

    It may be off by half a unit of its last digit; a bound, and what is `counted`, is exact. No figure: NotPrinted.
    """
    if day := _date(text.strip()):
        return Printed(number=exact(day.toordinal(), DATE), unit=DATE)
    found = PRINTED.fullmatch(text.strip())
    if not found:
        raise NotPrinted(text)
    digits = re.sub("[,\u202f\u00a0' ]", "", found["number"])
    unit = UNITS.get((found["rest"] or "").strip(), (found["rest"] or "").strip())
    if found["money"]:
        unit = "money"
    scale = Decimal(SCALES.get(found["scale"] or "", 1)) / (100 if unit in HUNDREDTHS else 1)
    sign = -1 if (found["sign"] or found["sign2"] or "+") in "-−" else 1
    bound = BOUNDS.get(found["bound"] or "", found["bound"] or "")
    last_digit = Decimal(10) ** -len(digits.partition(".")[2]) * scale
    half = 0.0 if bound or counted else float(last_digit / 2)
    time = unit if unit in TIMES else ""
    number = around(float(sign * Decimal(digits) * scale), half, time)
    return Printed(number=number, unit=unit, signed=bool(found["sign"]), bound=bound)


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
