"""The latency budgets of the sources, in parallel within a stage and stage after stage, against the objective."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import measure, panel, picture
from generator.figures._marks import edge_note
from generator.figures._scales import name_axis, number_axis, span
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "features.latency"
OBJECTIVE = "declared.context.serving.latency_objective_ms"
SHOWN = 14


@dataclass(frozen=True, kw_only=True)
class _Bar:
    name: str
    start: float
    length: float
    text: str
    slowest: bool
    """Whether its stage waits for it."""


def draw(results: Results) -> Drawing | Absent:
    """Return the waterfall of the budgets."""
    rows = [row for row in read.rows(results, TABLE) if read.number(row["budget"]) is not None][:SHOWN]
    if not rows:
        return Absent(reason=read.reason(results, TABLE, "no source has a latency budget"))
    bars = _bars(rows)
    height = min(90.0, max(38.0, 22 + 6.4 * len(bars)))
    svg = picture("latency_waterfall", height, lambda sheet: _paint(sheet, bars, results))
    return Drawing(svg=svg, alt=_alt(results))


def _bars(rows: Sequence[read.Row]) -> list[_Bar]:
    stages: dict[str, list[read.Row]] = {}
    for row in rows:
        stages.setdefault(read.words(row["stage"]), []).append(row)
    bars, start = [], 0.0
    for members in stages.values():
        longest = max(read.number(row["budget"]) or 0.0 for row in members)
        for row in members:
            length = read.number(row["budget"]) or 0.0
            kind = read.words(row["kind"])
            name = read.words(row["source"]) + (f" · {kind}" if kind else "")
            text = read.words(row["budget"])
            bars.append(_Bar(name=name, start=start, length=length, text=text, slowest=length == longest))
        start += longest
    return bars


def _paint(sheet: "Sheet", bars: Sequence[_Bar], results: Results) -> None:
    left = min(52.0, max(measure(bar.name) for bar in bars) + 3)
    axes = panel(sheet, left=left, right=10, bottom=10.5, top=7)
    objective = read.known(results, OBJECTIVE)
    total = max(bar.start + bar.length for bar in bars)
    low, high = span([total * 1.06, read.number(objective) or 0.0], zero=True)
    number_axis(axes, "x", (low, high), label="Time since the request (ms)", count=8)
    name_axis(axes, [bar.name for bar in bars], width=left - 2, bottom=1.6)
    colours = [palette.ACCENT if bar.slowest else palette.ACCENT_MID for bar in bars]
    axes.barh(
        range(len(bars)),
        [bar.length for bar in bars],
        left=[bar.start for bar in bars],
        height=0.58,
        color=colours,
        zorder=2,
    )
    for row, bar in enumerate(bars):
        axes.annotate(
            bar.text, (bar.start + bar.length, row), xytext=(3, 0), textcoords="offset points", va="center_baseline"
        )
    for start in sorted({bar.start for bar in bars} - {0.0}):
        axes.axvline(start, color=palette.RULE, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
    _paint_total(axes, total, float(len(bars)), read.words(read.known(results, "features.latency.staged")))
    if objective:
        _paint_objective(axes, objective)


def _paint_total(axes: "Axes", total: float, y: float, worst: str) -> None:
    axes.plot([0, total], [y, y], color=palette.INK, linewidth=0.9)
    for x in (0, total):
        axes.plot([x, x], [y - 0.18, y + 0.18], color=palette.INK, linewidth=0.9)
    axes.annotate(
        f"worst case {worst}".strip(),
        (total / 2, y),
        ha="center",
        va="center_baseline",
        weight="semibold",
        bbox={"facecolor": palette.PAPER, "edgecolor": "none", "pad": 1.5},
    )


def _paint_objective(axes: "Axes", objective: Fact) -> None:
    at = read.number(objective) or 0.0
    axes.axvline(at, color=palette.BAD, linewidth=1.0, zorder=3)
    edge_note(axes, f"objective {read.words(objective)}", at, 3, color=palette.INK)


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Latency budgets of the sources, in parallel within a stage",
        "; worst case {features.latency.staged} in the declared stages",
        " ({features.latency.sequential} if all were read one after the other)",
        f" against an objective of {{{OBJECTIVE}}}",
        ", headroom {features.latency.headroom}",
    )


FIGURE = Figure(id="latency_waterfall", title="Latency budgets against the objective", draw=draw)
