"""Mergeable sums over rows: central moments and co-moments."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Count, mean and sums of the 2nd, 3rd and 4th powers of deviations from the mean; arrays of one shape."""

    n: FloatArray
    mean: FloatArray
    m2: FloatArray
    m3: FloatArray
    m4: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoMoments:
    """Count (...), mean (..., k) and sum of cross products of deviations from the mean (..., k, k)."""

    n: FloatArray
    mean: FloatArray
    comoment: FloatArray
