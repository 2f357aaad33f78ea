"""How a fact is written in figures: its unit decides the form, its interval the digits.

Units: `share` (0.12 → 12.0 %), `points` (0.1 → 10.0 pp), `change` (0.15 → +15.0 %), `money` (currency of the
project), `sd` (reference standard deviations), `rows`, `count`, `days`, `hours`, `minutes`, `ms`, `per month`,
`per year`, `date`, `flag`, `probability`, `log-odds` (what a model of probabilities adds up: 0.7 doubles the odds),
or any other text, which is printed behind the number.
"""

import datetime
import math
import re
from collections.abc import Iterable
from typing import Literal

from generator.records.fact import SAMPLING, Fact, Kind, Sentence
from generator.records.reason import UNDECLARED

MINUS = "\u2212"
THIN = "\u202f"
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
PERCENT = {"share", "change", "probability"}
WHOLE = {"rows", "count"}
SUFFIX = {
    "share": f"{THIN}%",
    "probability": f"{THIN}%",
    "change": f"{THIN}%",
    "points": f"{THIN}pp",
    "sd": f"{THIN}SD",
    "days": " days",
    "hours": " h",
    "minutes": " min",
    "ms": f"{THIN}ms",
    "per month": " per month",
    "per year": " per year",
    "rows": " rows",
}
HEADINGS = {
    "share": "%",
    "probability": "%",
    "change": "%",
    "points": "pp",
    "sd": "SD",
    "hours": "h",
    "minutes": "min",
}
RANGE_WORDS: dict[Kind, str] = {
    "sampling": "",
    "declared": "declared",
    "scenario": "scenario",
    "simulation": "simulated",
    "none": "",
}
FINEST, MOST = {"money": 2, "rows": 0, "count": 0}, 9
"""Most decimals that are shown to tell two numbers apart."""
ROUGH, FIGURES = 1000, 3
"""The size from which a number may be told roughly, and the figures that are then left of it."""
LARGE = 10_000
"""The sum from which one that is worked out from what people state is told in one figure more than that: no estimate is
as sure as its last dollar."""
RATES, LEAST_RATE = {"per month", "per year"}, 0.01
"""Frequencies, and the one below which a figure would only pretend to know more."""
PLUS = " + "
"""What stands between the terms of a sum."""
NO_HEADING = {"", "count", "rows", "date", "flag"}

Tone = Literal["good", "caution", "bad", "open", "plain"]
TONES: dict[str, Tone] = {
    "pass": "good",
    "ok": "good",
    "green": "good",
    "watch": "caution",
    "yellow": "caution",
    "confirmed": "caution",
    "fail": "bad",
    "severe": "bad",
    "red": "bad",
    "inconclusive": "open",
    "info": "plain",
}
SHAPES: dict[Tone, str] = {"good": "●", "caution": "▲", "bad": "■", "open": "◆", "plain": "○"}
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]"
    "|[\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U0010ffff]"
)
"""Control, invisible, bidi-override, surrogate, private, unassigned and tag characters."""
SPACES = re.compile("[ \t\r\n\x0b\x0c\x85\u2028\u2029]+")


def clean(text: str, *, lines: bool = False) -> str:
    """Return `text` on one line (unless `lines`) without control, bidi-override and private characters."""
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
        return "\n".join(UNSAFE.sub("", line).rstrip() for line in text.split("\n")).strip("\n")
    return UNSAFE.sub("", SPACES.sub(" ", text))


def heading_unit(unit: str, *, currency: str = "USD") -> str:
    """Return how `unit` is written once in the heading of a column; empty where a heading needs none."""
    if unit in NO_HEADING:
        return ""
    if unit == "money":
        return SYMBOLS.get(currency, currency)
    return HEADINGS.get(unit, unit)


def write(
    fact: Fact,
    *,
    currency: str = "USD",
    unit: bool = True,
    signed: bool = False,
    places: int | None = None,
) -> str:
    """Return the value as text, with its unit unless the heading says it; a missing value gives its reason.

    `places` are decimals that a column gives all its figures; without it they are the fact's own.
    """
    value = fact.value
    if value is None:
        return UNDECLARED if fact.reason.startswith(UNDECLARED) else f"not available: {fact.reason}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    shown = digits(fact) if places is None else places
    if fact.unit in RATES and 0 < value < LEAST_RATE:
        return f"below {LEAST_RATE:g}{_suffix(fact.unit, '') if unit else ''}"
    return _number(float(value), fact.unit, shown, currency=currency, unit=unit, signed=signed)


def write_interval(fact: Fact, *, currency: str = "USD", unit: bool = True, places: int | None = None) -> str:
    """Return `low to high` in the fact's own digits or in `places`, or an empty text where there is no interval."""
    if fact.low is None or fact.high is None or fact.value is None:
        return ""
    places = digits(fact) if places is None else places
    symbol = unit and fact.unit == "money" and currency in SYMBOLS
    low = _number(fact.low, fact.unit, places, currency=currency, unit=symbol, signed=fact.unit == "change")
    high = _number(fact.high, fact.unit, places, currency=currency, unit=unit, signed=fact.unit == "change")
    return f"{low} to {high}"


def write_range(
    fact: Fact, *, currency: str = "USD", unit: bool = True, whole: bool = False, places: int | None = None
) -> str:
    """Return the interval behind words for what it stands for; 95 % of sampling has none, unless `whole`."""
    interval = write_interval(fact, currency=currency, unit=unit, places=places)
    if not interval or (fact.range == SAMPLING and not whole):
        return interval
    level = "" if fact.range.level is None else f"{fact.range.level * 100:g}{THIN}%"
    return f"{' '.join(filter(None, (RANGE_WORDS[fact.range.kind], level)))}: {interval}"


