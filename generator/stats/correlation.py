"""Takes cross products and coefficients, gives correlations, their change and its effect on a model."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, divide, floats
from generator.stats.distributions import normal_two_sided
from generator.stats.intervals import Test
from generator.stats.moments import ROUNDING


def fisher_z(r0: float, n0: float, r1: float, n1: float) -> Test:
    """Has a correlation changed? z of atanh(r1) - atanh(r0) (Fisher 1921), independent normal rows.

    Repeated entities need effective sizes or a jackknife. nan when |r| >= 1 or a size is at most 3.
    """
    if not (abs(r0) < 1.0 and abs(r1) < 1.0 and n0 > 3 and n1 > 3):
        return Test(statistic=math.nan, p_value=math.nan)
    z = (math.atanh(r1) - math.atanh(r0)) / math.sqrt(1.0 / (n1 - 3.0) + 1.0 / (n0 - 3.0))
    return Test(statistic=z, p_value=normal_two_sided(z))


def correlation_from_sums(
    n: ArrayLike, sx: ArrayLike, sy: ArrayLike, sxx: ArrayLike, syy: ArrayLike, sxy: ArrayLike
) -> FloatArray:
    """Correlation of each pair from sums over the rows where both are known, in [-1, 1], element by element.

    Sums must be of values first centred near their mean (say on the reference), or digits cancel. nan for
    fewer than two rows and for a constant.
    """
    count, x, y = floats(n), floats(sx), floats(sy)
    xx, yy = floats(sxx), floats(syy)
    vx, vy = xx - divide(x * x, count), yy - divide(y * y, count)
    cxy = floats(sxy) - divide(x * y, count)
    varying = (vx > ROUNDING * xx) & (vy > ROUNDING * yy) & (count > 1)
    scale = np.sqrt(np.where(varying, vx, 0.0)) * np.sqrt(np.where(varying, vy, 0.0))
    return np.clip(divide(cxy, scale), -1.0, 1.0)


def correlation_from_covariance(covariance: ArrayLike) -> FloatArray:
    """Correlation matrix (..., k, k) of a covariance or co-moment matrix; nan rows where a variance is 0."""
    c = floats(covariance)
    sd = np.sqrt(np.maximum(np.diagonal(c, axis1=-2, axis2=-1), 0.0))
    return np.clip(divide(c, sd[..., :, None] * sd[..., None, :]), -1.0, 1.0)


def frobenius_change(r0: ArrayLike, r1: ArrayLike) -> float:
    """Size of the change of a correlation matrix, ||R1 - R0||_F, over the pairs known on both sides.

    None: nan.
    """
    d = floats(r1) - floats(r0)
    known = np.isfinite(d)
    return math.sqrt(float((d[known] ** 2).sum())) if known.any() else math.nan


def linear_attribution(beta: ArrayLike, mean0: ArrayLike, mean1: ArrayLike) -> FloatArray:
    """Part of each column (k,) in the change of the mean prediction of a linear model, beta (mean1 - mean0).

    An identity: in design-matrix space the parts add up to the change exactly. Unit of the prediction.
    """
    return floats(beta) * (floats(mean1) - floats(mean0))


def prediction_variance_change(beta: ArrayLike, sigma0: ArrayLike, sigma1: ArrayLike) -> float:
    """Change of the variance of a linear prediction, beta'(Sigma1 - Sigma0) beta, squared units."""
    return float(prediction_variance_parts(beta, sigma0, sigma1).sum())


def prediction_variance_parts(beta: ArrayLike, sigma0: ArrayLike, sigma1: ArrayLike) -> FloatArray:
    """Part of each pair of columns in it, beta_i beta_j (Sigma1 - Sigma0)_ij, (k, k), adding up."""
    b = floats(beta)
    return floats(np.outer(b, b) * (floats(sigma1) - floats(sigma0)))
