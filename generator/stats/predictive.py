"""Takes how many days a chart was set up on and their correlation, gives a limit with a known false-alarm rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generator.stats.arrays import FloatArray, floats

YEAR = 365
PATHS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PredictiveLimit:
    """CUSUM limit h in daily SDs, the false alarms per year it leaves on average and in the worst tenth of cases.

    `delays` are mean days to the alarm from a zero start for each of the shifts asked for (S,); a run past a year
    counts as a year.
    """

    h: float
    false_alarms: float
    false_alarms_q90: float
    delays: FloatArray


def cusum_reference(materiality: float) -> float:
    """Reference value k of the CUSUM, half the shift that matters in daily SDs, within [0.25, 1.5] (Page 1954)."""
    return min(max(materiality / 2.0, 0.25), 1.5)


def predictive_cusum_limit(
    days: float,
    phi: float,
    k: float,
    seed: int,
    *,
    per_year: float = 1.0,
    shifts: tuple[float, ...] = (1.0, 2.0, 3.0),
    kurtosis: float = 3.0,
    paths: int = PATHS,
) -> PredictiveLimit:
    """Least CUSUM limit whose expected false alarms per year, alarms restarting it, are at most `per_year`.

    Future years are drawn from the posterior predictive distribution of an AR(1) whose mean, SD and lag-one
    correlation `phi` were estimated from `days` in-control days, so that the price of few days is in the
    limit (guaranteed performance; Gandy & Kvaloey 2013). Innovations with `kurtosis` above 3 are Student t.
    Philox generator keyed by `seed`. Fewer than 5 days: nan.
    """
    if not days >= 5 or math.isnan(phi):
        nothing = np.full(len(shifts), np.nan)
        return PredictiveLimit(h=math.nan, false_alarms=math.nan, false_alarms_q90=math.nan, delays=nothing)
    years = predictive_years(days, phi, seed, kurtosis=kurtosis, paths=paths)
    low, high = 0.0, 4.0
    while float(_alarms(years, k, high).mean()) > per_year:
        low, high = high, 2.0 * high
    while high - low > 1e-3:
        middle = (low + high) / 2.0
        low, high = (middle, high) if float(_alarms(years, k, middle).mean()) > per_year else (low, middle)
    alarms = _alarms(years, k, high)
    return PredictiveLimit(
        h=high,
        false_alarms=float(alarms.mean()),
        false_alarms_q90=float(np.quantile(alarms, 0.9)),
        delays=floats([_delay(years + shift, k, high) for shift in shifts]),
    )


def predictive_years(days: float, phi: float, seed: int, *, kurtosis: float = 3.0, paths: int = PATHS) -> FloatArray:
    """Standardised years (365, paths) that the in-control days let one expect, parameters drawn for each path."""
    rng = np.random.Generator(np.random.Philox(seed))
    drawn = phi + math.sqrt((1.0 - phi**2) / days) * rng.standard_normal(paths)
    drawn = np.clip(drawn, -0.2, 0.9)
    n2 = np.maximum(days * (1.0 - drawn**2) / (1.0 + drawn**2), 3.0)
    n1 = np.maximum(days * (1.0 - drawn) / (1.0 + drawn), 3.0)
    sd = np.sqrt((n2 - 1.0) / rng.chisquare(n2 - 1.0))
    mean = sd * rng.standard_normal(paths) / np.sqrt(n1)
    shocks = _shocks(rng, kurtosis, (YEAR, paths))
    years = np.empty((YEAR, paths))
    years[0] = shocks[0]
    root = np.sqrt(1.0 - drawn**2)
    for day in range(1, YEAR):
        years[day] = drawn * years[day - 1] + root * shocks[day]
    return floats(mean + sd * years)


def _shocks(rng: np.random.Generator, kurtosis: float, shape: tuple[int, int]) -> FloatArray:
    if kurtosis <= 3.0 + 1e-6:
        return rng.standard_normal(shape)
    df = 4.0 + 6.0 / (kurtosis - 3.0)
    return floats(rng.standard_t(df, shape) * math.sqrt((df - 2.0) / df))


def _alarms(years: FloatArray, k: float, h: float) -> FloatArray:
    level, alarms = np.zeros(years.shape[1]), np.zeros(years.shape[1])
    for day in years:
        level = np.maximum(level + day - k, 0.0)
        beyond = level > h
        alarms += beyond
        level[beyond] = 0.0
    return alarms


def _delay(years: FloatArray, k: float, h: float) -> float:
    level = np.zeros(years.shape[1])
    delay = np.full(years.shape[1], float(len(years)))
    waiting = np.ones(years.shape[1], dtype=bool)
    for age, day in enumerate(years, start=1):
        level = np.maximum(level + day - k, 0.0)
        alarmed = waiting & (level > h)
        delay[alarmed] = age
        waiting &= ~alarmed
    return float(delay.mean())
