"""How large the errors are: their histogram with the quantiles of the absolute error and the extreme limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, measure, panel, picture
from generator.figures._marks import BACKING, plot_size
from generator.figures._scales import number_axis
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "errors.histogram"
QUANTILES = ("p50", "p95", "p99")


@dataclass(frozen=True, kw_only=True)
class _Bin:
    low: float
    high: float
    count: float


def draw(results: Results) -> Drawing | Absent:
    """Return the histogram of the signed errors."""
    rows = read.rows(results, TABLE)
    bins = [item for row in rows if (item := _bin(row))]
    if not any(item.count for item in bins):
        return Absent(reason=read.reason(results, TABLE, "no error was counted"))
    unit = next((read.unit_of(row["low"]) for row in rows if read.unit_of(row["low"])), "")
    svg = picture("error_distribution", 70, lambda sheet: _paint(sheet, bins, results, unit))
    return Drawing(svg=svg, alt=_alt(results))


def _bin(row: read.Row) -> _Bin | None:
    low, high, count = (read.number(row[key]) for key in ("low", "high", "count"))
    if low is None or high is None or count is None or high <= low:
        return None
    return _Bin(low=low, high=high, count=count)


def _paint(sheet: Sheet, bins: Sequence[_Bin], results: Results, unit: str) -> None:
    axes = panel(sheet, left=14, right=6, bottom=10.5, top=12)
    extremes = [row for row in read.rows(results, "errors.extremes") if read.number(row["limit"]) is not None]
    low, high = bins[0].low, bins[-1].high
    marks = [read.number(row["limit"]) or 0.0 for row in extremes]
    marks += [read.value(results, f"errors.{name}") or 0.0 for name in QUANTILES]
    near = [mark for mark in marks if mark <= 1.5 * max(-low, high)]
    low, high = min([low, *(-limit * 1.03 for limit in near)]), max([high, *(limit * 1.03 for limit in near)])
    edge = (high - low) * 0.01
    label = read.with_unit("Prediction minus target", unit, results.header.currency)
    number_axis(axes, "x", (low - edge, high + edge), label=label, signed=True, count=10)
    total, widths = sum(item.count for item in bins), {round(item.high - item.low, 9) for item in bins}
    even = len(widths) == 1
    tops = [100 / total * item.count / (1 if even else item.high - item.low) for item in bins]
    number_axis(axes, "y", (0, max(tops) * 1.06), label="Rows (%)" if even else "Rows (% per unit)", count=5)
    axes.bar(
        [(item.low + item.high) / 2 for item in bins],
        tops,
        width=[(item.high - item.low) * 0.94 for item in bins],
        color=palette.ACCENT_MID,
        zorder=2,
    )
    axes.axvline(0, color=palette.INK, linewidth=0.8, zorder=3)
    _paint_quantiles(axes, results)
    _paint_extremes(axes, extremes, results.header.currency)


def _paint_quantiles(axes: Axes, results: Results) -> None:
    """Bracket the middle share of the absolute errors above the bars: half of them, 95 and 99 of a hundred."""
    facts = [(name, read.known(results, f"errors.{name}")) for name in QUANTILES]
    low, high = axes.get_xlim()
    top = axes.get_ylim()[1]
    up = top / plot_size(axes)[1]
    for index, (name, fact) in enumerate(facts):
        at = read.number(fact)
        if fact is None or at is None:
            continue
        y = top + (1.2 + 3.6 * index) * up
        left, right = max(-at, low), min(at, high)
        axes.plot([left, right], [y, y], color=palette.ACCENT, linewidth=0.9, clip_on=False)
        for x in {left, right} & {-at, at}:
            axes.plot([x, x], [y - 0.8 * up, y + 0.8 * up], color=palette.ACCENT, linewidth=0.9, clip_on=False)
            axes.plot([x, x], [0, y], color=palette.ACCENT, linewidth=0.5, linestyle=(0, (2, 2)))
        _bracket_name(axes, y, right, f"{name[1:]} % within ±{read.words(fact, results.header.currency)}")


def _bracket_name(axes: Axes, y: float, right: float, text: str) -> None:
    low, high = axes.get_xlim()
    inside = (high - right) / (high - low) * plot_size(axes)[0] < measure(text, size=SMALL) + 2
    axes.annotate(
        text,
        (right, y),
        xytext=(-3 if inside else 4, 2 if inside else 0),
        textcoords="offset points",
        size=SMALL,
        ha="right" if inside else "left",
        va="bottom" if inside else "center_baseline",
        annotation_clip=False,
    )


def _paint_extremes(axes: Axes, rows: Sequence[read.Row], currency: str) -> None:
    """Mark the limits of extreme errors; those far outside are only told of at the edge."""
    (low, high), top = axes.get_xlim(), axes.get_ylim()[1]
    for line, row in enumerate(rows):
        at = read.number(row["limit"]) or 0.0
        text = f"beyond ±{read.words(row['limit'], currency)}: {_rows(row['count'])}"
        for x in (-at, at):
            if low < x < high:
                axes.plot([x, x], [0, top * 0.92], color=palette.BAD, linewidth=0.9, zorder=3)
        y = top * (0.9 - 0.08 * line)
        axes.text(
            high,
            y,
            text + ("" if at < high else " →"),
            ha="right",
            va="center_baseline",
            size=SMALL,
            color=palette.BAD,
            zorder=5,
            bbox=BACKING,
        )


def _rows(cell: object) -> str:
    text = read.words(cell) if isinstance(cell, Fact) else ""
    return text if text.endswith(("row", "rows")) else f"{text} rows"


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Histogram of prediction minus target",
        ": half of the absolute errors are at most {errors.p50}",
        ", 95 of 100 at most {errors.p95}",
        ", 99 of 100 at most {errors.p99}",
        "; the mean error is {performance.bias.production}",
    )


FIGURE = Figure(id="error_distribution", title="Distribution of the errors", draw=draw)
