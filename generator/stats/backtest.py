"""Takes the co-moments of a linear model's design by day, gives how its loss grows with age: refit, wait, compare."""

from dataclasses import dataclass

import numpy as np

from generator.records.aggregates import CoMoments
from generator.stats.arrays import FloatArray, divide, floats

RIDGE = 1e-3
"""Penalty of a refit per row and unit of a column's variance: steadies columns that say the same, little else."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Mean squared error by day of evaluation and age, (U, A): nan where no refit is that old.

    Row u is day `window` + u of the input; column a is the refit on the `window` days that ended a days earlier.
    """

    loss: FloatArray
    rows: FloatArray
    """Rows of each day of evaluation (U,)."""
    window: int


def backtest(days: CoMoments, window: int, ridge: float = RIDGE) -> Grid:
    """Refit on every `window` consecutive days and score every later day (methods of Vela et al. 2022).

    `days` is (D, k + 1): the design columns, then the target. Windows are differences of running sums about one
    centre, so each refit costs one solve and each age one quadratic form. At least `window` + 1 days, else no rows.
    """
    moments = about_one(days)
    count = moments.shape[0] - window
    if count < 1 or window < 1:
        return Grid(loss=np.zeros((0, 0)), rows=np.zeros(0), window=window)
    running = np.concatenate([np.zeros_like(moments[:1]), np.cumsum(moments, axis=0)])
    residuals = np.stack([refit(running[cut] - running[cut - window], ridge) for cut in range(window, window + count)])
    rows = moments[window:, 0, 0]
    loss = np.full((count, count), np.nan)
    for day in range(count):
        late = residuals[: day + 1][::-1]
        loss[day, : day + 1] = divide(((late @ moments[window + day]) * late).sum(axis=1), rows[day])
    return Grid(loss=loss, rows=floats(rows), window=window)


def about_one(parts: CoMoments) -> FloatArray:
    """Sums of products of [1, columns - centre] of each part (..., k + 2, k + 2), the centre the mean of all parts."""
    weight = parts.n[..., None]
    axes = tuple(range(parts.n.ndim))
    centre = divide((weight * parts.mean).sum(axis=axes), parts.n.sum(), empty=0.0)
    moved = np.where(weight > 0, parts.mean - centre, 0.0)
    whole = np.concatenate([np.ones_like(weight), moved], axis=-1)
    sums = parts.n[..., None, None] * (whole[..., :, None] * whole[..., None, :])
    sums[..., 1:, 1:] += parts.comoment
    return floats(sums)


def refit(moments: FloatArray, ridge: float = RIDGE) -> FloatArray:
    """Residual y - intercept - x b as a vector over [1, x, y] (k + 2,), b by least squares with a light ridge.

    The penalty is `ridge` x rows x variance of each column; the intercept is free. Hoerl & Kennard 1970.
    """
    inner = moments[:-1, :-1].copy()
    rows = moments[0, 0]
    spread = np.diag(inner) - divide(inner[0] ** 2, rows, empty=0.0)
    inner[np.diag_indices_from(inner)] += np.where(spread > 1e-12 * rows, ridge * spread, max(float(rows), 1.0))
    inner[0, 0] = rows
    return floats(np.append(-np.linalg.solve(inner, moments[:-1, -1]), 1.0))
