"""Takes cross products and coefficients, gives correlations, their change and its effect on a model."""

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, divide, floats
from generator.stats.moments import ROUNDING


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


def linear_attribution(beta: ArrayLike, mean0: ArrayLike, mean1: ArrayLike) -> FloatArray:
    """Part of each column (k,) in the change of the mean prediction of a linear model, beta (mean1 - mean0).

    An identity: in design-matrix space the parts add up to the change exactly. Unit of the prediction.
    """
    return floats(beta) * (floats(mean1) - floats(mean0))
