"""What each retraining frequency costs a year: worked out from the cost of a run, beside what was stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, measure, panel, picture
from generator.figures._marks import plot_size, shape_at
from generator.figures._scales import name_axis, number_axis, span
from generator.records.fact import Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "retraining.options"
SHOWN = 10
AGREES = 0.05
"""Largest difference, as a share, at which a stated cost counts as the same."""


@dataclass(frozen=True, kw_only=True)
class _Option:
    name: str
    cost: float
    text: str
    runs: str
    interval: tuple[float, float] | None
    stated: float | None
    stated_text: str


def draw(results: Results) -> Drawing | Absent:
    """Return the bars of the yearly costs."""
    currency = results.header.currency
    rows = [row for row in read.rows(results, TABLE) if read.number(row["cost"]) is not None][:SHOWN]
    options = [_option(row, currency) for row in rows]
    if not options:
        return Absent(reason=read.reason(results, TABLE, "no option has a cost"))
    height = min(90.0, max(34.0, 20 + 7.5 * len(options)))
    svg = picture("retraining_costs", height, lambda sheet: _paint(sheet, options, currency))
    return Drawing(svg=svg, alt=_alt(results))


def _option(row: read.Row, currency: str) -> _Option:
    return _Option(
        name=read.words(row["option"]), cost=read.number(row["cost"]) or 0.0, text=read.words(row["cost"], currency),
        runs=read.words(row["runs"]).removesuffix(" per year"), interval=read.interval(row["cost"]),
        stated=read.number(row["stated"]), stated_text=read.words(row["stated"], currency),
    )  # fmt: skip


def _paint(sheet: Sheet, options: Sequence[_Option], currency: str) -> None:
    left = min(46.0, max(measure(option.name) for option in options) + 3)
    axes = panel(sheet, left=left, right=_columns(options)[-1][2] + 5, bottom=10.5, top=9)
    values = [value for option in options for value in (option.cost, option.stated, *(option.interval or ())) if value]
    label = read.with_unit("Cost a year", "money", currency)
    number_axis(axes, "x", span(values, zero=True, margin=0.05), label=label, count=7)
    name_axis(axes, [option.name for option in options], width=left - 2)
    axes.barh(
        range(len(options)), [option.cost for option in options], height=0.5, color=palette.ACCENT, zorder=2
    )
    for row, option in enumerate(options):
        _paint_option(axes, row, option)
    _paint_columns(axes, options)
    _paint_key(axes, options)


def _paint_option(axes: Axes, row: int, option: _Option) -> None:
    if option.interval:
        axes.plot(option.interval, [row, row], color=palette.PAPER, linewidth=2.4, zorder=3)
        axes.plot(option.interval, [row, row], color=palette.INK, linewidth=0.9, zorder=3)
    if option.stated is not None:
        axes.plot([option.stated] * 2, [row - 0.4, row + 0.4], color=palette.PAPER, linewidth=3.4, zorder=4)
        axes.plot([option.stated] * 2, [row - 0.4, row + 0.4], color=palette.CAUTION, linewidth=1.8, zorder=4)


def _columns(options: Sequence[_Option]) -> list[tuple[str, list[str], float]]:
    """Return the columns right of the plot: heading, texts, and where their right edge stands."""
    columns = [
        ("runs", [option.runs for option in options]), ("worked out", [option.text for option in options]),
        ("stated", [option.stated_text or "–" for option in options]),
    ]  # fmt: skip
    edge, placed = 0.0, []
    for heading, texts in columns:
        edge += max(measure(heading, size=SMALL), *map(measure, texts)) + 4
        placed.append((heading, texts, edge))
    return placed


def _paint_columns(axes: Axes, options: Sequence[_Option]) -> None:
    low, high = axes.get_xlim()
    mm = (high - low) / plot_size(axes)[0]
    up = (len(options) + 0.2) / plot_size(axes)[1]
    edge = 0.0
    for heading, texts, edge in _columns(options):
        x = high + edge * mm
        axes.text(x, -0.6 - 2.4 * up, heading, ha="right", va="center_baseline", size=SMALL, color=palette.MUTED)
        colour = palette.MUTED if heading == "runs" else palette.INK
        for row, text in enumerate(texts):
            axes.text(x, row, text, ha="right", va="center_baseline", color=colour)
    for row, option in enumerate(options):
        if option.stated is not None and abs(option.stated - option.cost) > AGREES * abs(option.cost):
            shape_at(axes, high + (edge + 2.3) * mm, row, "caution")


def _paint_key(axes: Axes, options: Sequence[_Option]) -> None:
    entries = [("cost of a run × runs a year", palette.ACCENT)]
    if any(option.stated is not None for option in options):
        entries.append(("stated by the team", palette.CAUTION))
    low, high = axes.get_xlim()
    mm = (high - low) / plot_size(axes)[0]
    up = (len(options) + 0.2) / plot_size(axes)[1]
    x, y = low, -0.6 - 2.4 * up
    for text, colour in entries:
        wide = 3.2 if colour == palette.ACCENT else 0.7
        axes.fill([x, x + wide * mm, x + wide * mm, x], [y - up] * 2 + [y + up] * 2, color=colour, clip_on=False)
        axes.text(x + (wide + 1.2) * mm, y, text, va="center_baseline", size=SMALL, color=palette.MUTED)
        x += (measure(text, size=SMALL) + wide + 5) * mm


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Cost a year of the retraining options, from the cost of a run and as stated",
        "; one run costs {retraining.run.cost}",
        "; recommended: {retraining.recommended.name}",
        " at {retraining.recommended.cost_per_year} a year",
    )


FIGURE = Figure(id="retraining_costs", title="Yearly cost of the retraining options", draw=draw)
