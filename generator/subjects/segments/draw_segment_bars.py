"""The error of the worst segments against the whole and against the limits of the critical ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, measure, panel, picture
from generator.figures._marks import plot_size, shape_at
from generator.figures._scales import name_axis, number_axis, span
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.headline import told
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "segments.all"
SHOWN = 18


@dataclass(frozen=True, kw_only=True)
class _Bar:
    name: str
    error: float
    text: str
    rows: str
    interval: tuple[float, float] | None
    limit: float | None


def draw(results: Results) -> Drawing | Absent:
    """Return the bars of the worst segments."""
    limits = _limits(results)
    rows = [row for row in read.rows(results, TABLE) if read.number(row["error"]) is not None]
    bars = _chosen([_bar(row, limits, results.header.currency) for row in rows])
    if not bars:
        return Absent(reason=read.reason(results, TABLE, "no segment has an error"))
    unit = read.unit_of(rows[0]["error"])
    height = min(95.0, max(42.0, 17 + 4.4 * len(bars)))
    svg = picture("segment_bars", height, lambda sheet: _paint(sheet, bars, results, unit))
    return Drawing(svg=svg, alt=_alt(results))


def _chosen(bars: Sequence[_Bar]) -> list[_Bar]:
    """Return the first bars, and any that has a limit, by size: the table ranks by how sure a difference is."""
    limited = [bar for bar in bars[SHOWN:] if bar.limit is not None][: SHOWN // 2]
    return sorted([*bars[: SHOWN - len(limited)], *limited], key=lambda bar: -bar.error)


def _bar(row: read.Row, limits: dict[tuple[str, str], float], currency: str) -> _Bar:
    segment, level, error = read.words(row["segment"]), read.words(row["level"]), row["error"]
    return _Bar(
        name=f"{segment} · {level}",
        error=read.number(error) or 0.0,
        text=read.words(error, currency),
        rows=read.words(row["rows"]).removesuffix(" rows"),
        interval=read.interval(error),
        limit=limits.get((segment, level)),
    )


def _limits(results: Results) -> dict[tuple[str, str], float]:
    found = {}
    for row in read.rows(results, "declared.objectives.critical_segments"):
        limit = read.number(row["acceptable"])
        if limit is not None and read.words(row.get("metric")) in {"", told(results.facts).metric}:
            found[read.words(row["segment"]), read.words(row["level"])] = limit
    return found


def _paint(sheet: Sheet, bars: Sequence[_Bar], results: Results, unit: str) -> None:
    left = min(48.0, max(measure(bar.name) for bar in bars) + 3)
    axes = panel(sheet, left=left, right=16 + _value_width(bars), bottom=9, top=6)
    values = [bar.error for bar in bars] + [bar.interval[1] for bar in bars if bar.interval]
    values += [bar.limit for bar in bars if bar.limit is not None]
    overall = read.known(results, "headline.production")
    number_axis(
        axes,
        "x",
        span([*values, read.number(overall) or 0.0], zero=True, margin=0.04),
        label=read.with_unit(f"{told(results.facts).short}, with 95 % interval", unit, results.header.currency),
    )
    name_axis(axes, [bar.name for bar in bars], width=left - 2)
    axes.barh(range(len(bars)), [bar.error for bar in bars], height=0.62, color=_colours(bars), zorder=2)
    for row, bar in enumerate(bars):
        _paint_bar(axes, row, bar)
    _paint_columns(axes, bars)
    if any(bar.limit is not None for bar in bars):
        _paint_key(axes)
    if overall:
        _paint_overall(axes, overall, results.header.currency)
    axes.spines["bottom"].set_visible(False)


def _colours(bars: Sequence[_Bar]) -> list[str]:
    return [palette.BAD if bar.limit is not None and bar.error > bar.limit else palette.ACCENT for bar in bars]


def _paint_bar(axes: Axes, row: int, bar: _Bar) -> None:
    if bar.interval:
        low, high = bar.interval
        axes.plot([low, high], [row, row], color=palette.PAPER, linewidth=2.4, zorder=3)
        axes.plot([low, high], [row, row], color=palette.INK, linewidth=0.8, zorder=3.5)
    if bar.limit is not None:
        axes.plot([bar.limit] * 2, [row - 0.45, row + 0.45], color=palette.INK, linewidth=1.6, zorder=4)


def _value_width(bars: Sequence[_Bar]) -> float:
    return 5.5 + max(measure(bar.text) for bar in bars)


def _paint_columns(axes: Axes, bars: Sequence[_Bar]) -> None:
    """Write value and rows as two columns right of the plot, with the verdict's shape where there is a limit."""
    wide = _value_width(bars)
    low, high = axes.get_xlim()
    mm = (high - low) / plot_size(axes)[0]
    for row, bar in enumerate(bars):
        axes.text(high + wide * mm, row, bar.text, ha="right", va="center_baseline")
        axes.text(high + (wide + 13) * mm, row, bar.rows, ha="right", va="center_baseline", color=palette.MUTED)
        if bar.limit is not None:
            shape_at(axes, high + 3 * mm, row, "bad" if bar.error > bar.limit else "good")
    for place, text in ((wide, "error"), (wide + 13, "rows")):
        axes.text(high + place * mm, -1.0, text, ha="right", va="center_baseline", size=SMALL, color=palette.MUTED)


def _paint_key(axes: Axes) -> None:
    low, high = axes.get_xlim()
    mm = (high - low) / plot_size(axes)[0]
    axes.plot([low + 0.5 * mm] * 2, [-1.35, -0.75], color=palette.INK, linewidth=1.6, clip_on=False)
    axes.text(low + 2 * mm, -1.0, "limit", va="center_baseline", size=SMALL, color=palette.MUTED)


def _paint_overall(axes: Axes, overall: Fact, currency: str) -> None:
    at = read.number(overall) or 0.0
    axes.axvline(at, color=palette.INK, linewidth=0.8, linestyle=(0, (4, 2)), zorder=3.8)
    text = f"all rows {read.words(overall, currency)}"
    axes.text(at, -1.0, text, ha="center", va="center_baseline", size=SMALL, color=palette.INK)


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        f"{told(results.facts).short} of the worst segments",
        ": {segments.worst.name} is worst with {segments.worst.error}",
        " against {headline.production} over all rows",
        "; {segments.concentration.share} of its rise lies in {segments.concentration.count} of them",
    )


FIGURE = Figure(id="segment_bars", title="Error by segment", draw=draw)
