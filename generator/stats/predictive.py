"""Takes how many days a chart was set up on and their correlation, gives years that may follow."""

import math

import numpy as np

from generator.stats.arrays import FloatArray, floats
from generator.stats.distributions import special

YEAR = 365


def cusum_reference(materiality: float) -> float:
    """Reference value k of the CUSUM, half the shift that matters in daily SDs, within [0.25, 1.5] (Page 1954)."""
    return min(max(materiality / 2.0, 0.25), 1.5)


def predictive_years(days: float, phi: float, seed: int, *, level_days: float, paths: int) -> FloatArray:
    """Standardised years (365, paths) that the in-control days let one expect, parameters drawn for each path.

    SD and correlation were estimated from `days` days, the level from `level_days` (inf where it is exact). The
    parameters are a Latin hypercube, so that chance adds little to their spread; a limit that keeps its rate over all
    paths has the price of few days in it (guaranteed performance; Gandy & Kvaloey 2013). Philox keyed by `seed`.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    first, second, third = (_stratified(rng, paths) for _ in range(3))
    drawn = np.clip(phi + math.sqrt((1.0 - phi**2) / days) * special.ndtri(first), -0.2, 0.9)
    n2 = np.maximum(days * (1.0 - drawn**2) / (1.0 + drawn**2), 3.0)
    n1 = np.maximum(level_days * (1.0 - drawn) / (1.0 + drawn), 3.0)
    sd = np.sqrt((n2 - 1.0) / (2.0 * special.gammaincinv((n2 - 1.0) / 2.0, second)))
    sd *= np.sqrt(_shown(np.asarray(phi), days) / _shown(drawn, days))
    mean = sd * special.ndtri(third) / np.sqrt(n1)
    shocks = rng.standard_normal((YEAR, paths))
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
