"""Takes the sums of score bins, gives how well the scores rank: one function (B, 6) → number for each statistic."""

from __future__ import annotations

from generator.analyse._score_intervals import Statistic
from generator.analyse._score_sums import ROWS, N, P, Y, outcomes
from generator.records.aggregates import FloatArray
from generator.records.project import Project
from generator.stats.arrays import ratio
from generator.stats.discrimination import auc, average_precision, class_ks, gain_at, lift_at, precision_at

TOP_SHARES = (0.1, 0.2)
EVEN = 0.5


def top_shares(project: Project) -> tuple[float, ...]:
    """Return the shares of the highest scores that are looked at: as declared, else a tenth and a fifth."""
    return tuple(dict.fromkeys(project.settings.decision.top_shares)) or TOP_SHARES


def threshold_of(project: Project) -> float:
    """Return the probability from which a row counts as positive: as declared, else one half."""
    declared = project.settings.decision.threshold
    return EVEN if declared is None else declared


def area(sums: FloatArray) -> float:
    """Chance that a positive scores above a negative."""
    return auc(*outcomes(sums)).value


def gini(sums: FloatArray) -> float:
    """The same between 0 for chance and 1."""
    return 2.0 * area(sums) - 1.0


def mean_precision(sums: FloatArray) -> float:
    """Average precision down the ranking."""
    return average_precision(*outcomes(sums))


def separation(sums: FloatArray) -> float:
    """Largest distance between the score distributions of the two outcomes."""
    return class_ks(*outcomes(sums))


def base_rate(sums: FloatArray) -> float:
    """Share of positives."""
    return ratio(float(sums[:, Y].sum()), float(sums[:, N].sum()))


def mean_probability(sums: FloatArray) -> float:
    """Mean probability of all scored rows."""
    return ratio(float(sums[:, P].sum()), float(sums[:, ROWS].sum()))


def accuracy(first: int) -> Statistic:
    """Share of rows decided rightly when the bins from `first` on count as positive."""

    def share(sums: FloatArray) -> float:
        positives, negatives = outcomes(sums)
        return ratio(float(positives[first:].sum() + negatives[:first].sum()), float(sums[:, N].sum()))

    return share


def accuracy_gain(first: int) -> Statistic:
    """What that share exceeds the one of always naming the commoner outcome by."""
    right = accuracy(first)

    def gain(sums: FloatArray) -> float:
        rate = base_rate(sums)
        return right(sums) - max(rate, 1.0 - rate)

    return gain


def precision(share: float) -> Statistic:
    """Share of positives among the highest `share` of the scores."""
    return lambda sums: precision_at(*outcomes(sums), share)


def lift(share: float) -> Statistic:
    """That share over the base rate."""
    return lambda sums: lift_at(*outcomes(sums), share)


def gain(share: float) -> Statistic:
    """Share of all positives that the highest `share` of the scores holds."""
    return lambda sums: gain_at(*outcomes(sums), share)
