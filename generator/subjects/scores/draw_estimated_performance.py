"""Performance estimated without outcomes beside what came true, by period, and the level below which to alarm."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, panel, picture
from generator.figures._marks import spread, status_points
from generator.figures._scales import day_axis, number_axis, span
from generator.records.fact import Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.notation import Tone
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "estimated.periods"
HEIGHT, NAMES = 74.0, 24.0
PANELS = {"accuracy": ("Right decisions (%)", 100.0), "auc": ("Ranking (AUC)", 1.0)}
CROWD = 60


@dataclass(frozen=True, kw_only=True)
class _Period:
    start: datetime.date
    estimate: float | None
    truth: float | None
    alarm: float | None


def draw(results: Results) -> Drawing | Absent:
    """Return two panels, right decisions above and ranking below."""
    rows = read.rows(results, TABLE)
    series = {name: _series(rows, name, scale) for name, (_, scale) in PANELS.items()}
    if not any(one.estimate is not None for line in series.values() for one in line):
        return Absent(reason=read.reason(results, TABLE, "no period has an estimate"))
    svg = picture("estimated_performance", HEIGHT, lambda sheet: _paint(sheet, series))
    return Drawing(svg=svg, alt=_alt(results))


def _series(rows: Sequence[read.Row], name: str, scale: float) -> list[_Period]:
    def scaled(row: read.Row, key: str) -> float | None:
        value = read.number(row[key])
        return None if value is None else scale * value

    return [
        _Period(
            start=start,
            estimate=scaled(row, name),
            truth=scaled(row, f"{name}_realised"),
            alarm=scaled(row, f"{name}_alarm"),
        )
        for row in rows
        if (start := read.moment(row["start"]))
    ]


def _paint(sheet: "Sheet", series: dict[str, list[_Period]]) -> None:
    middle = (HEIGHT - 8) / 2
    places = {"accuracy": (middle + 10, 4.0), "auc": (8.0, HEIGHT - middle - 4)}
    for name, (bottom, top) in places.items():
        axes = panel(sheet, left=14, right=NAMES + 2, bottom=bottom, top=top)
        line = series[name]
        values = [v for one in line for v in (one.estimate, one.truth, one.alarm) if v is not None]
        days = [one.start for one in line]
        day_axis(axes, days[0], days[-1])
        number_axis(axes, "y", span(values, margin=0.08), label=PANELS[name][0], count=4)
        if name == "accuracy":
            axes.tick_params(axis="x", labelbottom=False)
        _paint_line(axes, line)
        _name(axes, line)


def _paint_line(axes: "Axes", line: Sequence[_Period]) -> None:
    alarm = [(one.start.toordinal(), one.alarm) for one in line if one.alarm is not None]
    axes.plot(
        [x for x, _ in alarm],
        [y for _, y in alarm],
        color=palette.CAUTION,
        linewidth=0.9,
        drawstyle="steps-mid",
        zorder=2,
    )
    truth = [(one.start.toordinal(), one.truth) for one in line if one.truth is not None]
    axes.plot([x for x, _ in truth], [y for _, y in truth], color=palette.RULE, linewidth=0.7, zorder=2.2)
    axes.scatter(
        [x for x, _ in truth],
        [y for _, y in truth],
        s=9 if len(line) <= CROWD else 4,
        facecolors=palette.PAPER,
        edgecolors=palette.GREY,
        linewidths=0.8,
        zorder=2.5,
    )
    guess = [(one.start.toordinal(), one.estimate, _tone(one)) for one in line if one.estimate is not None]
    axes.plot([x for x, *_ in guess], [y for _, y, _ in guess], color=palette.ACCENT, linewidth=1.2, zorder=3)
    status_points(
        axes,
        [x for x, *_ in guess],
        [y for _, y, _ in guess],
        [tone for *_, tone in guess],
        size=1.0 if len(line) <= CROWD else 0.45,
    )


def _tone(one: _Period) -> Tone:
    below = one.estimate is not None and one.alarm is not None and one.estimate < one.alarm
    return "caution" if below else "good"


def _name(axes: "Axes", line: Sequence[_Period]) -> None:
    """Name the lines at their right ends, apart from one another."""
    (low, high), right = axes.get_ylim(), axes.get_xlim()[1]
    width = right - axes.get_xlim()[0]
    named = {
        "estimated": ([one.estimate for one in line], palette.ACCENT),
        "came true": ([one.truth for one in line], palette.GREY),
        "alarm below": ([one.alarm for one in line], palette.CAUTION),
    }
    ends = [
        (text, next((v for v in reversed(values) if v is not None), None), colour)
        for text, (values, colour) in named.items()
    ]
    shown = [(text, end, colour) for text, end, colour in ends if end is not None]
    gap = (high - low) * 0.13
    spots = spread([end for _, end, _ in shown], gap, low, high)
    for (text, end, colour), spot in zip(shown, spots, strict=True):
        axes.plot(
            [right, right + 0.012 * width, right + 0.022 * width],
            [end, spot, spot],
            color=colour,
            linewidth=0.8,
            clip_on=False,
        )
        axes.text(right + 0.03 * width, spot, text, size=SMALL, va="center_baseline", color=palette.INK)


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Performance estimated without outcomes, period by period",
        ": over all rows {estimated.accuracy} right decisions were estimated",
        ", {estimated.realised.accuracy} came true",
        "; the ranking was estimated at {estimated.auc}",
        ", and came true at {estimated.realised.auc}",
    )


FIGURE = Figure(id="estimated_performance", title="Performance estimated without outcomes", draw=draw)
