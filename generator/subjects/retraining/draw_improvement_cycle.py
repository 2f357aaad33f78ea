"""The cycle from finding to cause to action, with what this build found at each station."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._boxes import Box, paint_arrow, paint_box
from generator.figures._canvas import SMALL, board, picture
from generator.records.fact import Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

STATIONS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Observe",
        "Daily metrics against their levels; alerts to the model owner",
        (("data.production.days", "{}"), ("data.production.rows", "{}")),
    ),
    (
        "Find",
        "What changed, beyond chance and beyond the limits",
        (("drift.count.confirmed", "features drifted: {}"), ("missing.count.flagged", "gaps over limits: {}")),
    ),
    (
        "Explain",
        "Where the error sits, which source it comes from",
        (("segments.concentration.count", "weak segments: {}"), ("ladder.count.problems", "clashing levels: {}")),
    ),
    (
        "Act",
        "Mend the source, retrain, restrict, or roll back",
        (("conditions.count", "conditions set: {}"), ("retraining.now", "retrain now: {}")),
    ),
    (
        "Verify",
        "Gates on newer rows; then the levels are set anew",
        (("gates.count.pass", "gates passed: {}"), ("gates.count.fail", "gates failed: {}")),
    ),
)
BOX_WIDTH, GAP, LOW, TALL = 29.2, 6.0, 13.0, 31.0


def draw(results: Results) -> Drawing | Absent:
    """Return the cycle."""
    if not any(read.known(results, id) for _, _, facts in STATIONS for id, _ in facts):
        return Absent(reason="nothing was counted yet that the cycle could start from")
    svg = picture("improvement_cycle", 45, lambda sheet: _paint(sheet, results))
    return Drawing(svg=svg, alt=_alt(results))


def _paint(sheet: "Sheet", results: Results) -> None:
    axes = board(sheet)
    for index, (title, words, facts) in enumerate(STATIONS):
        x = index * (BOX_WIDTH + GAP)
        foot = _foot(facts, results)
        paint_box(axes, Box(x=x, y=LOW, width=BOX_WIDTH, height=TALL, title=title, lines=[words], foot=foot))
        if index:
            paint_arrow(axes, [(x - GAP + 0.8, LOW + TALL / 2), (x - 0.8, LOW + TALL / 2)])
    left, right = BOX_WIDTH / 2, 4 * (BOX_WIDTH + GAP) + BOX_WIDTH / 2
    paint_arrow(axes, [(right, LOW - 0.8), (right, 6.5), (left, 6.5), (left, LOW - 0.8)])
    axes.text(
        85,
        2.4,
        "new categories, new training window, notes for the next review",
        ha="center",
        size=SMALL,
        color=palette.MUTED,
    )


def _foot(facts: Sequence[tuple[str, str]], results: Results) -> list[str]:
    lines = []
    for id, words in facts:
        fact = read.known(results, id)
        if fact:
            lines.append(words.replace("{}", read.words(fact, results.header.currency)))
    return lines


def _alt(results: Results) -> Sentence:
    return read.tell(
        results,
        "Cycle of improvement: observe, find, explain, act, verify, and observe again",
        "; features with confirmed drift: {drift.count.confirmed}",
        "; features over a declared limit on missing values, whole period: {missing.count.flagged}",
        "; conditions set: {conditions.count}",
        "; gates passed: {gates.count.pass}, failed: {gates.count.fail}",
    )


FIGURE = Figure(id="improvement_cycle", title="From finding to cause to action", draw=draw)
