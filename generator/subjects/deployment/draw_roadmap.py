"""The declared roadmap as bars over weeks or dates, read from the words that say when."""

import datetime
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import measure, panel, picture, shorten
from generator.figures._marks import plot_size
from generator.figures._scales import day_axis, name_axis, number_axis
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "declared.context.roadmap"
SHOWN = 14
NOTES = 56.0
OPEN = math.inf
"""The end of what goes on."""
WEEKS = re.compile(r"\bweeks?\s*(\d{1,3})(?:\s*(?:-|–|to|and)\s*(\d{1,3}))?(\s*(?:on|\+))?", re.IGNORECASE)
DATES = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class _Item:
    name: str
    note: str
    start: float
    end: float
    by_date: bool


def draw(results: Results) -> Drawing | Absent:
    """Return the roadmap; items that say no week and no date are left to the table."""
    rows = read.rows(results, TABLE)
    items = [item for row in rows if (item := _item(row))]
    by_date = sum(item.by_date for item in items) * 2 > len(items)
    items = [item for item in items if item.by_date == by_date][:SHOWN]
    if not items:
        return Absent(reason=read.reason(results, TABLE, "no entry of the roadmap says its weeks or dates"))
    height = min(95.0, max(36.0, 15 + 6.4 * len(items)))
    svg = picture("roadmap", height, lambda sheet: _paint(sheet, items, by_date))
    names = [
        part
        for row in rows
        if (name := read.words(row["name"]))
        for part in ("; ", name, *read.say(", ", read.words(row["when"]) or None))
    ]
    return Drawing(svg=svg, alt=("Roadmap: ", *names[1:], "."))


def _item(row: read.Row) -> _Item | None:
    when = read.words(row["when"])
    found = _weeks(when) or _dates(when)
    if found is None:
        return None
    start, end, by_date = found
    note = read.words(row.get("detail")) or read.words(row.get("status"))
    return _Item(name=read.words(row["name"]), note=note, start=start, end=end, by_date=by_date)


def _weeks(when: str) -> tuple[float, float, bool] | None:
    match = WEEKS.search(when)
    if not match:
        return None
    first = int(match[1])
    last = OPEN if match[3] else float(max(first, int(match[2] or first)))
    return first - 1.0, last, False


def _dates(when: str) -> tuple[float, float, bool] | None:
    try:
        days = sorted(datetime.date.fromisoformat(text).toordinal() for text in DATES.findall(when))
    except ValueError:
        return None
    return (days[0] - 0.5, days[-1] + 0.5, True) if days else None


def _paint(sheet: "Sheet", items: Sequence[_Item], by_date: bool) -> None:
    left = min(50.0, max(measure(item.name) for item in items) + 3)
    axes = panel(sheet, left=left, right=NOTES, bottom=10.5, top=3)
    first = min(item.start for item in items)
    last = max(item.start + 1 if item.end == OPEN else item.end for item in items)
    lengths = [min(item.end, last) - item.start for item in items]
    if by_date:
        begin, end = (datetime.date.fromordinal(round(edge)) for edge in (first + 0.5, last - 0.5))
        day_axis(axes, begin, end, weekends=False)
        axes.grid(True, axis="x")
        axes.set_xlabel("Date")
    else:
        number_axis(axes, "x", (0, last * 1.04), label="Week", count=int(min(last, 12)))
        weeks = range(1, int(last) + 1, 1 + int(last) // 20)
        axes.set_xticks([week - 0.5 for week in weeks], [str(week) for week in weeks])
    name_axis(axes, [item.name for item in items], width=left - 2)
    axes.barh(
        range(len(items)), lengths, left=[item.start for item in items], height=0.46, color=palette.ACCENT, zorder=3
    )
    going_on = [row for row, item in enumerate(items) if item.end == OPEN]
    axes.scatter([last] * len(going_on), going_on, s=80, marker=">", color=palette.ACCENT, linewidths=0, zorder=3)
    _paint_notes(axes, items)


def _paint_notes(axes: "Axes", items: Sequence[_Item]) -> None:
    high = axes.get_xlim()[1]
    x = high + 4 * (high - axes.get_xlim()[0]) / plot_size(axes)[0]
    for row, item in enumerate(items):
        text = shorten(item.note, NOTES - 5)
        axes.text(x, row, text, va="center_baseline", color=palette.MUTED)


FIGURE = Figure(id="roadmap", title="Roadmap", draw=draw)
