"""How the error of before launch became that of production: a waterfall of its causes, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import measure, panel, picture
from generator.figures._marks import plot_size
from generator.figures._scales import name_axis, number_axis, span
from generator.records.fact import Fact
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "causes.waterfall"
SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class _PartBar:
    """A bar from `start` to `end`; `low` and `high` bound the end of a part, and are the end of a whole."""

    name: str
    start: float
    end: float
    low: float
    high: float
    text: str
    whole: bool


def draw(results: Results) -> Drawing | Absent:
    """Return the waterfall."""
    rows = [row for row in read.rows(results, TABLE) if read.number(row["value"]) is not None][:SHOWN]
    if not rows:
        return Absent(reason=read.reason(results, TABLE, "no parts of the change are known"))
    bars, unit = _bars(rows, results.header.currency), read.unit_of(rows[0]["value"])
    svg = picture("causes", 20 + 6.5 * len(bars), lambda sheet: _paint(sheet, bars, results, unit))
    told = [(f"{', ' if place else ''}{read.words(row['step'])} ", row["value"]) for place, row in enumerate(rows)]
    alt = [part for word, cell in told for part in (word, cell if isinstance(cell, Fact) else read.words(cell))]
    return Drawing(svg=svg, alt=(*alt, "."))


def _bars(rows: Sequence[read.Row], currency: str) -> list[_PartBar]:
    at, bars = 0.0, list[_PartBar]()
    for place, row in enumerate(rows):
        name, text = read.words(row["step"]), read.words(row["value"], currency)
        value = read.number(row["value"]) or 0.0
        if place in (0, len(rows) - 1):
            bars.append(_PartBar(name=name, start=0.0, end=value, low=value, high=value, text=text, whole=True))
            at = value
            continue
        low, high = read.interval(row["value"]) or (value, value)
        text = f"+{text}" if value > 0 and not text.startswith("+") else text
        bars.append(_PartBar(name=name, start=at, end=at + value, low=at + low, high=at + high, text=text, whole=False))
        at += value
    return bars


def _paint(sheet: "Sheet", bars: Sequence[_PartBar], results: Results, unit: str) -> None:
    left = min(62.0, max(measure(bar.name) for bar in bars) + 3)
    axes = panel(sheet, left=left, right=6, bottom=10, top=3)
    ends = [end for bar in bars for end in (bar.low, bar.high, bar.end)]
    low, high = span(ends, zero=False, margin=0.06)
    room = (high - low) * (max(measure(bar.text) for bar in bars) + 4) / plot_size(axes)[0]
    label = read.with_unit("Error; lines are ranges of the parts", unit, results.header.currency)
    number_axis(axes, "x", (low, high + room), label=label, count=8)
    name_axis(axes, [bar.name for bar in bars], width=left - 2)
    for row, bar in enumerate(bars):
        _paint_bar(axes, row, bar, max(bar.start, low), high)
    for row, bar in enumerate(bars[:-1]):
        axes.plot([bar.end, bar.end], [row, row + 1], color=palette.RULE, linewidth=0.8, zorder=1)
    axes.spines["left"].set_visible(False)


def _paint_bar(axes: "Axes", row: int, bar: _PartBar, start: float, high: float) -> None:
    colour = palette.MUTED if bar.whole else palette.ACCENT if bar.end >= bar.start else palette.ACCENT_MID
    axes.barh(row, bar.end - start, left=start, height=0.58, color=colour, zorder=2)
    if not bar.whole:
        axes.plot([bar.low, bar.high], [row, row], color=palette.INK, linewidth=0.9, zorder=3)
    right = min(high, max(bar.end, bar.high, start))
    axes.annotate(bar.text, (right, row), xytext=(3, 0), textcoords="offset points", va="center_baseline")


FIGURE = Figure(id="causes", title="Why the error changed", draw=draw)
