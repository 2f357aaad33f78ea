"""Marks that say a status by shape, lines that carry their own names, and labels that keep off one another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.figures import _palette as palette
from generator.figures._canvas import POINTS_PER_MM, SMALL, measure, shorten
from generator.records.notation import Tone

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHAPES: dict[Tone, str] = {"good": "o", "caution": "^", "bad": "s", "open": "D", "plain": "o"}
SIZES: dict[Tone, float] = {"good": 14.0, "caution": 24.0, "bad": 19.0, "open": 16.0, "plain": 10.0}
"""Areas in square points, chosen so that all shapes look equally large."""

BACKING = {"facecolor": palette.PAPER, "edgecolor": "none", "pad": 0.6}
"""Lets a label stand on grid and lines."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A level across the plot with its name at the right end; a tone puts its shape before the name."""

    at: float
    text: str
    colour: str = palette.MUTED
    tone: Tone | None = None
    dashes: tuple[float, ...] = ()
    drawn: bool = True
    """False where something else in the plot stands for it, such as a band."""


def status_points(
    axes: "Axes", xs: Sequence[float], ys: Sequence[float], tones: Sequence[Tone], *, size: float = 1.0
) -> None:
    """Draw points, each in the shape and colour of its tone."""
    for tone in dict.fromkeys(tones):
        chosen = [index for index, item in enumerate(tones) if item == tone]
        axes.scatter(
            [xs[index] for index in chosen],
            [ys[index] for index in chosen],
            s=SIZES[tone] * size,
            marker=SHAPES[tone],
            color=palette.SERIES_COLOURS[tone],
            edgecolors=palette.PAPER,
            linewidths=0.5,
            zorder=4,
            clip_on=False,
        )


def note(axes: "Axes", text: str, at: tuple[float, float], shift: tuple[float, float], **look: Any) -> None:
    """Write small text so many points right of a place and above it."""
    look = {"color": palette.MUTED, **look}
    axes.annotate(text, at, xytext=shift, textcoords="offset points", size=SMALL, **look)


def edge_note(axes: "Axes", text: str, x: float, up: float, *, edge: int = 1, **look: Any) -> None:
    """Write small text beside the upper edge of the plot, or the lower one at `edge` 0, over a place of its x axis."""
    note(axes, text, (x, edge), (0, up), **{"ha": "center", "xycoords": ("data", "axes fraction"), **look})


def level_lines(axes: "Axes", lines: Sequence[Line], *, width: float, gap: float = 3.2) -> None:
    """Draw horizontal levels and name them right of the plot, spread so that no two names touch."""
    low, high = axes.get_ylim()
    inside = [line for line in lines if low <= line.at <= high]
    per_mm = (high - low) / plot_size(axes)[1]
    spots = spread([line.at for line in inside], gap * per_mm, low, high)
    edge = axes.get_xlim()[1]
    mm = (edge - axes.get_xlim()[0]) / plot_size(axes)[0]
    for line, spot in zip(inside, spots, strict=True):
        style = (0, line.dashes) if line.dashes else "solid"
        if line.drawn:
            axes.axhline(line.at, color=line.colour, linewidth=0.8, linestyle=style, zorder=2)
        axes.plot(
            [edge, edge + 1.5 * mm, edge + 2.5 * mm],
            [line.at, spot, spot],
            color=line.colour,
            linewidth=0.5,
            clip_on=False,
            zorder=2,
            solid_capstyle="butt",
        )
        start = edge + 3.2 * mm
        if line.tone:
            shape_at(axes, start + 0.9 * mm, spot, line.tone)
            start += 2.6 * mm
        text = shorten(line.text, width - (6.0 if line.tone else 3.4))
        axes.text(start, spot, text, va="center_baseline", color=palette.INK)


def shape_at(axes: "Axes", x: float, y: float, tone: Tone, *, series: bool = False) -> None:
    """Draw the shape of `tone` on its own, as a sign before a word; as points of a `series` have it in a key."""
    colours = palette.SERIES_COLOURS if series else palette.TONE_COLOURS
    axes.scatter(
        [x],
        [y],
        s=SIZES[tone],
        marker=SHAPES[tone],
        color=colours[tone],
        linewidths=0,
        zorder=5,
        clip_on=False,
    )


def plot_size(axes: "Axes") -> tuple[float, float]:
    """Return width and height of the plot in millimetres."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("axes outside any figure have no size")
    box = axes.get_position(original=True)
    return box.width * figure.get_figwidth() * 25.4, box.height * figure.get_figheight() * 25.4


def spread(spots: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return the spots moved apart to at least `gap`, in their order and, if there is room, within the limits."""
    order = sorted(range(len(spots)), key=lambda index: spots[index])
    placed = [spots[index] for index in order]
    for _ in range(2):
        for index in range(1, len(placed)):
            placed[index] = max(placed[index], placed[index - 1] + gap)
        over = [item - (high - gap * (len(placed) - 1 - index)) for index, item in enumerate(placed)]
        placed = [item - max(0.0, extra) for item, extra in zip(placed, over, strict=True)]
        placed = [max(item, low + gap * index) for index, item in enumerate(placed)]
    result = [0.0] * len(spots)
    for index, item in zip(order, placed, strict=True):
        result[index] = item
    return result


def label_points(
    axes: "Axes",
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    *,
    others: Sequence[tuple[float, float]],
    width: float = 42.0,
    size: float = SMALL,
) -> int:
    """Name points where there is room, most important first; return how many got a name."""
    wide, tall = plot_size(axes)
    taken = [(x - 1.0, y - 1.0, x + 1.0, y + 1.0) for x, y in (_to_mm(axes, point) for point in others)]
    count = 0
    for point, name in zip(points, names, strict=True):
        text = shorten(name, width, size=size)
        spot = _free_spot(_to_mm(axes, point), measure(text, size=size), taken, (wide, tall))
        if spot:
            taken.append(spot)
            x, y = spot[0] * POINTS_PER_MM, (spot[1] + 0.75) * POINTS_PER_MM
            axes.annotate(text, (x, y), xycoords="axes points", size=size, zorder=3, bbox=BACKING)
            count += 1
    return count


Box = tuple[float, float, float, float]


def _to_mm(axes: "Axes", point: tuple[float, float]) -> tuple[float, float]:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    wide, tall = plot_size(axes)
    return (point[0] - left) / (right - left) * wide, (point[1] - bottom) / (top - bottom) * tall


def _free_spot(at: tuple[float, float], wide: float, taken: Sequence[Box], room: tuple[float, float]) -> Box | None:
    for angle in (0, 180, 90, 270, 45, 135, 315, 225):
        for reach in (1.5, 3.0):
            x = at[0] + reach * math.cos(math.radians(angle))
            y = at[1] + reach * 1.3 * math.sin(math.radians(angle)) - 1.4
            x -= wide * (0 if angle in {0, 45, 315} else 0.5 if angle in {90, 270} else 1)
            box = (x, y, x + wide, y + 2.8)
            outside = box[0] < 0 or box[1] < 0 or box[2] > room[0] or box[3] > room[1]
            if not outside and not any(_overlap(box, other) for other in taken):
                return box
    return None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
