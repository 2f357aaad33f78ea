"""Takes a limit and what is known, gives the chance that it shows a degradation, and the least one it shows."""

from __future__ import annotations

import math
import statistics

from generator.stats import alarms, detection
from generator.stats.distributions import normal_quantile
from generator.subjects.kit.known import number_of
from generator.subjects.limits.healthy import Setting, moments_of_features, spread_of_rows, typical_error, window_error
from generator.subjects.limits.quantities import OF_PROBABILITIES

RELATIVE = ("rmse", "mae", "brier", "log_loss")
NORMAL = 3.0


def seen_at(at: Setting, degraded: float) -> float | None:
    """Return the chance that a window breaches the limit when the metric truly is at `degraded`."""
    metric = at.limit.metric
    if metric == "rmse":
        tails = (max(_kurtosis(at), NORMAL) - 1.0) / (NORMAL - 1.0)
        return alarms.rmse_breach_normal(degraded, at.bound, at.rows, at.design_effect * tails)
    error, sign = standard_error(at, degraded), 1 if at.limit.upward else -1
    return detection.exceeds_normal(sign * degraded, error, sign * at.bound) if error else None


def shown_level(at: Setting, chance: float) -> float | None:
    """Return the true level at which a window breaches the limit with this chance."""
    if at.limit.metric == "rmse":
        return detection.visible_rmse(at.bound, _kurtosis(at), at.effective, chance)
    error, sign = standard_error(at, at.bound), 1 if at.limit.upward else -1
    return sign * (sign * at.bound + normal_quantile(chance) * error) if error else None


def _kurtosis(at: Setting) -> float:
    return at.known.number("headline.kurtosis") or NORMAL


def standard_error(at: Setting, level: float) -> float | None:
    """Return the standard error of the metric in one window at a true `level`; of shifts that of the median feature."""
    metric = at.limit.metric
    if at.rows <= 0:
        return None
    if metric in OF_PROBABILITIES:
        return window_error(at)
    if metric in ("missing", "missing_points", "unseen"):
        share = min(max(level, 0.0), 1.0)
        return math.sqrt(share * (1 - share) / at.rows)
    if metric == "mean_change":
        ratios = [sd / abs(mean) for mean, sd in moments_of_features(at).values()]
        return statistics.median(ratios) / math.sqrt(at.rows) if ratios else None
    if metric == "rows":
        return spread_of_rows(at)
    return _of_errors(at)


def _of_errors(at: Setting) -> float | None:
    rmse, mae = typical_error(at), at.known.number("performance.mae.validation")
    if rmse is None:
        return None
    if at.limit.metric == "bias":
        return rmse / math.sqrt(at.effective)
    known = at.limit.metric == "mae" and mae is not None and rmse > mae
    return math.sqrt((rmse**2 - mae**2) / at.effective) if known and mae is not None else None


def change_to(at: Setting, level: float) -> float | None:
    """Return a level of the error relative to validation; other metrics are changes or shares already."""
    if at.limit.metric not in RELATIVE:
        return None
    healthy = number_of(at.known.fact(f"performance.{at.limit.metric}.validation"))
    return level / healthy - 1 if healthy else None
