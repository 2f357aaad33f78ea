"""How the error grows with the model's age: measured against fresh refits on the same days, and the fitted curve."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import panel, picture
from generator.figures._marks import note
from generator.figures._scales import number_axis, span
from generator.records.fact import Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

TABLE = "retraining.decay_curve"


@dataclass(frozen=True, kw_only=True)
class _Age:
    days: float
    measured: float
    fitted: float
    low: float
    high: float


def draw(results: Results) -> Drawing | Absent:
    """Return the rise of the error by age."""
    rows = read.rows(results, TABLE)
    ages = [age for row in rows if (age := _age(row))]
    if not ages:
        return Absent(reason=read.reason(results, TABLE, "no age was compared"))
    unit = read.unit_of(rows[0]["measured"])
    svg = picture("decay_curve", 58, lambda sheet: _paint(sheet, ages, unit, results.header.currency))
    return Drawing(svg=svg, alt=_alt(results))


def _age(row: read.Row) -> _Age | None:
    days, measured, fitted = (read.number(row[key]) for key in ("age", "measured", "fitted"))
    if days is None or measured is None or fitted is None:
        return None
    low, high = read.interval(row["fitted"]) or (fitted, fitted)
    return _Age(days=days, measured=measured, fitted=fitted, low=low, high=high)


def _paint(sheet: "Sheet", ages: Sequence[_Age], unit: str, currency: str) -> None:
    axes = panel(sheet, left=15, right=30, bottom=10.5, top=4)
    x = [age.days for age in ages]
    values = [value for age in ages for value in (age.measured, age.low, age.high)]
    number_axis(axes, "x", span(x, margin=0.03, least=1.0), label="Days since the model's training data end")
    label = read.with_unit("Rise of the error", unit, currency)
    number_axis(axes, "y", span(values, zero=True), label=label, signed=True)
    axes.axhline(0.0, color=palette.RULE, linewidth=0.8, zorder=1)
    axes.fill_between(
        x, [age.low for age in ages], [age.high for age in ages], color=palette.ACCENT_TINT, zorder=1, linewidth=0
    )
    axes.plot(x, [age.fitted for age in ages], color=palette.ACCENT, zorder=3)
    axes.scatter(x, [age.measured for age in ages], s=16, color=palette.INK, zorder=4)
    last = ages[-1]
    _, high = axes.get_ylim()
    apart = 0.09 * (high - axes.get_ylim()[0])
    up = last.measured >= last.fitted
    for text, at, colour in (
        (
            "measured",
            max(last.measured, last.fitted + apart) if up else min(last.measured, last.fitted - apart),
            palette.INK,
        ),
        ("fitted, with range", last.fitted, palette.ACCENT),
    ):
        note(axes, text, (last.days, at), (7, 0), va="center", color=colour, annotation_clip=False)


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Rise of the typical error with the age of the model, older against fresh refits on the same days",
        "; fitted rise in thirty days {retraining.decay.after_30_days}",
    )


FIGURE = Figure(id="decay_curve", title="Error by age of the model", draw=draw)
