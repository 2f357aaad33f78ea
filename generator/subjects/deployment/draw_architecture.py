"""The declared components of the system as boxes in their order, each with what it is and who runs it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator.figures import _read as read
from generator.figures._boxes import PAD, Box, paint_arrow, paint_box
from generator.figures._canvas import WIDTH, board, picture, wrap
from generator.records.fact import Fact
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

TABLE = "declared.context.components"
ACROSS, SHOWN = 4, 12
GAP, TALL, LOW = 7.0, 31.0, 26.0
"""Millimetres between boxes, and their height; three rows of boxes are lower."""


def draw(results: Results) -> Drawing | Absent:
    """Return the boxes, four across, the rows read like text."""
    rows = [row for row in read.rows(results, TABLE) if read.words(row["name"])]
    if not rows:
        return Absent(reason=read.reason(results, TABLE, "no component has a name"))
    shown = rows[:SHOWN]
    across = ACROSS if len(shown) != 5 else 5
    lines = -(-len(shown) // across)
    tall = TALL if lines < 3 else LOW
    height = lines * (tall + GAP) - GAP + 2
    svg = picture("architecture", height, lambda sheet: _paint(sheet, shown, across, tall))
    names = [item for row in rows for item in (", ", _name(row))]
    return Drawing(svg=svg, alt=("Components of the system in the order declared: ", *names[1:], "."))


def _name(row: read.Row) -> str | Fact:
    cell = row["name"]
    return cell if isinstance(cell, Fact) else read.words(cell)


def _paint(sheet: "Sheet", rows: Sequence[read.Row], across: int, tall: float) -> None:
    axes = board(sheet)
    top = sheet.get_figheight() * 25.4 - 1
    columns = min(across, len(rows))
    width = min(52.0, (WIDTH - GAP * (columns - 1)) / columns)
    for index, row in enumerate(rows):
        line, place = divmod(index, across)
        x, y = place * (width + GAP), top - tall - line * (tall + GAP)
        words = [text for key in ("status", "owner") if (text := read.words(row.get(key)))]
        foot = [line for text in words for line in wrap(text, width - 2 * PAD)]
        box = Box(
            x=x,
            y=y,
            width=width,
            height=tall,
            title=read.words(row["name"]),
            lines=[read.words(row.get("detail"))],
            foot=foot,
        )
        paint_box(axes, box)
        if place:
            paint_arrow(axes, [(x - GAP + 0.8, y + tall / 2), (x - 0.8, y + tall / 2)])
        elif line:
            last = (across - 1) * (width + GAP) + width / 2
            middle = y + tall + GAP / 2
            paint_arrow(
                axes, [(last, y + tall + GAP - 0.6), (last, middle), (width / 2, middle), (width / 2, y + tall + 0.6)]
            )


FIGURE = Figure(id="architecture", title="Components of the system", draw=draw)
