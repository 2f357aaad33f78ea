"""Takes the arms of an experiment and its error rates, gives sample sizes, running tests and their limits."""

import math

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import floats
from generator.stats.distributions import chi2_tail, normal_quantile
from generator.stats.intervals import Interval, Test


def rows_per_arm(share0: float, share1: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Rows per arm that show share0 against share1, two-sided (Fleiss 1981), rounded up; equal shares: inf."""
    if share0 == share1:
        return math.inf
    mean = (share0 + share1) / 2.0
    spread0 = math.sqrt(2.0 * mean * (1.0 - mean))
    spread1 = math.sqrt(share0 * (1.0 - share0) + share1 * (1.0 - share1))
    z = normal_quantile(1.0 - alpha / 2.0) * spread0 + normal_quantile(power) * spread1
    return float(math.ceil((z / (share1 - share0)) ** 2 - 1e-9))


def rows_per_arm_non_inferiority(share: float, margin: float, alpha: float = 0.025, power: float = 0.8) -> float:
    """Rows per arm that show a share is not worse by `margin` when it is equal, one-sided (Blackwelder 1982)."""
    if not margin > 0:
        return math.inf
    z = normal_quantile(1.0 - alpha) + normal_quantile(power)
    return float(math.ceil(z**2 * 2.0 * share * (1.0 - share) / margin**2 - 1e-9))


def rows_paired(
    sd: float, margin: float, expected: float = 0.0, alpha: float = 0.05, power: float = 0.8, design_effect: float = 1.0
) -> float:
    """Rows scored by both models that show a mean loss difference below `margin` when it is `expected`, one-sided.

    `sd` of the difference per row (Student 1908). An expected difference at or over the margin: inf.
    """
    if not expected < margin:
        return math.inf
    z = normal_quantile(1.0 - alpha) + normal_quantile(power)
    return float(math.ceil((z * sd / (margin - expected)) ** 2 * design_effect - 1e-9))


def confidence_sequence(difference: float, variance: float, tau2: float, level: float = 0.95) -> Interval:
    """Interval that holds the true difference at every look at once (Waudby-Smith et al. 2021, asymptotic).

    `variance` of the estimated difference so far, `tau2` the square of the effect planned for; use from some 50
    independent blocks on. No variance: nan.
    """
    if not (variance > 0 and tau2 > 0):
        return Interval(estimate=difference, low=math.nan, high=math.nan)
    alpha = 1.0 - level
    log_term = math.log((variance + tau2) / (variance * alpha**2))
    half = math.sqrt(variance * (variance + tau2) / tau2 * log_term)
    return Interval(estimate=difference, low=difference - half, high=difference + half)


def sample_ratio_mismatch(counts: ArrayLike, shares: ArrayLike | None = None) -> Test:
    """Do the arms (A,) have the sizes that were planned (equal by default)? Chi-square (Fabijan et al. 2019).

    A mismatch voids an experiment; judge it at 0.0005. Fewer than two arms or no rows: nan.
    """
    observed = floats(counts)
    planned = np.ones_like(observed) if shares is None else floats(shares)
    if observed.size < 2 or not (observed.sum() > 0 and (planned > 0).all()):
        return Test(statistic=math.nan, p_value=math.nan)
    expected = planned / planned.sum() * observed.sum()
    statistic = float(((observed - expected) ** 2 / expected).sum())
    return Test(statistic=statistic, p_value=chi2_tail(statistic, observed.size - 1))


def variance_to_decide(margin: float, tau2: float, level: float = 0.95) -> float:
    """Variance of an estimated difference at which its confidence sequence is as wide as `margin` to each side.

    From there on a true difference of zero is told from one of `margin`; by bisection. No margin: 0.
    """
    if not (margin > 0 and tau2 > 0):
        return 0.0
    low, high = -60.0, math.log(margin**2)
    for _ in range(200):
        middle = (low + high) / 2.0
        half = confidence_sequence(0.0, math.exp(middle), tau2, level).high
        low, high = (middle, high) if half < margin else (low, middle)
    return math.exp(low)
