"""Takes each row's cells and values, gives sums by cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from generator.records.aggregates import CoMoments, FloatArray, IntArray, Moments
from generator.records.ledger import GROUPS, NumericCells, PairSums
from generator.stats.arrays import divide
from generator.stats.comoments import co_of


def sums(cells: list[IntArray], size: int, values: FloatArray) -> FloatArray:
    """Return sums (size, m) of `values` (n, m) over rows; every row counts once in each of its `cells`."""
    rows = values.shape[0]
    codes = np.column_stack(cells).astype(np.int32).ravel()
    starts = np.arange(0, codes.size + 1, len(cells), dtype=np.int32)
    matrix = csc_array((np.ones(codes.size), codes, starts), shape=(size, rows))
    return np.asarray(matrix @ values, dtype=np.float64)


def counts(cell: IntArray, size: int, codes: NDArray[np.uint8] | IntArray, width: int) -> FloatArray:
    """Return how many rows of each cell have each code, (size, width)."""
    flat = np.bincount(cell * width + codes, minlength=size * width)
    return flat.reshape(size, width).astype(np.float64)


def moments(cells: list[IntArray], size: int, values: FloatArray, present: FloatArray) -> Moments:
    """Return mean and M2 by cell (size, P) of `values` (n, P) with 0 where `present` is 0.

    Values are moved by the batch's own mean first, so that large offsets lose no digits.
    """
    shift = divide(values.sum(axis=0), present.sum(axis=0), empty=0.0)
    moved = (values - shift) * present
    n = sums(cells, size, present)
    first, second = sums(cells, size, moved), sums(cells, size, moved * moved)
    offset = divide(first, n, empty=0.0)
    m2 = np.maximum(second - offset * first, 0.0)
    zero = np.zeros_like(m2)
    return Moments(n=n, mean=np.where(n > 0, shift + offset, 0.0), m2=m2, m3=zero, m4=zero)


def split(values: Moments, parts: list[tuple[int, int]]) -> list[Moments]:
    """Return the moments of ranges of cells."""
    return [
        Moments(n=values.n[a:b], mean=values.mean[a:b], m2=values.m2[a:b], m3=values.m3[a:b], m4=values.m4[a:b])
        for a, b in parts
    ]


def numeric_cells(rows: FloatArray, values: Moments, deciles: FloatArray | None) -> NumericCells:
    """Return the cells of one axis."""
    return NumericCells(rows=rows, moments=values, deciles=deciles)


def pair_sums(values: FloatArray, present: FloatArray, group: IntArray) -> PairSums:
    """Return pairwise-complete sums by group of `values` (n, P), which are 0 where missing."""
    width = values.shape[1]
    out = np.zeros((4, GROUPS, width, width))
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(GROUPS + 1))
    x, w = values[order], present[order]
    for g in range(GROUPS):
        a, b = starts[g], starts[g + 1]
        if b > a:
            xg, wg = x[a:b], w[a:b]
            out[0, g], out[1, g], out[2, g], out[3, g] = wg.T @ wg, xg.T @ wg, (xg * xg).T @ wg, xg.T @ xg
    return PairSums(n=out[0], s=out[1], q=out[2], x=out[3])


def design_moments(design: FloatArray, cell: IntArray, size: int) -> CoMoments:
    """Return co-moments of the rows of `design` (n, Q) by cell; rows with a missing value are left out."""
    width = design.shape[1]
    n, mean, comoment = np.zeros(size), np.zeros((size, width)), np.zeros((size, width, width))
    for c in np.unique(cell):
        part = co_of(design[cell == c])
        n[c], mean[c], comoment[c] = part.n, part.mean, part.comoment
    return CoMoments(n=n, mean=mean, comoment=comoment)
