"""False alarms against delay: every limit of the designed chart as a curve, designed and declared limits as points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import panel, picture
from generator.figures._marks import label_points, status_points
from generator.figures._scales import Side
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.notation import Tone
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "alerts.trade_off"
CURVE = "chart"
TONES: dict[str, Tone] = {"yellow": "caution", "red": "bad", "designed": "good"}
FEWEST = 0.001
"""False alarms a month below which a point stands at the edge."""


@dataclass(frozen=True, kw_only=True)
class _Point:
    name: str
    alarms: float
    delay: float
    text: str


def draw(results: Results) -> Drawing | Absent:
    """Return the curve with its points."""
    currency = results.header.currency
    points = [
        _Point(
            name=read.words(row["point"]),
            alarms=alarms,
            delay=delay,
            text=f"{read.words(row['point'])} {read.words(row['limit'], currency)}",
        )
        for row in read.rows(results, TABLE)
        if (alarms := read.number(row["false_alarms"])) is not None and (delay := read.number(row["delay"])) is not None
    ]
    if not points:
        return Absent(reason=read.reason(results, TABLE, "no limit has both"))
    svg = picture("alert_trade_off", 66, lambda sheet: _paint(sheet, points))
    return Drawing(svg=svg, alt=_alt(results))


def _paint(sheet: Sheet, points: Sequence[_Point]) -> None:
    axes = panel(sheet, left=13, right=8, bottom=11, top=4)
    marked = [point for point in points if point.name != CURVE]
    curve = sorted((point.alarms, point.delay) for point in points if point.name == CURVE)
    alarms = [point.alarms for point in points if point.alarms > 0]
    _log_axis(axes, "x", [max(value, FEWEST) for value in alarms] or [FEWEST], "False alarms a month")
    _log_axis(axes, "y", [max(point.delay, 1.0) for point in points], "Days until it is seen")
    drawn = [_place(*point) for point in curve]
    axes.plot([x for x, _ in drawn], [y for _, y in drawn], color=palette.ACCENT, linewidth=1.4, zorder=2)
    _paint_points(axes, marked, drawn)


def _place(alarms: float, delay: float) -> tuple[float, float]:
    return math.log10(max(alarms, FEWEST)), math.log10(max(delay, 1.0))


def _log_axis(axes: Axes, side: Side, values: Sequence[float], label: str) -> None:
    """Give one side a logarithmic scale: values stand at their logarithms, ticks at 1, 2 and 5 of each power."""
    low, high = math.log10(min(values)) - 0.08, math.log10(max(values)) + 0.12
    ticks = [
        (math.log10(step) + power, step * 10.0**power)
        for power in range(math.floor(low), math.ceil(high) + 1)
        for step in (1, 2, 5)
    ]
    inside = [(place, value) for place, value in ticks if low <= place <= high]
    axis = axes.xaxis if side == "x" else axes.yaxis
    (axes.set_xlim if side == "x" else axes.set_ylim)(low, high)
    axis.set_ticks([place for place, _ in inside], [f"{value:g}" for _, value in inside])
    axis.grid(True)
    axis.set_label_text(label)


def _paint_points(axes: Axes, marked: Sequence[_Point], curve: Sequence[tuple[float, float]]) -> None:
    places = [_place(point.alarms, point.delay) for point in marked]
    status_points(
        axes,
        [x for x, _ in places],
        [y for _, y in places],
        [TONES.get(point.name, "plain") for point in marked],
        size=1.6,
    )
    label_points(axes, places, [point.text for point in marked], others=[*places, *curve], width=60.0, size=8.0)


def _alt(results: Results) -> Sentence:
    rows = [row for row in read.rows(results, TABLE) if read.words(row["point"]) != CURVE]
    told: list[str | Fact] = []
    for row in rows:
        alarms, delay = row["false_alarms"], row["delay"]
        if isinstance(alarms, Fact) and isinstance(delay, Fact) and None not in (alarms.value, delay.value):
            told += [f"; {read.words(row['point'])} ", alarms, ", seen after ", delay]
    return ("False alarms a month against the days until a change is seen", *told, ".")


FIGURE = Figure(id="alert_trade_off", title="False alarms against delay", draw=draw)
