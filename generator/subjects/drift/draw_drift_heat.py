"""The shift of the most important features by day, in steps of colour; strong cells carry their sign as well."""

import bisect
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, board, measure, panel, picture
from generator.figures._scales import day_ticks, name_axis, tick_texts
from generator.records.fact import Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.notation import MINUS
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "drift.heat"
SHOWN = 20
STEPS = (0.1, 0.25, 0.5, 1.0)
"""Absolute shifts, in reference standard deviations, from which a stronger colour begins; the last has no end."""
SIGNED, DARK = 2, 3
"""From which step on a cell carries its sign, so that grey print tells up from down, and from which in white."""
KEY = 5.4


@dataclass(frozen=True, kw_only=True)
class _Heat:
    names: list[str]
    days: list[datetime.date]
    steps: list[list[int | None]]
    """By feature and day: 0 for no shift, ±1 to ±4, None where there is no value."""


def draw(results: Results) -> Drawing | Absent:
    """Return the heat map of the daily shifts."""
    heat = _heat(results)
    if heat is None:
        return Absent(reason=read.reason(results, TABLE, "no feature has a shift on any day"))
    height = min(95.0, max(34.0, 19 + 3.8 * len(heat.names)))
    svg = picture("drift_heat", height, lambda sheet: _paint(sheet, heat))
    return Drawing(svg=svg, alt=_alt(results))


def _heat(results: Results) -> _Heat | None:
    rows = read.rows(results, TABLE)[:SHOWN]
    keys = sorted((day, key) for key in (rows[0] if rows else ()) if (day := read.moment(key)))
    steps = [[step_of(read.number(row[key])) for _, key in keys] for row in rows]
    if not any(step is not None for line in steps for step in line):
        return None
    return _Heat(names=[read.words(row["feature"]) for row in rows], days=[day for day, _ in keys], steps=steps)


def step_of(shift: float | None) -> int | None:
    """Return the step of colour of a shift, negative below the reference."""
    if shift is None:
        return None
    step = bisect.bisect_right(STEPS, abs(shift))
    return step if shift > 0 else -step


def _colour(step: int) -> str:
    return palette.WASH if step == 0 else palette.ABOVE[step - 1] if step > 0 else palette.BELOW[-step - 1]


def _paint(sheet: "Sheet", heat: _Heat) -> None:
    left = min(50.0, max(measure(name) for name in heat.names) + 3)
    axes = panel(sheet, left=left, right=4, bottom=7, top=9)
    axes.set_xlim(-0.5, len(heat.days) - 0.5)
    name_axis(axes, heat.names, width=left - 2, top=0.5, bottom=0.5)
    places = {day: index for index, day in enumerate(heat.days)}
    ticks = [day for day in day_ticks(heat.days[0], heat.days[-1]) if day in places]
    axes.set_xticks([places[day] for day in ticks], tick_texts(ticks))
    axes.tick_params(axis="x", length=2.5, width=0.6)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    _paint_cells(axes, heat)
    _paint_signs(axes, heat)
    _paint_key(sheet, left, gaps=any(step is None for line in heat.steps for step in line))


def _paint_cells(axes: "Axes", heat: _Heat) -> None:
    """Draw all cells of one colour as one path: small files, and no hairlines between them."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    gap = 0.03 if len(heat.days) <= 60 else 0.0
    cells: dict[int, list[Path]] = {}
    for y, line in enumerate(heat.steps):
        for x, step in enumerate(line):
            if step is not None:
                west, east, south, north = x - 0.5 + gap, x + 0.5 - gap, y - 0.46, y + 0.46
                corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
                cells.setdefault(step, []).append(Path(corners, closed=True))
    for step in sorted(cells):
        path = Path.make_compound_path(*cells[step])
        axes.add_artist(PathPatch(path, facecolor=_colour(step), linewidth=0, clip_on=False))


def _paint_signs(axes: "Axes", heat: _Heat) -> None:
    if len(heat.days) > 60:
        return
    for wanted in (step for step in range(-len(STEPS), len(STEPS) + 1) if abs(step) >= SIGNED):
        spots = [(x, y) for y, line in enumerate(heat.steps) for x, step in enumerate(line) if step == wanted]
        if spots:
            _paint_sign(axes, wanted, [x for x, _ in spots], [y for _, y in spots])


def _paint_sign(axes: "Axes", step: int, xs: Sequence[float], ys: Sequence[float]) -> None:
    colour = palette.PAPER if abs(step) >= DARK else palette.INK
    axes.plot(xs, ys, "+" if step > 0 else "_", color=colour, markersize=3.2, markeredgewidth=0.6)


def _paint_key(sheet: "Sheet", left: float, *, gaps: bool) -> None:
    """Draw the steps with their limits in one row above the map."""
    axes = board(sheet)
    top = sheet.get_figheight() * 25.4
    steps = list(range(-len(STEPS), len(STEPS) + 1))
    edges = [f"{MINUS}{edge:g}" for edge in reversed(STEPS)] + [f"+{edge:g}" for edge in STEPS]
    start = min(left, 30.0) + measure("below training", size=SMALL) + 2
    for index, step in enumerate(steps):
        x = start + index * KEY * 1.5
        east = x + KEY * 1.5
        axes.fill([x, east, east, x], [top - 3.4] * 2 + [top - 1] * 2, color=_colour(step), linewidth=0)
        if abs(step) >= SIGNED:
            _paint_sign(axes, step, [x + KEY * 0.75], [top - 2.2])
        if index:
            axes.text(x, top - 6.4, edges[index - 1], ha="center", size=SMALL, color=palette.MUTED)
    end = start + len(steps) * KEY * 1.5
    for x, side, text in ((start - 1.2, "right", "below training"), (end + 1.2, "left", "above training")):
        axes.text(x, top - 2.2, text, ha=side, va="center_baseline", size=SMALL, color=palette.MUTED)
    axes.text(end + 1.2, top - 6.4, "SD of training", size=SMALL, color=palette.MUTED)
    if gaps:
        axes.text(166, top - 2.2, "blank: no value", ha="right", va="center_baseline", size=SMALL, color=palette.MUTED)


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Heat map of the daily shift of the most important features, in standard deviations of the training data",
        "; features with confirmed drift over the whole period: {drift.count.confirmed}",
        ", with severe drift: {drift.count.severe}",
        "; the mean of {drift.largest.name} moved farthest, by {drift.largest.mean_change}",
    )


FIGURE = Figure(id="drift_heat", title="Drift of the most important features by day", draw=draw)
