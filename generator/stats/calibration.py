"""Takes rows, positives and mean predicted probability per bin, gives how far they can be trusted."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, divide, floats, ratio

SIMULATIONS = 4_000
SURE = 1e-6
"""Probabilities nearer to 0 or 1 count as this far from them where log-odds are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Murphy:
    """Parts of the Brier score: reliability - resolution + uncertainty (Murphy 1973)."""

    reliability: float
    resolution: float
    uncertainty: float
    brier: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibration:
    """Logistic recalibration logit P(y) = intercept + slope logit(p), with standard errors."""

    intercept: float
    slope: float
    intercept_se: float
    slope_se: float


def expected_calibration_error(n: ArrayLike, positives: ArrayLike, p: ArrayLike) -> float:
    """Mean absolute gap of observed and predicted share, weighted by rows (B,).

    Well above zero for a perfect model with few rows: judge it by `calibration_error_null`. No rows: nan.
    """
    rows, hits, share = _filled_bins(n, positives, p)
    return ratio(float(np.abs(hits - rows * share).sum()), float(rows.sum()))


def calibration_error_null(n: ArrayLike, p: ArrayLike, seed: int, quantile: float = 0.95) -> tuple[float, float]:
    """Mean and `quantile` of that error for a perfectly calibrated model with these bins, by simulation.

    4,000 binomial draws from a Philox generator keyed by `seed`. No rows: nan.
    """
    rows, _, share = _filled_bins(n, n, p)
    if rows.size == 0 or np.isnan(share).any():
        return math.nan, math.nan
    rng = np.random.Generator(np.random.Philox(seed))
    drawn = rng.binomial(rows.astype(np.int64), np.clip(share, 0.0, 1.0), (SIMULATIONS, rows.size))
    errors = np.abs(drawn - rows * share).sum(axis=1) / rows.sum()
    return float(errors.mean()), float(np.quantile(errors, quantile))


def squared_calibration_error(n: ArrayLike, positives: ArrayLike, p: ArrayLike, debiased: bool = True) -> float:
    """Weighted squared gap; `debiased` takes out what chance adds (Broecker 2012; Ferro & Fricker 2012).

    The debiased value can be below zero. Bins of one row add nothing to the correction. No rows: nan.
    """
    rows, hits, share = _filled_bins(n, positives, p)
    correction = _chance(rows, hits / rows) if debiased else 0.0
    return ratio(float((rows * ((hits / rows - share) ** 2 - correction)).sum()), float(rows.sum()))


def squared_error_null(n: ArrayLike, p: ArrayLike, seed: int, quantile: float = 0.95) -> float:
    """`quantile` of the debiased squared error for a perfectly calibrated model with these bins, by simulation.

    4,000 binomial draws from a Philox generator keyed by `seed`; rows of a bin may be effective ones. No rows: nan.
    """
    rows, _, share = _filled_bins(n, n, p)
    whole = np.maximum(np.round(rows), 1.0)
    if rows.size == 0 or np.isnan(share).any():
        return math.nan
    rng = np.random.Generator(np.random.Philox(seed))
    observed = rng.binomial(whole.astype(np.int64), np.clip(share, 0.0, 1.0), (SIMULATIONS, rows.size)) / whole
    errors = (whole * ((observed - share) ** 2 - _chance(whole, observed))).sum(axis=1) / whole.sum()
    return float(np.quantile(errors, quantile))


def recalibrated(p: ArrayLike, fit: Recalibration) -> FloatArray:
    """Probabilities after the logistic recalibration `fit` (Cox 1958), same shape."""
    log_odds = np.clip(fit.intercept + fit.slope * _logit(floats(p)), -500.0, 500.0)
    return floats(1.0 / (1.0 + np.exp(-log_odds)))


