"""Takes the cost of a retrain and how loss grows with age, gives the interval of least cost and what is unknown."""

import math
from dataclasses import dataclass

import numpy as np

from generator.stats.arrays import FloatArray, floats
from generator.stats.decay import Shape
from generator.stats.distributions import normal_cdf, normal_quantile, normal_quantile_array, special, t_quantile

STRATA = 20_000
LONGEST = 1e9
"""Days from which on an interval is never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Days between retrains and the cost in money per day; an infinite interval means never on a schedule."""

    interval: float
    cost_per_day: float


def cost_rate(cost: float, loss_until: float, interval: float) -> float:
    """Money per day of retraining every `interval` days, `loss_until` the loss added up to then (renewal-reward).

    Barlow & Proschan 1965: (K + integral of L)/T.
    """
    return (cost + loss_until) / interval if interval > 0 else math.inf


def shape_schedule(cost: float, shape: Shape, scale: float, lag: float = 0.0) -> Schedule:
    """Return the best schedule when loss is scale x shape(age) money per day, and a model is `lag` days old at first.

    At the best interval the loss of the last day equals the average cost. Never on a schedule where the loss stops
    growing before a retrain pays.
    """
    if not scale > 0:
        return Schedule(interval=math.inf, cost_per_day=0.0)
    low, high = 0.0, 1.0
    while _saved(shape, high, lag) < cost / scale:
        low, high = high, 2.0 * high
        if high > LONGEST:
            return Schedule(interval=math.inf, cost_per_day=scale * float(shape.at(floats([math.inf]))[0]))
    while high - low > 1e-14 * high:
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        low, high = (middle, high) if _saved(shape, middle, lag) < cost / scale else (low, middle)
    return Schedule(interval=high, cost_per_day=cost_rate(cost, scale * shape.between(lag, lag + high), high))


def _saved(shape: Shape, interval: float, lag: float) -> float:
    """Return what an interval loses less than one whose every day were as its last, at one unit of scale."""
    oldest = lag + interval
    return interval * float(shape.at(floats([oldest]))[0]) - shape.between(lag, oldest)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Doubtful:
    """A decay known up to the scale of its shape: equally likely scales that are not negative, money per day."""

    cost: float
    shape: Shape
    scales: FloatArray
    upper: float
    """One-sided 95 % upper bound of the scale before the cut at 0."""
    lag: float = 0.0
    """Age in days at which a model begins to serve."""

    def rate(self, interval: float, scale: float) -> float:
        """Return money per day of retraining every `interval` days when the scale is this."""
        return cost_rate(self.cost, scale * self.shape.between(self.lag, self.lag + interval), interval)

    def mean_rate(self, interval: float) -> float:
        """Return the same on average over the scales, in which it is linear."""
        return self.rate(interval, float(self.scales.mean()))

    def scale(self, share: float) -> float:
        """Return the scale below which this share of the scales lies."""
        return float(np.quantile(self.scales, share))

    def best(self, scale: float | None = None) -> Schedule:
        """Return the best schedule for one scale; without it the one of least mean cost."""
        used = float(self.scales.mean()) if scale is None else scale
        return shape_schedule(self.cost, self.shape, used, self.lag)

    @property
    def information_per_day(self) -> float:
        """Return what knowing the scale would be worth, money per day (Raiffa & Schlaifer 1961)."""
        known = [self.best(float(scale)).cost_per_day for scale in self.scales[50::100]]
        return max(self.best().cost_per_day - float(np.mean(known)), 0.0) if known else 0.0

    def flat(self, tolerance: float = 0.1) -> tuple[float, float]:
        """Return the shortest and longest interval whose mean cost is within `tolerance` of the least."""
        best = self.best()
        if not math.isfinite(best.interval):
            return math.inf, math.inf
        allowed = (1.0 + tolerance) * best.cost_per_day
        return self._where(best.interval, allowed, 0.5), self._where(best.interval, allowed, 2.0)

    def _where(self, start: float, allowed: float, factor: float) -> float:
        inside, outside = start, start * factor
        while self.mean_rate(outside) <= allowed:
            inside, outside = outside, outside * factor
            if outside > 1e6:
                return math.inf
        for _ in range(60):
            middle = (inside + outside) / 2.0
            inside, outside = (middle, outside) if self.mean_rate(middle) <= allowed else (inside, middle)
        return inside


def doubtful(cost: float, shape: Shape, scale: float, se: float, df: float = math.inf, *, lag: float = 0.0) -> Doubtful:
    """Return what is known of a decay estimated as scale +- se with `df` degrees of freedom, cut off at 0."""
    if not se > 0:
        return Doubtful(cost=cost, shape=shape, scales=floats([max(scale, 0.0)]), upper=scale, lag=lag)
    reach = normal_quantile(0.95) if math.isinf(df) else t_quantile(0.95, df)
    scales = _non_negative_slopes(scale, se, df)
    return Doubtful(cost=cost, shape=shape, scales=scales, upper=scale + reach * se, lag=lag)


def _non_negative_slopes(slope: float, se: float, df: float = math.inf) -> FloatArray:
    """Midpoints of equally likely strata of a normal, or a Student t, cut off at 0; largest first."""
    share = (np.arange(STRATA) + 0.5) / STRATA
    if math.isinf(df):
        upper_tail = normal_cdf(slope / se) * share
        return np.maximum(slope - se * normal_quantile_array(upper_tail), 0.0)
    upper_tail = special.stdtr(df, slope / se) * share
    return floats(np.maximum(slope - se * special.stdtrit(df, upper_tail), 0.0))
