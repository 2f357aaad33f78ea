"""Probabilities against what happened: a point a bin, the band a calibrated model stays in, how often each occurs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, panel, picture
from generator.figures._marks import BACKING, status_points
from generator.figures._scales import number_axis
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.notation import Tone
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE, CURVE, HISTOGRAM = "calibration.reliability", "calibration.curve", "calibration.histogram"
HEIGHT, KEY = 84.0, 58.0
PERCENT = 100.0


@dataclass(frozen=True, kw_only=True)
class _Bin:
    predicted: float
    observed: float
    interval: tuple[float, float] | None
    band: tuple[float, float] | None
    tone: Tone


def draw(results: Results) -> Drawing | Absent:
    """Return the reliability diagram above the histogram of the probabilities."""
    bins = [item for row in read.rows(results, TABLE) if (item := _bin(row))]
    if not bins:
        return Absent(reason=read.reason(results, TABLE, "no bin has probabilities and outcomes"))
    bars = [bar for row in read.rows(results, HISTOGRAM) if (bar := _bar(row))]
    steps = [step for row in read.rows(results, CURVE) if (step := _bar(row))]
    svg = picture("reliability", HEIGHT, lambda sheet: _paint(sheet, bins, steps, bars))
    return Drawing(svg=svg, alt=_alt(results, bins))


def _bin(row: read.Row) -> _Bin | None:
    predicted, observed = read.number(row["predicted"]), read.number(row["observed"])
    if predicted is None or observed is None:
        return None
    low, high, ends = read.number(row["band_low"]), read.number(row["band_high"]), read.interval(row["observed"])
    return _Bin(
        predicted=PERCENT * predicted,
        observed=PERCENT * observed,
        interval=None if ends is None else (PERCENT * ends[0], PERCENT * ends[1]),
        band=None if low is None or high is None else (PERCENT * low, PERCENT * high),
        tone="caution" if read.tone(row["status"]) == "caution" else "good",
    )


def _bar(row: read.Row) -> tuple[float, float, float] | None:
    low, high, share = (read.number(row[key]) for key in ("low", "high", "share"))
    if low is None or high is None or share is None:
        return None
    return PERCENT * low, PERCENT * high, PERCENT * share


def _paint(
    sheet: "Sheet",
    bins: Sequence[_Bin],
    steps: Sequence[tuple[float, float, float]],
    bars: Sequence[tuple[float, float, float]],
) -> None:
    most = max([max(one.predicted, one.observed, *(one.interval or (0.0,))) for one in bins])
    top = min(PERCENT, 5.0 * (int(most * 1.06 / 5.0) + 1))
    upper = panel(sheet, left=14, right=KEY + 2, bottom=29, top=4)
    lower = panel(sheet, left=14, right=KEY + 2, bottom=11, top=HEIGHT - 25)
    number_axis(upper, "x", (0, top), count=8)
    number_axis(upper, "y", (0, top), label="Positives (%)", count=6)
    upper.tick_params(axis="x", labelbottom=False)
    upper.plot([0, top], [0, top], color=palette.MUTED, linewidth=0.8, linestyle=(0, (4, 2)), zorder=2)
    _paint_steps(upper, steps, top)
    for one in bins:
        if one.band:
            upper.plot([one.predicted] * 2, one.band, color=palette.ACCENT_TINT, linewidth=6.5, zorder=1.5)
        if one.interval:
            upper.plot([one.predicted] * 2, one.interval, color=palette.ACCENT, linewidth=0.8, zorder=3)
    status_points(
        upper, [one.predicted for one in bins], [one.observed for one in bins], [one.tone for one in bins], size=1.3
    )
    _paint_bars(lower, bars, top)
    _paint_key(sheet, bool(steps))


def _paint_steps(axes: "Axes", steps: Sequence[tuple[float, float, float]], top: float) -> None:
    """Draw the curve of steps as far as the plot goes."""
    xs = [x for low, high, _ in steps for x in (low, high) if x <= top]
    ys = [share for low, high, share in steps for x in (low, high) if x <= top]
    axes.plot(xs, [min(y, top) for y in ys], color=palette.ACCENT_MID, linewidth=1.0, zorder=2.5)


def _paint_bars(axes: "Axes", bars: Sequence[tuple[float, float, float]], top: float) -> None:
    shown = [bar for bar in bars if bar[0] < top]
    beyond = sum(share for low, _, share in bars if low >= top)
    highest = max([share for *_, share in shown], default=1.0) or 1.0
    number_axis(axes, "x", (0, top), label="Probability told (%)", count=8)
    number_axis(axes, "y", (0, highest * 1.12), label="Rows (%)", count=2)
    axes.bar(
        [(low + high) / 2 for low, high, _ in shown],
        [share for *_, share in shown],
        width=[(high - low) * 0.92 for low, high, _ in shown],
        color=palette.ACCENT_MID,
        zorder=2,
    )
    if beyond >= 0.05:
        axes.annotate(
            f"{beyond:.1f} % of the rows lie higher →",
            (1, 0.78),
            xycoords="axes fraction",
            ha="right",
            size=SMALL,
            color=palette.MUTED,
            bbox=BACKING,
            va="center_baseline",
        )


def _paint_key(sheet: "Sheet", has_steps: bool) -> None:
    """Say right of the plot what each mark is."""
    axes = panel(sheet, left=170 - KEY + 3, right=1, bottom=29, top=4)
    axes.set_axis_off()
    axes.set_xlim(0, KEY - 4)
    axes.set_ylim(HEIGHT - 33, 0)
    entries = [
        ("good", "Positives among rows of like", "probability, with 95 % interval"),
        ("caution", "The same, outside the band of", "a calibrated model"),
        ("band", "Where nine of ten calibrated", "models would lie"),
        ("line", "Every probability as told", ""),
    ]
    entries += [("steps", "Best curve through all rows", "that never falls")] if has_steps else []
    y = 4.0
    for kind, first, second in entries:
        _paint_sign(axes, kind, y)
        for index, text in enumerate(part for part in (first, second) if part):
            axes.text(8, y + 3.6 * index, text, size=SMALL, va="center_baseline", color=palette.INK)
        y += 11.0 if second else 7.4
    axes.text(
        1, y + 2.5, "Above the line: more positives than told.", size=SMALL, va="center_baseline", color=palette.MUTED
    )
    axes.text(1, y + 6.1, "Below it: fewer.", size=SMALL, va="center_baseline", color=palette.MUTED)


def _paint_sign(axes: "Axes", kind: str, y: float) -> None:
    if kind in ("good", "caution"):
        axes.plot([3.5, 3.5], [y - 2, y + 2], color=palette.ACCENT, linewidth=0.8)
        tone: Tone = "good" if kind == "good" else "caution"
        status_points(axes, [3.5], [y], [tone], size=1.3)
    elif kind == "band":
        axes.plot([3.5, 3.5], [y - 2.2, y + 2.2], color=palette.ACCENT_TINT, linewidth=6.5)
    else:
        style = (0, (4, 2)) if kind == "line" else "solid"
        colour = palette.MUTED if kind == "line" else palette.ACCENT_MID
        axes.plot([1, 6], [y, y], color=colour, linewidth=1.0, linestyle=style)


def _alt(results: Results, bins: Sequence[_Bin]) -> Sentence:
    rows = [row for row in read.rows(results, TABLE) if read.number(row["observed"]) is not None]
    outside = sum(one.tone == "caution" for one in bins)
    words = "none" if not outside else "all" if outside == len(bins) else "some"
    last = rows[-1]
    return (
        f"Probabilities against the share of positives; {words} of the bins lie outside the band of a calibrated model",
        *read.say("; the highest are told as ", _fact(last["predicted"]), " and came out as ", _fact(last["observed"])),
        *read.tell(results, "", "; mean probability less share of positives is {calibration.in_the_large.gap}"),
    )


def _fact(cell: object) -> Fact | None:
    return cell if isinstance(cell, Fact) else None


FIGURE = Figure(id="reliability", title="Probabilities against what happened", draw=draw)
