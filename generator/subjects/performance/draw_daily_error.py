"""The error day by day against its levels: where it left them, and how the thirds of the month moved."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, panel, picture
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

TABLE = "performance.daily"
HEIGHT, NAMES = 34.0, 34.0
THIRDS = {"first_third": "first third", "second_third": "second third", "last_third": "last third"}
CROWD = 60
"""Days from which on intervals are left out and points are small."""


@dataclass(frozen=True, kw_only=True)
class _Day:
    date: datetime.date
    value: float
    interval: tuple[float, float] | None


def draw(results: Results) -> Drawing | Absent:
    """Return the chart of the daily error."""
    rows = read.rows(results, TABLE)
    days = sorted(
        (
            _Day(date=date, value=value, interval=read.interval(row["error"]))
            for row in rows
            if (date := read.moment(row["date"])) and (value := read.number(row["error"])) is not None
        ),
        key=lambda day: day.date,
    )
    if not days:
        return Absent(reason=read.reason(results, TABLE, "no day has an error"))
    unit = next(read.unit_of(row["error"]) for row in rows if read.number(row["error"]) is not None)
    svg = picture("daily_error", HEIGHT, lambda sheet: _paint(sheet, days, results, unit))
    return Drawing(svg=svg, alt=_alt(results))


def _paint(sheet: Sheet, days: Sequence[_Day], results: Results, unit: str) -> None:
    axes = panel(sheet, left=13, right=NAMES + 2, bottom=8, top=5)
    lines, band = _lines(results), _band(results)
    seen = [day.value for day in days] + [bound for day in days for bound in day.interval or ()]
    limits = span([*seen, *(line.at for line in lines), *(band or ())], margin=0.08)
    day_axis(axes, days[0].date, days[-1].date)
    label = read.with_unit(told(results.facts).name.capitalize(), unit, results.header.currency)
    number_axis(axes, "y", limits, label=label)
    if band:
        axes.axhspan(*band, color=palette.ACCENT_TINT, zorder=0.5, linewidth=0)
    _paint_days(axes, days, lines)
    _paint_thirds(axes, results)
    level_lines(axes, [*lines, *_band_name(results, band)], width=NAMES)


def _paint_days(axes: Axes, days: Sequence[_Day], lines: Sequence[Line]) -> None:
    x, y = [day.date.toordinal() for day in days], [day.value for day in days]
    for day in days if len(days) <= CROWD else ():
        if day.interval:
            axes.plot([day.date.toordinal()] * 2, day.interval, color=palette.ACCENT_MID, linewidth=0.6, zorder=3)
    axes.plot(x, y, color=palette.ACCENT, linewidth=1.1, zorder=3)
    levels = [(line.at, line.tone) for line in lines if line.tone]
    status_points(axes, x, y, [_tone(value, levels) for value in y], size=1.0 if len(days) <= CROWD else 0.45)


def _tone(value: float, levels: Sequence[tuple[float, Tone]]) -> Tone:
    passed = [tone for at, tone in levels if value > at]
    return "bad" if "bad" in passed else "caution" if passed else "good"


def _paint_thirds(axes: Axes, results: Results) -> None:
    _, high = axes.get_ylim()
    per_mm = (high - axes.get_ylim()[0]) / plot_size(axes)[1]
    for name, words in THIRDS.items():
        fact = read.known(results, f"headline.{name}")
        value = read.number(fact)
        first, last = (read.moment(read.known(results, f"windows.{name}.{end}")) for end in ("start", "end"))
        if value is None or first is None or last is None:
            continue
        left, right = first.toordinal() - 0.5, last.toordinal() + 0.5
        axes.plot([left + 0.15, right - 0.15], [value, value], color=palette.INK, linewidth=1.6, zorder=3.5, alpha=None)
        text = f"{words}  {read.words(fact, results.header.currency)}"
        axes.text((left + right) / 2, high + 1.2 * per_mm, text, ha="center", size=SMALL, color=palette.MUTED)
        if name != "first_third":
            axes.plot([left, left], axes.get_ylim(), color=palette.RULE, linewidth=0.6, zorder=1, scaley=False)


def _lines(results: Results) -> list[Line]:
    """Return validation, acceptable and alert levels; a level that repeats another's value joins its name."""
    currency = results.header.currency
    found: list[tuple[Fact, str, str, Tone | None, tuple[float, ...]]] = []
    if red := _alert_level(results, "red"):
        found.append((red, "red", palette.BAD, "bad", ()))
    if yellow := _alert_level(results, "yellow"):
        found.append((yellow, "yellow", palette.CAUTION, "caution", ()))
    for id, name in (("acceptable", "acceptable"), ("validation", "validation")):
        if fact := read.known(results, f"headline.{id}"):
            found.append((fact, name, palette.MUTED, None, (4, 2)))
    lines: dict[float, Line] = {}
    for fact, _, colour, own, dashes in found:
        at = read.number(fact)
        if at is not None and at not in lines:
            names = ", ".join(item[1] for item in found if read.number(item[0]) == at)
            text = f"{names} {read.words(fact, currency)}"
            lines[at] = Line(at=at, text=text, colour=colour, tone=own, dashes=dashes)
    return list(lines.values())


def _band_name(results: Results, band: tuple[float, float] | None) -> list[Line]:
    if band is None:
        return []
    ends = [
        read.words(read.known(results, f"headline.expected_{end}"), results.header.currency) for end in ("low", "high")
    ]
    text = f"expected {ends[0]}–{ends[1]}"
    return [Line(at=sum(band) / 2, text=text, colour=palette.ACCENT_MID, drawn=False)]


def _alert_level(results: Results, level: str) -> Fact | None:
    alerts = (alert for alert in results.alerts if alert.metric == told(results.facts).metric and alert.level == level)
    return next((alert.threshold for alert in alerts if read.number(alert.threshold) is not None), None)


def _band(results: Results) -> tuple[float, float] | None:
    low, high = (read.value(results, f"headline.expected_{end}") for end in ("low", "high"))
    return (low, high) if low is not None and high is not None else None


def _alt(results: Results) -> Sentence:
    levels = (read.say("; ", level, " from ", _alert_level(results, level)) for level in ("yellow", "red"))
    thirds = "{headline.first_third} in the first third, {headline.second_third} in the second"
    return (
        *read.tell(
            results,
            f"{told(results.facts).name.capitalize()} day by day",
            ", {headline.production} over the whole period",
            f": {thirds}, {{headline.last_third}} in the last",
            ", against {headline.validation} in validation",
        )[:-1],
        *(part for level in levels for part in level),
        ".",
    )


FIGURE = Figure(id="daily_error", title="Error by day", draw=draw)