def spell(sentence: Sentence, *, currency: str = "USD") -> str:
    """Return a sentence as plain text; numbers that it sets against one another do not read alike."""
    return "".join(
        write(part, currency=currency, places=places_in(part, sentence)) if isinstance(part, Fact) else part
        for part in sentence
    )


def places_in(fact: Fact, sentence: Sentence) -> int:
    """Return the decimals of a number in a sentence: those of a sum where it is one, else such that none reads alike.

    The terms of a sum have the fewest decimals with which they add up to what their sum is printed as.
    """
    facts = [part for part in sentence if isinstance(part, Fact)]
    values = [float(one.value) for one in facts if isinstance(one.value, (int, float)) and one.unit == "money"]
    if len(values) < len(facts) or {part for part in sentence if isinstance(part, str)} != {PLUS}:
        return apart(fact, facts)
    whole = math.fsum(values)
    shown = _places_by_size(abs(whole), "money")
    fits = (n for n in range(3) if round(math.fsum(round(one, n) for one in values), shown) == round(whole, shown))
    return next(fits, 2)


def apart(fact: Fact, others: Iterable[Fact], *, ends: bool = False) -> int:
    """Return the decimals with which a number reads unlike each of `others` of its unit that it is not equal to.

    With `ends` those of its range are told apart too: they decide whether a limit is passed. Money is then exact to
    the cent at most, anything else to nine decimals.
    """
    places, own = digits(fact), _numbers(fact, ends)
    beside = [other for other in others if other.unit == fact.unit and other.id != fact.id]
    pairs = [(a, b) for other in beside for b in _numbers(other, False) for a in own if a != b]
    for more in range(places, FINEST.get(fact.unit, MOST) + 1):
        if all(_at(a, fact.unit, more) != _at(b, fact.unit, more) for a, b in pairs):
            return more
    return places


def _numbers(fact: Fact, ends: bool) -> list[float]:
    found = (fact.value, fact.low, fact.high) if ends else (fact.value,)
    return [float(one) for one in found if isinstance(one, (int, float)) and not isinstance(one, bool)]


def _at(value: float, unit: str, places: int) -> str:
    return _number(value, unit, places, currency="USD", unit=False, signed=False)


def digits(fact: Fact) -> int:
    """Return the decimals that the interval supports (two figures of its half width), else by size and unit.

    They are negative for sums of money, of which three figures of the half width are told.
    """
    value = fact.value
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return 0
    if fact.unit in WHOLE or isinstance(value, int):
        return 0
    scale = 100.0 if fact.unit in PERCENT or fact.unit == "points" else 1.0
    size = float(f"{abs(value) * scale:.12g}")  # as results keep it: dust of sums shows no decimals
    places = _places_by_size(size, fact.unit)
    if fact.low is None or fact.high is None:
        if fact.origin == "declared" and fact.unit not in SUFFIX and fact.unit != "money":
            return min(places, len(f"{size:.9f}".rstrip("0").partition(".")[2]))  # as it was written
        worked_out = fact.unit == "money" and fact.origin == "derived" and size >= LARGE
        return min(places, FIGURES - math.floor(math.log10(size))) if worked_out else places
    half = (fact.high - fact.low) / 2 * scale
    if half <= 0:
        return places
    figures = 1 - math.floor(math.log10(half))
    if fact.unit == "money" and figures < -1:
        return figures + 1
    supported = min(places, max(0, figures))
    return places if fact.unit == "money" and supported == 1 else supported


def roughly(fact: Fact) -> int:
    """Return the decimals that leave three figures of a number: what a decision needs of a sum of money."""
    value = fact.value
    if not isinstance(value, (int, float)) or isinstance(value, bool) or abs(value) < ROUGH:
        return digits(fact)
    return FIGURES - 1 - math.floor(math.log10(abs(value)))


def _places_by_size(size: float, unit: str) -> int:
    if unit == "money":
        return 0 if size >= 1000 or size == int(size) else 2
    if unit in PERCENT or unit == "points":
        return 1 if size >= 1 or size == 0 else 2
    if unit in {"days", "hours", "minutes", "ms"} and not (unit == "ms" and 0 < size < 1):
        return 0 if size == int(size) else 1
    if size == 0 or unit in RATES:
        return 2 if size < 10 else 1
    return max(0, min(6, 2 - math.floor(math.log10(size)))) if size < 100 else 1 if size < 1000 else 0


def _number(value: float, kind: str, places: int, *, currency: str, unit: bool, signed: bool) -> str:
    scaled = value * 100 if kind in PERCENT or kind == "points" else value
    text = f"{round(abs(scaled) * (1 + 1e-12), places):,.0f}" if places < 0 else f"{abs(scaled):,.{places}f}"
    negative = scaled < 0 and text.strip("0.,") != ""
    sign = MINUS if negative else "+" if (signed or kind == "change") and scaled > 0 else ""
    if kind == "money":
        symbol = SYMBOLS.get(currency, "") if unit else ""
        return f"{sign}{symbol}{text}" if symbol or not unit else f"{sign}{text} {currency}"
    return f"{sign}{text}{_suffix(kind, text) if unit else ''}"


def _suffix(kind: str, text: str) -> str:
    if kind in {"", "count"}:
        return ""
    if text == "1" and kind in {"days", "rows"}:
        return f" {kind[:-1]}"
    return SUFFIX.get(kind, f" {kind}")
