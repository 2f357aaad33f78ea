"""Takes money at stake and the reach of a chart, gives the limit of least cost; and values of cash flows."""

import math

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import floats
from generator.stats.distributions import chi2_quantile
from generator.stats.intervals import Interval


def incident_rate(events: float, days: float, level: float = 0.95) -> Interval:
    """Degradations per day after `events` in `days`: posterior mean and equal-tailed limits (Jeffreys 1946).

    Gamma(events + 1/2, days). None seen is not none to come. No days: nan.
    """
    if not days > 0:
        return Interval(estimate=math.nan, low=math.nan, high=math.nan)
    tail, df = (1.0 - level) / 2.0, 2.0 * events + 1.0
    low, high = (chi2_quantile(p, df) / 2.0 / days for p in (tail, 1.0 - tail))
    return Interval(estimate=(events + 0.5) / days, low=low, high=high)


def payback_period(flows: ArrayLike, rate: float = 0.0) -> float:
    """First period in which the discounted flows (T + 1,) add up to at least 0; never within them: inf."""
    values = floats(flows)
    reached = np.flatnonzero(np.cumsum(values / (1.0 + rate) ** np.arange(values.size)) >= 0.0)
    return float(reached[0]) if reached.size else math.inf


def return_on_investment(benefit: float, cost: float) -> float:
    """(Benefit - cost)/cost, not the benefit-cost ratio; no cost: nan."""
    return (benefit - cost) / cost if cost > 0 else math.nan
