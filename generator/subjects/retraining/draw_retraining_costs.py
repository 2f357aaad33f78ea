"""What each interval between retrainings costs a year: runs, ageing and both, with the options and the good region."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import panel, picture
from generator.figures._marks import label_points, note, plot_size
from generator.figures._scales import number_axis, span
from generator.records.fact import Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

CURVE, OPTIONS = "retraining.curve", "retraining.options"
TICKS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 365, 730)
SHOWN = 10
ROOM = 1.6
"""How far the curve goes on beyond the options and the good region, as a factor."""


@dataclass(frozen=True, kw_only=True)
class _Point:
    days: float
    runs: float
    ageing: float
    total: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class _Option:
    name: str
    days: float
    total: float


def draw(results: Results) -> Drawing | Absent:
    """Return the cost curve."""
    points = [point for row in read.rows(results, CURVE) if (point := _point(row))]
    if not points:
        return Absent(reason=read.reason(results, CURVE, "no interval has a cost"))
    options = [option for row in read.rows(results, OPTIONS) if (option := _option(row))][:SHOWN]
    svg = picture("retraining_costs", 72, lambda sheet: _paint(sheet, points, options, results))
    return Drawing(svg=svg, alt=_alt(results))


def _point(row: read.Row) -> _Point | None:
    values = [read.number(row[key]) for key in ("interval", "runs", "staleness", "total")]
    days, runs, ageing, total = values
    if days is None or runs is None or ageing is None or total is None or days <= 0:
        return None
    low, high = read.interval(row["total"]) or (total, total)
    return _Point(days=days, runs=runs, ageing=ageing, total=total, low=low, high=high)


def _option(row: read.Row) -> _Option | None:
    days, total = read.number(row.get("interval")), read.number(row.get("total"))
    if days is None or total is None or days <= 0:
        return None
    return _Option(name=read.words(row["option"]), days=days, total=total)


def _paint(sheet: "Sheet", points: Sequence[_Point], options: Sequence[_Option], results: Results) -> None:
    axes = panel(sheet, left=15, right=24, bottom=10.5, top=4)
    flat = [read.value(results, f"retraining.flat.{end}") for end in ("shortest", "longest")]
    shown = _shown(points, options, flat)
    x = [math.log(point.days) for point in shown]
    tops = [option.total for option in options] or [point.total for point in shown]
    number_axis(
        axes,
        "y",
        span([0.0, *tops, *(point.total for point in shown[-1:])], zero=True, margin=0.12),
        label=read.with_unit("Cost a year", "money", results.header.currency),
    )
    _days_axis(axes, x[0], x[-1])
    if flat[0] and flat[1]:
        axes.axvspan(math.log(flat[0]), math.log(flat[1]), color=palette.GOOD_TINT, zorder=0.5, linewidth=0)
    axes.fill_between(
        x,
        [point.low for point in shown],
        [point.high for point in shown],
        color=palette.ACCENT_TINT,
        zorder=1,
        linewidth=0,
    )
    lines = (
        ("runs", [point.runs for point in shown], palette.MUTED, (4, 2)),
        ("ageing", [point.ageing for point in shown], palette.CAUTION, (1.5, 1.5)),
        ("together", [point.total for point in shown], palette.ACCENT, ()),
    )
    for _, values, colour, dashes in lines:
        axes.plot(
            x,
            values,
            color=colour,
            linewidth=1.6 if not dashes else 1.0,
            linestyle=(0, dashes) if dashes else "solid",
            zorder=3,
        )
    _name_lines(axes, lines, x[-1])
    _paint_options(axes, options, results)


def _shown(points: Sequence[_Point], options: Sequence[_Option], flat: Sequence[float | None]) -> list[_Point]:
    ends = [option.days for option in options] + [value for value in flat if value]
    if not ends:
        return list(points)
    kept = [point for point in points if min(ends) / ROOM <= point.days <= max(ends) * ROOM]
    return kept or list(points)


def _days_axis(axes: "Axes", low: float, high: float) -> None:
    margin = max((high - low) * 0.01, 0.05)
    axes.set_xlim(low - margin, high + margin)
    ticks = [tick for tick in TICKS if low - margin <= math.log(tick) <= high + margin]
    axes.set_xticks([math.log(tick) for tick in ticks], [str(tick) for tick in ticks])
    axes.set_xlabel("Days between retrainings")


def _name_lines(axes: "Axes", lines: Sequence[tuple[str, list[float], str, tuple[float, ...]]], edge: float) -> None:
    low, high = axes.get_ylim()
    gap = 3.4 * (high - low) / plot_size(axes)[1]
    spots: list[float] = []
    for name, values, colour, _ in sorted(lines, key=lambda line: line[1][-1]):
        spots.append(max(min(values[-1], high), spots[-1] + gap if spots else low))
        note(axes, name, (edge, spots[-1]), (6, 0), va="center", color=colour, annotation_clip=False)


def _paint_options(axes: "Axes", options: Sequence[_Option], results: Results) -> None:
    spots = [(math.log(option.days), option.total) for option in options]
    axes.scatter([x for x, _ in spots], [y for _, y in spots], s=26, color=palette.INK, zorder=5, clip_on=False)
    best = read.value(results, "retraining.best.interval")
    if best:
        axes.axvline(math.log(best), color=palette.GOOD, linewidth=0.9, linestyle=(0, (2, 2)), zorder=2)
    label_points(axes, spots, [option.name for option in options], others=spots)


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Cost a year against the days between retrainings: runs get rarer, ageing dearer",
        "; least at {retraining.best.interval}",
        ", about the same from {retraining.flat.shortest} to {retraining.flat.longest}",
        "; recommended: {retraining.recommended.name}",
    )


FIGURE = Figure(id="retraining_costs", title="Cost of the retraining interval", draw=draw)
