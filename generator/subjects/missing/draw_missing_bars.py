"""Missing values in training and in production, worst features first, against the declared limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, measure, panel, picture
from generator.figures._marks import note, plot_size, shape_at, status_points
from generator.figures._scales import name_axis, number_axis, span
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.notation import Tone
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "missing.all"
SHOWN = 20
RED, FLAG = "declared.policies.missing.red", "declared.policies.missing.flag_points"
WORDS: dict[Tone, str] = {
    "good": "within limits",
    "caution": "over the increase limit",
    "bad": "over the red limit",
}


@dataclass(frozen=True, kw_only=True)
class _Pair:
    name: str
    reference: float | None
    production: float
    text: str
    tone: Tone


def draw(results: Results) -> Drawing | Absent:
    """Return the dumbbells of the worst features."""
    pairs = [pair for row in read.rows(results, TABLE) if (pair := _pair(row, results))]
    pairs = sorted(pairs, key=lambda pair: (pair.reference or 0.0) - pair.production)[:SHOWN]
    if not pairs:
        return Absent(reason=read.reason(results, TABLE, "no feature has a missing rate in production"))
    height = min(95.0, max(42.0, 19 + 3.9 * len(pairs)))
    svg = picture("missing_bars", height, lambda sheet: _paint(sheet, pairs, results))
    return Drawing(svg=svg, alt=_alt(results))


def _pair(row: read.Row, results: Results) -> _Pair | None:
    production, reference = read.number(row["production"]), read.number(row["reference"])
    if production is None:
        return None
    red, flag = read.value(results, RED), read.value(results, FLAG)
    tone: Tone = "good"
    if flag is not None and reference is not None and production - reference > flag:
        tone = "caution"
    if red is not None and production > red:
        tone = "bad"
    return _Pair(
        name=read.words(row["feature"]),
        reference=None if reference is None else reference * 100,
        production=production * 100,
        text=read.words(row["production"]),
        tone=tone,
    )


def _paint(sheet: "Sheet", pairs: Sequence[_Pair], results: Results) -> None:
    left = min(48.0, max(measure(pair.name) for pair in pairs) + 3)
    axes = panel(sheet, left=left, right=14, bottom=9, top=9)
    red = read.known(results, RED)
    values = [pair.production for pair in pairs] + [pair.reference or 0.0 for pair in pairs]
    limits = span([*values, (read.number(red) or 0.0) * 100], zero=True, margin=0.05, least=1.0)
    start = limits[0] - (limits[1] - limits[0]) * 0.01
    number_axis(axes, "x", (start, limits[1]), label="Missing (% of rows)", count=8)
    name_axis(axes, [pair.name for pair in pairs], width=left - 2)
    for row, pair in enumerate(pairs):
        _paint_pair(axes, row, pair)
    status_points(
        axes, [pair.production for pair in pairs], list(range(len(pairs))), [pair.tone for pair in pairs], size=1.15
    )
    if red:
        _paint_red(axes, red)
    axes.grid(True, axis="y", linewidth=0.4)
    axes.spines["left"].set_visible(False)
    _paint_key(axes, pairs, read.known(results, FLAG))


def _paint_pair(axes: "Axes", row: int, pair: _Pair) -> None:
    if pair.reference is not None:
        axes.plot([pair.reference, pair.production], [row, row], color=palette.ACCENT_MID, linewidth=1.4, zorder=3)
        axes.scatter(
            [pair.reference],
            [row],
            s=13,
            marker="o",
            color=palette.PAPER,
            edgecolors=palette.MUTED,
            linewidths=0.9,
            zorder=4,
            clip_on=False,
        )
    low, high = axes.get_xlim()
    mm = (high - low) / plot_size(axes)[0]
    axes.text(high + 11 * mm, row, pair.text, ha="right", va="center_baseline")


def _paint_red(axes: "Axes", red: Fact) -> None:
    at = (read.number(red) or 0.0) * 100
    axes.axvline(at, color=palette.BAD, linewidth=0.9, zorder=2)
    note(axes, f"red limit {read.words(red)}", (at, axes.get_ylim()[1]), (0, 2), ha="center")


def _paint_key(axes: "Axes", pairs: Sequence[_Pair], flag: Fact | None) -> None:
    """Explain the marks in one line above the plot, only those that occur."""
    low, high = axes.get_xlim()
    wide, tall = plot_size(axes)
    mm, up = (high - low) / wide, (axes.get_ylim()[0] - axes.get_ylim()[1]) / tall
    y, x = axes.get_ylim()[1] - 5.6 * up, low
    axes.scatter(
        [x + 0.8 * mm],
        [y],
        s=13,
        marker="o",
        color=palette.PAPER,
        edgecolors=palette.MUTED,
        linewidths=0.9,
        clip_on=False,
    )
    words = dict(WORDS)
    if flag:
        words["caution"] = f"up by more than {read.words(flag)}"
    for text, gap in (("training", 6.6), ("production:", 4.6)):
        axes.text(x + 2.6 * mm, y, text, va="center_baseline", size=SMALL, color=palette.MUTED)
        x += (measure(text, size=SMALL) + gap - 2.6) * mm
    x += 0.6 * mm
    for tone, text in words.items():
        if tone in {pair.tone for pair in pairs}:
            shape_at(axes, x + 0.8 * mm, y, tone, series=True)
            axes.text(x + 2.6 * mm, y, text, va="center_baseline", size=SMALL, color=palette.MUTED)
            x += (measure(text, size=SMALL) + 7) * mm


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Missing values of the worst features in training and in production",
        ": {missing.overall.reference} overall in training, {missing.overall.production} in production",
        "; {missing.count.flagged} features are over a declared limit",
        "; {missing.largest.name} misses most, {missing.largest.production}",
    )


FIGURE = Figure(id="missing_bars", title="Missing values in training and production", draw=draw)
