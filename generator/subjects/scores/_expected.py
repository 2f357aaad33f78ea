"""Takes score bins and the reference's outcomes, gives the outcomes to expect, and what follows for each metric.

Confidence-based estimation (Garg et al. 2022): scores are recalibrated on the reference by isotonic regression; a row
of calibrated probability q counts as q of a positive. Right as long as the relation of inputs and outcome stays.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from generator.estimates import rankings as rank
from generator.estimates.recalibration import bin_means, mapped
from generator.estimates.score_intervals import Statistic, estimate_scores, row_variance
from generator.estimates.score_sums import N_P, ROWS, N, P, Scores, Y
from generator.records.aggregates import FloatArray
from generator.stats.arrays import divide, ratio
from generator.stats.estimated import Estimated, estimate_performance
from generator.stats.intervals import Interval, share_interval

DRAWS, SEED = 50, 20_28
METRICS = ("accuracy", "auc")


@dataclass(frozen=True, kw_only=True, eq=False)
class Expected:
    """The expected share of positives of each bin (B,), with draws of it (DRAWS, B) from the reference's uncertainty.

    `scores` are the sums with outcomes replaced by those expected; `first` is the first bin that counts as positive.
    """

    share: FloatArray
    draws: FloatArray
    scores: Scores
    first: int


def expected(scores: Scores, reference: FloatArray, threshold: float) -> Expected:
    """Return what to expect of all rows by the outcomes of the reference (B, 6)."""
    total = scores.total
    p = np.nan_to_num(divide(total[:, P], total[:, ROWS]))
    share = mapped("steps", reference, p)
    return Expected(
        share=share,
        draws=np.stack([mapped("steps", drawn, p) for drawn in _drawn(reference)]),
        scores=replace(scores, group=with_outcomes(scores.group, share), day=with_outcomes(scores.day, share)),
        first=scores.first_above(threshold),
    )


def with_outcomes(sums: FloatArray, share: FloatArray) -> FloatArray:
    """Return sums (..., B, 6) whose rows all have the outcome to expect at these shares (B,)."""
    told = sums.copy()
    told[..., N], told[..., N_P], told[..., Y] = sums[..., ROWS], sums[..., P], sums[..., ROWS] * share
    return told


def performance(sums: FloatArray, share: FloatArray, first: int) -> Estimated:
    """Return the metrics to expect of bins (B, 6) whose rows are positive with these chances (B,)."""
    acted = np.arange(len(share)) >= first
    return estimate_performance(sums[:, ROWS], share, acted)


def realised(sums: FloatArray, first: int) -> Estimated:
    """Return the same metrics of the labelled rows of bins (B, 6), from their outcomes."""
    share = np.nan_to_num(divide(sums[:, Y], sums[:, N]))
    return estimate_performance(sums[:, N], share, np.arange(len(share)) >= first)


def statistics(first: int) -> dict[str, Statistic]:
    """Return the metrics as statistics of score bins with outcomes."""
    return {"accuracy": rank.accuracy(first), "auc": rank.area}


def interval(found: Expected, metric: str) -> Interval:
    """Return a metric with its 95 % interval: rows, entities, days, outcomes and the reference's uncertainty."""
    statistic, total = statistics(found.first)[metric], found.scores.total
    value = statistic(total)
    if not math.isfinite(value):
        return Interval(estimate=math.nan, low=math.nan, high=math.nan)
    row = row_variance(statistic, total)
    whole = estimate_scores(statistic, found.scores, "difference", row)
    sampling = max(row, whole.variance if math.isfinite(whole.variance) else 0.0)
    df = whole.df if math.isfinite(whole.df) else 60.0
    return share_interval(value, sampling + map_variance(found, metric), df)


def map_variance(found: Expected, metric: str) -> float:
    """Return the variance of a metric that comes from the reference's outcomes being a sample."""
    total = found.scores.total
    values = [getattr(performance(total, share, found.first), metric) for share in found.draws]
    return float(np.var(values, ddof=1))


def map_error(found: Expected) -> float:
    """Return the typical standard error of the calibrated probability of a production row."""
    rows = found.scores.total[:, ROWS]
    return math.sqrt(ratio(float((rows * found.draws.var(axis=0, ddof=1)).sum()), float(rows.sum())))


def _drawn(reference: FloatArray) -> list[FloatArray]:
    """Return the reference with outcomes drawn anew from its calibrated probabilities."""
    rng = np.random.Generator(np.random.Philox(SEED))
    share = np.clip(np.nan_to_num(mapped("steps", reference, bin_means(reference))), 0.0, 1.0)
    drawn = []
    for _ in range(DRAWS):
        one = reference.copy()
        one[:, Y] = rng.binomial(reference[:, N].round().astype(np.int64), share)
        drawn.append(one)
    return drawn
