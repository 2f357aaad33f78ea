"""The sheet a figure is painted on: house style, fonts and size in, clean SVG out; matplotlib is imported here.

`picture` owns everything that is global in matplotlib (settings, font list) and puts it back as it was. Sizes are in
millimetres from the lower left corner, text in points.
"""

import contextlib
import dataclasses
import io
import os
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from generator.figures import _palette as palette
from generator.figures._svg import tidy
from generator.records.caches import cache_folder

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 170.0
SIZE = 8.0
SMALL = 7.0
SLACK = 1.08
POINTS_PER_MM = 72 / 25.4
STYLE: dict[Any, object] = {
    "font.family": ["Source Sans Pro", "DejaVu Sans"],
    "font.size": SIZE,
    "text.color": palette.INK,
    "text.parse_math": False,
    "axes.titlesize": SIZE,
    "axes.labelsize": SIZE,
    "axes.labelcolor": palette.MUTED,
    "axes.labelpad": 3.0,
    "axes.edgecolor": palette.RULE,
    "axes.facecolor": "none",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": palette.GRID,
    "grid.linewidth": 0.5,
    "xtick.color": palette.RULE,
    "ytick.color": palette.RULE,
    "xtick.labelcolor": palette.MUTED,
    "ytick.labelcolor": palette.MUTED,
    "xtick.labelsize": SIZE,
    "ytick.labelsize": SIZE,
    "xtick.major.size": 0.0,
    "ytick.major.size": 0.0,
    "xtick.major.pad": 3.0,
    "ytick.major.pad": 3.0,
    "lines.linewidth": 1.2,
    "lines.solid_capstyle": "butt",
    "patch.linewidth": 0.0,
    "hatch.linewidth": 0.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "deployment-dossier",
    "figure.dpi": 72.0,
}


def picture(id: str, height: float, paint: "Callable[[Figure], None]") -> str:
    """Return what `paint` draws on a sheet of the page's width and `height` as SVG text."""
    with _settings():
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH / 25.4, height / 25.4), dpi=72, frameon=False)
        paint(figure)
        text = io.StringIO()
        metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(text, metadata=metadata)  # type: ignore[no-untyped-call] # matplotlib leaves it bare
    return tidy(text.getvalue(), prefix=id.replace("_", "-"), width=WIDTH, height=height)


@contextlib.contextmanager
def _settings() -> Iterator[None]:
    """Hold matplotlib to the house style and the shipped fonts, whatever the user and the machine have.

    Without a folder of ours it writes to standard error of a home that it cannot write to.
    """
    if not os.environ.get("MPLCONFIGDIR"):
        os.environ["MPLCONFIGDIR"] = str(cache_folder("matplotlib"))
    import matplotlib as mpl

    with _fonts(), mpl.rc_context(), warnings.catch_warnings():
        # A name in a script that neither font has is drawn all the same: the reader's own fonts may have it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


@contextlib.contextmanager
def _fonts() -> Iterator[None]:
    """Let matplotlib know the shipped faces alone: the machine's own ones would change what is measured."""
    import font_source_sans_pro
    import matplotlib as mpl
    from matplotlib.font_manager import fontManager

    fonts, before = fontManager.ttflist, list(fontManager.ttflist)
    shipped = os.path.join(os.path.dirname(font_source_sans_pro.__file__), "files", "SourceSansPro-")
    fallback = os.path.join(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans")
    fonts.clear()
    try:
        for face in (f"{shipped}Regular", f"{shipped}Semibold", fallback, f"{fallback}-Bold"):
            fontManager.addfont(f"{face}.ttf")
        fonts.append(dataclasses.replace(fonts[-1], weight="semibold"))
        yield
    finally:
        fonts[:] = before


def panel(
    figure: "Figure", *, left: float = 14.0, right: float = 4.0, bottom: float = 11.0, top: float = 4.0
) -> "Axes":
    """Return a plot with these margins in millimetres."""
    height = figure.get_figheight() * 25.4
    return figure.add_axes(
        (left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, (height - bottom - top) / height)
    )


def board(figure: "Figure") -> "Axes":
    """Return the whole sheet with millimetres as coordinates, for diagrams."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(0, figure.get_figheight() * 25.4)
    return axes


def measure(text: str, *, size: float = SIZE, bold: bool = False) -> float:
    """Return the width of `text` in millimetres, with some slack for readers who lack the font.

    Only inside `picture`, where the fonts are.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=size, weight="semibold" if bold else "normal")
    width: float = text_to_path.get_text_width_height_descent(text, font, False)[0]
    return width * SLACK / POINTS_PER_MM


def shorten(text: str, width: float, *, size: float = SIZE, bold: bool = False) -> str:
    """Return `text`, cut with an ellipsis where it is wider than `width` millimetres."""
    text = text[:400]
    if measure(text, size=size, bold=bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(f"{text[:middle].rstrip()}…", size=size, bold=bold) <= width:
            low = middle
        else:
            high = middle - 1
    return f"{text[:low].rstrip()}…"


def wrap(text: str, width: float, *, lines: int = 2, size: float = SIZE, bold: bool = False) -> list[str]:
    """Return `text` in at most `lines` lines of `width` millimetres; the last is cut where it must be."""
    done: list[str] = []
    rest = text.split()
    while rest and len(done) < lines - 1:
        count = 1
        while count < len(rest) and measure(" ".join(rest[: count + 1]), size=size, bold=bold) <= width:
            count += 1
        done.append(shorten(" ".join(rest[:count]), width, size=size, bold=bold))
        rest = rest[count:]
    return [*done, shorten(" ".join(rest), width, size=size, bold=bold)] if rest else done
