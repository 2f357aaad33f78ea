"""How the error of before launch became that of production: a waterfall of its causes, each with its interval."""

from __future__ import annotations

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

TABLE = "causes.parts"


@dataclass(frozen=True, kw_only=True)
class _Bar:
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
    rows, before, after = read.rows(results, TABLE), *(read.known(results, f"causes.{k}") for k in ("before", "after"))
    if not rows or before is None or after is None:
        return Absent(reason=read.reason(results, TABLE, "no parts of the change are known"))
    bars = _bars(rows, before, after, results.header.currency)
    svg = picture("causes", 20 + 6.5 * len(bars), lambda sheet: _paint(sheet, bars, results, before))
    alt = read.tell(
        results, "From an error of {causes.before} before launch to {causes.after} now: changed relation "
        "{causes.relation}, missing values {causes.missing}, new categories {causes.new_categories}, other rows "
        "{causes.mix}",
    )  # fmt: skip
    return Drawing(svg=svg, alt=alt)


def _bars(rows: Sequence[read.Row], before: Fact, after: Fact, currency: str) -> list[_Bar]:
    at = read.number(before) or 0.0
    bars = [_whole("Before launch", at, before, currency)]
    for row in rows:
        fact, value = row["value"], read.number(row["value"]) or 0.0
        low, high = (fact.low, fact.high) if isinstance(fact, Fact) else (None, None)
        text = read.words(fact, currency)
        bars.append(_Bar(
            name=read.words(row["cause"]), start=at, end=at + value, low=at + (value if low is None else low),
            high=at + (value if high is None else high), text=f"+{text}" if value > 0 else text, whole=False,
        ))  # fmt: skip
        at += value
    return [*bars, _whole("Now", read.number(after) or 0.0, after, currency)]


def _whole(name: str, end: float, fact: Fact, currency: str) -> _Bar:
    return _Bar(name=name, start=0.0, end=end, low=end, high=end, text=read.words(fact, currency), whole=True)


def _paint(sheet: Sheet, bars: Sequence[_Bar], results: Results, before: Fact) -> None:
    left = min(62.0, max(measure(bar.name) for bar in bars) + 3)
    axes = panel(sheet, left=left, right=6, bottom=10, top=3)
    ends = [end for bar in bars for end in (bar.low, bar.high, bar.end)]
    low, high = span(ends, zero=False, margin=0.06)
    room = (high - low) * (max(measure(bar.text) for bar in bars) + 4) / plot_size(axes)[0]
    label = read.with_unit("Error; lines are ranges of the parts", before.unit, results.header.currency)
    number_axis(axes, "x", (low, high + room), label=label, count=8)
    name_axis(axes, [bar.name for bar in bars], width=left - 2)
    for row, bar in enumerate(bars):
        _paint_bar(axes, row, bar, max(bar.start, low), high)
    for row, bar in enumerate(bars[:-1]):
        axes.plot([bar.end, bar.end], [row, row + 1], color=palette.RULE, linewidth=0.8, zorder=1)
    axes.spines["left"].set_visible(False)


def _paint_bar(axes: Axes, row: int, bar: _Bar, start: float, high: float) -> None:
    colour = palette.MUTED if bar.whole else palette.ACCENT if bar.end >= bar.start else palette.ACCENT_MID
    axes.barh(row, bar.end - start, left=start, height=0.58, color=colour, zorder=2)
    if not bar.whole:
        axes.plot([bar.low, bar.high], [row, row], color=palette.INK, linewidth=0.9, zorder=3)
    right = min(high, max(bar.end, bar.high, start))
    axes.annotate(bar.text, (right, row), xytext=(3, 0), textcoords="offset points", va="center_baseline")


FIGURE = Figure(id="causes", title="Why the error changed", draw=draw)
