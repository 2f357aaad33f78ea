"""The error by the size of the prediction: spread and lean of the model from its lowest to its highest predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, panel, picture
from generator.figures._scales import number_axis, round_ticks, span, write_tick
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.headline import told
from generator.records.results import Results
from generator.records.table import Cell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "errors.by_prediction"
HEIGHT, FEW = 74.0, 12


@dataclass(frozen=True, kw_only=True)
class _Decile:
    name: str
    bounds: str
    error: Cell
    bias: Cell | None


def draw(results: Results) -> Drawing | Absent:
    """Return the two panels: error above, bias below."""
    rows = [row for row in read.rows(results, TABLE) if read.number(row["error"]) is not None]
    if not rows:
        return Absent(reason=read.reason(results, TABLE, "no decile has an error"))
    places = _places(rows)
    deciles = [
        _Decile(name=read.words(row["decile"]), bounds=_bounds(row, places), error=row["error"], bias=row.get("bias"))
        for row in rows
    ]
    unit, target = read.unit_of(rows[0]["error"]), read.unit_of(rows[0]["high"])
    svg = picture("prediction_error_by_decile", HEIGHT, lambda sheet: _paint(sheet, deciles, results, (unit, target)))
    return Drawing(svg=svg, alt=_alt(results, deciles))


def _places(rows: Sequence[read.Row]) -> int:
    ends = [end for row in rows for key in ("low", "high") if (end := read.number(row[key])) is not None]
    low, high = span(ends)
    return min(round_ticks(low, high, count=30)[1], 3)


def _bounds(row: read.Row, places: int) -> str:
    low, high = read.number(row["low"]), read.number(row["high"])
    if low is None or high is None:
        sign, end = ("≤", high) if low is None else ("≥", low)
        return "" if end is None else f"{sign} {write_tick(round(end, places), places)}"
    return f"{write_tick(round(low, places), places)}–{write_tick(round(high, places), places)}"


def _paint(sheet: Sheet, deciles: Sequence[_Decile], results: Results, units: tuple[str, str]) -> None:
    currency = results.header.currency
    upper = panel(sheet, left=15, right=24, bottom=37.5, top=4)
    lower = panel(sheet, left=15, right=24, bottom=15.5, top=HEIGHT - 33)
    _paint_error(upper, deciles, results, read.with_unit(told(results.facts).short, units[0], currency))
    _paint_bias(lower, deciles, read.with_unit("Bias", units[0], currency))
    for axes in (upper, lower):
        axes.set_xlim(-0.6, len(deciles) - 0.4)
    upper.set_xticks([])
    lower.set_xticks(range(len(deciles)), [item.name for item in deciles])
    for index, item in enumerate(deciles if len(deciles) <= FEW else ()):
        lower.annotate(
            item.bounds,
            (index, 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, -19),
            textcoords="offset points",
            ha="center",
            color=palette.MUTED,
        )
    lower.set_xlabel(read.with_unit("Decile of the prediction and its range", units[1], currency), labelpad=13)


def _paint_error(axes: Axes, deciles: Sequence[_Decile], results: Results, label: str) -> None:
    values = [read.number(item.error) or 0.0 for item in deciles]
    overall = read.known(results, "headline.production")
    bounds = [bound for item in deciles for bound in read.interval(item.error) or ()]
    whole = [read.number(overall) or 0.0] if overall else []
    number_axis(axes, "y", span([*values, *bounds, *whole], margin=0.08), label=label, count=4)
    _paint_dots(axes, [item.error for item in deciles], palette.ACCENT)
    if overall:
        _name_level(axes, whole[0], f"all rows {read.words(overall, results.header.currency)}")


def _paint_bias(axes: Axes, deciles: Sequence[_Decile], label: str) -> None:
    pairs = [(index, value) for index, item in enumerate(deciles) if (value := read.number(item.bias)) is not None]
    values = [value for _, value in pairs]
    reach = max((abs(value) for value in values), default=1.0) or 1.0
    number_axis(axes, "y", (-reach * 1.15, reach * 1.15), label=label, signed=True, count=4)
    colours = [palette.ACCENT if value >= 0 else palette.ACCENT_MID for value in values]
    axes.bar([index for index, _ in pairs], values, width=0.6, color=colours, zorder=2)
    axes.axhline(0, color=palette.INK, linewidth=0.8, zorder=3)
    axes.spines["bottom"].set_visible(False)
    right = len(deciles) - 0.3
    for y, text in ((reach * 0.6, "predicts too high"), (-reach * 0.6, "predicts too low")):
        axes.text(right, y, text, size=SMALL, color=palette.MUTED, va="center_baseline")


def _paint_dots(axes: Axes, cells: Sequence[Cell], colour: str) -> None:
    for index, cell in enumerate(cells):
        bounds = read.interval(cell)
        if bounds:
            axes.plot([index, index], bounds, color=palette.ACCENT_MID, linewidth=1.6, zorder=2)
    values = [read.number(cell) or 0.0 for cell in cells]
    axes.plot(range(len(values)), values, color=colour, linewidth=0.8, zorder=3)
    axes.scatter(range(len(values)), values, s=18, color=colour, edgecolors=palette.PAPER, linewidths=0.6, zorder=4)


def _name_level(axes: Axes, at: float, text: str) -> None:
    axes.axhline(at, color=palette.MUTED, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1.5)
    axes.annotate(
        text,
        (1, at),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center_baseline",
        size=SMALL,
        color=palette.MUTED,
    )


def _alt(results: Results, deciles: Sequence[_Decile]) -> Sentence:
    first, last = deciles[0].error, deciles[-1].error
    return (
        f"{told(results.facts).short} and bias by decile of the prediction",
        *read.say(": ", _fact(first), " among the lowest predictions, ", _fact(last), " among the highest"),
        *read.say("; over all rows ", read.known(results, "headline.production")),
        ".",
    )


def _fact(cell: Cell) -> Fact | None:
    return cell if isinstance(cell, Fact) else None


FIGURE = Figure(id="prediction_error_by_decile", title="Error by size of the prediction", draw=draw)
