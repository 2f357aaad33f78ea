"""Takes the cost of a retrain and how loss grows with age, gives the interval of least cost and what is unknown."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from generator.stats.arrays import FloatArray, floats
from generator.stats.decay import Shape
from generator.stats.distributions import normal_cdf, normal_quantile, normal_quantile_array, t_quantile

STRATA = 20_000


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


def power_schedule(cost: float, scale: float, power: float) -> Schedule:
    """Best interval when loss is scale x age^power money per day; at it the marginal equals the average cost."""
    if not scale > 0:
        return Schedule(interval=math.inf, cost_per_day=0.0)
    interval = (cost * (power + 1.0) / (scale * power)) ** (1.0 / (power + 1.0))
    return Schedule(interval=interval, cost_per_day=scale * interval**power)


def saturating_schedule(cost: float, ceiling: float, tau: float) -> Schedule:
    """Best interval when loss is ceiling x (1 - exp(-age/tau)) money per day.

    Never on a schedule once the cost reaches ceiling x tau: the loss then stops growing before a retrain pays.
    """
    if cost >= ceiling * tau:
        return Schedule(interval=math.inf, cost_per_day=max(ceiling, 0.0))
    left = 1.0 - cost / (ceiling * tau)
    low, high = 0.0, 1.0
    while (1.0 + high) * math.exp(-high) > left:
        low, high = high, 2.0 * high
    while high - low > 1e-14 * high:
        u = (low + high) / 2.0
        if u in (low, high):
            break
        low, high = (u, high) if (1.0 + u) * math.exp(-u) > left else (low, u)
    return Schedule(interval=tau * high, cost_per_day=-ceiling * math.expm1(-high))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Doubtful:
    """A decay known up to the scale of its shape: equally likely scales that are not negative, money per day."""

    cost: float
    shape: Shape
    scales: FloatArray
    upper: float
    """One-sided 95 % upper bound of the scale before the cut at 0."""

    def rate(self, interval: float, scale: float) -> float:
        """Return money per day of retraining every `interval` days when the scale is this."""
        return cost_rate(self.cost, scale * self.shape.until(interval), interval)

    def mean_rate(self, interval: float) -> float:
        """Return the same on average over the scales, in which it is linear."""
        return self.rate(interval, float(self.scales.mean()))

    def scale(self, share: float) -> float:
        """Return the scale below which this share of the scales lies."""
        return float(np.quantile(self.scales, share))

    def best(self, scale: float | None = None) -> Schedule:
        """Return the best schedule for one scale; without it the one of least mean cost."""
        return shape_schedule(self.cost, self.shape, float(self.scales.mean()) if scale is None else scale)

    @property
    def information_per_day(self) -> float:
        """Return what knowing the scale would be worth, money per day (Raiffa & Schlaifer 1961)."""
        paid = self.best().cost_per_day
        if self.shape.family == "saturating":
            known = [shape_schedule(self.cost, self.shape, float(scale)).cost_per_day for scale in self.scales[50::100]]
            return max(paid - float(np.mean(known)), 0.0) if known else 0.0
        power = self.shape.parameter if self.shape.family == "power" else 1.0
        share = float(((self.scales / self.scales.mean()) ** (1.0 / (power + 1.0))).mean()) if paid > 0 else 1.0
        return paid * max(1.0 - share, 0.0)

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


def doubtful(cost: float, shape: Shape, scale: float, se: float, df: float = math.inf) -> Doubtful:
    """Return what is known of a decay estimated as scale +- se with `df` degrees of freedom, cut off at 0."""
    if not se > 0:
        return Doubtful(cost=cost, shape=shape, scales=floats([max(scale, 0.0)]), upper=scale)
    reach = normal_quantile(0.95) if math.isinf(df) else t_quantile(0.95, df)
    return Doubtful(cost=cost, shape=shape, scales=_non_negative_slopes(scale, se, df), upper=scale + reach * se)


def shape_schedule(cost: float, shape: Shape, scale: float) -> Schedule:
    """Return the best schedule when loss is scale x shape(age) money per day."""
    if shape.family == "saturating":
        return saturating_schedule(cost, scale, shape.parameter)
    return power_schedule(cost, scale, shape.parameter if shape.family == "power" else 1.0)


def _non_negative_slopes(slope: float, se: float, df: float = math.inf) -> FloatArray:
    """Midpoints of equally likely strata of a normal, or a Student t, cut off at 0; largest first."""
    share = (np.arange(STRATA) + 0.5) / STRATA
    if math.isinf(df):
        upper_tail = normal_cdf(slope / se) * share
        return np.maximum(slope - se * normal_quantile_array(upper_tail), 0.0)
    upper_tail = special.stdtr(df, slope / se) * share
    return floats(np.maximum(slope - se * special.stdtrit(df, upper_tail), 0.0))
