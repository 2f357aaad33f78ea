"""Axes with round numbers, days or names on them, and a grid thin enough to be forgotten."""

import datetime
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from generator.figures import _palette as palette
from generator.figures._canvas import SIZE, wrap
from generator.figures._read import MONTHS, day_month
from generator.records.notation import MINUS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Side = Literal["x", "y"]
LARGE = ((1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e5, 1e3, "k"))
"""From which size on ticks are written in which unit."""


def span(
    values: Sequence[float], *, margin: float = 0.06, zero: bool = False, least: float = 0.0
) -> tuple[float, float]:
    """Return limits around the finite `values`, with 0 inside if asked for, never of no width."""
    finite = [item for item in values if math.isfinite(item)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    gap = (high - low) * margin or max(abs(high) * 0.1, least, 1e-9 if high else 1.0)
    return (low if zero and low == 0 else low - gap), (high if zero and high == 0 < -low else high + gap)


def number_axis(
    axes: "Axes", side: Side, limits: tuple[float, float], *, label: str = "", signed: bool = False, count: int = 6
) -> None:
    """Give one side round ticks within `limits`, a grid and its label."""
    axis = axes.xaxis if side == "x" else axes.yaxis
    ticks, places = round_ticks(*limits, count=count)
    (axes.set_xlim if side == "x" else axes.set_ylim)(*limits)
    size, letter = next((item[1:] for item in LARGE if max(map(abs, limits)) >= item[0]), (1.0, ""))
    if letter:
        places = round_ticks(limits[0] / size, limits[1] / size, count=count)[1]
    axis.set_ticks(ticks, [write_tick(tick / size, places, signed=signed, suffix=letter) for tick in ticks])
    axis.grid(True)
    axis.set_label_text(label)


def round_ticks(low: float, high: float, *, count: int = 6) -> tuple[list[float], int]:
    """Return about `count` round numbers from `low` to `high` and the decimals they need."""
    raw = (high - low) / max(count, 1)
    power = math.floor(math.log10(raw))
    step = next(factor for factor in (1, 2, 2.5, 5, 10) if factor * 10.0**power >= raw * 0.999) * 10.0**power
    places = next(places for places in range(16) if abs(round(step, places) - step) < step * 1e-6 or places == 15)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)], places


def write_tick(value: float, places: int, *, signed: bool = False, suffix: str = "") -> str:
    """Return a tick's number with separators and a true minus sign."""
    text = f"{abs(value):,.{places}f}"
    if not text.strip("0.,"):
        return text
    return f"{MINUS if value < 0 else '+' if signed else ''}{text}{suffix}"


def day_axis(
    axes: "Axes", first: datetime.date, last: datetime.date, *, pad: float = 0.6, weekends: bool = True
) -> None:
    """Give the x side days (as ordinals): ticks by week or month, weekends as a wash."""
    low, high = first.toordinal() - pad, last.toordinal() + pad
    axes.set_xlim(low, high)
    ticks = day_ticks(first, last)
    axes.set_xticks([day.toordinal() for day in ticks], tick_texts(ticks))
    axes.tick_params(axis="x", length=2.5, width=0.6)
    if weekends and (last - first).days <= 100:
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            if datetime.date.fromordinal(ordinal).weekday() == 5:
                edges = max(ordinal - 0.5, low), min(ordinal + 1.5, high)
                axes.axvspan(*edges, color=palette.WASH, zorder=0)


def day_ticks(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Return Mondays of a short span, the firsts of months of a long one, never more than about a dozen."""
    length = (last - first).days
    days = [first + datetime.timedelta(days=offset) for offset in range(length + 1)]
    if length <= 10:
        return days[:: 1 + length // 7]
    if length <= 75:
        return [day for day in days if day.weekday() == 0][:: 1 + length // 60]
    firsts = [day for day in days if day.day == 1]
    return firsts[:: 1 + (len(firsts) - 1) // 13]


def tick_texts(days: Sequence[datetime.date]) -> list[str]:
    """Return the days as texts: months alone where all are firsts, the year where it begins anew."""
    texts, year = [], None
    months = all(day.day == 1 for day in days)
    for day in days:
        text = MONTHS[day.month - 1] if months else day_month(day)
        texts.append(f"{text} {day.year}" if day.year != year else text)
        year = day.year
    return texts


def name_axis(
    axes: "Axes",
    names: Sequence[str],
    *,
    width: float,
    top: float = 0.6,
    bottom: float = 0.6,
    lines: int = 1,
) -> None:
    """Give the y side one row a name, first on top, names of at most `lines` lines of `width` millimetres."""
    axes.set_ylim(len(names) - 1 + bottom, -top)
    axes.set_yticks(range(len(names)), ["\n".join(wrap(name, width, lines=lines, size=SIZE)) for name in names])
    axes.tick_params(axis="y", labelcolor=palette.INK)
