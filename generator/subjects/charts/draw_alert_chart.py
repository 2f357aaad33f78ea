"""The error by day and, below it, the chart that adds up its excesses: limits, declared levels and the days fired."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, WIDTH, picture
from generator.figures._marks import Line, level_lines, plot_size, status_points
from generator.figures._scales import day_axis, number_axis, span
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.headline import told
from generator.records.notation import Tone
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "alerts.chart"
HEIGHT, NAMES, LEFT = 78.0, 36.0, 13.0
SHOWN = 3.0
"""How many limits high the lower panel is; a chart beyond it is drawn at its edge."""
CROWD = 60


@dataclass(frozen=True, kw_only=True)
class _Day:
    date: datetime.date
    value: float
    chart: float
    fired: bool


def draw(results: Results) -> Drawing | Absent:
    """Return the two panels."""
    rows = read.rows(results, TABLE)
    days = [
        _Day(date=date, value=value, chart=chart, fired=read.tone(row["fired"]) == "bad")
        for row in rows
        if (date := read.moment(row["date"]))
        and (value := read.number(row["value"])) is not None
        and (chart := read.number(row["chart"])) is not None
    ]
    if not days:
        return Absent(reason=read.reason(results, TABLE, "no day has a value"))
    first = rows[0]
    svg = picture("alert_chart", HEIGHT, lambda sheet: _paint(sheet, days, first, results))
    return Drawing(svg=svg, alt=_alt(days, first, results))


def _panel(sheet: Sheet, bottom: float, height: float) -> Axes:
    return sheet.add_axes((LEFT / WIDTH, bottom / HEIGHT, (WIDTH - LEFT - NAMES - 2) / WIDTH, height / HEIGHT))


def _paint(sheet: Sheet, days: Sequence[_Day], row: read.Row, results: Results) -> None:
    currency = results.header.currency
    upper, lower = _panel(sheet, 37.0, 36.0), _panel(sheet, 8.0, 21.0)
    _paint_metric(upper, days, row, results)
    _paint_chart(lower, days, read.number(row["limit"]), read.words(row["limit"], currency))
    for axes in (upper, lower):
        left, top = axes.get_xlim()[0], axes.get_ylim()[1]
        up = (top - axes.get_ylim()[0]) / plot_size(axes)[1]
        words = "Each day" if axes is upper else "Chart: excesses added up, day after day"
        axes.text(left, top + 1.4 * up, words, size=SMALL, color=palette.MUTED, weight="semibold")


def _paint_metric(axes: Axes, days: Sequence[_Day], row: read.Row, results: Results) -> None:
    currency, unit = results.header.currency, read.unit_of(row["value"])
    lines = _lines(row, results)
    day_axis(axes, days[0].date, days[-1].date)
    number_axis(
        axes,
        "y",
        span([*(day.value for day in days), *(line.at for line in lines)], margin=0.08),
        label=read.with_unit("Daily value", unit, currency),
        count=5,
    )
    axes.tick_params(axis="x", labelbottom=False)
    x, y = [day.date.toordinal() for day in days], [day.value for day in days]
    axes.plot(x, y, color=palette.ACCENT, linewidth=1.1, zorder=3)
    tones: list[Tone] = ["bad" if day.fired else "good" for day in days]
    status_points(axes, x, y, tones, size=1.0 if len(days) <= CROWD else 0.45)
    level_lines(axes, lines, width=NAMES)


def _lines(row: read.Row, results: Results) -> list[Line]:
    """Return the declared levels, in force, and the marks of the designed chart."""
    currency, found = results.header.currency, []
    for level, colour, tone in (("red", palette.BAD, "bad"), ("yellow", palette.CAUTION, "caution")):
        fact = _declared(results, level, read.unit_of(row["value"]))
        at = read.number(fact)
        if at is not None:
            own: Tone = "bad" if tone == "bad" else "caution"
            found.append(Line(at=at, text=f"declared {level} {read.words(fact, currency)}", colour=colour, tone=own))
    marks = (
        ("single_day", "one day alone", palette.INK, (1.0, 1.5)),
        ("allowance", "adds up from", palette.ACCENT, (4.0, 2.0)),
        ("level", "all is well", palette.MUTED, ()),
    )
    for key, words, colour, dashes in marks:
        at = read.number(row[key])
        if at is not None:
            found.append(Line(at=at, text=f"{words} {read.words(row[key], currency)}", colour=colour, dashes=dashes))
    return found


def _declared(results: Results, level: str, unit: str) -> Fact | None:
    main = told(results.facts).metric
    alerts = (alert for alert in results.alerts if alert.metric == main and alert.level == level)
    return next((alert.threshold for alert in alerts if alert.threshold.unit == unit), None)


def _paint_chart(axes: Axes, days: Sequence[_Day], limit: float | None, words: str) -> None:
    top = SHOWN * limit if limit else max(day.chart for day in days) or 1.0
    x, y = [day.date.toordinal() for day in days], [min(day.chart, top) for day in days]
    day_axis(axes, days[0].date, days[-1].date)
    number_axis(axes, "y", (0.0, top * 1.06), label="Usual steps", count=4)
    if limit:
        axes.axhspan(limit, top * 1.06, color=palette.BAD_TINT, zorder=0.5, linewidth=0)
    axes.fill_between(x, 0, y, color=palette.ACCENT_TINT, zorder=1, linewidth=0)
    axes.plot(x, y, color=palette.ACCENT, linewidth=1.1, zorder=3)
    tones: list[Tone] = ["bad" if day.fired else "good" for day in days]
    status_points(axes, x, y, tones, size=0.8 if len(days) <= CROWD else 0.4)
    lines = [Line(at=limit, text=f"limit {words}", colour=palette.BAD, tone="bad")] if limit else []
    if any(day.chart > top for day in days):
        lines.append(Line(at=top, text="goes on beyond", drawn=False))
    level_lines(axes, lines, width=NAMES)


def _alt(days: Sequence[_Day], row: read.Row, results: Results) -> Sentence:
    fired = [day.date for day in days if day.fired]
    since = f"; it fires on days from {read.day_month(fired[0])} on" if fired else "; it never fires"
    limit, level = row["limit"], row["level"]
    return (
        "Daily value and the chart of its excesses",
        *read.say(", from a level of ", level if isinstance(level, Fact) else None),
        *read.say(" with a limit of ", limit if isinstance(limit, Fact) else None),
        *(
            part
            for name in ("yellow", "red")
            for part in read.say(f"; declared {name} ", _declared(results, name, read.unit_of(row["value"])))
        ),
        since,
        ".",
    )


FIGURE = Figure(id="alert_chart", title="Chart of the daily error", draw=draw)
