"""What acting from a probability upwards costs a case, along all thresholds, with the ways to act marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, panel, picture
from generator.figures._marks import BACKING, plot_size, spread
from generator.figures._scales import number_axis, span
from generator.records.fact import Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

CURVE, POINTS, HEIGHT = "decision.curve", "decision.points", 74.0
MARKED = {"current": "as today", "optimal": "best by the costs", "capacity": "all that capacity allows"}


@dataclass(frozen=True, kw_only=True)
class _Place:
    at: float
    cost: float
    low: float
    high: float


def draw(results: Results) -> Drawing | Absent:
    """Return the cost curve."""
    places = [_place(row) for row in read.rows(results, CURVE) if read.number(row["cost"]) is not None]
    if not places:
        return Absent(reason=read.reason(results, CURVE, "no threshold has a cost"))
    svg = picture("decision_cost", HEIGHT, lambda sheet: _paint(sheet, places, results))
    return Drawing(svg=svg, alt=_alt(results))


def _place(row: read.Row) -> _Place:
    cost = read.number(row["cost"]) or 0.0
    low, high = read.interval(row["cost"]) or (cost, cost)
    return _Place(at=read.number(row["from"]) or 0.0, cost=cost, low=low, high=high)


def _paint(sheet: "Sheet", places: Sequence[_Place], results: Results) -> None:
    axes = panel(sheet, left=19, right=48, bottom=11, top=5)
    currency = results.header.currency
    marks = _marks(results)
    x = [place.at * 100 for place in places]
    lows, highs = [place.low for place in places], [place.high for place in places]
    number_axis(axes, "x", (0.0, max(*x, 1.0) * 1.02), label="Acted on from a probability of (%)", count=7)
    costs = [*lows, *highs, 0.0, *(cost for _, _, cost, _ in marks)]
    number_axis(axes, "y", span(costs), label=read.with_unit("Cost a case", "money", currency), count=6)
    _paint_flat(axes, results)
    axes.axhline(0.0, color=palette.MUTED, linewidth=0.8, linestyle=(0, (4, 2)), zorder=2)
    axes.fill_between(x, lows, highs, color=palette.ACCENT_TINT, linewidth=0, zorder=2.5)
    axes.plot(
        x,
        [place.cost for place in places],
        color=palette.ACCENT,
        linewidth=1.6,
        zorder=3,
        marker="o" if len(x) == 1 else "",
        markersize=4,
        markeredgewidth=0,
    )
    _paint_marks(axes, marks)


def _paint_flat(axes: "Axes", results: Results) -> None:
    """Shade the thresholds that are as cheap as the cheapest."""
    low, high = (read.value(results, f"decision.flat.{end}") for end in ("low", "high"))
    if low is None or high is None:
        return
    axes.axvspan(low * 100, high * 100, color=palette.GOOD_TINT, linewidth=0, zorder=1)
    bottom, top = axes.get_ylim()
    axes.text(
        high * 100,
        top - (top - bottom) * 0.02,
        " as cheap as the cheapest",
        va="top",
        size=SMALL,
        color=palette.MUTED,
        zorder=4,
        bbox=BACKING,
    )


def _marks(results: Results) -> list[tuple[str, float, float, str]]:
    """Return name, threshold, cost and text of the ways to act that are marked."""
    found = []
    for id, name in MARKED.items():
        at, cost = read.value(results, f"decision.{id}.from"), read.known(results, f"decision.{id}.cost")
        if at is not None and cost is not None:
            words = read.words(read.known(results, f"decision.{id}.from"))
            found.append((f"{name}: {words}", at, read.number(cost) or 0.0, read.words(cost, results.header.currency)))
    return found


def _paint_marks(axes: "Axes", marks: Sequence[tuple[str, float, float, str]]) -> None:
    """Mark the ways on the curve and name them right of the plot."""
    low, high = axes.get_ylim()
    edge, (wide, tall) = axes.get_xlim()[1], plot_size(axes)
    mm, per_mm = edge / wide, (high - low) / tall
    spots = spread([cost for _, _, cost, _ in marks], 8.0 * per_mm, low, high)
    for (name, at, cost, text), spot in zip(marks, spots, strict=True):
        axes.plot([at * 100, edge + 1.5 * mm], [cost, spot], color=palette.RULE, linewidth=0.6, clip_on=False, zorder=2)
        axes.scatter([at * 100], [cost], s=20, color=palette.INK, edgecolors=palette.PAPER, linewidths=0.6, zorder=5)
        axes.text(edge + 2.5 * mm, spot + 1.6 * per_mm, name, va="center_baseline", size=SMALL, color=palette.MUTED)
        axes.text(edge + 2.5 * mm, spot - 1.8 * per_mm, f"{text} a case", va="center_baseline", color=palette.INK)


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Cost a case by the probability from which is acted",
        "; today {decision.current.cost} from {decision.threshold.current}",
        "; best by the costs {decision.optimal.cost} from {decision.threshold.optimal}",
        "; as cheap as the cheapest between {decision.flat.low} and {decision.flat.high}",
    )


FIGURE = Figure(id="decision_cost", title="What acting on a probability costs", draw=draw)
