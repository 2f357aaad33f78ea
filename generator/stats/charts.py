"""Takes standardised days, gives the path of a control chart."""

import math

from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats


def cusum_path(z: ArrayLike, k: float, start: float = 0.0) -> FloatArray:
    """Upper CUSUM (D,) of standardised days, without restarts (Page 1954).

    A day that is nan changes nothing.
    """
    level, path = start, []
    for value in floats(z).tolist():
        level = level if math.isnan(value) else max(0.0, level + value - k)
        path.append(level)
    return floats(path)
