"""Boxes with words and the arrows between them, in millimetres on a board."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures._canvas import SIZE, SMALL, shorten, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAD = 2.4


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box with a title and a few lines below it; `foot` stands at its lower edge."""

    x: float
    y: float
    width: float
    height: float
    title: str
    lines: Sequence[str] = ()
    foot: Sequence[str] = ()


def paint_box(axes: "Axes", box: Box, *, colour: str = palette.ACCENT) -> None:
    """Draw `box`: a quiet fill under a heavy edge in `colour`."""
    east, north = box.x + box.width, box.y + box.height
    axes.fill([box.x, east, east, box.x], [box.y, box.y, north, north], color=palette.WASH, linewidth=0, zorder=2)
    axes.plot([box.x, east], [north, north], color=colour, linewidth=1.6, zorder=3)
    room = box.width - 2 * PAD
    titles = wrap(box.title, room, lines=2, bold=True)
    y = north - 4.6
    for title in titles:
        axes.text(box.x + PAD, y, title, weight="semibold", zorder=4)
        y -= 3.5
    y -= 0.6
    floor = box.y + 2.2 + 3.3 * len(box.foot)
    for line in box.lines:
        for text in wrap(line, room, lines=4, size=SMALL):
            if y < floor:
                return _paint_foot(axes, box, room)
            axes.text(box.x + PAD, y, text, size=SMALL, color=palette.MUTED, zorder=4)
            y -= 3.0
    return _paint_foot(axes, box, room)


def _paint_foot(axes: "Axes", box: Box, room: float) -> None:
    for index, text in enumerate(reversed(box.foot)):
        y = box.y + 2.2 + 3.3 * index
        axes.text(box.x + PAD, y, shorten(text, room, size=SIZE), color=palette.ACCENT, zorder=4)


def paint_arrow(axes: "Axes", points: Sequence[tuple[float, float]], *, colour: str = palette.MUTED) -> None:
    """Draw a line through `points` with a head at the last; its last leg is level or upright."""
    (x0, y0), (x1, y1) = points[-2], points[-1]
    along = _sign(x1 - x0), _sign(y1 - y0)
    back = x1 - 1.6 * along[0], y1 - 1.6 * along[1]
    xs, ys = [x for x, _ in points[:-1]] + [back[0]], [y for _, y in points[:-1]] + [back[1]]
    axes.plot(xs, ys, color=colour, linewidth=0.9, zorder=1)
    side = 0.9 * along[1], 0.9 * along[0]
    axes.fill(
        [x1, back[0] + side[0], back[0] - side[0]],
        [y1, back[1] + side[1], back[1] - side[1]],
        color=colour,
        linewidth=0,
        zorder=1,
    )


def _sign(step: float) -> int:
    return 1 if step > 0 else -1 if step < 0 else 0
