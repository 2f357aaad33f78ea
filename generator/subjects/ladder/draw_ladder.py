"""All declared levels of the error on one axis, from what is expected to the rollback, and where they clash."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, measure, panel, picture, wrap
from generator.figures._marks import edge_note, plot_size, shape_at, status_points
from generator.figures._scales import name_axis, number_axis, span
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.headline import told
from generator.records.notation import Tone
from generator.records.results import Results
from generator.records.table import Cell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE, PROBLEMS = "ladder.headline", "ladder.problems"
SHOWN = 18
ROW = 6.2
"""Millimetres that a row needs for a name of two lines."""
COLUMN = 60.0
"""Millimetres right of the plot: value, brackets, problems."""
TONES: tuple[tuple[tuple[str, ...], Tone], ...] = (
    (("red", "rollback", "roll back"), "bad"),
    (("yellow", "retrain"), "caution"),
    (("acceptable",), "open"),
)


@dataclass(frozen=True, kw_only=True)
class _Step:
    id: str
    """The id of its threshold."""
    name: str
    value: float
    text: str
    tone: Tone


def draw(results: Results) -> Drawing | Absent:
    """Return the ladder, the highest level on top."""
    rows = [row for row in read.rows(results, TABLE) if read.number(row["value"]) is not None][:SHOWN]
    steps = sorted((_step(row, results.header.currency) for row in rows), key=lambda step: -step.value)
    if not steps:
        return Absent(reason=read.reason(results, TABLE, "no level has a value"))
    unit = read.unit_of(rows[0]["value"])
    height = min(95.0, max(46.0, 18 + 6.8 * len(steps)))
    svg = picture("ladder", height, lambda sheet: _paint(sheet, steps, results, unit))
    return Drawing(svg=svg, alt=_alt(results))


def _step(row: read.Row, currency: str) -> _Step:
    name = read.words(row["step"], currency)
    tone = next((tone for parts, tone in TONES if any(part in name.lower() for part in parts)), None)
    text = read.words(row["value"], currency)
    id = row["value"].id if isinstance(row["value"], Fact) else ""
    return _Step(id=id, name=name, value=read.number(row["value"]) or 0.0, text=text, tone=tone or "good")


def _paint(sheet: "Sheet", steps: Sequence[_Step], results: Results, unit: str) -> None:
    left = min(50.0, max(measure(step.name) for step in steps) + 3)
    axes = panel(sheet, left=left, right=COLUMN, bottom=10.5, top=7)
    marks = _marks(results)
    seen = [step.value for step in steps] + [bound for fact, _ in marks for bound in _extent(fact)]
    label = read.with_unit(told(results.facts).short, unit, results.header.currency)
    number_axis(axes, "x", span(seen, margin=0.05), label=label)
    lines = 2 if plot_size(axes)[1] > ROW * len(steps) else 1
    name_axis(axes, [step.name for step in steps], width=left - 2, top=0.7, bottom=0.7, lines=lines)
    axes.grid(True, axis="y", linewidth=0.4)
    _paint_marks(axes, marks, results.header.currency)
    rows = list(range(len(steps)))
    axes.step([step.value for step in steps], rows, where="pre", color=palette.RULE, linewidth=1.0, zorder=2)
    status_points(axes, [step.value for step in steps], rows, [step.tone for step in steps], size=1.5)
    _paint_column(axes, steps, results)


def _marks(results: Results) -> list[tuple[Fact, str]]:
    """Return the measured values to hold the ladder against."""
    ids = (("headline.production", "whole period"), ("headline.recent", "recent days"))
    return [(fact, name) for id, name in ids if (fact := read.known(results, id))]


def _extent(fact: Fact) -> tuple[float, ...]:
    return read.interval(fact) or (read.number(fact) or 0.0,)


def _paint_marks(axes: "Axes", marks: Sequence[tuple[Fact, str]], currency: str) -> None:
    low, high = axes.get_xlim()
    mm = (high - low) / plot_size(axes)[0]
    free = low - 40 * mm
    for fact, name in sorted(marks, key=lambda mark: read.number(mark[0]) or 0.0):
        at, bounds, text = read.number(fact) or 0.0, read.interval(fact), f"{name} {read.words(fact, currency)}"
        if bounds:
            axes.axvspan(*bounds, color=palette.ACCENT_TINT, zorder=0.5, linewidth=0)
        axes.axvline(at, color=palette.ACCENT, linewidth=1.0, zorder=1)
        x = max(at - measure(text, size=SMALL) / 2 * mm, free)
        edge_note(axes, text, x, 3, ha="left", color=palette.ACCENT, annotation_clip=False)
        free = x + (measure(text, size=SMALL) + 3) * mm


def _paint_column(axes: "Axes", steps: Sequence[_Step], results: Results) -> None:
    """Write the values, and bracket each pair of levels that clashes with what is wrong."""
    high = axes.get_xlim()[1]
    mm = (high - axes.get_xlim()[0]) / plot_size(axes)[0]
    wide = max(12.0, *(measure(step.text) + 3 for step in steps))
    for row, step in enumerate(steps):
        axes.text(high + wide * mm, row, step.text, ha="right", va="center_baseline")
    tall = (len(steps) + 0.4) / plot_size(axes)[1]
    free, lanes = -0.7, list[int]()
    for top, bottom, text in sorted(_problems(steps, results)):
        lane = next((index for index, end in enumerate(lanes) if end < top), len(lanes))
        lanes[lane : lane + 1] = [bottom]
        x = high + (wide + 2.5 + 1.6 * min(lane, 3)) * mm
        axes.plot([x - mm, x, x, x - mm], [top, top, bottom, bottom], color=palette.BAD, linewidth=0.9, clip_on=False)
        lines = wrap(text, COLUMN - wide - 13, lines=3, size=SMALL)
        y = max((top + bottom) / 2, free + len(lines) * 1.5 * tall)
        free = _paint_problem(axes, (high + (wide + 10) * mm, y), lines, tall)


def _problems(steps: Sequence[_Step], results: Results) -> list[tuple[int, int, str]]:
    """Return the clashes between drawn levels: upper row, lower row, words."""
    currency = results.header.currency
    found = []
    for row in read.rows(results, PROBLEMS):
        ends = [place for key in ("first", "second") if (place := _place(row[key], steps)) is not None]
        text = read.words(row.get("consequence"), currency) or read.words(row["problem"], currency)
        if len(ends) == 2:
            found.append((min(ends), max(ends), text))
    return found


def _place(side: Cell, steps: Sequence[_Step]) -> int | None:
    """Return the row of the level that `side` speaks of: the one whose threshold it cites, or whose name it is."""
    parts = side if isinstance(side, tuple) else (side,)
    cited = {part.id for part in parts if isinstance(part, Fact)}
    rows = (row for row, step in enumerate(steps) if step.id in cited or step.name == read.words(side))
    return next(rows, None)


def _paint_problem(axes: "Axes", spot: tuple[float, float], lines: Sequence[str], tall: float) -> float:
    x, y = spot
    mm = (axes.get_xlim()[1] - axes.get_xlim()[0]) / plot_size(axes)[0]
    shape_at(axes, x, y - (len(lines) - 1) * 1.5 * tall, "bad")
    for index, line in enumerate(lines):
        offset = (index - (len(lines) - 1) / 2) * 3.0 * tall
        axes.text(x + 1.8 * mm, y + offset, line, va="center_baseline", size=SMALL)
    return y + (len(lines) * 1.5 + 0.8) * tall


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "The declared levels of the error, from the expected value to the rollback",
        "; inconsistencies among all declared levels: {ladder.count.problems}",
        "; the measured value is {headline.production}",
        ", in the recent days {headline.recent}",
    )


FIGURE = Figure(id="ladder", title="Ladder of levels", draw=draw)
