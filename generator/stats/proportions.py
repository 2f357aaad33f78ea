"""Takes counts of successes and trials, gives intervals, tests and effect sizes of shares."""

import math

from generator.stats.distributions import (
    beta_quantile,
    chi2_quantile,
    normal_quantile,
    normal_two_sided,
)
from generator.stats.intervals import Interval, Test

UNKNOWN = Test(statistic=math.nan, p_value=math.nan)


def wilson(successes: float, trials: float, level: float = 0.95) -> Interval:
    """Score interval of a share (Wilson 1927); counts may be effective, not whole.

    No trials, or successes out of range: nan.
    """
    if not (trials > 0 and 0 <= successes <= trials):
        return Interval(estimate=math.nan, low=math.nan, high=math.nan)
    z2 = normal_quantile(0.5 + level / 2.0) ** 2
    share = successes / trials
    centre = (share + z2 / (2.0 * trials)) / (1.0 + z2 / trials)
    spread = share * (1.0 - share) / trials + z2 / (4.0 * trials**2)
    half = math.sqrt(z2 * max(spread, 0.0)) / (1.0 + z2 / trials)
    low = 0.0 if successes <= 0 else max(0.0, centre - half)
    high = 1.0 if successes >= trials else min(1.0, centre + half)
    return Interval(estimate=share, low=low, high=high)


def newcombe(successes0: float, trials0: float, successes1: float, trials1: float, level: float = 0.95) -> Interval:
    """Interval of the difference share1 - share0 from two Wilson intervals (Newcombe 1998, method 10)."""
    a, b = wilson(successes0, trials0, level), wilson(successes1, trials1, level)
    difference = b.estimate - a.estimate
    down = math.hypot(b.estimate - b.low, a.high - a.estimate)
    up = math.hypot(b.high - b.estimate, a.estimate - a.low)
    return Interval(estimate=difference, low=difference - down, high=difference + up)


def clopper_pearson(successes: float, trials: float, level: float = 0.95) -> Interval:
    """Exact interval of a share (Clopper & Pearson 1934), one-sided tails (1 - level)/2. No trials: nan."""
    if not (trials > 0 and 0 <= successes <= trials):
        return Interval(estimate=math.nan, low=math.nan, high=math.nan)
    tail = (1.0 - level) / 2.0
    failures = trials - successes
    low = beta_quantile(tail, successes, failures + 1.0) if successes > 0 else 0.0
    high = beta_quantile(1.0 - tail, successes + 1.0, failures) if failures > 0 else 1.0
    return Interval(estimate=successes / trials, low=low, high=high)


def two_proportion_z(successes0: float, trials0: float, successes1: float, trials1: float) -> Test:
    """Pooled z test that share1 equals share0, positive when share1 is larger (Fleiss 1981).

    nan without trials on a side, or when all or none succeed on both.
    """
    if not (trials0 > 0 and trials1 > 0):
        return UNKNOWN
    pooled = (successes0 + successes1) / (trials0 + trials1)
    variance = pooled * (1.0 - pooled) * (1.0 / trials0 + 1.0 / trials1)
    if not variance > 0:
        return UNKNOWN
    z = (successes1 / trials1 - successes0 / trials0) / math.sqrt(variance)
    return Test(statistic=z, p_value=normal_two_sided(z))


def good_turing_missing_mass(singletons: float, rows: float, doubletons: float = 0.0, level: float = 0.95) -> Interval:
    """Share of rows expected to show a level never seen in `rows` (Good 1953), with a one-sided upper bound.

    `singletons` and `doubletons` are the numbers of levels seen once and twice. The bound is the larger of
    the exact Poisson limit of the singletons and the normal limit with Esty's variance (Esty 1983); with no
    singletons it is the rule of three. `low` is 0. No rows: nan.
    """
    if not (rows > 0 and 0 <= singletons <= rows):
        return Interval(estimate=math.nan, low=math.nan, high=math.nan)
    share = singletons / rows
    poisson = chi2_quantile(level, 2.0 * singletons + 2.0) / 2.0 / rows
    spread = math.sqrt(max(singletons * (1.0 - share) + 2.0 * doubletons, 0.0)) / rows
    esty = share + normal_quantile(level) * spread
    return Interval(estimate=share, low=0.0, high=min(1.0, max(poisson, esty)))
