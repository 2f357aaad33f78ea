"""Takes how many days a chart was set up on and their correlation, gives a limit with a known false-alarm rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from generator.stats.arrays import FloatArray, floats
from generator.stats.reach import cusum_alarms, cusum_delays

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
    level_days: float | None = None,
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
    years = predictive_years(days, phi, seed, level_days=level_days, kurtosis=kurtosis, paths=paths)
    limits = np.geomspace(0.125, 128.0, 41)
    for _ in range(3):
        rates = cusum_alarms(years, k, limits).mean(axis=1)
        enough = min(int(np.argmax(rates <= per_year)), limits.size - 1)
        limits = np.linspace(limits[max(enough - 1, 0)], limits[enough], 17)
    high = float(limits[-1])
    alarms = cusum_alarms(years, k, [high])[0]
    return PredictiveLimit(
        h=high,
        false_alarms=float(alarms.mean()),
        false_alarms_q90=float(np.quantile(alarms, 0.9)),
        delays=floats([cusum_delays(years, k, [high], shift).mean() for shift in shifts]),
    )


def predictive_years(
    days: float,
    phi: float,
    seed: int,
    *,
    level_days: float | None = None,
    kurtosis: float = 3.0,
    paths: int = PATHS,
) -> FloatArray:
    """Standardised years (365, paths) that the in-control days let one expect, parameters drawn for each path.

    SD and correlation were estimated from `days` days, the level from `level_days` (the same days where not
    told; inf where it is exact). The parameters are a Latin hypercube, so that chance adds little to their spread.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    first, second, third = (_stratified(rng, paths) for _ in range(3))
    drawn = np.clip(phi + math.sqrt((1.0 - phi**2) / days) * special.ndtri(first), -0.2, 0.9)
    n2 = np.maximum(days * (1.0 - drawn**2) / (1.0 + drawn**2), 3.0)
    n1 = np.maximum((days if level_days is None else level_days) * (1.0 - drawn) / (1.0 + drawn), 3.0)
    sd = np.sqrt((n2 - 1.0) / (2.0 * special.gammaincinv((n2 - 1.0) / 2.0, second)))
    sd *= np.sqrt(_shown(np.asarray(phi), days) / _shown(drawn, days))
    mean = sd * special.ndtri(third) / np.sqrt(n1)
    shocks = _shocks(rng, kurtosis, (YEAR, paths))
    years = np.empty((YEAR, paths))
    years[0] = shocks[0]
    root = np.sqrt(1.0 - drawn**2)
    for day in range(1, YEAR):
        years[day] = drawn * years[day - 1] + root * shocks[day]
    return floats(mean + sd * years)


def _shown(phi: FloatArray, days: float) -> FloatArray:
    """Share of the variance that AR(1) days show about their own mean: the more alike, the less they show."""
    return floats(np.clip(1.0 - ((1.0 + phi) / (1.0 - phi) - 1.0) / (days - 1.0), 0.3, 1.0))


def _stratified(rng: np.random.Generator, paths: int) -> FloatArray:
    """One value in each of `paths` equal parts of (0, 1), in random order (McKay, Beckman & Conover 1979)."""
    return floats((rng.permutation(paths) + rng.random(paths)) / paths).clip(1e-12, 1.0 - 1e-12)


def _shocks(rng: np.random.Generator, kurtosis: float, shape: tuple[int, int]) -> FloatArray:
    if kurtosis <= 3.0 + 1e-6:
        return rng.standard_normal(shape)
    df = 4.0 + 6.0 / (kurtosis - 3.0)
    return floats(rng.standard_t(df, shape) * math.sqrt((df - 2.0) / df))
