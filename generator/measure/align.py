"""Takes sums by day of two states, gives them on the union of their days."""

import numpy as np

from generator.records.aggregates import CoMoments, FloatArray, IntArray, Moments
from generator.records.ledger import NumericCells
from generator.stats.comoments import merge_co
from generator.stats.moments import merge


def union(a: IntArray, b: IntArray) -> tuple[IntArray, tuple[IntArray, IntArray]]:
    """Return the days of both, and where the days of each stand among them."""
    days = np.union1d(a, b)
    return days, (np.searchsorted(days, a), np.searchsorted(days, b))


def add_rows(values: FloatArray, places: IntArray, size: int) -> FloatArray:
    """Return `values` (k, …) at `places` of an array (size, …) of zeros."""
    out = np.zeros((size, *values.shape[1:]))
    out[places] = values
    return out


def merge_cells(
    a: NumericCells,
    b: NumericCells,
    from_a: IntArray | None = None,
    from_b: IntArray | None = None,
    size: int = 0,
) -> NumericCells:
    """Return the cells of both; with places, the cells are first spread over `size` days."""
    if from_a is not None and from_b is not None:
        a, b = _spread(a, from_a, size), _spread(b, from_b, size)
    deciles = None if a.deciles is None or b.deciles is None else a.deciles + b.deciles
    return NumericCells(rows=a.rows + b.rows, moments=merge(a.moments, b.moments), deciles=deciles)


def merge_design(
    a: CoMoments | None,
    b: CoMoments | None,
    from_a: IntArray | None = None,
    from_b: IntArray | None = None,
    size: int = 0,
) -> CoMoments | None:
    """Return the co-moments of both, cell by cell."""
    if a is None or b is None:
        return None
    if from_a is not None and from_b is not None:
        a, b = (
            CoMoments(
                n=add_rows(part.n, places, size),
                mean=add_rows(part.mean, places, size),
                comoment=add_rows(part.comoment, places, size),
            )
            for part, places in ((a, from_a), (b, from_b))
        )
    return merge_co(a, b)


def _spread(cells: NumericCells, places: IntArray, size: int) -> NumericCells:
    m = cells.moments
    n, mean, m2, m3, m4 = (add_rows(part, places, size) for part in (m.n, m.mean, m.m2, m.m3, m.m4))
    return NumericCells(
        rows=add_rows(cells.rows, places, size),
        moments=Moments(n=n, mean=mean, m2=m2, m3=m3, m4=m4),
        deciles=None if cells.deciles is None else add_rows(cells.deciles, places, size),
    )
