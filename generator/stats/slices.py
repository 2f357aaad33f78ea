"""Takes rows and losses of slices, gives the score by which the worst of them are looked for."""

from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, divide, floats


def slice_score(loss: ArrayLike, n: ArrayLike, mean: float, total: float, weight: float = 0.95) -> FloatArray:
    """Return a (mean loss of the slice/mean loss - 1) - (1 - a)(N/n - 1) (SliceLine, Sagadeeva & Boehm 2021).

    `loss` (S,) sums over the `n` (S,) rows of each slice; `mean` and `total` are those of all rows. All rows: 0;
    an empty slice: nan.
    """
    rows = floats(n)
    return weight * (divide(divide(loss, rows), mean) - 1.0) - (1.0 - weight) * (divide(total, rows) - 1.0)
