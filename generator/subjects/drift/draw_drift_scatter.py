"""How far each feature's mean and spread moved, against the limits the team declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, panel, picture
from generator.figures._marks import label_points, plot_size, status_points
from generator.figures._scales import number_axis
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.notation import Tone
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "drift.all"
POLICY = "declared.policies.drift"
LABELLED = 14
FARTHEST = 150.0
"""Percent; what moved farther is drawn at the edge, its values in its label."""


@dataclass(frozen=True, kw_only=True)
class _Point:
    name: str
    mean: float
    sd: float
    tone: Tone


def draw(results: Results) -> Drawing | Absent:
    """Return the scatter of mean change against change of the standard deviation."""
    points = [point for row in read.rows(results, TABLE) if (point := _point(row))]
    if not points:
        return Absent(reason=read.reason(results, TABLE, "no numeric feature has both changes"))
    svg = picture("drift_scatter", 92, lambda sheet: _paint(sheet, points, results))
    return Drawing(svg=svg, alt=_alt(results))


def _point(row: read.Row) -> _Point | None:
    mean, sd = read.number(row["mean_change"]), read.number(row["sd_change"])
    if mean is None or sd is None:
        return None
    tone = read.tone(row["declared"]) or read.tone(row["severity"]) or "plain"
    return _Point(name=read.words(row["feature"]), mean=mean * 100, sd=sd * 100, tone=tone)


def _paint(sheet: Sheet, points: Sequence[_Point], results: Results) -> None:
    axes = panel(sheet, left=13, right=4, bottom=10.5, top=6)
    x = _limits([point.mean for point in points], [f"{POLICY}.severe_mean_change"], results)
    y = _limits([point.sd for point in points], [f"{POLICY}.severe_sd_change"], results)
    number_axis(axes, "x", x, label="Change of the mean (%)", signed=True, count=9)
    number_axis(axes, "y", y, label="Change of the standard deviation (%)", signed=True)
    axes.axhline(0, color=palette.RULE, linewidth=0.8, zorder=1)
    axes.axvline(0, color=palette.RULE, linewidth=0.8, zorder=1)
    _paint_limits(axes, results)
    spots = [(_within(point.mean, x), _within(point.sd, y)) for point in points]
    status_points(axes, [spot[0] for spot in spots], [spot[1] for spot in spots], [point.tone for point in points])
    _paint_names(axes, points, spots)


def _limits(values: Sequence[float], policies: Sequence[str], results: Results) -> tuple[float, float]:
    """Return the limits of one side: all values, the declared limits and a margin for names, but not the absurd."""
    declared = [abs(value) * 115 for id in policies if (value := read.value(results, id)) is not None]
    least = max([5.0, *declared])
    low = max(min([*values, -least]), -FARTHEST)
    high = min(max([*values, least]), FARTHEST)
    gap = (high - low) * 0.06
    return low - gap, high + gap


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])


def _paint_limits(axes: Axes, results: Results) -> None:
    severe = read.known(results, f"{POLICY}.severe_mean_change")
    spread = read.known(results, f"{POLICY}.severe_sd_change")
    yellow = read.known(results, f"{POLICY}.yellow_mean_change")
    _vertical(axes, severe, palette.BAD, (4, 2), "severe", -1)
    _vertical(axes, yellow, palette.CAUTION, (1.5, 1.5), "yellow", 1)
    at = read.number(spread)
    if at is None:
        return
    for sign in (-1, 1):
        axes.axhline(sign * at * 100, color=palette.BAD, linewidth=0.8, linestyle=(0, (4, 2)), zorder=2)
    right = axes.get_xlim()[1]
    axes.annotate(
        f"severe ±{read.words(spread)}",
        (right, at * 100),
        xytext=(-1, 3),
        textcoords="offset points",
        ha="right",
        size=SMALL,
        color=palette.MUTED,
    )


def _vertical(axes: Axes, fact: Fact | None, colour: str, dashes: tuple[float, float], name: str, side: int) -> None:
    at = read.number(fact)
    if at is None:
        return
    top = axes.get_ylim()[1]
    mm = (axes.get_xlim()[1] - axes.get_xlim()[0]) / plot_size(axes)[0]
    for sign in (-1, 1):
        axes.axvline(sign * at * 100, color=colour, linewidth=0.8, linestyle=(0, dashes), zorder=2)
    axes.annotate(
        f"{name} ±{read.words(fact)}",
        (at * 100 + side * -0.4 * mm, top),
        xytext=(0, 4),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        size=SMALL,
        color=palette.MUTED,
    )


def _paint_names(axes: Axes, points: Sequence[_Point], spots: Sequence[tuple[float, float]]) -> None:
    rank = {"bad": 0, "caution": 1}
    order = sorted(
        (index for index, point in enumerate(points) if point.tone in rank),
        key=lambda index: (rank[points[index].tone], -abs(points[index].mean) - abs(points[index].sd)),
    )[:LABELLED]
    names = [_name(points[index], spots[index]) for index in order]
    label_points(axes, [spots[index] for index in order], names, others=spots)


def _name(point: _Point, spot: tuple[float, float]) -> str:
    if spot == (point.mean, point.sd):
        return point.name
    return f"{point.name} ({point.mean:+,.0f} %, {point.sd:+,.0f} %)".replace("-", "−")


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Change of the mean against change of the standard deviation, one point a feature",
        ": {drift.count.declared_severe} of {drift.count.tested} features lie beyond the limits declared as severe",
        "; the mean of {drift.largest.name} moved farthest, by {drift.largest.mean_change}",
    )


FIGURE = Figure(id="drift_scatter", title="Drift of mean and spread", draw=draw)
