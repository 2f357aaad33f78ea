"""Takes simulated standardised years and the design of a chart, gives its false alarms, delays and what it shows."""

import math

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats


def cusum_alarms(years: FloatArray, k: float, limits: ArrayLike) -> FloatArray:
    """Alarms (H, paths) of upper CUSUMs with each of the limits (H,) in years (days, paths); an alarm restarts at 0."""
    bounds = floats(limits)[:, None].astype(np.float32)
    level = np.zeros((bounds.shape[0], years.shape[1]), dtype=np.float32)
    quiet = np.zeros(level.shape, dtype=np.int32)
    within = np.empty(level.shape, dtype=np.bool_)
    for day in years.astype(np.float32) - np.float32(k):
        level += day
        np.maximum(level, 0.0, out=level)
        np.less_equal(level, bounds, out=within)
        quiet += within
        level *= within
    return floats(len(years) - quiet)


def cusum_delays(years: FloatArray, k: float, limits: ArrayLike, shift: float) -> FloatArray:
    """Days (H, paths) from a zero start to the first alarm after a `shift` in daily SDs; at most the years' days."""
    bounds = floats(limits)
    highest, level = np.empty(years.shape), np.zeros(years.shape[1])
    for age, day in enumerate(years):
        level = np.maximum(level + day + (shift - k), 0.0)
        highest[age] = level
    by_path = np.ascontiguousarray(np.maximum.accumulate(highest, axis=0).T)
    within = np.stack([np.searchsorted(path, bounds, side="right") for path in by_path], axis=1)
    return floats(np.minimum(within + 1, len(years)))


def single_day_limit(years: FloatArray, per_year: float) -> float:
    """Least value that single days of the years exceed `per_year` times a year on average (Shewhart 1931)."""
    days = years.size / years.shape[1]
    return float(np.quantile(years, 1.0 - min(per_year / days, 1.0)))


def smallest_seen(
    years: FloatArray, k: float, limit: float, days: int, chance: float = 0.8, *, two_sided: bool = False
) -> float:
    """Least lasting shift in daily SDs that a CUSUM signals within `days` with this chance, net of false alarms.

    (P1 - P0)/(1 - P0) with P0 the chance of a signal without a shift (Abbott 1925), to a fiftieth; P0 above one half:
    nan. `two_sided`: a lower CUSUM is run beside the upper one.
    """
    by_chance = _seen(years, k, limit, days, 0.0, two_sided)
    if by_chance > 0.5:
        return math.nan
    wanted = by_chance + chance * (1.0 - by_chance)
    low, high = 0.0, 1.0
    while _seen(years, k, limit, days, high, two_sided) < wanted and high < 64.0:
        low, high = high, 2.0 * high
    while high - low > 0.02:
        middle = (low + high) / 2.0
        low, high = (middle, high) if _seen(years, k, limit, days, middle, two_sided) < wanted else (low, middle)
    return high


def _seen(years: FloatArray, k: float, limit: float, days: int, shift: float, two_sided: bool) -> float:
    up, down = np.zeros(years.shape[1]), np.zeros(years.shape[1])
    seen = np.zeros(years.shape[1], dtype=np.bool_)
    for day in years[:days]:
        up = np.maximum(up + day + (shift - k), 0.0)
        seen |= up > limit
        if two_sided:
            down = np.maximum(down - day - (shift + k), 0.0)
            seen |= down > limit
    return float(seen.mean())