def murphy(n: ArrayLike, positives: ArrayLike, p: ArrayLike, debiased: bool = False) -> Murphy:
    """Decomposition of the Brier score of bin-constant probabilities (Murphy 1973).

    `debiased` applies the corrections of Ferro & Fricker 2012, which leave the sum as it is. No rows: nan.
    """
    rows, hits, share = _filled_bins(n, positives, p)
    total = float(rows.sum())
    if total <= (1.0 if debiased else 0.0):
        return Murphy(reliability=math.nan, resolution=math.nan, uncertainty=math.nan, brier=math.nan)
    base = float(hits.sum()) / total
    observed = hits / rows
    chance = float((rows * _chance(rows, observed)).sum()) / total if debiased else 0.0
    extra = base * (1.0 - base) / (total - 1.0) if debiased else 0.0
    squares = hits * (1.0 - share) ** 2 + (rows - hits) * share**2
    return Murphy(
        reliability=float((rows * (observed - share) ** 2).sum()) / total - chance,
        resolution=float((rows * (observed - base) ** 2).sum()) / total - chance + extra,
        uncertainty=base * (1.0 - base) + extra,
        brier=float(squares.sum()) / total,
    )


def cox(n: ArrayLike, positives: ArrayLike, p: ArrayLike) -> Recalibration:
    """Intercept and slope of the logistic recalibration (Cox 1958), maximum likelihood on bins.

    A slope under 1 means overconfidence. nan without both classes, with one distinct p, or perfect
    separation.
    """
    rows, hits, share = _filled_bins(n, positives, p)
    score = _logit(share)
    return _fit(np.stack([np.ones_like(score), score], axis=1), np.zeros_like(score), rows, hits)


def level_shift(n: ArrayLike, positives: ArrayLike, p: ArrayLike) -> float:
    """Shift of all log odds at which the mean probability is the share of positives (Newton); nan without rows.

    The same as `cox_offset` without its error, ten times as fast: for what is asked of every sample left out in turn.
    """
    rows, hits, share = _filled_bins(n, positives, p)
    total, score, shift = float(hits.sum()), _logit(share), 0.0
    if not 0.0 < total < float(rows.sum()):
        return math.nan
    for _ in range(50):
        level = 1.0 / (1.0 + np.exp(-np.clip(score + shift, -500.0, 500.0)))
        step = (total - float(rows @ level)) / float(rows @ (level * (1.0 - level)))
        shift += min(max(step, -2.0), 2.0)
        if abs(step) < 1e-10:
            break
    return shift


def cox_offset(n: ArrayLike, positives: ArrayLike, p: ArrayLike) -> Recalibration:
    """The same with the slope held at 1: the shift of the log odds (Cox 1958)."""
    rows, hits, share = _filled_bins(n, positives, p)
    score = _logit(share)
    return _fit(np.ones((score.size, 1)), score, rows, hits)


def _filled_bins(n: ArrayLike, positives: ArrayLike, p: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rows, positives and mean probability of the bins that have rows; the mean of no rows may be nan."""
    rows, hits, share = floats(n), floats(positives), floats(p)
    filled = rows > 0
    return rows[filled], hits[filled], share[filled]


def _chance(rows: FloatArray, observed: FloatArray) -> FloatArray:
    return divide(observed * (1.0 - observed), np.where(rows > 1, rows - 1.0, 0.0), empty=0.0)


def _logit(share: FloatArray) -> FloatArray:
    share = np.clip(share, SURE, 1.0 - SURE)
    return floats(np.log(share) - np.log1p(-share))


def _fit(design: FloatArray, offset: FloatArray, rows: FloatArray, hits: FloatArray) -> Recalibration:
    """Newton's method on the binomial likelihood; the identity is the start."""
    missing = Recalibration(intercept=math.nan, slope=math.nan, intercept_se=math.nan, slope_se=math.nan)
    beta = np.eye(2)[1][: design.shape[1]] if design.shape[1] == 2 else np.zeros(1)
    for _ in range(50):
        fitted = 1.0 / (1.0 + np.exp(-np.clip(design @ beta + offset, -500.0, 500.0)))
        information = design.T @ (design * (rows * fitted * (1.0 - fitted))[:, None])
        if not np.isfinite(information).all() or not np.linalg.cond(information) < 1e12:
            return missing
        step = np.linalg.solve(information, design.T @ (hits - rows * fitted))
        largest = float(np.abs(step).max())
        beta = beta + step / max(1.0, largest / 5.0)
        if largest < 1e-10:
            break
    else:
        return missing
    se = np.sqrt(np.diag(np.linalg.inv(information)))
    slope, slope_se = (float(beta[1]), float(se[1])) if beta.size == 2 else (1.0, 0.0)
    return Recalibration(intercept=float(beta[0]), slope=slope, intercept_se=float(se[0]), slope_se=slope_se)
