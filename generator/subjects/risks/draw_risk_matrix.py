"""The risks by likelihood and impact, five by five, with a list that spells out each id."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator.figures import _palette as palette
from generator.figures import _read as read
from generator.figures._canvas import SMALL, board, measure, picture, shorten
from generator.figures._marks import shape_at
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Drawing, Figure
from generator.records.notation import Tone
from generator.records.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Sheet

TABLE = "risks.register"
LISTED = 14
HIGH, MEDIUM = 15, 8
"""Likelihood times impact from which a cell counts as high, and as medium."""
LEFT, BOTTOM, CELL_WIDTH, CELL_HEIGHT = 17.0, 12.0, 14.5, 12.0
LIST = 98.0


@dataclass(frozen=True, kw_only=True)
class _Risk:
    id: str
    title: str
    likelihood: int
    impact: int

    @property
    def score(self) -> int:
        """Likelihood times impact."""
        return self.likelihood * self.impact


def draw(results: Results) -> Drawing | Absent:
    """Return the matrix with its list."""
    risks = [risk for row in read.rows(results, TABLE) if (risk := _risk(row))]
    if not risks:
        return Absent(reason=read.reason(results, TABLE, "no risk has both likelihood and impact from 1 to 5"))
    risks.sort(key=lambda risk: (-risk.score, risk.id))
    svg = picture("risk_matrix", 75, lambda sheet: _paint(sheet, risks))
    return Drawing(svg=svg, alt=_alt(results, risks))


def _risk(row: read.Row) -> _Risk | None:
    likelihood, impact = read.number(row["likelihood"]), read.number(row["impact"])
    if likelihood is None or impact is None or not (1 <= likelihood <= 5 and 1 <= impact <= 5):
        return None
    return _Risk(
        id=read.words(row["id"]), title=read.words(row["title"]), likelihood=round(likelihood), impact=round(impact)
    )


def tone_of(score: int) -> Tone:
    """Return the tone of a cell."""
    return "bad" if score >= HIGH else "caution" if score >= MEDIUM else "good"


def _paint(sheet: "Sheet", risks: Sequence[_Risk]) -> None:
    axes = board(sheet)
    if any(measure(risk.id, bold=True) > CELL_WIDTH - 2 for risk in risks):
        risks = [replace(risk, id=str(number)) for number, risk in enumerate(risks, start=1)]
    for likelihood in range(1, 6):
        for impact in range(1, 6):
            _paint_cell(axes, likelihood, impact, risks)
    names = ("rare", "unlikely", "possible", "likely", "frequent"), ("slight", "small", "medium", "large", "severe")
    for step in range(5):
        y = BOTTOM + (step + 0.5) * CELL_HEIGHT
        left = LEFT - 1.5
        axes.text(left, y + 1.5, str(step + 1), ha="right", va="center_baseline")
        axes.text(left, y - 1.6, names[0][step], ha="right", va="center_baseline", size=SMALL, color=palette.MUTED)
        x = LEFT + (step + 0.5) * CELL_WIDTH
        axes.text(x, BOTTOM - 3.2, str(step + 1), ha="center")
        axes.text(x, BOTTOM - 6.2, names[1][step], ha="center", size=SMALL, color=palette.MUTED)
    axes.text(
        4.5,
        BOTTOM + 2.5 * CELL_HEIGHT,
        "Likelihood (1–5)",
        rotation=90,
        rotation_mode="anchor",
        ha="center",
        color=palette.MUTED,
    )
    axes.text(LEFT + 2.5 * CELL_WIDTH, 1.5, "Impact (1–5)", ha="center", color=palette.MUTED)
    _paint_list(axes, risks, sheet.get_figheight() * 25.4)


def _paint_cell(axes: "Axes", likelihood: int, impact: int, risks: Sequence[_Risk]) -> None:
    x, y = LEFT + (impact - 1) * CELL_WIDTH, BOTTOM + (likelihood - 1) * CELL_HEIGHT
    tone = tone_of(likelihood * impact)
    east, north = x + CELL_WIDTH - 0.5, y + CELL_HEIGHT - 0.5
    axes.fill([x, east, east, x], [y, y, north, north], color=palette.TONE_TINTS[tone], linewidth=0)
    axes.text(east - 0.8, y + 0.9, str(likelihood * impact), ha="right", size=6, color=palette.MUTED)
    here = [risk.id for risk in risks if (risk.likelihood, risk.impact) == (likelihood, impact)]
    lines = _lines(here)
    for index, line in enumerate(lines):
        middle = y + CELL_HEIGHT / 2 + 0.4 + ((len(lines) - 1) / 2 - index) * 3.1
        axes.text(x + (CELL_WIDTH - 0.5) / 2, middle, line, ha="center", va="center_baseline", weight="semibold")


def _lines(ids: Sequence[str]) -> list[str]:
    """Return the ids of a cell in at most three lines; what does not fit is counted."""
    lines: list[str] = []
    for position, id in enumerate(ids):
        joined = f"{lines[-1]}, {id}" if lines else id
        if lines and measure(joined, bold=True) <= CELL_WIDTH - 2:
            lines[-1] = joined
        elif len(lines) < 2 or (len(lines) == 2 and position == len(ids) - 1):
            lines.append(shorten(id, CELL_WIDTH - 2, bold=True))
        else:
            return [*lines, f"+ {len(ids) - position}"]
    return lines


def _paint_list(axes: "Axes", risks: Sequence[_Risk], height: float) -> None:
    width = min(16.0, max(measure(risk.id, bold=True) for risk in risks[:LISTED]) + 2)
    y = height - 6.5
    for x, text, side in ((LIST, "risk", "left"), (168.0, "score", "right")):
        axes.text(x, y + 1.5, text, ha=side, size=SMALL, color=palette.MUTED)
    axes.plot([LIST, 168], [y, y], color=palette.RULE, linewidth=0.6)
    step = min(5.2, (height - 14) / max(len(risks[:LISTED]), 1))
    for index, risk in enumerate(risks[:LISTED]):
        row = y - 3.2 - index * step
        axes.text(LIST, row, shorten(risk.id, width - 1, bold=True), va="center_baseline", weight="semibold")
        axes.text(LIST + width, row, shorten(risk.title, 168 - LIST - width - 10), va="center_baseline")
        axes.text(168, row, str(risk.score), ha="right", va="center_baseline")
        shape_at(axes, 162, row, tone_of(risk.score))
    if len(risks) > LISTED:
        axes.text(LIST, 2, f"and {len(risks) - LISTED} more in the table", size=SMALL, color=palette.MUTED)


def _alt(results: Results, risks: Sequence[_Risk]) -> Sentence:
    row = next(row for row in read.rows(results, TABLE) if read.words(row["id"]) == risks[0].id)
    score = row["score"] if isinstance(row["score"], Fact) else None
    return (
        f"Risks by likelihood and impact; the highest is {risks[0].id}, {risks[0].title}",
        *read.say(", with a score of ", score),
        ".",
    )


FIGURE = Figure(id="risk_matrix", title="Risks by likelihood and impact", draw=draw)
