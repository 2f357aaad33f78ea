"""Takes a rule and the size of a change, gives when it is seen, what it can see, and further chances of a breach."""

import math
from collections.abc import Iterable

import numpy as np

from generator.stats.arrays import FloatArray
from generator.stats.distributions import (
    chi2_centre,
    chi2_quantile,
    chi2_shifted_tail,
    chi2_tail,
    normal_cdf,
    normal_quantile,
    normal_tail,
)
from generator.stats.intervals import Interval

DAYS = 20_000
DRAWN = 100


def window_design_effect(design_effect: float, rows_per_entity: float, in_window: float) -> float:
    """Design effect of a window in which an entity has `in_window` rows, from that of the whole period.

    Kish 1965: 1 + (m - 1) ICC, with the ICC that explains the whole period's effect at its `rows_per_entity`;
    at least 1. One row per entity in the window: 1.
    """
    if not (design_effect > 1 and rows_per_entity > 1):
        return 1.0
    correlation = (design_effect - 1.0) / (rows_per_entity - 1.0)
    return max(1.0, 1.0 + (in_window - 1.0) * correlation)


def shared_part(design_effect: float, rows_per_entity: float, in_day: float) -> float:
    """Correlation of the means of any two days on which entities come back, with `in_day` rows of an entity a day.

    With the ICC of `window_design_effect`, r: m r/(1 - r + m r) for m rows of an entity a day. No repeats: 0.
    """
    if not (design_effect > 1 and rows_per_entity > 1):
        return 0.0
    correlation = min((design_effect - 1.0) / (rows_per_entity - 1.0), 0.99)
    return in_day * correlation / (1.0 - correlation + in_day * correlation)


def any_of(chances: Iterable[float]) -> float:
    """Chance that at least one of independent events happens; of correlated ones, an upper bound for alike events."""
    return -math.expm1(math.fsum(math.log1p(-min(chance, 1.0 - 1e-15)) for chance in chances))


def exceeds_normal(mean: float, sd: float, limit: float) -> float:
    """Chance that a normal value with this mean and standard deviation exceeds `limit`; sd 0: certain or not."""
    if not sd >= 0:
        return math.nan
    return normal_tail((limit - mean) / sd) if sd > 0 else float(mean > limit)


def mae_breach(mae: float, rmse: float, limit: float, n: float) -> float:
    """Chance that the MAE of n effective rows exceeds `limit`, normal approximation with Var|e| = RMSE^2 - MAE^2."""
    spread = rmse**2 - mae**2
    return exceeds_normal(mae, math.sqrt(spread / n), limit) if n > 0 and spread >= 0 else math.nan


def bias_breach(rmse: float, limit: float, n: float) -> float:
    """Chance that the absolute mean error of n effective rows exceeds `limit` without any bias."""
    return 2.0 * normal_tail(limit / rmse * math.sqrt(n)) if n > 0 and rmse > 0 else math.nan


def sd_change_flag(limit: float, n: float, kurtosis: float = 3.0) -> float:
    """Chance that "standard deviation changed by more than `limit`" fires without any change.

    ln s is taken as normal with variance (kurtosis - 1)/(4n), the reference as known.
    """
    if not (n > 0 and kurtosis > 1 and limit > 0):
        return math.nan
    se = math.sqrt((kurtosis - 1.0) / (4.0 * n))
    down = normal_cdf(math.log1p(-limit) / se) if limit < 1 else 0.0
    return normal_tail(math.log1p(limit) / se) + down


def psi_breach(limit: float, n: float, bins: int = 10, true: float = 0.0) -> float:
    """Chance that the PSI of n effective rows exceeds `limit` at a `true` one (Yurdakul 2018: n PSI chi-square)."""
    if n <= 0:
        return math.nan
    return chi2_shifted_tail(limit * n, bins - 1.0, true * n) if true else chi2_tail(limit * n, bins - 1.0)


def visible_psi(limit: float, n: float, power: float = 0.8, bins: int = 10) -> float:
    """Smallest true PSI that breaches `limit` with chance `power` in n effective rows."""
    return chi2_centre(limit * n, bins - 1.0, power) / n if n > 0 else math.nan


def mean_abs_change_flag(ratios: Iterable[float], limit: float, n: float) -> float:
    """Chance that the mean over features of |relative mean change| exceeds `limit` without any change.

    `ratios` are sd/|mean| of each feature, taken as independent; half-normal moments, normal sum. No features
    or rows: nan.
    """
    scales = [ratio / math.sqrt(n) for ratio in ratios] if n > 0 else []
    if not scales:
        return math.nan
    mean = math.sqrt(2.0 / math.pi) * math.fsum(scales) / len(scales)
    variance = (1.0 - 2.0 / math.pi) * math.fsum(scale**2 for scale in scales) / len(scales) ** 2
    return exceeds_normal(mean, math.sqrt(variance), limit)


def visible_rmse(limit: float, kurtosis: float, n: float, power: float = 0.8) -> float:
    """Smallest true RMSE that breaches `limit` with chance `power` in n effective rows, by the delta method."""
    if not (n > 0 and kurtosis > 1):
        return math.nan
    return limit * math.exp(normal_quantile(power) * math.sqrt((kurtosis - 1.0) / (4.0 * n)))


def poisson_rate(events: int, exposure: float, level: float = 0.95) -> Interval:
    """Rate of events per unit of exposure with its exact interval (Garwood 1936); no exposure: nan."""
    if not exposure > 0:
        return Interval(estimate=math.nan, low=math.nan, high=math.nan)
    tail = (1.0 - level) / 2.0
    low = chi2_quantile(tail, 2.0 * events) / 2.0 if events else 0.0
    high = chi2_quantile(1.0 - tail, 2.0 * events + 2.0) / 2.0
    return Interval(estimate=events / exposure, low=low / exposure, high=high / exposure)


def ratio_rule_false_alarm(ratio: float, rows_new: float, rows_old: float, kurtosis: float, seed: int) -> float:
    """Chance that "RMSE new > ratio x RMSE old" fires on two unpaired arms of identical models.

    Simulated (Philox keyed by `seed`): arms of at most a hundred rows from normal errors or a Student t of this
    kurtosis, larger ones from a gamma of the mean square's mean and variance, which is exact for normal errors.
    An arm without rows: nan.
    """
    if not (min(rows_new, rows_old) >= 1 and kurtosis > 1):
        return math.nan
    rng = np.random.Generator(np.random.Philox(seed))
    new, old = _mean_squares(rng, rows_new, kurtosis), _mean_squares(rng, rows_old, kurtosis)
    return float((new > ratio**2 * old).mean())


def _mean_squares(rng: np.random.Generator, rows: float, kurtosis: float) -> FloatArray:
    if kurtosis <= 3.0 + 1e-6 or rows > DRAWN:
        shape = rows / (kurtosis - 1.0)
        return np.asarray(rng.gamma(shape, 1.0 / shape, DAYS), dtype=np.float64)
    df = 4.0 + 6.0 / (kurtosis - 3.0)
    draws = rng.standard_t(df, (DAYS, round(rows)))
    return np.asarray((draws**2).mean(axis=1) * ((df - 2.0) / df), dtype=np.float64)
