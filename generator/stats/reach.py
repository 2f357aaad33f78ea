"""Takes simulated standardised years and the design of a chart or rule, gives its false alarms and its delays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generator.stats.arrays import FloatArray, floats

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A threshold rule in daily SDs: the mean of `window` days above `bound`, `consecutive` days in a row."""

    bound: float
    window: int = 1
    consecutive: int = 1


def cusum_alarms(years: FloatArray, k: float, limits: ArrayLike) -> FloatArray:
    """Alarms (H, paths) of upper CUSUMs with each of the limits (H,) in years (days, paths); an alarm restarts at 0."""
    bounds = floats(limits)[:, None].astype(np.float32)
    level = np.zeros((bounds.shape[0], years.shape[1]), dtype=np.float32)
    alarms = np.zeros(level.shape, dtype=np.int32)
    beyond = np.empty(level.shape, dtype=np.bool_)
    for day in years.astype(np.float32) - np.float32(k):
        level += day
        np.maximum(level, 0.0, out=level)
        np.greater(level, bounds, out=beyond)
        alarms += beyond
        level[beyond] = 0.0
    return floats(alarms)


def cusum_delays(years: FloatArray, k: float, limits: ArrayLike, shift: float) -> FloatArray:
    """Days (H, paths) from a zero start to the first alarm after a `shift` in daily SDs; at most the years' days."""
    bounds = floats(limits)
    days, paths = years.shape
    delay = np.full((bounds.size, paths), float(days))
    order = np.argsort(bounds)
    level, highest = np.zeros(paths), np.full(paths, -1.0)
    passed = np.zeros(paths, dtype=np.int64)
    ranked = bounds[order]
    for age, day in enumerate(years, start=1):
        level = np.maximum(level + day + (shift - k), 0.0)
        rising = np.flatnonzero(level > highest)
        highest[rising] = level[rising]
        reached = np.searchsorted(ranked, highest[rising], side="left")
        for path, new in zip(rising.tolist(), reached.tolist(), strict=True):
            if new > passed[path]:
                delay[passed[path] : new, path] = age
                passed[path] = new
        if (passed == bounds.size).all():
            break
    result = np.empty_like(delay)
    result[order] = delay
    return floats(result)


def rule_alarms(years: FloatArray, rule: Rule) -> FloatArray:
    """Alarms (paths,) of a threshold rule in years (days, paths), each starting its count of breaches anew."""
    alarms, run = np.zeros(years.shape[1]), np.zeros(years.shape[1], dtype=np.int64)
    for breach in _breaches(years, rule):
        run = np.where(breach, run + 1, 0)
        fired = run >= rule.consecutive
        alarms += fired
        run[fired] = 0
    return alarms


def rule_delays(years: FloatArray, rule: Rule, shift: float) -> FloatArray:
    """Days (paths,) from the start of a `shift` in daily SDs to the rule's first alarm, its windows begun before."""
    days, paths = years.shape
    delay = np.full(paths, float(days))
    waiting = np.ones(paths, dtype=np.bool_)
    run = np.zeros(paths, dtype=np.int64)
    for age, breach in enumerate(_breaches(years, rule, shift), start=1):
        run = np.where(breach, run + 1, 0)
        fired = waiting & (run >= rule.consecutive)
        delay[fired] = age
        waiting &= ~fired
        if not waiting.any():
            break
    return delay


def single_day_limit(years: FloatArray, per_year: float) -> float:
    """Least value that single days of the years exceed `per_year` times a year on average (Shewhart 1931)."""
    days = years.size / years.shape[1]
    return float(np.quantile(years, 1.0 - min(per_year / days, 1.0)))


def smallest_seen(years: FloatArray, k: float, limit: float, days: int, chance: float = 0.8) -> float:
    """Least lasting shift in daily SDs that an upper CUSUM signals within `days` with this chance, to a fiftieth."""
    low, high = 0.0, 1.0
    while _seen(years, k, limit, days, high) < chance and high < 64.0:
        low, high = high, 2.0 * high
    while high - low > 0.02:
        middle = (low + high) / 2.0
        low, high = (middle, high) if _seen(years, k, limit, days, middle) < chance else (low, middle)
    return high


def _seen(years: FloatArray, k: float, limit: float, days: int, shift: float) -> float:
    level, seen = np.zeros(years.shape[1]), np.zeros(years.shape[1], dtype=np.bool_)
    for day in years[:days]:
        level = np.maximum(level + day + (shift - k), 0.0)
        seen |= level > limit
    return float(seen.mean())


def _breaches(years: FloatArray, rule: Rule, shift: float = 0.0) -> Flags:
    """Tell of each day (days, paths) whether its window breaches; days before the first are as the first ones are."""
    if rule.window == 1:
        return np.asarray(years + shift > rule.bound, dtype=np.bool_)
    before = years[: rule.window - 1]
    sums = np.cumsum(np.concatenate([np.zeros((1, years.shape[1])), before, years + shift]), axis=0)
    return np.asarray((sums[rule.window :] - sums[: -rule.window]) / rule.window > rule.bound, dtype=np.bool_)
