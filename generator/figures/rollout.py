"""The stages of the rollout as bars on dates, with their traffic, their gates, and the days without releases."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, measure, panel, picture, wrap
from generator.figures._marks import plot_size
from generator.figures._scales import day_axis, name_axis, number_axis
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE, START, FREEZES = "declared.rollout.stages", "declared.rollout.start", "declared.calendar.freezes"
SHOWN = 10
GATES = 58.0


@dataclass(frozen=True, kw_only=True)
class _Stage:
    name: str
    start: float
    days: float
    traffic: str
    gate: str


def draw(results: Results) -> Drawing | Absent:
    """Return the stages, by date where the start is declared, else by day of the rollout."""
    stages: list[_Stage] = []
    for row in read.rows(results, TABLE)[:SHOWN]:
        start = stages[-1].start + stages[-1].days if stages else 0.0
        stages.append(
            _Stage(
                name=read.words(row["name"]), start=start, days=read.number(row["days"]) or 0.0,
                traffic=read.words(row["traffic"]), gate=read.words(row.get("gate")),
            )
        )  # fmt: skip
    if not any(stage.days for stage in stages):
        return Absent(reason=read.reason(results, TABLE, "no stage of the rollout has a length in days"))
    height = min(95.0, max(38.0, 16 + 9.0 * len(stages)))
    svg = picture("rollout", height, lambda sheet: _paint(sheet, stages, results))
    return Drawing(svg=svg, alt=_alt(results))


def _paint(sheet: Sheet, stages: Sequence[_Stage], results: Results) -> None:
    left = min(46.0, max(measure(stage.name) for stage in stages) + 3)
    axes = panel(sheet, left=left, right=GATES, bottom=10.5, top=6)
    begin = read.moment(read.known(results, START))
    length = stages[-1].start + stages[-1].days
    if begin:
        day_axis(axes, begin, begin + datetime.timedelta(days=round(length * 1.1)), weekends=length <= 75)
        axes.grid(True, axis="x")
        axes.set_xlabel("Date")
    else:
        number_axis(axes, "x", (-length * 0.01, length * 1.1), label="Days since the start of the rollout")
    name_axis(axes, [stage.name for stage in stages], width=left - 2, lines=2)
    origin = begin.toordinal() - 0.5 if begin else 0.0
    if begin:
        _paint_freezes(axes, results)
    for row, stage in enumerate(stages):
        _paint_stage(axes, row, stage, origin, last=row == len(stages) - 1)
    _paint_gates(axes, stages)


def _paint_stage(axes: Axes, row: int, stage: _Stage, origin: float, *, last: bool) -> None:
    start = origin + stage.start
    if stage.days:
        axes.barh([row], [stage.days], left=[start], height=0.46, color=palette.ACCENT, zorder=3)
    else:
        axes.scatter([start], [row], s=26, marker=">", color=palette.ACCENT, zorder=4, clip_on=False)
    low, high = axes.get_xlim()
    beyond = start + stage.days > low + (high - low) * 0.86
    axes.annotate(
        stage.traffic, (start if beyond else start + stage.days, row), xytext=(-4 if beyond else 4, 0),
        textcoords="offset points", ha="right" if beyond else "left", va="center_baseline", zorder=5,
    )  # fmt: skip
    if not last:
        end = start + stage.days
        axes.plot([end, end], [row + 0.23, row + 1], color=palette.GREY, linewidth=0.8, zorder=2)


def _paint_gates(axes: Axes, stages: Sequence[_Stage]) -> None:
    high = axes.get_xlim()[1]
    mm = (high - axes.get_xlim()[0]) / plot_size(axes)[0]
    top = axes.get_ylim()[1]
    up = (axes.get_ylim()[0] - top) / plot_size(axes)[1]
    x = high + 4 * mm
    if any(stage.gate for stage in stages):
        axes.text(x, top - 2.4 * up, "gate to the next stage", size=SMALL, va="center_baseline", color=palette.MUTED)
    for row, stage in enumerate(stages):
        if stage.gate:
            lines = wrap(stage.gate, GATES - 5, lines=2, size=SMALL)
            for index, line in enumerate(lines):
                y = row + (index - (len(lines) - 1) / 2) * 3.1 * up
                axes.text(x, y, line, va="center_baseline", size=SMALL)


def _paint_freezes(axes: Axes, results: Results) -> None:
    low, high = axes.get_xlim()
    for row in read.rows(results, FREEZES):
        start, end = read.moment(row["start"]), read.moment(row["end"])
        if start is None or end is None or end.toordinal() < low or start.toordinal() > high:
            continue
        left, right = max(start.toordinal() - 0.5, low), min(end.toordinal() + 0.5, high)
        axes.axvspan(left, right, color=palette.CAUTION_TINT, zorder=0.5, linewidth=0)
        axes.annotate(
            "no releases", ((left + right) / 2, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
            textcoords="offset points", ha="center", size=SMALL, color=palette.MUTED,
        )  # fmt: skip


def _alt(results: Results) -> Sentence:
    rows = read.rows(results, TABLE)
    parts: list[Sentence] = []
    for row in rows[:SHOWN]:
        traffic, days = row["traffic"], row["days"]
        facts = [cell for cell in (traffic, days) if isinstance(cell, Fact) and cell.value is not None]
        joined = [item for fact in facts for item in (", ", fact)]
        parts.append(("; " if parts else ": ", read.words(row["name"]), *joined))
    return (
        "Stages of the rollout", *read.say(" from ", read.known(results, START)),
        *(item for part in parts for item in part), ".",
    )  # fmt: skip


FIGURE = Figure(id="rollout", title="Rollout by stage", draw=draw)
