"""What the highest scores hold: the share of all positives by the share of rows acted on, highest scores first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, panel, picture, shorten
from generator.figures._marks import spread
from generator.figures._scales import number_axis
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE, TOP = "discrimination.gain", "discrimination.top"
HEIGHT, NAMES = 66.0, 62.0
PERCENT = 100.0
MARKED = 4


@dataclass(frozen=True, kw_only=True)
class _Point:
    share: float
    gain: float
    interval: tuple[float, float] | None
    best: float | None


def draw(results: Results) -> Drawing | Absent:
    """Return the gain curve with the declared shares marked."""
    points = [point for row in read.rows(results, TABLE) if (point := _point(row))]
    if not points:
        return Absent(reason=read.reason(results, TABLE, "no share of the rows has a gain"))
    rows = [row for row in read.rows(results, TOP) if read.number(row["share"]) and read.number(row["gain"])]
    svg = picture("lift", HEIGHT, lambda sheet: _paint(sheet, points, rows[:MARKED]))
    return Drawing(svg=svg, alt=_alt(results, rows))


def _point(row: read.Row) -> _Point | None:
    share, gain, best = (read.number(row[key]) for key in ("share", "gain", "best"))
    if share is None or gain is None:
        return None
    ends = read.interval(row["gain"])
    return _Point(
        share=PERCENT * share,
        gain=PERCENT * gain,
        interval=None if ends is None else (PERCENT * ends[0], PERCENT * ends[1]),
        best=None if best is None else PERCENT * best,
    )


def _paint(sheet: Sheet, points: Sequence[_Point], rows: Sequence[read.Row]) -> None:
    axes = panel(sheet, left=14, right=NAMES + 3, bottom=11, top=4)
    number_axis(axes, "x", (0, PERCENT), label="Rows acted on, highest scores first (%)", count=5)
    number_axis(axes, "y", (0, PERCENT), label="Of all positives (%)", count=5)
    banded = [point for point in points if point.interval]
    if banded:
        ends = [point.interval or (0.0, 0.0) for point in banded]
        axes.fill_between(
            [point.share for point in banded],
            [end[0] for end in ends],
            [end[1] for end in ends],
            color=palette.ACCENT_TINT,
            linewidth=0,
            zorder=1.5,
        )
    axes.plot([0, PERCENT], [0, PERCENT], color=palette.MUTED, linewidth=0.8, linestyle=(0, (4, 2)), zorder=2)
    best = [(point.share, point.best) for point in points if point.best is not None]
    axes.plot([0, *(x for x, _ in best)], [0, *(y for _, y in best)], color=palette.GREY, linewidth=0.9, zorder=2)
    axes.plot(
        [0, *(point.share for point in points)],
        [0, *(point.gain for point in points)],
        color=palette.ACCENT,
        linewidth=1.4,
        zorder=3,
    )
    _paint_marks(axes, rows)
    _name_lines(axes, points)


def _paint_marks(axes: Axes, rows: Sequence[read.Row]) -> None:
    """Mark each declared share on the curve and say right of the plot what it holds."""
    wanted = [PERCENT * (read.number(row["gain"]) or 0.0) for row in rows]
    spots = spread(wanted, 13.0, 8.0, 92.0)
    for row, y, spot in zip(rows, wanted, spots, strict=True):
        x = PERCENT * (read.number(row["share"]) or 0.0)
        axes.plot([x, x], [0, y], color=palette.ACCENT, linewidth=0.6, linestyle=(0, (2, 2)), zorder=2.5)
        axes.plot(
            [x, PERCENT, 102, 103.5], [y, y, spot, spot], color=palette.RULE, linewidth=0.6, zorder=1.8, clip_on=False
        )
        axes.scatter([x], [y], s=22, color=palette.ACCENT, edgecolors=palette.PAPER, linewidths=0.6, zorder=4)
        head = f"Highest {read.words(row['share'])}: {read.words(row['gain'])} of all positives"
        tail = f"{read.words(row['precision'])} positive, {read.words(row['lift'])} times the base rate"
        axes.text(104.5, spot + 2.6, shorten(head, NAMES - 5), va="center_baseline", color=palette.INK)
        axes.text(
            104.5,
            spot - 2.6,
            shorten(tail, NAMES - 5, size=SMALL),
            va="center_baseline",
            size=SMALL,
            color=palette.MUTED,
        )


def _name_lines(axes: Axes, points: Sequence[_Point]) -> None:
    axes.text(62, 58.5, "any order", size=SMALL, color=palette.MUTED, ha="left", va="top")
    full = next((point.share for point in points if point.best is not None and point.best >= PERCENT), None)
    if full is not None and full < 80:
        axes.text(full + 1.5, 97.0, "perfect order", size=SMALL, color=palette.MUTED, va="center_baseline")


def _alt(results: Results, rows: Sequence[read.Row]) -> Sentence:
    told: list[str | Fact] = []
    for row in rows[:MARKED]:
        cells = [cell if isinstance(cell, Fact) else None for cell in (row["share"], row["gain"])]
        told += read.say("; the highest ", cells[0], " of the scores hold ", cells[1], " of all positives")
    base = read.tell(results, "", "; of all rows {performance.base_rate.production} are positive")
    return ("Share of all positives by share of the rows acted on", *told, *base)


FIGURE = Figure(id="lift", title="What the highest scores hold", draw=draw)
