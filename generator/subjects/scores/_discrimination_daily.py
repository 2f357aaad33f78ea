"""Takes the score bins by day, gives the ranking, the decisions and the share of positives of each day."""

from __future__ import annotations

from generator.estimates import rankings as rank
from generator.estimates.facts import NO_LABELS, dated, number
from generator.estimates.intervals import COLUMN
from generator.estimates.score_sums import ROWS, Scores
from generator.records.aggregates import FloatArray
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.project import Project
from generator.records.table import Cell, Column, Table
from generator.stats.arrays import ratio

ONE_KIND = "no labelled positives or no labelled negatives"
METRICS = {
    "base_rate": ("Share of positives", "share"),
    "mean_prediction": ("Mean probability", "share"),
    "auc": ("Ranking (AUC)", ""),
    "accuracy": ("Right decisions", "share"),
    "precision_at_top": ("Positives among the highest", "share"),
    "log_loss": ("Logarithmic loss", ""),
}
"""Metrics of a day with label and unit."""


def run(project: Project, ledger: Ledger, scores: Scores) -> Evidence:
    """Return the metrics of every day as facts and as a table."""
    columns = (
        Column(key="date", label="Date"),
        Column(key="rows", label="Rows with a known outcome", unit="rows"),
        *(Column(key=key, label=label, unit=unit) for key, (label, unit) in METRICS.items()),
    )
    rows = [_row(project, ledger, scores, place, day.isoformat()) for place, day in dated(ledger)]
    table = Table(
        id="discrimination.daily",
        title="Ranking and decisions by day",
        columns=columns,
        rows=tuple(rows),
        reason="" if rows else "the rows have no dates",
    )
    facts = (cell for row in rows for cell in row[2:] if isinstance(cell, Fact))
    return Evidence(facts=tuple(facts), tables=(table,))


def _row(project: Project, ledger: Ledger, scores: Scores, place: int, date: str) -> tuple[Cell, ...]:
    assert ledger.production.scores is not None and ledger.production.losses is not None
    bins, losses = ledger.production.scores.day[place], ledger.production.losses.day[place]
    n = float(losses[COLUMN["n"]])
    values = _values(project, scores, bins, ratio(float(losses[COLUMN["log"]]), n))
    scored = float(bins[:, ROWS].sum())
    labelled = number(f"discrimination.daily.rows.{date}", n, label=f"Rows with a known outcome on {date}", unit="rows")
    return (
        date,
        labelled,
        *(
            number(
                f"performance.daily.{name}.{date}",
                values[name],
                label=f"{label} on {date}",
                unit=unit,
                n=scored if name == "mean_prediction" else n,
                reason=ONE_KIND if n and name == "auc" else NO_LABELS,
            )
            for name, (label, unit) in METRICS.items()
        ),
    )


def _values(project: Project, scores: Scores, bins: FloatArray, log_loss: float) -> dict[str, float]:
    share = rank.top_shares(project)[0]
    return {
        "base_rate": rank.base_rate(bins),
        "mean_prediction": rank.mean_probability(bins),
        "auc": rank.area(bins),
        "accuracy": rank.accuracy(scores.first_above(rank.threshold_of(project)))(bins),
        "precision_at_top": rank.precision(share)(bins),
        "log_loss": log_loss,
    }
