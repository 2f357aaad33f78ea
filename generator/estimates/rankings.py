"""Takes the sums of score bins, gives how well the scores rank: one statistic of bins (..., B, 6) for each."""

import numpy as np

from generator.estimates.score_intervals import Many
from generator.estimates.score_sums import ROWS, N, P, Y, outcomes
from generator.records.aggregates import FloatArray
from generator.records.project import Project
from generator.stats.arrays import divide, ratio
from generator.stats.discrimination import areas, average_precisions, gain_at, lift_at, precision_at

TOP_SHARES = (0.1, 0.2)
EVEN = 0.5


def top_shares(project: Project) -> tuple[float, ...]:
    """Return the shares of the highest scores that are looked at: as declared, else a tenth and a fifth."""
    return tuple(dict.fromkeys(project.settings.decision.top_shares)) or TOP_SHARES


def threshold_of(project: Project) -> float:
    """Return the probability from which a row counts as positive: as declared, else one half."""
    declared = project.settings.decision.threshold
    return EVEN if declared is None else declared


def _area(sums: FloatArray) -> FloatArray:
    return areas(*outcomes(sums))


def _mean_precision(sums: FloatArray) -> FloatArray:
    return average_precisions(*outcomes(sums))


def _base_rate(sums: FloatArray) -> FloatArray:
    return divide(sums[..., Y].sum(axis=-1), sums[..., N].sum(axis=-1))


area = Many(_area)
"""Chance that a positive scores above a negative."""
mean_precision = Many(_mean_precision)
"""Average precision down the ranking."""
base_rate = Many(_base_rate)
"""Share of positives."""


def mean_probability(sums: FloatArray) -> float:
    """Mean probability of all scored rows."""
    return ratio(float(sums[:, P].sum()), float(sums[:, ROWS].sum()))


def accuracy(first: int) -> Many:
    """Share of rows decided rightly when the bins from `first` on count as positive."""

    def share(sums: FloatArray) -> FloatArray:
        positives, negatives = outcomes(sums)
        right = positives[..., first:].sum(axis=-1) + negatives[..., :first].sum(axis=-1)
        return divide(right, sums[..., N].sum(axis=-1))

    return Many(share)


def accuracy_gain(first: int) -> Many:
    """What that share exceeds the one of always naming the commoner outcome by."""
    right = accuracy(first)

    def gain(sums: FloatArray) -> FloatArray:
        rate = _base_rate(sums)
        return right.of(sums) - np.maximum(rate, 1.0 - rate)

    return Many(gain)


def precision(share: float) -> Many:
    """Share of positives among the highest `share` of the scores."""
    return Many(lambda sums: precision_at(*outcomes(sums), share))


def lift(share: float) -> Many:
    """That share over the base rate."""
    return Many(lambda sums: lift_at(*outcomes(sums), share))


def gain(share: float) -> Many:
    """Share of all positives that the highest `share` of the scores holds."""
    return Many(lambda sums: gain_at(*outcomes(sums), share))
