"""Takes anything that reads as numbers, gives float64 arrays and quotients that never warn."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

QUIET = np.errstate(over="ignore", invalid="ignore")  # values past 1e77 have no fourth power: inf or nan, no warning


def floats(values: ArrayLike) -> FloatArray:
    """Read `values` as a float64 array of the same shape."""
    return np.asarray(values, dtype=np.float64)


def divide(numerator: ArrayLike, denominator: ArrayLike, empty: float = np.nan) -> FloatArray:
    """Divide element by element, broadcasting; `empty` where the denominator is zero."""
    top, bottom = np.broadcast_arrays(floats(numerator), floats(denominator))
    quotient = np.full(top.shape, empty, dtype=np.float64)
    np.divide(top, bottom, out=quotient, where=bottom != 0)
    return quotient


def ratio(numerator: float, denominator: float, empty: float = float("nan")) -> float:
    """Divide two numbers; `empty` where the denominator is zero."""
    return numerator / denominator if denominator != 0 else empty
