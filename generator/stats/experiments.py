"""Takes the two arms of a reported experiment, gives its test, effect, power, and the rows it would have needed."""

import math

from generator.stats.distributions import normal_cdf, normal_quantile, normal_two_sided
from generator.stats.intervals import Interval, Test

NOTHING = Interval(estimate=math.nan, low=math.nan, high=math.nan)
STEPS = 80


def least_significant_rows(share0: float, share1: float, alpha: float = 0.05) -> float:
    """Rows per arm, rounded up, from which two such shares differ significantly in the pooled z test (Fleiss 1981).

    Equal shares: inf.
    """
    if share0 == share1:
        return math.inf
    mean = (share0 + share1) / 2.0
    z = normal_quantile(1.0 - alpha / 2.0)
    return float(math.ceil(z**2 * 2.0 * mean * (1.0 - mean) / (share1 - share0) ** 2 - 1e-9))


def power_of_shares(share0: float, share1: float, rows0: float, rows1: float, alpha: float = 0.05) -> float:
    """Chance that two such shares come out different in arms of these sizes, two-sided (Fleiss 1981). No rows: nan."""
    if not (rows0 > 0 and rows1 > 0):
        return math.nan
    pooled = (rows0 * share0 + rows1 * share1) / (rows0 + rows1)
    under_none = math.sqrt(pooled * (1.0 - pooled) * (1.0 / rows0 + 1.0 / rows1))
    under_effect = math.sqrt(share0 * (1.0 - share0) / rows0 + share1 * (1.0 - share1) / rows1)
    return _power(share1 - share0, under_none, under_effect, alpha)


def relative_uplift(share0: float, rows0: float, share1: float, rows1: float, level: float = 0.95) -> Interval:
    """share1/share0 - 1 with its interval by the delta method on the logarithm (Katz et al. 1978).

    No rows, or a share of zero: nan.
    """
    if not (rows0 > 0 and rows1 > 0 and 0.0 < share0 <= 1.0 and 0.0 < share1 <= 1.0):
        return NOTHING
    error = math.sqrt((1.0 - share0) / (share0 * rows0) + (1.0 - share1) / (share1 * rows1))
    return _relative(share1 / share0, error, level)


def smallest_difference(share0: float, rows0: float, rows1: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest rise of a share that arms of these sizes show with the given power; nan without rows or room."""
    if not (rows0 > 0 and rows1 > 0 and 0.0 <= share0 < 1.0):
        return math.nan
    low, high = share0, 1.0
    if not power_of_shares(share0, high, rows0, rows1, alpha) >= power:
        return math.nan
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        enough = power_of_shares(share0, middle, rows0, rows1, alpha) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high - share0


def two_means_z(mean0: float, sd0: float, rows0: float, mean1: float, sd1: float, rows1: float) -> Test:
    """Test that two means are equal, positive when the second is larger, for large arms (Welch 1947). No rows: nan."""
    error = _mean_error(sd0, rows0, sd1, rows1)
    if not error > 0:
        return Test(statistic=math.nan, p_value=math.nan)
    z = (mean1 - mean0) / error
    return Test(statistic=z, p_value=normal_two_sided(z))


def mean_difference(
    mean0: float, sd0: float, rows0: float, mean1: float, sd1: float, rows1: float, level: float = 0.95
) -> Interval:
    """mean1 - mean0 with its normal interval, for large arms (Welch 1947); no rows: nan."""
    return _around(mean1 - mean0, _mean_error(sd0, rows0, sd1, rows1), level)


def relative_mean(
    mean0: float, sd0: float, rows0: float, mean1: float, sd1: float, rows1: float, level: float = 0.95
) -> Interval:
    """mean1/mean0 - 1 with its interval by the delta method on the logarithm; means must be positive, else nan."""
    if not (rows0 > 0 and rows1 > 0 and mean0 > 0 and mean1 > 0):
        return NOTHING
    error = math.sqrt((sd0 / mean0) ** 2 / rows0 + (sd1 / mean1) ** 2 / rows1)
    return _relative(mean1 / mean0, error, level)


def rows_per_arm_of_means(difference: float, sd: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Rows per arm, rounded up, that show a difference of means, two-sided; no difference: inf."""
    if difference == 0:
        return math.inf
    z = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power)
    return float(math.ceil(2.0 * (z * sd / difference) ** 2 - 1e-9))


def least_significant_rows_of_means(difference: float, sd: float, alpha: float = 0.05) -> float:
    """Rows per arm, rounded up, from which a difference of means is significant; no difference: inf."""
    if difference == 0:
        return math.inf
    z = normal_quantile(1.0 - alpha / 2.0)
    return float(math.ceil(2.0 * (z * sd / difference) ** 2 - 1e-9))


def power_of_means(difference: float, sd0: float, rows0: float, sd1: float, rows1: float, alpha: float = 0.05) -> float:
    """Chance that such a difference of means is significant in arms of these sizes, two-sided; no rows: nan."""
    error = _mean_error(sd0, rows0, sd1, rows1)
    return _power(difference, error, error, alpha) if error > 0 else math.nan


def smallest_mean_difference(sd: float, rows0: float, rows1: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest difference of means that arms of these sizes show with the given power; no rows: nan."""
    return (normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power)) * _mean_error(sd, rows0, sd, rows1)


def _mean_error(sd0: float, rows0: float, sd1: float, rows1: float) -> float:
    return math.sqrt(sd0**2 / rows0 + sd1**2 / rows1) if rows0 > 0 and rows1 > 0 else math.nan


def _around(estimate: float, error: float, level: float) -> Interval:
    half = normal_quantile(0.5 + level / 2.0) * error
    return Interval(estimate=estimate, low=estimate - half, high=estimate + half)


def _relative(factor: float, error: float, level: float) -> Interval:
    spread = math.exp(normal_quantile(0.5 + level / 2.0) * error)
    return Interval(estimate=factor - 1.0, low=factor / spread - 1.0, high=factor * spread - 1.0)


def _power(effect: float, under_none: float, under_effect: float, alpha: float) -> float:
    if not under_effect > 0:
        return math.nan
    limit = normal_quantile(1.0 - alpha / 2.0) * under_none
    return normal_cdf((effect - limit) / under_effect) + normal_cdf((-effect - limit) / under_effect)
