"""Takes a limit and the level that counts as degraded, gives how long until it is seen and what can be seen at all."""

from __future__ import annotations

import math
import statistics

from generator.decide._healthy import Setting, moments_of_features, window_error
from generator.decide._known import number_of
from generator.decide._quantities import OF_PROBABILITIES
from generator.stats import alarms, detection

RELATIVE = ("rmse", "mae", "brier", "log_loss")


def seen_at(at: Setting, degraded: float) -> float | None:
    """Return the chance that a window breaches the limit when the metric truly is at `degraded`."""
    metric = at.limit.metric
    if metric == "rmse":
        return alarms.rmse_breach_normal(degraded, at.bound, at.rows, at.design_effect)
    error, sign = standard_error(at, degraded), 1 if at.limit.upward else -1
    return None if error is None else detection.exceeds_normal(sign * degraded, error, sign * at.bound)


def days_to_see(at: Setting, degraded: float) -> float | None:
    """Return the expected days from the onset of a degradation to the alert, its window filled first."""
    chance = seen_at(at, degraded)
    if chance is None:
        return None
    days = detection.expected_wait(chance, at.limit.consecutive) + at.limit.window_days - 1
    return days if math.isfinite(days) else None


def smallest_visible(at: Setting) -> float | None:
    """Return the smallest true level that one window shows with a chance of 80 %."""
    if at.limit.metric == "rmse":
        kurtosis = at.known.number("headline.kurtosis") or 3.0
        return detection.visible_rmse(at.bound, kurtosis, at.effective)
    error, sign = standard_error(at, at.bound), 1 if at.limit.upward else -1
    return None if error is None else sign * detection.visible_normal(sign * at.bound, error)


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
    if metric == "mae":
        rmse, mae = at.known.number("headline.validation"), at.known.number("performance.mae.validation")
        known = rmse is not None and mae is not None and rmse > mae
        return math.sqrt((rmse**2 - mae**2) / at.effective) if known and rmse and mae is not None else None
    return None


def change_to(at: Setting, level: float) -> float | None:
    """Return a level of the error relative to validation; other metrics are changes or shares already."""
    if at.limit.metric not in RELATIVE:
        return None
    healthy = number_of(at.known.fact(f"performance.{at.limit.metric}.validation"))
    return level / healthy - 1 if healthy else None
