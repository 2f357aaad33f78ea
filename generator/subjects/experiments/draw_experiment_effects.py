"""The relative change of every metric of the experiments: with its interval, or against what chance could give."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, measure, panel, picture
from generator.figures._marks import plot_size, status_points
from generator.figures._scales import name_axis, number_axis
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.notation import Tone
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "experiments.effects"
SHOWN = 14
FARTHEST = 4.0
"""Bands that reach beyond so many times the largest effect end at the edge of the plot."""


@dataclass(frozen=True, kw_only=True)
class _Effect:
    name: str
    change: float
    text: str
    interval: tuple[float, float] | None
    hidden: float | None
    """A change below this would not show; None where the interval says it, or where it is not known."""
    tone: Tone


def draw(results: Results) -> Drawing | Absent:
    """Return the forest of effects in per cent."""
    rows = [row for row in read.rows(results, TABLE) if read.number(row["relative"]) is not None][:SHOWN]
    if not rows:
        return Absent(reason=read.reason(results, TABLE, "no experiment has a change"))
    effects = [_effect(row) for row in rows]
    height = min(95.0, max(38.0, 22 + 6.0 * len(effects)))
    svg = picture("experiment_effects", height, lambda sheet: _paint(sheet, effects))
    return Drawing(svg=svg, alt=_alt(rows))


def _effect(row: read.Row) -> _Effect:
    interval, smallest = read.interval(row["relative"]), read.number(row["smallest"])
    return _Effect(
        name=read.words(row["metric"]),
        change=100 * (read.number(row["relative"]) or 0.0),
        text=read.words(row["relative"]),
        tone=read.tone(row["status"]) or "open",
        interval=(100 * interval[0], 100 * interval[1]) if interval else None,
        hidden=None if smallest is None or interval else 100 * abs(smallest),
    )


def _limits(effects: Sequence[_Effect]) -> tuple[float, float]:
    ends = [end for effect in effects for end in (effect.change, *(effect.interval or ()))]
    reach = max(max(map(abs, ends)), 1.0)
    bands = [min(effect.hidden, FARTHEST * reach) for effect in effects if effect.hidden is not None]
    low, high = min([0.0, *ends, *(-band for band in bands)]), max([0.0, *ends, *bands])
    return low - 0.06 * (high - low), high + 0.06 * (high - low)


def _paint(sheet: "Sheet", effects: Sequence[_Effect]) -> None:
    left = min(50.0, max(measure(effect.name) for effect in effects) + 3)
    right = max(measure(effect.text) for effect in effects) + 6
    axes = panel(sheet, left=left, right=right, bottom=10, top=8)
    number_axis(axes, "x", _limits(effects), label="Change of the test arm against control (%)", signed=True)
    name_axis(axes, [effect.name for effect in effects], width=left - 2)
    low, high = axes.get_xlim()
    for row, effect in enumerate(effects):
        if effect.hidden is not None:
            axes.barh(
                row,
                2 * min(effect.hidden, high - low),
                left=-effect.hidden,
                height=0.62,
                color=palette.ACCENT_TINT,
                zorder=1.5,
            )
        if effect.interval:
            axes.plot(effect.interval, [row, row], color=palette.INK, linewidth=1.0, zorder=3)
    axes.axvline(0, color=palette.INK, linewidth=0.8, zorder=2.5)
    status_points(
        axes,
        [effect.change for effect in effects],
        list(range(len(effects))),
        [effect.tone for effect in effects],
        size=1.6,
    )
    _paint_values(axes, effects, right)
    axes.set_xlim(low, high)


def _paint_values(axes: "Axes", effects: Sequence[_Effect], wide: float) -> None:
    low, high = axes.get_xlim()
    mm = (high - low) / plot_size(axes)[0]
    for row, effect in enumerate(effects):
        axes.text(high + (wide - 1) * mm, row, effect.text, ha="right", va="center_baseline")
    if any(effect.hidden is not None for effect in effects):
        axes.barh(-1.15, 5 * mm, left=low, height=0.5, color=palette.ACCENT_TINT, clip_on=False)
        text = "effects inside the band are too small to show on the stated traffic"
        axes.text(low + 6.5 * mm, -1.15, text, va="center_baseline", size=SMALL, color=palette.MUTED)


def _alt(rows: Sequence[read.Row]) -> Sentence:
    told: Sentence = ("Change of the test arm against control",)
    for number, row in enumerate(rows):
        change, smallest = row["relative"], row["smallest"]
        if not isinstance(change, Fact):
            continue
        told = (*told, "; " if number else ": ", f"{read.words(row['metric'])} ", change)
        if isinstance(smallest, Fact) and smallest.value is not None and change.low is None:
            told = (*told, ", where less than ", smallest, " would not show")
    return (*told, ".")


FIGURE = Figure(id="experiment_effects", title="Effects of the experiments", draw=draw)
