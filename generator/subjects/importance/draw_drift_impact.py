"""What each drifted feature adds to or takes from the mean prediction: its coefficient times its shift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import measure, panel, picture
from generator.figures._marks import plot_size
from generator.figures._scales import name_axis, number_axis, span
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "drift.impact"
SHOWN = 15


@dataclass(frozen=True, kw_only=True)
class _Bar:
    name: str
    impact: float
    text: str


def draw(results: Results) -> Drawing | Absent:
    """Return the bars of the contributions to the mean prediction."""
    rows = [row for row in read.rows(results, TABLE) if read.number(row["impact"]) is not None][:SHOWN]
    if not rows:
        return Absent(reason=read.reason(results, TABLE, "no feature has a contribution"))
    currency = results.header.currency
    bars = [
        _Bar(name=read.words(row["feature"]), impact=read.number(row["impact"]) or 0.0, text=_signed(row, currency))
        for row in rows
    ]
    unit = read.unit_of(rows[0]["impact"])
    height = min(90.0, max(40.0, 16 + 4.4 * len(bars)))
    svg = picture("drift_impact", height, lambda sheet: _paint(sheet, bars, results, unit))
    return Drawing(svg=svg, alt=_alt(results, rows[0]))


def _signed(row: read.Row, currency: str) -> str:
    text = read.words(row["impact"], currency)
    return f"+{text}" if (read.number(row["impact"]) or 0.0) > 0 and not text.startswith("+") else text


def _paint(sheet: Sheet, bars: Sequence[_Bar], results: Results, unit: str) -> None:
    left = min(50.0, max(measure(bar.name) for bar in bars) + 3)
    axes = panel(sheet, left=left, right=6, bottom=10, top=3)
    low, high = span([bar.impact for bar in bars], zero=True, margin=0.0, least=0.01)
    room = (high - low) * (max(measure(bar.text) for bar in bars) + 4) / plot_size(axes)[0]
    label = read.with_unit("Contribution to the mean prediction", unit, results.header.currency)
    number_axis(axes, "x", (low - room * (low < 0), high + room * (high > 0)), label=label, signed=True, count=8)
    name_axis(axes, [bar.name for bar in bars], width=left - 2)
    colours = [palette.ACCENT if bar.impact >= 0 else palette.ACCENT_MID for bar in bars]
    axes.barh(range(len(bars)), [bar.impact for bar in bars], height=0.62, color=colours, zorder=2)
    axes.axvline(0, color=palette.INK, linewidth=0.8, zorder=3)
    axes.spines["left"].set_visible(False)
    _paint_values(axes, bars)


def _paint_values(axes: Axes, bars: Sequence[_Bar]) -> None:
    for row, bar in enumerate(bars):
        side = 1 if bar.impact >= 0 else -1
        axes.annotate(
            bar.text,
            (bar.impact, row),
            xytext=(3 * side, 0),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="center_baseline",
        )


def _alt(results: Results, first: read.Row) -> Sentence:
    impact = first["impact"]
    return (
        f"Contribution of each feature's drift to the mean prediction: {read.words(first['feature'])} contributes most",
        *read.say(", ", impact if isinstance(impact, Fact) else None),
        *read.tell(results, "; all features together {drift.impact.total}"),
    )


FIGURE = Figure(id="drift_impact", title="Drift in the mean prediction", draw=draw)
