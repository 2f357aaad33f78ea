"""What the worth of the system turns on: every input at its low and its high end, the widest swing first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, measure, panel, picture
from generator.figures._marks import edge_note, note, plot_size
from generator.figures._scales import name_axis, number_axis, span
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "business.tornado"
SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class _SwingBar:
    name: str
    low: float
    high: float
    texts: tuple[str, str]


def draw(results: Results) -> Drawing | Absent:
    """Return a bar an input around the worth with every input at its central value."""
    rows = read.rows(results, TABLE)[:SHOWN]
    bars = [bar for row in rows if (bar := _bar(row, results.header.currency))]
    centre = read.number(rows[0]["centre"]) if rows else None
    if not bars or centre is None:
        return Absent(reason=read.reason(results, TABLE, "no input of the business case has a range"))
    height = min(95.0, max(34.0, 21 + 6.4 * len(bars)))
    svg = picture("tornado", height, lambda sheet: _paint(sheet, bars, centre, results))
    return Drawing(svg=svg, alt=_alt(results, rows[0]))


def _bar(row: read.Row, currency: str) -> _SwingBar | None:
    low, high = read.number(row["low"]), read.number(row["high"])
    if low is None or high is None:
        return None
    texts = read.words(row["low"], currency), read.words(row["high"], currency)
    return _SwingBar(name=read.words(row["input"]), low=low, high=high, texts=texts)


def _paint(sheet: "Sheet", bars: Sequence[_SwingBar], centre: float, results: Results) -> None:
    left = min(56.0, max(measure(bar.name) for bar in bars) + 3)
    axes = panel(sheet, left=left, right=5, bottom=10, top=8)
    low, high = span([end for bar in bars for end in (bar.low, bar.high)] + [centre, 0.0], margin=0.02)
    wide = max(measure(text, size=SMALL) for bar in bars for text in bar.texts) + 4
    room = (high - low) * wide / (plot_size(axes)[0] - 2 * wide)
    label = read.with_unit("Net present value", "money", results.header.currency)
    number_axis(axes, "x", (low - room, high + room), label=label, count=7)
    name_axis(axes, [bar.name for bar in bars], width=left - 2)
    axes.spines["left"].set_visible(False)
    for row, bar in enumerate(bars):
        _paint_bar(axes, row, bar, centre)
    axes.axvline(centre, color=palette.INK, linewidth=0.8, zorder=4)
    edge_note(axes, "every input at its central value", centre, 4)
    if low - room < 0 < high + room:
        axes.axvline(0, color=palette.BAD, linewidth=0.8, linestyle=(0, (3, 2)), zorder=3)


def _paint_bar(axes: "Axes", row: int, bar: _SwingBar, centre: float) -> None:
    """Dark where the input stands at its ninetieth percentile, light where it stands at its tenth."""
    for end, colour in ((bar.low, palette.ACCENT_MID), (bar.high, palette.ACCENT)):
        axes.barh([row], [end - centre], left=[centre], height=0.5, color=colour, zorder=2)
    for end, text, name in ((bar.low, bar.texts[0], "P10"), (bar.high, bar.texts[1], "P90")):
        side = 1 if end > centre or (end == centre and name == "P90") else -1
        ha = "left" if side > 0 else "right"
        note(axes, text, (end, row), (3 * side, 0), ha=ha, va="center_baseline", color=palette.INK)


def _alt(results: Results, first: read.Row) -> Sentence:
    swing, centre = first["swing"], first["centre"]
    return (
        f"What the net present value turns on: {read.words(first['input'])} first",
        *read.say(", which moves it by ", swing if isinstance(swing, Fact) else None),
        *read.say("; with every input at its central value it is ", centre if isinstance(centre, Fact) else None),
        ".",
    )


FIGURE = Figure(id="tornado", title="What the worth turns on", draw=draw)
