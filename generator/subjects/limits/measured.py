"""Takes the shelf, gives a metric by its name in fact ids, whichever room measures it."""

import datetime

from generator.estimates.pairs import Pair
from generator.records.fact import NOWHERE, Fact, missing
from generator.records.shelf import Shelf
from generator.subjects.performance.found import Performance
from generator.subjects.scores.found import Discrimination


def measured(shelf: Shelf, metric: str) -> Pair | None:
    """Return a metric of all rows; None where nothing measures it."""
    return shelf[Performance].metrics.get(metric) or shelf[Discrimination].metrics.get(metric)


def production(shelf: Shelf, metric: str) -> Fact:
    """Return the value of a metric over all rows, or why there is none."""
    own, scores = measured(shelf, metric), shelf[Discrimination]
    if own is not None:
        return own.production
    if scores.ranking is not None and metric == "mean_prediction":
        return scores.ranking.means.production
    return scores.absent.get(metric) or missing(f"performance.{metric}.production", NOWHERE)


def validation(shelf: Shelf, metric: str) -> Fact:
    """Return the value of a metric out of sample or as declared, or why there is none."""
    own = measured(shelf, metric)
    return missing(f"performance.{metric}.validation", NOWHERE) if own is None else own.validation


def previous(shelf: Shelf, metric: str) -> Fact:
    """Return the value of a metric of the previous version on the same rows, or why there is none."""
    found = shelf[Performance]
    own = {found.headline: found.previous.errors.error, "mae": found.previous.errors.mae}
    return own.get(metric) or missing(f"performance.{metric}.previous", NOWHERE)


def reference(shelf: Shelf, metric: str) -> float | None:
    """Return what a metric of probabilities was in the reference."""
    ranking = shelf[Discrimination].ranking
    means = (
        {} if ranking is None else {"mean_prediction": ranking.means.reference, "base_rate": ranking.means.base_rate}
    )
    return means[metric].number if metric in means else None


def scatter(shelf: Shelf, metric: str) -> float | None:
    """Return the standard deviation of what one row adds to a metric of probabilities."""
    ranking, own = shelf[Discrimination].ranking, dict(shelf[Performance].spreads)
    if ranking is not None:
        own |= {**ranking.spreads, "mean_prediction": ranking.means.spread}
    return own[metric].number if metric in own else None


def by_day(shelf: Shelf, metric: str) -> dict[datetime.date, Fact]:
    """Return a metric of each day on which it is measured, in order; `rows` counts all rows of a day."""
    found, ranking = shelf[Performance], shelf[Discrimination].ranking
    if metric == "rows":
        return {day.date: day.rows for day in found.days}
    every = (*found.days, *(() if ranking is None else ranking.days))
    return {day.date: day.values[metric] for day in every if metric in day.values}
