"""Takes the score bins by day, gives the ranking, the decisions and the share of positives of each day."""

import datetime

from generator.estimates import rankings as rank
from generator.estimates.facts import NO_LABELS, dated, number
from generator.estimates.intervals import COLUMN
from generator.estimates.pairs import Day
from generator.estimates.score_sums import ROWS, Scores
from generator.records.aggregates import FloatArray
from generator.records.ledger import Ledger
from generator.records.project import Project
from generator.results.words import quantities
from generator.stats.arrays import ratio
from generator.subjects.scores.facts import DAILY

QUANTITY = quantities(__file__)

ONE_KIND = "no labelled positives or no labelled negatives"


def days(project: Project, ledger: Ledger, scores: Scores) -> tuple[Day, ...]:
    """Return the metrics of every day."""
    return tuple(_day(project, ledger, scores, place, date) for place, date in dated(ledger))


def _day(project: Project, ledger: Ledger, scores: Scores, place: int, date: datetime.date) -> Day:
    assert ledger.production.scores is not None and ledger.production.losses is not None
    bins, losses = ledger.production.scores.day[place], ledger.production.losses.day[place]
    n = float(losses[COLUMN["n"]])
    values = _values(project, scores, bins, ratio(float(losses[COLUMN["log"]]), n))
    scored = float(bins[:, ROWS].sum())
    return Day(
        date=date,
        rows=number(QUANTITY("discrimination.daily.rows.{date}", date=date), n),
        values={
            name: number(
                QUANTITY("performance.daily.{name}.{date}", name=name, date=date, label=label),
                values[name],
                unit=unit,
                n=scored if name == "mean_prediction" else n,
                reason=ONE_KIND if n and name == "auc" else NO_LABELS,
            )
            for name, (label, unit) in DAILY.items()
        },
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
