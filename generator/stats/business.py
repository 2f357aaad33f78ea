"""Takes judged inputs of a business case, gives draws of them, cash flows and what the worth turns on."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats
from generator.stats.distributions import normal_quantile, special

Shape = Literal["fixed", "pert", "triangular", "normal", "lognormal"]
DRAWS = 20_000
MONTHS = 12
DAYS_A_MONTH = 365.25 / MONTHS
"""Days of the month that every sum of money, every count and every rate a month is of."""
P10, P90 = 0.1, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An input with its range: least and greatest value of a pert or triangular one, 95 % limits of the others."""

    value: float
    low: float | None = None
    high: float | None = None
    shape: Shape = "fixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnWorth:
    """What draws of a worth say: P5, P50, P95, mean, the chance of a loss, the value of knowing before deciding."""

    p5: float
    p50: float
    p95: float
    mean: float
    loss: float
    perfect_information: float


def quantiles(judged: Judged, shares: ArrayLike) -> FloatArray:
    """Values of an input at cumulative shares (N,).

    PERT is the beta of Malcolm et al. (1959) with shape 4 (Vose 2008); a lognormal has its median at `value` and
    its 95 % ratio from the limits; an input without a range is fixed.
    """
    at = floats(shares)
    if judged.low is None or judged.high is None or not judged.high > judged.low:
        return np.full(at.shape, judged.value)
    low, high, width = judged.low, judged.high, judged.high - judged.low
    z = 2.0 * normal_quantile(0.975)
    if judged.shape == "pert":
        mode = min(max(judged.value, low), high)
        first, second = 1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width
        return np.asarray(low + width * special.betaincinv(first, second, at))
    if judged.shape == "triangular":
        mode = min(max(judged.value, low), high)
        left = low + np.sqrt(at * width * (mode - low))
        right = high - np.sqrt((1.0 - at) * width * (high - mode))
        return np.where(at < (mode - low) / width, left, right)
    if judged.shape == "normal":
        return np.asarray(judged.value + width / z * special.ndtri(at))
    if judged.shape == "lognormal":
        return np.asarray(judged.value * np.exp(math.log(high / low) / z * special.ndtri(at)))
    return np.full(at.shape, judged.value)


def draws(inputs: dict[str, Judged], seed: int, size: int = DRAWS) -> dict[str, FloatArray]:
    """Independent draws (size,) of every input, Latin hypercube (McKay et al. 1979), Philox keyed by `seed`."""
    rng = np.random.Generator(np.random.Philox(seed))
    drawn = {}
    for name, judged in inputs.items():
        strata = (rng.permutation(size) + rng.random(size)) / size
        drawn[name] = quantiles(judged, strata)
    return drawn


def ramp(months: int, until_full: float) -> FloatArray:
    """Share of the full benefit in each month (T,), rising on a straight line for `until_full` months."""
    ends = np.arange(1, months + 1, dtype=np.float64)
    if not until_full > 0:
        return np.ones(months)

    def area(x: FloatArray) -> FloatArray:
        risen = np.minimum(x, until_full)
        return risen**2 / (2.0 * until_full) + np.maximum(x - until_full, 0.0)

    return np.asarray(area(ends) - area(ends - 1.0))


def monthly_rate(yearly: float) -> float:
    """Rate per month that compounds to the yearly one."""
    return math.pow(1.0 + yearly, 1.0 / MONTHS) - 1.0


def present_months(shares: ArrayLike, yearly_rate: float) -> float:
    """Months of full benefit, counted at their value today: sum of shares (T,) discounted to the end of each month."""
    parts = floats(shares)
    return float((parts / (1.0 + yearly_rate) ** (np.arange(1, parts.size + 1) / MONTHS)).sum())


def outcome(worth: ArrayLike) -> DrawnWorth:
    """Quantiles of draws (N,) of a net present value, and what certainty would be worth (Raiffa & Schlaifer 1961)."""
    values = floats(worth)
    p5, p50, p95 = (float(q) for q in np.quantile(values, [0.05, 0.5, 0.95]))
    mean = float(values.mean())
    return DrawnWorth(
        p5=p5,
        p50=p50,
        p95=p95,
        mean=mean,
        loss=float((values < 0).mean()),
        perfect_information=float(np.maximum(values, 0.0).mean()) - max(mean, 0.0),
    )


def break_even(worth: Callable[[float], float], at: float) -> float:
    """Input at which a worth that is linear in it becomes zero; no such value: nan."""
    step = abs(at) or 1.0
    here, there = worth(at), worth(at + step)
    return at - here * step / (there - here) if there != here else math.nan
