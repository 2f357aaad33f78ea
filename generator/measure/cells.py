"""Takes each row's cells and values, gives sums by cell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from generator.records.aggregates import CoMoments, FloatArray, IntArray, Moments
from generator.records.ledger import GROUPS, PairSums
from generator.stats.arrays import divide, floats
from generator.stats.comoments import co_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Matrix:
    """Numeric columns (n, P), 0 where missing; `gaps` names columns with missing values, `absent` (n, |gaps|) where."""

    values: FloatArray
    gaps: IntArray
    absent: FloatArray

    @property
    def present(self) -> FloatArray:
        """Return the rows with a value, by column (P,)."""
        n = np.full(self.values.shape[1], float(self.values.shape[0]))
        n[self.gaps] -= self.absent.sum(axis=0)
        return n

    def moved(self, centre: FloatArray) -> FloatArray:
        """Return the values less `centre` (P,), still 0 where missing."""
        out = self.values - centre
        out[:, self.gaps] *= 1.0 - self.absent
        return out


def matrix(columns: list[FloatArray]) -> Matrix:
    """Return columns side by side; NaN means missing."""
    sums = np.array([column.sum() for column in columns])
    gaps = np.flatnonzero(np.isnan(sums)).astype(np.int64)
    absent = np.column_stack([np.isnan(columns[j]) for j in gaps]) if gaps.size else np.zeros((len(columns[0]), 0))
    filled = [np.nan_to_num(column) if np.isnan(total) else column for column, total in zip(columns, sums, strict=True)]
    return Matrix(values=np.column_stack(filled), gaps=gaps, absent=absent.astype(np.float64))


def sums(cells: list[IntArray], size: int, values: FloatArray) -> FloatArray:
    """Return sums (size, m) of `values` (n, m) over rows; every row counts once in each of its `cells`."""
    rows = values.shape[0]
    codes = np.column_stack(cells).astype(np.int32).ravel()
    starts = np.arange(0, codes.size + 1, len(cells), dtype=np.int32)
    onehot = csc_array((np.ones(codes.size), codes, starts), shape=(size, rows))
    return np.asarray(onehot @ values, dtype=np.float64)


def counts(cell: IntArray, size: int, codes: NDArray[np.uint8] | IntArray, width: int) -> FloatArray:
    """Return how many rows of each cell have each code, (size, width)."""
    flat = np.bincount(cell * width + codes, minlength=size * width)
    return flat.reshape(size, width).astype(np.float64)


def rows_of(cells: list[IntArray], size: int) -> FloatArray:
    """Return the rows of each cell, (size,)."""
    return floats(np.sum([np.bincount(cell, minlength=size) for cell in cells], axis=0))


def moments(cells: list[IntArray], size: int, rows: FloatArray, table: Matrix) -> tuple[Moments, Moments]:
    """Return the moments of all rows (P,), and count, mean and M2 by cell (size, P).

    Values are moved by the batch's own mean first, so that large offsets lose no digits.
    """
    n = table.present
    shift = divide(table.values.sum(axis=0), n, empty=0.0)
    first = table.moved(shift)
    second = first * first
    total = Moments(
        n=n,
        mean=shift,
        m2=second.sum(axis=0),
        m3=np.einsum("ij,ij->j", second, first),
        m4=np.einsum("ij,ij->j", second, second),
    )
    return total, _by_cell(cells, size, rows, table, (shift, first, second))


def _by_cell(
    cells: list[IntArray], size: int, rows: FloatArray, table: Matrix, moved: tuple[FloatArray, FloatArray, FloatArray]
) -> Moments:
    shift, first, second = moved
    n = np.repeat(rows[:, None], len(shift), axis=1)
    if table.gaps.size:
        n[:, table.gaps] -= sums(cells, size, table.absent)
    one, two = sums(cells, size, first), sums(cells, size, second)
    offset = divide(one, n, empty=0.0)
    m2 = np.maximum(two - offset * one, 0.0)
    zero = np.zeros_like(m2)
    return Moments(n=n, mean=np.where(n > 0, shift + offset, 0.0), m2=m2, m3=zero, m4=zero)


def split(values: Moments, parts: list[tuple[int, int]]) -> list[Moments]:
    """Return the moments of ranges of cells."""
    return [
        Moments(n=values.n[a:b], mean=values.mean[a:b], m2=values.m2[a:b], m3=values.m3[a:b], m4=values.m4[a:b])
        for a, b in parts
    ]


def pair_sums(values: FloatArray, gaps: IntArray, absent: FloatArray, group: IntArray) -> PairSums:
    """Return pairwise-complete sums by group of `values` (n, P), which are 0 where missing."""
    width = values.shape[1]
    out = np.zeros((4, GROUPS, width, width))
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(GROUPS + 1))
    x, present = values[order], 1.0 - absent[order]
    for g in np.flatnonzero(np.diff(starts)):
        part = slice(starts[g], starts[g + 1])
        out[:, g] = _pairs(x[part], present[part], gaps)
    return PairSums(n=out[0], s=out[1], q=out[2], x=out[3])


def _pairs(x: FloatArray, present: FloatArray, gaps: IntArray) -> FloatArray:
    """Return n, s, q and x of one group, (4, P, P); only columns with missing values need products of their own."""
    square = x * x
    width = x.shape[1]
    out = np.empty((4, width, width))
    out[0], out[1], out[2] = len(x), x.sum(axis=0)[:, None], square.sum(axis=0)[:, None]
    np.matmul(x.T, x, out=out[3])
    if gaps.size:
        there = np.ones((len(x), width))
        there[:, gaps] = present
        out[0][:, gaps] = there.T @ present
        out[0][gaps, :] = out[0][:, gaps].T
        out[1][:, gaps], out[2][:, gaps] = x.T @ present, square.T @ present
    return out


def design_moments(design: FloatArray, cell: IntArray, size: int) -> CoMoments:
    """Return co-moments of the rows of `design` (n, Q) by cell; rows with a missing value are left out."""
    width = design.shape[1]
    n, mean, comoment = np.zeros(size), np.zeros((size, width)), np.zeros((size, width, width))
    for c in np.unique(cell):
        part = co_of(design[cell == c])
        n[c], mean[c], comoment[c] = part.n, part.mean, part.comoment
    return CoMoments(n=n, mean=mean, comoment=comoment)
