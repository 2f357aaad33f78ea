"""The error day by day against its levels: where it left them, and how the thirds of the month moved."""

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
from generator.records.notation import Tone
from generator.records.results import Results
from generator.subjects.performance.found import Performance, Third

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

HEIGHT, NAMES = 34.0, 34.0
WORDS = {"first_third": "first third", "second_third": "second third", "last_third": "last third"}
CROWD = 60
"""Days from which on intervals are left out and points are small."""


@dataclass(frozen=True, kw_only=True)
class _Day:
    date: datetime.date
    value: float
    interval: tuple[float, float] | None


def draw(results: Results) -> Drawing | Absent:
    """Return the chart of the daily error."""
    found = results.shelf[Performance]
    errors = ((day.date, day.values[found.headline]) for day in found.days)
    days = [
        _Day(date=date, value=fact.number, interval=fact.bounds) for date, fact in errors if fact.number is not None
    ]
    if not days:
        return Absent(reason="no day has an error" if found.days else found.dayless)
    svg = picture("daily_error", HEIGHT, lambda sheet: _paint(sheet, days, results, found))
    return Drawing(svg=svg, alt=_alt(results, found))


def _paint(sheet: "Sheet", days: Sequence[_Day], results: Results, found: Performance) -> None:
    axes = panel(sheet, left=13, right=NAMES + 2, bottom=8, top=5)
    low, high, currency = found.levels.expected_low, found.levels.expected_high, results.header.currency
    lines = _lines(results, found)
    band = None if low.number is None or high.number is None else (low.number, high.number)
    seen = [day.value for day in days] + [bound for day in days for bound in day.interval or ()]
    limits = span([*seen, *(line.at for line in lines), *(band or ())], margin=0.08)
    day_axis(axes, days[0].date, days[-1].date)
    number_axis(axes, "y", limits, label=read.with_unit(found.name.name.capitalize(), found.unit, currency))
    if band:
        axes.axhspan(*band, color=palette.ACCENT_TINT, zorder=0.5, linewidth=0)
        text = f"expected {read.words(low, currency)}–{read.words(high, currency)}"
        lines.append(Line(at=sum(band) / 2, text=text, colour=palette.ACCENT_MID, drawn=False))
    _paint_days(axes, days, lines)
    _paint_thirds(axes, found.thirds, currency)
    level_lines(axes, lines, width=NAMES)


def _paint_days(axes: "Axes", days: Sequence[_Day], lines: Sequence[Line]) -> None:
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


def _paint_thirds(axes: "Axes", thirds: Sequence[Third], currency: str) -> None:
    _, high = axes.get_ylim()
    per_mm = (high - axes.get_ylim()[0]) / plot_size(axes)[1]
    for third in thirds:
        value = third.error.number
        if value is None or third.start is None or third.end is None:
            continue
        left, right = third.start.toordinal() - 0.5, third.end.toordinal() + 0.5
        axes.plot([left + 0.15, right - 0.15], [value, value], color=palette.INK, linewidth=1.6, zorder=3.5, alpha=None)
        text = f"{WORDS[third.window]}  {read.words(third.error, currency)}"
        axes.text((left + right) / 2, high + 1.2 * per_mm, text, ha="center", size=SMALL, color=palette.MUTED)
        if third is not thirds[0]:
            axes.plot([left, left], axes.get_ylim(), color=palette.RULE, linewidth=0.6, zorder=1, scaley=False)


def _lines(results: Results, found: Performance) -> list[Line]:
    """Return validation, acceptable and alert levels; a level that repeats another's value joins its name."""
    levels: list[tuple[Fact | None, str, str, Tone | None, tuple[float, ...]]] = [
        (_alert_level(results, found, "red"), "red", palette.BAD, "bad", ()),
        (_alert_level(results, found, "yellow"), "yellow", palette.CAUTION, "caution", ()),
        (found.levels.acceptable, "acceptable", palette.MUTED, None, (4, 2)),
        (found.head.validation, "validation", palette.MUTED, None, (4, 2)),
    ]
    lines: dict[float, Line] = {}
    for fact, _, colour, tone, dashes in levels:
        if fact is not None and fact.number is not None and fact.number not in lines:
            names = ", ".join(name for one, name, *_ in levels if one is not None and one.number == fact.number)
            text = f"{names} {read.words(fact, results.header.currency)}"
            lines[fact.number] = Line(at=fact.number, text=text, colour=colour, tone=tone, dashes=dashes)
    return list(lines.values())


def _alert_level(results: Results, found: Performance, level: str) -> Fact | None:
    """Return the limit of the alert on the error of all rows; those on a part, and of triggers, are no lines here."""
    own = (one for one in results.alerts if one.metric == found.headline and one.kind != "condition")
    levels = (each for alert in own if alert.scope == "none" for each in alert.levels)
    return next((each.bound for each in levels if each.level == level and each.bound.number is not None), None)


def _alt(results: Results, found: Performance) -> Sentence:
    first, second, last = (third.error for third in found.thirds)
    clauses = (
        (f"{found.name.name.capitalize()} day by day",),
        (", ", found.head.production, " over the whole period"),
        (": ", first, " in the first third, ", second, " in the second, ", last, " in the last"),
        (", against ", found.head.validation, " in validation"),
        *(("; ", level, " from ", _alert_level(results, found, level)) for level in ("yellow", "red")),
        (".",),
    )
    return tuple(part for clause in clauses for part in read.say(*clause))


FIGURE = Figure(id="daily_error", title="Error by day", draw=draw)
