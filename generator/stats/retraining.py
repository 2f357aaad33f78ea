"""Takes the cost of a retrain and how loss grows with age, gives the interval of least cost and what is unknown."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from generator.stats.arrays import FloatArray, floats
from generator.stats.distributions import normal_cdf, normal_quantile, normal_quantile_array

STRATA = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Days between retrains and the cost in money per day; an infinite interval means never on a schedule."""

    interval: float
    cost_per_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertainSchedule:
    """Schedule when the slope of the decay is uncertain.

    `mean_slope` of the non-negative slopes; `interval` minimises the mean cost; `shortest` is what the upper bound
    of the slope would justify; `information_per_day` is the most that knowing the slope is worth, money per day.
    """

    mean_slope: float
    interval: float
    shortest: float
    cost_per_day: float
    information_per_day: float


def cost_rate(cost: float, loss_until: float, interval: float) -> float:
    """Money per day of retraining every `interval` days, `loss_until` the loss added up to then (renewal-reward).

    Barlow & Proschan 1965: (K + integral of L)/T.
    """
    return (cost + loss_until) / interval if interval > 0 else math.inf


def linear_cost_rate(cost: float, slope: float, interval: float, delay: float = 0.0) -> float:
    """The same for a loss of `slope` money per day per day of age; `delay` days from data cut to deployment."""
    return cost_rate(cost, slope * (interval**2 / 2.0 + delay * interval), interval)


def linear_schedule(cost: float, slope: float, delay: float = 0.0) -> Schedule:
    """Best interval sqrt(2K/b) for linear decay (square-root rule, Harris 1913); no decay: never."""
    if not slope > 0:
        return Schedule(interval=math.inf, cost_per_day=0.0)
    return Schedule(interval=math.sqrt(2.0 * cost / slope), cost_per_day=math.sqrt(2.0 * cost * slope) + slope * delay)


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


def numeric_schedule(
    cost: float, loss: Callable[[FloatArray], FloatArray], longest: float, delay: float = 0.0
) -> Schedule:
    """Best interval up to `longest` days for any loss curve, money per day at each age in days (trapezoids).

    When the longest interval is the best one, a longer may be better still.
    """
    ages = np.linspace(0.0, longest, STRATA + 1)
    values = floats(loss(floats(ages + delay)))
    added = np.cumsum((values[1:] + values[:-1]) / 2.0) * (longest / STRATA)
    rates = (cost + added) / ages[1:]
    best = int(np.argmin(rates))
    return Schedule(interval=float(ages[best + 1]), cost_per_day=float(rates[best]))


def calendar_schedule(
    rate_of: Callable[[float], float], intervals: tuple[float, ...] = (7.0, 14.0, 28.0, 30.0, 60.0, 90.0)
) -> Schedule:
    """Best of the intervals a calendar allows, by their cost per day."""
    best = min(intervals, key=rate_of)
    return Schedule(interval=best, cost_per_day=rate_of(best))


def wrong_interval_factor(interval: float, best: float) -> float:
    """Cost of an interval over that of the best one under linear decay, (r + 1/r)/2 with r their ratio."""
    return (interval / best + best / interval) / 2.0 if interval > 0 and best > 0 else math.inf


def uncertain_schedule(cost: float, slope: float, se: float, level: float = 0.95) -> UncertainSchedule:
    """Schedule for a linear decay whose slope is known as slope +- se, money per day per day.

    The slope is a normal cut off at 0. `shortest` uses the one-sided upper bound of the slope at `level` before
    the cut; a bound not above 0 gives inf. Value of information: Raiffa & Schlaifer 1961.
    """
    if not se > 0:
        known = linear_schedule(cost, slope)
        return UncertainSchedule(
            mean_slope=max(slope, 0.0),
            interval=known.interval,
            shortest=known.interval,
            cost_per_day=known.cost_per_day,
            information_per_day=0.0,
        )
    slopes = _non_negative_slopes(slope, se)
    mean = float(slopes.mean())
    paid = math.sqrt(2.0 * cost * mean)
    return UncertainSchedule(
        mean_slope=mean,
        interval=math.sqrt(2.0 * cost / mean),
        shortest=linear_schedule(cost, slope + normal_quantile(level) * se).interval,
        cost_per_day=paid,
        information_per_day=paid - float(np.sqrt(2.0 * cost * slopes).mean()),
    )


def _non_negative_slopes(slope: float, se: float) -> FloatArray:
    """Midpoints of equally likely strata of a normal cut off at 0."""
    above = normal_cdf(slope / se)
    upper_tail = above * (np.arange(STRATA) + 0.5) / STRATA
    return np.maximum(slope - se * normal_quantile_array(upper_tail), 0.0)
