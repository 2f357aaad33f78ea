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

TABLE, FREEZES = "rollout.stages", "declared.calendar.freezes"
SHOWN = 10
GATES = 58.0


@dataclass(frozen=True, kw_only=True)
class _Stage:
    name: str
    start: float
    """Days since the start of the rollout."""
    days: float
    declared: float
    traffic: str
    gate: str


def draw(results: Results) -> Drawing | Absent:
    """Return the stages, by date where the start is known, else by day of the rollout."""
    rows = read.rows(results, TABLE)[:SHOWN]
    begin = read.moment(rows[0]["start"]) if rows else None
    stages: list[_Stage] = []
    for row in rows:
        stages.append(_stage(row, begin, stages[-1] if stages else None))
    if not any(stage.days for stage in stages):
        return Absent(reason=read.reason(results, TABLE, "no stage of the rollout has a length in days"))
    height = min(95.0, max(38.0, 19 + 9.0 * len(stages)))
    svg = picture("rollout", height, lambda sheet: _paint(sheet, stages, begin, results))
    return Drawing(svg=svg, alt=_alt(rows))


def _stage(row: read.Row, begin: datetime.date | None, before: _Stage | None) -> _Stage:
    start, days = read.moment(row["start"]), read.number(row["planned"]) or 0.0
    after = before.start + before.days if before else 0.0
    return _Stage(
        name=read.words(row["stage"]),
        start=float((start - begin).days) if start and begin else after,
        days=days,
        declared=min(read.number(row["declared"]) or days, days),
        traffic=read.words(row["traffic"]),
        gate=read.words(row.get("gate")),
    )


def _paint(sheet: Sheet, stages: Sequence[_Stage], begin: datetime.date | None, results: Results) -> None:
    left = min(46.0, max(measure(stage.name) for stage in stages) + 3)
    axes = panel(sheet, left=left, right=GATES, bottom=10.5, top=9)
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
    if any(stage.days > stage.declared for stage in stages):
        _paint_key(axes)


def _paint_key(axes: Axes) -> None:
    """Say what the two parts of a bar are, above the plot."""
    wide, tall = plot_size(axes)
    x = 0.0
    for colour, text in ((palette.ACCENT, "as declared"), (palette.CAUTION, "needed beyond it")):
        axes.plot(
            [x / wide, (x + 4) / wide],
            [1 + 6.2 / tall] * 2,
            color=colour,
            linewidth=4.0,
            clip_on=False,
            transform=axes.transAxes,
        )
        axes.text((x + 5.5) / wide, 1 + 6.2 / tall, text, size=SMALL, va="center_baseline", transform=axes.transAxes)
        x += 9 + measure(text, size=SMALL)


def _paint_stage(axes: Axes, row: int, stage: _Stage, origin: float, *, last: bool) -> None:
    start = origin + stage.start
    if stage.days:
        axes.barh([row], [stage.declared], left=[start], height=0.46, color=palette.ACCENT, zorder=3)
        more = stage.days - stage.declared
        axes.barh([row], [more], left=[start + stage.declared], height=0.46, color=palette.CAUTION, zorder=3)
    else:
        axes.scatter([start], [row], s=26, marker=">", color=palette.ACCENT, zorder=4, clip_on=False)
    low, high = axes.get_xlim()
    beyond = start + stage.days > low + (high - low) * 0.86
    axes.annotate(
        stage.traffic,
        (start if beyond else start + stage.days, row),
        xytext=(-4 if beyond else 4, 0),
        textcoords="offset points",
        ha="right" if beyond else "left",
        va="center_baseline",
        zorder=5,
    )
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
            "no releases",
            ((left + right) / 2, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            size=SMALL,
            color=palette.MUTED,
        )


def _alt(rows: Sequence[read.Row]) -> Sentence:
    parts: list[str | Fact] = ["Stages of the rollout"]
    for index, row in enumerate(rows):
        parts.append(f"{'; ' if index else ': '}{read.words(row['stage'])}")
        for key, before in (("traffic", ", "), ("planned", ", "), ("start", ", from ")):
            cell = row[key]
            parts.extend(read.say(before, cell if isinstance(cell, Fact) and cell.value is not None else None))
    return (*parts, ".")


FIGURE = Figure(id="rollout", title="Rollout by stage", draw=draw)
