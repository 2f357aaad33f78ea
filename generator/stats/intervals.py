"""Takes an estimate, its variance and degrees of freedom, gives an interval; holds the shared results."""

import math
from dataclasses import dataclass

from generator.stats.distributions import t_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate with its limits, in its own unit; nan limits mean not computable."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test statistic with its p-value; both nan when the test is not computable."""

    __test__ = False  # a value, not a pytest class

    statistic: float
    p_value: float


def t_interval(estimate: float, variance: float, df: float, level: float = 0.95) -> Interval:
    """Two-sided Student t interval (Student 1908); `variance` is that of the estimate.

    Limits are nan when the estimate, variance or `df` is nan, the variance negative or `df` not positive.
    """
    half = _half_width(variance, df, level)
    return Interval(estimate=estimate, low=estimate - half, high=estimate + half)


def log_interval(estimate: float, log_variance: float, df: float, level: float = 0.95) -> Interval:
    """Student t interval computed on ln(estimate) and carried back, for positive quantities such as an RMSE.

    `log_variance` is the variance of ln(estimate), by the delta method Var(estimate)/estimate^2. Limits are
    nan when the estimate is not positive.
    """
    half = _half_width(log_variance, df, level)
    if not estimate > 0 or math.isnan(half):
        return Interval(estimate=estimate, low=math.nan, high=math.nan)
    return Interval(estimate=estimate, low=estimate * math.exp(-half), high=_scaled_up(estimate, half))


def share_interval(estimate: float, variance: float, df: float, level: float = 0.95) -> Interval:
    """Student t interval computed on the logit and carried back, for quantities inside (0, 1); nan at its ends.

    `variance` is that of the estimate itself (Pepe 2003, for an area under the ROC curve).
    """
    half = _half_width(variance, df, level)
    if not 0.0 < estimate < 1.0 or math.isnan(half):
        return Interval(estimate=estimate, low=math.nan, high=math.nan)
    spread = estimate * (1.0 - estimate)
    reach = math.exp(min(half / spread, 700.0))
    odds = estimate / (1.0 - estimate)
    return Interval(estimate=estimate, low=odds / reach / (1.0 + odds / reach), high=1.0 / (1.0 + 1.0 / odds / reach))


def _scaled_up(estimate: float, half: float) -> float:
    return estimate * math.exp(half) if half < 700.0 else math.inf


def _half_width(variance: float, df: float, level: float) -> float:
    if not variance >= 0:
        return math.nan
    return t_quantile(0.5 + level / 2.0, df) * math.sqrt(variance)
