"""Takes limits of an interval and a bound, gives a three-valued verdict and how many rows would settle it."""

import math
from typing import Literal

from generator.stats.distributions import normal_quantile

Verdict = Literal["pass", "fail", "inconclusive"]


def verdict(low: float, high: float, limit: float, larger_is_worse: bool = True) -> Verdict:
    """Judge an interval against a limit: all of it worse fails, all of it better passes, else inconclusive.

    One-sided tests in both directions (Berger & Hsu 1996). An unknown end is inconclusive on its side.
    """
    if not larger_is_worse:
        low, high, limit = -high, -low, -limit
    if low > limit:
        return "fail"
    return "pass" if high < limit else "inconclusive"


def n_to_resolve(
    n: float, estimate: float, low: float, high: float, limit: float, level: float = 0.95, power: float = 0.8
) -> float:
    """Sample size at which a verdict is reached with chance `power` if the estimate is the truth.

    `low` and `high` are the two-sided `level` limits found with `n` (any unit of size: rows, days); widths
    are taken to fall with the root of it. An estimate on the limit never resolves: inf. Unknown or no width:
    nan.
    """
    width, gap = high - low, abs(estimate - limit)
    if not (width > 0 and n > 0) or math.isnan(gap):
        return math.nan
    if gap == 0.0:
        return math.inf
    z = normal_quantile(0.5 + level / 2.0)
    se = width / 2.0 / z
    return float(math.ceil(n * ((z + normal_quantile(power)) * se / gap) ** 2))
