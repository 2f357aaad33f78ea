"""Takes a daily series, gives it without its level, line or step, whichever explains it best."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generator.stats.arrays import FloatArray, divide, floats

SHORTEST_PART = 5
PHI_GRID = np.linspace(0.0, 0.9, 10)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detrended:
    """Residuals (nan on days without data), the shape taken out and how many parameters it has.

    `phi_bias` (a, b) means that a lag-one correlation phi of the residuals is too low by (a + b phi)/D.
    `step_day` is the index of the first day after the step, -1 for the other shapes.
    """

    residual: FloatArray
    shape: str
    parameters: int
    phi_bias: tuple[float, float]
    step_day: int


def detrend(daily: ArrayLike) -> Detrended:
    """Take the level, a line or one step out of a daily series (D,) with nan for days without data.

    The shape has the least BIC (Schwarz 1978) of a Gaussian AR(1) profile likelihood, so that wandering days
    are not mistaken for a trend; a line costs 2 ln D more than a level and a step 3 ln D (Zhang & Siegmund
    2007). The residuals are those of least squares. Bias of the lag-one estimate: Marriott & Pope 1954 for a
    level, its extension to a line and to the two parts of a step. Fewer than 10 days, or a constant:
    the level.
    """
    x = floats(daily)
    seen = np.isfinite(x)
    n = int(seen.sum())
    if n > 0 and float(np.ptp(x[seen])) == 0.0:
        return _flattened(np.where(seen, 0.0, np.nan), seen, -1, "level")
    if n < 2 * SHORTEST_PART:
        return _flattened(x, seen, -1, "level")
    level, others = _fit_costs(np.where(seen, x - x[seen].mean(), 0.0), seen)
    costs = np.array([level, others[0] + 2.0 * np.log(n), *(others[1:] + 3.0 * np.log(n))])
    best = int(np.argmin(costs))
    day = step_days(seen, SHORTEST_PART)[best - 2] if best > 1 else -1
    return _flattened(x, seen, day, ("level", "line", "step")[min(best, 2)])


def _after(day: int, size: int) -> FloatArray:
    return floats(np.arange(size) >= day)


def step_days(seen: NDArray[np.bool_], shortest: int) -> list[int]:
    """Return the days on which a step leaves at least `shortest` days with data on either side."""
    before: NDArray[np.int64] = np.cumsum(seen) - seen
    possible = seen & (before >= shortest) & (seen.sum() - before >= shortest)
    return [int(day) for day in np.flatnonzero(possible)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _DayShapes:
    """What the days with data alone tell of a fit, by phi: a level (F, D), the other shapes without it (M, F, D)."""

    level: FloatArray
    others: FloatArray
    squares: FloatArray


@lru_cache(maxsize=4)
def _shapes(days: bytes) -> _DayShapes:
    """Return the shapes for the days with data, as flags: most series of a table have the same days."""
    seen = np.frombuffer(days, dtype=bool)
    level = _whitened(np.ones(seen.size), seen)
    level = level / np.sqrt((level**2).sum(axis=-1, keepdims=True))
    line = floats(np.arange(seen.size) - seen.size / 2.0)
    z = np.stack(
        [_whitened(row, seen) for row in (line, *(_after(day, seen.size) for day in step_days(seen, SHORTEST_PART)))]
    )
    z = z - (z * level).sum(axis=-1, keepdims=True) * level
    return _DayShapes(level=level, others=z, squares=(z**2).sum(axis=-1))


def _whitened(z: FloatArray, seen: NDArray[np.bool_]) -> FloatArray:
    """Return a row (D,) as it would be without correlation, for each phi (F, D)."""
    phi, previous = PHI_GRID[:, None], np.concatenate([[0.0], z[:-1]])
    linked = np.concatenate([[False], seen[1:] & seen[:-1]])
    return floats(np.where(linked, z - phi * previous, np.where(seen, np.sqrt(1.0 - phi**2) * z, 0.0)))


def _fit_costs(y: FloatArray, seen: NDArray[np.bool_]) -> tuple[float, FloatArray]:
    """Give -2 log likelihood, best over phi, of a level alone () and of a level with each other shape (M,)."""
    shapes, n = _shapes(seen.tobytes()), float(seen.sum())
    starts = float((seen & ~np.concatenate([[False], seen[:-1]])).sum())
    rest = _whitened(y, seen)
    rest = rest - (rest * shapes.level).sum(axis=-1, keepdims=True) * shapes.level
    gain = divide((shapes.others * rest).sum(axis=-1) ** 2, shapes.squares, empty=0.0)
    squares = (rest**2).sum(axis=-1)
    floor = 1e-12 * float((y**2).sum())
    constant = -starts * np.log(1.0 - PHI_GRID**2)

    def cost(sse: FloatArray) -> FloatArray:
        return floats((n * np.log(np.maximum(sse, floor) / n) + constant).min(axis=-1))

    return float(cost(squares)), cost(squares - gain)


def _flattened(x: FloatArray, seen: NDArray[np.bool_], day: int, shape: str) -> Detrended:
    columns: list[FloatArray] = [floats(np.ones(x.size))]
    if shape == "line":
        columns.append(floats(np.arange(x.size) - x.size / 2.0))
    if shape == "step":
        columns.append(_after(day, x.size))
    design = np.stack(columns, axis=1)
    residual = np.full(x.size, np.nan)
    if seen.any():
        centre = x[seen].mean()
        fit = np.linalg.lstsq(design[seen], x[seen] - centre, rcond=None)[0]
        residual[seen] = x[seen] - centre - design[seen] @ fit
    bias = {"level": (1.0, 3.0), "line": (2.0, 4.0), "step": (2.0, 6.0)}[shape]
    return Detrended(residual=residual, shape=shape, parameters=len(columns), phi_bias=bias, step_day=day)
