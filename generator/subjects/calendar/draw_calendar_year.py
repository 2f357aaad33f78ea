"""The twelve months ahead: one row an activity, one dot a date."""

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, measure, panel, picture
from generator.figures._marks import edge_note, note, plot_size
from generator.figures._scales import name_axis
from generator.records.fact import Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE, FREEZES = "calendar.dates", "declared.calendar.freezes"
SHOWN = 8
FROZEN = "no releases"
MONTHS = 12, 13
"""How many are drawn at least and at most: a year from the middle of a month ends in a thirteenth."""


@dataclass(frozen=True, kw_only=True)
class _Activity:
    name: str
    days: tuple[datetime.date, ...]


def draw(results: Results) -> Drawing | Absent:
    """Return the strip of twelve months and one more if needed."""
    dates: dict[str, set[datetime.date]] = {}
    for row in read.rows(results, TABLE):
        day = read.moment(row["date"])
        if day:
            dates.setdefault(read.words(row["activity"]), set()).add(day)
    if not dates:
        return Absent(reason=read.reason(results, TABLE, "no activity has a date"))
    activities = [_Activity(name=name, days=tuple(sorted(days))) for name, days in dates.items()]
    activities.sort(key=lambda activity: (-len(activity.days), activity.days[0], activity.name))
    height = max(34.0, 15 + 5.0 * len(activities[:SHOWN]))
    svg = picture("calendar_year", height, lambda sheet: _paint(sheet, activities, results))
    return Drawing(svg=svg, alt=_alt(results))


def _paint(sheet: "Sheet", activities: Sequence[_Activity], results: Results) -> None:
    shown = activities[:SHOWN]
    left = min(50.0, max(measure(activity.name) for activity in shown) + 3)
    axes = panel(sheet, left=left, right=31, bottom=5 if len(activities) <= SHOWN else 8, top=9)
    firsts = _months([day for activity in activities for day in activity.days])
    _paint_months(axes, firsts)
    name_axis(axes, [activity.name for activity in shown], width=left - 2)
    axes.grid(True, axis="y", linewidth=0.4)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    _paint_freezes(axes, results)
    for row, activity in enumerate(shown):
        days = [day.toordinal() for day in activity.days if day < firsts[-1]]
        size = 9 if len(days) > 30 else 17 if len(days) > 6 else 26
        axes.scatter(days, [row] * len(days), s=size, color=palette.ACCENT, linewidths=0, zorder=3)
    _paint_columns(axes, shown, len(activities))


def _months(days: Sequence[datetime.date]) -> list[datetime.date]:
    """Return the firsts of the months to draw, and the first after them."""
    start, end = (day.year * 12 + day.month - 1 for day in (min(days), max(days)))
    count = min(max(end - start + 1, MONTHS[0]), MONTHS[1])
    return [datetime.date(month // 12, month % 12 + 1, 1) for month in range(start, start + count + 1)]


def _paint_months(axes: "Axes", firsts: Sequence[datetime.date]) -> None:
    edges = [day.toordinal() - 0.5 for day in firsts]
    axes.set_xlim(edges[0], edges[-1])
    for index, (left, right) in enumerate(itertools.pairwise(edges)):
        if index:
            axes.axvline(left, color=palette.GRID, zorder=0, linewidth=0.4)
        day = firsts[index]
        edge_note(axes, read.MONTHS[day.month - 1], (left + right) / 2, 4)
        if index == 0 or day.month == 1:
            edge_note(axes, str(day.year), (left + right) / 2, 12)
    axes.set_xticks([])


def _paint_freezes(axes: "Axes", results: Results) -> None:
    low, high = axes.get_xlim()
    spans: list[tuple[float, float]] = []
    for row in read.rows(results, FREEZES):
        start, end = read.moment(row["start"]), read.moment(row["end"])
        if start and end and end.toordinal() > low and start.toordinal() < high:
            spans.append((max(start.toordinal() - 0.5, low), min(end.toordinal() + 0.5, high)))
            axes.axvspan(*spans[-1], color=palette.CAUTION_TINT, zorder=0.5, linewidth=0)
    room = (measure(FROZEN, size=SMALL) + 2) * (high - low) / plot_size(axes)[0]
    for middle in _apart(spans, room):
        edge_note(axes, FROZEN, middle, -9, edge=0)


def _apart(spans: Sequence[tuple[float, float]], room: float) -> list[float]:
    """Return the middles of the spans; those closer than `room` share one."""
    groups: list[list[tuple[float, float]]] = []
    for span in sorted(spans):
        if groups and sum(span) / 2 - (groups[-1][0][0] + groups[-1][-1][1]) / 2 < room:
            groups[-1].append(span)
        else:
            groups.append([span])
    return [(group[0][0] + group[-1][1]) / 2 for group in groups]


def _paint_columns(axes: "Axes", shown: Sequence[_Activity], total: int) -> None:
    """Write how often and when next right of the plot."""
    high = axes.get_xlim()[1]
    mm = (high - axes.get_xlim()[0]) / plot_size(axes)[0]
    for place, text in ((8, "times"), (29, "next")):
        edge_note(axes, text, high + place * mm, 4, ha="right", annotation_clip=False)
    year = min(activity.days[0] for activity in shown).year
    for row, activity in enumerate(shown):
        axes.text(high + 8 * mm, row, str(len(activity.days)), ha="right", va="center_baseline")
        following = activity.days[0]
        text = read.day_month(following) + (f" {following.year}" if following.year != year else "")
        axes.text(high + 29 * mm, row, text, ha="right", va="center_baseline")
    if total > len(shown):
        rest = f"and {total - len(shown)} more activities in the table"
        note(axes, rest, (0, 0), (0, -17), xycoords="axes fraction")


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "The most frequent activities of the twelve months ahead, one row each with a dot for every date",
        "; next retraining on {calendar.next_retraining}",
        "; valid until {calendar.valid_until}",
    )


FIGURE = Figure(id="calendar_year", title="The year ahead", draw=draw)
