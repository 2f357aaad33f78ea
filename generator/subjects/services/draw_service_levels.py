"""How much of each service's error budget is left: what is used up stands left of zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, measure, panel, picture
from generator.figures._marks import plot_size, shape_at
from generator.figures._scales import name_axis, number_axis
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.notation import Tone
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "services.levels"
SHOWN = 12
NOTES = 52.0
FARTHEST = -1.5
"""An overdraft beyond this is drawn as far, and told in words."""
COLOURS: dict[Tone, str] = {"good": palette.ACCENT, "caution": palette.CAUTION, "bad": palette.BAD}


@dataclass(frozen=True, kw_only=True)
class _Bar:
    name: str
    left: float
    tone: Tone
    note: str


def draw(results: Results) -> Drawing | Absent:
    """Return a bar a service that has an error budget."""
    rows = [row for row in read.rows(results, TABLE) if read.number(row["used"]) is not None][:SHOWN]
    if not rows:
        return Absent(reason=read.reason(results, TABLE, "no service level has a measured error budget"))
    bars = [_bar(row) for row in rows]
    height = min(95.0, max(34.0, 17 + 7.0 * len(bars)))
    svg = picture("service_levels", height, lambda sheet: _paint(sheet, bars))
    return Drawing(svg=svg, alt=_alt(rows))


def _bar(row: read.Row) -> _Bar:
    note = f"{read.words(row['bad'])} bad, {read.words(row['allowed'])} allowed"
    return _Bar(
        name=read.words(row["service"]),
        left=1.0 - (read.number(row["used"]) or 0.0),
        tone=read.tone(row["status"]) or "plain",
        note=note,
    )


def _paint(sheet: Sheet, bars: Sequence[_Bar]) -> None:
    left = min(56.0, max(measure(bar.name) for bar in bars) + 3)
    axes = panel(sheet, left=left, right=NOTES, bottom=10, top=3)
    low = min(0.0, *(max(bar.left, FARTHEST) for bar in bars)) * 100
    number_axis(axes, "x", (low * 1.04, 102.0), label="Error budget left in the period (%)", count=6)
    name_axis(axes, [bar.name for bar in bars], width=left - 2)
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=palette.INK, linewidth=0.8, zorder=3)
    for row, bar in enumerate(bars):
        drawn = max(bar.left, FARTHEST) * 100
        axes.barh([row], [drawn], height=0.5, color=COLOURS.get(bar.tone, palette.GREY), zorder=2)
    _paint_notes(axes, bars)


def _paint_notes(axes: Axes, bars: Sequence[_Bar]) -> None:
    high = axes.get_xlim()[1]
    mm = (high - axes.get_xlim()[0]) / plot_size(axes)[0]
    for row, bar in enumerate(bars):
        shape_at(axes, high + 3 * mm, row, bar.tone)
        axes.text(high + 5 * mm, row, bar.note, va="center_baseline", size=SMALL, color=palette.MUTED)


def _alt(rows: Sequence[read.Row]) -> Sentence:
    parts: list[str | Fact] = ["Error budget used"]
    for index, row in enumerate(rows):
        used = row["used"]
        parts.append(f"{'; ' if index else ': '}{read.words(row['service'])}")
        parts.extend(read.say(" ", used if isinstance(used, Fact) else None))
    return (*parts, ".")


FIGURE = Figure(id="service_levels", title="Error budgets", draw=draw)
