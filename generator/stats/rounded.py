"""Takes numbers as they are printed, gives arithmetic that carries along how far each may be rounded.

Interval arithmetic (Moore 1966): the limits of a result hold whatever the unprinted digits were.
"""

import math
from dataclasses import dataclass

SECONDS = {"ms": 1e-3, "seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0, "weeks": 604800.0}
DATE = "date"
LARGEST = 1e18
LARGEST_EXPONENT = 12.0
SLACK = 1e-9


class ArithmeticRefusal(ValueError):
    """A result that no figure can have: a division by zero, a number beyond all measure, a sum of two dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounded:
    """A number and the limits within which it may have been rounded.

    `unit` is a unit of time, or `date` for a day (as an ordinal); every other unit is left empty, as it needs no
    conversion.
    """

    value: float
    low: float
    high: float
    unit: str = ""


def exact(value: float, unit: str = "") -> Rounded:
    """Return a number that is not rounded."""
    return Rounded(value=value, low=value, high=value, unit=unit)


def rounded(value: float, half: float, unit: str = "") -> Rounded:
    """Return a number that may be off by `half` on either side: half a unit of its last printed digit."""
    return Rounded(value=value, low=value - half, high=value + half, unit=unit)


def add(a: Rounded, b: Rounded) -> Rounded:
    """Sum in the unit of `a`, or of `b` where only that has one; a date plus days is a date."""
    if a.unit == b.unit == DATE:
        raise ArithmeticRefusal("adds two dates")
    if b.unit == DATE:
        a, b = b, a
    unit = a.unit or b.unit
    b = in_unit(b, "days" if unit == DATE else unit)
    return _made((a.value + b.value, a.low + b.low, a.high + b.high), unit)


def subtract(a: Rounded, b: Rounded) -> Rounded:
    """Difference in the unit of `a`; that of two dates is in days."""
    if b.unit == DATE and a.unit != DATE:
        raise ArithmeticRefusal("subtracts a date from a number")
    if a.unit == b.unit == DATE:
        return _made((a.value - b.value, a.low - b.high, a.high - b.low), "days")
    return add(a, negative(b))


def negative(a: Rounded) -> Rounded:
    """The number with the other sign."""
    _no_date(a)
    return Rounded(value=-a.value, low=-a.high, high=-a.low, unit=a.unit)


def multiply(a: Rounded, b: Rounded) -> Rounded:
    """Product; a time keeps its unit beside a plain number, and loses it beside another time."""
    _no_date(a, b)
    ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return _made((a.value * b.value, min(ends), max(ends)), "" if a.unit and b.unit else a.unit or b.unit)


def divide(a: Rounded, b: Rounded) -> Rounded:
    """Quotient; two times give a plain number. A divisor that may be zero within its rounding is refused."""
    _no_date(a, b)
    if b.low <= 0 <= b.high:
        raise ArithmeticRefusal("divides by zero, or by a figure that may be zero within its rounding")
    if a.unit and b.unit:
        b = in_unit(b, a.unit)
    ends = [x / y for x in (a.low, a.high) for y in (b.low, b.high)]
    return _made((a.value / b.value, min(ends), max(ends)), "" if b.unit else a.unit)


def power(a: Rounded, b: Rounded) -> Rounded:
    """Power with an exponent that is not rounded and not beyond twelve."""
    _no_date(a, b)
    if b.low != b.high or b.unit:
        raise ArithmeticRefusal("has an exponent that is rounded")
    if abs(b.value) > LARGEST_EXPONENT:
        raise ArithmeticRefusal(f"has an exponent beyond {LARGEST_EXPONENT:g}")
    if (b.value < 0 and a.low <= 0 <= a.high) or (not b.value.is_integer() and a.low < 0):
        raise ArithmeticRefusal("takes a power that has no value")
    ends = [a.low**b.value, a.high**b.value]
    bottom = 0.0 if a.low < 0 < a.high and b.value > 0 and b.value % 2 == 0 else min(ends)
    return _made((a.value**b.value, bottom, max(ends)), "")


def smallest(*items: Rounded) -> Rounded:
    """The least of some numbers, in the unit of the first."""
    items = _alike(items)
    return _made((min(i.value for i in items), min(i.low for i in items), min(i.high for i in items)), items[0].unit)


def largest(*items: Rounded) -> Rounded:
    """The greatest of some numbers, in the unit of the first."""
    items = _alike(items)
    return _made((max(i.value for i in items), max(i.low for i in items), max(i.high for i in items)), items[0].unit)


def magnitude(a: Rounded) -> Rounded:
    """The number without its sign."""
    _no_date(a)
    ends = sorted((abs(a.low), abs(a.high)))
    return _made((abs(a.value), 0.0 if a.low < 0 < a.high else ends[0], ends[1]), a.unit)


def to_places(a: Rounded, places: Rounded | None = None) -> Rounded:
    """The number rounded to so many decimals, half of one more unit of the last being its new tolerance."""
    _no_date(a)
    count = int(places.value) if places else 0
    if abs(count) > LARGEST_EXPONENT:
        raise ArithmeticRefusal(f"rounds to more than {LARGEST_EXPONENT:g} places")
    half = 0.5 * 10.0**-count
    return _made((round(a.value, count), a.low - half, a.high + half), a.unit)


def root(a: Rounded) -> Rounded:
    """The square root."""
    return power(a, exact(0.5))


def in_unit(a: Rounded, unit: str) -> Rounded:
    """The same time in another unit; a plain number is taken to be in that unit already."""
    if unit and (a.unit == DATE) != (unit == DATE):
        raise ArithmeticRefusal("mixes a date with a number")
    if not unit or not a.unit or a.unit == unit:
        return Rounded(value=a.value, low=a.low, high=a.high, unit=a.unit or unit)
    factor = SECONDS[a.unit] / SECONDS[unit]
    return Rounded(value=a.value * factor, low=a.low * factor, high=a.high * factor, unit=unit)


def agree(a: Rounded, b: Rounded) -> bool:
    """Can both be the same number, given how far each is rounded?"""
    b = in_unit(b, a.unit)
    slack = SLACK * max(abs(a.value), abs(b.value))
    return a.low <= b.high + slack and b.low <= a.high + slack


def _alike(items: tuple[Rounded, ...]) -> tuple[Rounded, ...]:
    unit = next((item.unit for item in items if item.unit), "")
    return tuple(in_unit(item, unit) for item in items)


def _no_date(*items: Rounded) -> None:
    if any(item.unit == DATE for item in items):
        raise ArithmeticRefusal("counts with a date; only the difference of two dates is a number of days")


def _made(parts: tuple[float, float, float], unit: str) -> Rounded:
    if not all(math.isfinite(part) and abs(part) <= LARGEST for part in parts):
        raise ArithmeticRefusal("gives a number beyond all measure")
    return Rounded(value=parts[0], low=parts[1], high=parts[2], unit=unit)
