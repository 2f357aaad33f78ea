"""Takes score bins, gives the part of the error of the probabilities that neither the rate nor the scores explain.

A calibrated probability p has the expected squared error p(1 − p) (Spiegelhalter 1986), and that grows with the rate
of positives and with scores nearer to one half. Beyond the mean of p(1 − p), all log-odds shifted to the rate at hand,
an error is avoidable: so an error is compared between rows of different rates.
"""

import math
from collections.abc import Callable

import numpy as np

from generator.estimates.facts import number, place
from generator.estimates.intervals import COLUMN, Estimate
from generator.estimates.pairs import objective_of
from generator.estimates.recalibration import bin_means
from generator.estimates.score_intervals import estimate_scores
from generator.estimates.score_sums import N, Scores, Y
from generator.records.aggregates import FloatArray
from generator.records.fact import Fact
from generator.records.headline import BINARY
from generator.records.project import Project
from generator.records.reason import lacking
from generator.stats.arrays import ratio
from generator.stats.calibration import SURE, level_shift
from generator.stats.distributions import t_quantile

METHOD = "mean squared error less mean p(1 − p), all log-odds shifted to the share of positives"


def avoidable(sums: FloatArray) -> float:
    """Return the mean squared error of bins (B, 6) beyond what their scores promise at their share of positives."""
    n, y, p, moved = _shifted(sums)
    return ratio(float((y * (1.0 - 2.0 * p) + n * (p**2 - moved * (1.0 - moved))).sum()), float(n.sum()))


def _shifted(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return rows, positives, probability of the bins with rows, and that probability at their share of positives."""
    filled = sums[:, N] > 0
    n, y, p = sums[filled, N], sums[filled, Y], np.clip(bin_means(sums[filled]), SURE, 1.0 - SURE)
    odds = np.log(p) - np.log1p(-p) + level_shift(n, y, p)
    return n, y, p, 1.0 / (1.0 + np.exp(-np.clip(odds, -500.0, 500.0)))


def row_error(sums: FloatArray) -> float:
    """Return the variance of the avoidable error were all rows independent: the mean square of what each row adds."""
    n, y, p, moved = _shifted(sums)
    spread, total = moved * (1.0 - moved), float(n.sum())
    turn = ratio(float((n * spread * (1.0 - 2.0 * moved)).sum()), float((n * spread).sum()))
    value, squares = avoidable(sums), 0.0
    for outcome, counts in ((1.0, y), (0.0, n - y)):
        more = (outcome - p) ** 2 - spread - value - turn * (outcome - moved)
        squares += float((counts * more**2).sum())
    return ratio(squares, total**2)


def estimated_of(scores: Scores) -> Estimate:
    """Return the avoidable error of all rows."""
    return estimate_scores(avoidable, scores, "difference", row_error(scores.total))


Promise = Callable[[float], float]
"""What scores promise, mean p(1 − p), once all log-odds are moved alike until their mean is a rate."""


def promise_of(sums: FloatArray) -> Promise:
    """Return the promise of the scores of bins (B, 6) at any rate, read off between 401 moves of their log-odds."""
    filled = sums[:, N] > 0
    p = np.clip(bin_means(sums[filled]), SURE, 1.0 - SURE)
    weights = sums[filled, N] / max(float(sums[filled, N].sum()), 1.0)
    moved = 1.0 / (1.0 + np.exp(-(np.log(p) - np.log1p(-p) + np.linspace(-8.0, 8.0, 401)[:, None])))
    rates, promises = moved @ weights, (moved * (1.0 - moved)) @ weights
    return lambda rate: float(np.interp(rate, rates, promises))


def avoidable_loss(sums: FloatArray, promise: Promise) -> float:
    """Return the mean squared error of loss sums (…, M) beyond what their own probabilities promise at their own rate.

    How a promise moves with the rate is that of `promise`, of more rows than these.
    """
    n, error, square, positives, promised = (
        float(sums[..., COLUMN[name]].sum()) for name in ("n", "e", "e2", "abs_y", "promise")
    )
    moved = promise(ratio(positives, n)) - promise(ratio(positives + error, n))
    return ratio(square - promised, n) - moved


def rise(project: Project, now: Scores, before: Scores | None) -> Fact:
    """Return the rise of the avoidable error since the rows out of sample, as a share of the error before.

    Without scores out of sample the model counts as calibrated then.
    """
    own, past = estimated_of(now), None if before is None or not before.labelled else estimated_of(before)
    whole = math.nan if before is None else _error(before.total)
    if past is None:
        _, objective = objective_of(project, BINARY.metric)
        declared = None if objective is None else objective.validation
        whole = math.nan if declared is None else declared
    value = own.value - (0.0 if past is None else past.value)
    variance = own.variance + (0.0 if past is None else past.variance)
    df = own.df if past is None else min(own.df, past.df)
    room = t_quantile(0.975, df) * math.sqrt(variance) if math.isfinite(variance) else math.nan
    return number(
        "calibration.avoidable.rise",
        ratio(value, whole),
        low=ratio(value - room, whole),
        high=ratio(value + room, whole),
        label="Rise of the avoidable error as a share of the error before",
        unit="change",
        n=own.n,
        method=f"{METHOD}; difference over the error before",
        reason=lacking("no error out of sample is known", "data.held_out", file=place(project, "data.held_out")),
        origin="derived",
    )


def _error(sums: FloatArray) -> float:
    n, y, p = sums[:, N], sums[:, Y], np.nan_to_num(bin_means(sums))
    return ratio(float((y * (1.0 - 2.0 * p) + n * p**2).sum()), float(n.sum()))
