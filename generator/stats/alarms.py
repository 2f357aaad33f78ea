"""Takes an alert rule and the sizes behind it, gives how often a healthy model breaches it."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generator.stats.arrays import FloatArray, floats
from generator.stats.distributions import (
    beta_binomial_mass,
    beta_quantile,
    binomial_tail,
    chi2_tail,
    normal_tail,
)

DAYS = 20_000
DRAWS = 2_000_000
DAY_BLOCKS = 100
LARGE_DAY = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A probability from simulation with its Monte-Carlo standard error."""

    value: float
    se: float


def effective_rows(rows: float, design_effect: float) -> float:
    """Independent rows worth as much as these, rows/design effect (Kish 1965); nan unless the effect is positive."""
    return rows / design_effect if design_effect > 0 else math.nan


def rmse_breach_normal(rmse: float, limit: float, rows: float, design_effect: float = 1.0) -> float:
    """Probability that one day's RMSE exceeds `limit` when the true one is `rmse`, normal errors.

    Exact for errors without bias: the sum of squares is chi-square. `rows` per day are divided by the
    intra-day design effect (Kish 1965). No rows or no spread: nan.
    """
    effective = effective_rows(rows, design_effect)
    if not (effective > 0 and rmse > 0):
        return math.nan
    return chi2_tail(effective * (limit / rmse) ** 2, effective)


def rmse_breach_simulated(
    rmse: float, limit: float, rows: float, kurtosis: float, seed: int, design_effect: float = 1.0
) -> Simulated:
    """The same probability for errors as heavy-tailed as a Student t with this kurtosis, by simulation.

    4 + 6/(kurtosis - 3) degrees of freedom match it; a kurtosis of 3 or less means normal errors. Days of more
    than a hundred rows are put together from shared blocks, so that two million draws suffice; beyond 20,000
    rows the mean square is drawn from a gamma of its mean and variance. Counter-based generator (Philox, Salmon
    et al. 2011) keyed by `seed`. No rows, no spread, unknown or infinite kurtosis: nan.
    """
    effective = effective_rows(rows, design_effect)
    if not (0 < effective < math.inf and rmse > 0 and kurtosis < math.inf) or math.isnan(limit):
        return Simulated(value=math.nan, se=math.nan)
    size = max(1, round(effective))
    share = float((_daily_mean_squares(seed, size, kurtosis) > (limit / rmse) ** 2).mean())
    return Simulated(value=share, se=math.sqrt(share * (1.0 - share) / DAYS))


def visible_share(limit: float, rows: int, power: float = 0.8) -> float:
    """Smallest true share that exceeds `limit` in `rows` rows with chance `power`, binomial; nan where none does."""
    most = math.floor(limit * rows + 1e-9)
    return beta_quantile(power, most + 1.0, rows - most) if 0 <= most < rows else math.nan


def share_breach(share: float, limit: float, rows: int, design_effect: float = 1.0) -> float:
    """Probability that the share of one day of `rows` exceeds `limit` when the true one is `share`.

    Binomial; with a design effect above 1 beta-binomial of that variance (Williams 1982). No rows: nan.
    """
    if rows <= 0 or not 0.0 <= share <= 1.0 or math.isnan(limit):
        return math.nan
    most = math.floor(limit * rows + 1e-9)
    correlation = (design_effect - 1.0) / (rows - 1.0) if rows > 1 else 0.0
    if correlation <= 0.0 or share in (0.0, 1.0):
        return binomial_tail(most, rows, share)
    size = max((1.0 - correlation) / correlation, 1e-9)
    mass = beta_binomial_mass(rows, share * size, (1.0 - share) * size)
    return min(1.0, float(mass[max(most + 1, 0) :].sum()))


def mean_change_flag(mean: float, sd: float, limit: float, n: float, n0: float = math.inf) -> float:
    """Probability that "mean changed by more than `limit`" (0.2 = 20 %) fires without any change.

    `n` production and `n0` reference rows, effective; normal approximation of each side's mean. The
    percentage divides by a mean that may be near zero, so this can be large. No rows or spread: nan.
    """
    if not (n > 0 and n0 > 0 and sd >= 0):
        return math.nan
    if sd == 0:
        return 0.0
    distance = limit * abs(mean) / sd
    up = distance / math.sqrt(1.0 / n + (1.0 + limit) ** 2 / n0)
    down = distance / math.sqrt(1.0 / n + (1.0 - limit) ** 2 / n0)
    return normal_tail(up) + normal_tail(down)


def break_even_mae(mae0: float, action_cost: float, rows_per_day: float, unit_cost: float, days: float) -> float:
    """MAE at which acting pays when each row costs `unit_cost` per unit of error: mae0 + A/(n c H)."""
    exposure = rows_per_day * unit_cost * days
    return mae0 + action_cost / exposure if exposure > 0 else math.inf


@lru_cache(maxsize=8)
def _daily_mean_squares(seed: int, size: int, kurtosis: float) -> FloatArray:
    """Mean of `size` squared errors of unit variance on each of the simulated days; the same for every limit."""
    rng = np.random.Generator(np.random.Philox(seed))
    if size <= DAY_BLOCKS:
        return floats(_squares(rng, DAYS * size, kurtosis).reshape(DAYS, size).mean(axis=1))
    if size > LARGE_DAY:
        shape = size / max(kurtosis - 1.0, 2.0)
        return floats(rng.gamma(shape, 1.0 / shape, DAYS))
    block = -(-size // DAY_BLOCKS)
    blocks, rest = divmod(size, block)
    pool: FloatArray = _squares(rng, max(DRAWS // block, 20) * block, kurtosis).reshape(-1, block)
    sums = pool.sum(axis=1)[rng.integers(0, len(pool), (DAYS, blocks))].sum(axis=1)
    if rest:
        sums = sums + pool[:, :rest].sum(axis=1)[rng.integers(0, len(pool), DAYS)]
    return floats(sums / size)


def _squares(rng: np.random.Generator, draws: int, kurtosis: float) -> FloatArray:
    if kurtosis <= 3.0 + 1e-6:
        return floats(rng.standard_normal(draws) ** 2)
    df = 4.0 + 6.0 / (kurtosis - 3.0)
    return floats(rng.standard_t(df, draws) ** 2 * ((df - 2.0) / df))
