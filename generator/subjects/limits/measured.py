"""Takes the shelf, gives a metric by its name in fact ids, whichever room measures it."""

from __future__ import annotations

from generator.estimates.pairs import Day, Pair
from generator.records.fact import NOWHERE, Fact, missing
from generator.records.shelf import Shelf
from generator.subjects.performance.found import Performance
from generator.subjects.scores.found import Discrimination


def measured(shelf: Shelf, metric: str) -> Pair | None:
    """Return a metric of all rows; None where nothing measures it."""
    return shelf[Performance].metrics.get(metric) or shelf[Discrimination].metrics.get(metric)


def production(shelf: Shelf, metric: str) -> Fact:
    """Return the value of a metric over all rows, or why there is none."""
    own, id = measured(shelf, metric), f"performance.{metric}.production"
    if own is None:
        return shelf[Discrimination].absent.get(metric) or missing(id, NOWHERE)
    return own.production


def validation(shelf: Shelf, metric: str) -> Fact:
    """Return the value of a metric out of sample or as declared, or why there is none."""
    own = measured(shelf, metric)
    return missing(f"performance.{metric}.validation", NOWHERE) if own is None else own.validation


def days(shelf: Shelf, metric: str) -> tuple[Day, ...]:
    """Return the days on which a metric is measured, in order."""
    ranking = shelf[Discrimination].ranking
    every = (*shelf[Performance].days, *(() if ranking is None else ranking.days))
    return tuple(day for day in every if metric in day.values)
